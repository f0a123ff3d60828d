"""A long file is read as a short one is, and needs little memory."""

from __future__ import annotations

import gc
import json
import os
import pickle
import tempfile
import tracemalloc
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cltool.core import progress
from cltool.core.errors import UserError
from cltool.core.progress import Progress, showing
from cltool.facts.files.stored import events
from cltool.facts.files.stored.bad import BadLines
from cltool.facts.stream import Stream
from cltool.scenarios.own_facts import OwnFacts, OwnFactsConfig

NAMES = ("Ulm", "ulm", "Cafe\u0301", "Caf\u00e9", "Rome", " Rome", "Bonn")
VALUES = ("Ada", "Bea", "ada", "Cy|", "None")

Read = Callable[..., Stream]
Row = dict[str, object]


@pytest.fixture
def long(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Read]:
    """Read a file whose events, from the third on, are in a temporary file."""
    monkeypatch.setattr(events, "IN_MEMORY", 2)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    yield read


def read(path: Path, **options: object) -> Stream:
    return OwnFacts(OwnFactsConfig.model_validate({"path": path, **options})).stream(0)


def write(path: Path, rows: list[Row]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def told(make: Read, path: Path, **options: object) -> object:
    """Return all that a user can see of a stream, or of its refusal."""
    try:
        stream = make(path, **options)
    except UserError as error:
        return str(error), error.details
    return {
        "updates": [(one.step, one.label, *map(list, (one.learn, one.forget, one.restated)))
                    for one in stream],
        "origins": dict(stream.origins),
        "days": dict(stream.days),
        "warnings": stream.warnings,
        "skipped": stream.skipped,
        "spellings": dict(stream.spellings),
        "digest": stream.digest(),
        "source": stream.source,
    }  # fmt: skip


def row(update: object = None) -> st.SearchStrategy[Row]:
    options = {
        "subject": st.sampled_from(NAMES),
        "relation": st.sampled_from(("mayor", "river")),
        "new": st.sampled_from(VALUES),
    }
    more = {
        "old": st.sampled_from(VALUES),
        "forget": st.booleans(),
        "aliases": st.sampled_from((["Addie"], ["Bea", "Ada"])),
        "party": st.sampled_from(("x", "y")),
        "update": st.integers(0, 3),
        "date": st.sampled_from(("2009", "2010-02", "2010-02-03", "2011-12-31")),
    }
    return st.fixed_dictionaries(options, optional=more)


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    rows=st.lists(row(), min_size=3, max_size=14),
    options=st.sampled_from(
        ({}, {"skip_bad": True}, {"skip_bad": True, "cut": "year"}, {"cut": "2010-02-03,2011"},
         {"updates": 2}, {"where": "party=x", "skip_bad": True})
    ),
)  # fmt: skip
def test_a_long_file_gives_the_same_stream_or_the_same_refusal(
    tmp_path: Path, rows: list[Row], options: dict[str, object]
) -> None:
    if options.get("updates") or "cut" not in options:
        for number, one in enumerate(rows):
            one.pop("date", None)
            one["update"] = one.get("update", min(number // 3, 3))
            if "updates" in options:
                del one["update"]
    path = write(tmp_path / "facts.jsonl", rows)
    short = told(read, path, **options)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(events, "IN_MEMORY", 2)
        assert told(read, path, **options) == short


def rows_of(count: int) -> list[Row]:
    """Return facts of a base and 10 updates, a tenth of which are the base."""
    base, later = count // 10, count - count // 10
    first = [
        {"subject": f"Person {n}", "relation": "town", "new": f"Town {n % 997}", "update": 0}
        for n in range(base)
    ]
    return first + [
        {"subject": f"Person {n % base}", "relation": "town", "new": f"City {n}",
         "update": 1 + 10 * n // later}
        for n in range(later)
    ]  # fmt: skip


def test_lines_without_a_time_are_divided_alike(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows: list[Row] = [
        {"subject": f"Person {n}", "relation": "town", "new": f"Town {n}"} for n in range(60)
    ]
    path = write(tmp_path / "facts.jsonl", rows)
    short = told(read, path, updates=4)
    assert isinstance(short, dict)
    assert [len(learn) for _, _, learn, *_ in short["updates"]] == [12] * 5
    monkeypatch.setattr(events, "IN_MEMORY", 2)
    assert told(read, path, updates=4) == short


def test_lines_that_a_filter_leaves_out_fill_no_update(tmp_path: Path) -> None:
    rows: list[Row] = [
        {"subject": f"Person {n}", "relation": "town", "new": f"Town {n}", "party": "yx"[n >= 30]}
        for n in range(60)
    ]
    stream = read(write(tmp_path / "facts.jsonl", rows), updates=4, where="party=x")
    assert [len(update.learn) for update in stream] == [6] * 5


def test_only_a_step_that_changed_a_fact_has_a_place_of_it(long: Read, tmp_path: Path) -> None:
    rows = [
        {"subject": "Ulm", "relation": "mayor", "new": name, "update": step}
        for step, name in ((0, "Ada"), (1, "Bea"), (3, "Cy"))
    ]
    other = [{**rows[0], "subject": "Bonn", "new": f"Di {n}", "update": n} for n in range(4)]
    origins = long(write(tmp_path / "facts.jsonl", rows + other)).origins
    found = [origins.get((step, ("Ulm", "mayor"))) for step in range(4)]
    assert found == ["facts.jsonl:1", "facts.jsonl:2", None, "facts.jsonl:3"]


@given(st.lists(st.tuples(st.integers(1, 9), st.sampled_from("abc")), max_size=12))
def test_bad_lines_in_a_file_are_those_of_a_dictionary(given_lines: list[tuple[int, str]]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(events, "IN_MEMORY", 1)
        bad = BadLines()
        for line, reason in given_lines:
            bad[line] = reason
        known = dict(given_lines)
        assert list(bad.items()) == sorted(known.items())
        assert len(bad) == len(known)
        assert [line in bad for line in range(11)] == [line in known for line in range(11)]


def test_the_memory_of_a_long_file_is_bounded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(events, "IN_MEMORY", 50)
    peaks = {}
    for count in (400, 1_200):
        path = write(tmp_path / "facts.jsonl", rows_of(count))
        read(path)  # what is cached does not count
        gc.collect()
        tracemalloc.start()
        stream = read(path)
        peaks[count] = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert sum(len(update.learn) for update in stream) == count
    assert (peaks[1_200] - peaks[400]) / 800 < 100, peaks  # bytes a line


def test_the_bad_lines_of_a_long_file_are_counted_and_the_first_are_named(
    long: Read, tmp_path: Path
) -> None:
    rows = [*rows_of(60), *({"subject": "Ulm", "relation": "town", "update": 1} for _ in range(70))]
    with pytest.raises(UserError) as caught:
        long(write(tmp_path / "facts.jsonl", rows))
    assert caught.value.what == "70 bad lines"
    assert caught.value.details[0] == "facts.jsonl:61: new is missing"
    assert caught.value.details[-1] == "… and 20 more"
    assert len(caught.value.details) == 51


def test_facts_of_a_long_file_can_be_read_in_any_order(long: Read, tmp_path: Path) -> None:
    facts = long(write(tmp_path / "facts.jsonl", rows_of(400))).updates[0].learn
    listed = list(facts)
    assert len(facts) == len(listed) == 40
    assert facts[-1] == listed[-1]
    assert list(facts[5:20]) == listed[5:20]
    assert list(facts[::-7]) == listed[::-7]
    with pytest.raises(IndexError):
        facts[40]


def test_a_long_stream_can_be_sent_to_another_process(long: Read, tmp_path: Path) -> None:
    stream = long(write(tmp_path / "facts.jsonl", rows_of(100)))
    copy = pickle.loads(pickle.dumps(stream))
    assert copy.digest() == stream.digest()
    assert copy.origins[0, ("Person 3", "town")] == "facts.jsonl:4"


def test_a_stream_without_its_temporary_files_says_where_they_must_be(
    long: Read, tmp_path: Path
) -> None:
    sent = pickle.dumps(long(write(tmp_path / "facts.jsonl", rows_of(100))))
    gc.collect()
    assert not list(tmp_path.glob("cltool-*"))
    with pytest.raises(UserError, match=r"not on this machine.* TMPDIR to a folder that all"):
        pickle.loads(sent)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full")
def test_a_full_disk_is_not_a_fault_of_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    full = tmp_path / "full"
    full.symlink_to("/dev/full")
    monkeypatch.setattr(events, "IN_MEMORY", 2)
    monkeypatch.setattr(tempfile, "mkstemp", lambda **_: (os.open(full, os.O_RDWR), str(full)))
    with pytest.raises(UserError) as caught:
        read(write(tmp_path / "facts.jsonl", rows_of(100)))
    assert caught.value.where == str(full)
    assert "TMPDIR" in caught.value.hint


def test_a_folder_for_temporary_files_that_is_missing_is_named_as_the_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(events, "IN_MEMORY", 2)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "missing"))
    with pytest.raises(UserError, match="a temporary file cannot be written"):
        read(write(tmp_path / "facts.jsonl", rows_of(100)))


def test_temporary_files_go_with_the_stream(long: Read, tmp_path: Path) -> None:
    stream = long(write(tmp_path / "facts.jsonl", rows_of(100)))
    assert list(tmp_path.glob("cltool-*"))
    del stream
    gc.collect()
    assert not list(tmp_path.glob("cltool-*"))


def test_progress_is_reported_for_long_files_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(progress, "MANY", 100)
    shown: list[tuple[str, int, int, str]] = []
    path = tmp_path / "facts.csv"
    body = "Ulm,mayor,Ada,0\n" + "Ulm,mayor,Bea,1\n" * 120
    path.write_text("subject,relation,new,update\n" + body)
    with showing(Progress(lambda *report: shown.append(report))):
        read(path)
    assert [task for task, *_ in shown][:1] == ["facts.csv: reading"]
    assert {task for task, *_ in shown} == {
        "facts.csv: reading", "facts.csv: comparing lines", "facts.csv: making updates",
    }  # fmt: skip
    assert all(0 <= done <= of for _, done, of, _ in shown)
    for task in ("reading", "comparing lines", "making updates"):
        *_, (_, done, of, what) = [one for one in shown if one[0] == f"facts.csv: {task}"]
        assert done == of
        assert what.startswith("12")
    shown.clear()
    path.write_text("subject,relation,new,update\nUlm,mayor,Ada,0\nUlm,mayor,Bea,1\n")
    with showing(Progress(lambda *report: shown.append(report))):
        read(path)
    assert not shown
