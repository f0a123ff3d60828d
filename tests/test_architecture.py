"""``docs/architecture.md`` names files that exist, and all rooms."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[1]
TEXT = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")


def test_every_file_that_it_names_exists() -> None:
    named = set(re.findall(r"`((?:cltool|strategies|scenarios|tools)/[\w/]*(?:\.py)?)`", TEXT))
    placeholders = {name for name in named if re.search(r"\b(NAME|FAMILY)\b", name)}
    assert len(named) > 30
    assert [name for name in sorted(named - placeholders) if not (ROOT / name).exists()] == []


def test_every_room_of_the_contract_has_a_row() -> None:
    tables = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    layers = next(
        contract["layers"]
        for contract in tables["tool"]["importlinter"]["contracts"]
        if contract["type"] == "layers"
    )
    rooms = [room.strip() for layer in layers for room in layer.split("|")]
    table = TEXT.partition("| room |")[2].partition("\n\n")[0]
    for room in rooms:
        name = room.rpartition(".")[2]
        assert f"{name}/`" in table, room
