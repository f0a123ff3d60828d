"""Rehearses the most recently learned facts: a template for a new strategy.

Robins (1995), "Catastrophic forgetting, rehearsal and pseudorehearsal", recency rehearsal: the
update U_t is trained together with the k valid facts M_t that were learned last before it,

    L(θ) = E_{x ∈ U_t ∪ M_t} [ −log p_θ(x) ]

To add a strategy, copy this file to ``strategies/<family>/<name>.py``, change it, and add its line
to ``strategies/__init__.py``. The module docstring, the descriptions of the settings and that line
become the strategy's part of ``docs/strategies/<family>.md`` (``python -m tools.docs``).
``cltool.testing.check_strategy`` checks what every strategy must do.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic import Field

from cltool.training.strategy import State, Strategy, StrategyConfig, fact_rows, facts_from_rows

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cltool.facts.facts import Fact
    from cltool.lm.coder import Encoded
    from cltool.training.learner import Learner


class RecencyRehearsalConfig(StrategyConfig):
    """Settings of the template."""

    recent: int = Field(default=8, ge=1, description="k, number of facts that are rehearsed")


class RecencyRehearsal(Strategy[RecencyRehearsalConfig]):
    """Adds the most recently learned facts to every epoch of an update."""

    def attach(self, learner: Learner) -> None:
        """Start with the last facts of the base knowledge."""
        self._facts: list[Fact] = learner.known.valid()[-self.config.recent :]
        self._examples: list[Encoded] = []

    def before_training_exp(self, learner: Learner, **kwargs: Any) -> None:
        """Encode the sentences to rehearse once per update."""
        self._examples = learner.examples(self._facts)

    def before_training_epoch(self, learner: Learner, **kwargs: Any) -> None:
        """Add them to the epoch's batches."""
        learner.loader.rehearsed += self._examples

    def after_training_exp(self, learner: Learner, **kwargs: Any) -> None:
        """Keep the last facts, including those of the update."""
        self._facts = [*self._facts, *learner.experience.update.learn][-self.config.recent :]
        self._examples = []

    def forget(self, facts: Sequence[Fact]) -> None:
        """Drop superseded and erased facts."""
        gone = {fact.key for fact in facts}
        self._facts = [fact for fact in self._facts if fact.key not in gone]

    def state_dict(self) -> State:
        """Return what a resumed run needs: tensors and plain JSON."""
        return {"facts": fact_rows(self._facts)}

    def load_state_dict(self, state: State) -> None:
        """Restore what `state_dict` returned."""
        self._facts = facts_from_rows(state["facts"])
