"""``--log`` of the commands that run strategies."""

from __future__ import annotations

import importlib.util
from typing import Any

import pytest

from .commands import Cltool, refused


@pytest.mark.parametrize("command", ["run", "compare"])
def test_a_tool_that_is_missing_is_refused_with_how_to_install_it(
    cltool: Cltool, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    find = importlib.util.find_spec

    def without(name: str, *rest: Any) -> Any:
        return None if name == "mlflow" else find(name, *rest)

    monkeypatch.setattr(importlib.util, "find_spec", without)

    said = refused(cltool(command, "--scenario", "facts.jsonl", "--log", "tensorboard,mlflow"))

    assert "mlflow is not installed" in said and "pip install mlflow" in said
