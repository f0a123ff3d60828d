"""Counting rooms, floors and arrows, on toy packages and on cltool."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools.rooms import Plan, as_text, main, read_plan

ROOT = Path(__file__).parents[2]


def write(folder: Path, files: dict[str, str], layers: str = "") -> Path:
    for name, text in files.items():
        path = folder / "toy" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    contract = f'[[tool.importlinter.contracts]]\ntype = "layers"\nlayers = {layers}\n'
    (folder / "pyproject.toml").write_text(contract if layers else "")
    return folder


CHAIN = {
    "__init__.py": "",
    "top.py": "import toy.middle.one",
    "middle/__init__.py": "",
    "middle/one.py": "def f():\n    from toy import low",
    "middle/two.py": "from toy.middle import one",
    "low.py": "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import toy.top",
}


def test_a_chain_of_three_rooms(tmp_path: Path) -> None:
    plan = read_plan(write(tmp_path, CHAIN), "toy")
    assert plan.rooms == {"toy", "toy.top", "toy.middle", "toy.low"}
    assert plan.arrows == {("toy.top", "toy.middle"): 1, ("toy.middle", "toy.low"): 1}
    floors = {"toy": 1, "toy.low": 1, "toy.middle": 2, "toy.top": 3}
    assert plan.floors == floors and plan.back_up == []


def test_an_arrow_to_a_higher_layer_points_back_up(tmp_path: Path) -> None:
    layers = "['toy.top', 'toy.low', 'toy.middle']"
    plan = read_plan(write(tmp_path, CHAIN, layers), "toy")
    assert plan.back_up == [("toy.middle", "toy.low")]


def test_rooms_on_a_circle_share_a_floor_and_point_back_up(tmp_path: Path) -> None:
    files = CHAIN | {"low.py": "import toy.middle.two"}
    plan = read_plan(write(tmp_path, files), "toy")
    assert plan.back_up == [("toy.low", "toy.middle"), ("toy.middle", "toy.low")]
    assert plan.floors["toy.low"] == plan.floors["toy.middle"] == 1
    assert "back up: toy.low → toy.middle" in as_text(plan)


@pytest.fixture(scope="module")
def cltool() -> Plan:
    return read_plan(ROOT)


def test_cltool_has_few_rooms_and_floors_and_no_arrow_back_up(cltool: Plan) -> None:
    assert len(cltool.rooms) <= 20
    assert max(cltool.floors.values()) <= 12
    assert cltool.back_up == []
    assert ("cltool.cli", "cltool.experiments") in cltool.arrows


def test_the_command_prints_the_counts(cltool: Plan, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(ROOT)]) == 0
    assert capsys.readouterr().out.startswith(f"{len(cltool.rooms)} rooms, ")
