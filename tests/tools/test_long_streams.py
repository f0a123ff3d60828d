"""What the tool measures of long streams is what it says."""

from __future__ import annotations

from pathlib import Path

from tools.long_streams import line, read_file, read_world, write_file


def test_the_file_has_a_base_and_the_updates(tmp_path: Path) -> None:
    path = tmp_path / "facts.jsonl"
    write_file(path, 1000, 9)
    assert len(path.read_text().splitlines()) == 1000
    assert read_file(path) == {"steps": 10, "facts": 1000}


def test_a_world_is_read_to_its_end() -> None:
    options = {"entities": 10, "relations": 4, "updates": 3, "changed": 4, "new": 4}
    assert read_world(options) == {"steps": 4, "facts": 52}


def test_a_row_has_a_cell_for_each_column() -> None:
    short = {"steps": 4.0, "memory": 2e6, "seconds": 3.0}
    more = {"last_to_first": 1.0, "bytes_a_step": 2000.0, "bytes_last_to_first": 1.0}
    assert line("x", short) == "| x | 3 | 2 MB | 3 s | – | – | – |"
    assert line("x", {**short, **more}) == "| x | 3 | 2 MB | 3 s | 1.00 | 2.0 kB | 1.00 |"
