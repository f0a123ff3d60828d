"""Enumerates all probable continuations of a prompt, instead of sampling them.

Sampling finds the same texts repeatedly and misses others. Here the tree of continuations is
searched, and a branch is abandoned when its probability falls below a bound. Every text above the
bound is found exactly once.
"""

from __future__ import annotations

import copy
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from cltool.lm.language_model import LanguageModel
from cltool.lm.scoring import keeps_logits


@dataclass(frozen=True, slots=True)
class Enumerated:
    """The result of `probable`.

    Attributes:
        texts: (token ids including the stop token, log-probability), the most probable first.
        read: number of tokens that went through the model.
        cut: number of branches that were abandoned because there were too many texts.
    """

    texts: list[tuple[tuple[int, ...], float]]
    read: int
    cut: int


@dataclass(frozen=True, slots=True)
class _Branches:
    """Unfinished texts of one length.

    Attributes:
        prefixes: (count, length): the tokens so far.
        scores: (count,): their log-probabilities.
        feed: (count, tokens): the tokens that the model has not read yet.
        cache: the model's cache of the tokens that it has read.
    """

    prefixes: Tensor
    scores: Tensor
    feed: Tensor
    cache: Any


def probable(
    lm: LanguageModel,
    prompt: Sequence[int],
    *,
    least: float,
    most: int,
    limit: int,
    batch_size: int = 256,
) -> Enumerated:
    """Return every continuation of ``prompt``, up to a stop token, with probability ≥ ``least``.

    Args:
        lm: the model; it is used in evaluation mode.
        prompt: token ids, at least one.
        least: smallest probability of a whole continuation, in (0, 1].
        most: number of texts after which the search stops.
        limit: most tokens of a continuation; the model's context may allow fewer.
        batch_size: number of texts read at once; the most probable ones are read first.
    """
    model: Any = lm.model
    mode = model.training
    model.eval()
    try:
        return _search(lm, prompt, math.log(least), most, limit, batch_size)
    finally:
        model.train(mode)


def _search(
    lm: LanguageModel, prompt: Sequence[int], floor: float, most: int, limit: int, size: int
) -> Enumerated:
    stops = torch.tensor(lm.coder.stops, dtype=torch.long)
    longest = min(limit, lm.context - len(prompt))
    start = torch.tensor([list(prompt)])
    # The last part is read first. Depth-first search stores few states at a time, and finds the
    # probable texts before it stops.
    waiting = [_Branches(start[:, :0], torch.zeros(1), start, None)]
    found: list[tuple[tuple[int, ...], float]] = []
    read = 0
    while waiting and len(found) < most:
        branches = waiting.pop()
        if branches.prefixes.shape[1] == longest:
            continue
        logps, cache = _read(lm, branches)
        read += branches.feed.numel()
        total = branches.scores.unsqueeze(1) + logps
        parents, tokens = (total >= floor).nonzero(as_tuple=True)
        ended = torch.isin(tokens, stops)
        for parent, token in zip(parents[ended].tolist(), tokens[ended].tolist(), strict=True):
            text = (*branches.prefixes[parent].tolist(), token)
            found.append((text, float(total[parent, token])))
        if not ended.all():
            waiting += _split(branches, cache, total, parents[~ended], tokens[~ended], size)
    found.sort(key=lambda one: -one[1])
    return Enumerated(found[:most], read, sum(len(branches.scores) for branches in waiting))


@torch.no_grad()
def _read(lm: LanguageModel, branches: _Branches) -> tuple[Tensor, Any]:
    """Return (count, vocabulary): log-probabilities of the next token; and the cache after it."""
    model: Any = lm.model
    held = {} if branches.cache is None else {"past_key_values": branches.cache}
    if keeps_logits(model):
        held["logits_to_keep"] = 1
    with lm.precision.autocast():
        out = model(input_ids=branches.feed.to(lm.device), use_cache=True, **held)
    cache = getattr(out, "past_key_values", None)
    return out.logits[:, -1].float().log_softmax(-1).cpu(), cache


def _split(
    branches: _Branches, cache: Any, total: Tensor, parents: Tensor, tokens: Tensor, size: int
) -> list[_Branches]:
    """Return the continued ``branches``, in parts of at most ``size``, the most probable last."""
    order = total[parents, tokens].argsort(stable=True)
    parts = [*reversed(torch.split(order.flip(0), size))]
    following = []
    for number, part in enumerate(parts):
        rows, ids = parents[part], tokens[part].unsqueeze(1)
        prefixes = torch.cat([branches.prefixes[rows], ids], dim=1)
        feed, own = ids, None
        if hasattr(cache, "reorder_cache"):
            own = cache if number == len(parts) - 1 else copy.deepcopy(cache)
            own.reorder_cache(rows)
        else:
            # Models with another kind of state read the texts from the start.
            prompt = branches.feed[:1, : branches.feed.shape[1] - branches.prefixes.shape[1]]
            feed = torch.cat([prompt.expand(len(rows), -1), prefixes], dim=1)
        following.append(_Branches(prefixes, total[rows, tokens[part]], feed, own))
    return following
