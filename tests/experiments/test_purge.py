"""Entries of a fact in the strategies' stores before and after a purge."""

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
    """Purge what ``update`` erases, as `apply` does before it trains; return the counts."""
    superseded = learner.known.superseded_by(update)
    asked = {fact.key for fact in update.forget}
    purge = Purge(learner.strategies, [fact for fact in superseded if fact.key in asked])
    learner.known.apply(update)
    learner.strategies.forget(superseded)
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
def test_every_store_drops_the_fact(
    name: str, options: dict[str, Any], make_learner: MakeLearner, stream: Stream
) -> None:
    learner = make_learner(name, strategy=options, epochs=1)
    apply(learner, stream.updates[1])
    # A base fact, which some strategies do not store or only sample, and a fact of an update.
    asked = [stream.updates[0].learn[2], stream.updates[1].learn[4]]
    cleared = purged(learner, Update(2, "two", [], asked))
    assert len(cleared) == 2
    held = [one[name]["entries_before"] for one in cleared]
    assert held[1] >= 1 and (held[0] >= 1 or name in ("in_context", "gem"))
    for one in cleared:
        assert one[name]["entries_after"] == 0
        assert 0 <= one[name]["bytes_after"] < one[name]["bytes_before"]
        assert all(isinstance(text, str) for text in one[name]["purged"].values())


def test_a_codebook_counts_entries_of_every_token(
    make_learner: MakeLearner, stream: Stream
) -> None:
    learner = make_learner("grace", epochs=1, strategy={"steps": 2})
    apply(learner, stream.updates[1])
    (cleared,) = purged(learner, Update(2, "two", [], [stream.updates[1].learn[4]]))
    assert cleared["grace"]["entries_before"] > cleared["grace"]["entries_after"] == 0


def test_erased_facts_are_purged_and_superseded_ones_are_not(
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
    (cleared,) = purged(learner, Update(2, "two", [Fact(*base[3].key, "Yan")], [base[2]]))
    assert asked == [[base[2]]]
    assert list(cleared) == ["replay", "ewc"]
    assert cleared["replay"]["purged"] == {}
    assert list(cleared["ewc"]["purged"]) == ["Fisher information"]
    # Bytes count everything in the store; the superseded fact has left it as well.
    assert cleared["replay"]["entries_before"] == 1
    assert cleared["ewc"]["bytes_before"] == cleared["ewc"]["bytes_after"]


def test_a_strategy_that_stores_nothing_is_left_out(
    make_learner: MakeLearner, stream: Stream
) -> None:
    (cleared,) = purged(make_learner("naive"), Update(1, "one", [], [stream.updates[0].learn[2]]))
    assert cleared == {}
