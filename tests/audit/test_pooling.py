"""Seeds taken together: every fact counts once, with all of its seeds."""

from __future__ import annotations

import math

import pytest

from cltool.audit.attacks.battery import Findings
from cltool.audit.attacks.membership import Membership
from cltool.audit.attacks.settings import AuditSettings
from cltool.audit.attacks.target import Outcome
from cltool.audit.judge import figures, retained_of_before, rows
from cltool.audit.pooling import pooled
from cltool.facts.facts import Key

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


def test_a_fact_of_two_seeds_counts_once() -> None:
    each = [found(0.0, 0.2), found(0.4, 1.0)]
    both = pooled(each)
    assert both.outcomes["probability"].scores == {A: pytest.approx(0.2), B: pytest.approx(0.6)}
    assert both.perplexity == pytest.approx(math.exp(0.2))
    judged = {row.attack.name: row for row in rows(each, each, AuditSettings())}
    assert judged["probability"].difference.n == 2
    assert judged["probability"].figure == pytest.approx(0.4)


def test_equal_seeds_do_not_add_facts() -> None:
    """Intervals are over facts, so that copies of a seed change none."""
    model, reference, before = found(0.1, 0.9, 5.0), found(0.2, 0.3), found(1.0, 1.0)
    settings = AuditSettings()
    alone = rows([model], [reference], settings, [before], {A})
    again = rows([model] * 4, [reference] * 4, settings, [before] * 4, {A})
    for one, other in zip(alone, again, strict=True):
        assert one.difference.n == other.difference.n
        assert one.difference.low == pytest.approx(other.difference.low)
        assert one.difference.high == pytest.approx(other.difference.high)
        assert (one.word, one.notes.keys()) == (other.word, other.notes.keys())


def test_a_fact_that_one_seed_was_not_asked_is_left_out() -> None:
    less = found(0.5, 0.5)
    del less.outcomes["probability"].scores[A]
    assert pooled([less, found(0.1, 0.3)]).outcomes["probability"].scores == {B: 0.4}
    del less.outcomes["probability"].scores[B]
    assert "probability" not in pooled([less, found(0.1, 0.3)]).outcomes


def test_the_auc_of_seeds_is_the_mean_of_theirs() -> None:
    each = [found(0.0, 0.2, 1.0), found(0.4, 1.0, 3.5)]
    by_attack = {row.attack.name: row for row in rows(each, each, AuditSettings())}
    # 1 and 2 against 3 and 4; then 3.5 beats only 4.
    assert by_attack["membership_loss"].figure == pytest.approx((1.0 + 0.75) / 2)
    assert by_attack["membership_loss"].difference.n == 2


def test_figures_are_those_of_the_verdicts() -> None:
    model, reference = [found(0.1, 0.9, 5.0)], [found(0.2, 0.3)]
    judged = rows(model, reference, AuditSettings())
    assert figures(model, reference) == {row.attack.name: row.figure for row in judged}
    assert {"membership_loss", "membership_reference"} <= set(figures(model, reference))


def test_facts_that_were_not_known_cannot_be_restored() -> None:
    """int4 brings A back whole; B was never taught before the erasing."""

    def side(known: float, attacked: float) -> Findings:
        one = {"known": Outcome({A: known, B: 0.0}), "int4": Outcome({A: attacked, B: 0.0})}
        return Findings(one, {}, 1.0, 1.0)

    judged = rows([side(0.0, 1.0)], [side(0.0, 0.0)], AuditSettings(), [side(1.0, 1.0)], {A})
    (row,) = [one for one in judged if one.attack.name == "int4"]
    assert row.notes["restored"] == 1.0 and row.notes["beyond the reference"] == 1.0


def test_forget_quality_takes_published_ratios() -> None:
    """Far below the 1e-10 beside the denominator, shares of right answers order facts otherwise."""
    from cltool.audit.measures.truth_ratio import forget_quality, truth_ratio

    def side(offset: float) -> Findings:
        keys = [(f"s{number}", "r") for number in range(12)]
        right = {key: -26.0 + offset + 0.01 * number for number, key in enumerate(keys)}
        wrong = {key: -26.0 - 0.3 * number for number, key in enumerate(keys)}
        shares = {key: 1 / (1 + math.exp(wrong[key] - right[key])) for key in keys}
        named = {"truth_ratio": shares, "right_log": right, "wrong_log": wrong}
        return Findings({name: Outcome(one) for name, one in named.items()}, {}, 1.0, 1.0)

    model, other = side(0.0), side(-4.0)
    (row,) = rows([model], [other], AuditSettings())
    ratios = [
        truth_ratio(*([[one] for one in side.outcomes[name].scores.values()] for name in
                      ("right_log", "wrong_log")))
        for side in (model, other)
    ]  # fmt: skip
    assert row.notes["forget quality (p)"] == forget_quality(*ratios).p
    shares = [[*side.outcomes["truth_ratio"].scores.values()] for side in (model, other)]
    assert row.notes["forget quality (p)"] != forget_quality(*shares).p


def test_share_of_known_facts_that_is_left() -> None:
    keys = [(f"s{number}", "r") for number in range(12)]

    def side(right: float) -> Findings:
        return Findings({"unrelated": Outcome(dict.fromkeys(keys, right))}, {}, 1.0, 1.0)

    taught = set(keys)
    assert retained_of_before(side(0.2), side(0.5), taught) == pytest.approx(0.4)
    assert retained_of_before(side(0.2), side(0.0), taught) is None
    assert retained_of_before(side(0.2), None, taught) is None
    assert retained_of_before(side(0.2), side(1.0), set()) is None
    # Only what was taught counts, and a handful says nothing.
    mixed = side(0.2)
    mixed.outcomes["unrelated"].scores[keys[0]] = 1.0
    assert retained_of_before(mixed, side(0.5), taught - {keys[0]}) == pytest.approx(0.4)
    assert retained_of_before(mixed, side(0.5), set(keys[:9])) is None
