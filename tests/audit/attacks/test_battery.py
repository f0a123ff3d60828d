"""The whole battery, judged: itself, one that still knows, one that was pushed too far."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch

from cltool.audit.attacks.battery import Findings, attack
from cltool.audit.attacks.case import Case
from cltool.audit.attacks.catalogue import ATTACKS, FAMILIES, MEMBERSHIP_ATTACKS
from cltool.audit.attacks.target import Target
from cltool.audit.attacks.teacher_forcing import RIGHT, WRONG
from cltool.audit.judge import Row, rows
from cltool.audit.measures.verdict import Verdict
from cltool.core.errors import UserError

from ...conftest import weights
from .conftest import QUICK

Get = Callable[[str], Target]


@pytest.fixture(scope="module")
def found() -> dict[str, Findings]:
    return {}


@pytest.fixture
def attacked(found: dict[str, Findings], case: Case, target: Get) -> Callable[[str], Findings]:
    def get(name: str) -> Findings:
        if name not in found:
            found[name] = attack(target(name), case, QUICK)
        return found[name]

    return get


Attacked = Callable[[str], Findings]


def by_name(judged: list[Row]) -> dict[str, Row]:
    return {row.attack.name: row for row in judged}


def test_a_model_audited_against_itself_never_differs(attacked: Attacked) -> None:
    judged = rows([attacked("knows")], [attacked("knows")], QUICK)
    assert {row.word for row in judged} <= {"indistinguishable", "undecided"}
    assert all(row.difference.estimate == 0 for row in judged)
    assert all(row.figure == row.reference for row in judged)


def test_the_same_attack_gives_the_same_answers(
    attacked: Attacked, case: Case, target: Get
) -> None:
    again = attack(target("knows"), case, QUICK)
    assert again.outcomes == attacked("knows").outcomes
    assert again.members == attacked("knows").members


def test_a_model_that_still_knows_is_residue(attacked: Attacked) -> None:
    judged = by_name(rows([attacked("knows")], [attacked("retrained")], QUICK))
    for name in (
        "greedy_trained",
        "probability",
        "exact_memorisation",
        "rouge",
        "leak_at_k",
        "membership_loss",
        "membership_min_k",
        "membership_reference",
        "relearn_erased_probability",
        "lookup",
    ):
        assert judged[name].verdict == Verdict.RESIDUE, name
    assert judged["int8"].difference.estimate > 0.2
    assert judged["membership_reference"].reference == 0.5
    assert judged["membership_reference"].figure > 0.95
    assert judged["membership_loss"].notes["PrivLeak (%)"] < 0


def test_a_model_below_the_reference_is_over_forgotten(attacked: Attacked) -> None:
    judged = by_name(rows([attacked("ascended")], [attacked("retrained")], QUICK))
    assert judged["membership_reference"].verdict == Verdict.OVER_FORGOTTEN
    assert judged["membership_loss"].difference.estimate < 0
    assert judged["probability"].difference.estimate < 0
    assert judged["membership_loss"].notes["PrivLeak (%)"] > 0


def test_damage_has_its_own_verdict(attacked: Attacked) -> None:
    judged = rows([attacked("retrained")], [attacked("knows")], QUICK)
    words = {row.attack.word(Verdict.OVER_FORGOTTEN) for row in judged if row.attack.kept}
    assert words == {"damaged"}
    assert all(row.word != "damaged" for row in judged if not row.attack.kept)


def test_of_before_counts_only_taught_facts(attacked: Attacked, case: Case) -> None:
    sides = attacked("retrained"), attacked("retrained")
    taught = [fact.key for fact in case.erased[:3]]
    judged = by_name(rows([sides[0]], [sides[1]], QUICK, [attacked("knows")], taught))
    scores = attacked("knows").outcomes["probability"].scores
    mean = sum(scores[key] for key in taught) / 3
    assert judged["probability"].before == pytest.approx(mean)
    assert judged["int4"].notes["beyond the reference"] == 0.0


def test_attacks_do_not_change_the_model(case: Case, target: Get) -> None:
    one = target("knows")
    before = weights(one.lm.model)
    marks = [p.requires_grad for p in one.lm.model.parameters()]
    attack(one, case, QUICK)
    after = weights(one.lm.model)
    assert all(torch.equal(tensor, after[name]) for name, tensor in before.items())
    assert [p.requires_grad for p in one.lm.model.parameters()] == marks
    assert all(p.grad is None for p in one.lm.model.parameters())


def test_every_score_is_in_the_catalogue_and_shown_in_its_order(attacked: Attacked) -> None:
    names = {one.name for one in ATTACKS} | {"known", "known_probability", RIGHT, WRONG}
    assert set(attacked("knows").outcomes) <= names
    judged = rows([attacked("knows")], [attacked("retrained")], QUICK)
    assert len({row.attack.name for row in judged}) == len(judged)
    places = [FAMILIES.index(row.attack.family) for row in judged]
    assert places == sorted(places)
    assert {one.name for one in MEMBERSHIP_ATTACKS} <= {row.attack.name for row in judged}


def test_scores_are_shares(attacked: Attacked) -> None:
    for attack_ in ATTACKS:
        outcome = attacked("knows").outcomes.get(attack_.name)
        if outcome is not None and attack_.name != "loss_general":
            assert all(0 <= one <= 1 for one in outcome.scores.values()), attack_.name


def test_a_model_without_a_learning_rate_for_relearning_is_refused_first(
    case: Case, target: Get, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, reports = target("knows"), list[str]()
    unrated = QUICK.model_copy(update={"lr": None})
    monkeypatch.setattr(type(one.lm), "width", property(lambda self: 0))
    with pytest.raises(UserError, match="width") as caught:
        attack(one, case, unrated, lambda done, of, what: reports.append(what))
    assert not reports and "audit.lr" in str(caught.value)
    questions = attack(one, case, unrated, weights=False)
    assert "greedy_trained" in questions.outcomes
    assert not any(name.startswith("relearn") for name in questions.outcomes)
