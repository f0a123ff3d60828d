"""``tiny-hierarchical``: as large as ``tiny``, and it knows its base facts."""

from __future__ import annotations

import pytest
import torch

from cltool.core.settings import ProbeSettings
from cltool.evaluation.prober import Prober
from cltool.experiments.resolve import open_stream
from cltool.facts.stream import Stream
from cltool.facts.wordings import TRAINED
from cltool.models import load
from cltool.models.hierarchical import Hierarchical
from cltool.models.tiny.architecture import Architecture, Llama
from cltool.models.tiny.build import coder
from tools import two_memories


@pytest.mark.parametrize("facts", [200, 1_000, 10_000])
def test_it_has_about_as_many_weights_as_tiny(facts: int, stream: Stream) -> None:
    small = coder(stream.updates[0].learn, stream.wordings)

    def weights(architecture: Architecture) -> int:
        with torch.device("meta"):
            recipe = architecture.recipe(facts, reading=False)
            model = architecture.new_model(small, recipe)
        return sum(weight.numel() for weight in model.parameters())

    assert weights(Hierarchical()) == pytest.approx(weights(Llama()), rel=0.1)


@pytest.mark.slow
@pytest.mark.timeout(2400)
def test_it_reads_through_its_slow_memory() -> None:
    stream = open_stream("leaders")
    lm = load("tiny-hierarchical", stream, device="cpu")
    found = {
        (one.tokens, one.off): one.right
        for one in two_memories.measure(lm, stream, windows=(4, 16), texts=10)
    }
    assert found[128, ()] >= 0.9
    assert found[512, ()] >= 0.75
    assert max(found[128, ("slow",)], found[512, ("slow",)]) <= 0.05
    first = {fact.key: (0, fact) for fact in stream.updates[0].learn}
    probes = [one for one in stream.probes(stream.knowledge(0), first) if one.form == TRAINED]
    rows = Prober(lm, ProbeSettings()).ask(0, probes)
    assert sum(bool(row["right"]) for row in rows) >= 0.95 * len(rows)
