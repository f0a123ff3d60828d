"""Facts that are too long for the model are refused before training, or left out and counted."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from cltool.core.errors import UserError
from cltool.experiments import run
from cltool.facts.facts import Fact, Update
from cltool.facts.stream import Stream
from cltool.models.tiny import build

LONG = Fact("Land 1", "capital", "qx " * 400)


def with_long_fact(stream: Stream, *, skip: bool) -> Stream:
    base, *others = stream.updates
    learn = [LONG if fact.key == LONG.key else fact for fact in base.learn]
    return replace(
        stream,
        updates=[Update(0, base.label, learn, base.forget), *others],
        origins={(0, LONG.key): "facts.csv:4"},
        source={**stream.source, "skip_bad": skip},
    )


def test_the_embedded_model_is_not_trained_on_them(
    stream: Stream, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(build, "make", None)
    with pytest.raises(UserError, match="too long") as caught:
        run.run(with_long_fact(stream, skip=False), out=tmp_path / "run")
    assert "facts.csv:4" in caught.value.details[0]
    assert not (tmp_path / "run").exists()


def test_with_skip_bad_they_are_left_out_and_counted(stream: Stream, tmp_path: Path) -> None:
    done = run.run(with_long_fact(stream, skip=True), strategy="frozen", out=tmp_path / "run")
    (skipped,) = done.record["stream"]["skipped"]
    assert "facts.csv:4" in skipped
    assert any("1 bad line " in warning for warning in done.record["warnings"])
    asked = set(zip(done.answers["subject"], done.answers["relation"], strict=True))
    assert LONG.key not in asked
    assert len(asked) == len(stream.first_taught()) - 1
