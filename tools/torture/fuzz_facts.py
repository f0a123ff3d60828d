"""Properties of files of facts: what is read is what was written, or a `UserError` says why not."""

from __future__ import annotations

import csv
import gzip
import io
import json
import random
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from cltool.core.errors import UserError
from cltool.facts.files.forget_list import read_forget_list
from cltool.facts.identity import name_identity, object_identity
from cltool.facts.wordings import Wordings
from tools.torture import damages

RAW = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
"""Characters that a message must not have as they are."""

NOTABLE = (
    *("{subject}", "{object}", "{0}", "%s", "$HOME", "=1+1", "nan", "None", "null", "NULL", "NaN"),
    *("true", "1e5", "007", "1.0", "-0", "1,5", "a|b", "a;b", "a\tb", 'say "x"', "O'Brien", "#1"),
    *(
        "\\n",
        "../../x",
        "/etc/passwd",
        "<b>",
        "&amp;",
        "🙂",
        "👩‍👩‍👧",
        "نص",
        "עברית",
        "हिन्दी",
        "北京",
    ),
    *("한국어", "ไทย", "Å", "e\u0301", "ﬁ", "İ", "ß", "x" * 300, "sep=", "subject", "2024-01-01"),
)
WILD = (*NOTABLE, "\x1b[31m", "\x9b1m", "\x00", "\x07", "\r", "\n", "\u202e", "\ufeff", "\ud800")

PLAIN = st.characters(exclude_categories=("Cs", "Cc", "Cf", "Cn", "Co", "Zl", "Zp"))
TEXT = st.one_of(st.sampled_from(NOTABLE), st.text(PLAIN, min_size=1, max_size=20))
ANY = st.one_of(st.sampled_from(WILD), st.text(max_size=20))
SCALAR = st.one_of(
    *(st.none(), st.booleans(), st.integers(), st.floats(), ANY),
    st.sampled_from([10**400, -(10**30), 1e308, float("nan"), float("inf")]),
)
JSON = st.recursive(
    SCALAR,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(ANY, inner, max_size=3)),
    max_leaves=8,
)

COLUMNS = (
    *("subject", "relation", "new", "object", "old", "aliases", "forget", "update", "date"),
    *("prompt", "answer", "paraphrases", "region", "Forget", "", "subject "),
)

Rows = list[dict[str, Any]]


def plain_message(error: UserError) -> None:
    """Check that a message can be shown in a terminal."""
    text = str(error)
    assert text.strip(), "an empty message"
    assert not RAW.search(text), f"raw control characters: {text!r}"
    text.encode("utf-8")


def opened(file: Path, **options: Any) -> Any:
    """Return the stream of a file, or None if it is refused."""
    from cltool.experiments.resolve import open_stream

    try:
        return open_stream(str(file), options)
    except UserError as error:
        plain_message(error)
        return None


# -- what is written is what is read ------------------------------------------------------


@st.composite
def rows(draw: st.DrawFn) -> Rows:
    """Lines of a good file of facts: a base and one or two updates, no key twice in one."""
    names = draw(st.lists(st.tuples(TEXT, TEXT), max_size=6))
    keys = {(_folded(s), _folded(r)): (s, r) for s, r in names if _folded(s) and _folded(r)}
    keys.pop(("isle", "seat"), None)
    found: Rows = []
    for update in (0, 1):
        # Something changes in every file.
        found.append({"subject": "Isle", "relation": "seat", "new": f"No {update}"})
        found[-1]["update"] = update
        for subject, relation in keys.values():
            if update and draw(st.booleans()):
                continue
            new = draw(TEXT.filter(lambda text: _folded(text) != ""))
            found.append({"subject": subject, "relation": relation, "new": new, "update": update})
    return found


def _folded(text: str) -> str:
    return object_identity(text)


def _write_text(file: Path, text: str) -> None:
    data = text.encode("utf-8")
    file.write_bytes(gzip.compress(data) if file.suffix == ".gz" else data)


