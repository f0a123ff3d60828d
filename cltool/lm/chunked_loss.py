"""Losses over a large vocabulary, without the logits of all positions at once.

With a vocabulary of 150,000, the logits of a batch, their softmax and their gradients take more
memory than the model's activations. Here the output layer is applied to the learned tokens only,
some at a time, and again in the backward pass (gradient checkpointing, Chen et al. 2016). The
losses are those of the whole logits, up to rounding.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, cast

import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.utils.checkpoint import checkpoint

from cltool.lm.batches import IGNORED, Batch
from cltool.lm.scoring import Scored, keeps_logits, kept_positions, score, unwrapped

LARGE = 16_384
"""Vocabulary from which the losses are computed in chunks; smaller logits take little memory."""

LOGITS = 1 << 24
"""Number of logits in a chunk: 64 MiB in float32."""


@dataclass(frozen=True)
class Head:
    """The output layer, applied in the arithmetic of the forward pass that it belongs to.

    Attributes:
        module: the layer, (…, width) → (…, vocabulary).
        kind: type of the device.
        dtype: of autocast; None without it.
        gradients: whether the forward pass had gradients.
    """

    module: nn.Module
    kind: str
    dtype: torch.dtype | None
    gradients: bool

    @classmethod
    def now(cls, module: nn.Module, kind: str) -> Head:
        """Return ``module`` as a head in the present arithmetic."""
        on = torch.is_autocast_enabled(kind)
        dtype = torch.get_autocast_dtype(kind) if on else None
        return cls(module, kind, dtype, torch.is_grad_enabled())

    def __call__(self, hidden: Tensor) -> Tensor:
        """Return the logits of ``hidden``."""
        autocast = torch.autocast(self.kind, dtype=self.dtype, enabled=self.dtype is not None)
        with autocast, torch.set_grad_enabled(self.gradients):
            return cast(Tensor, self.module(hidden))


class ChunkedScored(Scored):
    """A scored batch whose logits are computed only where they are needed.

    Args:
        head: the output layer.
        hidden: (batch, kept, width): its inputs that predict ``labels``.
        labels: (batch, kept), ``IGNORED`` where nothing is trained.
        completion: (batch, kept), bool: tokens after the prompt; None: all trained tokens.
        chunk: number of tokens whose logits are in memory at once.
    """

    def __init__(
        self, head: Head, hidden: Tensor, labels: Tensor, completion: Tensor | None, chunk: int
    ) -> None:
        self.labels, self.completion = labels, completion
        self._head, self._hidden, self._chunk = head, hidden, chunk

    @cached_property
    def logits(self) -> Tensor:  # type: ignore[override]
        """The whole logits, (batch, kept, vocabulary)."""
        return self._head(self._hidden)

    @cached_property
    def _places(self) -> tuple[Tensor, Tensor]:
        """Row and column of each trained token."""
        rows, columns = (self.labels != IGNORED).nonzero(as_tuple=True)
        return rows, columns

    @cached_property
    def _tokens(self) -> tuple[Tensor, Tensor]:
        """Loss of each trained token, and whether it was the most probable one."""
        hidden, labels = self._hidden[self._places], self.labels[self._places]
        parts = torch.split(hidden, self._chunk), torch.split(labels, self._chunk)
        chunks = list(zip(*parts, strict=True))
        again = len(chunks) > 1 and self._head.gradients
        found = [
            checkpoint(self._one_chunk, *chunk, use_reentrant=False)
            if again
            else self._one_chunk(*chunk)
            for chunk in chunks
        ]
        losses, right = zip(*found, strict=True)
        return torch.cat(losses), torch.cat(right)

    def _one_chunk(self, hidden: Tensor, labels: Tensor) -> tuple[Tensor, Tensor]:
        logits = self._head(hidden)
        losses = functional.cross_entropy(logits.float(), labels, reduction="none")
        return losses, logits.detach().max(dim=-1).indices == labels

    def _by_row(self, losses: Tensor) -> Tensor:
        sums = losses.new_zeros(len(self.labels))
        return sums.index_add(0, self._places[0], losses)

    def loss_sum(self) -> Tensor:
        """Return the cross entropy summed over the trained tokens, in nats."""
        return self._tokens[0].sum()

    def loss_per_sample(self) -> Tensor:
        """Return the cross entropy of each sample, (batch,), summed over its trained tokens."""
        return self._by_row(self._tokens[0])

    def answer_losses(self) -> Tensor:
        """Return the summed cross entropy of each completion, (batch,), without gradient."""
        losses = self._tokens[0].detach()
        if self.completion is not None:
            losses = losses * self.completion[self._places]
        return self._by_row(losses)

    def hits(self) -> Tensor:
        """Return (batch,), bool: whether every token of the completion was most probable."""
        wrong = ~self._tokens[1]
        if self.completion is not None:
            wrong = wrong & self.completion[self._places]
        return self._by_row(wrong.float()) == 0


def score_in_chunks(model: nn.Module, batch: Batch) -> Scored:
    """Run a forward pass as `score` does; of a large vocabulary, compute no logits yet.

    The logits of a model that changes the outputs of its last layer, such as by soft-capping
    (Gemma 2), are computed whole.
    """
    inner = unwrapped(model)
    layer = _output_layer(inner)
    if layer is None:
        return score(model, batch)
    labels = batch["labels"]
    keep = kept_positions(labels)
    inputs: dict[str, Any] = {name: batch[name] for name in ("input_ids", "attention_mask")}
    if keeps_logits(model):
        inputs["logits_to_keep"] = keep
    hidden = _hidden(model, layer, inputs)
    if hidden is None:
        inner.__dict__["_cltool_output_layer"] = None
        return score(model, batch)
    completion = batch.get("completion")
    if completion is not None:
        completion = completion[:, 1 - keep :]
    size: int = cast(Any, layer).weight.shape[0]
    head = Head.now(layer, hidden.device.type)
    chunk = max(1, LOGITS // size)
    return ChunkedScored(head, hidden[:, -keep:-1], labels[:, 1 - keep :], completion, chunk)


def _output_layer(inner: Any) -> nn.Module | None:
    """Return the output layer if the vocabulary is large and its outputs are the logits."""
    if "_cltool_output_layer" in inner.__dict__:
        return None
    layer = inner.get_output_embeddings() if hasattr(inner, "get_output_embeddings") else None
    weight = getattr(layer, "weight", None)
    return layer if weight is not None and weight.shape[0] >= LARGE else None


def _hidden(model: nn.Module, layer: nn.Module, inputs: Mapping[str, Any]) -> Tensor | None:
    """Return the inputs of the output layer in a forward pass, which computes only one position.

    None if the logits of the model are not the outputs of the layer.
    """
    read: list[Tensor] = []
    written: list[Tensor] = []

    def narrow(module: nn.Module, arguments: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
        read.append(arguments[0])
        return (arguments[0][:1, -1:].detach(), *arguments[1:])

    def keep(module: nn.Module, arguments: tuple[Tensor, ...], output: Tensor) -> None:
        written.append(output)

    handles = [layer.register_forward_pre_hook(narrow), layer.register_forward_hook(keep)]
    try:
        logits = model(**inputs, use_cache=False).logits
    finally:
        for handle in handles:
            handle.remove()
    same = len(read) == len(written) == 1 and torch.equal(logits.float(), written[0].float())
    return read[0] if same else None
