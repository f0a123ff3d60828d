"""Strategies made of Avalanche's plugins, by the plugin's name: ``plugins.EWCPlugin``.

The plugin is made by its own constructor from the strategy's settings, and its own code runs:
the learner's callbacks are passed on with a `View` in the learner's place. Its first
experience is the base knowledge, which is shown to it before the first update.
"""

from __future__ import annotations

import inspect
import re
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, Any, ClassVar

import avalanche.training.plugins as theirs
import torch
from pydantic import Field, create_model

from cltool.avalanche.state import LostError, pack, part, settle, tensors_in, unpack
from cltool.avalanche.verdicts import CANNOT, PREFIX, VERDICTS, WARNS, Verdict
from cltool.avalanche.view import View
from cltool.core.errors import UserError
from cltool.core.progress import QUIET
from cltool.training.strategy import INSEPARABLE, State, Strategy, StrategyConfig

if TYPE_CHECKING:
    from cltool.facts.facts import Fact
    from cltool.training.learner import Learner

CALLBACKS = (
    "before_training",
    "before_train_dataset_adaptation",
    "after_train_dataset_adaptation",
    "before_training_exp",
    "before_training_epoch",
    "before_training_iteration",
    "before_forward",
    "after_forward",
    "before_backward",
    "after_backward",
    "before_update",
    "after_update",
    "after_training_iteration",
    "after_training_epoch",
    "after_training_exp",
    "after_training",
)

_OBJECTS = ("storage_policy", "device", "verbose")
"""Arguments that are objects, or change nothing: they cannot be set."""


