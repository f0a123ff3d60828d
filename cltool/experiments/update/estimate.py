"""Estimates what an update will cost, from short measurements on this machine."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cltool.core.samples import fixed_sample

if TYPE_CHECKING:
    from cltool.facts.stream import Stream
    from cltool.lm.coder import Encoded
    from cltool.lm.language_model import LanguageModel

PROBED = 8
"""Sentences that are read and trained to measure the speed."""

PASSES = {"patcher": 20}
"""Strategy -> usual number of passes over an update; `USUAL` for others."""

USUAL = 12

BEFORE = {"patcher": 28_000}
"""Strategy -> tokens that the model reads or writes before the first update."""

REHEARSES = ("replay", "joint", "cumulative", "lwf", "self_distill")
"""Strategies that train about as many tokens again."""

FULL, SMALL = 16, 4
"""Bytes a parameter while all weights are trained (weights, gradients, two moments of AdamW), and
while they are not."""

LIGHT = ("patcher", "lora", "o_lora", "grace", "memit", "alphaedit", "frozen")
"""Strategies that keep no gradients of the model's own weights."""

GENERAL_PROMPTS = 260
"""General questions, instructions and requests that are asked after an update."""


@dataclass(frozen=True, slots=True)
class Speed:
    """What was measured of the model on this machine.

    Attributes:
        parameters: number of the model's parameters.
        read: tokens that it reads in a second.
        train: tokens that it trains in a second.
        asked: wordings that were asked.
        seconds: the time that asking them took.
        tokens: tokens of each fact's trained wordings, by place in the update.
        activations: bytes that training a batch of `PROBED` sentences took beside the weights.
        room: bytes of memory that are free; None if that is not known.
    """

    parameters: int
    read: float
    train: float
    asked: int
    seconds: float
    tokens: tuple[int, ...]
    activations: int
    room: int | None

    @property
    def sentence_tokens(self) -> float:
        """Mean number of tokens of a fact's trained wordings."""
        return sum(self.tokens) / max(len(self.tokens), 1)


@dataclass(frozen=True, slots=True)
class Estimate:
    """What an update will cost, roughly.

    Attributes:
        tokens: training tokens.
        seconds: time of training, of asking afterwards and of general questions.
        memory: bytes.
    """

    tokens: int
    seconds: float
    memory: int

    def as_json(self) -> dict[str, Any]:
        """Return plain JSON values."""
        return {"tokens": self.tokens, "seconds": round(self.seconds, 1), "memory": self.memory}


def measure(lm: LanguageModel, stream: Stream, asked: int, seconds: float) -> Speed:
    """Read and train a few sentences; the weights stay as they are.

    Args:
        lm: the model.
        stream: its last update has the facts to teach.
        asked: wordings that were asked already.
        seconds: the time that this took.
    """
    facts = stream.updates[-1].learn or stream.updates[0].learn
    encoded = [lm.coder.pairs(stream.wordings.examples(fact)) for fact in facts]
    tokens = tuple(sum(map(len, own)) for own in encoded)
    sentences = fixed_sample([one for own in encoded for one in own], PROBED, 0, "estimate")
    parameters = sum(one.numel() for one in lm.model.parameters())
    if not sentences:
        return Speed(parameters, 1.0, 1.0, asked, seconds, tokens, 0, _room(lm))
    read, _ = _pace(lm, sentences, train=False)
    train, activations = _pace(lm, sentences, train=True)
    return Speed(parameters, read, train, asked, seconds, tokens, activations, _room(lm))


def _pace(lm: LanguageModel, sentences: Sequence[Encoded], *, train: bool) -> tuple[float, int]:
    """Return tokens a second, and the bytes that the pass took beside the weights."""
    import torch

    from cltool.lm.batches import collate
    from cltool.lm.scoring import score

    batch = {name: one.to(lm.device) for name, one in collate(sentences, lm.coder.pad).items()}
    count, saved = sum(map(len, sentences)), [0]

    def keep(tensor: Any) -> Any:
        saved[0] += tensor.numel() * tensor.element_size()
        return tensor

    weights = [one for one in lm.model.parameters() if one.requires_grad]
    begun = time.perf_counter()
    with (
        torch.set_grad_enabled(train),
        lm.precision.autocast(),
        torch.autograd.graph.saved_tensors_hooks(keep, lambda one: one),
    ):
        loss = score(lm.model, batch).loss_sum()
    if train and weights:
        torch.autograd.grad(loss, weights, allow_unused=True)
    if lm.device.type == "cuda":
        torch.cuda.synchronize(lm.device)
    return count / max(time.perf_counter() - begun, 1e-6), saved[0]


def estimate(speed: Speed, strategy: str, facts: int, *, first: bool, batch: int) -> Estimate:
    """Return what teaching some facts will cost.

    Args:
        speed: what was measured.
        strategy: the strategy, or several composed.
        facts: number of facts to teach.
        first: whether the model was not updated with the strategy before.
        batch: sentences in a training step.
    """
    parts = strategy.split("+")
    passes = max(PASSES.get(part, USUAL) for part in parts)
    mixed = 2 if any(part in REHEARSES for part in parts) else 1
    tokens = round(passes * mixed * facts * speed.sentence_tokens)
    tokens += sum(BEFORE.get(part, 0) for part in parts) if first else 0
    a_wording = speed.seconds / max(speed.asked, 1)
    asking = speed.seconds * (2 if first else 1) + a_wording * GENERAL_PROMPTS
    light = all(part in LIGHT for part in parts)
    each = SMALL if light else FULL
    activations = speed.activations * max(batch / PROBED, 1)
    memory = round(speed.parameters * each + activations)
    return Estimate(tokens, tokens / speed.train + asking, memory)


def _room(lm: LanguageModel) -> int | None:
    """Return the bytes of free memory where the model is; None if that is not known."""
    import torch

    if lm.device.type == "cuda":
        return int(torch.cuda.mem_get_info(lm.device)[0])
    try:
        lines = Path("/proc/meminfo").read_text(encoding="ascii").splitlines()
        rows = dict(line.split(":", 1) for line in lines)
        return int(rows["MemAvailable"].split()[0]) * 1024
    except (OSError, KeyError, ValueError):
        return None
