"""The prober: asks the model by greedy decoding, and scores the current and outdated objects.

An answer is what greedy decoding produces until the model stops by itself. If every token of the
current (or the outdated) object and the end token are already the most probable ones by a margin,
greedy decoding can only produce that object, so it is not run. All other answers are generated.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import torch

from cltool.core.settings import ProbeSettings
from cltool.evaluation.ledger import TAGS
from cltool.evaluation.matching import first_line, said
from cltool.facts.stream import Probe
from cltool.lm.batches import by_length, collate
from cltool.lm.coder import Encoded
from cltool.lm.language_model import LanguageModel
from cltool.lm.sampling import Sampler
from cltool.lm.scoring import score

MARGIN = 1e-2
"""Nats by which each token must lead for decoding to be skipped."""

ROUGH_MARGIN = 0.5
"""The same with autocast, which rounds logits to about a tenth of a nat."""

SPARE_TOKENS = 4
"""Tokens that an answer may have beyond the longest known object before it is cut off."""


@dataclass(frozen=True, slots=True)
class Completion:
    """The scores of one completion of a prompt.

    Attributes:
        logp: its natural-log probability after the prompt, without the end token.
        forced: whether each of its tokens was the most probable one.
        shown: whether greedy decoding would produce it and stop.
        tokens: number of tokens that greedy decoding would produce, with the end token.
    """

    logp: float
    forced: bool
    shown: bool
    tokens: int

    def shown_within(self, limit: int) -> bool:
        """Return whether greedy decoding of at most ``limit`` tokens would produce it and stop."""
        return self.shown and self.tokens <= limit


@dataclass(frozen=True, slots=True)
class Said:
    """An answer of the model, and whether the model ended it by itself."""

    text: str
    stopped: bool


class Prober:
    """Asks one model for facts.

    Args:
        lm: the model, in its state at the time of each call.
        settings: batch size and longest answer.
    """

    def __init__(self, lm: LanguageModel, settings: ProbeSettings) -> None:
        self.lm = lm
        self.settings = settings
        self._sampler = Sampler(lm, settings.batch_size)

    def ask(
        self, step: int, probes: Sequence[Probe], frame: Callable[[str], str] = str
    ) -> list[dict[str, Any]]:
        """Ask ``probes`` after ``step`` and return the rows of the ledger, in the same order.

        Args:
            step: number of the last update.
            probes: the probes to ask.
            frame: the text that the strategy puts around a prompt.
        """
        was_training = self.lm.model.training
        self.lm.model.eval()
        prompts = [frame(probe.prompt) for probe in probes]
        current = self.score(
            [(prompt, _target(probe)) for prompt, probe in zip(prompts, probes, strict=True)]
        )
        superseded = [number for number, probe in enumerate(probes) if probe.outdated]
        outdated = dict(
            zip(
                superseded,
                self.score(
                    [
                        (prompts[n], probes[n].gap + probes[n].outdated[-1] + probes[n].closing)
                        for n in superseded
                    ]
                ),
                strict=True,
            )
        )
        limit = self._limit(probes)
        shown = {
            n: probes[n].outdated[-1] for n, one in outdated.items() if one.shown_within(limit)
        }
        shown |= {
            n: probes[n].accepted[0] for n, one in enumerate(current) if one.shown_within(limit)
        }
        open_ones = [number for number in range(len(probes)) if number not in shown]
        spoken = {n: Said(text + probes[n].closing, True) for n, text in shown.items()}
        spoken |= zip(open_ones, self.generate([prompts[n] for n in open_ones], limit), strict=True)
        self.lm.model.train(was_training)
        return [
            _row(step, probe, spoken[n], current[n], outdated.get(n))
            for n, probe in enumerate(probes)
        ]

    def score(self, pairs: Sequence[tuple[str, str]]) -> list[Completion]:
        """Score each (prompt, completion) with one forward pass."""
        encoded = self.lm.coder.pairs(pairs)
        found: dict[int, Completion] = {}
        lengths = [len(example) for example in encoded]
        for indices in by_length(lengths, self.settings.batch_size):
            chosen = [encoded[index] for index in indices]
            found |= zip(indices, self._score_batch(chosen), strict=True)
        return [found[number] for number in range(len(encoded))]

    @torch.no_grad()
    def _score_batch(self, examples: Sequence[Encoded]) -> list[Completion]:
        batch = {
            name: tensor.to(self.lm.device)
            for name, tensor in collate(examples, self.lm.coder.pad).items()
        }
        with self.lm.precision.autocast():
            scored = score(self.lm.model, batch)
        logits = scored.logits.float()
        counted = scored.labels != -100
        labels = scored.labels.masked_fill(~counted, 0).unsqueeze(-1)
        logps = logits.log_softmax(-1).gather(-1, labels).squeeze(-1)
        # The best rival: a label leads when its logit beats every other one.
        rivals = logits.scatter(-1, labels, float("-inf")).max(-1).values
        lead = logits.gather(-1, labels).squeeze(-1) - rivals
        last = counted & (counted.long().flip(1).cumsum(1).flip(1) == 1)
        ends = torch.tensor([example.end for example in examples], device=last.device)
        is_end = last & ends.unsqueeze(1)
        inner = counted & ~is_end
        logp = (logps * inner).sum(1).tolist()
        forced = ((lead >= 0) | ~inner).all(1).tolist()
        margin = MARGIN if self.lm.precision.dtype == torch.float32 else ROUGH_MARGIN
        sure = (((lead > margin) | ~counted).all(1) & ends).tolist()
        sizes = counted.sum(1).tolist()
        return [Completion(*one) for one in zip(logp, forced, sure, sizes, strict=True)]

    def generate(self, prompts: Sequence[str], limit: int) -> list[Said]:
        """Generate the greedy answer to each prompt, within ``limit`` tokens and the context."""
        coder = self.lm.coder
        written = self._sampler.greedy(coder.prompts(prompts), limit)
        return [Said(coder.decode(ids), ids[-1] in coder.stops) for ids in written]

    def _limit(self, probes: Sequence[Probe]) -> int:
        texts = {
            probe.gap + text + probe.closing
            for probe in probes
            for text in (*probe.accepted, *probe.outdated)
        }
        longest = max((len(row) for row in self.lm.coder.prompts(sorted(texts))), default=1)
        return min(self.settings.max_tokens, longest + SPARE_TOKENS)


def _target(probe: Probe) -> str:
    return probe.gap + probe.accepted[0] + probe.closing


def _row(
    step: int, probe: Probe, answer: Said, current: Completion, outdated: Completion | None
) -> dict[str, Any]:
    right = said(answer.text, answer.stopped, probe.accepted, probe.closing)
    stale = None
    if right is None:
        stale = said(answer.text, answer.stopped, probe.outdated, probe.closing)
    return {
        "step": step,
        "subject": probe.key[0],
        "relation": probe.key[1],
        "form": probe.form,
        "number": probe.number,
        "prompt": probe.prompt,
        "closing": probe.closing,
        "group": probe.group,
        "learned": probe.learned,
        "accepted": list(probe.accepted),
        "outdated": list(probe.outdated),
        "answer": right or stale or first_line(answer.text),
        "stopped": answer.stopped or right is not None or stale is not None,
        "right": right is not None,
        "stale": stale is not None,
        "forced": current.forced,
        "logp": current.logp,
        "logp_outdated": None if outdated is None else outdated.logp,
        **({TAGS: json.dumps(dict(probe.tags), ensure_ascii=False)} if probe.tags else {}),
    }
