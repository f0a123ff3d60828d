"""The interface of a strategy, and the composition of several."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import TYPE_CHECKING, Any, ClassVar, Generic

from avalanche.core import SupervisedPlugin
from pydantic import BaseModel, ConfigDict
from typing_extensions import TypeVar

from cltool.core.errors import UserError
from cltool.core.settings import declared_config
from cltool.facts.facts import Fact, Update
from cltool.lm.precision import refuse_rounding
from cltool.training.state import State as State
from cltool.training.state import fact_rows as fact_rows
from cltool.training.state import facts_from_rows as facts_from_rows
from cltool.training.state import split_state as split_state
from cltool.training.state import state_bytes as state_bytes

if TYPE_CHECKING:
    from cltool.training.learner import Learner

Returned = TypeVar("Returned")

INSEPARABLE = "the fact cannot be separated"
"""How a purge describes a store in which traces of a fact cannot be separated from the rest."""


class StrategyConfig(BaseModel):
    """Settings of a strategy; unknown ones are refused, and infinite numbers and NaN.

    Fields may have an alias (``lambda``).
    """

    model_config = ConfigDict(
        extra="forbid", frozen=True, populate_by_name=True, allow_inf_nan=False
    )


C = TypeVar("C", bound=StrategyConfig, default=StrategyConfig)
"""The class of a strategy's settings."""


class Strategy(SupervisedPlugin, Generic[C]):  # type: ignore[misc]
    """Applies updates to the model.

    One file in ``strategies/`` holds one strategy: its config, its class (``class EWC(
    Strategy[EWCConfig])``), and in the module docstring its paper and the equation it
    implements. Avalanche's callbacks (``before_backward``, ``after_training_exp``, …) are its
    hooks; the methods below add what Avalanche lacks. The constructor only stores the config.

    Attributes:
        Config: the class of its settings, taken from ``Strategy[...]``.
        config: the settings.
        presets: learner settings it changes from their defaults.
        pretrained_scale: factor of the default learning rate, beside ``lr_scale``, for a model
            that is taken to be pretrained (`LanguageModel.pretrained`). Its default rate is that
            for training all weights; adapters need a higher one.
        replaces_model: whether ``attach`` replaces the model (by a PEFT wrapper). Such
            strategies are attached before those that read the model's parameters.
        trains: whether ``update`` trains, so that the hooks of other strategies run. Set it to
            False for a strategy that frames prompts or does not call ``learner.fit``; composed,
            it leaves the training to the others.
        requires: name or family → why this strategy does not work without it. The strategy is
            refused unless one of that name or family is composed with it.
        excludes: name or family → why this strategy cannot be composed with it, as in
            "`joint` and `replay` cannot be composed: REASON".
        warnings: what readers of its results must know; kept in the run's record.
        outside: what it stores outside the model's weights; see ``fold``.
        reads: whether it needs a model that answers from facts in its prompt.
        rebuilds: whether it needs a base model that was never taught the erased facts
            (``learner.rebuild``). cltool can build one only if it taught the base facts.
        needs_memory: whether it needs a model with memory layers (`cltool.lm.product_keys`).
        shares_batches: whether it works in several processes, where its hooks around the forward
            pass see only a share of each batch. If it is None, it works if it has no such hooks.
        shares_weights: whether it works where each process holds only a part of each weight.
    """

    Config: ClassVar[type[StrategyConfig]] = StrategyConfig
    config: C
    presets: ClassVar[Mapping[str, Any]] = {}
    pretrained_scale: ClassVar[float] = 1.0
    replaces_model: ClassVar[bool] = False
    trains: ClassVar[bool] = True
    requires: ClassVar[Mapping[str, str]] = {}
    excludes: ClassVar[Mapping[str, str]] = {}
    warnings: ClassVar[Sequence[str]] = ()
    outside: ClassVar[str] = ""
    reads: ClassVar[bool] = False
    rebuilds: ClassVar[bool] = False
    needs_memory: ClassVar[bool] = False
    shares_batches: ClassVar[bool | None] = None
    shares_weights: ClassVar[bool] = False

    def __init__(self, config: C) -> None:
        super().__init__()
        self.config = config

    def __init_subclass__(cls, **kwargs: Any) -> None:
        # Avalanche warns of others; `cltool.training.several` refuses what cannot work.
        super().__init_subclass__(**{"supports_distributed": True, **kwargs})
        cls.Config = declared_config(cls, StrategyConfig) or cls.Config

    def attach(self, learner: Learner) -> None:
        """Prepare the strategy; called once, on the base model, before the first update.

        ``learner.known`` holds the base knowledge; ``learner.examples`` turns facts into
        training examples.
        """

    def update(self, learner: Learner, update: Update) -> None:
        """Apply ``update``; by default, train on what it teaches with the hooks active."""
        if self.trains:
            learner.fit(update.learn)

    def begin_update(self, learner: Learner, update: Update) -> None:
        """Look at the model before ``update`` is applied to it.

        ``learner.known`` holds the update already; the model has not been trained on it.
        (Avalanche's ``before_update`` is another hook: it runs before each optimizer step.)
        """

    def settled(self, learner: Learner) -> bool:
        """Return whether training may stop.

        Called after each epoch once the update is learned, or makes no more progress.
        """
        return True

    def erase(self, learner: Learner, update: Update) -> None:
        """Make the model forget ``update.forget``; called after ``update`` if there are any.

        The strategies drop their own copies of these facts earlier, in ``forget``.
        """

    def erasing_done(self, learner: Learner) -> None:
        """React to an erasure; called after a strategy has erased facts from the model.

        A strategy that holds weights in place must hold them at their present values.
        Otherwise the next update brings the erased facts back.
        """

    def frame(self, prompt: str) -> str:
        """Return the text that the model is given for ``prompt``; by default ``prompt``."""
        return prompt

    def given(self, prompt: str) -> Sequence[Fact] | None:
        """Return the facts that ``frame`` puts before ``prompt``; None if it never puts any.

        With them, the ledger says of each probe whether the fact that answers it was found.
        """
        return None

    def forget(self, facts: Sequence[Fact]) -> None:
        """Drop ``facts``, which were superseded or erased, from the strategy's own memory."""

    def purge(self, learner: Learner, facts: Sequence[Fact]) -> Mapping[str, str]:
        """Remove the traces of erased facts that `forget` leaves, such as in importances.

        Called after `forget` and before the update that erases ``facts``, while the model still
        has the weights that learned them. So importances can be down-dated by the share that
        the facts contribute.

        Returns:
            Store → what was done, in words: ``down-dated: …``, ``recomputed: …``, or
            ``the fact cannot be separated: …``. By default there is no such store.
        """
        return {}

    def fold(self, learner: Learner) -> bool:
        """Write into the weights what is stored outside; return False if a saved model lacks it."""
        return not self.outside

    def stored(self) -> State:
        """Return what is kept for later updates, for `stored_bytes`; by default the state."""
        return self.state_dict()

    def stored_bytes(self) -> int:
        """Return the bytes kept for later updates; by default those of ``stored()``."""
        return state_bytes(self.stored())

    def state_dict(self) -> State:
        """Return all that a resumed run needs: tensors and plain JSON values, by name."""
        return {}

    def load_state_dict(self, state: State) -> None:
        """Restore what ``state_dict`` returned."""


