"""The arithmetic of the external matrix, against closed forms of its paper."""

from __future__ import annotations

import math

import pytest
import torch
from torch import Tensor

from cltool.lm.architectures import external_matrix as em

ROWS, SIZE = 6, 5


@pytest.fixture(params=range(5))
def generator(request: pytest.FixtureRequest) -> torch.Generator:
    return torch.Generator().manual_seed(int(request.param))


def weightings(generator: torch.Generator, *shape: int) -> Tensor:
    """Numbers in [0, 1] whose sum over the last dimension is at most 1."""
    drawn = torch.rand(*shape, generator=generator).square()
    return drawn / drawn.sum(-1, keepdim=True) * torch.rand(*shape[:-1], 1, generator=generator)


def slot(number: int, weight: float = 1.0) -> Tensor:
    """The weighting of one row, for a batch of one."""
    return weight * torch.eye(ROWS)[number : number + 1]


def near(found: Tensor, expected: object) -> bool:
    return torch.allclose(found, torch.as_tensor(expected), atol=1e-6)


def test_content_is_the_softmax_of_the_scaled_cosines() -> None:
    matrix = torch.tensor([[[2.0, 0.0], [0.0, 3.0], [-1.0, 0.0]]])
    cosines = em.similarity(matrix, torch.tensor([[5.0, 0.0]]))
    assert near(cosines, [[1.0, 0.0, -1.0]])
    usage = torch.tensor([[0.5, 1.0, 0.0]])
    found = em.content_weighting(cosines, torch.tensor([2.0]), usage)
    right = 0.5 * math.exp(2) / (0.5 * math.exp(2) + 1)
    assert near(found, [[right, 1 - right, 0.0]])


def test_several_keys_are_compared_like_each_alone(generator: torch.Generator) -> None:
    matrix = torch.randn(2, ROWS, SIZE, generator=generator)
    keys = torch.randn(2, 3, 4, SIZE, generator=generator)
    together = em.similarity(matrix, keys)
    assert together.shape == (2, 3, 4, ROWS)
    assert near(together[:, 1, 2], em.similarity(matrix, keys[:, 1, 2]))


def test_an_empty_matrix_gives_no_content_and_finite_gradients() -> None:
    matrix = torch.zeros(1, ROWS, SIZE, requires_grad=True)
    cosines = em.similarity(matrix, torch.ones(1, 2, SIZE))
    usage = torch.zeros(1, ROWS, requires_grad=True)
    found = em.content_weighting(cosines, torch.full((1, 2), 9.0), usage)
    assert not found.any()
    found.sum().backward()
    for grad in (matrix.grad, usage.grad):
        assert grad is not None
        assert bool(torch.isfinite(grad).all())


def test_allocation_follows_the_free_list() -> None:
    found = em.allocation_weighting(torch.tensor([[0.5, 0.2, 1.0, 0.8]]))
    # The free list is 1, 0, 3, 2.
    assert near(found, [[0.5 * 0.2, 0.8, 0.0, 0.2 * 0.2 * 0.5]])


def test_allocation_takes_the_first_of_the_unused_rows() -> None:
    assert near(em.allocation_weighting(torch.tensor([[0.9, 0.0, 0.0]])), [[0.0, 1.0, 0.0]])


def test_allocation_weights_sum_to_at_most_one(generator: torch.Generator) -> None:
    usage = torch.rand(50, ROWS, generator=generator)
    found = em.allocation_weighting(usage)
    assert bool((found >= 0).all())
    # What is not allocated is the product of all usages.
    assert near(found.sum(1), 1 - usage.prod(1))


def test_nothing_is_allocated_in_a_full_matrix() -> None:
    assert not em.allocation_weighting(torch.ones(1, ROWS)).any()


def test_usage_stays_between_zero_and_one(generator: torch.Generator) -> None:
    usage = torch.zeros(8, ROWS)
    for _ in range(40):
        reads = weightings(generator, 8, 2, ROWS)
        usage = em.retained(usage, reads, torch.rand(8, 2, generator=generator))
        usage = em.used(usage, weightings(generator, 8, ROWS))
        assert bool(((usage >= 0) & (usage <= 1)).all())


def test_a_freed_row_is_allocated_first() -> None:
    usage = torch.full((1, ROWS), 0.95)
    reads = torch.stack([slot(4)[0], slot(2)[0]])[None]
    freed = em.retained(usage, reads, torch.tensor([[1.0, 0.0]]))
    assert near(freed[0, 4], 0.0)
    assert near(freed[0, 2], 0.95)
    assert near(em.allocation_weighting(freed), slot(4))


@pytest.mark.parametrize(
    ("writes", "allocates", "expected"),
    [(0.0, 0.3, 0 * slot(0)), (1.0, 1.0, slot(1)), (1.0, 0.0, slot(3))],
)
def test_gates_choose_where_to_write(writes: float, allocates: float, expected: Tensor) -> None:
    content, allocation = slot(3), slot(1)
    gates = torch.tensor([writes]), torch.tensor([allocates])
    assert near(em.write_weighting(content, allocation, *gates), expected)


