"""Lists of facts to forget."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cltool.core.errors import UserError
from cltool.facts.facts import Fact
from cltool.facts.files.forget_list import ForgetList, read_forget_list


def test_facts_and_questions(tmp_path: Path) -> None:
    file = tmp_path / "gone.jsonl"
    rows = [
        {"subject": "Alden", "relation": "mayor", "object": "Ada", "aliases": ["Ada B."]},
        {"prompt": "Who?", "answer": "Me", "paraphrases": ["Who is it?"]},
    ]
    file.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    found = read_forget_list(file)
    mayor = Fact("Alden", "mayor", "Ada", ("Ada B.",))
    assert found.facts == [mayor, Fact("Who?", "question", "Me")]
    assert found.prompts == {("Who?", "question"): ["Who?", "Who is it?"]}


def test_csv_without_updates_or_dates(tmp_path: Path) -> None:
    file = tmp_path / "gone.csv"
    file.write_text("subject,relation,object\nAlden,mayor,Ada\n", encoding="utf-8")
    assert read_forget_list(file) == ForgetList([Fact("Alden", "mayor", "Ada")], {}, [])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "no facts"),
        ('{"subject": "A", "relation": "r"}\n', "missing"),
        ('{"subject": "A", "relation": "r", "forget": true}\n', "object is missing"),
        ('{"subject": "A", "relation": "r", "object": "x"}\n' * 2, "two facts"),
        ("nonsense\n", "not JSON"),
    ],
)
def test_bad_lists_are_refused(text: str, message: str, tmp_path: Path) -> None:
    file = tmp_path / "gone.jsonl"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(UserError) as error:
        read_forget_list(file)
    assert message in str(error.value)


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="no such file"):
        read_forget_list(tmp_path / "none.csv")


def test_doubts_about_a_list_are_kept(tmp_path: Path) -> None:
    file = tmp_path / "gone.tsv"
    file.write_text("Subject\trelation\tobject\nAlden\tmayor\tNone\n", encoding="utf-16")
    found = read_forget_list(file)
    assert found.facts == [Fact("Alden", "mayor", "None")]
    assert found.warnings == [
        "gone.tsv:2: the column 'Subject' is read as subject.",
        "gone.tsv:2: object 'None' is kept as a name. Is it a missing value?",
    ]