class Strategies:
    """One strategy, or several composed (``replay+ewc``), called in the order given.

    Args:
        parts: name → strategy.
        families: name → the family in which it is registered; it may name other strategies too.

    Raises:
        UserError: two of them cannot be composed, or a required one is missing.
    """

    def __init__(
        self, parts: Mapping[str, Strategy[Any]], families: Mapping[str, str] | None = None
    ) -> None:
        self.parts = dict(parts)
        families = families or {}
        for name in parts:
            _refuse_missing(name, parts, families)
        for first, second in combinations(parts, 2):
            reason = _conflict(parts, first, second, families)
            if reason is not None:
                raise UserError(
                    f"{first} and {second} cannot be composed: {reason}",
                    where="+".join(parts),
                    hint="Run each alone, or compose each with another strategy.",
                )
        leaders = [part for part in parts.values() if _applies_updates_itself(part)]
        leaders += [part for part in parts.values() if part.trains]
        self._leader = next(iter([*leaders, *parts.values()]))

    @property
    def plugins(self) -> list[Strategy[Any]]:
        """The strategies, in order."""
        return list(self.parts.values())

    @property
    def warnings(self) -> list[str]:
        """The warnings of all strategies."""
        return [text for part in self.parts.values() for text in part.warnings]

    @property
    def erases(self) -> bool:
        """Whether one of them erases facts from the model, or retrains it without them."""
        return any(_erases(part) or part.rebuilds for part in self.parts.values())

    def attach(self, learner: Learner) -> None:
        """Attach each to the learner; those that replace its model come first.

        Raises:
            UserError: they train weights that are not float32, or one of them cannot be used.
        """
        for part in sorted(self.parts.values(), key=lambda part: not part.replaces_model):
            part.attach(learner)
        if any(part.trains for part in self.parts.values()):
            refuse_rounding(learner.trainable().values(), "+".join(self.parts))

    def update(self, learner: Learner, update: Update) -> None:
        """Apply the update with the strategy that overrides ``update``, if any."""
        self._leader.update(learner, update)

    def erase(self, learner: Learner, update: Update) -> None:
        """Erase what the update asks to forget with the strategy that overrides ``erase``."""
        erasers = [part for part in self.parts.values() if _erases(part)]
        if not update.forget or not erasers:
            return
        for part in erasers:
            part.erase(learner, update)
        # A key that the update also teaches is not erased.
        taught = {fact.key for fact in update.learn}
        if any(fact.key not in taught for fact in update.forget):
            for part in self.parts.values():
                part.erasing_done(learner)

    def begin_update(self, learner: Learner, update: Update) -> None:
        """Call this hook of each strategy."""
        for part in self.parts.values():
            part.begin_update(learner, update)

    def settled(self, learner: Learner) -> bool:
        """Return whether all of them agree that training may stop."""
        return all([part.settled(learner) for part in self.parts.values()])

    def frame(self, prompt: str) -> str:
        """Return the prompt framed by each in turn."""
        for name, part in self.parts.items():
            prompt = _returned(name, "frame", part.frame(prompt), str)
        return prompt

    def given(self, prompt: str) -> list[Fact] | None:
        """Return the facts that all strategies put before ``prompt``; None if none puts any."""
        found: list[Fact] | None = None
        for name, part in self.parts.items():
            facts = part.given(prompt)
            if facts is not None:
                found = [*(found or ()), *_returned(name, "given", facts, Sequence)]
            prompt = _returned(name, "frame", part.frame(prompt), str)
        return found

    def forget(self, facts: Sequence[Fact]) -> None:
        """Drop ``facts`` from every memory."""
        for part in self.parts.values():
            part.forget(facts)

    def purge(self, learner: Learner, facts: Sequence[Fact]) -> dict[str, dict[str, str]]:
        """Call this hook of each strategy; return name → store → what was done."""
        return {name: dict(part.purge(learner, facts)) for name, part in self.parts.items()}

    def fold(self, learner: Learner) -> dict[str, str]:
        """Call this hook of each strategy; return name → what a saved model still lacks."""
        folded = {
            name: _returned(name, "fold", part.fold(learner), bool)
            for name, part in self.parts.items()
        }
        return {name: self.parts[name].outside for name, done in folded.items() if not done}

    def stored_bytes(self) -> int:
        """Return the bytes kept for later updates, outside the model's weights."""
        return sum(_stored_bytes(name, part) for name, part in self.parts.items())

    def states(self) -> dict[str, State]:
        """Return name → state."""
        states = {name: part.state_dict() for name, part in self.parts.items()}
        return {name: _returned(name, "state_dict", it, dict) for name, it in states.items()}

    def load_states(self, states: Mapping[str, State]) -> None:
        """Restore what ``states`` returned."""
        for name, part in self.parts.items():
            part.load_state_dict(states.get(name, {}))


