"""Which tensors hold numbers that are not finite?"""

from __future__ import annotations

import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from cltool.lm.finite import in_words, not_finite


@given(st.lists(st.floats(width=32), max_size=8), st.sampled_from([torch.float32, torch.float64]))
def test_every_number_counts(values: list[float], dtype: torch.dtype) -> None:
    found = not_finite([("w", torch.tensor(values, dtype=dtype)), ("n", torch.tensor([1, 2]))])
    assert found == ([] if all(map(math.isfinite, values)) else ["w"])


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
def test_half_precision(dtype: torch.dtype) -> None:
    weights = torch.zeros(3, 4, dtype=dtype)
    assert not_finite([("w", weights)]) == []
    weights[2, 1] = math.nan
    assert not_finite([("w", weights)]) == ["w"]


def test_the_words_name_the_first_of_them() -> None:
    model = nn.Sequential(nn.Linear(2, 3), nn.Linear(3, 1))
    assert in_words(model) == ""
    with torch.no_grad():
        model[0].bias[1] = math.inf
        model[1].weight[0, 0] = math.nan
    assert in_words(model) == ("2 of 4 weight tensors hold NaN or infinity (0.bias and 1 more)")
