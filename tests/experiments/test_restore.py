"""A run restored from disk has the same stream, weights and answers as before."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cltool.core.errors import UserError
from cltool.evaluation.prober import Prober
from cltool.experiments import resolve, restore
from cltool.experiments import run as experiment
from cltool.facts.stream import Stream
from cltool.runs.run import Run

FACTS: list[dict[str, Any]] = [
    *(
        {"subject": f"Town {n}", "relation": "mayor", "new": f"Ada {n}x", "update": 0}
        for n in range(6)
    ),
    *(
        {"subject": f"Town {n}", "relation": "river", "new": f"Lin {n}y", "update": 0}
        for n in range(6)
    ),
    {"subject": "Town 0", "relation": "mayor", "old": "Ada 0x", "new": "Sam Reed", "update": 1},
    *(
        {"subject": f"Town {n}", "relation": "mayor", "forget": True, "update": 2}
        for n in (1, 2, 3)
    ),
]


def write_facts(folder: Path) -> Path:
    file = folder / "facts.jsonl"
    file.write_text("".join(json.dumps(row) + "\n" for row in FACTS), encoding="utf-8")
    return file


def make_run(
    stream: Stream, folder: Path, model: str, strategy: str = "naive", **options: Any
) -> Run:
    tables = {
        "model": {"name": model, "device": "cpu"},
        "learner": {"epochs": 1, "lr": 3e-3, "batch_size": 8},
    }
    return experiment.run(stream, strategy=strategy, out=folder, settings=tables, **options)


@pytest.fixture(scope="module")
def facts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_facts(tmp_path_factory.mktemp("facts"))


@pytest.fixture(scope="module")
def finished(
    facts: Path, checkpoint: Callable[[str], Path], tmp_path_factory: pytest.TempPathFactory
) -> Run:
    stream = resolve.open_stream(str(facts))
    folder = tmp_path_factory.mktemp("runs") / "in"
    return make_run(stream, folder, str(checkpoint("llama")), "replay", keep_checkpoints=True)


@pytest.mark.parametrize("step", [1, 2])
def test_it_gives_the_same_answers(finished: Run, facts: Path, step: int) -> None:
    stream = restore.stream_of(finished, str(facts))
    learner = restore.base_learner(finished, stream)
    restore.move_to_step(learner, finished, step)
    probes = list(stream.probes(learner.known, stream.first_taught()))
    prober = Prober(learner.lm, restore.settings_of(finished).probe)
    rows = prober.ask(step, probes, learner.strategies.frame)
    before = finished.answers.query("step == @step")
    assert [row["answer"] for row in rows] == before["answer"].tolist()
    assert [row["logp"] for row in rows] == pytest.approx(before["logp"].tolist(), abs=1e-5)


def test_the_last_step_or_one_with_a_checkpoint_is_chosen(finished: Run) -> None:
    assert restore.kept_steps(finished) == [0, 1, 2]
    assert restore.chosen_step(finished, None) == 2
    assert restore.chosen_step(finished, 1) == 1
    with pytest.raises(UserError, match="there is no step 7\nThe stream's last step is 2"):
        restore.chosen_step(finished, 7)


def test_a_moved_file_needs_its_path(
    finished: Run, facts: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UserError, match=r"facts\.jsonl") as caught:
        restore.stream_of(finished)
    assert "--scenario" in str(caught.value)
    monkeypatch.chdir(facts.parent)
    assert restore.stream_of(finished).digest() == finished.record["stream"]["digest"]


def test_other_facts_are_refused(finished: Run, tmp_path: Path) -> None:
    file = write_facts(tmp_path)
    file.write_text(file.read_text("utf-8").replace("Sam Reed", "Sam Weed"), encoding="utf-8")
    with pytest.raises(UserError, match="are not those of the run"):
        restore.stream_of(finished, str(file))


def test_other_weights_are_refused(finished: Run, facts: Path) -> None:
    other = Run(finished.folder)
    other.__dict__["record"] = {**finished.record, "weights": "others"}
    with pytest.raises(UserError, match="weights have changed"):
        restore.base_learner(other, restore.stream_of(other, str(facts)))


@pytest.mark.parametrize(
    ("scenario", "options"),
    [
        (
            "world",
            {"entities": 20, "updates": 2, "changed": 5, "new": 3, "forgotten": 2, "seed": 3},
        ),
        ("leaders", {}),
        ("leaders", {"cut": ["2010-01", "2017-01"], "relations": ["president", "chancellor"]}),
    ],
)
def test_built_in_scenarios_are_opened_from_the_record_alone(
    scenario: str, options: dict[str, Any], tmp_path: Path
) -> None:
    stream = resolve.open_stream(scenario, options)
    record = {
        "scenario": stream.name,
        "requested": {"scenario": json.loads(json.dumps(dict(stream.source), default=str))},
        "stream": {"digest": stream.digest()},
    }
    run = Run(tmp_path)
    run.__dict__["record"] = record
    assert restore.stream_of(run).digest() == stream.digest()
