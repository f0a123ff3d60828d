"""Measures by how much runs in several processes differ from runs in one.

``python -m tools.several_processes`` runs every strategy that works in several processes in one
process, in two, and in two with sharded weights where it works there, on a small random Llama on
the CPU. It prints the largest differences. The processes are forked and work together through
Accelerate (gloo), as those that `accelerate launch` starts.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from cltool.runs.run import Run
from cltool.strategies import STRATEGIES
from cltool.training.several import whole_batches, whole_weights
from tools import compatibility
from tools.launched import FSDP2, LostError, launched

COSTS = ("tokens", "erasing_tokens", "steps", "stored_bytes")
"""What has to be equal of the costs of each step."""

COLUMNS = ("strategy", "processes", "answers", "log-probabilities", "weights", "states")


def train(strategy: str, out: Path) -> list[float]:
    """Run ``strategy`` on the stream and the model of the page about compatibility."""
    from cltool.core.settings import merge
    from cltool.experiments.run import run
    from cltool.testing.material import small_stream

    settings = merge(compatibility.settings_of(strategy), {"general": {"ask": "off"}})
    model = str(compatibility.checkpoint("llama"))
    run(small_stream(), strategy=strategy, model=model, out=out, settings=settings)
    return []


def differences(one: Path, other: Path) -> list[str]:
    """Return how run folder ``other`` differs from ``one``, by column of the table.

    The answers are equal if `COSTS` are, and all columns of the ledger that hold no
    log-probability. The difference of a tensor is the largest of its numbers, divided by the
    largest of the numbers of its file if that is above 1.
    """
    import pandas as pd

    ledgers = [
        pd.concat(pd.read_parquet(file) for file in sorted((run / "answers").glob("*.parquet")))
        for run in (one, other)
    ]
    logps = ["logp", "logp_outdated"]
    same = ledgers[0].drop(columns=logps).equals(ledgers[1].drop(columns=logps))
    spent = [[[row[key] for key in COSTS] for row in Run(run).cost_rows()] for run in (one, other)]
    same = same and spent[0] == spent[1]
    apart = max(float((ledgers[0][name] - ledgers[1][name]).abs().max()) for name in logps)
    weights, states = 0.0, 0.0
    (place,) = (one / "checkpoints").glob("step-*")
    for file in place.glob("*.safetensors"):
        found = _apart(file, other / "checkpoints" / place.name / file.name)
        if file.stem == "model":
            weights = found
        else:
            states = max(states, found)
    return ["equal" if same else "DIFFERENT", *(f"{one:.0e}" for one in (apart, weights, states))]


def _apart(one: Path, other: Path) -> float:
    from safetensors.torch import load_file

    mine, theirs = load_file(one), load_file(other)
    gaps = [
        float((mine[name].double() - theirs[name].double()).abs().max())
        for name in mine
        if mine[name].numel()
    ]
    sizes = [float(tensor.double().abs().max()) for tensor in mine.values() if tensor.numel()]
    return max(gaps, default=0.0) / max(1.0, *sizes, 1.0)


def measured(strategy: str, folder: Path, sizes: Sequence[int]) -> list[list[str]]:
    """Run a strategy in one process and in several; return rows of the table."""
    kind = STRATEGIES.load(strategy)
    if whole_batches(kind):
        return []
    alone = folder / "1" / strategy
    train(strategy, alone)
    ways: list[tuple[str, int, Any]] = [(str(size), size, None) for size in sizes]
    if not whole_weights(kind):
        ways += [(f"{size}, sharded", size, FSDP2) for size in sizes]
    rows = []
    for name, size, variables in ways:
        out = folder / ("f" * (variables is not None) + str(size)) / strategy
        try:
            with tempfile.TemporaryDirectory() as results:
                launched(size, lambda out=out: train(strategy, out), Path(results), variables)
            rows.append([f"`{strategy}`", name, *differences(alone, out)])
        except LostError as error:
            rows.append([f"`{strategy}`", name, str(error), *[""] * (len(COLUMNS) - 3)])
    return rows


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--processes", type=int, nargs="+", default=[2])
    parser.add_argument("strategies", nargs="*", default=compatibility.strategies())
    options = parser.parse_args(arguments)
    rows = [list(COLUMNS), ["---"] * len(COLUMNS)]
    print(*(f"| {' | '.join(row)} |" for row in rows), sep="\n")
    with tempfile.TemporaryDirectory() as temporary:
        for name in options.strategies:
            for row in measured(name, Path(temporary), options.processes):
                print(f"| {' | '.join(row)} |", flush=True)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
