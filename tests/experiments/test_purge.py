"""What the strategies keep of a fact before it is purged and after."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from cltool.experiments.purge import Purge
from cltool.facts.facts import Fact, Update
from cltool.facts.stream import Stream
from cltool.training.learner import Learner

from ..conftest import MakeLearner, apply


def purged(learner: Learner, update: Update) -> list[dict[str, Any]]:
    """Take an update in up to the point at which it is trained."""
    gone = learner.known.superseded_by(update)
    asked = {fact.key for fact in update.forget}
    purge = Purge(learner.strategies, [fact for fact in gone if fact.key in asked])
    learner.known.apply(update)
    learner.strategies.forget(gone)
    return purge.clear(learner)


STORES: list[tuple[str, dict[str, Any]]] = [
    ("replay", {"share": 1.0}),
    ("replay", {"share": 1.0, "select": "relation"}),
    ("der", {"share": 1.0}),
    ("mir", {"share": 1.0}),
    ("agem", {"share": 1.0}),
    ("gem", {}),
    ("pseudo_replay", {}),
    ("self_distill", {}),
    ("in_context", {}),
    ("retrieval", {}),
    ("cumulative", {}),
    ("joint", {}),
]


@pytest.mark.parametrize(("name", "options"), STORES)
def test_every_store_loses_the_fact(
    name: str, options: dict[str, Any], make_learner: MakeLearner, stream: Stream
) -> None:
    learner = make_learner(name, strategy=options, epochs=1)
    apply(learner, stream.updates[1])
    # One of the base, of which some keep nothing or a sample, and one that an update taught.
    asked = [stream.updates[0].learn[2], stream.updates[1].learn[4]]
    told = purged(learner, Update(2, "two", [], asked))
    assert len(told) == 2
    held = [one[name]["entries_before"] for one in told]
    assert held[1] >= 1 and (held[0] >= 1 or name in ("in_context", "gem"))
    for one in told:
        assert one[name]["entries_after"] == 0
        assert 0 <= one[name]["bytes_after"] < one[name]["bytes_before"]
        assert all(isinstance(text, str) for text in one[name]["purged"].values())


def test_a_codebook_counts_entries_of_every_token(
    make_learner: MakeLearner, stream: Stream
) -> None:
    learner = make_learner("grace", epochs=1, strategy={"steps": 2})
    apply(learner, stream.updates[1])
    (told,) = purged(learner, Update(2, "two", [], [stream.updates[1].learn[4]]))
    assert told["grace"]["entries_before"] > told["grace"]["entries_after"] == 0


def test_only_what_is_asked_for_is_purged_and_not_what_is_superseded(
    make_learner: MakeLearner, stream: Stream, monkeypatch: pytest.MonkeyPatch
) -> None:
    learner = make_learner("replay+ewc", strategy={"share": 1.0})
    asked: list[Sequence[Fact]] = []
    plain = learner.strategies.parts["ewc"].purge

    def watched(learner: Learner, facts: Sequence[Fact]) -> Any:
        asked.append(facts)
        return plain(learner, facts)

    monkeypatch.setattr(learner.strategies.parts["ewc"], "purge", watched)
    base = stream.updates[0].learn
    assert purged(learner, Update(1, "one", [Fact(*base[0].key, "Zed")])) == []
    assert asked == []
    (told,) = purged(learner, Update(2, "two", [Fact(*base[3].key, "Yan")], [base[2]]))
    assert asked == [[base[2]]]
    assert list(told) == ["replay", "ewc"]
    assert told["replay"]["purged"] == {}
    assert list(told["ewc"]["purged"]) == ["Fisher information"]
    # The superseded one left as well: what is counted in bytes is all that is kept.
    assert told["replay"]["entries_before"] == 1
    assert told["ewc"]["bytes_before"] == told["ewc"]["bytes_after"]


def test_a_strategy_that_keeps_nothing_is_not_named(
    make_learner: MakeLearner, stream: Stream
) -> None:
    (told,) = purged(make_learner("naive"), Update(1, "one", [], [stream.updates[0].learn[2]]))
    assert told == {}
