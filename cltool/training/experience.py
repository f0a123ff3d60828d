"""An update in the form that Avalanche expects."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, cast

from avalanche.benchmarks.scenarios.dataset_scenario import DatasetExperience
from avalanche.benchmarks.utils.data import AvalancheDataset

from cltool.facts.facts import Update
from cltool.lm.batches import Batch
from cltool.lm.coder import Encoded


class Experience(DatasetExperience[Any]):  # type: ignore[misc]
    """An update as Avalanche sees it.

    Args:
        examples: what is trained.
        collate: makes a batch of some of them.
        update: the update.

    Attributes:
        update: the update.
    """

    def __init__(
        self,
        examples: Sequence[Encoded],
        collate: Callable[[Sequence[Encoded]], Batch],
        update: Update,
    ) -> None:
        dataset: AvalancheDataset[Encoded] = AvalancheDataset(
            [cast(Any, list(examples))], collate_fn=collate
        )
        super().__init__(dataset=dataset, current_experience=update.step)
        self.update = update
