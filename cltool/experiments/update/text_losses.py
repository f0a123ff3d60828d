"""The losses of a general text, paragraph by paragraph, before and after an update."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cltool.lm.language_model import LanguageModel


@dataclass(frozen=True)
class TextLosses:
    """Mean losses of texts.

    Attributes:
        tokens: number of the predicted tokens of each text.
        after: mean loss of each text's tokens, in nats.
        before: the same of the model that it is compared with; empty without one.
    """

    tokens: tuple[int, ...]
    after: tuple[float, ...]
    before: tuple[float, ...] = ()

    def paired(self, after: TextLosses) -> TextLosses:
        """Return the losses ``after``, with these as those before."""
        return replace(after, before=self.after)

    def as_json(self) -> dict[str, Any]:
        """Return plain JSON values."""
        return {"tokens": [*self.tokens], "after": [*self.after], "before": [*self.before]}

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> TextLosses:
        """Return what `as_json` returned."""
        return cls(tuple(value["tokens"]), tuple(value["after"]), tuple(value["before"]))


def text_losses(lm: LanguageModel, texts: Sequence[str]) -> TextLosses:
    """Return the losses of texts; a long text is divided into several."""
    import torch

    from cltool.evaluation.general.distributions import text_examples
    from cltool.lm.batches import collate
    from cltool.lm.scoring import score

    tokens, losses = [], []
    was_training = lm.model.training
    lm.model.eval()
    with torch.no_grad(), lm.precision.autocast():
        for one in text_examples(lm.coder, texts, lm.context):
            batch = {
                name: part.to(lm.device) for name, part in collate([one], lm.coder.pad).items()
            }
            scored = score(lm.model, batch)
            tokens.append(int(scored.tokens()))
            losses.append(float(scored.loss_sum()) / max(tokens[-1], 1))
    lm.model.train(was_training)
    return TextLosses(tuple(tokens), tuple(losses))
