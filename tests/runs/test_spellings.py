"""Spellings of names and objects in a run: its scores, its warnings, and what it shows."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from cltool.cli.main import main
from cltool.core.errors import UserError
from cltool.experiments import run as experiment
from cltool.facts.facts import Fact, Update
from cltool.facts.lookalikes import spelling_warnings
from cltool.facts.stream import Stream
from cltool.facts.wording import Wording
from cltool.facts.wordings import Wordings
from cltool.runs.run import Run
from cltool.runs.timeline import timelines

NFC, NFD = "Zürich Lab", "Zu\u0308rich Lab"


def frozen(folder: Path, model: Path, rows: Sequence[tuple[str, str, int, list[str]]]) -> Run:
    """A run without training over (subject, city, update, aliases)."""
    columns = ("subject", "new", "update", "aliases")
    lines = [{**dict(zip(columns, row, strict=True)), "relation": "city"} for row in rows]
    path = folder / "facts.jsonl"
    path.write_text("".join(json.dumps(one) + "\n" for one in lines), encoding="utf-8")
    settings = {"probe": {"max_tokens": 4}}
    return experiment.run(
        path, strategy="frozen", model=str(model), settings=settings, out=folder / "run"
    )


@pytest.fixture(scope="module")
def restated(checkpoint: Callable[[str], Path], tmp_path_factory: pytest.TempPathFactory) -> Run:
    rows: list[tuple[str, str, int, list[str]]] = [
        ("Harbour Lab", "Ghent", 0, ["Gent"]),
        ("Meadow Lab", "Turin", 0, []),
        ("Canal Lab", "Delft", 0, []),
        ("Harbour Lab", "Gent", 1, []),
        ("Meadow Lab", "turin", 1, []),
        ("Canal Lab", "Delft", 1, ["City of Delft"]),
    ]
    return frozen(tmp_path_factory.mktemp("restated"), checkpoint("llama"), rows)


def test_restated_objects_are_neither_new_nor_superseded(restated: Run) -> None:
    last = restated.metrics().iloc[-1]
    assert (last["n_new"], last["n_retained"], last["n_superseded"]) == (0, 3, 0)
    rows = restated.answers[restated.answers["step"] == 1]
    accepted = {row.subject: list(row.accepted) for row in rows.itertuples()}
    assert accepted == {
        "Harbour Lab": ["Ghent", "Gent"],
        "Meadow Lab": ["Turin"],
        "Canal Lab": ["Delft", "City of Delft"],
    }
    assert not rows["outdated"].map(len).any()
    (timeline,) = timelines(restated, "harbour  lab")
    assert [moment.true for moment in timeline.moments] == ["Ghent", "Ghent"]


@pytest.fixture(scope="module")
def spelled(checkpoint: Callable[[str], Path], tmp_path_factory: pytest.TempPathFactory) -> Run:
    rows: list[tuple[str, str, int, list[str]]] = [
        (NFC, "Ghent", 0, []),
        ("Canal Lab", "Delft", 0, []),
        (NFD, "Turin", 1, []),
        ("canal lab", "Padua", 1, []),
    ]
    return frozen(tmp_path_factory.mktemp("spelled"), checkpoint("llama"), rows)


def test_two_forms_of_a_subject_are_one_key(spelled: Run) -> None:
    assert set(spelled.answers["subject"]) == {NFC, "Canal Lab", "canal lab"}
    (timeline,) = timelines(spelled, NFD)
    assert timeline.subject == NFC
    assert [moment.true for moment in timeline.moments] == ["Ghent", "Turin"]
    assert timeline.moments[1].outdated == ["Ghent"]


def test_spellings_are_reported(spelled: Run) -> None:
    told = spelled.record["warnings"]
    alike, merged = (text for text in told if "differs from" in text or "more than one" in text)
    assert alike.startswith(
        "1 subject differs from another subject only in case, form of characters or outer "
        "punctuation: "
        "'Canal Lab' (facts.jsonl:2) and 'canal lab' (facts.jsonl:4)."
    )
    assert merged.startswith("1 name is written in more than one way.")
    assert "the second has decomposed accents" in merged


def test_a_subject_is_found_by_its_exact_spelling(
    spelled: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, city in (("canal lab", "Padua"), ("Canal Lab", "Delft")):
        assert main(["show", str(spelled.folder), name]) == 0
        out, err = capsys.readouterr()
        assert city in out
        assert out.startswith(f"{name}, city")
        assert "which is another subject" in err
    with pytest.raises(UserError, match="2 names match 'CANAL LAB': 'Canal Lab', 'canal lab'"):
        timelines(spelled, "CANAL LAB")
    (timeline,) = timelines(spelled, NFC.upper(), "City")
    assert (timeline.subject, timeline.relation) == (NFC, "city")


def test_names_of_a_stream_made_in_python_are_reported() -> None:
    updates = [
        Update(0, "base", [Fact("Lab 2", "city", "a"), Fact("x", "city", "b")]),
        Update(1, "one", [Fact("Lab ２", "city", "c"), Fact("x", "City", "d")]),
    ]
    first, second = spelling_warnings(Stream("s", updates, Wordings({})))
    assert "'Lab 2' (update base) and 'Lab ２' (update one) (the first has U+0032" in first
    assert "'city' (update base) and 'City' (update one)" in second
    assert spelling_warnings(Stream("s", updates[:1], Wordings({}))) == []


def test_a_run_of_a_stream_made_in_python_reports_its_names(
    tmp_path: Path, checkpoint: Callable[[str], Path]
) -> None:
    updates = [
        Update(0, "base", [Fact("O'Neill", "city", "a")]),
        Update(1, "one", [Fact("O\u2019Neill", "city", "b")]),
    ]
    stream = Stream("s", updates, Wordings({"city": [Wording.parse("{subject} is in {object}.")]}))
    settings = {"probe": {"max_tokens": 4}}
    made = experiment.run(
        stream,
        strategy="frozen",
        model=str(checkpoint("llama")),
        settings=settings,
        out=tmp_path / "r",
    )
    assert any("U+2019 RIGHT SINGLE" in text for text in made.record["warnings"])
