"""`patcher`: what its neurons add, where they add nothing, and what leaves with a fact."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

import pytest
import torch
from torch import Tensor

from cltool.core.errors import Diverged, UserError
from cltool.facts.facts import Fact, Update
from cltool.facts.stream import Stream
from cltool.facts.wording import Wording
from cltool.facts.wordings import Wordings
from cltool.lm.feed_forward import feed_forward
from cltool.lm.layers import blocks
from cltool.lm.scoring import Scored
from cltool.strategies.editing.common.gates import Gates
from cltool.strategies.editing.common.subject_tokens import located
from cltool.strategies.editing.patcher import Patcher
from cltool.training.learner import Learner

from ...conftest import MakeLearner, apply, names, weights
from ...wide_model import write_wide_model

STATEMENTS = ("The ruler of {subject} is {object}.", "The throne of {subject} belongs to {object}.")


@pytest.fixture
def thrones() -> Stream:
    """Rulers of lands with different names: three in the base, two taught, one changed."""
    lands, rulers = names(6, "patcher"), names(8, "rulers")
    facts = [Fact(land, "ruler", ruler) for land, ruler in zip(lands, rulers, strict=False)]
    wordings = Wordings(
        {"ruler": [Wording.parse(one) for one in STATEMENTS]},
        {"ruler": [Wording.parse("They who live in {subject} obey {object}.")]},
    )
    return Stream(
        "thrones",
        [
            Update(0, "base", facts[:3]),
            Update(1, "one", facts[3:5]),
            Update(2, "two", [Fact(lands[3], "ruler", rulers[6]), facts[5]]),
        ],
        wordings,
    )


@pytest.fixture
def make_patcher(make_learner: MakeLearner, stream: Stream, tmp_path: Path) -> MakeLearner:
    """A learner on a random Llama that is wide enough for gates to tell subjects apart."""
    from cltool.models import load

    folder = write_wide_model(stream, tmp_path / "wide")

    def make(**settings: Any) -> Learner:
        lm = load(str(folder), stream, device="cpu", reading=False)
        return make_learner("patcher", lm=lm, **settings)

    return make


def patcher_of(learner: Learner) -> Patcher:
    return cast(Patcher, learner.strategies.parts["patcher"])


@torch.no_grad()
def logits(learner: Learner, facts: list[Fact]) -> Tensor:
    return learner.score(learner.collate(learner.examples(facts))).logits


@torch.no_grad()
def loss(learner: Learner, facts: list[Fact]) -> float:
    batch = learner.collate(learner.examples(facts))
    return float(learner.score(batch).loss_per_sample().mean())


def taught(make_patcher: MakeLearner, thrones: Stream, **options: object) -> Learner:
    learner = make_patcher(of=thrones, strategy={"written": 8, "epochs": 6, **options})
    apply(learner, thrones.updates[1])
    return learner


def test_an_update_lowers_its_own_loss_and_changes_no_weight(
    make_patcher: MakeLearner, thrones: Stream
) -> None:
    learner = make_patcher(of=thrones, strategy={"written": 8, "epochs": 30, "rate": 1.0})
    facts = list(thrones.updates[1].learn)
    before, held = loss(learner, facts), weights(learner.model)
    apply(learner, thrones.updates[1])
    assert loss(learner, facts) < 0.9 * before
    for name, tensor in weights(learner.model).items():
        assert torch.equal(tensor, held[name]), name


def test_prompts_about_other_known_facts_are_answered_exactly_as_before(
    make_patcher: MakeLearner, thrones: Stream
) -> None:
    learner = make_patcher(of=thrones, strategy={"written": 8, "epochs": 2})
    changed = {fact.key for fact in thrones.updates[1].learn}
    facts = [fact for fact in thrones.updates[0].learn if fact.key not in changed]
    coder = learner.lm.coder
    askings = [thrones.wordings.askings(fact.key) for fact in facts]
    texts = [one.prompt for asked in askings for one in asked if one.form == "trained"]
    rows = [torch.tensor([ids]) for ids in coder.prompts(texts)]
    with torch.no_grad():
        before = [learner.model(row).logits for row in rows]
    apply(learner, thrones.updates[1])
    with torch.no_grad():
        after = [learner.model(row).logits for row in rows]
    # Two prompts of each fact, here all, are among the states at which gates stay closed.
    assert all(torch.equal(one, two) for one, two in zip(before, after, strict=True))


def test_without_its_facts_the_model_is_exactly_the_base(
    make_patcher: MakeLearner, thrones: Stream
) -> None:
    learner = make_patcher(of=thrones, strategy={"written": 8, "epochs": 2})
    facts = list(thrones.updates[1].learn)
    before = logits(learner, facts)
    apply(learner, thrones.updates[1])
    assert not torch.equal(logits(learner, facts), before)
    mine = patcher_of(learner)
    mine.forget(facts)
    assert torch.equal(logits(learner, facts), before)
    state = mine.state_dict()
    assert not state["owners"]
    assert not {tuple(key) for key in state["keys"]} & {fact.key for fact in facts}


def test_a_superseded_fact_leaves_with_its_neurons_only(
    make_patcher: MakeLearner, thrones: Stream
) -> None:
    learner = taught(make_patcher, thrones)
    mine, facts = patcher_of(learner), thrones.updates[1].learn
    before = mine.state_dict()
    mine.forget(facts[:1])
    for name, left in mine.state_dict().items():
        if "." in name:
            assert torch.equal(left, before[name][1:]), name
    owners = [tuple(owner) for owner in mine.state_dict()["owners"]]
    assert facts[0].key not in owners
    assert set(owners) == {fact.key for fact in facts[1:]}
    sizes = {len(value) for name, value in mine.state_dict().items() if "." in name}
    assert sizes == {len(owners)}


def test_the_state_survives_a_round_trip(make_patcher: MakeLearner, thrones: Stream) -> None:
    learner = taught(make_patcher, thrones)
    other = make_patcher(of=thrones, strategy={"written": 8, "epochs": 6})
    patcher_of(other).load_state_dict(patcher_of(learner).state_dict())
    facts = list(thrones.updates[1].learn)
    assert torch.equal(logits(other, facts), logits(learner, facts))
    other.known.apply(thrones.updates[1])
    for one in (learner, other):
        apply(one, thrones.updates[2])
    mine, theirs = (patcher_of(one).state_dict() for one in (learner, other))
    assert mine.keys() == theirs.keys()
    for name, value in mine.items():
        same = torch.equal(value, theirs[name]) if "." in name else value == theirs[name]
        assert same, name


def test_the_folded_model_is_the_same_without_the_strategy(
    make_patcher: MakeLearner, thrones: Stream, tmp_path: Path
) -> None:
    from transformers import AutoModelForCausalLM

    facts = list(thrones.updates[1].learn)
    base = logits(make_patcher(of=thrones, strategy={"written": 8}), facts)
    learner = taught(make_patcher, thrones, rate=1.0)
    mine, before = patcher_of(learner), logits(learner, facts)
    assert not torch.allclose(before, base, atol=1e-2)
    assert mine.fold(learner)
    assert not mine.state_dict()["owners"]
    torch.testing.assert_close(logits(learner, facts), before, rtol=1e-3, atol=1e-3)
    learner.model.save_pretrained(tmp_path / "saved")
    learner.lm.model = AutoModelForCausalLM.from_pretrained(tmp_path / "saved")
    torch.testing.assert_close(logits(learner, facts), before, rtol=1e-3, atol=1e-3)


def test_a_model_without_plain_mlps_is_not_folded(
    make_learner: MakeLearner, thrones: Stream
) -> None:
    learner = make_learner("patcher", lm="mamba", of=thrones, strategy={"written": 4})
    assert not patcher_of(learner).fold(learner)
    assert learner.strategies.fold(learner) == {"patcher": "its neurons"}


def test_no_object_is_stored(make_patcher: MakeLearner, thrones: Stream) -> None:
    mine = patcher_of(taught(make_patcher, thrones))
    state = mine.state_dict()
    keys = {tuple(key) for key in state["keys"]} | {tuple(one) for one in state["owners"]}
    known = {fact.key for update in thrones.updates[:2] for fact in update.learn}
    assert keys <= known
    assert all(isinstance(v, Tensor) for n, v in state.items() if n not in ("keys", "owners"))


def spent(make_patcher: MakeLearner, thrones: Stream, **budget: int) -> Learner:
    """A learner after an update; its tokens and steps are those of the update."""
    options = {"written": 4, "epochs": 12}
    learner = make_patcher(of=thrones, strategy=options, batch_size=2, **budget)
    learner.tokens = learner.steps = 0
    learner.begin(thrones.updates[1])
    apply(learner, thrones.updates[1])
    return learner


def test_a_budget_of_tokens_ends_the_passes(make_patcher: MakeLearner, thrones: Stream) -> None:
    free = spent(make_patcher, thrones)
    most = free.tokens * 4 // 5
    less = spent(make_patcher, thrones, tokens=most)
    assert free.tokens // 2 < less.tokens <= most
    assert 0 < less.steps < free.steps


def test_a_budget_of_steps_is_kept_exactly(make_patcher: MakeLearner, thrones: Stream) -> None:
    for steps in (1, 3):
        learner = spent(make_patcher, thrones, steps=steps)
        assert learner.steps == steps
        assert not any("learned none" in text for text in learner.warnings)


def test_a_budget_that_is_spent_before_the_first_pass_is_told(
    make_patcher: MakeLearner, thrones: Stream
) -> None:
    learner = spent(make_patcher, thrones, tokens=1)
    assert learner.steps == 0
    (told,) = learner.warnings
    assert "learned none of the facts of one" in told and "budget" in told


def test_parts_of_a_batch_give_the_same_values(make_patcher: MakeLearner, thrones: Stream) -> None:
    whole, parts = (
        patcher_of(
            spent(make_patcher, thrones, **({"micro_batch_size": size} if size else {}))
        ).state_dict()
        for size in (0, 1)
    )
    for name in whole:
        if name.startswith("values"):
            torch.testing.assert_close(parts[name], whole[name], rtol=1e-3, atol=1e-4)


def test_an_attempt_that_ran_out_of_memory_leaves_nothing_behind(
    make_patcher: MakeLearner, thrones: Stream, monkeypatch: pytest.MonkeyPatch
) -> None:
    free = spent(make_patcher, thrones)
    plain = Scored.loss_sum

    def of_one(scored: Scored) -> Tensor:
        if len(scored.loss_per_sample()) > 1:
            raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 1 GiB.")
        return plain(scored)

    monkeypatch.setattr(Scored, "loss_sum", of_one)
    tight = spent(make_patcher, thrones)
    assert tight.forward_size.size == 1
    assert (tight.tokens, tight.steps) == (free.tokens, free.steps)
    one, two = (patcher_of(learner).state_dict() for learner in (free, tight))
    for name in one:
        if name.startswith("values"):
            torch.testing.assert_close(two[name], one[name], rtol=1e-3, atol=1e-4)


def test_a_subject_whose_other_relation_looks_the_same_is_not_taught_and_that_is_told(
    make_patcher: MakeLearner, thrones: Stream
) -> None:
    fact, (land, *_) = thrones.updates[1].learn[0], names(1, "ages")
    wordings = Wordings(
        {
            "ruler": [Wording.parse("{subject} has the ruler {object}.")],
            "age": [Wording.parse("{subject} has the age {object}.")],
        },
        {"ruler": [], "age": []},
    )
    base = [*thrones.updates[0].learn, Fact(fact.subject, "age", "9"), Fact(land, "age", "7")]
    alike = Stream("alike", [Update(0, "base", base), Update(1, "one", [fact])], wordings)
    learner = make_patcher(of=alike, strategy={"written": 4, "epochs": 3})
    before = logits(learner, [fact])
    apply(learner, alike.updates[1])
    assert torch.equal(logits(learner, [fact]), before)
    assert not any(
        value.any()
        for name, value in patcher_of(learner).state_dict().items()
        if name.startswith("directions")
    )
    (told,) = learner.warnings
    assert "no gate for 1 of the 1 facts of one" in told


def test_the_first_fact_of_the_base_can_be_changed_without_written_texts(
    make_patcher: MakeLearner, thrones: Stream
) -> None:
    first = thrones.updates[0].learn[0]
    new = Update(1, "one", [Fact(first.subject, first.relation, "Ozo")])
    changed = Stream("changed", [thrones.updates[0], new], thrones.wordings)
    learner = make_patcher(of=changed, strategy={"written": 0, "epochs": 2})
    apply(learner, new)
    assert not learner.warnings
    assert len(patcher_of(learner).state_dict()["owners"]) == 1


def test_values_that_are_not_finite_stop_the_run(
    make_patcher: MakeLearner, thrones: Stream, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = Scored.loss_sum
    monkeypatch.setattr(Scored, "loss_sum", lambda scored: plain(scored) * float("nan"))
    with pytest.raises(Diverged, match="not finite"):
        taught(make_patcher, thrones)


def test_a_fact_whose_wordings_do_not_name_its_subject_is_told(
    make_patcher: MakeLearner, thrones: Stream
) -> None:
    fact = thrones.updates[1].learn[0]
    prompts = thrones.wordings.with_prompts({fact.key: ["Who is on the throne?"]})
    unnamed = Stream("unnamed", thrones.updates, prompts)
    learner = taught(make_patcher, unnamed)
    (told,) = learner.warnings
    assert "did not learn 1 of the 2 facts of one: no trained wording names" in told


def test_a_written_text_that_is_a_prompt_about_the_subject_does_not_close_its_gates(
    make_patcher: MakeLearner, thrones: Stream, monkeypatch: pytest.MonkeyPatch
) -> None:
    fact = thrones.updates[1].learn[0]
    texts = [one.prompt for one in thrones.wordings.askings(fact.key) if one.form == "trained"]

    def written(learner: Learner, *options: object) -> list[tuple[int, ...]]:
        return [tuple(ids) for ids in learner.lm.coder.prompts(texts)]

    with monkeypatch.context() as patch:
        patch.setattr("cltool.strategies.editing.patcher.written", written)
        learner = make_patcher(of=thrones, strategy={"epochs": 2})
    apply(learner, thrones.updates[1])
    assert not learner.warnings


def test_gates_of_the_first_block_open_at_the_subjects_alone(
    make_patcher: MakeLearner, thrones: Stream
) -> None:
    """Nothing else was read before, so the update's other tokens are all that tells them apart."""
    bare = Stream("bare", [Update(0, "base", []), *thrones.updates[1:]], thrones.wordings)
    learner = make_patcher(of=bare, strategy={"written": 0, "epochs": 1, "layers": [0]})
    part = feed_forward(blocks(learner.model)[0])
    assert part.mlp is not None
    apply(learner, bare.updates[1])
    state = patcher_of(learner).state_dict()
    gates = Gates(*(state[f"{name}.0"] for name in ("directions", "sharpness", "constants")))
    seen: list[Tensor] = []
    handle = part.reads.register_forward_pre_hook(lambda module, args: seen.append(args[0]))
    opened = 0
    for fact in bare.updates[1].learn:
        for one in located(learner, fact):
            learner.score(learner.collate([one.example]))
            openings = gates.openings(seen.pop()[0], part.mlp.activation, multiplied=True)
            places = set(openings.abs().amax(dim=1).gt(1e-6).nonzero().flatten().tolist())
            assert places <= {*one.subject}
            opened += len(places)
    handle.remove()
    assert opened


