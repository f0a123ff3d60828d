"""A stream that forgets, runs over it, and one in which a fact came back."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch

from cltool.experiments import run as experiment
from cltool.facts.facts import Fact, Update
from cltool.facts.stream import Stream
from cltool.runs import erasures
from cltool.runs.run import Run
from cltool.testing.material import NAME, registered
from cltool.training.learner import Learner
from cltool.training.strategy import State, Strategy

from ..conftest import make_stream, make_wordings

SHORT: dict[str, Any] = {
    "learner": {"epochs": 1, "batch_size": 8},
    "model": {"device": "cpu"},
}
LABELS = ("base", "one", "two", "three", "four")


def forgetful() -> Stream:
    """Updates 1 and 2 forget: a fact of the base, and one of update 1; 4 teaches one anew."""
    base = list(make_stream(6, name="forgetful").updates[0].learn)
    isle = Fact("Isle 1", "ruler", "Momo", ("King Momo",))
    return Stream(
        "forgetful",
        [
            Update(0, "base", base),
            Update(1, "one", [isle], [base[2]]),
            Update(2, "two", [Fact("Isle 2", "ruler", "Lulu")], [isle]),
            Update(3, "three", [Fact("Isle 3", "ruler", "Didi")]),
            Update(4, "four", [Fact("Isle 1", "ruler", "Bibi")]),
        ],
        make_wordings(),
        source={"scenario": "forgetful"},
    )


class Relapse(Strategy):
    """Hides what is to be forgotten by saying nothing any more, and thinks better of it later."""

    def attach(self, learner: Learner) -> None:
        self._weights = {n: p.detach().clone() for n, p in learner.model.named_parameters()}

    def update(self, learner: Learner, update: Update) -> None:
        self._put(learner, 1.0 if update.step > 2 else 0.0)

    def state_dict(self) -> State:
        return {}

    def _put(self, learner: Learner, factor: float) -> None:
        with torch.no_grad():
            for name, parameter in learner.model.named_parameters():
                parameter.copy_(factor * self._weights[name])


Start = Callable[..., Run]


@pytest.fixture
def start(checkpoint: Callable[[str], Path]) -> Start:
    """A short run, on a random Llama where not said otherwise."""

    def go(out: Path, strategy: str = "replay", **options: Any) -> Run:
        options = {"settings": SHORT, "model": str(checkpoint("llama")), **options}
        stream = options.pop("of", None) or forgetful()
        return experiment.run(stream, strategy=strategy, out=out, **options)

    return go


@pytest.fixture(scope="module")
def relapsed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a run in which a fact came back, on a model that knows the base."""
    out = tmp_path_factory.mktemp("relapse") / f"{NAME}-seed0"
    with registered(Relapse):
        experiment.run(forgetful(), strategy=NAME, model="tiny", settings=SHORT, out=out)
    return out


def requests_of(run: Run) -> list[dict[str, Any]]:
    record: list[dict[str, Any]] = erasures.open_record(run)["requests"]
    return record


def timeless(run: Run) -> dict[str, Any]:
    record = erasures.open_record(run)
    return {**record, "requests": [{**one, "time": None} for one in record["requests"]]}
