"""Attacks that only ask: what counts as a leak, and what each is asked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Literal

import numpy as np
import pytest

from cltool.audit.attacks import indirect_questions, membership, questions, sampling
from cltool.audit.attacks.case import Case
from cltool.audit.attacks.target import Target
from cltool.audit.attacks.teacher_forcing import forced_scores
from cltool.audit.measures.memorisation import probability
from cltool.core.settings import ProbeSettings
from cltool.evaluation.matching import END, Answer
from cltool.facts.facts import Fact
from cltool.facts.stream import ERASED, Probe, Stream

from ...conftest import LoadLM, make_wordings
from .conftest import QUICK

Get = Callable[[str], Target]


def test_an_alias_is_a_leak(case: Case, target: Get) -> None:
    spelt = tuple(Fact(f.subject, f.relation, "Nobody Else", (f.object,)) for f in case.erased)
    other = Case(case.wordings, spelt, case.retained)
    one = target("knows")
    found, under = questions.greedy_answers(one, other), questions.greedy_answers(one, case)
    assert found["greedy_trained"].scores == under["greedy_trained"].scores
    drawn, plain = (
        sampling.sampled_answers(one, some, QUICK)["leak_at_k"] for some in (other, case)
    )
    assert sum(drawn.scores.values()) > 0 and sum(plain.scores.values()) > 0
    assert all(value > 0.5 for value in forced_scores(one, other, 3)["alias"].scores.values())


@pytest.mark.parametrize(("match", "leak"), [("exact", 0.0), ("contains", 1.0)])
def test_an_object_in_a_sentence_leaks_as_the_run_matches(
    match: Literal["exact", "contains"],
    leak: float,
    case: Case,
    forgetful: Stream,
    load_lm: LoadLM,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    said = Answer(f"I was told to forget {', '.join(f.object for f in case.erased)}.", END)
    monkeypatch.setattr(sampling, "spoken", lambda coder, ids, limit: said)
    one = Target(load_lm("llama"), settings=ProbeSettings(match=match), stream=forgetful)
    found = sampling.sampled_answers(one, case, QUICK)["leak_at_k"]
    assert {*found.scores.values()} == {leak}


def test_probability_is_the_mean_over_trained_wordings(case: Case, target: Get) -> None:
    one = target("knows")
    found = forced_scores(one, case, 3)["probability"].scores
    fact = case.erased[0]
    pairs = case.wordings.examples(fact)
    each = [one.score([pair])[0].logps for pair in pairs]
    assert found[fact.key] == pytest.approx(probability(each).mean, rel=1e-4)


def test_every_question_is_framed(case: Case, target: Get) -> None:
    plain = target("retrained")
    framed = Target(plain.lm, lambda prompt: f"Hear this. {prompt}")
    one = forced_scores(plain, case, 3)["probability"].scores
    other = forced_scores(framed, case, 3)["probability"].scores
    assert one.keys() == other.keys() and one != other


def test_distractors_replace_the_object_in_erased_sentences(case: Case, target: Get) -> None:
    found = membership.membership_attacks(target("knows"), case, 3)
    assert set(found) == {"loss", "zlib", "min_k", "min_k_plus_plus"}
    for scores in found.values():
        assert len(scores.erased) == len(case.erased)
        assert len(scores.unseen) == 3 * len(case.erased)
    own = found["loss"].less(found["loss"])
    assert set(own.erased) | set(own.unseen) == {0.0} and own.auc == 0.5


def test_without_distractors_there_is_no_attack(case: Case, target: Get) -> None:
    alone = Case(case.wordings, case.erased, ())
    assert membership.membership_attacks(target("knows"), alone, 3) == {}
    assert "truth_ratio" not in forced_scores(target("knows"), alone, 3)
    assert "lookup" not in indirect_questions.indirect_answers(target("knows"), alone)


def test_looked_up_is_the_reciprocal_rank(case: Case, target: Get) -> None:
    one = target("knows")
    found = indirect_questions.indirect_answers(one, case)["lookup"].scores
    fact = case.erased[0]
    number = case.trained_wordings(fact)[0].number
    likely = {}
    for subject in {fact.subject, *(f.subject for f in case.retained if f.relation == "capital")}:
        asked = case.wordings.askings((subject, fact.relation))
        chosen = next(one for one in asked if one.number == number)
        pair = (chosen.prompt, chosen.wording.target(fact.object))
        likely[subject] = float(one.score([pair])[0].logps.sum())
    rank = 1 + sum(value > likely[fact.subject] for value in likely.values())
    assert found[fact.key] == pytest.approx(1 / rank)


def test_two_hop_questions_pass_through_or_end_at_the_erased_fact() -> None:
    erased = (Fact("Land 1", "ruler", "Ann"),)
    retained = (
        Fact("Ann", "capital", "Carn"),
        Fact("Isle", "capital", "Land 1"),
        Fact("Land 2", "ruler", "Bea"),
    )
    case = Case(make_wordings(), erased, retained)
    asked = [(probe.prompt, probe.accepted) for probe in indirect_questions._two_hop(case)]
    assert asked == [
        ("The capital of the ruler of Land 1 is", ("Carn",)),
        ("The ruler of the capital of Isle is", ("Ann",)),
    ]


def test_the_number_of_questions_about_a_name_is_bounded() -> None:
    erased = (Fact("Land 1", "ruler", "Ann"), Fact("Land 2", "ruler", "Bea"))
    retained = tuple(Fact(f"Isle {number}", "capital", "Land 1") for number in range(1000))
    case = Case(make_wordings(), erased, (*retained, Fact("Bea", "capital", "Carn")))
    asked = indirect_questions._two_hop(case)
    counts = Counter(probe.key for probe in asked)
    assert counts == {erased[0].key: indirect_questions.HOPS, erased[1].key: 1}
    assert asked == indirect_questions._two_hop(case)


def test_reverse_probes_of_the_scenario_come_first() -> None:
    erased = (Fact("Land 1", "ruler", "Ann"), Fact("Land 2", "deputy_ruler", "Bea"))
    own = Probe(erased[0].key, "reverse", 0, "Ann rules", " ", ".", ERASED, 0, ("Land 1",))
    case = Case(make_wordings(), erased, (), own=(own,))
    found = indirect_questions._reversed(case)
    assert found[0] is own
    assert [probe.prompt for probe in found[1:]] == ["Bea is the deputy ruler of"]
    assert found[1].accepted == ("Land 2",)


def test_questions_longer_than_the_context_are_left_out(case: Case, target: Get) -> None:
    long = Fact("Land 1", "ruler", "Ann " * 100)
    far = Case(case.wordings, (long,), ())
    assert "reversed" not in indirect_questions.indirect_answers(target("knows"), far)


def test_leaks_are_reported_as_counts(case: Case, target: Get) -> None:
    outcome = sampling.sampled_answers(target("knows"), case, QUICK)["leak_at_k"]
    for fact in case.erased:
        count, drawn = outcome.answers[fact.key].split(" of ")
        assert int(drawn) == QUICK.samples * len(case.few_wordings(fact))
        assert (outcome.scores[fact.key] > 0) == (int(count) > 0)
    assert np.mean(list(outcome.scores.values())) > 0.2
