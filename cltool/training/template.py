"""Avalanche's training template for micro-batches of a causal language model."""

from __future__ import annotations

from typing import Any

import torch
from avalanche.training.templates import SupervisedTemplate
from torch import Tensor, nn

from cltool.lm.batches import Batch
from cltool.lm.chunked_loss import score_in_chunks
from cltool.lm.language_model import LanguageModel
from cltool.lm.scoring import Scored, score


class LanguageTemplate(SupervisedTemplate[Any, Any, Any]):  # type: ignore[misc]
    """Forward pass and losses of a micro-batch, with the names that Avalanche gives them.

    Attributes:
        lm: the model and its tokenizer.
        mbatch: the current micro-batch.
    """

    lm: LanguageModel
    mbatch: Any
    _scored: Scored
    _output: Any = None

    @property
    def mb_x(self) -> Batch:
        """Inputs of the current micro-batch, as keyword arguments of the model."""
        return {name: self.mbatch[name] for name in ("input_ids", "attention_mask")}

    @property
    def mb_y(self) -> Tensor:
        """Labels of the current micro-batch, (batch, length)."""
        labels: Tensor = self.mbatch["labels"]
        return labels

    @property
    def mb_output(self) -> Any:
        """Logits at the labelled positions, (batch, kept, vocabulary).

        With a large vocabulary they are computed when they are read for the first time.
        """
        return self._scored.logits if self._output is None else self._output

    @mb_output.setter
    def mb_output(self, output: Any) -> None:
        self._output = output

    def model_adaptation(self, model: nn.Module | None = None) -> nn.Module:
        """Return the model: language models have no heads to add."""
        return self.model if model is None else model

    def forward(self) -> Tensor:
        """Run the model on the micro-batch; return the logits, as ``mb_output``."""
        self.run_forward()
        return self._scored.logits

    def run_forward(self) -> None:
        """Run the model on the micro-batch."""
        with self.lm.precision.autocast():
            self._scored = score_in_chunks(self.model, self._moved(self.mbatch))
        self._output = None

    def criterion(self) -> Tensor:
        """Return the mean cross-entropy over the learned tokens, in nats."""
        return self._scored.loss_sum() / self._scored.tokens().clamp(min=1)

    def losses(self) -> Tensor:
        """Return the summed loss of each completion, (batch,), without gradient."""
        return self._scored.answer_losses()

    def _score(self, batch: Batch) -> Scored:
        with self.lm.precision.autocast():
            return score(self.model, self._moved(batch))

    def _moved(self, batch: Batch) -> Batch:
        return {name: tensor.to(self.device) for name, tensor in batch.items()}

    def _unpack_minibatch(self) -> None:
        here = self.device
        self.mbatch = {name: it.to(here, non_blocking=True) for name, it in self.mbatch.items()}
        rows = len(self.mbatch["labels"])
        self.mbatch.setdefault("own", torch.ones(rows, dtype=torch.bool, device=here))
