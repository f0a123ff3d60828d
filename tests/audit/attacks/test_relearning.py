"""Relearning: nothing is scored that was trained on, and nothing stays of the training."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
import torch

from cltool.audit.attacks import relearning
from cltool.audit.attacks.case import Case
from cltool.audit.attacks.plain_text import PLAIN_TEXT
from cltool.audit.attacks.questions import right_answers
from cltool.audit.attacks.relearning import finetune, relearned_scores
from cltool.audit.attacks.settings import AuditSettings
from cltool.audit.attacks.target import Target
from cltool.audit.attacks.teacher_forcing import probabilities
from cltool.audit.attacks.weights import restored_afterwards
from cltool.facts.facts import Fact

from ...conftest import LoadLM, weights
from .conftest import QUICK, sentences


@pytest.fixture
def fresh(load_lm: LoadLM) -> Target:
    return Target(load_lm("llama"))


def test_no_steps_change_nothing(fresh: Target, case: Case) -> None:
    before = weights(fresh.lm.model)
    still = QUICK.model_copy(update={"steps": 0})
    finetune(fresh.lm, sentences(fresh.lm, case, case.erased), still)
    assert all(torch.equal(one, before[n]) for n, one in weights(fresh.lm.model).items())
    found = relearned_scores(fresh, case, still)
    known, likely = right_answers(fresh, case, case.erased), probabilities(fresh, case, case.erased)
    for kind in ("erased", "related", "unrelated"):
        if f"relearn_{kind}" in found:
            assert found[f"relearn_{kind}"].scores == known.scores
            assert found[f"relearn_{kind}_probability"].scores == pytest.approx(likely.scores)
    assert "relearn_erased" in found


def test_training_moves_the_model_and_is_undone_even_after_an_error(
    fresh: Target, case: Case
) -> None:
    before = weights(fresh.lm.model)
    with pytest.raises(ZeroDivisionError), restored_afterwards(fresh.lm.model):
        finetune(fresh.lm, sentences(fresh.lm, case, case.erased), QUICK)
        moved = weights(fresh.lm.model)
        assert all(not torch.equal(one, before[n]) for n, one in moved.items() if one.ndim == 2)
        raise ZeroDivisionError
    assert all(torch.equal(one, before[n]) for n, one in weights(fresh.lm.model).items())


def test_batches_are_the_same_for_every_model(
    fresh: Target, case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    examples = sentences(fresh.lm, case, case.erased)
    ways = []
    for _ in range(2):
        batches = relearning._batches(examples, QUICK)
        ways.append([next(batches) for _ in range(7)])
    assert ways[0] == ways[1]
    other = relearning._batches(examples, QUICK.model_copy(update={"seed": 1}))
    assert [next(other) for _ in range(7)] != ways[0]


def sentences_of(case: Case, facts: Iterable[Fact]) -> set[tuple[str, str]]:
    return {pair for fact in facts for pair in case.wordings.examples(fact)}


def test_trained_facts_are_not_scored(case: Case) -> None:
    splits = relearning._splits(case, QUICK)
    for kind, pairs in splits.items():
        for taught, scored in pairs:
            assert taught and scored
            assert sentences_of(case, scored).isdisjoint(taught), kind
    scored = [fact for _, part in splits["erased"] for fact in part]
    assert sorted(fact.key for fact in scored) == sorted(fact.key for fact in case.erased)
    assert set(splits["related"][0][0]) <= sentences_of(case, case.retained)


def test_unrelated_sentences_share_nothing_with_erased_facts(case: Case) -> None:
    strangers = [Fact(f"S{n}", "stranger_to", f"O{n}") for n in range(3)]
    known = Case(case.wordings, case.erased, (*case.retained, *strangers))
    ((taught, scored),) = relearning._splits(known, QUICK)["unrelated"]
    assert list(scored) == list(case.erased)
    own = sentences_of(known, strangers)
    assert own <= set(taught) <= own | set(PLAIN_TEXT)
    assert len(taught) == len(PLAIN_TEXT) > len(own)
    near = tuple(fact for fact in case.retained if fact not in case.groups["other"])
    ((taught, _),) = relearning._splits(Case(case.wordings, case.erased, near), QUICK)["unrelated"]
    assert tuple(taught) == PLAIN_TEXT


def test_plain_sentences_are_used_if_all_facts_are_related(fresh: Target, case: Case) -> None:
    alone = Case(case.wordings, case.erased, ())
    found = relearned_scores(fresh, alone, QUICK)
    still = relearned_scores(fresh, alone, QUICK.model_copy(update={"steps": 0}))
    name = "relearn_unrelated_probability"
    assert found[name].scores.keys() == {fact.key for fact in case.erased}
    assert found[name].scores != still[name].scores
    assert "relearn_related" not in found


def test_one_erased_fact_cannot_be_relearned_from_others(case: Case) -> None:
    alone = Case(case.wordings, case.erased[:1], case.retained)
    assert relearning._splits(alone, QUICK)["erased"] == []


def test_trained_facts_are_learned(fresh: Target, case: Case) -> None:
    long = AuditSettings(steps=60, lr=1e-2)
    few: list[Fact] = list(case.erased[:2])
    with restored_afterwards(fresh.lm.model):
        finetune(fresh.lm, sentences(fresh.lm, case, few), long)
        after = probabilities(fresh, case, few).scores
    before = probabilities(fresh, case, few).scores
    assert all(after[key] > 2 * before[key] for key in before)
