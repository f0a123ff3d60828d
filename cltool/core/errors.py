"""The error for everything that users can fix."""

from __future__ import annotations

from collections.abc import Sequence

from cltool.core.printable import printable


class UserError(Exception):
    """An error that the user can fix: what is wrong, where, and what to do next.

    The command line prints it without a traceback and exits with code 2. Its text has no control
    characters, whatever its parts hold.

    Args:
        what: what is wrong, in one sentence.
        where: the file, ``file:line``, setting or option that is wrong.
        hint: what to do next.
        details: all errors of this kind, one line each.
    """

    def __init__(
        self, what: str, *, where: str = "", hint: str = "", details: Sequence[str] = ()
    ) -> None:
        super().__init__(what)
        self.what = what
        self.where = where
        self.hint = hint
        self.details = tuple(details)

    def __str__(self) -> str:
        lines = [f"{self.where}: {self.what}" if self.where else self.what]
        lines += [f"  {line}" for line in self.details]
        if self.hint:
            lines.append(self.hint)
        return printable("\n".join(lines))

    def __reduce__(self) -> tuple[object, ...]:
        return _rebuild, (type(self), self.what, self.where, self.hint, self.details)


LOWER = "Use a lower learning rate (--set learner.lr=…)."
OTHER_MODEL = "Nothing was trained yet: use another checkpoint."
"""What to do about a model that diverged, after and before its first update."""


class Diverged(UserError):
    """Numbers of the model are not finite, so there is no result from here on.

    The command line exits with code 1.
    """


class Unexpected(Exception):
    """An error that nobody foresaw in a worker process, as text: some exceptions cannot be pickled.

    Args:
        error: what failed, in words.
        trace: the traceback.
    """

    def __init__(self, error: UserError, trace: str) -> None:
        super().__init__(error, trace)
        self.error = error
        self.trace = trace

    def __str__(self) -> str:
        return f"{self.error}\n\n{self.trace}"


def _rebuild(
    kind: type[UserError], what: str, where: str, hint: str, details: tuple[str, ...]
) -> UserError:
    return kind(what, where=where, hint=hint, details=details)


def in_words(error: BaseException) -> str:
    """Return the kind of an error and what it says, also if it fails to say it."""
    try:
        text = str(error)
    except Exception:
        text = "its text cannot be shown"
    return f"{type(error).__name__}: {text}" if text else type(error).__name__
