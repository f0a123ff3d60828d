"""The ledger's files: what is written is what is read, whole or not at all."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from cltool.core import files
from cltool.core.errors import UserError
from cltool.evaluation import ledger


def rows(step: int) -> list[dict[str, Any]]:
    base: dict[str, Any] = {
        "step": step,
        "subject": "Österreich",
        "relation": "ruler",
        "form": "question",
        "number": 3,
        "prompt": "Who rules\n“Österreich”?",
        "closing": "",
        "group": "new",
        "learned": step,
        "accepted": ["Bo", "Queen Bo"],
        "outdated": [],
        "answer": "Bo",
        "stop": "end",
        "matched": None,
        "right": True,
        "stale": False,
        "forced": True,
        "logp": -0.125,
        "logp_outdated": None,
        "match": "exact",
        "exact": "right",
        "contains": "right",
        "choice": "outdated",
        "chosen": "Li",
    }
    other = {"form": "trained", "outdated": ["Li", "Mo"], "logp_outdated": -3.5, "right": False}
    more = {"stale": True, "exact": "outdated", "choice": None, "chosen": None}
    return [base, {**base, **other, **more}]


NEW_IN_3 = ["match", "exact", "contains", "choice", "chosen"]


def write_old(file: Path, table: pa.Table, version: int) -> None:
    """Write a table as version 2 or later of the ledger was written: with a digest."""
    metadata = {ledger.FORMAT_KEY: str(version).encode(), ledger.DIGEST_KEY: ledger.NO_DIGEST}
    pq.write_table(table.replace_schema_metadata(metadata), file)
    content = file.read_bytes()
    head, _, tail = content.rpartition(ledger.NO_DIGEST)
    file.write_bytes(head + hashlib.sha256(content).hexdigest().encode() + tail)


def test_a_round_trip(tmp_path: Path) -> None:
    for step in (0, 1, 2):
        ledger.write_step(tmp_path, step, rows(step))
    found = ledger.read(tmp_path)
    assert list(found.columns) == list(ledger.COLUMNS)
    assert list(found["step"]) == [0, 0, 1, 1, 2, 2]
    for got, expected in zip(found.to_dict("records"), rows(0) + rows(1) + rows(2), strict=True):
        for name, value in expected.items():
            if isinstance(value, list):
                assert list(got[name]) == value
            elif value is None:
                assert pd.isna(got[name])
            else:
                assert got[name] == value


def test_what_was_given_is_a_column_only_where_a_strategy_gives_facts(tmp_path: Path) -> None:
    given = [{"given": 0, "found": False}, {"given": 2, "found": True}]
    ledger.write_step(tmp_path, 0, [{**r, **more} for r, more in zip(rows(0), given, strict=True)])
    ledger.write_step(tmp_path, 1, rows(1))
    first = ledger.read_step(tmp_path, 0)
    assert list(first.columns) == [*ledger.COLUMNS, "given", "found"]
    assert first["given"].tolist() == [0, 2]
    assert first["found"].tolist() == [False, True]
    assert list(ledger.read_step(tmp_path, 1).columns) == list(ledger.COLUMNS)
    whole = ledger.read(tmp_path)
    assert whole["found"].isna().tolist() == [False, False, True, True]


def test_tags_are_a_column_only_where_facts_have_them(tmp_path: Path) -> None:
    ledger.write_step(tmp_path, 0, rows(0))
    plain = ledger.step_file(tmp_path, 0).read_bytes()
    tagged = rows(1)
    tagged[1]["tags"] = '{"region": "süd"}'
    ledger.write_step(tmp_path, 1, tagged)
    assert list(ledger.read_step(tmp_path, 0).columns) == list(ledger.COLUMNS)
    assert list(ledger.read_step(tmp_path, 1)["tags"].dropna()) == ['{"region": "süd"}']
    found = ledger.read(tmp_path)
    assert found["tags"].isna().tolist() == [True, True, True, False]
    ledger.write_step(tmp_path, 0, [{**row, "tags": None} for row in rows(0)])
    assert ledger.step_file(tmp_path, 0).read_bytes() == plain


def test_plain_pandas_reads_it(tmp_path: Path) -> None:
    ledger.write_step(tmp_path, 0, rows(0))
    found = pd.read_parquet(ledger.step_file(tmp_path, 0))
    assert list(found["right"]) == [True, False]
    assert found["right"].mean() == 0.5
    assert found["logp_outdated"].isna().tolist() == [True, False]
    assert list(found["outdated"][1]) == ["Li", "Mo"]
    assert pq.read_schema(ledger.step_file(tmp_path, 0)).equals(ledger.schema())


def test_the_same_rows_give_the_same_bytes(tmp_path: Path) -> None:
    for name in ("a", "b"):
        ledger.write_step(tmp_path / name, 0, rows(0))
    assert len({ledger.step_file(tmp_path / n, 0).read_bytes() for n in ("a", "b")}) == 1


def test_steps_are_in_order_beyond_the_first_thousand(tmp_path: Path) -> None:
    for step in (2, 10, 999, 1000):
        ledger.write_step(tmp_path, step, rows(step)[:1])
    assert list(ledger.read(tmp_path)["step"]) == [2, 10, 999, 1000]


def test_a_crash_while_writing_leaves_no_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def crash(table: object, where: Path, **kwargs: object) -> None:
        Path(where).write_bytes(b"PAR1 half a fi")
        raise KeyboardInterrupt

    monkeypatch.setattr(pq, "write_table", crash)
    with pytest.raises(KeyboardInterrupt):
        ledger.write_step(tmp_path, 0, rows(0))
    assert list((tmp_path / "answers").iterdir()) == []


def test_a_crash_while_writing_leaves_the_older_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ledger.write_step(tmp_path, 0, rows(0))
    before = ledger.step_file(tmp_path, 0).read_bytes()

    def crash(handle: int) -> None:
        raise OSError("the disk is full")

    monkeypatch.setattr(files.os, "fsync", crash)
    with pytest.raises(OSError, match="full"):
        ledger.write_step(tmp_path, 0, rows(0)[:1])
    assert [path.name for path in (tmp_path / "answers").iterdir()] == ["step-000.parquet"]
    assert ledger.step_file(tmp_path, 0).read_bytes() == before


def test_text_and_json_are_written_whole(tmp_path: Path) -> None:
    file = tmp_path / "deep" / "x.json"
    files.write_json(file, {"ä": [1, None, 0.1]})
    assert file.read_bytes() == '{\n  "ä": [\n    1,\n    null,\n    0.1\n  ]\n}\n'.encode()
    with pytest.raises(ValueError, match="nan"):
        files.write_json(file, {"x": float("nan")})
    with pytest.raises(TypeError):
        files.write_json(file, {"x": object()})
    assert "null" in file.read_text(encoding="utf-8")
    assert [path.name for path in file.parent.iterdir()] == ["x.json"]


@pytest.mark.parametrize("damage", [b"", b"PAR1", b"not parquet at all", None])
def test_a_damaged_file_is_named(tmp_path: Path, damage: bytes | None) -> None:
    for step in (0, 1):
        ledger.write_step(tmp_path, step, rows(step))
    file = ledger.step_file(tmp_path, 1)
    whole = file.read_bytes()
    file.write_bytes(whole[: len(whole) // 2] + whole[-200:] if damage is None else damage)
    with pytest.raises(UserError, match="cannot be read as answers") as caught:
        ledger.read(tmp_path)
    assert caught.value.where == str(file)
    assert "Delete the file" in caught.value.hint


def test_a_file_of_something_else_is_named(tmp_path: Path) -> None:
    ledger.write_step(tmp_path, 0, rows(0))
    pd.DataFrame({"step": ["zero"], "answer": [1.5]}).to_parquet(ledger.step_file(tmp_path, 0))
    with pytest.raises(UserError, match="cannot be read as answers"):
        ledger.read(tmp_path)


def test_no_answers(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="no answers there"):
        ledger.read(tmp_path)


def with_format(file: Path, version: bytes | None) -> None:
    """Rewrite ``file`` with another version in its metadata, or without one."""
    table = pq.read_table(file)
    metadata = None if version is None else {ledger.FORMAT_KEY: version}
    pq.write_table(table.replace_schema_metadata(metadata), file)


def test_a_file_carries_the_version_of_its_format(tmp_path: Path) -> None:
    ledger.write_step(tmp_path, 0, rows(0))
    metadata = pq.read_schema(ledger.step_file(tmp_path, 0)).metadata
    assert metadata[b"cltool.format"] == b"3"


def test_answers_of_format_1_without_a_digest_are_read(tmp_path: Path) -> None:
    ledger.write_step(tmp_path, 0, rows(0))
    file = ledger.step_file(tmp_path, 0)
    now = pq.read_table(file)
    new = ["stop", "matched", *NEW_IN_3]
    old = now.drop_columns(new).append_column("stopped", pa.array([True, False]))
    for metadata in (None, {ledger.FORMAT_KEY: b"1"}):
        pq.write_table(old.replace_schema_metadata(metadata), file)
        found = ledger.read(tmp_path)
        assert list(found.columns) == list(ledger.COLUMNS)
        assert list(found["stop"]) == ["end", "limit"]
        assert found["matched"].isna().all()
        assert list(found["exact"]) == ["right", "outdated"]
        same = [name for name in ledger.COLUMNS if name not in new]
        assert found[same].to_json() == now.to_pandas()[same].to_json()
    pq.write_table(now.drop_columns(["stop", "matched"]), file)
    with pytest.raises(UserError, match="cannot be read as answers"):
        ledger.read(tmp_path)


def test_answers_of_format_2_have_the_verdict_that_they_were_judged_by(tmp_path: Path) -> None:
    wrong = {**rows(0)[0], "right": False, "number": 4}
    ledger.write_step(tmp_path, 0, [*rows(0), wrong])
    ledger.write_step(tmp_path, 1, rows(1))
    file = ledger.step_file(tmp_path, 0)
    now = pq.read_table(file)
    write_old(file, now.drop_columns(NEW_IN_3), 2)
    found = ledger.read(tmp_path)
    assert list(found.columns) == list(ledger.COLUMNS)
    assert set(found["match"]) == {"exact"}
    assert list(found["exact"]) == ["right", "outdated", "wrong", "right", "outdated"]
    for name in ("contains", "choice", "chosen"):
        assert found[name].isna().tolist()[:3] == [True] * 3
    assert list(found["contains"])[3:] == ["right", "right"]
    same = [name for name in ledger.COLUMNS if name not in NEW_IN_3]
    assert found[same][:3].to_json() == now.to_pandas()[same].to_json()
    write_old(file, now.drop_columns(NEW_IN_3), 3)
    with pytest.raises(UserError, match="has no column match"):
        ledger.read(tmp_path)


def test_a_newer_file_is_refused(tmp_path: Path) -> None:
    ledger.write_step(tmp_path, 0, rows(0))
    with_format(ledger.step_file(tmp_path, 0), b"4")
    with pytest.raises(UserError, match=r"has format 4, but .* reads formats up to 3") as caught:
        ledger.read(tmp_path)
    assert caught.value.where.endswith("step-000.parquet") and "newer cltool" in caught.value.hint


def test_a_flipped_bit_anywhere_is_noticed(tmp_path: Path) -> None:
    ledger.write_step(tmp_path, 0, rows(0))
    file = ledger.step_file(tmp_path, 0)
    whole = file.read_bytes()
    footer = len(whole) - 400
    for place in {*range(0, len(whole), 37), *range(footer, len(whole), 5)}:
        damaged = bytearray(whole)
        damaged[place] ^= 1 << place % 8
        file.write_bytes(damaged)
        with pytest.raises(UserError) as caught:
            ledger.read(tmp_path)
        assert caught.value.where == str(file) and "cltool run" in caught.value.hint, place
    file.write_bytes(whole)
    assert len(ledger.read(tmp_path)) == 2 == len(pq.read_table(file))


def test_duckdb_and_polars_read_the_steps_as_one_table(tmp_path: Path) -> None:
    duckdb, polars = pytest.importorskip("duckdb"), pytest.importorskip("polars")
    tagged = [{**one, "tags": "{}"} for one in rows(1)]  # only this step has the column tags
    for step, made in ((0, rows(0)), (1, tagged), (1000, rows(1000)[:1])):
        ledger.write_step(tmp_path, step, made)
    files = sorted((tmp_path / "answers").glob("*.parquet"))
    expected = [(0, 2, 0.5, None), (1, 2, 0.5, "{}"), (1000, 1, 1.0, None)]
    table = f"read_parquet('{tmp_path}/answers/*.parquet', union_by_name = true)"
    select = 'SELECT step, count(*), avg("right"::int), max(tags)'
    assert duckdb.sql(f"{select} FROM {table} GROUP BY step ORDER BY step").fetchall() == expected
    answers = polars.concat([polars.scan_parquet(file) for file in files], how="diagonal")
    grouped = answers.group_by("step").agg(
        polars.len(), polars.col("right").mean(), polars.col("tags").max()
    )
    assert grouped.sort("step").collect().rows() == expected
