"""Facts that the model's tokenizer does not keep are refused, left out, or told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from cltool.core.errors import UserError
from cltool.facts.facts import Fact, Update
from cltool.facts.stream import Stream
from cltool.lm.coder import Coder
from cltool.models.lengths import fit_to_model, problems
from cltool.models.spelling import subject_warnings
from tools.families import byte_bpe

from ..conftest import make_wordings


def word_coder(letters: str, *, lower: bool = False) -> Coder:
    """Return a tokenizer of single letters, which does not know other letters."""
    from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers
    from transformers import PreTrainedTokenizerFast

    known = ["<unk>", "<eos>", *dict.fromkeys(letters)]
    vocabulary = {letter: number for number, letter in enumerate(known)}
    inner = Tokenizer(models.WordLevel(vocabulary, unk_token="<unk>"))
    inner.pre_tokenizer = pre_tokenizers.Split("", "isolated")
    inner.decoder = decoders.Fuse()
    if lower:
        inner.normalizer = normalizers.BertNormalizer(clean_text=False)
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=inner, unk_token="<unk>", eos_token="<eos>"
    )
    return Coder(tokenizer)


LETTERS = "".join(map(chr, range(32, 127)))


def of(facts: Sequence[Fact], **source: Any) -> Stream:
    origins = {(0, fact.key): f"facts.csv:{line}" for line, fact in enumerate(facts, 2)}
    updates = [Update(0, "base", list(facts))]
    return Stream("mine", updates, make_wordings(), source=source, origins=origins)


FACTS = [Fact("Land 1", "ruler", "Ada"), Fact("Land 2", "ruler", "Žofie 李")]


def test_objects_with_unknown_letters_are_refused_with_their_line() -> None:
    with pytest.raises(UserError, match="1 fact is of no use with this model") as caught:
        fit_to_model(of(FACTS), 999, word_coder(LETTERS))
    (detail,) = caught.value.details
    assert detail.startswith("facts.csv:3: ") and "does not know a part of it: 'Žofie 李'" in detail
    assert problems(of(FACTS), 999, word_coder(LETTERS)) == [detail]
    fitted = fit_to_model(of(FACTS, skip_bad=True), 999, word_coder(LETTERS))
    assert [fact.subject for fact in fitted.updates[0].learn] == ["Land 1"]
    assert fitted.skipped == (detail,)


def test_an_object_that_loses_its_accents_is_refused_and_its_case_is_not() -> None:
    facts = [Fact("Land 1", "ruler", "Ada"), Fact("Land 2", "ruler", "Zoë")]
    with pytest.raises(UserError, match="1 fact") as caught:
        fit_to_model(of(facts), 999, word_coder(LETTERS, lower=True))
    assert "changes it to 'zoe': 'Zoë'" in caught.value.details[0]


def test_an_object_is_kept_if_one_of_its_spellings_is() -> None:
    facts = [Fact("Land 1", "ruler", "Žofie", ("Zofie",))]
    assert fit_to_model(of(facts), 999, word_coder(LETTERS)).updates[0].learn == facts
    with pytest.raises(UserError, match="1 fact is of no use"):
        fit_to_model(of([Fact("Land 1", "ruler", "Žofie", ("Žófie",))]), 999, word_coder(LETTERS))


def test_bytes_keep_everything(stream: Stream) -> None:
    odd = ["Žofie 李", "  two  spaces ", "🜚", "e\u0301", "1,000.5 %", "a\tb"]
    facts = [Fact(f"Land {name}", "ruler", name) for name in odd]
    coder = Coder(byte_bpe(["Land"], bos=True, pad=True))
    assert fit_to_model(of(facts), 999, coder).updates[0].learn == facts
    assert not subject_warnings(of(facts), coder)


def test_names_that_are_tokens_of_their_own_are_kept() -> None:
    tokenizer = byte_bpe(["Land"], bos=True, pad=True)
    tokenizer.add_tokens(["Land 1", "Ada"])
    facts = [Fact("Land 1", "ruler", "Ada"), Fact("Land 2", "ruler", "Ada Bo")]
    assert fit_to_model(of(facts), 999, Coder(tokenizer)).updates[0].learn == facts
    assert not subject_warnings(of(facts), Coder(tokenizer))


def test_a_special_token_in_an_object_is_refused() -> None:
    coder = Coder(byte_bpe(["Land"], bos=True, pad=True))
    with pytest.raises(UserError, match="1 fact") as caught:
        fit_to_model(of([Fact("Land 1", "ruler", "Ada <eos> Bo")]), 999, coder)
    assert "'Ada <eos> Bo'" in caught.value.details[0]


def test_subjects_that_become_the_same_tokens_are_refused_and_others_are_told() -> None:
    facts = [Fact("李", "ruler", "Ada"), Fact("王", "ruler", "Bo"), Fact("Žd", "ruler", "Cy")]
    coder = word_coder(LETTERS)
    with pytest.raises(UserError, match="2 facts are") as caught:
        fit_to_model(of(facts), 999, coder)
    assert "does not tell it from" in caught.value.details[0]
    (warning,) = subject_warnings(of(facts[2:]), coder)
    assert "1 of the subjects: 'Žd'" in warning


def test_lengths_and_letters_are_told_together() -> None:
    facts = [FACTS[1], Fact("Land 3", "ruler", "long " * 30)]
    with pytest.raises(UserError, match="2 facts are of no use") as caught:
        fit_to_model(of(facts), 100, word_coder(LETTERS))
    assert len(caught.value.details) == 2
    long = replace(of(facts), updates=[Update(0, "base", facts[1:])])
    with pytest.raises(UserError, match="1 fact is too long for the model"):
        fit_to_model(long, 100, word_coder(LETTERS))
