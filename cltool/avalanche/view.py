"""The learner in the form that Avalanche's plugins expect: a classifier and its mini-batches.

What plugins need, and a language model has in another form, is converted here in both directions.
The learner does not depend on it, and Avalanche is not changed.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, cast

import torch
from avalanche.benchmarks.utils.data import AvalancheDataset
from avalanche.models.base_model import BaseModel
from avalanche.training.plugins.clock import Clock
from torch import Tensor, nn

from cltool.avalanche.sentences import (
    NOTHING,
    TokenLoss,
    dataset,
    decode,
    examples_of,
)
from cltool.core.errors import UserError
from cltool.lm.batches import IGNORED, Batch
from cltool.lm.coder import Encoded
from cltool.lm.scoring import kept_positions, score, unwrapped
from cltool.training.loader import Loader

if TYPE_CHECKING:
    from cltool.training.learner import Learner


class Classifier(nn.Module, BaseModel):  # type: ignore[misc]
    """A language model as a classifier of tokens.

    Its parameters are those that an update may change, and copying it copies the language model.
    The tokens of its forward passes count as training tokens.

    Args:
        lm: the language model.
        learner: provides batches and precision, and counts tokens.
    """

    def __init__(self, lm: nn.Module, learner: Learner) -> None:
        super().__init__()
        self.lm = lm
        self._learner = learner
        self._last: Tensor | None = None
        self.training = lm.training

    def __deepcopy__(self, memo: dict[int, Any]) -> Classifier:
        return Classifier(copy.deepcopy(self.lm, memo), self._learner)

    def forward(self, x: Tensor) -> Tensor:
        """Return the logits of the learned tokens of ``x``, by sentence: (tokens, vocabulary)."""
        self._last = x
        batch = self._batch(x)
        with self._learner.lm.precision.autocast():
            scored = score(self.lm, batch)
        return scored.logits[scored.labels != IGNORED].float()

    def get_features(self, x: Tensor) -> Any:
        """Return the output layer's inputs that predict the learned tokens: (tokens, hidden)."""
        batch = self._batch(x)
        found: list[Tensor] = []
        head: nn.Module = unwrapped(self.lm).get_output_embeddings()
        handle = head.register_forward_pre_hook(lambda module, inputs: found.append(inputs[0]))
        try:
            with self._learner.lm.precision.autocast():
                labels = score(self.lm, batch).labels
        finally:
            handle.remove()
        # The model may pass all positions to its output layer, or only the scored ones.
        hidden = found[0][:, -1 - labels.shape[1] : -1]
        return hidden[labels != IGNORED].float()

    @property
    def features(self) -> Any:
        """The features of the last input, or, before the first, of the learner's batch."""
        x = self._last
        return self.get_features(inputs_of(self._learner.mbatch) if x is None else x)

    @features.setter
    def features(self, value: None) -> None:
        self._last = value

    def named_parameters(self, *args: Any, **kwargs: Any) -> Iterator[tuple[str, nn.Parameter]]:
        """Iterate over the parameters that an update may change."""
        for name, parameter in super().named_parameters(*args, **kwargs):
            if parameter.requires_grad:
                yield name, parameter

    def named_modules(self, *args: Any, **kwargs: Any) -> Any:
        """Iterate over itself and the inner modules that have parameters, buffers or no children.

        Avalanche visits all inner modules of every module, so containers would multiply its work
        with every level.
        """
        for name, module in super().named_modules(*args, **kwargs):
            holds = any((module._parameters, module._buffers)) or not module._modules
            if module is self or holds:
                yield name, module

    def _batch(self, x: Tensor) -> Batch:
        batch = self._learner.collate(decode(x))
        self._learner.spend(int(batch["attention_mask"].sum()))
        device = next(self.lm.parameters()).device
        return {name: tensor.to(device) for name, tensor in batch.items()}


