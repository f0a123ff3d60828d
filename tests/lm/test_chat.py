"""Prompts as turns of a chat."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cltool.core.errors import UserError
from cltool.lm.chat import chat_turns
from cltool.lm.coder import Coder
from tools.families import byte_bpe

from ..chat_models import TEMPLATE, with_template

SENTENCES = ["Who rules Land? Bobo rules it."] * 4


def tokenizer(template: str = TEMPLATE) -> object:
    return with_template(byte_bpe(SENTENCES, bos=True, pad=True), template)


def coder() -> Coder:
    plain = Coder(tokenizer())  # type: ignore[arg-type]
    return plain.with_chat(chat_turns(plain.tokenizer))


CODER = coder()


def ids(text: str) -> list[int]:
    made: list[int] = CODER.tokenizer(text, add_special_tokens=False)["input_ids"]
    return made


def test_a_prompt_is_what_the_template_writes_before_an_answer() -> None:
    turns = [{"role": "user", "content": "Who rules Land?"}]
    expected = CODER.tokenizer.apply_chat_template(
        turns, tokenize=False, add_generation_prompt=True
    )
    assert CODER.prompts(["Who rules Land?"]) == [ids(str(expected))]


def test_a_pair_ends_with_the_token_that_ends_the_assistants_turn() -> None:
    (pair,) = CODER.pairs([("Who rules Land?", "Bobo rules it.")])
    (end,) = ids("<end>")
    assert list(pair.ids[: pair.start]) == CODER.prompts(["Who rules Land?"])[0]
    assert CODER.decode(pair.ids[pair.start :]) == "Bobo rules it."
    assert pair.ids[-1] == end and pair.end
    assert {end, CODER.eos} <= CODER.ends <= set(CODER.stops)


def test_documents_are_plain_text() -> None:
    bare = Coder(CODER.tokenizer)
    assert CODER.documents(["Bobo"]) == bare.prompts(["Bobo"]) == bare.documents(["Bobo"])
    assert bare.pairs([("Who?", " Bobo")])[0].ids[-1] == bare.eos


@settings(max_examples=40, deadline=None)
@given(st.lists(st.sampled_from(["<end>", "<turn>", "<eos>", "a", " ", "<", "é"]), max_size=6))
def test_names_of_special_tokens_in_a_fact_are_ordinary_text(parts: list[str]) -> None:
    text = "".join(parts)
    special = set(map(int, CODER.tokenizer.added_tokens_decoder))
    (pair,) = CODER.pairs([(f"Who is {text}?", f"It is {text}.")])
    (model,) = CODER.pairs([("Who?", "It.")])
    count = lambda row: sum(one in special for one in row)  # noqa: E731
    assert count(pair.ids) == count(model.ids)
    assert CODER.decode(pair.ids[pair.start : -1]) == f"It is {text}."


def test_a_system_turn() -> None:
    turns = chat_turns(CODER.tokenizer, "Be brief.")
    assert turns is not None and turns.before.startswith("<turn>system\nBe brief.<end>")


def test_without_a_template_there_are_no_turns() -> None:
    assert chat_turns(byte_bpe(SENTENCES, bos=True, pad=True)) is None


REFUSED = {
    "{{ raise_exception('no user turn') }}": "no user turn",
    "{{ messages[-1]['content'] | upper }}": "as it is",
    "{% if messages": "the chat template fails",
}


@pytest.mark.parametrize("template", REFUSED)
def test_a_template_of_no_use_is_refused(template: str) -> None:
    with pytest.raises(UserError, match=REFUSED[template]) as caught:
        chat_turns(tokenizer(template), where="here")  # type: ignore[arg-type]
    assert "--chat off" in caught.value.hint


def test_a_template_without_a_system_turn_refuses_one() -> None:
    made = tokenizer(
        "{% for m in messages if m['role'] != 'system' %}{{ m['content'] }};{% endfor %}"
    )
    with pytest.raises(UserError, match="no system turn"):
        chat_turns(made, "Be brief.")  # type: ignore[arg-type]


def test_a_template_with_the_date_writes_the_same_prompt_every_day() -> None:
    dated = "{{ date_string if date_string is defined else strftime_now('%H%M%S%f') }}" + TEMPLATE
    turns = chat_turns(tokenizer(dated))  # type: ignore[arg-type]
    assert turns is not None and turns.before.startswith("26 Jul 2024<turn>")
