"""Drift from the model before the stream: closed forms, and a model that is taught a stream."""

from __future__ import annotations

import copy
import math
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from cltool.core.errors import UserError
from cltool.evaluation.general import before as cache
from cltool.evaluation.general import distributions as module
from cltool.evaluation.general.answers import asked, is_right, long_answers, short_answers
from cltool.evaluation.general.bank import Bank, Question
from cltool.evaluation.general.before import Before
from cltool.evaluation.general.degenerate import is_degenerate
from cltool.evaluation.general.distributions import distance, distributions, text_examples
from cltool.evaluation.general.drift import Drift, update_examples
from cltool.evaluation.matching import END, LIMIT, Answer
from cltool.facts.stream import Stream
from cltool.lm.language_model import LanguageModel

from ...conftest import LoadLM

TEXT = ["The ruler of Land 1 sleeps.", "Land 2 has a capital, and nobody knows its name."]


@pytest.fixture
def lm(load_lm: LoadLM) -> LanguageModel:
    return load_lm("llama")


def by_hand(lm: LanguageModel, ids: tuple[int, ...]) -> torch.Tensor:
    with torch.no_grad():
        logits = lm.model(input_ids=torch.tensor([ids])).logits[0, :-1]
    return logits.double().log_softmax(-1)


def shaken(lm: LanguageModel) -> LanguageModel:
    other = replace(lm, model=copy.deepcopy(lm.model))
    generator = torch.Generator().manual_seed(1)
    with torch.no_grad():
        for weight in other.model.parameters():
            weight += 0.05 * torch.randn(weight.shape, generator=generator)
    return other


def test_a_model_is_at_no_distance_from_itself(lm: LanguageModel) -> None:
    examples = text_examples(lm.coder, TEXT, lm.context)
    before = distributions(lm, examples)
    same = distance(lm, examples, before)
    assert same.divergence == pytest.approx(0.0, abs=1e-6)
    assert same.loss == pytest.approx(before.loss)


def test_the_perplexity_of_a_uniform_model_is_the_size_of_its_vocabulary(
    lm: LanguageModel,
) -> None:
    with torch.no_grad():
        for weight in lm.model.parameters():
            weight.zero_()
    size = lm.model.get_output_embeddings().weight.shape[0]
    examples = text_examples(lm.coder, TEXT, lm.context)
    assert distributions(lm, examples).perplexity == pytest.approx(size, rel=1e-5)


def test_the_divergence_is_exact_if_all_tokens_are_kept_and_else_a_lower_bound(
    lm: LanguageModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = shaken(lm)
    examples = text_examples(lm.coder, TEXT, lm.context)
    terms, losses = [], []
    for one in examples:
        then, now = by_hand(lm, one.ids), by_hand(other, one.ids)
        terms.append((then.exp() * (then - now)).sum(-1))
        losses.append(-now[torch.arange(len(now)), torch.tensor(one.ids[1:])])
    exact, loss = float(torch.cat(terms).mean()), float(torch.cat(losses).mean())
    assert exact > 0.1
    monkeypatch.setattr(module, "KEPT", 10_000)
    found = distance(other, examples, distributions(lm, examples))
    assert found.divergence == pytest.approx(exact, rel=1e-4)
    assert found.loss == pytest.approx(loss, rel=1e-5)
    monkeypatch.setattr(module, "KEPT", 20)
    some = distance(other, examples, distributions(lm, examples)).divergence
    assert 0.2 * exact < some < exact
    monkeypatch.setattr(module, "NUMBERS", 1)  # one example at a time
    alone = distance(other, examples, distributions(lm, examples)).divergence
    assert alone == pytest.approx(some, rel=1e-4)


def test_long_texts_are_divided_and_no_token_is_predicted_twice(lm: LanguageModel) -> None:
    long = " ".join(TEXT * 20)
    (ids,) = lm.coder.prompts([long])
    parts = text_examples(lm.coder, [long], lm.context)
    assert all(len(part) <= lm.context for part in parts)
    assert [token for part in parts for token in part.ids] == ids[: sum(map(len, parts))]


def test_distributions_are_read_as_they_were_written(lm: LanguageModel, tmp_path: Path) -> None:
    found = distributions(lm, text_examples(lm.coder, TEXT, lm.context))
    found.save(tmp_path / "some.safetensors")
    again = module.Distributions.load(tmp_path / "some.safetensors")
    assert again.loss == found.loss
    assert torch.equal(again.tokens, found.tokens)
    assert torch.equal(again.logps, found.logps)
    assert torch.equal(again.rest, found.rest)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", True),
        (" \n…", True),
        ("Leo Moss Leo Moss Leo Moss Leo Moss Leo Moss", True),
        ("aaaaaaaaaaaaaaaaaaaaaaa", True),
        ("Yes.", False),
        ("no no no", False),
        ("The capital of France is Paris, which is a large city on a river.", False),
        ("1. Tea\n2. Milk\n3. Water", False),
    ],
)
def test_degenerate_answers(text: str, found: bool) -> None:
    assert is_degenerate(text) == found


