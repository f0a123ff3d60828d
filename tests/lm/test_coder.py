"""Text to tokens and back: the trained prompt is the prompt that is asked."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cltool.lm.coder import Coder, Encoded
from tools.families import byte_bpe

SENTENCES = ["The ruler of Land is Bobo.", "Who rules Land? Bobo", "naïve “Zoë” — 東京\n"] * 4


def coder(**options: bool) -> Coder:
    return Coder(byte_bpe(SENTENCES, **{"bos": True, "pad": True, **options}))


@pytest.fixture(scope="module")
def plain() -> Coder:
    return coder()


def test_a_pair_is_its_prompt_then_its_completion_then_the_end(plain: Coder) -> None:
    (one,) = plain.pairs([("The ruler of Land is", " Bobo.")])
    (prompt,) = plain.prompts(["The ruler of Land is"])
    assert list(one.ids[: one.start]) == prompt
    assert one.ids[0] == plain.tokenizer.bos_token_id
    assert one.ids[-1] == plain.eos and one.end
    assert plain.decode(one.ids[one.start :]) == " Bobo."
    assert plain.decode(one.ids) == "The ruler of Land is Bobo."
    assert len(one) == len(one.ids)


@settings(max_examples=60, deadline=None)
@given(st.text(min_size=1, max_size=12), st.text(min_size=1, max_size=12), st.booleans())
def test_any_text_is_split_at_the_end_of_its_prompt(
    prompt: str, completion: str, bos: bool
) -> None:
    either = _EITHER[bos]
    (one,) = either.pairs([(prompt, completion)])
    (head,) = either.prompts([prompt])
    assert list(one.ids[: one.start]) == head
    assert one.start < len(one) - 1
    text = either.decode(one.ids[one.start :])
    if "<" not in prompt + completion:  # not the name of a special token
        assert text == completion


_EITHER = {bos: coder(bos=bos) for bos in (True, False)}


def test_a_merge_across_the_split_is_undone(plain: Coder) -> None:
    # "Land" is one token; cut within it, the prompt must still be a prompt's tokens.
    whole = plain.prompts(["The ruler of Land"])[0]
    (one,) = plain.pairs([("The ruler of La", "nd")])
    assert whole[: one.start] != list(one.ids[: one.start])
    assert list(one.ids[: one.start]) == plain.prompts(["The ruler of La"])[0]
    assert plain.decode(one.ids[one.start :]) == "nd"


def test_a_tokenizer_that_adds_an_end_token() -> None:
    from tokenizers import processors

    made = byte_bpe(SENTENCES, bos=True, pad=True)
    inner: Any = made.backend_tokenizer
    inner.post_processor = processors.TemplateProcessing(
        single="<bos> $A <eos>",
        special_tokens=[(name, inner.token_to_id(name)) for name in ("<bos>", "<eos>")],
    )
    closing, open_one = Coder(made), coder()
    assert closing.prompts(["Who rules Land?"]) == open_one.prompts(["Who rules Land?"])
    pairs = [("Who rules Land?", " Bobo"), ("The ruler of La", "nd")]
    assert closing.pairs(pairs) == open_one.pairs(pairs)


def test_padding_falls_back_to_the_end_token() -> None:
    unpadded = coder(pad=False)
    assert unpadded.pad == unpadded.eos
    padded = coder()
    assert padded.pad == padded.tokenizer.pad_token_id != padded.eos


def test_without_an_end_token_none_is_added() -> None:
    made = byte_bpe(SENTENCES, bos=False, pad=False)
    made.eos_token = None
    endless = Coder(made)
    (one,) = endless.pairs([("Who rules Land?", " Bobo")])
    assert endless.eos is None and not one.end
    assert endless.decode(one.ids) == "Who rules Land? Bobo"
    assert endless.pad == 0


def test_stops_are_the_end_and_the_line_breaks(plain: Coder) -> None:
    texts = {number: plain.tokenizer.decode([number]) for number in plain.stops}
    assert plain.eos in texts
    assert all("\n" in text for number, text in texts.items() if number != plain.eos)
    for text in ("\n", "a\nb"):
        assert set(plain.prompts([text])[0]) & set(plain.stops)
    assert not set(plain.prompts(["The ruler of Land is Bobo."])[0]) & set(plain.stops)


def test_no_texts_give_no_examples(plain: Coder) -> None:
    assert plain.pairs([]) == []
    assert plain.prompts([]) == []


def test_equal_pairs_are_equal() -> None:
    assert Encoded((1, 2), 1) == Encoded((1, 2), 1) != Encoded((1, 2), 1, end=False)
