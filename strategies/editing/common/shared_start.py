"""Reads the beginning that all sentences of a training share once, and not in every pass.

In a chat each sentence begins with the same turn of the system. Where no new neuron fires in it,
its keys and values stay the same while the values of the neurons are trained.
"""

from __future__ import annotations

import copy
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import torch

from cltool.lm.batches import Batch
from cltool.lm.coder import Encoded
from cltool.lm.scoring import Scored, keeps_logits, kept_positions

if TYPE_CHECKING:
    from cltool.training.learner import Learner

FEWEST = 8
"""With fewer shared tokens, whole sentences are read."""

TOLERANCE = 0.1
"""Largest mean difference of the log-probability of a token, in nats, for which reading the rest of
a sentence after its beginning counts as reading it whole. Arithmetic in bfloat16 makes a quarter of
it; a model that reads otherwise makes much larger ones."""


class SharedStart:
    """The keys and values of the tokens with which all sentences begin.

    Args:
        learner: its model reads.
        sentences: the sentences.
        most: most tokens that may be shared.
    """

    def __init__(self, learner: Learner, sentences: Sequence[Encoded], most: int) -> None:
        self._learner = learner
        self._cache: Any = None
        self._compared = False
        first = sentences[0].ids if sentences else ()
        size = min([most, len(first), *(one.start - 1 for one in sentences)])
        for one in sentences:
            while size > 0 and one.ids[:size] != first[:size]:
                size -= 1
        self._size = size
        if size >= FEWEST:
            self._read(torch.tensor([first[:size]], device=learner.device))

    @torch.no_grad()
    def _read(self, ids: torch.Tensor) -> None:
        learner, model = self._learner, self._model
        only_last = {"logits_to_keep": 1} if keeps_logits(model) else {}
        try:
            with learner.lm.precision.autocast():
                read = model(
                    input_ids=ids, attention_mask=torch.ones_like(ids), use_cache=True, **only_last
                )
        except (AttributeError, KeyError, NotImplementedError, TypeError, ValueError):
            return
        learner.spend(ids.numel())
        found = getattr(read, "past_key_values", None)
        if hasattr(found, "batch_repeat_interleave"):
            self._cache = found

    @property
    def _model(self) -> Any:
        return self._learner.model

    def score(self, batch: Batch) -> Scored:
        """Run a forward pass, as `Learner.score`; tokens of the beginning are not read again."""
        if self._cache is None:
            return self._learner.score(batch)
        if self._compared:
            return self._after(batch)
        self._compared = True
        whole = self._learner.score(batch)
        try:
            with torch.no_grad():
                rest = self._after(batch)
        except (AttributeError, IndexError, KeyError, NotImplementedError, TypeError, ValueError):
            self._cache = None
            return whole
        if not _alike(whole, rest):
            self._cache = None
        return whole

    def _after(self, batch: Batch) -> Scored:
        learner, size = self._learner, self._size
        learner.spend(int(batch["attention_mask"][:, size:].sum()))
        moved = {name: one.to(learner.device) for name, one in batch.items()}
        labels = moved["labels"][:, size:]
        cache = copy.deepcopy(self._cache)
        cache.batch_repeat_interleave(len(labels))
        keep = kept_positions(labels)
        options = {"logits_to_keep": keep} if keeps_logits(self._model) else {}
        with learner.lm.precision.autocast():
            logits = self._model(
                input_ids=moved["input_ids"][:, size:],
                attention_mask=moved["attention_mask"],
                past_key_values=cache,
                use_cache=False,
                **options,
            ).logits[:, -keep:]
        return Scored(logits[:, :-1], labels[:, 1 - keep :])


def _alike(one: Scored, two: Scored) -> bool:
    """Return whether two passes give the labelled tokens the same probabilities."""
    width = min(one.labels.shape[1], two.labels.shape[1])
    found = [
        each.logits[:, -width:].detach().float().log_softmax(-1).gather(-1, labels).squeeze(-1)
        for each in (one, two)
        for labels in [each.labels[:, -width:].clamp_min(0).unsqueeze(-1)]
    ]
    counted = two.labels[:, -width:] >= 0
    return bool((found[0] - found[1]).abs()[counted].mean() < TOLERANCE)
