"""The shares of a batch are the batch."""

from __future__ import annotations

import pytest
import torch

from cltool.core.team import Team
from cltool.lm.batches import IGNORED, Batch
from cltool.training.share import Share


def team_of(size: int, rank: int, sharded: bool = False) -> Team:
    team = Team()
    team.size, team.rank, team.sharded = size, rank, sharded
    return team


def batch_of(rows: int) -> Batch:
    labels = torch.arange(rows * 4).reshape(rows, 4)
    labels = labels.masked_fill(torch.arange(4) < torch.arange(rows).unsqueeze(1) % 3, IGNORED)
    return {
        "labels": labels,
        "place": torch.arange(rows),
        "own": torch.ones(rows, dtype=torch.bool),
    }


@pytest.mark.parametrize("rows", [1, 2, 5, 8])
@pytest.mark.parametrize("size", [1, 2, 4])
@pytest.mark.parametrize("most", [1, 3])
def test_each_row_is_in_one_share_and_weights_add_up(rows: int, size: int, most: int) -> None:
    batch, places, weights = batch_of(rows), [], 0.0
    for rank in range(size):
        share = Share(team_of(size, rank))
        parts = share.split(share.take(batch), most)
        assert all(len(part["labels"]) <= most for part in parts)
        if share.works_on(parts):
            places += [place for part in parts for place in part["place"].tolist()]
        else:
            assert size > rows
        weights += sum(share.weights(parts))
    assert sorted(places) == list(range(rows))
    assert weights == pytest.approx(1.0)


@pytest.mark.parametrize("rows", [1, 5, 8])
def test_with_sharded_weights_all_have_as_many_parts(rows: int) -> None:
    shares = [Share(team_of(4, rank, sharded=True)) for rank in range(4)]
    parts = [share.split(share.take(batch_of(rows)), 1) for share in shares]
    assert len({len(some) for some in parts}) == 1
    assert all(share.works_on(some) for share, some in zip(shares, parts, strict=True))
    own = torch.cat([part["place"][part["own"]] for some in parts for part in some])
    assert sorted(own.tolist()) == list(range(rows))
    # Gradients are averaged over the processes, so each loss counts as often as there are any.
    total = sum(sum(share.weights(some)) for share, some in zip(shares, parts, strict=True))
    assert total == pytest.approx(4.0)


def test_rows_are_numbered_on_from_batch_to_batch() -> None:
    share = Share(team_of(2, 1))
    rows = [share.take(batch_of(3))["row"].tolist() for _ in range(2)]
    assert rows == [[1], [4]]
