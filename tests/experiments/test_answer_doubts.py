"""A run says when no score follows from its answers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from cltool.evaluation import ledger
from cltool.experiments.answer_doubts import KEY, counts, sentences
from cltool.experiments.run import run
from cltool.facts.stream import Stream


def row(number: int, answer: str, group: str = "new", **more: Any) -> dict[str, Any]:
    known: dict[str, Any] = {
        "step": 0,
        "subject": f"Lab {number}",
        "relation": "director",
        "form": "question",
        "number": 0,
        "prompt": f"Who leads Lab {number}?",
        "closing": "",
        "group": group,
        "learned": 0,
        "accepted": [f"Name {number}"],
        "outdated": [],
        "answer": answer,
        "stop": "end",
        "matched": None,
        "right": answer.strip() == f"Name {number}",
        "stale": False,
        "forced": False,
        "logp": -1.0,
        "logp_outdated": None,
    }
    return {**known, **more}


def told(folder: Path, *steps: list[dict[str, Any]]) -> list[str]:
    costs = []
    for step, rows in enumerate(steps):
        costs.append({"step": step, "label": f"U{step}", KEY: counts(folder, step, rows)})
        ledger.write_step(folder, step, [{**one, "step": step} for one in rows])
    return sentences(costs)


GOOD = [row(number, f" Name {number}") for number in range(8)]


def test_nothing_is_said_of_good_answers(tmp_path: Path) -> None:
    assert told(tmp_path, GOOD, GOOD) == []
    assert sentences([{"step": 0, "label": "base"}]) == []  # of an earlier version
    assert sentences([]) == []


def test_answers_that_are_all_empty(tmp_path: Path) -> None:
    empty = [row(number, "\n", "retained") for number in range(8)]
    (text,) = told(tmp_path, GOOD, empty)
    assert "after U1, 100% of the answers are empty" in text
    (text,) = told(tmp_path, GOOD, empty, [*empty[:-1], GOOD[-1]], GOOD)
    assert "after 2 steps (U1, U2)" not in text  # 7 of 8 are below the bound
    (text,) = told(tmp_path, GOOD, empty, empty)
    assert "after 2 steps (U1, U2), 100% of the answers are empty" in text
    assert told(tmp_path, GOOD[:3], empty[:3]) == []  # too few to say anything of all answers


def test_answers_that_are_all_the_same(tmp_path: Path) -> None:
    same = [row(number, " Leo", "retained") for number in range(8)]
    (text,) = told(tmp_path, GOOD, same)
    assert "100% of the answers are identical" in text
    right = [row(number, " Leo", accepted=["Leo"], right=True) for number in range(8)]
    assert told(tmp_path, right, right) == []  # all have one object, and the model names it


def test_an_object_that_all_superseded_facts_had_is_no_collapse(tmp_path: Path) -> None:
    old = [row(number, " Leo", "retained", outdated=["Leo"], stale=True) for number in range(8)]
    assert told(tmp_path, GOOD, old) == []


def test_erased_facts_with_one_object_that_the_model_still_names_are_no_collapse(
    tmp_path: Path,
) -> None:
    known = [row(number, " Leo", accepted=["Leo"], right=True) for number in range(8)]
    assert told(tmp_path, known, [{**one, "group": "erased"} for one in known]) == []
    silent = [{**one, "group": "erased", "answer": " No", "right": False} for one in known]
    (text,) = told(tmp_path, known, silent)
    assert "100% of the answers are identical" in text


def test_answers_that_name_nothing(tmp_path: Path) -> None:
    babble = [row(number, f" Na{number}Na", "retained") for number in range(8)]
    (text,) = told(tmp_path, GOOD, babble)
    assert "After U1, the model answers hardly any question: more than 90% of its answers" in text
    fresh = [row(number, f" Name {number}") for number in range(8, 11)]
    assert told(tmp_path, GOOD, [*babble, *babble, *babble, *babble, *fresh]) == []


def test_answers_that_are_all_cut(tmp_path: Path) -> None:
    cut = [
        row(number, f" Name {number} and so on", "retained", stop="limit") for number in range(8)
    ]
    (text,) = told(tmp_path, GOOD, cut)
    assert "100% of the answers are cut off before they ended" in text
    closed = [{**one, "matched": "Name", "right": True} for one in cut]
    assert told(tmp_path, GOOD, closed) == []


def test_a_base_that_was_never_known(tmp_path: Path) -> None:
    wrong = [row(number, f" Other {number}") for number in range(8)]
    (text,) = told(tmp_path, wrong)
    assert "none of 8 answers about base facts is right" in text
    assert told(tmp_path, [*wrong[:-1], GOOD[-1]]) == []


def test_erased_facts_that_were_never_known(tmp_path: Path) -> None:
    erased = [row(number, " no", "erased") for number in range(3)]
    before = [row(0, " no"), row(1, " no"), row(2, " Name 2"), *GOOD[3:]]
    after = [*erased, *[{**one, "group": "retained"} for one in GOOD[3:]]]
    (text,) = told(tmp_path, before, after, after)
    assert text.startswith("2 of 3 facts to forget were not known just before the update")
    (one,) = told(tmp_path, [row(0, " no"), *GOOD[1:]], [erased[0], *after[3:]])
    assert one.startswith("1 of 1 fact to forget was not known") and "so it cannot" in one


def test_a_run_and_its_json_say_so(
    checkpoint: Callable[[str], Path], stream: Stream, tmp_path: Path
) -> None:
    settings = {"model": {"device": "cpu"}, "learner": {"epochs": 1}, "probe": {"limit": 6}}
    go = {"strategy": "frozen", "model": str(checkpoint("llama")), "settings": settings}
    one = replace(stream, updates=stream.updates[:2])
    found = run(one, out=tmp_path / "run", **go).record["warnings"]
    assert any("the model never knew them" in text.lower() for text in found)
    assert len(found) == len(set(found))


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path) -> None:
    (tmp_path / "answers").mkdir()
