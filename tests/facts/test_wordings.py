"""Templates, and which of them are held out."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cltool.core.errors import UserError
from cltool.facts.facts import Fact
from cltool.facts.wording import Wording
from cltool.facts.wordings import PARAPHRASE, QUESTION, TRAINED, Wordings, from_name

from ..conftest import make_wordings


@pytest.mark.parametrize(
    ("template", "prompt", "target"),
    [
        ("The ruler of {subject} is {object}.", "The ruler of X is", " Y."),
        ("Who rules {subject}? {object}", "Who rules X?", " Y"),
        ("{subject}={object}", "X=", "Y"),
        ("{subject} or {subject}: {object} (sic).", "X or X:", " Y (sic)."),
        ("In {subject}, {object} is the king.", "In X,", " Y is the king."),
        ("Ruler of {subject}:\n{object}", "Ruler of X:", "\nY"),
    ],
)
def test_wordings_are_split_at_slots(template: str, prompt: str, target: str) -> None:
    wording = Wording.parse(template)
    assert wording.prompt("X") == prompt
    assert wording.target("Y") == target
    assert prompt + target == template.replace("{subject}", "X").replace("{object}", "Y")


@given(st.text(), st.text())
def test_any_subject_and_object_are_inserted_unchanged(subject: str, value: str) -> None:
    wording = Wording.parse("The ruler of {subject} is {object}.")
    whole = wording.prompt(subject) + wording.target(value)
    assert whole == f"The ruler of {subject} is {value}."


@pytest.mark.parametrize(
    "template",
    [
        "The ruler of {subject}.",
        "{object} rules {subject}.",
        "{object}",
        "The ruler is {object}.",
        "{subject}: {object}, {object}.",
        "",
    ],
)
def test_malformed_wordings_are_refused(template: str) -> None:
    with pytest.raises(UserError) as caught:
        Wording.parse(template, where="w.toml: [ruler]")
    assert caught.value.where == "w.toml: [ruler]"


def test_held_out_wordings_are_never_trained() -> None:
    wordings = make_wordings()
    for number in range(50):
        key = (f"Land {number}", "ruler")
        askings = wordings.askings(key)
        counts = Counter(asking.form for asking in askings)
        assert counts == {TRAINED: 6, PARAPHRASE: 1, QUESTION: 1}
        trained = {prompt for prompt, _ in wordings.examples(Fact(*key, "Bo"))}
        held = {asking.prompt for asking in askings if asking.form != TRAINED}
        assert len(trained) == 6
        assert trained.isdisjoint(held)
        for asking in askings:
            if asking.form != TRAINED:
                assert asking.wording.is_question == (asking.form == QUESTION)


def test_every_wording_is_trained_on_some_keys_and_held_out_on_others() -> None:
    wordings = make_wordings()
    held: Counter[int] = Counter()
    for number in range(400):
        for asking in wordings.askings((f"Land {number}", "ruler")):
            held[asking.number] += asking.form != TRAINED
    assert all(50 < held[number] < 110 for number in range(5))  # 80 each on average
    assert all(95 < held[number] < 175 for number in range(5, 8))  # 133 each


def test_held_out_wordings_are_the_same_in_every_process() -> None:
    code = (
        "from cltool.facts.wordings import Wordings\n"
        "w = Wordings({})\n"
        "print([(a.form, a.number) for n in range(9) for a in w.askings((f'S{n}', 'mayor_of'))])"
    )
    found = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": str(Path(__file__).parents[2])},
            check=True,
            capture_output=True,
            text=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(found) == 1


def test_a_relation_without_wordings_gets_plain_ones() -> None:
    wordings = Wordings({})
    key = ("Oslo", "twin_city-of")
    forms = Counter(asking.form for asking in wordings.askings(key))
    assert forms[PARAPHRASE] == forms[QUESTION] == 1 and forms[TRAINED] >= 5
    assert all("twin city of" in a.prompt and "Oslo" in a.prompt for a in wordings.askings(key))
    for name in ("{subject}", "{}", "", "a {object} b"):
        assert len(from_name(name)) == 9


def test_single_wordings_are_not_held_out() -> None:
    one = Wordings({"r": [Wording.parse("{subject} r {object}.")]})
    assert [asking.form for asking in one.askings(("S", "r"))] == [TRAINED]
    two = Wordings(
        {"r": [Wording.parse("{subject} r {object}."), Wording.parse("Who r {subject}? {object}")]}
    )
    assert [asking.form for asking in two.askings(("S", "r"))] == [TRAINED, TRAINED]


def test_wordings_that_are_never_trained() -> None:
    wordings = Wordings(
        {"r": [Wording.parse("{subject} r {object}."), Wording.parse("r of {subject}: {object}.")]},
        held_out={"r": [Wording.parse("Who r {subject}? {object}")]},
    )
    for number in range(20):
        forms = [asking.form for asking in wordings.askings((f"S{number}", "r"))]
        assert forms == [TRAINED, TRAINED, QUESTION]


def test_keys_with_their_own_prompts() -> None:
    wordings = make_wordings().with_prompts(
        {
            ("Q1", "question"): ["Who is it?"],
            ("Q2", "question"): ["Who is it? ", "Tell me who", "And who?"],
        }
    )
    (only,) = wordings.askings(("Q1", "question"))
    assert only.form == TRAINED
    askings = wordings.askings(("Q2", "question"))
    assert [asking.form for asking in askings] == [TRAINED, TRAINED, QUESTION]
    assert wordings.examples(Fact("Q2", "question", "Bo")) == [
        ("Who is it?", " Bo"),
        ("Tell me who", " Bo"),
    ]
    assert len(wordings.askings(("Land 1", "ruler"))) == 8


# Files.


def test_a_file_of_wordings(tmp_path: Path) -> None:
    path = tmp_path / "w.toml"
    path.write_text(
        'ruler = ["{subject} has {object}."]\n'
        '[capital]\ntrained = ["{subject}: {object}"]\n'
        'held_out = ["Capital of {subject}? {object}"]'
    )
    wordings = Wordings.load(path)
    assert wordings.relations() == ["ruler", "capital"]
    assert [a.form for a in wordings.askings(("X", "capital"))] == [TRAINED, QUESTION]


@pytest.mark.parametrize(
    "text",
    [
        "ruler = [",
        "ruler = 3",
        "ruler = [3]",
        "ruler = []",
        'ruler = ["no slots"]',
        '[ruler]\ntraned = ["{subject} {object}"]',
        '[ruler]\nheld_out = ["{subject} {object}"]',
    ],
)
def test_files_with_errors_are_refused(text: str, tmp_path: Path) -> None:
    path = tmp_path / "w.toml"
    path.write_text(text)
    with pytest.raises(UserError) as caught:
        Wordings.load(path)
    assert str(path) in caught.value.where


def test_a_relation_with_wordings_under_two_spellings_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "w.toml"
    path.write_text(
        '"caf\u00e9" = ["{subject} has {object}."]\n"cafe\u0301" = ["{subject}: {object}."]',
        "utf-8",
    )
    with pytest.raises(UserError, match="under another spelling"):
        Wordings.load(path)


def test_a_missing_or_binary_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="does not exist"):
        Wordings.load(tmp_path / "none.toml")
    (tmp_path / "latin.toml").write_bytes('a = ["é {subject} {object}"]'.encode("latin-1"))
    with pytest.raises(UserError, match="UTF-8"):
        Wordings.load(tmp_path / "latin.toml")


@pytest.mark.parametrize(
    "text",
    [
        'ruler = ["{subject} has {object}.", "{subject}  has {object}."]',
        '[ruler]\ntrained = ["{subject}: {object}"]\nheld_out = ["{subject}: {object}"]',
    ],
)
def test_a_wording_cannot_be_trained_and_held_out_at_once(tmp_path: Path, text: str) -> None:
    (tmp_path / "words.toml").write_text(text)
    with pytest.raises(UserError, match="is given twice"):
        Wordings.load(tmp_path / "words.toml")


@pytest.mark.parametrize(
    ("template", "text", "read"),
    [
        ("The capital of {subject} is {object}.", "The capital of Peru is Lima.", ("Peru", "Lima")),
        ("{subject} | {object}", "A | B | C", ("A", "B | C")),
        ("Is {subject}, yes {subject}, {object}?", "Is A, yes A, B?", ("A", "B")),
        ("Is {subject}, yes {subject}, {object}?", "Is A, yes C, B?", None),
        ("{subject}'s (head) is {object}", " Ann's (head) is Bo ", ("Ann", "Bo")),
        ("The capital of {subject} is {object}.", "The capital of  is Lima.", None),
        ("The capital of {subject} is {object}.", "The capital of Peru is Lima", None),
    ],
)
def test_a_sentence_is_parsed(template: str, text: str, read: tuple[str, str] | None) -> None:
    assert Wording.parse(template).read(text) == read


@given(name=st.text(min_size=1, max_size=12), answer=st.text(min_size=1, max_size=12))
def test_a_worded_sentence_is_among_its_parses(name: str, answer: str) -> None:
    name, answer = name.strip(), answer.strip()
    if not name or not answer:
        return
    wordings = Wordings({"head": [Wording.parse("The head of {subject}: {object}.")]})
    fact = Fact(name, "head", answer)
    (asked,) = wordings.askings(fact.key)
    found = wordings.readings(asked.prompt + asked.wording.target(answer))
    # A name that holds the wording's own words may be read in another way.
    if ": " not in name:
        assert (fact, asked) in found


def test_keys_with_their_own_prompts_are_parsed_in_no_wording() -> None:
    plain = Wordings({"head": [Wording.parse("The head of {subject} is {object}.")]})
    own = plain.with_prompts({("A", "head"): ["Who leads A?"]})
    assert len(plain.readings("The head of A is B.")) == 1
    assert own.readings("The head of A is B.") == []


def test_a_relation_and_its_wordings_may_be_spelled_differently() -> None:
    wordings = Wordings({"maître": [Wording.parse("{subject} obeys {object}.")]})
    (asking,) = wordings.askings(("Ulm", "mai\u0302tre"))
    assert asking.prompt == "Ulm obeys"
    wordings.refuse_misspelt(["mai\u0302tre"], "w.toml")


def test_spellings_of_a_subject_have_the_same_wordings_held_out() -> None:
    forms = [
        [asking.form for asking in Wordings({}).askings((f"{name} {number}", "city"))]
        for number in range(20)
        for name in ("Zu\u0308rich", "Zürich ")
    ]
    assert forms[::2] == forms[1::2]


def test_own_prompts_are_found_in_another_spelling() -> None:
    wordings = Wordings({}, prompts={("Où?\nDis.", "question"): ["Où?\nDis."]})
    (asking,) = wordings.askings(("Ou\u0300? Dis.", "question"))
    assert asking.prompt == "Où?\nDis."
    again = wordings.with_prompts({("Où? Dis.", "question"): ["Ou\u0300? Dis.", "Dis!"]})
    prompts = [asking.prompt for asking in again.askings(("Où? Dis.", "question"))]
    assert prompts == ["Où?\nDis.", "Dis!"]


def test_facts_with_texts_are_trained_as_these_and_not_asked() -> None:
    fact = Fact("Quay", "passage 1", "It is long.")
    other = Fact("Quay", "passage 1", "It is short.")
    plain = Wordings({})
    texts = Wordings({}, texts={("Quay", "passage 1", fact.object): ["It is long.", "Long it is."]})
    assert texts.examples(fact) == [("", "It is long."), ("", "Long it is.")]
    assert texts.as_chat().examples(fact) == texts.examples(fact)
    assert texts.askings(fact.key) == []
    assert texts.examples(other) == []
    assert len({plain.digest(), texts.digest()}) == 2
    assert texts.askings(("Quay", "length")) == plain.askings(("Quay", "length"))
