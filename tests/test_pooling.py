"""Seeds taken together: every fact of every seed counts once."""

from __future__ import annotations

import math

import pytest

from cltool.attacks.battery import Findings
from cltool.attacks.membership import Membership
from cltool.attacks.settings import AuditSettings
from cltool.attacks.target import Outcome
from cltool.facts import Key
from cltool.judging import figures, retained_of_before, rows
from cltool.pooling import of_seeds, pooled

A: Key
B: Key
A, B = ("a", "r"), ("b", "r")


def found(one: float, other: float, loss: float = 1.0) -> Findings:
    return Findings(
        {
            "probability": Outcome({A: one, B: other}, {A: "x"}),
            "unrelated": Outcome({("c", "r"): one, ("d", "r"): other}),
        },
        {"loss": Membership([loss, 2.0], [3.0, 4.0])},
        4.0,
        math.exp(one),
    )


def test_facts_of_two_seeds_count_twice() -> None:
    both = pooled({0: found(0.0, 0.2), 3: found(0.4, 1.0)})
    assert sorted(both.outcomes["probability"].scores.values()) == [0.0, 0.2, 0.4, 1.0]
    assert len(both.outcomes["probability"].answers) == 2
    assert both.members["loss"].erased == [1.0, 2.0, 1.0, 2.0]
    assert both.perplexity == pytest.approx(math.exp(0.2))
    judged = {row.attack.name: row for row in rows(both, both, AuditSettings())}
    assert judged["probability"].difference.n == 4
    assert judged["probability"].figure == pytest.approx(0.4)


def test_one_seed_alone_is_judged_as_it_is() -> None:
    model, reference, before = found(0.1, 0.9, 5.0), found(0.2, 0.3), found(1.0, 1.0)
    settings = AuditSettings()
    alone = rows(model, reference, settings, before, {A})
    again = rows(
        pooled({7: model}), pooled({7: reference}), settings, pooled({7: before}),
        of_seeds({7: {A}}),
    )  # fmt: skip
    assert [one.as_json() for one in again] == [one.as_json() for one in alone]


def test_figures_are_those_of_the_verdicts() -> None:
    model, reference = found(0.1, 0.9, 5.0), found(0.2, 0.3)
    judged = rows(model, reference, AuditSettings())
    assert figures(model, reference) == {row.attack.name: row.figure for row in judged}
    assert {"membership_loss", "membership_reference"} <= set(figures(model, reference))


def test_what_is_left_of_what_was_known() -> None:
    taught = {("c", "r"), ("d", "r")}
    assert retained_of_before(found(0.2, 0.4), found(0.5, 1.0), taught) == pytest.approx(0.4)
    assert retained_of_before(found(0.2, 0.4), found(0.5, 1.0), {("c", "r")}) == pytest.approx(0.4)
    assert retained_of_before(found(0.2, 0.4), found(0.0, 0.0), taught) is None
    assert retained_of_before(found(0.2, 0.4), None, taught) is None
    assert retained_of_before(found(0.2, 0.4), found(1.0, 1.0), set()) is None
