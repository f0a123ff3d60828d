"""Logits only where they are needed, and what is read off them."""

from __future__ import annotations

import math

import pytest
import torch
from torch.nn import functional

from cltool.facts.stream import Stream
from cltool.lm.batches import IGNORED, Batch, collate
from cltool.lm.language_model import LanguageModel
from cltool.lm.scoring import Scored, keeps_logits, kept_positions, score

from ..conftest import ARCHITECTURES, LoadLM


def batch_of(lm: LanguageModel, stream: Stream, whole: bool = False) -> Batch:
    """Six sentences of different lengths."""
    pairs = [pair for fact in stream.updates[0].learn for pair in stream.wordings.examples(fact)]
    examples = lm.coder.pairs(pairs[::20][:6])
    assert len({len(one) for one in examples}) > 1
    return collate(examples, lm.coder.pad, whole=whole)


@pytest.mark.parametrize("whole", [False, True])
@pytest.mark.parametrize("name", ARCHITECTURES)
def test_the_loss_is_that_of_all_logits(
    name: str, whole: bool, load_lm: LoadLM, stream: Stream
) -> None:
    lm = load_lm(name)
    batch = batch_of(lm, stream, whole)
    with torch.no_grad():
        scored = score(lm.model, batch)
        full = lm.model(input_ids=batch["input_ids"], attention_mask=batch["attention_mask"])
    logits, labels = full.logits[:, :-1], batch["labels"][:, 1:]
    expected = functional.cross_entropy(
        logits.flatten(0, 1), labels.flatten(), ignore_index=IGNORED, reduction="sum"
    )
    torch.testing.assert_close(scored.loss_sum(), expected, rtol=1e-5, atol=1e-4)
    assert int(scored.tokens()) == int((batch["labels"] != IGNORED).sum())
    right = (logits.argmax(-1) == labels) | (labels == IGNORED)
    assert scored.hits().tolist() == right.all(1).tolist()
    if not whole:
        assert scored.logits.shape[1] < logits.shape[1]
    assert scored.logits.shape[:2] == scored.labels.shape


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_samples_sum_to_the_whole_and_padding_changes_none(
    name: str, load_lm: LoadLM, stream: Stream
) -> None:
    lm = load_lm(name)
    batch = batch_of(lm, stream)
    with torch.no_grad():
        scored = score(lm.model, batch)
        each = scored.loss_per_sample()
        torch.testing.assert_close(each.sum(), scored.loss_sum())
        for row, loss in enumerate(each):
            size = int(batch["attention_mask"][row].sum())
            alone = {key: tensor[row : row + 1, :size] for key, tensor in batch.items()}
            torch.testing.assert_close(
                score(lm.model, alone).loss_sum(), loss, rtol=1e-4, atol=1e-3
            )


def test_these_architectures_keep_logits(load_lm: LoadLM) -> None:
    for name in ("llama", "gpt2", "qwen3", "gemma"):
        model = load_lm(name).model
        assert keeps_logits(model) and keeps_logits(model)


def test_a_model_that_gives_all_logits(load_lm: LoadLM, stream: Stream) -> None:
    lm = load_lm("llama")

    class Old(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.inner = lm.model

        def forward(self, input_ids: object, attention_mask: object, use_cache: bool) -> object:
            return self.inner(
                input_ids=input_ids, attention_mask=attention_mask, use_cache=use_cache
            )

    old = Old()
    assert not keeps_logits(old)
    batch = batch_of(lm, stream)
    with torch.no_grad():
        one, other = score(old, batch), score(lm.model, batch)
    assert torch.equal(one.labels, other.labels)
    torch.testing.assert_close(one.logits, other.logits)


def test_an_adapter_is_unwrapped(load_lm: LoadLM, stream: Stream) -> None:
    import peft

    lm = load_lm("llama")
    batch = batch_of(lm, stream)
    with torch.no_grad():
        plain = score(lm.model, batch)
        adapted = peft.get_peft_model(lm.model, peft.LoraConfig(target_modules="all-linear"))
        assert keeps_logits(adapted)
        wrapped = score(adapted, batch)
    assert wrapped.logits.shape == plain.logits.shape
    torch.testing.assert_close(wrapped.logits, plain.logits)


@pytest.mark.parametrize(
    ("labels", "kept"),
    [
        ([[-100, -100, 3, 4]], 3),
        ([[-100, -100, -100, 4], [-100, 2, -100, -100]], 4),
        ([[-100, -100, -100, 4]], 2),
        ([[1, 2, 3, 4]], 4),
        ([[-100, -100, -100, -100]], 2),
    ],
)
def test_kept_positions(labels: list[list[int]], kept: int) -> None:
    assert kept_positions(torch.tensor(labels)) == kept


def test_by_hand() -> None:
    logits = torch.log(torch.tensor([[[0.5, 0.25, 0.25], [0.1, 0.8, 0.1]]] * 3))
    labels = torch.tensor([[0, 1], [1, 1], [-100, 1]])
    scored = Scored(logits, labels)
    each = [-math.log(0.5) - math.log(0.8), -math.log(0.25) - math.log(0.8), -math.log(0.8)]
    assert scored.loss_per_sample().tolist() == pytest.approx(each)
    assert float(scored.loss_sum()) == pytest.approx(sum(each))
    assert int(scored.tokens()) == 5
    assert scored.hits().tolist() == [True, False, True]
