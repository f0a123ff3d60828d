"""A sample of the facts to ask about keeps the shares of its strata."""

from __future__ import annotations

from collections import Counter

from cltool.core.settings import ProbeSettings
from cltool.experiments.probed_keys import probed_keys, sampling
from cltool.facts.stream import Stream
from cltool.scenarios.world import World, WorldConfig


def world(**options: int) -> Stream:
    given = {"entities": 100, "relations": 4, "updates": 5, "changed": 20, "new": 16, **options}
    return World(WorldConfig.model_validate(given)).stream(0)


def test_each_relation_and_each_kind_of_key_has_its_share_of_the_sample() -> None:
    stream = world(forgotten=8)
    every = stream.first_taught()
    keys = probed_keys(stream, ProbeSettings(sample=120))
    assert len(keys) == 120
    assert list(keys) == [key for key in every if key in keys]
    assert all(keys[key] == every[key] for key in keys)
    erased = {fact.key for update in stream for fact in update.forget}
    times = Counter(fact.key for update in stream for fact in update.learn)

    def kinds(of: object) -> Counter[tuple[str, bool, bool]]:
        return Counter((k[1], k in erased, times[k] > 1) for k in every if k in of)  # type: ignore[operator]

    share = len(keys) / len(every)
    for kind, count in kinds(every).items():
        # Changed and added keys that are erased share a stratum, hence the two keys of slack.
        assert abs(kinds(keys)[kind] - share * count) <= 2, kind


def test_each_key_is_as_likely_as_any_other() -> None:
    stream = world(entities=10, relations=2, updates=1, changed=4, new=4)
    seen: Counter[tuple[str, str]] = Counter()
    draws = 300
    for seed in range(draws):
        seen.update(probed_keys(stream, ProbeSettings(sample=6, sample_seed=seed)).keys())
    every = stream.first_taught()
    expected = draws * 6 / len(every)
    assert set(seen) == set(every)
    assert all(abs(count - expected) < 5.5 * expected**0.5 for count in seen.values())


def test_a_seed_draws_the_same_sample_and_another_one_another() -> None:
    stream = world()
    one, again, other = (
        list(probed_keys(stream, ProbeSettings(sample=40, sample_seed=seed))) for seed in (1, 1, 2)
    )
    assert one == again != other


def test_a_sample_of_more_than_all_keys_is_all_keys() -> None:
    stream = world()
    keys = probed_keys(stream, ProbeSettings(sample=10_000))
    assert keys == stream.first_taught()
    assert sampling(stream, keys) is None


def test_the_record_of_a_sample_counts_what_was_drawn() -> None:
    stream = world(forgotten=8)
    keys = probed_keys(stream, ProbeSettings(sample=120))
    found = sampling(stream, keys)
    assert found is not None
    taught = [sum(fact.key in keys for fact in update.learn) for update in stream]
    assert (found["facts"], found["of"]) == (120, len(stream.first_taught()))
    assert found["taught"] == taught
    assert found["erased"] == sum(f.key in keys for update in stream for f in update.forget)
