"""The cost of texts by their length."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from tools import lengths


def test_the_exponent_of_a_power_is_its_exponent() -> None:
    sizes = [2048, 4096, 8192]
    for power in (0.5, 1, 2):
        seconds = [3e-4 * size**power for size in sizes]
        assert lengths.exponent(sizes, seconds) == pytest.approx(power)
    assert lengths.exponent([2048], [1.0]) is None


def test_the_table_has_all_work_of_a_model() -> None:
    lines = list(lengths.table(["tiny-window"], 256))
    assert lines[0].split()[-3:] == ["128", "256", "exponent"]
    rows = {line[:28].strip(): line[28:].split() for line in lines[1:]}
    assert set(rows) == {
        *(f"tiny-window {kind}" for kind in lengths.KINDS),
        "tiny-window read, MB",
        "tiny-window train, MB",
    }
    assert all(float(one) > 0 for kind in lengths.KINDS for one in rows[f"tiny-window {kind}"])


def test_tokens_are_written_after_the_text(monkeypatch: pytest.MonkeyPatch) -> None:
    """Full attention writes to more keys after a longer text; the model is asked how many."""
    model, read = lengths.untrained("tiny-full"), []
    whole = model.forward

    def forward(ids: Any, **named: Any) -> Any:
        state = named.get("past_key_values")
        read.append(0 if state is None else state.get_seq_length())
        return whole(ids, **named)

    monkeypatch.setattr(model, "forward", forward)
    lengths.writing(model, torch.randint(3, 200, (1, 40)))
    assert read == [0, *range(40, 40 + lengths.WRITTEN)]
