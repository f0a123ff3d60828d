"""Padded batches of like length."""

from __future__ import annotations

import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from cltool.lm.batches import IGNORED, bucketed, by_length, collate
from cltool.lm.coder import Encoded

LENGTHS = st.lists(st.integers(1, 40), min_size=1, max_size=120)


def test_collate_by_hand() -> None:
    examples = [Encoded((5, 6, 7, 8), 2), Encoded((9, 4), 1)]
    batch = collate(examples, pad=0)
    assert batch["input_ids"].tolist() == [[5, 6, 7, 8], [9, 4, 0, 0]]
    assert batch["attention_mask"].tolist() == [[1, 1, 1, 1], [1, 1, 0, 0]]
    assert batch["labels"].tolist() == [[-100, -100, 7, 8], [-100, 4, -100, -100]]
    assert all(tensor.dtype == torch.int64 for tensor in batch.values())


def test_the_whole_sentence_but_its_first_token() -> None:
    batch = collate([Encoded((5, 6, 7, 8), 2), Encoded((9, 4), 1)], pad=0, whole=True)
    assert batch["labels"].tolist() == [[-100, 6, 7, 8], [-100, 4, -100, -100]]


def test_a_prompt_of_no_tokens() -> None:
    # Nothing predicts the first token.
    assert collate([Encoded((5, 6), 0)], pad=0)["labels"].tolist() == [[IGNORED, 6]]


def test_an_end_token_that_is_also_the_padding_is_learned() -> None:
    batch = collate([Encoded((5, 6, 0), 1), Encoded((5, 0), 1)], pad=0)
    assert batch["labels"].tolist() == [[-100, 6, 0], [-100, 0, -100]]
    assert batch["attention_mask"].tolist() == [[1, 1, 1], [1, 1, 0]]


@settings(max_examples=60, deadline=None)
@given(LENGTHS, st.integers(1, 16), st.integers(0, 99))
def test_an_epoch_has_every_example_once(lengths: list[int], size: int, seed: int) -> None:
    batches = bucketed(lengths, size, torch.Generator().manual_seed(seed), chunk=2)
    assert sorted(index for batch in batches for index in batch) == list(range(len(lengths)))
    assert all(0 < len(batch) <= size for batch in batches)
    assert len(batches) == -(-len(lengths) // size)
    again = bucketed(lengths, size, torch.Generator().manual_seed(seed), chunk=2)
    assert batches == again


def test_a_generator_continues() -> None:
    generator = torch.Generator().manual_seed(0)
    lengths = [1] * 50
    assert bucketed(lengths, 5, generator) != bucketed(lengths, 5, generator)


def test_little_is_padded_and_the_order_is_random() -> None:
    generator = torch.Generator().manual_seed(0)
    lengths = torch.randint(5, 50, (640,), generator=generator).tolist()
    batches = bucketed(lengths, 32, generator)
    taken = sum(len(batch) * max(lengths[index] for index in batch) for batch in batches)
    assert taken < 1.1 * sum(lengths)
    longest = [max(lengths[index] for index in batch) for batch in batches]
    assert longest != sorted(longest)
    # Which sentences share a batch changes from epoch to epoch.
    other = bucketed(lengths, 32, generator)
    assert not {frozenset(batch) for batch in batches} & {frozenset(batch) for batch in other}


@settings(max_examples=40, deadline=None)
@given(LENGTHS, st.integers(1, 16))
def test_by_length(lengths: list[int], size: int) -> None:
    flat = [index for batch in by_length(lengths, size) for index in batch]
    assert sorted(flat) == list(range(len(lengths)))
    found = [lengths[index] for index in flat]
    assert found == sorted(found)
    assert all(len(batch) <= size for batch in by_length(lengths, size))
