"""What the report says of each update is what the script of the page counts."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from cltool.reporting.facts.block import block, facts_of
from cltool.reporting.facts.states import STATES, states
from cltool.reporting.views import updates
from cltool.runs.groups import Group, group_runs

from ..conftest import Make
from ..conftest import make as make

SCRIPT = Path(__file__).with_name("counts.mjs")
STEPS = 6


def _group(make: Make) -> Group:
    """Two strategies on two streams with two seeds; one run diverged, and two are not finished."""
    runs = []
    for strategy, behind in (("naive", {(0, 1): 4}), ("ewc", {(1, 0): 3})):
        for stream in range(2):
            for seed in range(2):
                diverged = (strategy, stream, seed) == ("ewc", 1, 1)
                runs.append(
                    make(
                        f"{strategy}-{stream}-{seed}",
                        strategy=strategy,
                        seed=seed,
                        drawn=stream,
                        keep=0.7,
                        gain=0.6,
                        facts=40,
                        labels=[str(step) for step in range(STEPS)],
                        done=behind.get((stream, seed)),
                        settings={"scenario": {"seed": stream}},
                        record={
                            "stream": {"digest": f"stream {stream}", "updates": []},
                            **({"status": "diverged"} if diverged else {}),
                        },
                    )
                )
    (group,) = group_runs(runs)
    return group


def _counted_by_the_page(group: Group) -> dict[str, list[dict[str, Any]]]:
    node = shutil.which("node")
    if node is None:
        pytest.skip("node is not installed")
    command = [node, str(SCRIPT)]
    done = subprocess.run(
        command, input=block(group), capture_output=True, text=True, check=True, timeout=60
    )
    found: dict[str, list[dict[str, Any]]] = json.loads(done.stdout)
    return found


def test_the_table_of_updates_has_the_numbers_of_the_page(make: Make) -> None:
    group = _group(make)
    page, data, facts = _counted_by_the_page(group), updates.data(group), facts_of(group)
    assert data is not None and facts is not None
    table = data["counts"]
    assert list(page) == list(table)
    names, numbers = list(STATES), {id(one): at for at, one in enumerate(group.runs)}
    happened = set()
    for variant in group.variants:
        for step, (shown, counted) in enumerate(
            zip(page[variant.label], table[variant.label], strict=True), start=1
        ):
            assert shown["changes"] == counted, (variant.label, step)
            happened |= {name for name, count in counted.items() if count}
            going = [one for one in variant.runs if one.done > step and not one.diverged]
            own = states(facts, [numbers[id(one)] for one in going], step)
            assert shown["states"] == [names[number] for number in own]
    assert happened == set(updates.CHANGES)
