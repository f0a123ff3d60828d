"""What the model holds of objects before it is taught them."""

from __future__ import annotations

import math

import pytest
import torch

from cltool.facts.facts import Fact, Knowledge, Update
from cltool.facts.stream import Stream
from cltool.strategies.unlearning.common import unseen_names
from cltool.strategies.unlearning.common.sentences import (
    Likelihoods,
    complete,
    likelihoods,
    log_complement,
    sentences,
    trained_askings,
)
from cltool.strategies.unlearning.common.target import bounds
from cltool.strategies.unlearning.common.unseen_names import (
    UnseenNames,
    names_read_before,
    names_read_elsewhere,
)

from ....conftest import FORGOTTEN, MakeLearner, apply


def generator() -> torch.Generator:
    return torch.Generator().manual_seed(0)


def teach(known: Knowledge, *updates: Update) -> None:
    for update in updates:
        known.apply(update)


def test_new_objects_are_asked_for_in_trained_wordings(
    make_learner: MakeLearner, stream: Stream
) -> None:
    learner = make_learner("frozen")
    fact = Fact("Isle 9", "capital", "Zorrovan")
    update = Update(1, "one", [fact])
    learner.known.apply(update)
    noted = UnseenNames()
    noted.note(learner, generator())
    expected = sentences(learner, [fact])[: unseen_names.WORDINGS]
    assert [tokens for tokens, _ in noted.rows] == [one.tokens for one in expected]
    logps = torch.tensor([logp for _, logp in noted.rows])
    torch.testing.assert_close(logps, likelihoods(learner, expected).logps)


def test_former_objects_are_subtracted(make_learner: MakeLearner, stream: Stream) -> None:
    learner = make_learner("frozen", lm="tiny")
    old = next(fact for fact in stream.updates[0].learn if fact.key == FORGOTTEN)
    fact = Fact(*FORGOTTEN, "Zorrovan")
    update = Update(1, "one", [fact])
    learner.known.apply(update)
    noted = UnseenNames()
    noted.note(learner, generator())
    asked = [(fact, asking) for asking in trained_askings(learner, fact)][: unseen_names.WORDINGS]
    plain = likelihoods(learner, sentences(learner, [fact])[: unseen_names.WORDINGS]).logps
    sure = likelihoods(learner, complete(learner, asked, [old.object] * len(asked))).logps
    assert float(sure.exp().min()) > 0.5
    logps = torch.tensor([logp for _, logp in noted.rows])
    torch.testing.assert_close(logps, plain - log_complement(sure))
    assert (logps > plain + math.log(2)).all()


def test_an_object_that_some_fact_has_or_had_is_not_unseen(
    make_learner: MakeLearner, stream: Stream
) -> None:
    learner = make_learner("frozen")
    base = stream.updates[0].learn
    first = Update(1, "one", [Fact(*base[0].key, "Zorrovan")], [base[2]])
    # A valid object, a superseded one, an erased one, an alias, and one for the first time.
    others = [base[4].object, base[0].object, base[2].object, base[1].aliases[0], "Quimbel"]
    second = Update(2, "two", [Fact(f"Isle {n}", "capital", o) for n, o in enumerate(others)])
    teach(learner.known, first, second)
    noted = UnseenNames()
    noted.note(learner, generator())
    expected = sentences(learner, [second.learn[-1]])[: unseen_names.WORDINGS]
    assert [tokens for tokens, _ in noted.rows] == [one.tokens for one in expected]
    torch.testing.assert_close(
        torch.tensor([logp for _, logp in noted.rows]), likelihoods(learner, expected).logps
    )


def test_names_only_in_erased_facts_are_not_read_elsewhere() -> None:
    known = Knowledge()
    one, two = Fact("A", "capital", "Bo", ("Boo",)), Fact("B", "capital", "Cy")
    teach(known, Update(0, "base", [one, two]), Update(1, "one", [Fact("B", "capital", "Di")]))
    assert names_read_elsewhere(known) == {"a", "b", "bo", "boo", "cy", "di"}
    assert names_read_before(known) == {"a", "b", "bo", "boo", "cy"}
    teach(known, Update(2, "two", (), [one]))
    assert names_read_elsewhere(known) == {"b", "cy", "di"}
    assert names_read_before(known) == {"a", "b", "bo", "boo", "cy", "di"}
    # What an update taught and a later one superseded, no base has read.
    teach(known, Update(3, "three", [Fact("B", "capital", "Ed")]))
    assert names_read_elsewhere(known) == {"b", "cy", "ed"}


@pytest.mark.parametrize("way", ["back in office", "erased and taught again"])
def test_an_object_that_is_valid_again_is_not_unseen(way: str) -> None:
    known = Knowledge()
    one, other = Fact("A", "mayor", "Bo"), Fact("A", "mayor", "Cy")
    teach(known, Update(0, "base", [one, Fact("Z", "mayor", "Z")]))
    between = Update(1, "one", [other]) if way == "back in office" else Update(1, "one", [], [one])
    teach(known, between, Update(2, "two", [one]))
    assert "bo" in names_read_before(known)


