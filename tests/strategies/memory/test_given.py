"""What the strategies of the family say that they put before prompts is what they put there."""

from __future__ import annotations

from pathlib import Path

import pytest

from cltool.experiments import run as experiment
from cltool.facts.stream import Stream
from cltool.models.tiny.reading import line
from cltool.testing.material import small_settings, small_stream

from ...conftest import MakeLearner, apply

SETTINGS = {
    "in_context": {},
    "retrieval": {"top": 3, "threshold": -1.0},
}


@pytest.mark.parametrize("name", SETTINGS)
def test_the_given_facts_are_those_before_the_prompt(
    name: str, make_learner: MakeLearner, stream: Stream
) -> None:
    learner = make_learner(name, strategy={**SETTINGS[name], "base": True})
    prompts = ["Who rules Land 0?", "Who rules Land 0? " * 6, "Who rules Land 0? " * 40]
    counts = []
    for update in stream.updates[1:]:
        apply(learner, update)
        for prompt in prompts:
            given = learner.strategies.given(prompt)
            assert given is not None
            lines = [line(fact, stream.wordings) for fact in given]
            assert "".join(lines) + prompt == learner.strategies.frame(prompt)
            assert {*given} <= {*learner.known.valid()}
            counts.append(len(given))
    assert min(counts) == 0 < max(counts), "some facts did not fit"


def test_other_strategies_give_nothing(make_learner: MakeLearner, stream: Stream) -> None:
    assert make_learner("naive").strategies.given("Who rules Land 0?") is None
    learner = make_learner("replay+retrieval", epochs=1)
    apply(learner, stream.updates[1])
    (fact,) = learner.strategies.given("The ruler of Land 0 is") or ()
    assert fact.key == ("Land 0", "ruler")


def test_a_run_keeps_what_was_found_apart_from_what_was_answered(tmp_path: Path) -> None:
    run = experiment.run(
        small_stream(), strategy="retrieval", settings=small_settings(), out=tmp_path / "run"
    )
    answers = run.answers
    assert answers["found"].dtype == bool
    taught = answers["group"].isin(["new", "retained"]) & (answers["learned"] > 0)
    assert answers[taught & (answers["form"] == "trained")]["found"].all()
    assert not answers[~taught]["found"].any()
    assert not answers[answers["step"] == 0]["given"].any()
    steps = run.metrics()
    assert steps.loc[1, "found"] > 0.5 and run.summary()["found"] == steps["found"].iloc[-1]
