"""Checkpoints that tests damage, and how they are refused."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file, save_file

from cltool.core.errors import UserError
from cltool.lm.language_model import LanguageModel, load_checkpoint

Checkpoint = Callable[[str], Path]


def change_json(file: Path, **values: Any) -> None:
    """Change values of a JSON object; None removes the value."""
    content = {**json.loads(file.read_text()), **values}
    file.write_text(json.dumps({k: v for k, v in content.items() if v is not None}))


def change_weights(folder: Path, change: Callable[[dict[str, torch.Tensor]], Any]) -> None:
    """Write the tensors of a checkpoint again after ``change``."""
    file = folder / "model.safetensors"
    tensors = load_file(file)
    change(tensors)
    save_file(tensors, file, metadata={"format": "pt"})


def load(folder: Path) -> LanguageModel:
    return load_checkpoint(str(folder), device="cpu")


def refusal(folder: Path) -> str:
    """Return the message with which a checkpoint is refused."""
    with pytest.raises(UserError, match="cannot be used") as caught:
        load(folder)
    assert caught.value.where == str(folder)
    assert caught.value.hint
    return str(caught.value)
