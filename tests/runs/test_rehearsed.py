"""The file of the facts that a step rehearsed."""

from __future__ import annotations

from pathlib import Path

import pytest

from cltool.core.errors import UserError
from cltool.runs import rehearsed
from cltool.runs.rehearsed import FOLDER, read, step_file

FACTS = {("Alden", "mayor"): 3, ("Borley", "judge"): 1}


def test_what_was_written_is_read(tmp_path: Path) -> None:
    said = rehearsed.write(tmp_path, 2, FACTS, 5)

    assert read(tmp_path, {"step": 2, FOLDER: said}) == FACTS
    assert (said["facts"], said["sentences"], said["others"]) == (2, 4, 5)
    assert step_file(tmp_path, 2).is_file()


def test_the_same_facts_make_the_same_file(tmp_path: Path) -> None:
    assert rehearsed.write(tmp_path, 1, FACTS, 0) == rehearsed.write(tmp_path, 2, FACTS, 0)


def test_a_step_that_recorded_nothing_has_none(tmp_path: Path) -> None:
    assert read(tmp_path, {"step": 1}) == {}


def test_another_file_or_none_is_refused(tmp_path: Path) -> None:
    said = rehearsed.write(tmp_path, 1, FACTS, 0)
    row = {"step": 1, FOLDER: said}
    rehearsed.write(tmp_path, 1, {("Alden", "mayor"): 3}, 0)
    with pytest.raises(UserError, match="not the file that the run wrote"):
        read(tmp_path, row)
    step_file(tmp_path, 1).unlink()
    with pytest.raises(UserError, match="cannot be read"):
        read(tmp_path, row)
