"""The transcript in the README is what the commands do on the model of the tests."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from cltool.cli import main

from .conftest import KNOWN, Place

README = Path(__file__).parents[3] / "README.md"

pytestmark = pytest.mark.slow


def transcript() -> list[tuple[list[str], list[str]]]:
    """Return each command of the transcript with the lines that follow it."""
    (text,) = re.findall(
        r"^```console\n(\$ cltool update .*?)^```$", README.read_text(), re.M | re.S
    )
    found = []
    for part in re.split(r"^\$ ", text.replace("\\\n", " "), flags=re.M)[1:]:
        command, *lines = part.splitlines()
        found.append((shlex.split(command), lines))
    return found


def comparable(lines: list[str]) -> list[str]:
    """Return the lines without times, and the wrong answers, which rounding can change."""
    kept = []
    for line in lines:
        shown = re.sub(r"Asked in [\d.]+ s", "Asked in", line)
        wrong = re.match(r"(protected +\w+ \d+, \w+ +\w+)  ", shown)
        kept.append(" ".join((wrong[1] if wrong else shown).split()))
    return [line for line in kept if line and not line.startswith("requirement")]


def test_the_transcript_of_a_shipped_and_a_refused_update(
    place: Place, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(place.folder)
    (place.folder / "model").symlink_to(place.model)
    place.file("facts.jsonl", KNOWN.updates[1].learn[3:])
    place.file("keep.jsonl", KNOWN.updates[0].learn[:6])
    place.file("next.jsonl", KNOWN.updates[2].learn[:1])
    assert place.wordings.endswith("wordings.toml")
    codes = []
    for command, lines in transcript():
        if command[0] == "echo":
            assert lines == [str(codes[-1])]
            continue
        codes.append(main.main(command[1:]))
        told = capsys.readouterr()
        assert codes[-1] != 2, told.err
        assert comparable(told.out.splitlines()) == comparable(lines)
    assert codes == [0, 3]
