"""Made-up worlds, and what tests read out of them."""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from cltool.facts.facts import Fact, Knowledge
from cltool.facts.stream import Probe, Stream
from cltool.scenarios import world
from cltool.scenarios.world import World, WorldConfig

CATALOGUE: dict[str, Any] = tomllib.loads(
    Path(world.__file__).with_name("world.toml").read_text(encoding="utf-8")
)
RELATIONS = {entry["id"]: entry for entry in CATALOGUE["relation"]}
ROOT = Path(__file__).parents[2]


def make(seed: int = 0, **options: Any) -> Stream:
    return World(WorldConfig(**options)).stream(seed)


def spelled(stream: Stream) -> list[tuple[int, str, list[Fact], list[Fact]]]:
    return [(u.step, u.label, list(u.learn), list(u.forget)) for u in stream]


def extra(stream: Stream, known: Knowledge) -> list[Probe]:
    assert stream.extra_probes is not None
    return list(stream.extra_probes(known))


def of_form(probes: Sequence[Probe], form: str) -> list[Probe]:
    return [probe for probe in probes if probe.form == form]


def run(code: str, **environment: str) -> str:
    """What ``code`` prints in a process of its own."""
    return subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
        capture_output=True,
        text=True,
        check=True,
    ).stdout


@st.composite
def configs(draw: st.DrawFn) -> WorldConfig:
    """Options that fit together."""
    entities = draw(st.integers(8, 60))
    relations = draw(st.integers(1, 12))
    updates = draw(st.integers(0, 6))
    base = entities * relations
    forgotten = draw(st.integers(0, base // (updates + 1)))
    new = draw(st.integers(0, 30))
    least = min(base + (t - 1) * new - t * forgotten for t in range(1, updates + 2))
    changed = draw(st.integers(0, max(0, least)))
    return WorldConfig(
        entities=entities,
        relations=relations,
        updates=updates,
        changed=changed,
        new=new,
        forgotten=forgotten,
        forgetting=draw(st.none() | st.integers(0, updates + 1)),
    )