def _stored_bytes(name: str, part: Strategy[Any]) -> int:
    """Return the bytes that the strategy ``name`` keeps.

    Raises:
        UserError: one of its hooks returned something else.
    """
    if type(part).stored_bytes is Strategy.stored_bytes:
        return state_bytes(_returned(name, "stored", part.stored(), dict))
    return _returned(name, "stored_bytes", part.stored_bytes(), int)


def _returned(name: str, hook: str, value: Returned, kind: type[Any]) -> Returned:
    """Return ``value``, which a hook of the strategy ``name`` returned.

    Raises:
        UserError: it is not of the type that the hook must return.
    """
    if not isinstance(value, kind):
        raise UserError(
            f"{hook} returned {type(value).__name__} in place of {kind.__name__}",
            where=f"strategy {name!r}",
        )
    return value


def _applies_updates_itself(part: Strategy[Any]) -> bool:
    return type(part).update is not Strategy.update


def _erases(part: Strategy[Any]) -> bool:
    return type(part).erase is not Strategy.erase


def _refuse_missing(
    name: str, parts: Mapping[str, Strategy[Any]], families: Mapping[str, str]
) -> None:
    """Raise a `UserError` if a strategy that ``name`` requires is missing."""
    others = {other for other in parts if other != name}
    present = others | {families.get(other, "") for other in others}
    for required, reason in parts[name].requires.items():
        if required not in present:
            members = [other for other, family in families.items() if family == required]
            hint = f"Run {name}+{required}."
            if members:
                hint = f"Compose it with a strategy of the family {required}, such as"
                hint += f" {name}+{members[0]}."
            raise UserError(
                f"{name} needs {required}: {reason}",
                where="+".join(parts),
                hint=hint,
            )


def _conflict(
    parts: Mapping[str, Strategy[Any]], first: str, second: str, families: Mapping[str, str]
) -> str | None:
    """Return why two strategies cannot be composed; None if they can."""
    one, other = parts[first], parts[second]
    for part, against in ((one, second), (other, first)):
        for name in (against, families.get(against, "")):
            if name in part.excludes:
                return part.excludes[name]
    if _applies_updates_itself(one) and _applies_updates_itself(other):
        return "each applies the update in its own way"
    if _erases(one) and _erases(other):
        return "each erases facts in its own way"
    if one.replaces_model and other.replaces_model:
        return "each replaces the model by its own"
    for name, part, against in ((first, one, other), (second, other, one)):
        if _applies_updates_itself(part) and not part.trains and against.trains:
            return f"{name} does not train, so the hooks of the other would never run"
    return None
