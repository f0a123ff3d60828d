"""Documents as a scenario: their passages are trained, and questions about them are only asked."""

from __future__ import annotations

import json
import sys
import types
from pathlib import Path
from typing import Any

import pytest

from cltool.core.errors import UserError
from cltool.facts.stream import Stream
from cltool.scenarios.documents import Documents, DocumentsConfig
from cltool.testing import check_scenario

EXAMPLES = Path(__file__).parents[2] / "docs" / "examples" / "documents"
ASKED = [
    {"prompt": "How many arches has the quay?", "answer": "seven", "document": "2-quay"},
    {"question": "Who rings the bell?", "answer": ["Tam Orrel", "Orrel"], "document": "The bell"},
]


def rows(path: Path, items: list[dict[str, Any]]) -> Path:
    path.write_text("".join(json.dumps(item) + "\n" for item in items))
    return path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "docs"
    folder.mkdir()
    (folder / "10-bell.md").write_text("# The bell\n\nIt is old. Tam Orrel rings it.\n")
    (folder / "2-quay.txt").write_text("The quay has seven arches. It is long.\n")
    (folder / "README.md").write_text("Not a document.")
    rows(folder / "questions.jsonl", [{**ASKED[0]}, {**ASKED[0], **_BELL}])
    return folder


_BELL = {"prompt": "Who rings the bell?", "answer": "Tam Orrel", "aliases": ["Orrel"]}
_BELL |= {"document": "The bell"}


def load(path: Path, **options: Any) -> Stream:
    return Documents(DocumentsConfig.model_validate({"path": path, **options})).stream(0)


def asked(stream: Stream, step: int) -> list[tuple[str, str, int, tuple[str, ...]]]:
    """Return (prompt, group, step that teaches it, right answers) of each probe after ``step``."""
    probes = stream.probes(stream.knowledge(step), stream.first_taught())
    return [(one.prompt, one.group, one.learned, one.accepted) for one in probes]


def test_passages_are_trained_and_not_asked(folder: Path) -> None:
    stream = load(folder)
    base, update = stream
    assert not base.learn
    assert [fact.subject for fact in update.learn] == ["2-quay", "The bell"]
    assert stream.wordings.examples(update.learn[1]) == [
        ("", "The bell\n\nIt is old. Tam Orrel rings it."),
        ("", "The bell\n\nTam Orrel rings it. It is old."),
        ("", "The bell\n\nIt is old."),
        ("", "The bell\n\nTam Orrel rings it."),
    ]
    assert stream.wordings.askings(update.learn[0].key) == []


def test_questions_are_asked_and_not_trained(folder: Path) -> None:
    stream = load(folder, updates=2)
    quay, bell = "How many arches has the quay?", "Who rings the bell?"
    names = ("Tam Orrel", "Orrel")
    assert asked(stream, 0) == [(quay, "future", 1, ("seven",)), (bell, "future", 2, names)]
    assert asked(stream, 1) == [(quay, "new", 1, ("seven",)), (bell, "future", 2, names)]
    assert asked(stream, 2) == [(quay, "retained", 1, ("seven",)), (bell, "new", 2, names)]
    trained = [stream.wordings.examples(fact) for update in stream for fact in update.learn]
    assert quay not in str(trained)


def test_the_digest_depends_on_the_texts(folder: Path) -> None:
    before = load(folder)
    assert load(folder, orders=1).digest() != before.digest()
    (folder / "2-quay.txt").write_text("The quay has nine arches. It is long.\n")
    after = load(folder)
    assert after.digest() != before.digest()
    assert after.source["sha256"] != before.source["sha256"]


def test_the_contract(folder: Path) -> None:
    check_scenario(Documents, DocumentsConfig(path=folder, base=1))


def test_rows_with_text(tmp_path: Path) -> None:
    path = rows(
        tmp_path / "docs.jsonl",
        [
            {"title": "The bell", "text": "Tam Orrel rings it.", "region": "north"},
            {"title": "2-quay", "text": "It has seven arches."},
        ],
    )
    stream = load(path, questions=rows(tmp_path / "asked.jsonl", ASKED[1:]))
    assert [fact.subject for fact in stream.updates[1].learn] == ["The bell", "2-quay"]
    assert stream.updates[1].learn[0].tags == (("region", "north"),)
    assert asked(stream, 1)[0][3] == ("Tam Orrel", "Orrel")


def test_drafts_are_never_used(folder: Path) -> None:
    rows(folder / "questions.jsonl", [ASKED[0], {**_BELL, "draft": True}])
    with pytest.raises(UserError, match=r"1 question of 2 are drafts: see questions\.jsonl:2"):
        load(folder)
    rows(folder / "questions.jsonl", [ASKED[0], {**_BELL, "Draft": True}])
    with pytest.raises(UserError, match="1 question of 2 are drafts"):
        load(folder)
    rows(folder / "questions.jsonl", [ASKED[0], {**_BELL, "draft": False}])
    assert load(folder).source["asked"] == 2


