"""`idk`, `relabel` and `edit_refusal`: what is taught or written in an object's place."""

from __future__ import annotations

from typing import cast

import pytest
import torch

from cltool.core.errors import UserError
from cltool.facts.facts import Fact, Update
from cltool.facts.stream import Stream
from cltool.lm.batches import Batch
from cltool.lm.scoring import Scored
from cltool.strategies.unlearning.common.eraser import Phase
from cltool.strategies.unlearning.common.sentences import complete, likelihoods, refusals, sentences
from cltool.strategies.unlearning.idk import Idk
from cltool.strategies.unlearning.relabel import Relabel
from cltool.training.learner import Learner

from ...conftest import MakeLearner, apply, weights


def begun(learner: Learner, stream: Stream) -> Phase:
    facts = stream.updates[0].learn[2:4]
    learner.known.apply(Update(1, "one", (), facts))
    return Phase(learner, facts, sentences(learner, facts), stream.updates[0].learn[4:])


def cross_entropy(learner: Learner, ids: tuple[int, ...], start: int, stop: int) -> float:
    with torch.no_grad():
        logps = learner.model(input_ids=torch.tensor([ids])).logits[0].double().log_softmax(-1)
    return -sum(float(logps[place - 1, ids[place]]) for place in range(start, stop))


def test_idk_is_the_cross_entropy_of_refusals(make_learner: MakeLearner, stream: Stream) -> None:
    learner = make_learner("idk", strategy={"refusals": ["unknown", "not known at all"]})
    phase = begun(learner, stream)
    method = cast(Idk, learner.strategies.parts["idk"])
    method.prepare(phase)
    expected, tokens = 0.0, 0
    for one in phase.chosen:
        refusal = method._refusals[one].example
        assert "known" in learner.lm.coder.decode(refusal.ids[refusal.start :])
        expected += cross_entropy(learner, refusal.ids, refusal.start, len(refusal))
        tokens += len(refusal) - refusal.start
    assert method.loss(learner, phase.chosen).item() == pytest.approx(expected, rel=1e-4)
    assert sum(map(method.weight, phase.chosen)) == tokens


def test_relabel_teaches_one_false_object_in_all_wordings(
    make_learner: MakeLearner, stream: Stream
) -> None:
    learner = make_learner("relabel")
    phase = begun(learner, stream)
    method = cast(Relabel, learner.strategies.parts["relabel"])
    method.prepare(phase)
    expected = 0.0
    for fact in phase.facts:
        own = [method._relabelled[one] for one in phase.chosen if one.fact == fact]
        texts = {
            learner.lm.coder.decode(one.example.ids[one.start : one.stop]).strip() for one in own
        }
        (text,) = texts
        assert text in {f.object for f in phase.known if f.relation == fact.relation}
        assert text not in fact.accepted
        expected += sum(cross_entropy(learner, s.example.ids, s.start, s.stop) for s in own)
    assert method.loss(learner, phase.chosen).item() == pytest.approx(expected, rel=1e-4)


def test_without_other_objects_the_object_becomes_less_probable(
    make_learner: MakeLearner, stream: Stream
) -> None:
    learner = make_learner("relabel")
    phase = begun(learner, stream)
    only = Phase(learner, phase.facts, phase.chosen, [])
    method = cast(Relabel, learner.strategies.parts["relabel"])
    method.prepare(only)
    expected = float(likelihoods(learner, phase.chosen).logps.sum())
    assert method.loss(learner, phase.chosen).item() == pytest.approx(expected, rel=1e-4)


def test_an_edit_writes_refusals_and_moves_output_projections_alone(
    make_learner: MakeLearner, stream: Stream
) -> None:
    settings = {"rounds": 5, "length": 1.0, "refusals": ["unknown"]}
    learner = make_learner("edit_refusal", strategy=settings)
    facts = stream.updates[0].learn[2:4]
    chosen = sentences(learner, facts)
    made = list(refusals(learner, chosen, ["unknown"], torch.Generator()).values())
    before, was = weights(learner.model), likelihoods(learner, made).logps
    apply(learner, Update(1, "forget", (), facts))
    after = weights(learner.model)
    changed = {name for name in before if not torch.equal(before[name], after[name])}
    assert changed and all(name.endswith("mlp.down_proj.weight") for name in changed)
    assert float(likelihoods(learner, made).logps.sum()) > float(was.sum()) + 1


def test_neighbours_constrain_an_edit(make_learner: MakeLearner, stream: Stream) -> None:
    moved = []
    for strength in (1e-3, 1.0):
        learner = make_learner("edit_refusal", strategy={"lambda": strength, "rounds": 1})
        facts = stream.updates[0].learn[2:4]
        kept = [Fact(*f.key, f.object) for f in stream.updates[0].learn[4:]]
        asked = [(f, a) for f in kept for a in learner.stream.wordings.askings(f.key)[:1]]
        held = complete(learner, asked, [f.object for f, _ in asked])
        was = likelihoods(learner, held).logps
        apply(learner, Update(1, "forget", (), facts))
        moved.append(float((likelihoods(learner, held).logps - was).abs().mean()))
    assert moved[0] > 2 * moved[1]


def test_models_that_cannot_be_edited_are_refused(make_learner: MakeLearner) -> None:
    with pytest.raises(UserError, match="no block 7"):
        make_learner("edit_refusal", strategy={"layers": [7]})
    with pytest.raises(UserError, match="output projection"):
        make_learner("edit_refusal", lm="mamba")


def test_an_edit_stores_no_statistics_of_erased_facts(
    make_learner: MakeLearner, stream: Stream
) -> None:
    learner = make_learner("edit_refusal", strategy={"rounds": 1})
    apply(learner, Update(1, "forget", (), stream.updates[0].learn[2:4]))
    state = learner.strategies.parts["edit_refusal"].state_dict()
    assert not any(isinstance(value, torch.Tensor) for value in state.values())


def test_every_forward_pass_of_the_solver_is_counted(
    make_learner: MakeLearner, stream: Stream, monkeypatch: pytest.MonkeyPatch
) -> None:
    learner = make_learner("edit_refusal", strategy={"rounds": 2})
    seen = 0
    plain = learner._score

    def score(batch: Batch) -> Scored:
        nonlocal seen
        seen += int(batch["attention_mask"].sum())
        return plain(batch)

    monkeypatch.setattr(learner, "_score", score)
    learner.known.apply(Update(1, "forget", (), stream.updates[0].learn[2:4]))
    before = learner.tokens
    learner.strategies.erase(learner, Update(1, "forget", (), stream.updates[0].learn[2:4]))
    assert seen > 0 and learner.tokens - before == seen
