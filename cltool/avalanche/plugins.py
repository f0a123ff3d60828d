"""Avalanche's plugins as strategies, by the plugin's name: ``plugins.EWCPlugin``.

The plugin is created by its own constructor from the strategy's settings, and its own code runs:
it receives the learner's callbacks, with a `View` instead of the learner. Its first experience is
the base knowledge, which it sees before the first update.
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

from cltool.avalanche.state import UnsavedError, pack, sort_sets, tensors_in, unpack, unshare
from cltool.avalanche.verdicts import CANNOT, PREFIX, VERDICTS, WARNS, Verdict
from cltool.avalanche.view import View
from cltool.core.errors import UserError
from cltool.core.progress import QUIET
from cltool.training.budget import KINDS, Budget
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
"""Arguments that cannot be set, because they are objects or have no effect."""


class AvalancheStrategy(Strategy):
    """A plugin of Avalanche as a strategy; each plugin has a subclass.

    Attributes:
        verdict: whether and how the plugin runs.
    """

    verdict: ClassVar[Verdict]
    shares_batches = False

    def attach(self, learner: Learner) -> None:
        """Create the plugin, and show it the base knowledge as its first experience."""
        self._view = View(learner)
        self._passes: int | None = self._base_passes(learner)
        given = self.config.model_dump(exclude={"base_epochs"})
        if self.verdict.plugin == "AGEMPlugin":
            self._check_sample_size(given["sample_size"], len(learner.stream))
        with self._errors_named("constructor"):
            self.plugin: Any = getattr(theirs, self.verdict.plugin)(**given)
        with self._training_base(learner):
            learner.fit(learner.known.valid())

    def pass_on(self, callback: str, **kwargs: Any) -> None:
        """Call the plugin, then its clock."""
        with self._errors_named(callback):
            getattr(self.plugin, callback)(self._view, **kwargs)
        if self.verdict.plugin == "SynapticIntelligencePlugin":
            # On the CPU its copies of the weights are views, which would change with every step.
            unshare(vars(self.plugin), {p.data_ptr() for p in self._view.model.parameters()})
        getattr(self._view.clock, callback)(self._view, **kwargs)
        if self._passes == 0 and callback == "before_training_epoch":
            self._view.learner.stop_training()
        if callback == "after_training_exp":
            sort_sets(vars(self.plugin))
            self._check_finite()

    def purge(self, learner: Learner, facts: Sequence[Fact]) -> dict[str, str]:
        """Report what the plugin keeps: no plugin can forget a fact."""
        if not self.state_dict()["plugin"]:
            return {}
        return {"plugin": f"{INSEPARABLE}: {self.verdict.plugin} cannot forget a fact"}

    def state_dict(self) -> State:
        """Return the plugin's attributes and its clock."""
        tensors: State = {}
        attributes = {
            name: pack(value, name, tensors)
            for name, value in vars(self.plugin).items()
            if name not in self.verdict.transient
        }
        return {"plugin": attributes, "clock": dict(vars(self._view.clock)), **tensors}

    def load_state_dict(self, state: State) -> None:
        """Restore both.

        Raises:
            UserError: the plugin has an attribute that checkpoints cannot store.
        """
        for name, node in state["plugin"].items():
            try:
                setattr(self.plugin, name, unpack(node, state, self._view))
            except UnsavedError as error:
                raise UserError(
                    f"Avalanche's {self.verdict.plugin} keeps a {error} in {name}, which "
                    "checkpoints cannot store, so the interrupted run cannot be resumed",
                    where=f"strategy.{self.verdict.name}",
                    hint="Its finished steps can be reported. To get to the end, it must"
                    " run from the start without an interruption: delete its folder, or choose"
                    " another one (--out), and give the command again.",
                ) from error
        vars(self._view.clock).update(state["clock"])
        if self.verdict.plugin == "AGEMPlugin" and self.plugin.buffers:
            # The plugin's own method rebuilds the loader of its memory, which draws when read.
            self.plugin.update_memory(self.plugin.buffers.pop())

    def _base_passes(self, learner: Learner) -> int:
        """Return the passes over the base: those set, or more if ``delta_t`` steps need them."""
        given = self.config.model_dump()
        passes = int(given["base_epochs"])
        if passes and "delta_t" in given:
            sentences = len(learner.examples(learner.known.valid()))
            steps = -(-sentences // learner.settings.batch_size)
            passes = max(passes, -(-given["delta_t"] // max(steps, 1)))
        return passes

    @contextmanager
    def _training_base(self, learner: Learner) -> Iterator[None]:
        """Set the learner to train the base: only with this plugin's hooks, and its passes."""
        before = learner.plugins, learner.settings, learner.budget, learner.progress
        changes: dict[str, Any] = dict.fromkeys(KINDS)
        changes |= {"epochs": max(self._passes or 0, 1), "stop_at": 2.0, "order": "given"}
        learner.plugins = [self, learner.clock]
        learner.settings = learner.settings.model_copy(update=changes)
        learner.budget = Budget(learner.settings)
        learner.progress = QUIET
        try:
            yield
        finally:
            learner.plugins, learner.settings, learner.budget, learner.progress = before
            self._passes = None

    @contextmanager
    def _errors_named(self, where: str) -> Iterator[None]:
        """Name the plugin in errors raised inside, and hide Avalanche's deprecation warnings."""
        try:
            with warnings.catch_warnings(record=True) as caught:
                yield
            for one in caught:
                if not issubclass(one.category, DeprecationWarning):
                    warnings.warn_explicit(one.message, one.category, one.filename, one.lineno)
        except UserError:
            raise
        except Exception as error:
            text = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
            raise UserError(
                f"Avalanche's {self.verdict.plugin} failed in {where}: {text}",
                where=f"strategy.{self.verdict.name}",
                hint="docs/avalanche.md describes what is known about this plugin.",
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
                f"Avalanche's {self.verdict.plugin} has values that are not finite, in "
                f"{', '.join(bad)}: the updates are too short for its intervals",
                where=f"strategy.{self.verdict.name}",
                hint="Train more steps with --set strategy.base_epochs=2, or lower delta_t.",
            )


def _forwarding(callback: str) -> Callable[..., None]:
    def forward(self: AvalancheStrategy, learner: Learner, **kwargs: Any) -> None:
        self.pass_on(callback, **kwargs)

    return forward


for _callback in CALLBACKS:
    setattr(AvalancheStrategy, _callback, _forwarding(_callback))


def config_of(verdict: Verdict) -> type[StrategyConfig]:
    """Make the settings class from the signature and docstring of the plugin's constructor."""
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
        # `mem_size: int = None` means that None is allowed.
        optional = parameter.default is None
        return parameter.annotation | None if optional else parameter.annotation
    if isinstance(parameter.default, bool | str):
        return type(parameter.default)
    return int | float | list[float] | None


def _described(docstring: str, name: str) -> str:
    """Return the first sentence of a docstring about a parameter."""
    found = re.search(rf":param {name}:\s*(.+?)(?=\n\s*:|\n\s*\n|\Z)", docstring, re.S)
    text = " ".join(found.group(1).split()) if found else ""
    return re.split(r"\.\s", text)[0].rstrip(".")


@cache
def strategy_of(plugin: str) -> type[AvalancheStrategy]:
    """Make the strategy class of one plugin."""
    verdict = VERDICTS[plugin]
    excludes = {"unlearning": "the plugin keeps what is erased, and restores it"}
    if verdict.resets:
        reason = "each update starts from the base, so there is nothing to preserve"
        excludes |= dict.fromkeys(("regularisation", "distillation"), reason)
    texts: Sequence[str] = ()
    if verdict.verdict == WARNS:
        texts = (f"{verdict.name}: {verdict.why}",)
    return type(
        plugin,
        (AvalancheStrategy,),
        {
            "__doc__": f"Avalanche's {plugin}: {verdict.summary}.",
            "__module__": __name__,
            "verdict": verdict,
            "Config": config_of(verdict),
            "excludes": excludes,
            "warnings": texts,
        },
    )


def __getattr__(name: str) -> type[AvalancheStrategy]:
    if name not in VERDICTS or VERDICTS[name].verdict == CANNOT:
        raise AttributeError(f"no strategy {PREFIX}{name}")
    return strategy_of(name)
