"""Choosing representative facts: herding and k-centres on the model's representations.

Welling (2009), "Herding dynamical weights to learn"; Rebuffi et al. (2017), "iCaRL:
Incremental Classifier and Representation Learning", algorithm 4; Sener & Savarese (2018),
"Active Learning for Convolutional Neural Networks: A Core-Set Approach", algorithm 1.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from cltool.lm.batches import by_length
from cltool.lm.scoring import keeps_logits

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cltool.facts.facts import Fact
    from cltool.training.learner import Learner

    Features = NDArray[np.float64]

PROMPTS_PER_PASS = 64


@torch.no_grad()
def representations(learner: Learner, facts: Sequence[Fact]) -> Features:
    """Return (facts, width): the mean last hidden state of each fact's trained prompts.

    The mean is over the tokens of a prompt, which contain the question but not the answer, and
    then over the prompts. Each token counts as one training token, like generated text.
    """
    owners = [n for n, fact in enumerate(facts) for _ in learner.stream.wordings.examples(fact)]
    prompts = [e.ids[: max(e.start, 1)] for e in learner.examples(facts)]
    model: Any = learner.model
    lean = {"logits_to_keep": 1} if keeps_logits(model) else {}
    mode = model.training
    model.eval()
    sums: Features | None = None
    for indices in by_length([len(prompt) for prompt in prompts], PROMPTS_PER_PASS):
        width = max(len(prompts[index]) for index in indices)
        ids = torch.full((len(indices), width), learner.lm.coder.pad)
        mask = torch.zeros((len(indices), width), dtype=torch.long)
        for row, index in enumerate(indices):
            ids[row, : len(prompts[index])] = torch.tensor(prompts[index])
            mask[row, : len(prompts[index])] = 1
        mask = mask.to(learner.device)
        with learner.lm.precision.autocast():
            out = model(
                input_ids=ids.to(learner.device),
                attention_mask=mask,
                output_hidden_states=True,
                use_cache=False,
                **lean,
            )
        learner.spend(int(mask.sum()))
        weights = mask.unsqueeze(-1).float()
        # Adapters may put virtual tokens before the prompt.
        states = out.hidden_states[-1][:, -width:].float()
        means = (states * weights).sum(dim=1) / weights.sum(dim=1)
        if sums is None:
            sums = np.zeros((len(facts), means.shape[-1]))
        np.add.at(sums, [owners[index] for index in indices], means.cpu().double().numpy())
    model.train(mode)
    if sums is None:
        return np.zeros((len(facts), 1))
    counts = np.bincount(owners, minlength=len(facts))
    return sums / np.maximum(counts, 1)[:, None]


def herding(features: Features, weights: Sequence[float], count: int) -> list[int]:
    """Return ``count`` rows whose running mean is nearest to the weighted mean of all.

    p_k = argmin_x ‖μ − (φ(x) + Σ_{j<k} φ(p_j)) / k‖, over rows of length one.
    """
    norms = np.linalg.norm(features, axis=1, keepdims=True)
    rows = features / np.where(norms > 0, norms, 1.0)
    mean = np.average(rows, axis=0, weights=np.asarray(weights))
    total = np.zeros_like(mean)
    left = np.ones(len(rows), dtype=bool)
    chosen: list[int] = []
    for number in range(1, min(count, len(rows)) + 1):
        distances = np.linalg.norm(mean - (rows + total) / number, axis=1)
        index = int(np.argmin(np.where(left, distances, np.inf)))
        left[index] = False
        total += rows[index]
        chosen.append(index)
    return chosen


def k_center(features: Features, count: int) -> list[int]:
    """Return ``count`` rows, chosen greedily so that every row is near one of them.

    The first is the row nearest to the mean; each next one is the row farthest from those
    chosen. max_i min_j ‖φ_i − φ_j‖ is at most twice the minimum.
    """
    from sklearn.metrics import pairwise_distances

    if not len(features) or count < 1:
        return []
    mean = features.mean(axis=0, keepdims=True)
    index = int(np.argmin(pairwise_distances(features, mean)[:, 0]))
    chosen = [index]
    nearest = pairwise_distances(features, features[[index]])[:, 0]
    # Excludes the chosen row, but not another row that equals it.
    nearest[index] = -1.0
    while len(chosen) < min(count, len(features)):
        index = int(np.argmax(nearest))
        chosen.append(index)
        nearest = np.minimum(nearest, pairwise_distances(features, features[[index]])[:, 0])
        nearest[chosen] = -1.0
    return chosen
