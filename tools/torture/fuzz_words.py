"""Properties of settings, answers, names, arguments, and the files of a run folder."""

from __future__ import annotations

import contextlib
import io
import json
import math
import random
import re
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from cltool.core.errors import UserError
from cltool.core.json_files import SEAL
from cltool.facts.identity import name_identity, object_identity
from cltool.runs.record import ID
from cltool.runs.run import file_name
from tools.torture import damages
from tools.torture.commands import CODES
from tools.torture.fuzz_facts import ANY, JSON, TEXT, plain_message

RAW = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
STRATEGIES = ("naive", "ewc", "replay", "replay+ewc", "lora", "npo+replay", "recitation")
SECTIONS = ("learner", "strategy", "model", "probe", "scenario", "", "x")
SETTINGS = (
    *("lr", "epochs", "tokens", "batch_size", "lambda", "capacity", "share", "clip", "stop_at"),
    *("max_tokens", "limit", "name", "device", "warmup", "seconds", "weight_decay", "lr_scale"),
    *("ewc.lambda", "replay.share", "schedule", "optimizer", "", "a.b.c", "__class__"),
)
VALUES = st.one_of(
    st.sampled_from(
        [
            *("inf", "-inf", "nan", "+nan", "1e999", "-1", "0", "1e308", "true", "[]", "{}", "''"),
            *(
                "999999999999999999999",
                "[[[[[[",
                "{a=1}",
                "1979-05-27",
                "0x10",
                "1_000",
                '"\\u001b"',
            ),
        ]
    ),
    st.floats().map(str),
    st.integers().map(str),
    ANY,
)


def _resolved(strategy: str, assignments: list[str]) -> None:
    """Resolve settings; those that are accepted are finite and can be written down."""
    from cltool.core.settings import parse_assignments
    from cltool.experiments import resolve

    try:
        settings = resolve.resolve(strategy, parse_assignments(assignments))
        resolve.build(settings)
    except UserError as error:
        plain_message(error)
        return
    _finite(settings.as_tables())
    json.dumps(settings.as_tables(), allow_nan=False)


def _finite(value: Any) -> None:
    if isinstance(value, dict):
        for inner in value.values():
            _finite(inner)
    assert not isinstance(value, float) or math.isfinite(value), f"accepted: {value}"


def assignments(work: Path) -> Any:
    """``--set`` takes any text, and accepts finite numbers only."""
    sane = st.builds(
        lambda section, name, value: f"{section}.{name}={value}",
        st.sampled_from(SECTIONS),
        st.sampled_from(SETTINGS),
        VALUES,
    )

    @given(st.sampled_from(STRATEGIES), st.lists(st.one_of(sane, sane, sane, ANY), max_size=3))
    def test(strategy: str, given_: list[str]) -> None:
        _resolved(strategy, given_)

    return test


def settings_files(work: Path) -> Any:
    """A TOML file of any settings is accepted or refused."""
    from cltool.core.settings import read_toml
    from cltool.experiments import resolve

    line = st.builds(lambda name, value: f"{name} = {value}", st.sampled_from(SETTINGS), VALUES)
    text = st.one_of(
        st.builds(
            lambda section, lines: f"[{section}]\n" + "\n".join(lines),
            st.sampled_from(SECTIONS),
            st.lists(line, max_size=3),
        ),
        ANY,
        st.just("a = " + "[" * 5000 + "]" * 5000),
    )

    @given(st.sampled_from(STRATEGIES), text)
    def test(strategy: str, content: str) -> None:
        file = work / "settings.toml"
        file.write_bytes(content.encode("utf-8", "surrogatepass"))
        try:
            settings = resolve.resolve(strategy, read_toml(file))
        except UserError as error:
            plain_message(error)
            return
        _finite(settings.as_tables())

    return test


def answers(work: Path) -> Any:
    """The object itself is a right answer, and no other known object is."""
    from cltool.evaluation.matching import END, RIGHT, STOPS, Answer, KnownNames, match, names

    closings = st.sampled_from([".", "", "!", " in Europe.", "。"])

    @given(ANY, TEXT, TEXT, closings, st.sampled_from(sorted(STOPS)))
    def test(text: str, accepted: str, other: str, closing: str, stop: str) -> None:
        known = KnownNames([accepted, other])
        for said in (text, f"{accepted}{closing}{text}", f"{text} {accepted}"):
            match(Answer(said, stop), closing, [accepted], [other], known)
        found = match(Answer(accepted, END), closing, [accepted], [], known)
        if object_identity(accepted):
            assert found is not None and found.kind == RIGHT, accepted
        if object_identity(other) != object_identity(accepted):
            assert not names(Answer(other, END), closing, [accepted], known), (other, accepted)
            assert not names(Answer(other, END), "", [accepted], known), (other, accepted)

    return test


