"""Herding, greedy k-centres, and the representations they look at."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from cltool.facts.facts import Fact
from cltool.facts.stream import Stream
from cltool.strategies.rehearsal.common.coreset import herding, k_center, representations

from ....conftest import MakeLearner


def rows(count: int, seed: int = 0, width: int = 5) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(count, width))


def spread(features: np.ndarray, chosen: list[int]) -> float:
    """max_i min_j |x_i - x_j|."""
    distances = np.linalg.norm(features[:, None] - features[None, chosen], axis=2)
    return float(distances.min(axis=1).max())


def test_herding_is_the_greedy_mean_of_the_paper() -> None:
    features = rows(12)
    unit = features / np.linalg.norm(features, axis=1, keepdims=True)
    mean = unit.mean(axis=0)
    expected: list[int] = []
    for number in range(1, 6):
        left = [row for row in range(12) if row not in expected]
        errors = [
            np.linalg.norm(mean - unit[[*expected, row]].sum(axis=0) / number) for row in left
        ]
        expected.append(left[int(np.argmin(errors))])
    assert herding(features, [1.0] * 12, 5) == expected


def test_herding_approximates_the_mean_better_than_random_draws() -> None:
    features = rows(200)
    unit = features / np.linalg.norm(features, axis=1, keepdims=True)
    mean = unit.mean(axis=0)

    def error(chosen: list[int]) -> float:
        return float(np.linalg.norm(unit[chosen].mean(axis=0) - mean))

    random = [error(list(np.random.default_rng(n).permutation(200)[:20])) for n in range(20)]
    assert error(herding(features, [1.0] * 200, 20)) < 0.3 * min(random)


def test_a_fact_has_the_weight_of_the_facts_it_represents() -> None:
    features = rows(7)
    copies = np.concatenate([features, np.repeat(features[:1], 9, axis=0)])
    assert herding(features, [10.0, *[1.0] * 6], 1) == herding(copies, [1.0] * 16, 1)
    assert herding(features, [1e9, *[1.0] * 6], 1) == [0]


def test_k_center_chooses_the_middle_and_then_the_corners() -> None:
    corners = [(0.0, 0.0), (10.0, 0.0), (0.0, 10.0), (10.0, 10.0)]
    near = [(x + 0.1, y) for x, y in corners]
    features = np.array([*corners, *near, (5.0, 5.0)])
    chosen = k_center(features, 5)
    assert chosen[0] == 8
    assert len({place % 4 for place in chosen[1:]}) == 4


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 1000), st.integers(1, 4))
def test_k_center_is_at_most_twice_the_best(seed: int, count: int) -> None:
    from itertools import combinations

    features = rows(9, seed, 2)
    best = min(spread(features, list(some)) for some in combinations(range(9), count))
    # Gonzalez (1985): true of the greedy choice whatever it begins with.
    assert spread(features, k_center(features, count)) <= 2 * best + 1e-9


@pytest.mark.parametrize("count", [0, 1, 3, 5, 9])
def test_each_row_is_chosen_once_even_among_equals(count: int) -> None:
    same = np.ones((5, 3))
    for chosen in (herding(same, [1.0] * 5, count), k_center(same, count)):
        assert len(chosen) == len(set(chosen)) == min(count, 5)
        assert set(chosen) <= set(range(5))


@pytest.mark.parametrize("architecture", ["llama", "gpt2", "opt", "gemma", "mamba"])
def test_representations_are_means_over_the_prompts_tokens(
    architecture: str, make_learner: MakeLearner, stream: Stream
) -> None:
    learner = make_learner("naive", lm=architecture)
    facts = list(stream.updates[0].learn)[:5]
    found = representations(learner, facts)
    assert found.shape == (5, learner.lm.width)
    for row, fact in zip(found, facts, strict=True):
        means = []
        for example in learner.examples([fact]):
            ids = torch.tensor([example.ids[: example.start]])
            with torch.no_grad():
                states = learner.model(input_ids=ids, output_hidden_states=True).hidden_states
            means.append(states[-1][0].mean(dim=0).numpy())
        np.testing.assert_allclose(row, np.mean(means, axis=0), rtol=1e-3, atol=1e-3)


def test_virtual_tokens_are_excluded_from_representations(
    make_learner: MakeLearner, stream: Stream
) -> None:
    settings = {"peft": "PROMPT_TUNING", "options": {"num_virtual_tokens": 4}}
    learner = make_learner("lora", strategy=settings)
    fact = stream.updates[0].learn[0]
    states = []
    for example in learner.examples([fact]):
        ids = torch.tensor([example.ids[: example.start]])
        with torch.no_grad():
            out = learner.model(input_ids=ids, output_hidden_states=True)
        states.append(out.hidden_states[-1][0, 4:].mean(dim=0).numpy())
    (found,) = representations(learner, [fact])
    np.testing.assert_allclose(found, np.mean(states, axis=0), rtol=1e-3, atol=1e-3)


def test_representations_count_their_tokens_and_do_not_depend_on_the_answer(
    make_learner: MakeLearner, stream: Stream
) -> None:
    learner = make_learner("naive")
    facts = list(stream.updates[0].learn)[:4]
    before = learner.tokens
    found = representations(learner, facts)
    prompts = sum(example.start for example in learner.examples(facts))
    assert learner.tokens - before == prompts
    other = [Fact(fact.subject, fact.relation, "Nowhere") for fact in facts]
    np.testing.assert_array_equal(found, representations(learner, other))
    assert not learner.model.training
