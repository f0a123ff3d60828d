"""How the prober of a run judges: the seed of the run draws what an object is compared with."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from cltool.core.settings import ProbeSettings
from cltool.evaluation import likely_names
from cltool.evaluation.likely_names import Alternatives
from cltool.experiments.asking import prober_of
from cltool.facts.stream import Stream
from cltool.runs.run import Run

from ..conftest import MakeLearner


@pytest.fixture
def judged_by_choice(tmp_path: Path) -> Run:
    run = Run(tmp_path)
    run.write_record({"settings": {"probe": {"match": "choice"}}})
    return run


def test_runs_of_one_seed_compare_the_same_objects_and_other_seeds_compare_others(
    judged_by_choice: Run,
    make_learner: MakeLearner,
    stream: Stream,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    compared: list[tuple[str, ...]] = []

    def score(scorer: object, asked: Sequence[Alternatives]) -> list[list[float]]:
        compared.extend(one.names for one in asked)
        return [[0.0] * len(one.names) for one in asked]

    monkeypatch.setattr(likely_names.NameScorer, "__call__", score)
    probes = list(stream.probes(stream.knowledge(1), stream.first_taught()))
    drawn = []
    for strategy, seed in (("naive", 1), ("frozen", 1), ("naive", 2)):
        learner = make_learner(strategy, seed=seed)
        compared.clear()
        rows = prober_of(judged_by_choice, learner, ProbeSettings(max_tokens=1)).ask(1, probes)
        assert {row["match"] for row in rows} == {"choice"}, "the record decides, not the settings"
        drawn.append([*compared])
    one, same, other = drawn
    assert one == same != other
    assert [names[-1] for names in one] == [names[-1] for names in other]