def identities(work: Path) -> Any:
    """An identity is its own identity, and does not depend on the normal form of the text."""
    import unicodedata

    @given(ANY)
    def test(text: str) -> None:
        for identity in (name_identity, object_identity):
            found = identity(text)
            assert identity(found) == found, (text, found)
            for form in ("NFC", "NFD"):
                assert identity(unicodedata.normalize(form, text)) == found, (text, form)
            assert identity(f" {text}\u00a0") == found

    return test


def file_names(work: Path) -> Any:
    """A strategy's name becomes the name of one file, inside of its folder."""

    @given(ANY)
    def test(name: str) -> None:
        made = file_name(name)
        assert "/" not in made and "\0" not in made, (name, made)
        assert made not in (".", ".."), (name, made)

    return test


# -- commands -----------------------------------------------------------------------------


def called(*argv: str) -> tuple[int, str, str]:
    """Run a command in this process; return its exit code, and what it printed."""
    from cltool.cli.main import main

    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            code: Any = main(argv)
        except SystemExit as error:
            code = error.code
    for text in (out.getvalue(), err.getvalue()):
        assert not RAW.search(text), f"raw control characters: {text[-300:]!r}"
        assert "Traceback (most recent" not in text, text[-1500:]
        assert "unexpected error: " not in text, text[-1500:]
    assert code in CODES, f"code {code}"
    if code == 2:
        assert err.getvalue().strip(), "no message"
    return code, out.getvalue(), err.getvalue()


def arguments(work: Path) -> Any:
    """Options with any value are accepted or refused; commands that run nothing are tried."""
    option = st.sampled_from(
        [
            *(("show", "run", None), ("list", "strategies", "--family", None)),
            *(("report", "run", "--by", None), ("erasures", "run", "--retrained", None)),
            *(("run", "--scenario", None), ("run", "--strategy", None)),
            *(("compare", "--strategies", None), ("compare", "--seeds", None)),
            *(("compare", "--scenario", "missing.jsonl", "--equal", None),),
            *(("run", "--scenario", "facts.jsonl", "--keep-checkpoints", "x", "--cut", None),),
            *(("run", "--scenario", "facts.jsonl", "--keep-checkpoints", None, "--model", ""),),
            *(
                ("audit", "run", "--step", None),
                ("audit", None),
                ("audit", "run", "--fail-on", None),
            ),
            *(("tune", "--scenario", "facts.jsonl", "--first", "99", "--keep", None),),
            *(("reproduce", None, "--check"), ("reproduce", "--only", None, "--list")),
            *(("run", "--settings", None), ("run", "--scenario", "facts.jsonl", "--where", None)),
            ("run", "--scenario", "facts.jsonl", "--wordings", None),
        ]
    )

    @given(option, st.one_of(ANY, TEXT).filter(_fast))
    def test(argv: tuple[str | None, ...], value: str) -> None:
        called(*(value if part is None else part for part in argv))

    return test


def _fast(text: str) -> bool:
    """Return whether a text cannot be the name of something that takes long to run."""
    return text.strip() not in ("", ".", "leaders", "world") and "\0" not in text


def shown_names(work: Path) -> Any:
    """``show`` finds a subject, or says which ones there are."""

    @given(ANY)
    def test(subject: str) -> None:
        code, out, _ = called("show", "run", "--", subject)
        assert code == 2 or out

    return test


FILES = ("run/run.json", "run/steps.jsonl", "run/erasures.json")


def _without_digests(file: Path) -> None:
    """Make a JSON file one of an earlier version of cltool: whatever it holds is read."""
    lines = file.read_text(encoding="utf-8").splitlines() if file.suffix == ".jsonl" else []
    rows = [json.loads(line) for line in lines or [file.read_text(encoding="utf-8")]]
    for row in rows:
        row.pop(SEAL)
        row.pop(ID, None)
    file.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")


def _altered(work: Path, commands: list[tuple[str, ...]]) -> Any:
    """Return a test that alters one file of a run, and reads the run with a command."""
    for name in FILES:
        _without_digests(work / name)
    sound = {name: (work / name).read_bytes() for name in FILES}
    ways = [damages.wrong_type, damages.nested, damages.digit, damages.truncate, damages.flip]
    change = st.one_of(st.sampled_from(ways), st.sampled_from(ways[:1]), JSON, ANY)

    @given(st.sampled_from(FILES), change, st.integers(0, 10**6), st.sampled_from(commands))
    def test(name: str, change: Any, seed: int, argv: tuple[str, ...]) -> None:
        file = work / name
        if callable(change):
            change(file, random.Random(seed))
        else:
            text = change if isinstance(change, str) else json.dumps(change)
            file.write_bytes(text.encode("utf-8", "surrogatepass"))
        try:
            called(*argv)
        finally:
            file.write_bytes(sound[name])

    return test


def records(work: Path) -> Any:
    """The small files of a run folder may hold any JSON."""
    return _altered(work, [("show", "run", "Land 1"), ("erasures", "run", "--json")])


def reports(work: Path) -> Any:
    """The small files of a run folder may hold any JSON when a report is made."""
    return _altered(work, [("report", "run", "--out", "page.html"), ("report", "run", "--json")])
