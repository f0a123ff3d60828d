"""Reads the beginning that all sentences of a training share once, and not in every pass.

In a chat each sentence begins with the same turn of the system. Where no new neuron fires in it,
its keys and values stay the same while the values of the neurons are trained.
"""

from __future__ import annotations

import copy
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import torch
from accelerate.utils.memory import should_reduce_batch_size

from cltool.lm.batches import Batch, collate, split
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

    The shortest and the longest sentence are read in both ways first. If the two differ, whole
    sentences are read from then on.

    Args:
        learner: its model reads.
        sentences: the sentences.
        most: most tokens that may be shared.

    Attributes:
        size: how many tokens of each sentence are not read again.
    """

    def __init__(self, learner: Learner, sentences: Sequence[Encoded], most: int) -> None:
        self._learner = learner
        self._cache: Any = None
        self.size = 0
        first = sentences[0].ids if sentences else ()
        size = min([most, len(first), *(one.start - 1 for one in sentences)])
        for one in sentences:
            while size > 0 and one.ids[:size] != first[:size]:
                size -= 1
        if size < FEWEST:
            return
        self._read(torch.tensor([first[:size]], device=learner.device))
        if self._cache is None:
            return
        self.size = size
        by_length = sorted(sentences, key=len)
        if not self._right([*dict.fromkeys((by_length[0], by_length[-1]))]):
            self._cache, self.size = None, 0

    @torch.no_grad()
    def _read(self, ids: torch.Tensor) -> None:
        learner, model = self._learner, self._model
        only_last = {"logits_to_keep": 1} if keeps_logits(model) else {}
        try:
            with learner.lm.precision.autocast():
                read = model(
                    input_ids=ids, attention_mask=torch.ones_like(ids), use_cache=True, **only_last
                )
        except (AttributeError, KeyError, RuntimeError, TypeError, ValueError):
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
        return self._after(batch)

    @torch.no_grad()
    def _right(self, sentences: Sequence[Encoded]) -> bool:
        """Return whether ``sentences`` score as if they were read whole."""
        learner = self._learner
        batch, spent = collate(sentences, learner.lm.coder.pad), learner.tokens

        def attempt(rows: int) -> bool:
            # What an attempt that ran out of memory left behind does not count.
            learner.tokens = spent
            found = [self._reads_alike(part) for part in split(batch, rows)]
            return all(found)

        return learner.forward_size.run(attempt)

    def _reads_alike(self, batch: Batch) -> bool:
        whole = self._learner.score(batch)
        try:
            return _alike(whole, self._after(batch))
        except RuntimeError as error:
            if should_reduce_batch_size(error):
                raise
            return False
        except (AttributeError, IndexError, KeyError, TypeError, ValueError):
            return False

    def _after(self, batch: Batch) -> Scored:
        learner, size = self._learner, self.size
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
