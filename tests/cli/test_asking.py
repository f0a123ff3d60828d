"""Commands that only ask a model work without the options of training."""

from __future__ import annotations

import pytest

from .commands import Cltool, refused


@pytest.mark.parametrize("command", ["beliefs", "recall"])
def test_they_need_no_option_of_training(command: str, cltool: Cltool) -> None:
    assert "nowhere" in refused(cltool(command, "./nowhere", "--scenario", "facts.jsonl"))
