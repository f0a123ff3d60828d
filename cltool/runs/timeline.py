"""The timeline of a fact in a run: what was true and what the model answered after each step."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from cltool.core.errors import UserError
from cltool.core.plurals import plural
from cltool.evaluation.ledger import FOUND
from cltool.evaluation.matchers import CHOICE, EXACT, MATCH, judged, matcher_of
from cltool.evaluation.matching import shown
from cltool.facts.identity import folded_form, name_identity
from cltool.facts.lookalikes import difference

if TYPE_CHECKING:
    import pandas as pd

    from cltool.runs.run import Run

_MOST_LISTED = 20


@dataclass(frozen=True, slots=True)
class Moment:
    """A fact at one step.

    Attributes:
        step: number of the update.
        label: label of the update.
        group: ``new``, ``retained``, ``future`` or ``erased``.
        true: the object that is valid at the step, will be (future) or was (erased).
        outdated: superseded objects.
        right: number of probes answered right.
        asked: number of probes.
        stale: number of probes answered with a superseded object.
        answers: the answer to each prompt, without the text that closes the wording. If answers
            are judged by choice, it is the most probable object.
        match: how answers are judged (`cltool.evaluation.matchers.MATCHERS`).
        found: number of prompts before which the strategy put the fact; None if it puts no facts
            before prompts.
    """

    step: int
    label: str
    group: str
    true: str
    outdated: list[str]
    right: int
    asked: int
    stale: int
    answers: dict[str, str]
    match: str = EXACT
    found: int | None = None

    def in_words(self) -> str:
        """Describe the moment in one or two sentences."""
        truth = {
            "new": f"is taught: {self.true}",
            "retained": f"still true: {self.true}",
            "future": f"not taught yet ({self.true} later)",
            "erased": f"to be forgotten: {self.true}",
        }[self.group]
        if self.outdated and self.group == "new":
            truth += f", in place of {self.outdated[-1]}"
        return f"{truth}. {self._verdict()}{self._lookup()}"

    def _lookup(self) -> str:
        if self.found is None or self.group == "future":
            return ""
        return f" The fact stood before {self.found} of {plural(self.asked, 'prompt')}."

    def _verdict(self) -> str:
        said = " / ".join(dict.fromkeys(f"“{answer}”" for answer in self.answers.values()))
        count = f"{self.right} of {self.asked}"
        wordings = f"{self.right} of {plural(self.asked, 'wording')}"
        if self.match == CHOICE:
            return f"Most probable for the model: {said}."
        if self.group == "future":
            return f"The model says {said}."
        if self.group == "erased":
            kept = "still produces it" if self.right else "does not produce it"
            return f"The model {kept} ({wordings}): {said}."
        if self.right == self.asked:
            return f"The model says so ({wordings})."
        if self.stale:
            return f"The model gives an outdated answer ({count} right): {said}."
        return f"The model says {said} ({count} right)."


@dataclass(frozen=True, slots=True)
class Timeline:
    """The moments of a fact in the order of steps."""

    subject: str
    relation: str
    moments: list[Moment]

    def as_json(self) -> dict[str, Any]:
        """Return plain JSON values."""
        told = [asdict(moment) | {"words": moment.in_words()} for moment in self.moments]
        moments = [
            {
                key: one
                for key, one in row.items()
                if key != MATCH and (key != FOUND or one is not None)
            }
            for row in told
        ]
        return {"subject": self.subject, "relation": self.relation, "moments": moments}


def timelines(run: Run, subject: str, relation: str | None = None) -> list[Timeline]:
    """Return the timelines of the facts about ``subject`` (and ``relation``) in a run.

    A name that is spelled exactly so comes first, then the same name in another spelling, then one
    that differs only in case or form (`cltool.facts.identity`).

    Raises:
        UserError: the run has no such fact, or several names match; the message names them.
    """
    rows = judged(run.answers)
    chosen = _chosen(run, "facts about", subject, _subjects(run))
    about = rows[rows["subject"] == chosen]
    relations = about["relation"].unique().tolist()
    if relation is not None:
        relations = [_chosen(run, f"fact about {chosen!r} with the relation", relation, relations)]
    labels = run.record["labels"]
    return [
        Timeline(
            chosen,
            name,
            [
                _moment(step, str(labels[step]), at_step)
                for step, at_step in _by_step(about[about["relation"] == name])
            ],
        )
        for name in relations
    ]


def subjects_alike(run: Run, subject: str) -> list[str]:
    """Return the other subjects of a run that differ from ``subject`` only in case or form."""
    form = folded_form(subject)
    return [name for name in _subjects(run) if name != subject and folded_form(name) == form]


def _subjects(run: Run) -> list[str]:
    names: list[str] = run.answers["subject"].unique().tolist()
    return names


def _chosen(run: Run, kind: str, asked: str, names: Sequence[str]) -> str:
    """Return the one of ``names`` that ``asked`` means.

    Raises:
        UserError: there is none, or there are several.
    """
    if asked in names:
        return asked
    for same in (name_identity, folded_form):
        found = [name for name in names if same(name) == same(asked)]
        if len(found) == 1:
            return found[0]
        if found:
            listed = ", ".join(map(repr, found))
            raise UserError(
                f"{len(found)} names match {asked!r}: {listed}{difference(found[0], found[1])}",
                where=str(run.folder),
                hint="Give one of them as it is spelled here.",
            )
    folded = {folded_form(name): name for name in names}
    near = difflib.get_close_matches(folded_form(asked), folded, n=5, cutoff=0.5)
    if near:
        hint = f"Similar: {', '.join(folded[form] for form in near)}."
    elif len(names) <= _MOST_LISTED:
        hint = f"There are: {', '.join(names)}."
    else:
        hint = "The ledger of the run has all names."
    raise UserError(f"the run has no {kind} {asked!r}", where=str(run.folder), hint=hint)


def _by_step(rows: pd.DataFrame) -> Iterator[tuple[int, pd.DataFrame]]:
    for step in sorted({int(step) for step in rows["step"]}):
        yield step, rows[rows["step"] == step]


def _moment(step: int, label: str, rows: pd.DataFrame) -> Moment:
    first, match = rows.iloc[0], matcher_of(rows)
    return Moment(
        step,
        label,
        str(first["group"]),
        str(first["accepted"][0]),
        [str(name) for name in first["outdated"]],
        int(rows["right"].sum()),
        len(rows),
        int(rows["stale"].sum()),
        _said(rows, match),
        match,
        int(rows[FOUND].sum()) if FOUND in rows and rows[FOUND].notna().all() else None,
    )


def _said(rows: pd.DataFrame, match: str) -> dict[str, str]:
    if match == CHOICE:
        return dict(zip(map(str, rows["prompt"]), map(str, rows["chosen"]), strict=True))
    columns = (rows[name] for name in ("prompt", "answer", "closing"))
    return {
        str(prompt): shown(str(said), str(closing))
        for prompt, said, closing in zip(*columns, strict=True)
    }
