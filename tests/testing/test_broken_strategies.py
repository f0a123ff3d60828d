"""`check_strategy` catches strategies that break a promise, and says which."""

from __future__ import annotations

import copy
import os
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, ClassVar

import pytest
import torch
from pydantic import ConfigDict, Field

from cltool.facts.facts import Fact, Update
from cltool.strategies import STRATEGIES
from cltool.testing import ContractError, check_strategy
from cltool.training.learner import Learner
from cltool.training.strategy import State, Strategy, StrategyConfig, fact_rows

from .broken import NoStrategy, class_name


class HoarderOfFacts(Strategy):
    """Never drops anything."""

    def attach(self, learner: Learner) -> None:
        self._facts = list(learner.known.valid())

    def after_training_exp(self, learner: Learner, **kwargs: Any) -> None:
        self._facts += learner.experience.update.learn

    def state_dict(self) -> State:
        return {"facts": fact_rows(self._facts)}

    def load_state_dict(self, state: State) -> None:
        self._facts = [Fact(*row[:3]) for row in state["facts"]]


class HoarderOfTokens(Strategy):
    """Keeps the base as token ids, which are texts as well."""

    def attach(self, learner: Learner) -> None:
        ids = [token for one in learner.examples(learner.known.valid()) for token in one.ids]
        self._ids = torch.tensor(ids)

    def state_dict(self) -> State:
        return {"ids": self._ids}


class Uncounted(Strategy):
    """Reads its sentences with the model itself, which counts no tokens."""

    def begin_update(self, learner: Learner, update: Update) -> None:
        for example in learner.examples(update.learn):
            batch = learner.collate([example])
            with torch.no_grad():
                learner.model(input_ids=batch["input_ids"], attention_mask=batch["attention_mask"])


class CountedTwice(Strategy):
    """Counts the tokens of a copy of the model twice."""

    def after_training_exp(self, learner: Learner, **kwargs: Any) -> None:
        batch = learner.collate(learner.examples(learner.experience.update.learn))
        with torch.no_grad():
            copy.deepcopy(learner.model)(input_ids=batch["input_ids"])
        learner.spend(2 * batch["input_ids"].numel())


class HoarderInPrompts(Strategy):
    """Tells the model what was erased."""

    def attach(self, learner: Learner) -> None:
        self._note = ", ".join(fact.object for fact in learner.known.valid()[5:6])

    def frame(self, prompt: str) -> str:
        return f"{self._note}. {prompt}"


class Endless(Strategy):
    def frame(self, prompt: str) -> str:
        return "Well, " * 600 + prompt


class Silent(Strategy):
    def frame(self, prompt: str) -> Any:
        return None


class Boastful(Strategy):
    """Says that it gave facts that are not in the prompt."""

    def attach(self, learner: Learner) -> None:
        self._facts = learner.known.valid()[:1]

    def given(self, prompt: str) -> list[Fact]:
        return self._facts


class Unseeded(Strategy):
    """Noise that no seed knows of."""

    def update(self, learner: Learner, update: Update) -> None:
        source = torch.Generator().manual_seed(int.from_bytes(os.urandom(4)))
        with torch.no_grad():
            for parameter in learner.trainable().values():
                parameter.add_(1e-3 * torch.randn(parameter.shape, generator=source))


class UnseededLate(Unseeded):
    """The same, but only in the last update."""

    def update(self, learner: Learner, update: Update) -> None:
        if update.step == 3:
            super().update(learner, update)


class DrawsGlobally(Strategy):
    """Noise from torch's global generator."""

    def update(self, learner: Learner, update: Update) -> None:
        with torch.no_grad():
            for parameter in learner.trainable().values():
                parameter.add_(1e-3 * torch.randn(parameter.shape))


class ReadsGlobally(Strategy):
    """The same, but it restores the generator's state."""

    def attach(self, learner: Learner) -> None:
        with torch.random.fork_rng(devices=[]):
            self._noise = 1e-3 * float(torch.randn(1))

    def update(self, learner: Learner, update: Update) -> None:
        with torch.no_grad():
            for parameter in learner.trainable().values():
                parameter.add_(self._noise)


class DrawsSeeded(DrawsGlobally):
    """Noise from torch's global generator, in a state of its own."""

    def update(self, learner: Learner, update: Update) -> None:
        with learner.seeded("noise"):
            super().update(learner, update)


