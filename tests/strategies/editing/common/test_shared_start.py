"""Sentences that are read after their common beginning score as if they were read whole."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch

from cltool.facts.stream import Stream
from cltool.lm.coder import Encoded
from cltool.lm.token_count import passing
from cltool.models import load
from cltool.strategies.editing.common.shared_start import SharedStart
from cltool.training.learner import Learner

from ....conftest import MakeLearner, write_checkpoint

BEGUN = tuple(range(20, 32))
SENTENCES = [
    Encoded((*BEGUN, 5, 6, 7, 8), 14),
    Encoded((*BEGUN, 9, 4, 7, 3, 8, 2), 15),
    Encoded((*BEGUN, 11, 6, 5), 13),
]


def learner_of(family: str, make_learner: MakeLearner, stream: Stream, folder: Path) -> Learner:
    path = write_checkpoint(family, stream, folder)
    learner = make_learner("frozen", lm=load(str(path), stream, device="cpu", reading=False))
    learner.model.eval()
    return learner


@pytest.mark.parametrize("family", ["llama", "opt", "mamba"])
def test_the_scores_are_those_of_whole_sentences(
    family: str, make_learner: MakeLearner, stream: Stream, tmp_path: Path
) -> None:
    learner = learner_of(family, make_learner, stream, tmp_path / "model")
    start = SharedStart(learner, SENTENCES, 99)
    for chosen in (SENTENCES[:2], SENTENCES[1:], SENTENCES):
        batch = learner.collate(chosen)
        whole, found = learner.score(batch), start.score(batch)
        assert torch.equal(whole.hits(), found.hits())
        torch.testing.assert_close(
            found.loss_per_sample(), whole.loss_per_sample(), rtol=1e-3, atol=1e-3
        )


def test_the_beginning_is_read_once_and_counted_once(
    make_learner: MakeLearner, stream: Stream, tmp_path: Path
) -> None:
    learner = learner_of("llama", make_learner, stream, tmp_path / "model")
    batch, learner.tokens = learner.collate(SENTENCES), 0
    with passing(learner.lm.coder) as passed:
        start = SharedStart(learner, SENTENCES, 99)
        first = learner.tokens
        start.score(batch)
    rest = [len(one) - len(BEGUN) for one in SENTENCES]
    assert learner.tokens - first == sum(rest)
    # The longest and the shortest sentence are read in both ways.
    compared = sum(len(one) for one in SENTENCES[1:]) + sum(rest[1:])
    assert first == len(BEGUN) + compared
    assert learner.tokens - 1 <= passed.tokens <= learner.tokens


@pytest.mark.parametrize("fails", [False, True])
def test_a_model_that_reads_the_rest_otherwise_reads_whole_sentences(
    fails: bool,
    make_learner: MakeLearner,
    stream: Stream,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    learner = learner_of("llama", make_learner, stream, tmp_path / "model")
    plain = learner.model.forward

    def forward(*args: Any, past_key_values: Any = None, **options: Any) -> Any:
        if past_key_values is not None and fails:
            raise RuntimeError("The size of tensor a must match the size of tensor b")
        return plain(*args, **options)

    monkeypatch.setattr(learner.model, "forward", forward)
    start, batch = SharedStart(learner, SENTENCES, 99), learner.collate(SENTENCES)
    assert start.size == 0
    assert torch.equal(start.score(batch).logits, learner.score(batch).logits)


def test_where_memory_runs_out_both_ways_are_compared_all_the_same(
    make_learner: MakeLearner, stream: Stream, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    learner = learner_of("llama", make_learner, stream, tmp_path / "model")
    learner.tokens = 0
    free = SharedStart(learner, SENTENCES, 99)
    spent, plain = learner.tokens, learner.model.forward
    learner.tokens = 0

    def forward(*args: Any, **options: Any) -> Any:
        if len(options["input_ids"]) > 1 and "past_key_values" in options:
            raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 1 GiB.")
        return plain(*args, **options)

    monkeypatch.setattr(learner.model, "forward", forward)
    tight = SharedStart(learner, SENTENCES, 99)
    assert learner.forward_size.size == 1
    assert (tight.size, learner.tokens) == (free.size, spent) == (len(BEGUN), spent)


@pytest.mark.parametrize(("most", "sentences"), [(7, SENTENCES), (99, [Encoded((1, 2, 3), 2)])])
def test_a_short_beginning_is_not_shared(
    most: int,
    sentences: list[Encoded],
    make_learner: MakeLearner,
    stream: Stream,
    tmp_path: Path,
) -> None:
    """The subject may be early in a sentence, where a neuron fires while it is trained."""
    learner = learner_of("llama", make_learner, stream, tmp_path / "model")
    start, batch = SharedStart(learner, sentences, most), learner.collate(sentences)
    learner.tokens = 0
    start.score(batch)
    start.score(batch)
    assert learner.tokens == 2 * sum(map(len, sentences))
