"""Registries of classes by name; nothing is imported before a class is needed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from importlib.metadata import EntryPoint, entry_points
from typing import Any

from cltool.core import interrupts
from cltool.core.errors import UserError
from cltool.core.similar import guess

BUILT_IN = "built-in"
"""Source of the entries that come with cltool."""

FEW = 12
"""Most names that a message lists."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A registered name and its class.

    Attributes:
        name: as users type it.
        target: ``"module:Class"``.
        summary: one line for lists.
        source: ``"built-in"``, or the package that defines it.
        family: group in lists; may be empty.
    """

    name: str
    target: str
    summary: str
    source: str = BUILT_IN
    family: str = ""


@dataclass(frozen=True, slots=True)
class Refusal:
    """A name that cannot be used, although users may expect it.

    Attributes:
        reason: why.
        hint: what to do instead.
    """

    reason: str
    hint: str


class Registry:
    """Built-in classes as ``"module:Class"`` strings, and the classes of installed packages.

    Args:
        kind: what is registered, as messages name it (``"strategy"``).
        group: the entry-point group of other packages.
        built_in: the entries that come with cltool.
        refused: names that cannot be used, and why.

    Raises:
        UserError: two entries have the same name.
    """

    def __init__(
        self,
        kind: str,
        group: str,
        built_in: tuple[Entry, ...],
        refused: Mapping[str, Refusal] | None = None,
    ) -> None:
        self.kind = kind
        self._refused = dict(refused or {})
        self.group = group
        self._built_in: dict[str, Entry] = {}
        self._external: dict[str, Entry] | None = None
        for entry in built_in:
            if entry.name in self._built_in:
                raise UserError(f"{kind} {entry.name!r} is registered twice")
            self._built_in[entry.name] = entry

    @contextmanager
    def extended(self, entry: Entry) -> Iterator[None]:
        """Register ``entry`` as a built-in one inside the context.

        Raises:
            UserError: an entry has this name already.
        """
        if entry.name in self:
            raise UserError(f"{self.kind} {entry.name!r} is registered twice")
        self._built_in[entry.name] = entry
        try:
            yield
        finally:
            del self._built_in[entry.name]

    def entries(self) -> list[Entry]:
        """Return all entries, built-ins first, without importing any class."""
        return [*self._built_in.values(), *self._installed().values()]

    def names(self) -> list[str]:
        """Return all names."""
        return [entry.name for entry in self.entries()]

    def __contains__(self, name: object) -> bool:
        return name in self._built_in or name in self._installed()

    def entry(self, name: str) -> Entry:
        """Return the entry called ``name``.

        Raises:
            UserError: no entry has that name (the message suggests similar ones, and lists all
                if they are few), or the name is one of those that cannot be used.
        """
        found = self._built_in.get(name) or self._installed().get(name)
        if found is not None:
            return found
        refusal = self._refused.get(name)
        if refusal is not None:
            raise UserError(f"{self.kind} {name!r}: {refusal.reason}", hint=refusal.hint)
        hint = f"{guess(name, (*self._refused, *self.names()))} {self._all()}".lstrip()
        raise UserError(f"unknown {self.kind} {name!r}", hint=hint)

    def _all(self) -> str:
        """Return all names in a sentence, or the command that lists them if they are many."""
        if len(names := sorted(self.names())) > FEW:
            kinds = f"{self.kind[:-1]}ies" if self.kind.endswith("y") else f"{self.kind}s"
            return f"cltool list {kinds} shows all {len(names)}."
        return f"There are: {', '.join(names)}."

    def load(self, name: str) -> Any:
        """Import the class called ``name`` and return it.

        Raises:
            UserError: the name is unknown, or its module cannot be imported.
        """
        entry = self.entry(name)
        module, _, attribute = entry.target.partition(":")
        try:
            return getattr(import_module(module), attribute)
        except BaseException as error:
            if not _blamed(entry, error):
                raise
            kind = "" if isinstance(error, _BROKEN) else f"{type(error).__name__}: "
            raise UserError(
                f"{self.kind} {name!r} cannot be loaded: {kind}{error}",
                where=f"{entry.target} ({entry.source})",
                hint="Reinstall the package that defines it, or uninstall it.",
            ) from error

    def _installed(self) -> dict[str, Entry]:
        if self._external is None:
            found: dict[str, Entry] = {}
            for point in entry_points(group=self.group):
                source = _distribution(point)
                other = self._built_in.get(point.name) or found.get(point.name)
                if other is not None:
                    raise UserError(
                        f"{self.kind} {point.name!r} is registered twice: "
                        f"{other.target} ({other.source}) and {point.value} ({source})",
                        where=f"entry-point group {self.group}",
                        hint=f"Uninstall {source}, or rename its entry point.",
                    )
                found[point.name] = Entry(
                    point.name, point.value, f"from the package {source}", source, "installed"
                )
            self._external = found
        return self._external


_BROKEN = (ImportError, AttributeError)


def _blamed(entry: Entry, error: BaseException) -> bool:
    """Return whether an error at the import of a class is one of the package that defines it."""
    if isinstance(error, KeyboardInterrupt) and interrupts.asked():
        return False
    return isinstance(error, _BROKEN) or entry.source != BUILT_IN


def _distribution(point: EntryPoint) -> str:
    return point.dist.name if point.dist is not None else "an unnamed package"