@pytest.mark.parametrize(
    ("row", "what"),
    [
        ({**ASKED[0], "document": "3-quay"}, "there is no document '3-quay'. Did you mean"),
        ({"prompt": "Why?", "answer": "so"}, "the column document is missing"),
    ],
)
def test_questions_about_no_document(folder: Path, row: dict[str, Any], what: str) -> None:
    rows(folder / "questions.jsonl", [ASKED[0], row])
    with pytest.raises(UserError) as caught:
        load(folder, updates=2)
    assert caught.value.details[0].startswith(f"questions.jsonl:2: {what}")


def test_a_name_of_several_documents_is_refused_if_they_are_of_several_updates(
    folder: Path,
) -> None:
    (folder / "10-bell.txt").write_text("# The bell\n\nNobody rings it.")
    rows(folder / "questions.jsonl", [{**_BELL, "document": "10-bell"}])
    assert asked(load(folder, updates=1), 1)[0][1] == "new"
    with pytest.raises(UserError) as caught:
        load(folder, updates=3)
    assert "several documents are called '10-bell'" in caught.value.details[0]
    rows(folder / "questions.jsonl", [{**_BELL, "document": "10-bell.txt"}])
    stream = load(folder, updates=3)
    assert asked(stream, 3)[0][2] == 3
    assert [fact.subject for update in stream for fact in update.learn] == [
        "2-quay",
        "The bell (10-bell) (10-bell.md)",
        "The bell (10-bell) (10-bell.txt)",
    ]


@pytest.mark.parametrize(
    ("row", "what"),
    [
        ({"subject": "The quay", "relation": "arches", "new": "seven"}, "has no prompt"),
        ({"prompt": "how many arches has the quay?", "answer": "nine"}, ""),
        ({"prompt": "How many arches has the quay?", "answer": "nine"}, "an earlier line asks"),
    ],
)
def test_a_question_is_asked_once_with_its_prompt(
    folder: Path, row: dict[str, Any], what: str
) -> None:
    rows(folder / "questions.jsonl", [ASKED[0], {**row, "document": "2-quay"}])
    if not what:
        assert len(asked(load(folder), 1)) == 2
        return
    with pytest.raises(UserError) as caught:
        load(folder)
    assert caught.value.details[0].startswith(f"questions.jsonl:2: {what}")


def test_with_one_update_the_document_need_not_be_named(folder: Path) -> None:
    rows(folder / "questions.jsonl", [{"prompt": "Why?", "answer": "so"}])
    assert asked(load(folder), 1) == [("Why?", "new", 1, ("so",))]


@pytest.mark.parametrize(
    ("options", "what"),
    [
        ({"updates": 3}, "2 documents cannot be divided"),
        ({"questions": Path("none.jsonl")}, "there is no file of questions"),
        ({"path": Path("none")}, "there is no such file or folder"),
    ],
)
def test_refusals(folder: Path, options: dict[str, Any], what: str) -> None:
    with pytest.raises(UserError, match=what) as caught:
        load(**{"path": folder, **options})
    assert caught.value.where


def test_other_documents_need_the_extra(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "3-gate.pdf").write_bytes(b"%PDF-")
    monkeypatch.setitem(sys.modules, "markitdown", None)
    with pytest.raises(UserError, match="need the package markitdown") as caught:
        load(folder)
    assert "cltool[documents]" in caught.value.hint


def test_other_documents_are_converted(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Converter:
        def __init__(self, enable_plugins: bool) -> None:
            assert not enable_plugins

        def convert_local(self, path: str) -> Any:
            return types.SimpleNamespace(text_content=f"# Gate\n\nFrom {Path(path).name}.")

    module = types.ModuleType("markitdown")
    module.MarkItDown = Converter  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "markitdown", module)
    (folder / "3-gate.pdf").write_bytes(b"%PDF-")
    assert load(folder).updates[1].learn[1].object == "From 3-gate.pdf."


def test_the_examples_have_a_hundred_questions_whose_answers_are_in_the_texts() -> None:
    stream = load(EXAMPLES)
    texts = {fact.subject: fact.object for fact in stream.updates[1].learn}
    assert len(texts) == 20
    probes = list(stream.probes(stream.knowledge(1), {}))
    assert len({probe.prompt for probe in probes}) == 100
    whole = " ".join(texts.values()).lower()
    assert all(any(name.lower() in whole for name in probe.accepted) for probe in probes)