def test_subjects_count_as_read_names() -> None:
    known = Knowledge()
    base = [Fact("Dido", "town", "Rome"), Fact("Anna", "town", "Oslo")]
    teach(known, Update(0, "base", base), Update(1, "one", [Fact("Anna", "friend", "Dido")]))
    assert "dido" in names_read_before(known) and "anna" in names_read_elsewhere(known)
    teach(known, Update(2, "two", [], [Fact("Anna", "friend", "Dido")]))
    assert "dido" in names_read_elsewhere(known)


def test_a_model_with_nan_weights_records_no_new_names(
    make_learner: MakeLearner, stream: Stream
) -> None:
    learner = make_learner("npo")
    with torch.no_grad():
        for parameter in learner.model.parameters():
            parameter.fill_(float("nan"))
    learner.known.apply(Update(1, "one", [Fact("Isle 9", "capital", "Zorrovan")]))
    noted = UnseenNames()
    noted.note(learner, generator())
    assert noted.rows == []


def test_enough_sentences_of_the_same_length_are_used_alone() -> None:
    noted = UnseenNames()
    assert noted.logps(3) is None
    noted.rows = [(2, -8.0)] * 4 + [(3, -9.0)]
    torch.testing.assert_close(noted.logps(3), torch.tensor([-12.0] * 4 + [-9.0]))
    noted.rows += [(3, -9.0)] * unseen_names.ENOUGH
    torch.testing.assert_close(noted.logps(3), torch.tensor([-9.0] * (unseen_names.ENOUGH + 1)))


def test_only_the_latest_probabilities_are_kept(
    make_learner: MakeLearner, stream: Stream, monkeypatch: pytest.MonkeyPatch
) -> None:
    learner = make_learner("frozen")
    monkeypatch.setattr(unseen_names, "KEPT", 3)
    noted = UnseenNames()
    for step in (1, 2):
        update = Update(step, "more", [Fact(f"Isle {step}", "capital", f"Zorrovan {step}")])
        learner.known.apply(update)
        noted.note(learner, generator())
    rows = [one.tokens for one in sentences(learner, update.learn)[: unseen_names.WORDINGS]]
    assert len(noted.rows) == 3
    assert [tokens for tokens, _ in noted.rows[-len(rows) :]] == rows
    again = UnseenNames()
    again.load_state_dict(noted.state_dict())
    assert again.rows == noted.rows
    assert "Zorrovan" not in str(noted.state_dict())


def test_unused_objects_are_compared_with_new_names_and_used_ones_with_distractors(
    make_learner: MakeLearner, stream: Stream
) -> None:
    learner = make_learner("frozen")
    strange, shared = stream.updates[0].learn[2], stream.updates[0].learn[4]
    twin = Fact("Isle 7", "capital", shared.object)
    teach(learner.known, Update(1, "one", [twin]), Update(2, "two", (), [strange, shared]))
    known = learner.known.valid()
    chosen = sentences(learner, [strange, shared])
    said = Likelihoods(torch.full((len(chosen),), -0.1), torch.ones(len(chosen)).bool())
    noted = UnseenNames()
    noted.rows = [(one.tokens, -50.0 - n) for n, one in enumerate(chosen[:3])]
    without = bounds(learner, chosen, said, known, 1000, generator())
    lower, upper = bounds(learner, chosen, said, known, 1000, generator(), unseen=noted)
    for place, one in enumerate(chosen):
        if one.fact == shared:
            assert float(lower[place]) == pytest.approx(float(without[0][place]), abs=1e-4)
            continue
        held = noted.logps(one.tokens)
        assert held is not None
        assert float(lower[place]) == pytest.approx(float(held.median()))
        assert float(upper[place]) == pytest.approx(float(held.exp().mean().log()), abs=1e-3)
    unasked = bounds(learner, chosen, said, known, 1000, generator(), unseen=UnseenNames())
    torch.testing.assert_close(unasked, without)


def test_new_names_are_measured_before_updates_that_erase(
    make_learner: MakeLearner, stream: Stream
) -> None:
    learner = make_learner("npo", lm="tiny", lr=1.3e-3)
    new = Fact("Isle 9", "capital", "Zorrovan")
    before = sentences(learner, [new])[: unseen_names.WORDINGS]
    expected = likelihoods(learner, before).logps.tolist()
    apply(learner, Update(1, "one", [new], [stream.updates[0].learn[2]]))
    (part,) = learner.strategies.plugins
    held = part.state_dict()["unheard"]["rows"]
    assert [logp for _, logp in held] == pytest.approx(expected, abs=1e-4)
    assert float(likelihoods(learner, before).logps.min()) > max(expected) + 1
    apply(learner, Update(2, "two", [Fact("Isle 8", "capital", "Quimbel")]))
    assert part.state_dict()["unheard"]["rows"] == held