def _jsonl(lines: Rows, file: Path) -> None:
    _write_text(file, "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in lines))


def _json(lines: Rows, file: Path) -> None:
    _write_text(file, json.dumps(lines, ensure_ascii=True, indent=1))


def _csv(separator: str, start: str = "", quoting: Any = csv.QUOTE_MINIMAL) -> Any:
    def write(lines: Rows, file: Path) -> None:
        text = io.StringIO()
        writer = csv.DictWriter(text, list(lines[0]), delimiter=separator, quoting=quoting)
        writer.writeheader()
        writer.writerows(lines)
        _write_text(file, start + text.getvalue())

    return write


def _parquet(lines: Rows, file: Path) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    pq.write_table(pa.Table.from_pylist(lines), file)


def _pandas_csv(lines: Rows, file: Path) -> None:
    import pandas as pd

    pd.DataFrame(lines).to_csv(file, index=False)


def _polars_csv(lines: Rows, file: Path) -> None:
    import polars as pl

    pl.DataFrame(lines, infer_schema_length=None).write_csv(file)


def _utf16(lines: Rows, file: Path) -> None:
    text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in lines)
    file.write_bytes(text.encode("utf-16"))


WRITERS: dict[str, Callable[[Rows, Path], None]] = {
    "facts.jsonl": _jsonl,
    "plain.csv": _csv(","),
    "excel.csv": _csv(";", "\ufeff"),
    "sep.csv": _csv(";", "sep=;\r\n"),
    "tabs.csv": _csv("\t"),
    "quoted.csv": _csv(",", quoting=csv.QUOTE_ALL),
    "facts.tsv": _csv("\t"),
    "facts.json": _json,
    "facts.parquet": _parquet,
    "facts.jsonl.gz": _jsonl,
    "facts.csv.gz": _csv(","),
    "pandas.csv": _pandas_csv,
    "polars.csv": _polars_csv,
    "utf16.jsonl": _utf16,
}


def _refused(lines: Rows) -> bool:
    """Return whether ``lines`` may be refused: a formula or a control character is in them."""
    values = [str(value).strip() for row in lines for value in row.values()]
    return any(value.startswith("=") or not value.isprintable() for value in values)


def tables(work: Path) -> Any:
    """Facts that are read are the facts that were written, in every format."""
    taken: dict[str, list[bool]] = {name: [] for name in WRITERS}

    @given(rows(), st.sampled_from(sorted(WRITERS)))
    def test(lines: Rows, name: str) -> None:
        file = work / name
        WRITERS[name](lines, file)
        stream = opened(file)
        if stream is not None or not _refused(lines):
            taken[name].append(stream is not None)
        if stream is None:
            return
        written: dict[Any, str] = {}
        known: dict[Any, str] = {}
        for row in lines:
            key = (row["update"], name_identity(row["subject"]), name_identity(row["relation"]))
            if known.get(key[1:]) != object_identity(row["new"]):
                written[key] = object_identity(row["new"])
            known[key[1:]] = object_identity(row["new"])
        read = {
            (
                update.step,
                name_identity(fact.subject),
                name_identity(fact.relation),
            ): object_identity(fact.object)
            for update in stream
            for fact in update.learn
        }
        assert read == written, f"{name}: read {read}, written {written}"
        for update in stream:
            for fact in update.learn:
                for prompt, target in stream.wordings.examples(fact):
                    assert fact.object in target, (prompt, target)

    def enough() -> None:
        for name, found in taken.items():
            assert len(found) < 8 or sum(found) > len(found) / 5, f"{name} is refused: {found}"

    test.afterwards = enough  # type: ignore[attr-defined]
    return test


# -- anything at all ----------------------------------------------------------------------


