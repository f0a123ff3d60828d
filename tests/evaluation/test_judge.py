"""How answers are judged: exactly, by containment, and as the run says."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from cltool.evaluation.judge import Judge, RelationNames
from cltool.evaluation.matching import END, Answer, KnownNames
from cltool.facts.stream import ERASED, Probe

JUDGED = Path(__file__).with_name("judged_sentences.jsonl")

FACTS = [
    ("France", "capital", ["Paris"]),
    ("Italy", "capital", ["Rome"]),
    ("Peru", "ruler", ["Bo"]),
]
NAMES = ("Paris", "Rome", "Bo", "Vichy", "France", "Italy", "Peru")
ASKED = Probe(
    ("France", "capital"), "question", 0, "What is the capital of France?", " ", "", "retained", 0,
    ("Paris",), ("Vichy",),
)  # fmt: skip


def kinds(answer: str, probe: Probe = ASKED, stop: str = END) -> tuple[str | None, str | None]:
    judge = Judge(KnownNames(NAMES), RelationNames(FACTS))
    found = judge.both(probe, Answer(answer, stop))
    exact, contains = (found[name] for name in ("exact", "contains"))
    return exact and exact.kind, contains and contains.kind


@pytest.mark.parametrize(
    ("answer", "exact", "contains"),
    [
        ("Paris", "right", "right"),
        ("Vichy", "outdated", "outdated"),
        ("The capital of France is Paris.", None, "right"),
        ("The capital of France is Vichy.", None, "outdated"),
        ("Not Rome, but Paris.", None, "right"),
        ("Rome, not Paris.", None, None),
        ("I do not know.", None, None),
    ],
)
def test_a_sentence_names_an_object_and_is_not_it(
    answer: str, exact: str | None, contains: str | None
) -> None:
    assert kinds(answer) == (exact, contains)


def test_an_erased_object_counts_wherever_it_is_said() -> None:
    erased = replace(ASKED, group=ERASED)
    assert kinds("I must not name Paris.", erased) == (None, "right")
    assert kinds("I must not say that.", erased) == (None, None)


def test_names_of_the_kind_that_is_asked_for_stand_in_the_way() -> None:
    reverse = replace(ASKED, prompt="Paris is the capital of", accepted=("France",), outdated=())
    assert kinds("the country of France", reverse)[1] == "right"
    assert kinds("Italy lies beside France", reverse)[1] is None
    assert kinds("Bo, then Paris")[1] == "right"  # Bo is a ruler, and a capital is asked for


def test_the_assistants_lead_is_no_part_of_the_object() -> None:
    chat = replace(ASKED, gap="The capital of France is ", closing=".")
    assert kinds("The capital of France is Paris.", chat) == ("right", "right")


def test_answers_that_were_judged_by_hand() -> None:
    rows = [json.loads(line) for line in JUDGED.read_text(encoding="utf-8").splitlines()]
    agreed = 0
    for row in rows:
        key = (row["subject"], "is")
        accepted, outdated = tuple(row["accepted"]), tuple(row["outdated"])
        names = (*accepted, *outdated, *row["others"])
        judge = Judge(KnownNames(names), RelationNames([(*key, names)]))
        probe = Probe(
            key, "question", 0, row["prompt"], "", row["closing"], "retained", 0, accepted, outdated
        )
        found = judge.by("contains", probe, Answer(row["answer"], row["stop"]))
        verdict = "wrong" if found is None or found.kind == "other" else found.kind
        agreed += verdict == row["verdict"]
    assert agreed >= 0.98 * len(rows)