class AvalancheStrategy(Strategy):
    """A plugin of Avalanche; a subclass of this is made for each.

    Attributes:
        verdict: what is known of the plugin.
    """

    verdict: ClassVar[Verdict]

    def attach(self, learner: Learner) -> None:
        """Make the plugin, and show it the base knowledge as its first experience."""
        self._view = View(learner)
        self._passes: int | None = self._base_passes(learner)
        given = self.config.model_dump(exclude={"base_epochs"})
        if self.verdict.plugin == "AGEMPlugin":
            self._check_sample_size(given["sample_size"], len(learner.stream))
        with self._blamed("constructor"):
            self.plugin: Any = getattr(theirs, self.verdict.plugin)(**given)
        with self._alone(learner):
            learner.fit(learner.known.valid())

    def pass_on(self, callback: str, **kwargs: Any) -> None:
        """Call the plugin, then its clock."""
        with self._blamed(callback):
            getattr(self.plugin, callback)(self._view, **kwargs)
        if self.verdict.plugin == "SynapticIntelligencePlugin":
            # Its copies of weights on the CPU are views, which would follow every step.
            part(vars(self.plugin), {p.data_ptr() for p in self._view.model.parameters()})
        getattr(self._view.clock, callback)(self._view, **kwargs)
        if self._passes == 0 and callback == "before_training_epoch":
            self._view.learner.stop_training()
        if callback == "after_training_exp":
            settle(vars(self.plugin))
            self._check_finite()

    def purge(self, learner: Learner, facts: Sequence[Fact]) -> dict[str, str]:
        """A plugin has no way to forget."""
        if not self.state_dict()["plugin"]:
            return {}
        return {"plugin": f"{INSEPARABLE}: {self.verdict.plugin} has no way to forget a fact"}

    def state_dict(self) -> State:
        """The plugin's attributes and its clock."""
        tensors: State = {}
        attributes = {
            name: pack(value, name, tensors)
            for name, value in vars(self.plugin).items()
            if name not in self.verdict.transient
        }
        return {"plugin": attributes, "clock": dict(vars(self._view.clock)), **tensors}

    def load_state_dict(self, state: State) -> None:
        """Take both back.

        Raises:
            UserError: the plugin holds what no checkpoint can hold.
        """
        for name, node in state["plugin"].items():
            try:
                setattr(self.plugin, name, unpack(node, state, self._view))
            except LostError as error:
                raise UserError(
                    f"Avalanche's {self.verdict.plugin} keeps a {error} in {name}, which no "
                    "checkpoint can hold, so the run cannot go on from where it was broken off",
                    where=f"strategy.{self.verdict.name}",
                    hint="Begin it anew with --fresh.",
                ) from error
        vars(self._view.clock).update(state["clock"])
        if self.verdict.plugin == "AGEMPlugin" and self.plugin.buffers:
            # Its own way of making a loader of its memory; its randomness begins when it is read.
            self.plugin.update_memory(self.plugin.buffers.pop())

    def _base_passes(self, learner: Learner) -> int:
        """Passes over the base: as many as are asked for, and as ``delta_t`` steps need."""
        given = self.config.model_dump()
        passes = int(given["base_epochs"])
        if passes and "delta_t" in given:
            sentences = len(learner.examples(learner.known.valid()))
            steps = -(-sentences // learner.settings.batch_size)
            passes = max(passes, -(-given["delta_t"] // max(steps, 1)))
        return passes

    @contextmanager
    def _alone(self, learner: Learner) -> Iterator[None]:
        """Training of the base: only this plugin's hooks, and as many passes as it is to have."""
        before = learner.plugins, learner.settings, learner.progress
        changes = {"epochs": max(self._passes or 0, 1), "tokens": None, "stop_at": 2.0}
        learner.plugins = [self, learner.clock]
        learner.settings = learner.settings.model_copy(update=changes)
        learner.progress = QUIET
        try:
            yield
        finally:
            learner.plugins, learner.settings, learner.progress = before
            self._passes = None

    @contextmanager
    def _blamed(self, where: str) -> Iterator[None]:
        """Say in whose code an error arose; what Avalanche deprecates is its own affair."""
        try:
            with warnings.catch_warnings(record=True) as told:
                yield
            for one in told:
                if not issubclass(one.category, DeprecationWarning):
                    warnings.warn_explicit(one.message, one.category, one.filename, one.lineno)
        except UserError:
            raise
        except Exception as error:
            said = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
            raise UserError(
                f"Avalanche's {self.verdict.plugin} failed in {where}: {said}",
                where=f"strategy.{self.verdict.name}",
                hint="docs/avalanche.md says what is known of this plugin.",
            ) from error

    def _check_sample_size(self, size: int, updates: int) -> None:
        if size < updates**2:
            raise UserError(
                f"sample_size = {size} is too small: AGEMPlugin needs at least the square of the "
                f"number of updates, {updates**2}",
                where=f"strategy.{self.verdict.name}",
                hint=f"--set strategy.{self.verdict.name}.sample_size={updates**2}",
            )

    def _check_finite(self) -> None:
        bad = [
            name
            for name, value in vars(self.plugin).items()
            if not all(bool(torch.isfinite(tensor).all()) for tensor in tensors_in(value))
        ]
        if bad:
            raise UserError(
                f"Avalanche's {self.verdict.plugin} holds numbers that are not finite, in "
                f"{', '.join(bad)}: the updates are too short for its intervals",
                where=f"strategy.{self.verdict.name}",
                hint="Let it see more steps: --set strategy.base_epochs=2, or a smaller delta_t.",
            )


def _passing(callback: str) -> Callable[..., None]:
    def passed(self: AvalancheStrategy, strategy: Any, **kwargs: Any) -> None:
        self.pass_on(callback, **kwargs)

    return passed


for _callback in CALLBACKS:
    setattr(AvalancheStrategy, _callback, _passing(_callback))


def config_of(verdict: Verdict) -> type[StrategyConfig]:
    """Settings from the signature of the plugin's constructor, described by its docstring."""
    kind = getattr(theirs, verdict.plugin)
    fields: dict[str, Any] = {}
    for name, parameter in inspect.signature(kind.__init__).parameters.items():
        if name == "self" or name in _OBJECTS:
            continue
        default = verdict.defaults.get(name, parameter.default)
        about = _described(inspect.getdoc(kind.__init__) or "", name)
        about = about or _described(inspect.getdoc(kind) or "", name) or "as in Avalanche"
        fields[name] = (_kind(parameter), Field(default, description=about))
    fields["base_epochs"] = (
        int,
        Field(
            verdict.base_epochs,
            ge=0,
            description="passes over the base knowledge with the plugin's callbacks, before the"
            " first update; 0 shows it to the plugin without training",
        ),
    )
    made: type[StrategyConfig] = create_model(
        f"{verdict.plugin}Config", __base__=StrategyConfig, **fields
    )
    made.__doc__ = f"Settings of `{verdict.name}`."
    return made


def _kind(parameter: inspect.Parameter) -> Any:
    if parameter.annotation is not inspect.Parameter.empty:
        # `mem_size: int = None` means that it may be None.
        may_lack = parameter.default is None
        return parameter.annotation | None if may_lack else parameter.annotation
    if isinstance(parameter.default, bool | str):
        return type(parameter.default)
    return int | float | list[float] | None


def _described(docstring: str, name: str) -> str:
    """What a docstring says of a parameter, its first sentence."""
    found = re.search(rf":param {name}:\s*(.+?)(?=\n\s*:|\n\s*\n|\Z)", docstring, re.S)
    text = " ".join(found.group(1).split()) if found else ""
    return re.split(r"\.\s", text)[0].rstrip(".")


@cache
def strategy_of(plugin: str) -> type[AvalancheStrategy]:
    """The strategy of one plugin."""
    verdict = VERDICTS[plugin]
    excludes = {"unlearning": "the plugin keeps what an erasing takes out, and brings it back"}
    if verdict.resets:
        reason = "each update begins from the base, so there is nothing to hold on to"
        excludes |= dict.fromkeys(("regularisation", "distillation"), reason)
    told: Sequence[str] = ()
    if verdict.verdict == WARNS:
        told = (f"{verdict.name}: {verdict.why}",)
    return type(
        plugin,
        (AvalancheStrategy,),
        {
            "__doc__": f"Avalanche's {plugin}: {verdict.summary}.",
            "__module__": __name__,
            "verdict": verdict,
            "Config": config_of(verdict),
            "excludes": excludes,
            "warnings": told,
        },
    )


def __getattr__(name: str) -> type[AvalancheStrategy]:
    if name not in VERDICTS or VERDICTS[name].verdict == CANNOT:
        raise AttributeError(f"no strategy {PREFIX}{name}")
    return strategy_of(name)