@pytest.mark.parametrize(
    ("said", "right"),
    [
        ("The capital is Paris.", True),
        ("**paris**", True),
        ("It is Parisian.", False),
        ("It is Lyon. Paris is larger.", False),
        ("\nParis", True),
        ("", False),
    ],
)
def test_an_answer_is_right_if_its_first_sentence_names_the_object(said: str, right: bool) -> None:
    assert is_right(Question("…", ("Paris", "City of Light")), Answer(said, END)) == right


def test_prompts_are_plain_questions_without_a_chat(lm: LanguageModel) -> None:
    assert asked(lm.coder, "Who?") == "Question: Who?\nAnswer:"


def test_answers_do_not_depend_on_what_else_is_asked(lm: LanguageModel) -> None:
    texts = ["Who rules Land 1?", "Why?", "What is the capital of Land 2, the large land?"]
    together = short_answers(lm, texts)
    assert together == [short_answers(lm, [text])[0] for text in texts]
    assert all("\n" not in one.text.strip() for one in together)
    longer = long_answers(lm, texts)
    assert all(one.stop in (END, LIMIT) for one in longer)
    framed = short_answers(lm, texts[:1], lambda prompt: f"Hm. {prompt}")
    assert framed != together[:1]


def test_the_model_before_is_asked_once(
    lm: LanguageModel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CLTOOL_CACHE", str(tmp_path))
    texts = ["Who rules Land 1?", "Why?"]
    first = Before(lm).short_answers(texts)
    with monkeypatch.context() as patch:
        patch.setattr(cache, "short_answers", None)
        assert Before(lm).short_answers(texts) == first
        changed = replace(lm, parts={**lm.parts, "weights": "others"})
        with pytest.raises(TypeError):
            Before(changed).short_answers(texts)
    (entry,) = (tmp_path / "general").glob("*/answers.json")
    entry.write_text("[]", encoding="utf-8")
    assert Before(lm).short_answers(texts) == first


@pytest.fixture
def drift(
    load_lm: LoadLM, stream: Stream, monkeypatch: pytest.MonkeyPatch
) -> tuple[LanguageModel, Drift]:
    """The embedded model, and questions that it can answer as well as ones that it cannot."""
    monkeypatch.setattr("cltool.evaluation.general.drift.instructions", lambda: [])
    monkeypatch.setattr("cltool.evaluation.general.drift.requests", lambda: ["Who is Land 1?"])
    lm = load_lm("llama")
    said = short_answers(lm, [f"Number {n}?" for n in range(8)])
    words = [one.text.split()[0].strip(".,:;") if one.text.split() else "x" for one in said]
    questions = [Question(f"Number {n}?", (word,)) for n, word in enumerate(words)]
    questions.append(Question("Nobody knows?", ("the unknown answer",)))
    known = [one for one, answer in zip(questions, said, strict=False) if is_right(one, answer)]
    assert len(known) >= 4
    return lm, Drift(lm, stream, Bank("own", tuple(questions)), TEXT)


def test_before_the_stream_the_model_knows_what_it_knows(
    drift: tuple[LanguageModel, Drift],
) -> None:
    lm, found = drift
    base = found.before()
    assert base.numbers["unlisted"] == base.numbers["protected"] == 1.0
    assert base.numbers["n_unlisted"] == len(found.unlisted)
    assert base.numbers["perplexity_ratio"] == 1.0
    assert base.numbers["kl_text"] == 0.0
    groups = [row["group"] for row in base.answers if row["kind"] == "question"]
    assert groups.count("protected") == len(found.protected)
    assert groups[-1] == "unknown"
    unchanged = found.after(0, lm)
    for name, value in base.numbers.items():
        assert unchanged.numbers[name] == pytest.approx(value, abs=1e-6), name
    asked = [row for row in base.answers if row.get("group") != "unknown"]
    assert sorted(map(str, unchanged.answers)) == sorted(map(str, asked))


def test_a_model_that_changes_forgets_and_drifts(drift: tuple[LanguageModel, Drift]) -> None:
    lm, found = drift
    after = found.after(1, shaken(lm)).numbers
    assert after["unlisted"] is not None
    assert after["unlisted"] < 1.0
    assert after["kl_text"] is not None
    assert after["kl_text"] > 0.1
    assert after["kl_update"] is not None
    assert after["kl_update"] > 0.1
    assert after["perplexity_ratio"] not in (None, 1.0)
    assert after["instructions"] is None


def test_a_cache_that_is_emptied_during_a_run_is_never_filled_from_the_changed_model(
    load_lm: LoadLM, stream: Stream, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CLTOOL_CACHE", str(tmp_path))
    lm = load_lm("llama")
    kept = Before(lm).distributions(update_examples(stream, 1, lm.coder))
    assert math.isfinite(kept.read().loss)
    for file in tmp_path.rglob("*.safetensors"):
        file.unlink()
    with pytest.raises(UserError, match="removed from the cache"):
        kept.read()


def test_an_update_is_compared_in_held_out_wordings(lm: LanguageModel, stream: Stream) -> None:
    examples = update_examples(stream, 1, lm.coder)
    assert len(examples) == len(stream.updates[1].learn)
    for fact, one in zip(stream.updates[1].learn, examples, strict=True):
        text = lm.coder.decode(one.ids)
        trained = {prompt + target for prompt, target in stream.wordings.examples(fact)}
        assert fact.object in text
        assert text.strip() not in trained
    assert math.isfinite(distributions(lm, examples).loss)
