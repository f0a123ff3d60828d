"""Processes that train one model together end like one process that trains it alone."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import torch
from safetensors.torch import load_file

from cltool.core.settings import merge
from cltool.experiments.run import run
from cltool.runs.run import Run
from cltool.testing.material import NAME, registered, small_stream
from cltool.training.learner import Learner
from cltool.training.strategy import Strategy
from tools import compatibility
from tools.launched import FSDP2, launched

# AdamW divides each gradient by its size, so a rounding error of a small one moves a weight by up
# to the rate.
SETTINGS = merge(
    compatibility.SETTINGS,
    {"general": {"ask": "off"}, "learner": {"lr": 3e-4}, "probe": {"batch_size": 5}},
)
LOSSES: list[float] = []


class Watching(Strategy):
    """Keeps what each process adds to the loss of each step."""

    shares_weights = True

    def after_backward(self, learner: Learner, **kwargs: Any) -> None:
        LOSSES.append(float(learner.loss.detach()))


def train(strategy: str, out: Path, **more: Any) -> list[float]:
    LOSSES.clear()
    model = str(compatibility.checkpoint("llama"))
    settings = merge(SETTINGS, more)
    run(small_stream(), strategy=strategy, model=model, seed=1, out=out, settings=settings)
    return LOSSES


def answers(folder: Path) -> pd.DataFrame:
    return pd.concat(
        pd.read_parquet(file) for file in sorted((folder / "answers").glob("*.parquet"))
    )


def files(folder: Path) -> set[str]:
    return {str(file.relative_to(folder)) for file in folder.rglob("*") if file.is_file()}


def refuse_other_results(one: Path, other: Path, atol: float = 1e-5) -> None:
    """Compare ledger, steps, weights, and what the strategies hold: sums, facts, anchors."""
    alone, shared = answers(one), answers(other)
    inexact = ["logp", "logp_outdated"]
    pd.testing.assert_frame_equal(alone.drop(columns=inexact), shared.drop(columns=inexact))
    pd.testing.assert_frame_equal(alone[inexact], shared[inexact], atol=1e-4, rtol=1e-4)
    for row, same in zip(Run(one).cost_rows(), Run(other).cost_rows(), strict=True):
        for name in ("tokens", "erasing_tokens", "steps", "stored_bytes", "training"):
            assert row.get(name) == same.get(name), name
    (place,) = (one / "checkpoints").glob("step-*")
    for file in place.iterdir():
        held = other / "checkpoints" / place.name / file.name
        if file.suffix == ".safetensors":
            tensors = load_file(held)
            for name, tensor in load_file(file).items():
                rtol = 1e-3 if file.stem != "model" else 0.0
                torch.testing.assert_close(
                    tensor, tensors[name], atol=atol, rtol=rtol, msg=_named(name)
                )
        elif file.name != "digests.json":
            assert json.loads(file.read_text()) == json.loads(held.read_text())
    assert files(one) == files(other)


def _named(name: str) -> Callable[[str], str]:
    return lambda text: f"{name}: {text}"


def compared(strategy: str, sizes: list[int], folder: Path, *, kind: Any = None) -> None:
    """Run a strategy in one process, and in as many processes as ``sizes`` says."""
    with registered(Watching):
        composed = f"{NAME}+{strategy}"
        losses = [*train(composed, folder / "1")]
        assert losses
        for size in sizes:
            out = folder / str(size)
            found = launched(
                size, lambda out=out: train(composed, out), folder / f"found-{size}", kind
            )
            assert {len(one) for one in found} == {len(losses)}, found
            summed = torch.tensor(found, dtype=torch.float64).sum(0)
            if kind is not None:  # each loss counts for all processes, and gradients are averaged
                summed /= size
            torch.testing.assert_close(summed, torch.tensor(losses).double(), atol=1e-5, rtol=0)
            refuse_other_results(folder / "1", out)


def test_two_processes_end_like_one(tmp_path: Path) -> None:
    compared("replay+lwf+ewc", [2], tmp_path)
    for found in launched(2, lambda: train("recitation", tmp_path / "no"), tmp_path / "refused"):
        assert "recitation needs whole batches in one process" in found["error"]
    assert not (tmp_path / "no" / "run.json").exists()


def test_a_run_goes_on_with_another_number_of_processes(tmp_path: Path) -> None:
    train("replay", tmp_path / "whole")
    out = tmp_path / "parts"

    def stopped() -> list[float]:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(Learner, "begin", _refuse_third(Learner.begin))
            return train("replay", out)

    for found in launched(2, stopped, tmp_path / "begun"):
        assert "stopped on purpose" in found["error"]
    assert Run(out).steps_done() == 3
    train("replay", out)
    refuse_other_results(tmp_path / "whole", out)


def _refuse_third(plain: Callable[..., None]) -> Callable[..., None]:
    from cltool.core.errors import UserError

    def begin(learner: Learner, update: Any, owed: float = 0.0) -> None:
        if update.step == 3:
            raise UserError("stopped on purpose")
        plain(learner, update, owed)

    return begin


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("strategy", ["replay+ewc", "kfac", "der+lwf", "mir", "lora+replay"])
def test_two_and_four_processes_end_like_one(strategy: str, tmp_path: Path) -> None:
    compared(strategy, [2, 4], tmp_path)


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("strategy", ["naive", "replay", "lora"])
def test_sharded_weights_end_like_whole_ones(strategy: str, tmp_path: Path) -> None:
    compared(strategy, [2], tmp_path, kind=FSDP2)