class CountsParts(Strategy):
    """A term that grows with every micro-batch."""

    def before_training_exp(self, learner: Learner, **kwargs: Any) -> None:
        self._parts = 0

    def before_backward(self, learner: Learner, **kwargs: Any) -> None:
        self._parts += 1
        norms = sum(parameter.square().sum() for parameter in learner.trainable().values())
        learner.loss = learner.loss + 0.01 * self._parts * norms


class Composable(Strategy):
    requires: ClassVar[dict[str, str]] = {"replay": "it changes what is replayed"}


class Solitary(Strategy):
    excludes: ClassVar[dict[str, str]] = {"replay": "it cannot stand it"}


class Amnesiac(Strategy):
    """Counts updates, but does not save the count."""

    def attach(self, learner: Learner) -> None:
        self._count = 0

    def update(self, learner: Learner, update: Update) -> None:
        self._count += 1
        with torch.no_grad():
            for parameter in learner.trainable().values():
                parameter.mul_(1 - 1e-3 * self._count)


class NestedTensors(Strategy):
    def state_dict(self) -> State:
        return {"layers": [torch.zeros(2)]}


class NumberedKeys(Strategy):
    def state_dict(self) -> State:
        return {"layers": {0: 1.5}}


class SharedTensors(Strategy):
    def attach(self, learner: Learner) -> None:
        self._one = torch.zeros(4)

    def state_dict(self) -> State:
        return {"one": self._one, "same": self._one}


class FoldsTwice(Strategy):
    """Puts into the weights what it goes on adding beside them."""

    outside = "a change of every weight"

    def fold(self, learner: Learner) -> bool:
        with torch.no_grad():
            for parameter in learner.trainable().values():
                parameter.mul_(1.5)
        return True


class FoldsSilently(Strategy):
    def fold(self, learner: Learner) -> Any:
        return None


class Restless(Strategy):
    """A state that changes by being asked for."""

    def attach(self, learner: Learner) -> None:
        self._asked = 0

    def stored(self) -> State:
        self._asked += 1
        return {"asked": self._asked}


class Worker(Strategy):
    def __init__(self, config: StrategyConfig) -> None:
        super().__init__(config)
        self.buffer: list[Fact] = []


class Hooked(Strategy):
    """Leaves a hook at every update."""

    def update(self, learner: Learner, update: Update) -> None:
        learner.model.register_forward_hook(lambda module, given, out: out)


class Training(Strategy):
    def update(self, learner: Learner, update: Update) -> None:
        learner.model.train()


class Graded(Strategy):
    def update(self, learner: Learner, update: Update) -> None:
        sum(parameter.sum() for parameter in learner.model.parameters()).backward()  # type: ignore[union-attr]


class Swapper(Strategy):
    def update(self, learner: Learner, update: Update) -> None:
        learner.model = torch.nn.Sequential(learner.model)
        learner.model.eval()


class Historian(Strategy):
    """Changes what is true."""

    def update(self, learner: Learner, update: Update) -> None:
        fact = Fact("Rome", "river", "Tiber")
        learner.known._beliefs[fact.key] = replace(next(learner.known.beliefs()), fact=fact)


class Exploding(Strategy):
    def update(self, learner: Learner, update: Update) -> None:
        with torch.no_grad():
            for parameter in learner.trainable().values():
                parameter.fill_(float("nan"))


class NeedsFacts(Strategy):
    """Thinks that an update always teaches something."""

    def update(self, learner: Learner, update: Update) -> None:
        learner.fit([update.learn[0]])


class Picky(Strategy):
    """Cannot forget what it never kept."""

    def attach(self, learner: Learner) -> None:
        self._facts = list(learner.known.valid())

    def forget(self, facts: Sequence[Fact]) -> None:
        for fact in facts:
            self._facts.remove(fact)


class Tongueless(Strategy):
    """Counts where it should say what it did."""

    def purge(self, learner: Learner, facts: Sequence[Fact]) -> Any:
        return {"buffer": len(facts)}


class Preset(Strategy):
    presets: ClassVar[dict[str, Any]] = {"learning_rate": 1.0}


class OpenConfig(StrategyConfig):
    model_config = ConfigDict(extra="ignore")
    strength: float = Field(1.0, description="how strong")


