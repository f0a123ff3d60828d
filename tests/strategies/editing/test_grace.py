"""`grace`: the codebook's rules, the lookup, and what leaves with a fact."""

from __future__ import annotations

from typing import cast

import pytest
import torch

from cltool.core.errors import UserError
from cltool.core.settings import ProbeSettings
from cltool.evaluation.prober import Prober
from cltool.facts.stream import Stream
from cltool.strategies.editing.grace import GRACE, Codebook
from cltool.training.learner import Learner

from ...conftest import ARCHITECTURES, MakeLearner, apply, weights

A, B = ("Land 0", "ruler"), ("Land 1", "ruler")


def grace_of(learner: Learner) -> GRACE:
    return cast(GRACE, learner.strategies.parts["grace"])


def book(split: bool = False) -> Codebook:
    return Codebook(1, torch.device("cpu"), split)


def said(learner: Learner, update: int, stream: Stream) -> list[bool]:
    """Whether free decoding gives each trained wording of an update's facts."""
    facts = stream.updates[update].learn
    pairs = [pair for fact in facts for pair in stream.wordings.examples(fact)]
    prober = Prober(learner.lm, ProbeSettings(batch_size=7))
    answers = prober.generate([prompt for prompt, _ in pairs], 24)
    return [
        answer.ended and answer.text == target
        for answer, (_, target) in zip(answers, pairs, strict=True)
    ]


def test_a_key_of_the_same_label_widens_the_nearest_entry() -> None:
    codebook = book()
    assert codebook.place(torch.tensor([[0.0], [1.5]]), [(A, 7), (A, 7)], 1.0) == [0]
    assert codebook.radii.tolist() == [1.5]
    assert codebook.find(torch.tensor([[1.4], [-1.4], [1.6]])).tolist() == [0, 0, -1]


def test_a_distant_key_becomes_a_new_entry() -> None:
    codebook = book()
    assert codebook.place(torch.tensor([[0.0], [2.5]]), [(A, 7), (A, 7)], 1.0) == [0, 1]
    assert codebook.radii.tolist() == [1.0, 1.0]


@pytest.mark.parametrize("other", [(A, 8), (B, 7)])
@pytest.mark.parametrize(("split", "radii"), [(True, [0.6, 0.6]), (False, [1.0, 1.0])])
def test_a_key_with_another_label_splits_the_radius(
    other: tuple[tuple[str, str], int], split: bool, radii: list[float]
) -> None:
    codebook = book(split)
    assert codebook.place(torch.tensor([[0.0], [1.2]]), [(A, 7), other], 1.0) == [0, 1]
    torch.testing.assert_close(codebook.radii, torch.tensor(radii))
    assert codebook.find(torch.tensor([[0.5], [0.7]])).tolist() == [0, 1]


def test_entries_of_earlier_updates_are_never_widened() -> None:
    codebook = book()
    codebook.place(torch.tensor([[0.0]]), [(A, 7)], 1.0)
    assert codebook.place(torch.tensor([[0.5]]), [(A, 7)], 1.0) == [0]
    assert len(codebook) == 2


def test_adding_keys_one_by_one_equals_adding_them_together() -> None:
    keys = torch.randn(60, 3, generator=torch.Generator().manual_seed(0))
    labels = [((f"s{n // 6}", "r"), n % 2) for n in range(60)]
    codebook = Codebook(3, torch.device("cpu"), split=True)
    centres = codebook.place(keys, labels, 0.6)
    entries: list[tuple[int, float]] = []
    for place in range(60):
        near = [(float((keys[place] - keys[c]).norm()), n) for n, (c, _) in enumerate(entries)]
        distance, entry = min(near, default=(9e9, -1))
        radius = 0.6
        if entry >= 0 and distance <= entries[entry][1] + 0.6:
            centre, held = entries[entry]
            if labels[centre] == labels[place]:
                entries[entry] = centre, max(held, distance)
                continue
            radius = min(radius, distance / 2)
            entries[entry] = centre, min(held, distance / 2)
        entries.append((place, radius))
    assert centres == [centre for centre, _ in entries] and 10 < len(centres) < 60
    torch.testing.assert_close(codebook.radii, torch.tensor([radius for _, radius in entries]))


@pytest.mark.parametrize("lm", ARCHITECTURES)
def test_free_decoding_yields_the_objects_and_weights_stay(
    lm: str, make_learner: MakeLearner, stream: Stream
) -> None:
    learner = make_learner("grace", lm=lm, strategy={"radius": 1e-3})
    before = weights(learner.model)
    assert not any(said(learner, 1, stream))
    apply(learner, stream.updates[1])
    right = said(learner, 1, stream)
    # A random model of 32 dimensions cannot make every token the most probable one.
    assert sum(right) >= 0.9 * len(right)
    for name, tensor in weights(learner.model).items():
        assert torch.equal(tensor, before[name]), name


def test_inputs_far_from_every_key_are_unchanged(make_learner: MakeLearner, stream: Stream) -> None:
    learner = make_learner("grace", strategy={"radius": 1e-3})
    batch = learner.collate(learner.examples(stream.updates[0].learn[8:12]))
    with torch.no_grad():
        before = learner.score(batch).logits
    apply(learner, stream.updates[1])
    with torch.no_grad():
        assert torch.equal(learner.score(batch).logits, before)


def test_superseded_and_erased_facts_are_removed(make_learner: MakeLearner, stream: Stream) -> None:
    learner = make_learner("grace", strategy={"steps": 2})
    apply(learner, stream.updates[1])
    gone = learner.known.superseded_by(stream.updates[2])
    mine = grace_of(learner)
    assert [*gone[0].key] in mine.state_dict()["owners"]
    mine.forget(gone)
    state = mine.state_dict()
    assert [*gone[0].key] not in state["owners"]
    sizes = {len(state[name]) for name in ("keys", "values", "radii", "owners")}
    assert len(sizes) == 1 and sizes.pop() > 0
    mine.forget(stream.updates[1].learn)
    assert len(mine.state_dict()["keys"]) == 0
    assert not any(said(learner, 1, stream))


def test_a_value_keeps_its_key_when_others_are_removed(
    make_learner: MakeLearner, stream: Stream
) -> None:
    learner = make_learner("grace", strategy={"radius": 1e-3})
    apply(learner, stream.updates[1])
    grace_of(learner).forget(stream.updates[1].learn[:1])
    right = said(learner, 1, stream)
    own = len(stream.wordings.examples(stream.updates[1].learn[0]))
    assert not any(right[:own]) and all(right[own:])


def test_the_state_survives_a_round_trip(make_learner: MakeLearner, stream: Stream) -> None:
    learner = make_learner("grace")
    apply(learner, stream.updates[1])
    other = make_learner("grace")
    grace_of(other).load_state_dict(grace_of(learner).state_dict())
    batch = learner.collate(learner.examples(stream.updates[1].learn))
    with torch.no_grad():
        assert torch.equal(other.score(batch).logits, learner.score(batch).logits)


def test_a_budget_is_kept(make_learner: MakeLearner, stream: Stream) -> None:
    learner = make_learner("grace", tokens=1000)
    for update in stream.updates[1:3]:
        before = learner.tokens
        learner.begin(update)
        apply(learner, update)
        assert 0 < learner.tokens - before <= 1000


def test_a_missing_block_is_refused(make_learner: MakeLearner) -> None:
    with pytest.raises(UserError, match="has no block 2"):
        make_learner("grace", strategy={"layer": 2})


def test_compositions(make_learner: MakeLearner) -> None:
    with pytest.raises(UserError, match="cannot be composed"):
        make_learner("replay+grace")
