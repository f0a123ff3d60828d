"""A run logs what its tables show, and starts anew with ``fresh``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from cltool.core.errors import UserError
from cltool.experiments.compare import compare
from cltool.facts.stream import Stream

from .short_runs import Start


def scalars(folder: Path) -> dict[str, list[tuple[int, float]]]:
    accumulator: Any = pytest.importorskip(
        "tensorboard.backend.event_processing.event_accumulator", reason="needs tensorboard"
    )
    events = accumulator.EventAccumulator(str(folder / "tensorboard")).Reload()
    names = events.Tags()["scalars"]
    return {name: [(one.step, one.value) for one in events.Scalars(name)] for name in names}


def test_a_run_logs_the_numbers_of_its_tables(start: Start, tmp_path: Path) -> None:
    for fresh in (False, True):
        run = start(tmp_path / "run", log="tensorboard", fresh=fresh)
        table, found = run.metrics(), scalars(run.folder)

        for name in ("new", "retained", "tokens", "training.epochs"):
            column = table[name].dropna()
            assert [step for step, _ in found[name]] == list(column.index), "each step once"
            assert [value for _, value in found[name]] == pytest.approx(list(column), rel=1e-6)
        assert len([*(run.folder / "tensorboard").iterdir()]) == 1


def test_a_comparison_refuses_an_unknown_tool_before_anything_runs(
    stream: Stream, tmp_path: Path
) -> None:
    with pytest.raises(UserError, match="tensorbord") as raised:
        compare(stream, ["naive"], out=tmp_path / "out", log="tensorbord")

    assert "tensorboard" in raised.value.hint
    assert not (tmp_path / "out").exists()