class Open(Strategy):
    Config = OpenConfig


class SilentConfig(StrategyConfig):
    strength: float = 1.0


class Undescribed(Strategy):
    Config = SilentConfig


class NeedyConfig(StrategyConfig):
    strength: float = Field(description="how strong")


class Needy(Strategy):
    Config = NeedyConfig


class Plain(Strategy):
    Config = dict  # type: ignore[assignment]


@pytest.mark.parametrize(
    ("kind", "message"),
    [
        (HoarderOfFacts, r"state_dict\(\) still contains the object .* after forget\(\)"),
        (HoarderOfTokens, r"state_dict\(\) still contains the object"),
        (HoarderInPrompts, r"frame\(\) still shows the model"),
        (FoldsTwice, r"fold\(\) changes what the model answers"),
        (FoldsSilently, r"fold returned NoneType in place of bool"),
        (Endless, r"frame\(\) makes a prompt of \d+ tokens"),
        (Silent, r"frame returned NoneType in place of str"),
        (Boastful, r"given\(\) returns a fact whose object .* is not in what frame\(\) returns"),
        (Unseeded, "two runs of one seed differ: .*step-001"),
        (UnseededLate, "two runs of one seed differ: .*step-003"),
        (DrawsGlobally, "results depend on a global random number generator"),
        (ReadsGlobally, "results depend on a global random number generator"),
        (CountsParts, "the weights after update 1 depend on learner.micro_batch_size"),
        (Composable, "composing under-test raised UserError: .* needs replay"),
        (Amnesiac, "resumed from state_dict.. differs from a run .*step-002"),
        (Uncounted, "492 tokens pass through the model in update 1, but 328 are counted"),
        (CountedTwice, "tokens pass through the model in update 1, but"),
        (NestedTensors, "'layers' is neither a tensor nor plain JSON"),
        (NumberedKeys, "state_dict.. after attach.. is not plain JSON"),
        (SharedTensors, "(?s)the experiment raised .*share"),
        (Restless, "stored.. after attach.. returns two different states when called twice"),
        (Worker, "the constructor sets buffer"),
        (Hooked, "update 1 changes the hooks"),
        (Training, "update 1 leaves the model in training mode"),
        (Graded, "update 1 leaves gradients behind"),
        (Swapper, "learner.lm.model is not learner.model"),
        (Historian, "update 1 changes learner.known"),
        (Exploding, "after update 1, weights are not finite"),
        (NeedsFacts, "update 2 raised IndexError"),
        (Picky, "forget.., before update 1, raised ValueError"),
        (Tongueless, r"purge\(\) before update 2 returns \{'buffer': 2\}"),
        (Preset, "reading its presets as learner settings raised"),
        (Open, "OpenConfig does not have extra='forbid'"),
        (Undescribed, "the setting 'strength' of SilentConfig has no description"),
        (Needy, "NeedyConfig.. .if a setting is required, pass check_…"),
        (Plain, "Config is not a StrategyConfig"),
        (NoStrategy, "is not a subclass of cltool.training.strategy.Strategy"),
    ],
    ids=class_name,
)
def test_a_broken_strategy_is_caught(kind: type[Any], message: str) -> None:
    with pytest.raises(ContractError, match=message) as caught:
        check_strategy(kind)
    assert str(caught.value).startswith(f"{kind.__name__}: ")
    assert caught.value.hint


def test_a_strategy_that_needs_a_setting_is_checked_with_it() -> None:
    check_strategy(Needy, NeedyConfig(strength=2.0))


def test_a_strategy_that_seeds_the_global_generator_passes() -> None:
    check_strategy(DrawsSeeded, quick=True)


def test_a_strategy_is_checked_with_others() -> None:
    check_strategy(Composable, with_="replay", quick=True)
    with pytest.raises(ContractError, match="it cannot stand it"):
        check_strategy(Solitary, with_="replay")
    with pytest.raises(ContractError, match=r"state_dict\(\) still contains the object"):
        check_strategy(HoarderOfFacts, with_="replay")


def test_the_name_under_test_is_unregistered_afterwards() -> None:
    with pytest.raises(ContractError):
        check_strategy(NestedTensors)
    assert "under-test" not in STRATEGIES
