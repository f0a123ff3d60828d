"""What stands in the record of a run about its stream."""

from __future__ import annotations

from pathlib import Path

from cltool.experiments.manifest import stream_warnings
from cltool.experiments.resolve import open_stream


def test_doubts_about_the_table_of_facts_are_warnings_of_the_run(tmp_path: Path) -> None:
    file = tmp_path / "facts.csv"
    file.write_text("subject;relation;new;update;Forget\nA;r;b;0;\nB;r;nan;0;\nA;r;c;1;\n")
    assert stream_warnings(open_stream(str(file))) == [
        "facts.csv:2: the column 'Forget' is read as forget.",
        "facts.csv:3: new 'nan' is kept as a name. Is it a missing value?",
    ]
