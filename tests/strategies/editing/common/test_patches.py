"""Neurons beside the MLPs and the same neurons inside them, for every family of plain MLPs."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from torch import Tensor

from cltool.facts.stream import Stream
from cltool.lm.sampling import Sampler
from cltool.models import load
from cltool.strategies.editing.common.gates import Gates
from cltool.strategies.editing.common.patches import Patches
from cltool.training.learner import Learner

from ....conftest import MakeLearner, write_checkpoint
from ....lm.test_feed_forward import PLAIN

WIDTH = 32


def made(
    family: str, make_learner: MakeLearner, stream: Stream, folder: Path
) -> tuple[Learner, Patches]:
    """A learner on a model of ``family``, with three random neurons at each block."""
    path = write_checkpoint(family, stream, folder)
    learner = make_learner("frozen", lm=load(str(path), stream, device="cpu", reading=False))
    patches = Patches(learner, [0, 1])
    random = torch.Generator().manual_seed(0)
    patches.gates = [
        Gates(
            torch.randn(3, WIDTH, generator=random),
            torch.tensor([1.0, 2.0, 5.0]),
            torch.randn(3, WIDTH, generator=random),
        )
        for _ in range(2)
    ]
    patches.values = [torch.randn(3, WIDTH, generator=random) for _ in range(2)]
    learner.model.eval()
    return learner, patches


@torch.no_grad()
def logits(learner: Learner) -> Tensor:
    examples = learner.examples(learner.known.valid()[:5])
    return learner.score(learner.collate(examples)).logits


@pytest.mark.parametrize("family", PLAIN)
def test_the_folded_model_gives_the_same_logits_and_texts(
    family: str, make_learner: MakeLearner, stream: Stream, tmp_path: Path
) -> None:
    learner, patches = made(family, make_learner, stream, tmp_path / "model")
    prompts = learner.lm.coder.prompts(["The capital of Land 1", "The capital", "Who is"])
    before, texts = logits(learner), Sampler(learner.lm).greedy(prompts, 8)
    values = patches.values
    patches.values = [torch.zeros_like(one) for one in values]
    assert not torch.allclose(logits(learner), before, atol=1e-2)
    patches.values = values
    assert patches.fold(learner.model)
    assert not any(len(gates) for gates in patches.gates)
    torch.testing.assert_close(logits(learner), before, rtol=1e-3, atol=1e-3)
    assert Sampler(learner.lm).greedy(prompts, 8) == texts


@pytest.mark.parametrize("family", ["llama", "opt", "mixtral", "mamba"])
def test_states_are_those_of_each_sentence_alone_and_in_order(
    family: str, make_learner: MakeLearner, stream: Stream, tmp_path: Path
) -> None:
    learner, patches = made(family, make_learner, stream, tmp_path / "model")
    examples = learner.examples(learner.known.valid()[:4])[::2]
    assert len({len(one) for one in examples}) > 1
    together = patches.watch(learner, examples, outputs=True)
    alone = [patches.watch(learner, [one], outputs=True) for one in examples]
    for place, (states, given) in enumerate(together):
        for which, joined in enumerate((states, given)):
            expected = torch.cat([one[place][which] for one in alone])
            torch.testing.assert_close(joined, expected, rtol=1e-3, atol=1e-3)
    assert [len(given) for _, given in patches.watch(learner, examples)] == [0, 0]


def test_parts_of_a_batch_give_the_same_states_and_tokens(
    make_learner: MakeLearner, stream: Stream, tmp_path: Path
) -> None:
    learner, patches = made("llama", make_learner, stream, tmp_path / "model")
    examples = learner.examples(learner.known.valid()[:4])
    learner.tokens = 0
    whole, tokens = patches.watch(learner, examples), learner.tokens
    learner.forward_size.size, learner.tokens = 1, 0
    parts = patches.watch(learner, examples)
    assert learner.tokens == tokens == sum(map(len, examples))
    for (one, _), (two, _) in zip(whole, parts, strict=True):
        torch.testing.assert_close(one, two, rtol=1e-3, atol=1e-4)