def test_texts_about_the_subjects_count_for_the_directions(
    make_patcher: MakeLearner, thrones: Stream, monkeypatch: pytest.MonkeyPatch
) -> None:
    subject = thrones.updates[1].learn[0].subject
    found = []
    for texts in ([], [f"They who live in {subject} are many"]):
        learner = make_patcher(of=thrones, strategy={"written": 4, "epochs": 1})
        ids = [tuple(one) for one in learner.lm.coder.documents(texts)]
        with monkeypatch.context() as patch:
            patch.setattr(
                "cltool.strategies.editing.patcher.written", lambda *options, ids=ids: ids
            )
            apply(learner, thrones.updates[1])
        found.append(patcher_of(learner).state_dict()["directions.0"])
    assert not torch.allclose(*found)


def test_a_fact_of_the_base_that_is_taught_again_gets_its_gates(
    make_patcher: MakeLearner, thrones: Stream
) -> None:
    again = Update(1, "one", thrones.updates[0].learn[:1])
    stream = Stream("again", [thrones.updates[0], again], thrones.wordings)
    learner = make_patcher(of=stream, strategy={"written": 4, "epochs": 2})
    apply(learner, again)
    assert not learner.warnings


def test_a_stream_without_a_base_is_learned(make_patcher: MakeLearner, thrones: Stream) -> None:
    bare = Stream("bare", [Update(0, "base", []), *thrones.updates[1:]], thrones.wordings)
    learner = make_patcher(of=bare, strategy={"written": 0, "epochs": 2})
    apply(learner, bare.updates[1])
    values = [v for n, v in patcher_of(learner).state_dict().items() if n.startswith("values")]
    assert all(bool(one.isfinite().all()) for one in values)
    assert any(bool(one.any()) for one in values)


def test_a_missing_block_is_refused(make_patcher: MakeLearner, thrones: Stream) -> None:
    with pytest.raises(UserError, match="has no block 9"):
        make_patcher(of=thrones, strategy={"layers": [9]})
