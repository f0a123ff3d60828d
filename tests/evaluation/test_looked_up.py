"""The scores of found and read facts, against hand-counted ones."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from cltool.evaluation.ledger import COLUMNS
from cltool.evaluation.scores import LOOKED_UP
from cltool.evaluation.summary import per_step

from .ledger_rows import asked, row


def facts(*rows: list[dict[str, Any]]) -> pd.DataFrame:
    more = [name for name in ("given", "found") if any(name in one for own in rows for one in own)]
    return pd.DataFrame([one for own in rows for one in own], columns=[*COLUMNS, *more])


def fact(subject: str, found: bool, *answers: str, learned: int = 1, **more: Any) -> Any:
    return asked(1, subject, answers, learned=learned, given=1, found=found, **more)


BASE = asked(0, "X", ["X", "X"], group="new", given=0, found=False)


def test_found_and_read_stand_apart() -> None:
    rows = facts(
        BASE,
        fact("A", True, "A", "A", group="new"),
        fact("B", True, "B", "wrong"),
        fact("C", False, "C", "C"),  # right, although it was not given
        fact("D", False, "wrong", "wrong"),
        fact("X", True, "wrong", "wrong", learned=0),  # of the base
        fact("E", False, "E", "E", group="erased"),
        fact("F", False, "F", "F", group="future", learned=2),
    )
    last = per_step(rows).loc[1]
    assert last["found"] == pytest.approx(2 / 4)
    assert last["read"] == pytest.approx((1 + 1 / 2) / 2)
    assert per_step(rows).loc[0, ["found", "read"]].isna().all()


def test_a_fact_counts_by_the_share_of_its_wordings() -> None:
    one, other = fact("A", True, "A", "wrong")
    rows = facts(BASE, [one, {**other, "found": False}], fact("B", False, "B", "B"))
    last = per_step(rows).loc[1]
    assert last["found"] == pytest.approx((1 / 2 + 0) / 2)
    assert last["read"] == 1.0


def test_nothing_found_is_nothing_to_read() -> None:
    last = per_step(facts(BASE, fact("A", False, "A", "A"))).loc[1]
    assert last["found"] == 0.0 and pd.isna(last["read"])


def test_two_hop_questions_have_scores_of_their_own() -> None:
    def hop(subject: str, found: bool, answer: str, **more: Any) -> dict[str, Any]:
        return row(1, subject, "two_hop", answer, learned=1, given=2, found=found, **more)

    rows = facts(
        BASE,
        fact("A", True, "A", "A"),
        [hop("B", True, "B"), hop("C", True, "no"), hop("D", False, "D"), hop("E", False, "no")],
        [hop("Y", True, "Y", group="erased")],
        [row(1, "Z", "two_hop", "Z", learned=0, given=0, found=False)],  # both of the base
    )
    last = per_step(rows).loc[1]
    found = {"found": 1.0, "read": 1.0, "two_hop": 0.5, "two_hop_found": 0.5, "two_hop_read": 0.5}
    assert last[list(LOOKED_UP)].to_dict() == found


def test_a_run_without_such_facts_has_no_such_scores() -> None:
    plain = [{k: v for k, v in one.items() if k not in ("given", "found")} for one in BASE]
    assert not {*LOOKED_UP} & {*per_step(facts(plain)).columns}
    hop = row(0, "X", "two_hop", "X", learned=0)
    assert {*LOOKED_UP} & {*per_step(facts(plain, [hop])).columns} == {"two_hop"}
