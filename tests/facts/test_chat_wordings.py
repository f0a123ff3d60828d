"""Wordings as turns of a chat."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from cltool.core.errors import UserError
from cltool.facts.facts import Fact, Update
from cltool.facts.stream import Probe, Stream
from cltool.facts.wording import Wording
from cltool.facts.wordings import Wordings

TEMPLATES = [
    "The ruler of {subject} is {object}.",
    "{subject} is ruled by {object}.",
    "Who rules {subject}? {object}",
    "Question: who is {subject}'s ruler? Answer: {object}",
]
FACT = Fact("Land {object}", "ruler", "Bobo")


def given() -> Wordings:
    return Wordings({"ruler": [Wording.parse(one) for one in TEMPLATES]})


def test_questions_are_asked_and_statements_are_completed() -> None:
    asked = {one.number: one for one in given().as_chat().askings(FACT.key)}
    assert [asked[number].prompt for number in range(4)] == [
        'Complete this sentence: "The ruler of Land {object} is …."',
        'Complete this sentence: "Land {object} is ruled by …."',
        "Who rules Land {object}?",
        "who is Land {object}'s ruler?",
    ]
    said = {number: one.wording.target("Bobo") for number, one in asked.items()}
    first = "The ruler of Land {object} is Bobo."
    assert said == {0: first, 1: "Land {object} is ruled by Bobo.", 2: first, 3: first}


def test_the_same_wordings_are_held_out_in_a_chat() -> None:
    for number in range(20):
        key = (f"Land {number}", "ruler")
        plain, chat = given().askings(key), given().as_chat().askings(key)
        assert [(a.form, a.number) for a in plain] == [(a.form, a.number) for a in chat]


def test_a_chat_differs_from_plain_text_in_its_digest() -> None:
    plain, chat = given(), given().as_chat()
    assert chat.digest() != plain.digest()
    assert chat.as_chat().digest() == chat.digest()


def test_a_relation_without_wordings_is_asked_by_its_name() -> None:
    asked = Wordings({}).as_chat().askings(("Land", "head_office"))
    assert len({one.prompt for one in asked}) == len(asked) >= 6
    assert {one.wording.target("X") for one in asked} == {"The head office of Land is X."}
    assert {one.form for one in asked} == {"trained", "paraphrase", "question"}


def test_questions_without_a_statement_are_answered_with_the_object() -> None:
    bare = Wordings({"ruler": [Wording.parse(one) for one in TEMPLATES[2:]]}).as_chat()
    assert {one.wording.target("Bobo") for one in bare.askings(FACT.key)} == {"Bobo"}


def test_a_keys_own_prompts_are_turns() -> None:
    own = Wordings({}, prompts={("Q", "question"): ["Question: Who?\nAnswer:", "Who is it?"]})
    asked = own.as_chat().askings(("Q", "question"))
    assert [one.prompt for one in asked] == ["Who?", "Who is it?"]
    assert asked[0].wording.target("Bobo") == "Bobo"


def test_a_chat_that_was_read_is_the_fact() -> None:
    chats = given().as_chat()
    for prompt, said in chats.examples(FACT):
        assert FACT in [fact for fact, _ in chats.readings(f"{prompt}\n{said}")]


def test_chats_of_a_file(tmp_path: Path) -> None:
    file = tmp_path / "w.toml"
    file.write_text(
        '[ruler]\ntrained = ["The ruler of {subject} is {object}."]\n'
        'chat = [{ user = "Who leads {subject}?", assistant = "{object} leads {subject}." },\n'
        '{ user = "Name {subject}\'s head.", assistant = "{object}." },\n'
        '{ user = "{subject}: who?", assistant = "{object}." }]\n'
    )
    loaded = Wordings.load(file)
    assert [one.prompt for one in loaded.askings(FACT.key)] == ["The ruler of Land {object} is"]
    chats = {one.prompt: one.wording for one in loaded.as_chat().askings(FACT.key)}
    leads = chats["Who leads Land {object}?"]
    assert leads.target("Bobo") == "Bobo leads Land {object}."
    assert (leads.gap, leads.closing) == ("", " leads Land {object}.")
    assert len(chats) == 3


BAD = {
    'chat = "Who?"': "a list of tables",
    "chat = []": "a list of tables",
    'chat = [{ user = "Who?" }]': "a list of tables",
    'chat = [{ user = "Who?", assistant = "{object}" }]': "needs {subject}",
    'chat = [{ user = "{subject}?", assistant = "yes" }]': "exactly one {object}",
    'chat = [{ user = "{subject}?", assistant = "{object} {object}" }]': "exactly one {object}",
}


@pytest.mark.parametrize("line", BAD)
def test_bad_chats_of_a_file(line: str, tmp_path: Path) -> None:
    file = tmp_path / "w.toml"
    file.write_text(f'[ruler]\ntrained = ["The ruler of {{subject}} is {{object}}."]\n{line}\n')
    with pytest.raises(UserError) as caught:
        Wordings.load(file)
    assert BAD[line] in str(caught.value) and "[ruler]" in caught.value.where


def test_further_probes_are_turns() -> None:
    probe = Probe(FACT.key, "reverse", 0, "Bobo is the ruler of", " ", ".", "new", 0, ("Land",))
    asking = replace(probe, prompt="Question: Whose ruler is Bobo? Answer:")
    plain = Stream("s", [Update(0, "base", [FACT])], given(), lambda known: [probe, asking])
    chats = replace(plain, wordings=plain.wordings.as_chat())
    known = plain.knowledge(0)
    assert list(plain.further_probes(known)) == [probe, asking]
    assert [(one.prompt, one.gap) for one in chats.further_probes(known)] == [
        ('Complete this sentence: "Bobo is the ruler of …"', ""),
        ("Whose ruler is Bobo?", ""),
    ]
