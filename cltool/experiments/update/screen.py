"""The screen: what a model says today of each fact that an update would teach, protect or erase.

Nothing is trained. A fact that the model answers right in every held-out wording is not taught
again. Lines that contradict each other, or a protected fact, stop an update.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from cltool.core.errors import UserError
from cltool.core.plurals import plural
from cltool.experiments.update.asked import Answered
from cltool.experiments.update.facts_file import ERASED, PROTECTED, REPLACED, Taught, row_key
from cltool.experiments.update.listed import MAX_SHOWN, Listed
from cltool.facts.facts import Fact, Key
from cltool.facts.files.shown import shown
from cltool.facts.identity import names_object

KNOWN, OUTDATED, UNKNOWN = "known", "outdated", "unknown"
CONTRADICTED, DUPLICATE, TOO_LONG = "contradicted", "duplicate", "too long"

VERDICTS = {
    KNOWN: "the model answers it already; it is not taught again",
    OUTDATED: "the model answers with the object that it replaces",
    UNKNOWN: "the model answers something else",
    CONTRADICTED: "another line or a protected fact says something else, or it is to be erased;"
    " nothing can be taught until it is resolved",
    DUPLICATE: "another line says the same; it is taught once",
    TOO_LONG: "it does not fit into the model, and is left out",
}
"""What the screen says of a fact to teach -> what it means."""

TAUGHT = (OUTDATED, UNKNOWN)
"""The verdicts of the facts that are taught."""


@dataclass(frozen=True, slots=True)
class Screened:
    """What the screen says of one line.

    Attributes:
        listed: the line.
        verdict: one of `VERDICTS`.
        why: a sentence, if there is more to say; else empty.
        answered: how the model answered it; None if it was not asked.
    """

    listed: Listed
    verdict: str
    why: str = ""
    answered: Answered | None = None

    def as_json(self) -> dict[str, Any]:
        """Return plain JSON values."""
        found = self.answered
        return {
            "place": self.listed.place,
            **_named(self.listed),
            "verdict": self.verdict,
            "why": self.why,
            "says": None if found is None else found.said,
            "right": None if found is None else found.right,
        }


@dataclass(frozen=True)
class Lists:
    """What an update is given.

    Attributes:
        learn: the facts to teach.
        protect: the facts to protect.
        erase: the facts to erase, with their objects.
    """

    learn: Sequence[Listed] = ()
    protect: Sequence[Listed] = ()
    erase: Sequence[Listed] = ()

    def as_taught(self, before: Taught) -> Taught:
        """Return ``before`` with these facts: the update, and what it needs among the known ones.

        An object that a line says it replaces is known before, and so is a fact to erase.
        """
        replaced = [
            Listed(_with_object(one, one.old), one.place, "", one.prompts)
            for one in self.learn
            if one.old
        ]
        known = before.with_known(self.protect, PROTECTED).with_known(replaced, REPLACED)
        return known.with_known(self.erase, ERASED).with_update(self.learn, self.erase)


@dataclass(frozen=True)
class Screen:
    """The result of the screen.

    Attributes:
        facts: each fact to teach.
        protected: how the protected facts are answered.
        unprotected: protected facts that the model does not answer today: they cannot be kept.
        erased: how the facts to erase are answered.
        earlier: how the facts of earlier updates are answered.
        rows: the answers, as rows of a ledger.
        seconds: the time that asking took.
    """

    facts: Sequence[Screened]
    protected: Sequence[Answered] = ()
    unprotected: Sequence[Answered] = ()
    erased: Sequence[Answered] = ()
    earlier: Sequence[Answered] = ()
    rows: Sequence[Mapping[str, Any]] = field(default=(), repr=False)
    seconds: float = 0.0

    @property
    def counts(self) -> dict[str, int]:
        """How many facts have each verdict."""
        found = [one.verdict for one in self.facts]
        return {verdict: found.count(verdict) for verdict in VERDICTS}

    @property
    def to_teach(self) -> list[Listed]:
        """The facts that are taught."""
        return [one.listed for one in self.facts if one.verdict in TAUGHT]

    @property
    def known(self) -> list[Listed]:
        """The facts that the model knows already."""
        return [one.listed for one in self.facts if one.verdict == KNOWN]

    def as_json(self) -> dict[str, Any]:
        """Return plain JSON values."""
        return {
            "facts": [one.as_json() for one in self.facts],
            "counts": self.counts,
            "protected": [one.as_json() for one in self.protected],
            "unprotected": [one.as_json() for one in self.unprotected],
            "erased": [one.as_json() for one in self.erased],
            "earlier": [one.as_json() for one in self.earlier],
            "seconds": round(self.seconds, 3),
        }

    def refuse_contradictions(self) -> None:
        """Raise a `UserError` if facts contradict each other."""
        found = [one for one in self.facts if one.verdict == CONTRADICTED]
        if found:
            raise UserError(
                f"{plural(len(found), 'fact')} cannot be taught beside what else is given",
                where="facts",
                details=[f"{one.listed.place}: {one.why}" for one in found][:MAX_SHOWN],
                hint="Correct the lines. If a fact replaces a protected one, state what it"
                " replaces as old.",
            )


def before_asking(lists: Lists) -> list[Screened]:
    """Return the lines to teach that need not be asked about: duplicates and contradictions."""
    protected = {one.key: one for one in lists.protect}
    erased = {one.key: one for one in lists.erase}
    first: dict[Key, Listed] = {}
    found: list[Screened] = []
    for one in lists.learn:
        other = first.setdefault(one.key, one)
        if other is not one:
            same = one.fact.restates(other.fact)
            says = f"{other.place} says {shown(other.fact.object)} of {_key(one)}"
            found.append(Screened(one, DUPLICATE if same else CONTRADICTED, says))
            continue
        kept = protected.get(one.key)
        if kept is not None and not _agrees(one, kept):
            says = f"{kept.place} protects {shown(kept.fact.object)} of {_key(one)}"
            found.append(Screened(one, CONTRADICTED, says))
        gone = erased.get(one.key)
        if gone is not None:
            why = f"{gone.place} asks to forget {_key(one)}, whatever its object is"
            found.append(Screened(one, CONTRADICTED, why))
    return found


def judged(one: Listed, found: Answered | None, too_long: str) -> Screened:
    """Return what the screen says of a fact that the model was asked about.

    Args:
        one: the line.
        found: how the model answered it; None if it does not fit into the model.
        too_long: why it does not fit.
    """
    if found is None:
        return Screened(one, TOO_LONG, too_long)
    if found.right == 1.0:
        return Screened(one, KNOWN, "", found)
    if found.stale > 0.0:
        return Screened(one, OUTDATED, "", found)
    return Screened(one, UNKNOWN, "", found)


def resolved(lists: Lists, taught: Taught) -> Lists:
    """Return the lists with the objects of facts to erase that earlier updates taught.

    Raises:
        UserError: a fact to erase has no object, and no update taught one.
    """
    objects = {}
    for row in taught.rows:
        if not row.get("forget"):
            objects[row_key(row)] = row["answer" if "prompt" in row else "new"]
    missing = [one for one in lists.erase if not one.fact.object and one.key not in objects]
    if missing:
        raise UserError(
            "the object of a fact to erase is not known",
            where=missing[0].place,
            details=[f"{one.place}: {_key(one)}" for one in missing][:MAX_SHOWN],
            hint="Give the object as new: it is what the model must no longer say.",
        )
    erase = [
        one if one.fact.object else Listed(_with_object(one, objects[one.key]), one.place)
        for one in lists.erase
    ]
    return Lists(lists.learn, lists.protect, erase)


def refuse_protected(lists: Lists) -> None:
    """Raise a `UserError` if a fact is to be protected and erased."""
    protected = {one.key: one for one in lists.protect}
    both = [one for one in lists.erase if one.key in protected]
    if both:
        raise UserError(
            f"{plural(len(both), 'fact')} cannot be protected and erased at once",
            where=both[0].place,
            details=[f"{one.place}: {protected[one.key].place} protects {_key(one)}"
                     for one in both][:MAX_SHOWN],
            hint="Remove each of them from one of the lists.",
        )  # fmt: skip


def refuse_unasked(lists: Lists, found: Mapping[Key, Answered]) -> None:
    """Raise a `UserError` if the model was not asked about a fact to erase.

    Without an answer, nothing would show whether it is erased.
    """
    missing = [one for one in lists.erase if one.key not in found]
    if missing:
        raise UserError(
            f"{plural(len(missing), 'fact')} to erase cannot be asked: too long for the model",
            where=missing[0].place,
            details=[f"{one.place}: {_key(one)}" for one in missing][:MAX_SHOWN],
            hint="Give shorter objects or wordings, or leave these facts out.",
        )


def _agrees(one: Listed, kept: Listed) -> bool:
    """Return whether a fact restates a protected one, or says that it replaces it."""
    replaces = bool(one.old) and names_object(one.old, kept.fact.accepted)
    return replaces or one.fact.restates(kept.fact)


def _with_object(one: Listed, name: str) -> Fact:
    return replace(one.fact, object=name, aliases=())


def _key(one: Listed) -> str:
    return one.fact.subject if one.prompts else f"{one.fact.subject}, {one.fact.relation}"


def _named(one: Listed) -> dict[str, str]:
    if one.prompts:
        return {"prompt": one.fact.subject, "answer": one.fact.object}
    return {"subject": one.fact.subject, "relation": one.fact.relation, "new": one.fact.object}


def of_keys(found: Mapping[Key, Answered], keys: Iterable[Key]) -> list[Answered]:
    """Return how the facts of ``keys`` were answered, without those that were not asked."""
    return [found[key] for key in keys if key in found]
