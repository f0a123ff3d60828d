"""Beliefs: a model with known probabilities and answers is read as it is."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

import cltool
from cltool.core.errors import UserError
from cltool.evaluation.likely_names import Alternatives
from cltool.evaluation.matching import END, Answer
from cltool.evaluation.named_holder import HolderReader
from cltool.experiments.belief_summary import Beliefs
from cltool.experiments.believe import believe
from cltool.facts.facts import Fact, Update
from cltool.facts.holders import HeldKey, Rivals, held_keys
from cltool.facts.stream import Stream
from cltool.facts.wordings import Asking, Wordings

LABELS = ("base", "2013", "2016")


def towns(count: int = 8) -> Stream:
    """Towns whose mayors change in every update."""
    updates = [
        Update(
            step,
            label,
            [Fact(f"Town {n}", "mayor", f"Mayor {n}{'abc'[step]}") for n in range(count)],
        )
        for step, label in enumerate(LABELS)
    ]
    return Stream("towns", updates, Wordings({}))


class Fake:
    """A model that finds some names probable, and says some answers."""

    def __init__(self, probable: Mapping[str, float], said: Mapping[str, str]) -> None:
        self.probable = probable
        self.said = said
        self.scored: list[str] = []

    def score(self, asked: Sequence[Alternatives]) -> list[list[float]]:
        self.scored += [name for one in asked for name in one.names]
        return [[self._score(one.prompt, name) for name in one.names] for one in asked]

    def _score(self, prompt: str, name: str) -> float:
        own = re.findall(r"Town (\d+)", prompt) == re.findall(r"\d+", name)
        return self.probable.get(name if own else f"{name}, elsewhere", -5.0)

    def answer(self, askings: Sequence[Asking]) -> list[Answer]:
        found = []
        for one in askings:
            town = next((name for name in self.said if f"{name}" in one.prompt), "")
            found.append(Answer(f" {self.said.get(town, 'nobody')}", END))
        return found

    def beliefs(self, stream: Stream) -> dict[str, Any]:
        every = held_keys(stream)
        askings = [(held, self._askings(stream, held)) for held in every]
        reader = HolderReader(every)
        found = believe(askings, Rivals(every), self.score, self.answer, reader)
        return Beliefs("fake", stream.name, LABELS, tuple(found), len(every), 0).as_json()

    def _askings(self, stream: Stream, held: HeldKey) -> list[Asking]:
        return [one for one in stream.wordings.askings(held.key) if one.form != "trained"]


def shares(counted: Mapping[str, Any]) -> list[float]:
    return [one["share"] for one in counted["holders_of"]]


def test_a_model_that_stopped_at_an_update_believes_its_holders() -> None:
    fake = Fake(
        {f"Mayor {n}b": -1.0 for n in range(8)}, {"Town 3": "Mayor 3c", "Town 4": "Mayor 4b"}
    )
    found = fake.beliefs(towns())
    assert found["probable"]["unknown"]["share"] == 0
    assert shares(found["probable"]) == [0, 1, 0]
    assert found["probable"]["median"] == {"label": "2013", "low": "2013", "high": "2013"}
    assert found["probable"]["outdated"]["share"] == 1
    named = {one["subject"]: one["named"] for one in found["facts"]}
    assert (named["Town 3"], named["Town 4"], named["Town 5"]) == ("Mayor 3c", "Mayor 4b", None)
    assert found["named"]["unknown"]["keys"] == 6
    assert shares(found["named"]) == [0, 0.5, 0.5]


def test_a_name_that_is_probable_everywhere_makes_other_keys_unknown() -> None:
    probable = {"Mayor 2a": -0.5, "Mayor 2a, elsewhere": -0.9, "Mayor 5c": -1.0}
    found = Fake(probable, {}).beliefs(towns())
    known = {one["subject"]: one["probable"] for one in found["facts"] if one["probable"]}
    assert known == {"Town 2": "Mayor 2a"}
    assert found["facts"][5]["rival"]["name"] == "Mayor 2a"


def test_names_that_are_equally_probable_are_unknown() -> None:
    found = Fake({}, {}).beliefs(towns())
    assert found["probable"]["unknown"]["share"] == 1
    assert found["probable"]["median"] is None
    assert shares(found["probable"]) == [None] * 3


def test_comparing_ends_when_a_distractor_is_more_probable() -> None:
    fake = Fake({"Mayor 0a": -1.0, "Mayor 9a, elsewhere": -1.0}, {})
    found = fake.beliefs(towns(30))
    # The other towns are unknown after the first round: all names are equally probable.
    compared = len(fake.scored)
    assert found["facts"][0]["rivals"] == 57
    assert found["probable"]["unknown"]["share"] == 1
    assert compared < 30 * 2 * (3 + 57)
    sure = Fake({f"Mayor {n}a": -1.0 for n in range(30)}, {})
    assert sure.beliefs(towns(30))["probable"]["unknown"]["share"] == 0
    assert len(sure.scored) == 30 * 2 * (3 + 57)


def test_keys_are_known_by_chance_as_often_as_the_number_of_names_says() -> None:
    found = Fake({}, {}).beliefs(towns(30))
    assert found["by_chance"] == pytest.approx(3 / (3 + 57))


def test_the_embedded_model_believes_the_base(stream: Stream) -> None:
    # The fixture's capitals and rulers change in three updates.
    found = cltool.beliefs("tiny", stream, settings={"model": {"device": "cpu"}}).as_json()
    counted = found["probable"]
    assert counted["unknown"]["share"] < 0.3
    assert counted["holders_of"][0]["share"] > 0.9
    assert counted["median"]["label"] == "base"
    assert found["named"]["unknown"]["share"] < 0.5


def test_a_random_model_is_unknown(checkpoint: Callable[[str], Path]) -> None:
    found = cltool.beliefs(
        str(checkpoint("llama")), towns(20), settings={"model": {"device": "cpu"}}
    ).as_json()
    assert found["probable"]["unknown"]["share"] >= 0.85
    assert found["named"]["unknown"]["share"] == 1


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"learner": {"lr": 1}}, "nothing is trained"),
        ({"model": {"teach_base": True}}, "nothing is trained"),
        ({"probe": {"limit": 0}}, "probe.limit"),
    ],
)
def test_bad_settings_are_refused(settings: dict[str, Any], words: str) -> None:
    with pytest.raises(UserError) as error:
        cltool.beliefs("tiny", towns(2), settings=settings)
    assert words in str(error.value)


def test_a_stream_in_which_nothing_changes_is_refused() -> None:
    updates = [Update(n, str(n), [Fact(f"Town {n}", "mayor", "Ada")]) for n in range(2)]
    with pytest.raises(UserError, match="no key of this stream changes"):
        cltool.beliefs("tiny", Stream("flat", updates, Wordings({})))