def wild_lines(work: Path) -> Any:
    """Lines of any JSON values are read or refused."""
    row = st.one_of(st.dictionaries(st.sampled_from(COLUMNS), JSON, max_size=7), JSON)
    base = {"subject": "a", "relation": "b", "new": "c", "update": 0}
    good = st.builds(lambda more: {**base, **more}, st.dictionaries(st.sampled_from(COLUMNS), JSON))
    lines = st.lists(st.one_of(good, row), min_size=1, max_size=5)

    @given(
        lines, st.sampled_from(["w.jsonl", "w.json", "w.jsonl.gz"]), st.booleans(), st.booleans()
    )
    def test(values: list[Any], name: str, skip: bool, dated: bool) -> None:
        values = [base, *values, {**base, "new": "d", "update": 1}]
        texts = [json.dumps(value, ensure_ascii=True) for value in values]
        joined = f"[{','.join(texts)}]" if name == "w.json" else "\n".join(texts)
        _write_text(work / name, joined)
        opened(work / name, skip_bad=skip, **({"cut": "year"} if dated else {}))

    return test


def any_bytes(work: Path) -> Any:
    """Files of any bytes, with any ending, are read or refused."""
    endings = [
        ".jsonl",
        ".csv",
        ".tsv",
        ".json",
        ".parquet",
        ".jsonl.gz",
        ".csv.gz",
        ".txt",
        ".CSV",
    ]
    header = b"subject,relation,new,update\n"
    data = st.one_of(
        st.binary(max_size=300),
        st.binary(max_size=200).map(lambda more: header + more),
        st.binary(max_size=200).map(lambda more: b"PAR1" + more + b"PAR1"),
        st.binary(max_size=200).map(gzip.compress),
        st.text(max_size=200).map(lambda text: text.encode("utf-16", "surrogatepass")),
        ANY.map(lambda text: header + text.encode("utf-8", "surrogatepass") * 5),
    )

    @given(data, st.sampled_from(endings), st.booleans())
    def test(content: bytes, ending: str, skip: bool) -> None:
        file = work / f"any{ending}"
        file.write_bytes(content)
        opened(file, skip_bad=skip)

    return test


def damaged_tables(work: Path) -> Any:
    """Good files with one damage are read or refused."""
    some = [damages.truncate, damages.flip, damages.append, damages.digit, damages.garbage]

    @given(rows(), st.sampled_from(sorted(WRITERS)), st.sampled_from(some), st.integers(0, 10**6))
    def test(lines: Rows, name: str, damage: damages.Damage, seed: int) -> None:
        WRITERS[name](lines, work / name)
        damage(work / name, random.Random(seed))
        opened(work / name)

    return test


def forget_lists(work: Path) -> Any:
    """A list of facts to forget is read as it was written, or refused."""

    @given(st.one_of(rows(), st.lists(st.dictionaries(st.sampled_from(COLUMNS), JSON), max_size=4)))
    def test(lines: Rows) -> None:
        file = work / "forget.jsonl"
        kept = [row for row in lines if row.get("update", 0) == 0]
        _write_text(file, "\n".join(json.dumps(row) for row in kept))
        try:
            facts = read_forget_list(file).facts
        except UserError as error:
            plain_message(error)
            return
        found = [object_identity(fact.object) for fact in facts]
        if all(isinstance(row.get("new"), str) and not row.get("object") for row in kept):
            assert found == [object_identity(row["new"]) for row in kept if not row.get("prompt")]

    return test


def wordings_files(work: Path) -> Any:
    """A file of wordings is read or refused."""
    template = st.one_of(
        TEXT.map(lambda text: f"{text} {{subject}} is {{object}}."),
        ANY,
        st.sampled_from(["{object}", "{subject}{object}", "{{subject}} {object}", "{subject} {x}"]),
    )
    value = st.one_of(st.lists(template, max_size=4), ANY, st.integers())
    table = st.dictionaries(TEXT, value, max_size=3)

    @given(table)
    def test(relations: dict[str, Any]) -> None:
        lines = [f"{json.dumps(name)} = {json.dumps(value)}" for name, value in relations.items()]
        file = work / "wordings.toml"
        file.write_text("\n".join(lines), encoding="utf-8", errors="surrogatepass")
        try:
            Wordings.load(file)
        except UserError as error:
            plain_message(error)

    return test
