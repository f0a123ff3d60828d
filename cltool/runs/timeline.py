"""The timeline of a fact in a run: what was true and what the model answered after each step."""

from __future__ import annotations

import difflib
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from cltool.core.errors import UserError

if TYPE_CHECKING:
    import pandas as pd

    from cltool.runs.run import Run


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
        answers: the answer to each prompt, without the text that closes the wording.
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
        return f"{truth}. {self._verdict()}"

    def _verdict(self) -> str:
        said = " / ".join(dict.fromkeys(f"“{answer}”" for answer in self.answers.values()))
        count = f"{self.right} of {self.asked}"
        if self.group == "future":
            return f"The model says {said}."
        if self.group == "erased":
            kept = "still produces it" if self.right else "does not produce it"
            return f"The model {kept} ({count} wordings): {said}."
        if self.right == self.asked:
            return f"The model says so ({count} wordings)."
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
        moments = [asdict(moment) | {"words": moment.in_words()} for moment in self.moments]
        return {"subject": self.subject, "relation": self.relation, "moments": moments}


def timelines(run: Run, subject: str, relation: str | None = None) -> list[Timeline]:
    """Return the timelines of the facts about ``subject`` (and ``relation``) in a run.

    Raises:
        UserError: the run has no such fact; the message names similar subjects.
    """
    rows = run.answers
    names = rows["subject"].unique().tolist()
    chosen = next((name for name in names if name.casefold() == subject.casefold()), None)
    if chosen is None:
        folded = {name.casefold(): name for name in names}
        found = difflib.get_close_matches(subject.casefold(), folded, n=5, cutoff=0.5)
        near = [folded[name] for name in found]
        raise UserError(
            f"the run has no facts about {subject!r}",
            where=str(run.folder),
            hint=f"Similar: {', '.join(near)}."
            if near
            else "The ledger of the run has all subjects.",
        )
    about = rows[rows["subject"] == chosen]
    relations = about["relation"].unique().tolist()
    if relation is not None:
        if relation not in relations:
            raise UserError(
                f"the run has no facts about {relation!r} of {chosen!r}",
                where=str(run.folder),
                hint=f"There are: {', '.join(relations)}.",
            )
        relations = [relation]
    labels = run.record["labels"]
    return [
        Timeline(
            chosen,
            name,
            [
                _moment(int(step), str(labels[int(step)]), at_step)
                for step, at_step in about[about["relation"] == name].groupby("step", sort=True)
            ],
        )
        for name in relations
    ]


def _moment(step: int, label: str, rows: pd.DataFrame) -> Moment:
    first = rows.iloc[0]
    return Moment(
        step,
        label,
        str(first["group"]),
        str(first["accepted"][0]),
        [str(name) for name in first["outdated"]],
        int(rows["right"].sum()),
        len(rows),
        int(rows["stale"].sum()),
        {
            str(prompt): str(said).removesuffix(str(closing)) or str(said)
            for prompt, said, closing in zip(
                rows["prompt"], rows["answer"], rows["closing"], strict=True
            )
        },
    )
