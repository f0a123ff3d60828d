"""One fact's found, in words."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from cltool.core.errors import UserError
from cltool.evaluation import ledger
from cltool.runs.run import Run
from cltool.runs.timeline import Moment, timelines

LABELS = ["base", "2012", "2016"]


def row(step: int, group: str, true: str, said: str, **more: Any) -> dict[str, Any]:
    """One answer of the ledger."""
    outdated = more.pop("outdated", [])
    form = more.pop("form", "trained")
    return {
        "step": step,
        "subject": "Chile",
        "relation": "president",
        "form": form,
        "number": 0,
        "prompt": f"{form}: the president of Chile is",
        "closing": ".",
        "group": group,
        "learned": 0,
        "accepted": [true],
        "outdated": outdated,
        "answer": said,
        "stop": "end",
        "matched": None,
        "right": said == true,
        "stale": said in outdated,
        "forced": False,
        "logp": -1.0,
        "logp_outdated": None,
        **more,
    }


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Chile: superseded in 2012, kept in 2016. Peru: taught in 2016. Cuba: erased in 2016."""
    steps: list[list[dict[str, Any]]] = [
        [row(0, "new", "Ann", "Ann"), row(0, "new", "Ann", "Ann", form="question")],
        [
            row(1, "new", "Bea", "Bea", outdated=["Ann"]),
            row(1, "new", "Bea", "Ann", outdated=["Ann"], form="question"),
        ],
        [
            row(2, "retained", "Bea", "Zoe", outdated=["Ann"]),
            row(2, "retained", "Bea", "Yan", outdated=["Ann"], form="question"),
        ],
    ]
    for step, group in enumerate(("future", "future", "new")):
        steps[step].append(row(step, group, "Dan", "Eve", subject="Peru"))
    for step, group in enumerate(("new", "retained", "erased")):
        said = "Fay" if step < 2 else "Gus"
        steps[step].append(row(step, group, "Fay", said, subject="Cuba"))
        steps[step].append(row(step, group, "Hal", "Hal", subject="Cuba", relation="judge"))
    for step, rows in enumerate(steps):
        ledger.write_step(tmp_path, step, rows)
    record = {"labels": LABELS, "strategy": "naive", "seed": 0}
    (tmp_path / "run.json").write_text(json.dumps(record), encoding="utf-8")
    return Run.open(tmp_path)


def words(run: Run, subject: str, relation: str = "president") -> list[str]:
    (found,) = timelines(run, subject, relation)
    assert [moment.label for moment in found.moments] == LABELS
    return [moment.in_words() for moment in found.moments]


def test_a_fact_that_is_superseded_and_lost(run: Run) -> None:
    assert words(run, "Chile") == [
        "is taught: Ann. The model says so (2 of 2 wordings).",
        "is taught: Bea, in place of Ann. The model gives an outdated answer (1 of 2 right): "
        "“Bea” / “Ann”.",
        "still true: Bea. The model says “Zoe” / “Yan” (0 of 2 right).",
    ]


def test_a_fact_that_is_taught_late(run: Run) -> None:
    assert words(run, "Peru") == [
        "not taught yet (Dan later). The model says “Eve”.",
        "not taught yet (Dan later). The model says “Eve”.",
        "is taught: Dan. The model says “Eve” (0 of 1 right).",
    ]


def test_facts_that_are_to_be_forgotten(run: Run) -> None:
    assert words(run, "Cuba")[2] == (
        "to be forgotten: Fay. The model does not produce it (0 of 1 wording): “Gus”."
    )
    assert words(run, "Cuba", "judge")[2] == (
        "to be forgotten: Hal. The model still produces it (1 of 1 wording): “Hal”."
    )


def test_facts_before_prompts(tmp_path: Path) -> None:
    """Given in one of two wordings, then not; the third step is of a run without such facts."""
    for step, found in enumerate(([True, False], [False, False], [None, None])):
        rows = [
            row(
                step,
                "new",
                "Ann",
                "Ann",
                form=form,
                given=None if one is None else int(one),
                found=one,
            )
            for form, one in zip(("trained", "question"), found, strict=True)
        ]
        ledger.write_step(tmp_path, step, rows)
    record = {"labels": LABELS, "strategy": "retrieval", "seed": 0}
    (tmp_path / "run.json").write_text(json.dumps(record), encoding="utf-8")
    run = Run.open(tmp_path)
    taught = "is taught: Ann. The model says so (2 of 2 wordings)."
    assert words(run, "Chile") == [
        f"{taught} The fact stood before 1 of 2 prompts.",
        f"{taught} The fact stood before 0 of 2 prompts.",
        taught,
    ]
    (found_timeline,) = timelines(run, "Chile")
    moments = found_timeline.as_json()["moments"]
    assert [moment.get("found") for moment in moments] == [1, 0, None]
    assert "found" not in moments[2]


def test_repeated_answers_are_shown_once() -> None:
    moment = Moment(1, "x", "retained", "Ann", [], 0, 2, 0, {"a": "Zoe", "b": "Zoe"})
    assert moment.in_words() == "still true: Ann. The model says “Zoe” (0 of 2 right)."


def test_the_final_full_stop_is_not_shown(run: Run) -> None:
    rows = [row(0, "new", "Ann", said, form=form) for form, said in
            (("trained", "Zoe."), ("question", "Zoe"), ("paraphrase", "."))]  # fmt: skip
    ledger.write_step(run.folder, 0, rows)
    (found,) = timelines(Run.open(run.folder), "Chile")
    assert (
        found.moments[0].in_words() == "is taught: Ann. The model says “Zoe” / “.” (0 of 3 right)."
    )


def test_all_relations_of_a_subject_in_any_case(run: Run) -> None:
    found = timelines(run, "cUBA")
    assert [(one.subject, one.relation) for one in found] == [
        ("Cuba", "president"),
        ("Cuba", "judge"),
    ]


def test_a_timeline_is_plain_json(run: Run) -> None:
    (found,) = timelines(run, "Chile")
    value = json.loads(json.dumps(found.as_json()))
    assert value["moments"][1] == {
        "step": 1,
        "label": "2012",
        "group": "new",
        "true": "Bea",
        "outdated": ["Ann"],
        "right": 1,
        "asked": 2,
        "stale": 1,
        "answers": {
            "trained: the president of Chile is": "Bea",
            "question: the president of Chile is": "Ann",
        },
        "words": found.moments[1].in_words(),
    }


@pytest.mark.parametrize(
    ("asked", "near"), [("Chille", "Chile"), ("CHILI", "Chile"), ("cubaa", "Cuba")]
)
def test_similar_names_are_suggested(run: Run, asked: str, near: str) -> None:
    with pytest.raises(UserError) as caught:
        timelines(run, asked)
    assert near in caught.value.hint
    assert asked in str(caught.value)


def test_without_similar_names_nothing_is_suggested(run: Run) -> None:
    with pytest.raises(UserError) as caught:
        timelines(run, "qqqqqq")
    assert caught.value.hint


def test_an_unknown_relation_lists_the_known_ones(run: Run) -> None:
    with pytest.raises(UserError, match="There are: president, judge"):
        timelines(run, "Cuba", "king")
