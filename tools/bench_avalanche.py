"""Avalanche's `Naive` on the learner's sentences, as one writes it for a language model."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from cltool.lm.coder import Encoded
    from cltool.training.learner import Learner


def naive(learner: Learner, examples: Sequence[Encoded], epochs: int) -> Callable[[], None]:
    """Return a call that trains the learner's model on ``examples`` with `avalanche`'s Naive.

    It has the learner's optimizer, rate, batch size and clipping. Batches are shuffled, and all
    logits of a batch are computed: the parts of Avalanche decide how a step is made.
    """
    import torch
    from avalanche.benchmarks.scenarios.dataset_scenario import benchmark_from_datasets
    from avalanche.benchmarks.utils.data import AvalancheDataset
    from avalanche.core import SupervisedPlugin
    from avalanche.training.plugins import EvaluationPlugin
    from avalanche.training.supervised import Naive
    from torch.utils.data import DataLoader

    from cltool.lm import optimizers
    from cltool.lm.batches import collate

    settings, pad = learner.settings, learner.lm.coder.pad

    def together(rows: Sequence[Encoded]) -> list[Any]:
        batch = collate(rows, pad)
        return [batch["input_ids"], batch["labels"], torch.zeros(len(rows), dtype=torch.long)]

    class Logits(torch.nn.Module):
        """The model as a map from ids to logits; padding is on the right, so it needs no mask."""

        def __init__(self, inner: Any) -> None:
            super().__init__()
            self.inner = inner

        def forward(self, ids: Any) -> Any:
            return self.inner(input_ids=ids, use_cache=False).logits

    class Clip(SupervisedPlugin):  # type: ignore[misc]
        """Clips the gradient, as the learner does."""

        def before_update(self, strategy: Any, **unused: Any) -> None:
            torch.nn.utils.clip_grad_norm_(strategy.model.parameters(), settings.clip)

    class Own(Naive):  # type: ignore[misc]
        """Naive with batches of sentences."""

        def make_train_dataloader(self, **unused: Any) -> None:
            self.dataloader = DataLoader(
                self.adapted_dataset, self.train_mb_size, shuffle=True, collate_fn=together
            )

    def loss(logits: Any, labels: Any) -> Any:
        shifted = logits[:, :-1].transpose(1, 2)
        return torch.nn.functional.cross_entropy(shifted, labels[:, 1:])

    def train() -> None:
        model = learner.model.train()
        strategy = Own(
            model=Logits(model),
            optimizer=optimizers.build(model, settings.optimizer, float(settings.lr or 0), 0.0),
            criterion=loss,
            train_mb_size=settings.batch_size,
            train_epochs=epochs,
            plugins=[Clip()],
            evaluator=EvaluationPlugin(),
        )
        data: AvalancheDataset[Any] = AvalancheDataset([cast(Any, list(examples))])
        benchmark = benchmark_from_datasets(train=[data], test=[data])
        strategy.train(benchmark.train_stream[0])

    return train
