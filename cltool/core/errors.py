"""The one error that people are meant to see."""

from __future__ import annotations

from collections.abc import Sequence


class UserError(Exception):
    """Something the user can mend: what is wrong, where, and what to do next.

    The command line prints it without a traceback and exits with 2; Python
    callers catch it like any exception.

    Args:
        what: what is wrong, one sentence.
        where: a file, ``file:line``, setting or option.
        hint: what to do next.
        details: further findings of the same kind, one line each.
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
        return "\n".join(lines)

    def __reduce__(self) -> tuple[object, ...]:
        return _rebuild, (self.what, self.where, self.hint, self.details)


def _rebuild(what: str, where: str, hint: str, details: tuple[str, ...]) -> UserError:
    return UserError(what, where=where, hint=hint, details=details)
