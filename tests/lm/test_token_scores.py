"""Token scores: slow derivations one text at a time, and what must not change them."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pytest
import torch

from cltool.audit.measures import membership, memorisation
from cltool.core.settings import ProbeSettings
from cltool.evaluation.prober import Prober
from cltool.facts.stream import Stream
from cltool.lm.coder import Encoded
from cltool.lm.language_model import LanguageModel
from cltool.lm.token_scores import TokenScores, token_scores

from ..conftest import ARCHITECTURES, LoadLM

COLUMNS = ("logps", "means", "stds")


def examples_of(lm: LanguageModel, stream: Stream, count: int = 7) -> list[Encoded]:
    """Sentences of different lengths."""
    pairs = [pair for fact in stream.updates[0].learn for pair in stream.wordings.examples(fact)]
    examples = lm.coder.pairs(pairs[::17][:count])
    assert len({len(one) for one in examples}) > 1
    return examples


def by_hand(lm: LanguageModel, example: Encoded, first: int) -> list[tuple[float, ...]]:
    """(log p, hit, mean, deviation) of each token from ``first`` on, in double precision."""
    with torch.no_grad():
        logits = lm.model(input_ids=torch.tensor([example.ids])).logits[0].double()
    found = []
    for place in range(first, len(example)):
        row = logits[place - 1].tolist()
        top = max(row)
        total = sum(math.exp(one - top) for one in row)
        logs = [one - top - math.log(total) for one in row]
        mean = sum(math.exp(one) * one for one in logs)
        square = sum(math.exp(one) * one * one for one in logs)
        token = example.ids[place]
        deviation = math.sqrt(max(square - mean * mean, 0.0))
        found.append((logs[token], float(row[token] == top), mean, deviation))
    return found


def same(one: Sequence[TokenScores], other: Sequence[TokenScores]) -> None:
    for a, b in zip(one, other, strict=True):
        for name in COLUMNS:
            np.testing.assert_allclose(getattr(a, name), getattr(b, name), rtol=1e-4, atol=1e-5)
        assert a.hits.tolist() == b.hits.tolist() and a.ends == b.ends


@pytest.mark.parametrize("whole", [False, True])
@pytest.mark.parametrize("name", ARCHITECTURES)
def test_equals_one_text_at_a_time(name: str, whole: bool, load_lm: LoadLM, stream: Stream) -> None:
    lm = load_lm(name)
    examples = examples_of(lm, stream)
    for example, found in zip(examples, token_scores(lm, examples, whole=whole), strict=True):
        expected = np.array(by_hand(lm, example, 1 if whole else max(example.start, 1)))
        assert len(found) == len(expected) and found.ends == example.end
        got = np.column_stack([found.logps, found.hits, found.means, found.stds])
        np.testing.assert_allclose(got, expected, rtol=1e-4, atol=2e-4)


@pytest.mark.parametrize("size", [1, 2, 3])
def test_batches_and_padding_change_nothing(size: int, load_lm: LoadLM, stream: Stream) -> None:
    lm = load_lm("gpt2")
    examples = examples_of(lm, stream)
    together = token_scores(lm, examples)
    same(token_scores(lm, examples, batch_size=size), together)
    same(token_scores(lm, examples[::-1], batch_size=size), together[::-1])
    same([token_scores(lm, [example])[0] for example in examples], together)
    longer = Encoded(examples[0].ids + examples[1].ids + examples[2].ids, 1)
    same(token_scores(lm, [*examples, longer])[:-1], together)


def test_types_and_order(load_lm: LoadLM, stream: Stream) -> None:
    lm = load_lm("llama")
    for found in token_scores(lm, examples_of(lm, stream)):
        assert all(getattr(found, name).dtype == np.float64 for name in COLUMNS)
        assert found.hits.dtype == bool
        assert (found.logps <= 0).all() and (found.stds >= 0).all()
        # The mean of log p is the negative entropy, between 0 and that of the flat prediction.
        vocabulary = len(lm.coder.tokenizer)
        assert ((found.means <= 0) & (found.means >= -math.log(vocabulary) - 1e-4)).all()


def test_agrees_with_the_prober(load_lm: LoadLM, stream: Stream) -> None:
    lm = load_lm("llama")
    pairs = [pair for fact in stream.updates[0].learn for pair in stream.wordings.examples(fact)][
        :9
    ]
    prober = Prober(lm, ProbeSettings())
    for one, found in zip(
        prober.score(pairs), token_scores(lm, lm.coder.pairs(pairs)), strict=True
    ):
        assert found.answer().logps.sum() == pytest.approx(one.logp, abs=1e-3)
        assert bool(found.answer().hits.all()) == one.forced
        assert len(found) == len(one.ids)


def test_without_the_end_token() -> None:
    row = np.array([-1.0, -2.0])
    found = TokenScores(row, row < -1.5, row, -row, ends=True)
    answer = found.answer()
    assert len(answer) == 1 and not answer.ends
    assert (answer.logps.tolist(), answer.hits.tolist()) == ([-1.0], [False])
    assert (answer.means.tolist(), answer.stds.tolist()) == ([-1.0], [1.0])
    assert answer.answer() is answer


def test_texts_without_label_tokens(load_lm: LoadLM, stream: Stream) -> None:
    lm = load_lm("llama")
    ids = examples_of(lm, stream)[0].ids
    nothing = [Encoded(ids, len(ids), False), Encoded(ids[:1], 0, False), Encoded((), 0, False)]
    found = token_scores(lm, [nothing[0], Encoded(ids, 3), *nothing[1:]])
    assert [len(one) for one in found] == [0, len(ids) - 3, 0, 0]
    assert not any(found[place].ends for place in (0, 2, 3))
    assert token_scores(lm, []) == []
    assert [len(one) for one in token_scores(lm, nothing)] == [0, 0, 0]


@pytest.mark.parametrize("training", [False, True])
def test_the_model_is_unchanged(training: bool, load_lm: LoadLM, stream: Stream) -> None:
    lm = load_lm("gpt2")
    examples = examples_of(lm, stream)
    expected = token_scores(lm, examples)
    lm.model.train(training)
    same(token_scores(lm, examples), expected)
    assert lm.model.training == training
    assert all(parameter.grad is None for parameter in lm.model.parameters())


def test_forbidden_tokens_have_no_share(load_lm: LoadLM, stream: Stream) -> None:
    lm = load_lm("llama")
    examples = examples_of(lm, stream, 3)
    used = {token for example in examples for token in example.ids}
    forbidden = next(token for token in range(5, 300) if token not in used)
    plain = lm.model.forward

    def forward(*args: object, logits_to_keep: int = 0, **kwargs: object) -> object:
        out = plain(*args, logits_to_keep=logits_to_keep, **kwargs)
        out.logits[..., forbidden] = -math.inf
        return out

    lm.model.forward = forward  # type: ignore[method-assign]
    for found in token_scores(lm, examples):
        assert all(np.isfinite(getattr(found, name)).all() for name in COLUMNS)


def test_feeds_the_measures(load_lm: LoadLM, stream: Stream) -> None:
    lm = load_lm("llama")
    examples = examples_of(lm, stream)
    found = token_scores(lm, examples)
    probability = memorisation.probability([one.logps for one in found])
    with torch.no_grad():
        for example, value in zip(examples, probability.values, strict=True):
            ids = torch.tensor([example.ids])
            labels = ids.clone()
            labels[0, : example.start] = -100
            loss = lm.model(input_ids=ids, labels=labels).loss
            assert value == pytest.approx(math.exp(-float(loss)), rel=1e-4)
    scores = membership.min_k_plus_plus(
        [one.logps for one in found], [one.means for one in found], [one.stds for one in found]
    )
    assert np.isfinite(scores).all() and len(scores) == len(examples)
