"""``tiny-hierarchical``: as large as ``tiny``, and it knows its base facts."""

from __future__ import annotations

import pytest
import torch

from cltool.facts.stream import Stream
from cltool.models.hierarchical import Hierarchical
from cltool.models.tiny.architecture import Architecture, Llama
from cltool.models.tiny.build import coder


@pytest.mark.parametrize("facts", [200, 1_000, 10_000])
def test_it_has_about_as_many_weights_as_tiny(facts: int, stream: Stream) -> None:
    small = coder(stream.updates[0].learn, stream.wordings)

    def weights(architecture: Architecture) -> int:
        with torch.device("meta"):
            recipe = architecture.recipe(facts, reading=False)
            model = architecture.new_model(small, recipe)
        return sum(weight.numel() for weight in model.parameters())

    assert weights(Hierarchical()) == pytest.approx(weights(Llama()), rel=0.1)