def test_a_write_changes_its_row_alone() -> None:
    matrix, vector = torch.randn(1, ROWS, SIZE), torch.randn(1, SIZE)
    erase = torch.tensor([[1.0, 0.0, 0.5, 1.0, 1.0]])
    found = em.written(matrix, slot(2), erase, vector)
    others = [0, 1, 3, 4, 5]
    assert near(found[0, others], matrix[0, others])
    assert near(found[0, 2], matrix[0, 2] * (1 - erase[0]) + vector[0])


def links_after(generator: torch.Generator, steps: int) -> tuple[Tensor, Tensor]:
    links, precedence = torch.zeros(8, ROWS, ROWS), torch.zeros(8, ROWS)
    for _ in range(steps):
        writing = weightings(generator, 8, ROWS)
        links = em.linked(links, precedence, writing)
        precedence = em.preceded(precedence, writing)
    return links, precedence


def test_links_are_a_sub_stochastic_matrix_without_diagonal(generator: torch.Generator) -> None:
    for steps in (1, 2, 30):
        links, precedence = links_after(generator, steps)
        assert bool((links >= -1e-7).all())
        assert bool((links.sum(1) <= 1 + 1e-6).all())
        assert bool((links.sum(2) <= 1 + 1e-6).all())
        assert not links.diagonal(dim1=1, dim2=2).any()
        assert bool((precedence.sum(1) <= 1 + 1e-6).all())
    assert links_after(generator, 30)[0].sum() > 1


def test_links_lead_through_the_rows_in_the_order_of_writing() -> None:
    order = [3, 0, 5, 1]
    links, precedence = torch.zeros(1, ROWS, ROWS), torch.zeros(1, ROWS)
    for row in order:
        links = em.linked(links, precedence, slot(row))
        precedence = em.preceded(precedence, slot(row))
    assert near(precedence, slot(order[-1]))
    reads = slot(order[0])[None]
    for row in order[1:]:
        _, reads = em.followed(links, reads)
        assert near(reads[0], slot(row))
    for row in order[-2::-1]:
        reads, _ = em.followed(links, reads)
        assert near(reads[0], slot(row))


def test_a_row_that_is_written_again_moves_to_the_end_of_the_order() -> None:
    links, precedence = torch.zeros(1, ROWS, ROWS), torch.zeros(1, ROWS)
    for row in (0, 1, 2, 0):
        links = em.linked(links, precedence, slot(row))
        precedence = em.preceded(precedence, slot(row))
    _, after = em.followed(links, slot(2)[None])
    assert near(after[0], slot(0))
    _, after = em.followed(links, slot(0)[None])
    assert not after.any()


def test_read_modes_mix_the_three_ways_to_read(generator: torch.Generator) -> None:
    back, content, on = (weightings(generator, 2, 3, ROWS) for _ in range(3))
    modes = torch.randn(2, 3, 3, generator=generator).softmax(-1)
    found = em.read_weighting(modes, back, content, on)
    expected = modes[..., :1] * back + modes[..., 1:2] * content + modes[..., 2:] * on
    assert near(found, expected)
    assert bool((found.sum(-1) <= 1 + 1e-6).all())


def test_a_written_row_is_found_by_its_content_and_read_back(generator: torch.Generator) -> None:
    vectors = torch.randn(ROWS, SIZE, generator=generator)
    matrix, usage = torch.zeros(1, ROWS, SIZE), torch.zeros(1, ROWS)
    for vector in vectors:
        writing = em.allocation_weighting(usage)
        matrix = em.written(matrix, writing, torch.ones(1, SIZE), vector[None])
        usage = em.used(usage, writing)
    for vector in vectors:
        cosines = em.similarity(matrix, vector[None])
        found = em.content_weighting(cosines, torch.tensor([500.0]), usage)
        assert torch.allclose((found @ matrix[0])[0], vector, atol=1e-3)


def test_a_superseded_row_is_overwritten_by_content(generator: torch.Generator) -> None:
    matrix = torch.randn(1, ROWS, SIZE, generator=generator)
    old, new = matrix[0, 4], matrix[0, 4] + 0.01
    found = em.content_weighting(
        em.similarity(matrix, new[None]), torch.tensor([2000.0]), torch.ones(1, ROWS)
    )
    writing = em.write_weighting(found, slot(0), torch.ones(1), torch.zeros(1))
    changed = em.written(matrix, writing, torch.ones(1, SIZE), new[None])
    assert torch.allclose(changed[0, 4], new, atol=1e-3)
    assert not torch.allclose(changed[0, 4], old, atol=1e-3)
    assert torch.allclose(changed[0, :4], matrix[0, :4], atol=1e-3)
