"""Text generation: greedy continuations of prompts, and samples from the model.

Prompts are continued in batches of similar length if the model masks padding exactly, which is
tested, and otherwise in batches of equal length.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from cltool.core.progress import Report, portion, unheard
from cltool.core.team import ALONE, Team
from cltool.lm.batches import by_length
from cltool.lm.language_model import LanguageModel

FIRST = 1 / 3
"""Share of the limit that `Sampler.answers` gives to all texts first."""

PADDING_TOLERANCE = 1e-3
"""Largest change of a logit for which padding counts as masked exactly."""


class Sampler:
    """Generates text with one model.

    Args:
        lm: the model; each call uses its current weights, in evaluation mode.
        batch_size: number of texts generated at once.
        lines: whether a text may have several lines; otherwise it ends at the first line break.
        team: the processes that share the greedy continuations; all must ask for them.

    Attributes:
        tokens: read and written so far: those of the prompts and of the continuations.
    """

    def __init__(
        self,
        lm: LanguageModel,
        batch_size: int = 128,
        *,
        lines: bool = False,
        team: Team = ALONE,
    ) -> None:
        self.lm = lm
        self._team = team
        self.tokens = 0
        self.batch_size = batch_size
        self.stops = sorted(lm.coder.ends) if lines else lm.coder.stops
        self._safe: bool | None = None

    def greedy(
        self, prompts: Sequence[Sequence[int]], limit: int, report: Report = unheard
    ) -> list[list[int]]:
        """Generate a continuation of each prompt, with the most probable token at each position.

        Args:
            prompts: token ids.
            limit: maximum number of new tokens; fewer if the model's context is too short.
            report: is told how many prompts are continued.

        Returns:
            Token ids; the last one is a stop token if the text ended before the limit.
        """
        batches = self._batches(prompts, limit)
        done = 0

        def reported(numbers: Sequence[int]) -> None:
            nonlocal done
            done += len(numbers)
            report(min(done * self._team.size, len(prompts)), len(prompts))

        texts = self._team.spread(
            batches, lambda numbers: self._continue([prompts[n] for n in numbers], limit), reported
        )
        written: dict[int, list[int]] = {}
        for numbers, some in zip(batches, texts, strict=True):
            written |= zip(numbers, some, strict=True)
        return [written[number] for number in range(len(prompts))]

    def answers(
        self, prompts: Sequence[Sequence[int]], limit: int, report: Report = unheard
    ) -> list[list[int]]:
        """Generate what `greedy` does, in less time where most continuations are short.

        A batch is as slow as its longest continuation. So all get a share of the limit first, and
        those that have not ended then go on together. Their texts are read once more for this.
        """
        first, stops = math.ceil(limit * FIRST), frozenset(self.stops)
        written = self.greedy(prompts, first, portion(report, 0.0, 0.5))
        whole = [[*one, *more] for one, more in zip(prompts, written, strict=True)]
        unended = [
            n
            for n, one in enumerate(written)
            if len(one) == first and one[-1] not in stops and len(whole[n]) <= self.lm.context
        ]
        if unended and first < limit:
            rest = [whole[n] for n in unended]
            found = self.greedy(rest, limit - first, portion(report, 0.5, 1.0))
            for n, more in zip(unended, found, strict=True):
                written[n] = [*written[n], *more]
        report(len(prompts), len(prompts))
        return written

    def sample(
        self,
        prompt: Sequence[int],
        count: int,
        limit: int,
        generator: torch.Generator,
        temperature: float = 1.0,
    ) -> list[list[int]]:
        """Sample ``count`` continuations of one prompt from the model's distribution.

        Greedy decoding of logits with Gumbel noise samples from their softmax, so all randomness
        comes from ``generator``, which is on the CPU.

        Returns:
            Token ids; the last one is a stop token if the text ended before the limit.
        """
        return self.sample_each([prompt], count, limit, generator, temperature)[0]

    def sample_each(
        self,
        prompts: Sequence[Sequence[int]],
        count: int,
        limit: int,
        generator: torch.Generator,
        temperature: float = 1.0,
    ) -> list[list[list[int]]]:
        """Sample ``count`` continuations of each prompt, as ``sample`` does."""

        def with_noise(ids: Tensor, logits: Tensor) -> Tensor:
            uniform = torch.rand(logits.shape, generator=generator).clamp_min(1e-30)
            return logits.float() / temperature - (-uniform.log()).log().to(logits.device)

        rows = [prompt for prompt in prompts for _ in range(count)]
        written: dict[int, list[int]] = {}
        for numbers in self._batches(rows, limit):
            chosen = [rows[number] for number in numbers]
            texts = self._continue(chosen, limit, logits_processor=[with_noise])
            written |= zip(numbers, texts, strict=True)
        return [
            [written[number] for number in range(begin, begin + count)]
            for begin in range(0, len(rows), count)
        ]

    def _batches(self, ids: Sequence[Sequence[int]], limit: int) -> list[list[int]]:
        """Group prompts of similar length, or of equal length if padding changes the result.

        Prompts that leave less room in the context than ``limit`` are grouped by equal length, too:
        beside a longer one, a prompt would get less room than alone.
        """
        lengths = [len(row) for row in ids]
        wide = [n for n, length in enumerate(lengths) if self.lm.context - length + 1 >= limit]
        rest = sorted({*range(len(ids))} - {*wide})
        mixed = len({lengths[n] for n in wide}) > 1
        few = [ids[n] for n in wide]
        if mixed and not self._pads_safely(min(few, key=len), max(few, key=len)):
            wide, rest = [], [*range(len(ids))]
        groups = by_length([lengths[n] for n in wide], self.batch_size) if wide else []
        batches = [[wide[place] for place in group] for group in groups]
        for length in sorted({lengths[n] for n in rest}):
            same = [number for number in rest if lengths[number] == length]
            size = self.batch_size
            batches += [same[begin : begin + size] for begin in range(0, len(same), size)]
        return batches

    def _pads_safely(self, short: Sequence[int], long: Sequence[int]) -> bool:
        """Return whether the logits after ``short`` are the same alone and padded beside ``long``.

        Most architectures mask padding exactly; some (such as state-space models) do not. This is
        tested once, on the first prompts of two lengths.
        """
        if self._safe is None:
            alone = self._decode([short], 1, output_logits=True).logits[0][0].float()
            padded = self._decode([short, long], 1, output_logits=True).logits[0][0].float()
            self.tokens += 2 * len(short) + len(long) + 3
            self._safe = bool((alone - padded).abs().max() < PADDING_TOLERANCE)
        return self._safe

    def _continue(
        self, rows: Sequence[Sequence[int]], limit: int, **options: Any
    ) -> list[list[int]]:
        """Return the continuation of each of ``rows``, up to the first stop token."""
        width = max(map(len, rows))
        # The last generated token is not fed back, so it needs no position in the context.
        most = max(1, min(limit, self.lm.context - width + 1))
        stops = set(self.stops)
        written: list[list[int]] = []
        for row in self._decode(rows, most, **options).sequences[:, width:].tolist():
            ended = next((place for place, token in enumerate(row) if token in stops), None)
            written.append(row if ended is None else row[: ended + 1])
        self.tokens += sum(map(len, rows)) + sum(map(len, written))
        return written

    @torch.no_grad()
    def _decode(self, rows: Sequence[Sequence[int]], limit: int, **options: Any) -> Any:
        """Generate after left-padded rows with `transformers`, without sampling."""
        coder = self.lm.coder
        width = max(map(len, rows))
        ids = torch.full((len(rows), width), coder.pad)
        mask = torch.zeros((len(rows), width), dtype=torch.long)
        for place, row in enumerate(rows):
            ids[place, width - len(row) :] = torch.tensor(row)
            mask[place, width - len(row) :] = 1
        model: Any = self.lm.model
        was_training = model.training
        model.eval()
        try:
            with self.lm.precision.autocast():
                return model.generate(
                    input_ids=ids.to(self.lm.device),
                    attention_mask=mask.to(self.lm.device),
                    do_sample=False,
                    num_beams=1,
                    max_new_tokens=limit,
                    eos_token_id=self.stops or None,
                    pad_token_id=coder.pad,
                    return_dict_in_generate=True,
                    **options,
                )
        finally:
            model.train(was_training)
