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


def test_facts_without_a_held_out_wording_are_counted_and_named(tmp_path: Path) -> None:
    (tmp_path / "words.toml").write_text('mayor = ["The mayor of {subject} is {object}."]\n')
    towns = [
        f'{{"subject": "T{n}", "relation": "mayor", "new": "M{n}", "update": {n % 2}}}'
        for n in range(5)
    ]
    judges = [one.replace("mayor", "judge") for one in towns]
    file = tmp_path / "facts.jsonl"

    def told(*lines: str) -> list[str]:
        file.write_text("\n".join(lines))
        return stream_warnings(open_stream(str(file), {"wordings": tmp_path / "words.toml"}))

    (some,) = told(*towns, *judges)
    assert some.startswith(
        "5 of 10 facts have no held-out wording and are left out of the scores ("
    )
    assert "('T0, mayor', 'T2, mayor', 'T4, mayor' and 2 more)" in some
    (one,) = told(towns[0], *judges)
    assert one.startswith("1 of 6 facts has no held-out wording and is left out of the scores ('T0")
    (every,) = told(*towns)
    assert every.startswith("No wording is held out")
