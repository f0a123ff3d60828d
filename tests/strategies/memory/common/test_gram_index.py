"""The index of grams is tf-idf, also after changes."""

from __future__ import annotations

import math
from collections import Counter

import numpy as np
import pytest

from cltool.strategies.memory.common.gram_index import GRAMS, GramIndex, bags, grams


def by_hand(texts: list[str], query: str) -> list[float]:
    """Cosines of tf-idf bags, gram by gram."""
    bags = [Counter(grams(text)) for text in texts]
    frequency = Counter(gram for bag in bags for gram in bag)

    def weigh(bag: Counter[str]) -> dict[str, float]:
        return {
            gram: count * (1 + math.log((1 + len(bags)) / (1 + frequency[gram])))
            for gram, count in bag.items()
        }

    def cosine(one: dict[str, float], other: dict[str, float]) -> float:
        dot = sum(weight * other.get(gram, 0.0) for gram, weight in one.items())
        return dot / math.sqrt(
            sum(w * w for w in one.values()) * sum(w * w for w in other.values())
        )

    return [cosine(weigh(bag), weigh(Counter(grams(query)))) for bag in bags]


TEXTS = [
    "The ruler of Land 0 is Mira",
    "Who rules Land 1? Who rules it",
    "The capital of Ångström",
    "東京 の 市長",
]


def test_the_index_is_tf_idf() -> None:
    index = GramIndex()
    index.change(TEXTS, range(4))
    for query in ("Who rules Land 0?", "capital of ångström", "東京", "quite another thing"):
        assert index.similarities(query) == pytest.approx(by_hand(TEXTS, query), abs=1e-5)
    assert index.similarities("") == pytest.approx([0.0] * 4)


def test_a_changed_index_equals_a_new_one() -> None:
    index = GramIndex()
    index.change(TEXTS[:3], range(3))
    index.change([TEXTS[3], "More of it"], [3, 2, 0, 4])
    fresh = GramIndex()
    fresh.change([TEXTS[3], TEXTS[2], TEXTS[0], "More of it"], range(4))
    for query in TEXTS:
        assert index.similarities(query) == pytest.approx(fresh.similarities(query), abs=1e-6)
    index.change([], [])
    assert index.similarities("Land 0").shape == (0,)


def test_bags_count_grams_as_the_vectorizer_of_scikit_learn_does() -> None:
    from sklearn.feature_extraction.text import HashingVectorizer

    texts = [*TEXTS, "", "Land Land land, 東京!", "the the the"]
    theirs = HashingVectorizer(
        analyzer=grams, n_features=GRAMS, alternate_sign=False, norm=None, dtype=np.float32
    ).transform(texts)
    assert abs(bags(texts) - theirs).sum() == 0
    assert bags([]).shape == (0, GRAMS)