class PluginLoader(Loader):
    """A plugin's data loader with the interface of the learner's loader.

    Args:
        inner: the plugin's loader, with batches (x, y, t).
        replaced: the loader that it replaces.
    """

    def __init__(self, inner: Any, replaced: Loader) -> None:
        super().__init__(
            replaced.own, replaced.batch_size, replaced.generator, replaced.collate, []
        )
        self.inner = inner

    def __len__(self) -> int:
        return len(self.inner)

    @property
    def tokens(self) -> float:
        """Tokens of a step, if the plugin's sentences are as long as those of the update."""
        rows: int = sum(getattr(self.inner, "batch_sizes", [self.batch_size]))
        return rows * sum(map(len, self.own)) / max(len(self.own), 1)

    def __iter__(self) -> Iterator[Batch]:
        own = {example.ids for example in self.own}
        left = list(self.rehearsed)
        share = -(-len(left) // max(len(self), 1))
        for x, *_ in self.inner:
            added, left = left[:share], left[share:]
            examples = decode(x)
            batch = self.collate([*examples, *added])
            mine = [example.ids in own for example in examples]
            batch["own"] = torch.tensor(mine + [False] * len(added))
            yield batch


class View:
    """The object that plugins get as ``strategy``; all other attributes are the learner's.

    Args:
        learner: the learner that calls the plugin.

    Attributes:
        clock: counts the plugin's experiences; the base knowledge is the first.
        width: the width of the tensors with sentences.
    """

    def __init__(self, learner: Learner) -> None:
        self.learner = learner
        self.clock: Any = Clock()
        self.width = _longest(learner)
        self._criterion = TokenLoss()
        self._classifier = Classifier(learner.model, learner)
        self._datasets: list[tuple[Any, Any]] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self.learner, name)

    def dataset(self, examples: Sequence[Encoded]) -> Any:
        """Convert ``examples`` to a data set for plugins; it may be empty."""
        if not examples:
            return AvalancheDataset([])
        return dataset(examples, self.width, self.learner.settings.loss == "all")

    # -- model and optimizer -------------------------------------------------------------

    @property
    def model(self) -> Classifier:
        """The model as a classifier of tokens."""
        if self._classifier.lm is not self.learner.model:
            self._classifier = Classifier(self.learner.model, self.learner)
        return self._classifier

    @model.setter
    def model(self, model: Classifier) -> None:
        self._classifier = model
        self.learner.replace_model(model.lm)

    @property
    def loss(self) -> Any:
        """Loss of the current mini-batch."""
        return self.learner.loss

    @loss.setter
    def loss(self, loss: Tensor) -> None:
        self.learner.loss = loss

    # -- data ----------------------------------------------------------------------------

    @property
    def experience(self) -> Any:
        """The current update, with data in the form that plugins expect."""
        experience: Any = copy.copy(self.learner.experience)
        experience._dataset = self._translated(experience._dataset)
        return experience

    @property
    def adapted_dataset(self) -> Any:
        """Data of the current update, in the form that plugins expect."""
        return self._translated(self.learner.adapted_dataset)

    @adapted_dataset.setter
    def adapted_dataset(self, data: Any) -> None:
        self.learner.adapted_dataset = AvalancheDataset([cast(Any, examples_of(data))])

    @property
    def dataloader(self) -> Any:
        """Data loader of the current update."""
        return self.learner.dataloader

    @dataloader.setter
    def dataloader(self, inner: Any) -> None:
        order = self.learner.settings.order
        if order != "given":
            raise UserError(
                f"order = {order!r} has no effect: the plugin makes batches of its own",
                where="learner.order",
                hint="Leave the setting out, or choose a strategy of cltool.",
            )
        self.learner.loader = PluginLoader(inner, self.learner.loader)
        self.learner.dataloader = self.learner.loader

    def _translated(self, data: Any) -> Any:
        """Convert the learner's data for plugins; the same data give the same object."""
        for original, converted in self._datasets:
            if original is data:
                return converted
        converted = self.dataset(list(data))
        self._datasets = [*self._datasets[-1:], (data, converted)]
        return converted

    # -- the current mini-batch ----------------------------------------------------------

    @property
    def mbatch(self) -> list[Tensor]:
        """Current mini-batch: [x, y, task labels]."""
        return [self.mb_x, self.mb_y, self.mb_task_id]

    @property
    def mb_x(self) -> Tensor:
        """Inputs of the current mini-batch: (batch, 2, length)."""
        return inputs_of(self.learner.mbatch)

    @property
    def mb_y(self) -> Tensor:
        """Labels of the current mini-batch: (batch, length); empty before training."""
        batch = self.learner.mbatch
        labels: Tensor = torch.zeros((0, 0), dtype=torch.long)
        return labels if batch is None else cast(Tensor, batch["labels"])

    @property
    def mb_task_id(self) -> Tensor:
        """Task labels of the current mini-batch, all 0: (batch,)."""
        return torch.zeros(len(self.mb_y), dtype=torch.long, device=self.learner.device)

    @property
    def mb_output(self) -> Any:
        """Logits of the learned tokens, as the classifier returns them."""
        labels = self.learner.mbatch["labels"]
        learned = labels[:, 1 - kept_positions(labels) :] != IGNORED
        logits: Any = self.learner.mb_output
        return logits[learned].float()


def inputs_of(batch: Batch) -> Tensor:
    """Convert a batch of the learner to the x of plugins, (batch, 2, length)."""
    ids = batch["input_ids"].masked_fill(batch["attention_mask"] == 0, NOTHING)
    completion = batch.get("completion")
    if completion is None:
        completion = (batch["labels"] != IGNORED).cumsum(dim=1) > 0
    return torch.stack([ids, completion.long()], dim=1)


def _longest(learner: Learner) -> int:
    """Return the length of the stream's longest sentence, in tokens."""
    return max(
        (len(one) for update in learner.stream for one in learner.examples(update.learn)), default=1
    )
