"""Computes how probable several completions of one prompt are; the prompt is read once.

A model keeps the keys and values of the tokens that it has read, so each completion costs only its
own tokens. Some models cannot do this, or give other numbers this way. So the caller compares some
of the numbers with those of whole sequences.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from cltool.core.team import ALONE, Team
from cltool.lm.language_model import LanguageModel
from cltool.lm.scoring import keeps_logits


@dataclass(frozen=True, slots=True)
class Branches:
    """A prompt and its completions, as token ids.

    Attributes:
        prompt: the tokens of the prompt, at least one.
        completions: the tokens of each completion, at least one each.
    """

    prompt: tuple[int, ...]
    completions: tuple[tuple[int, ...], ...]


def branch_logps(
    lm: LanguageModel, rows: Sequence[Branches], batch_size: int, team: Team = ALONE
) -> list[list[float]] | None:
    """Return the natural-log probability of each completion of each row.

    Args:
        lm: the model, in evaluation mode.
        rows: the prompts and completions.
        batch_size: number of completions in a forward pass.
        team: the processes that share the work; all must ask.

    Returns:
        None if the model cannot continue from the keys and values of a prompt.
    """
    unable = False

    def attempt(numbers: Sequence[int]) -> list[list[float]] | None:
        nonlocal unable
        if unable:
            return None
        try:
            logps = _batch(lm, [rows[number] for number in numbers])
        except torch.cuda.OutOfMemoryError:
            raise
        except (AttributeError, IndexError, KeyError, NotImplementedError, RuntimeError, TypeError,
                ValueError):  # fmt: skip
            logps = None
        unable = logps is None
        return logps

    batches = _batches(rows, batch_size)
    found: dict[int, list[float]] = {}
    for numbers, logps in zip(batches, team.spread(batches, attempt), strict=True):
        if logps is None:
            return None
        found |= zip(numbers, logps, strict=True)
    return [found[number] for number in range(len(rows))]


def _batches(rows: Sequence[Branches], batch_size: int) -> list[list[int]]:
    """Return the numbers of rows whose prompts are equally long, in batches."""
    same: dict[int, list[int]] = {}
    for number, row in enumerate(rows):
        same.setdefault(len(row.prompt), []).append(number)
    batches: list[list[int]] = []
    for numbers in same.values():
        size = 0
        for place, number in enumerate(numbers):
            count = len(rows[number].completions)
            if not place or size + count > batch_size:
                batches.append([])
                size = 0
            batches[-1].append(number)
            size += count
    return batches


@torch.no_grad()
def _batch(lm: LanguageModel, rows: Sequence[Branches]) -> list[list[float]] | None:
    counts = [len(row.completions) for row in rows]
    completions = [one for row in rows for one in row.completions]
    owner = torch.tensor([n for n, count in enumerate(counts) for _ in range(count)])
    owner = owner.to(lm.device)
    prompts = torch.tensor([row.prompt for row in rows], device=lm.device)
    model: Any = lm.model
    only_last = {"logits_to_keep": 1} if keeps_logits(model) else {}
    mask = torch.ones_like(prompts)
    with lm.precision.autocast():
        read = model(input_ids=prompts, attention_mask=mask, use_cache=True, **only_last)
        firsts = read.logits[:, -1].float().log_softmax(-1)[owner]
        ids, counted = _padded(completions, lm.coder.pad, lm.device)
        logps = firsts.gather(-1, ids[:, :1])
        if ids.shape[1] > 1:
            cache = read.past_key_values
            if not hasattr(cache, "batch_select_indices"):
                return None
            cache.batch_select_indices(owner)
            seen = torch.cat([mask[owner], counted[:, :-1].long()], dim=1)
            then = model(
                input_ids=ids[:, :-1], attention_mask=seen, past_key_values=cache, use_cache=True
            ).logits
            rest = then.float().log_softmax(-1).gather(-1, ids[:, 1:, None]).squeeze(-1)
            logps = torch.cat([logps, rest], dim=1)
    sums = (logps * counted).sum(1).tolist()
    return _split(sums, counts)


def _padded(rows: Sequence[Sequence[int]], pad: int, device: torch.device) -> tuple[Tensor, Tensor]:
    """Return token ids padded on the right, and which of them count: (rows, longest) each."""
    width = max(map(len, rows))
    ids = torch.full((len(rows), width), pad, device=device)
    counted = torch.zeros((len(rows), width), dtype=torch.bool, device=device)
    for number, row in enumerate(rows):
        ids[number, : len(row)] = torch.tensor(row, device=device)
        counted[number, : len(row)] = True
    return ids, counted


def _split(values: Sequence[float], counts: Sequence[int]) -> list[list[float]]:
    found, place = [], 0
    for count in counts:
        found.append(list(values[place : place + count]))
        place += count
    return found
