"""Measures the memory of each strategy a parameter, for docs/scale.md: ``python -m tools.scale``.

Each strategy is trained on two updates with three random models of four blocks, 64, 128 and 192
wide, on the CPU in float32 with AdamW. The bytes of all tensors that are alive after a training
step are counted, without activations: weights, gradients, the optimizer's state, and what the
strategy keeps, copies of the model included. From the three numbers follow a, b and c of

    bytes = a * parameters + b * width + c

in which a is the number of bytes a parameter, b * width is what adapters and statistics of
activations have, and c is what does not grow with the model, such as stored facts.

It writes ``reports/scale.json``, and the tables of docs/scale.md are made from this file
(``python -m tools.scale --tables``). ``python -m tools.scale ewc lora`` measures some strategies.
"""

from __future__ import annotations

import argparse
import gc
import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from cltool.strategies import STRATEGIES

ROOT = Path(__file__).parents[1]
FILE, PAGE = ROOT / "reports" / "scale.json", ROOT / "docs" / "scale.md"

WIDTHS = (64, 128, 192)
BLOCKS, VOCABULARY = 4, 320
MODELS = {"135 M": 0.135e9, "1.7 B": 1.7e9, "7 B": 7e9, "70 B": 70e9}
"""Name of a model's size → its parameters."""

DEVICE = 80e9
"""Bytes of the memory of a GPU."""

ACTIVATIONS = 0.1
"""Share of a GPU's memory that is left for activations and buffers."""

WORLD = {"entities": 20, "relations": 3, "updates": 2, "changed": 6, "new": 6, "wordings": 3}
LEARNER = {"epochs": 2, "stop_at": 2.0, "batch_size": 8, "lr": 1e-3}


def measure(strategy: str) -> dict[str, float]:
    """Return what a strategy keeps, in bytes a parameter.

    Returns:
        ``live``, all tensors after a training step; ``stored``, what the strategy keeps from one
        update to the next.

    Raises:
        UserError: it cannot be run on this model.
    """
    import numpy as np

    found = [_held(strategy, width) for width in WIDTHS]
    counts = [count for count, *_ in found]
    grows = np.array([[count, width, 1] for count, width in zip(counts, WIDTHS, strict=True)])
    live, stored = (
        float(np.linalg.solve(grows, [one[place] for one in found])[0]) for place in (1, 2)
    )
    return {"live": round(live, 2) + 0.0, "stored": round(stored, 2) + 0.0}


def _held(strategy: str, width: int) -> tuple[int, int, int]:
    """Return the parameters of a model, the bytes of live tensors, and the stored bytes."""
    from cltool.experiments import resolve
    from cltool.experiments.apply_update import apply
    from cltool.experiments.build_learner import build_learner

    stream = resolve.open_stream("world", WORLD)
    with TemporaryDirectory() as name:
        write_model(Path(name), width, [one.object for one in stream.updates[0].learn])
        model = {"name": name, "device": "cpu", "chat": "off"}
        tables = {"model": model, "learner": LEARNER}
        learner = build_learner(stream, resolve.resolve(strategy, tables), 0)
    count = sum(one.numel() for one in learner.model.parameters())
    before = _alive() - 4 * count
    learner.strategies.attach(learner)
    counter = _Counter()
    plugins: list[Any] = learner.plugins
    plugins.append(counter)
    for update in stream.updates[1:]:
        apply(learner, update)
        counter.most = max(counter.most, _alive())
    return count, counter.most - before, learner.strategies.stored_bytes()


class _Counter:
    """Counts the bytes of the tensors that are alive after training steps."""

    def __init__(self) -> None:
        self.most = 0
        self._steps = 0

    def after_training_iteration(self, learner: Any, **kwargs: Any) -> None:
        # The state of the optimizer is there after its first step.
        self._steps += 1
        if self._steps % 4 == 2:
            self.most = max(self.most, _alive())


def _alive() -> int:
    """Return the bytes of all tensors of this process."""
    import torch

    gc.collect()
    storages: dict[int, int] = {}
    for one in gc.get_objects():
        if issubclass(type(one), torch.Tensor):
            for tensor in (one, one.grad if one.is_leaf else None):
                if tensor is not None and tensor.layout == torch.strided:
                    storage = tensor.untyped_storage()
                    storages[storage.data_ptr()] = storage.nbytes()
    return sum(storages.values())


def write_model(folder: Path, width: int, texts: Sequence[str]) -> None:
    """Write a random Llama of `BLOCKS` blocks, and a tokenizer of bytes."""
    import torch
    from transformers import LlamaConfig, LlamaForCausalLM

    from tools.families import byte_bpe

    tokenizer = byte_bpe(texts, bos=False, pad=True)
    vocabulary = tokenizer.get_vocab()
    config = LlamaConfig(
        vocab_size=max(VOCABULARY, len(tokenizer)),
        hidden_size=width,
        intermediate_size=3 * width,
        num_hidden_layers=BLOCKS,
        num_attention_heads=4,
        num_key_value_heads=2,
        max_position_embeddings=256,
        eos_token_id=vocabulary["<eos>"],
        bos_token_id=vocabulary["<eos>"],
        pad_token_id=vocabulary["<pad>"],
    )
    torch.manual_seed(0)
    LlamaForCausalLM(config).save_pretrained(folder)
    tokenizer.save_pretrained(folder)


def needed(constants: Mapping[str, float], parameters: float) -> tuple[float, int]:
    """Return the bytes of a strategy with a model, and the GPUs of `DEVICE` bytes that hold them.

    The bytes are divided evenly over the GPUs, as FSDP does.
    """
    size = constants["live"] * parameters
    return size, -int(-size // (DEVICE * (1 - ACTIVATIONS)))


def tables(measured: Mapping[str, Mapping[str, Any]]) -> str:
    """Return the table of the page in Markdown."""
    head = ["strategy", "live, bytes a parameter", "stored, bytes a parameter"]
    head += [f"{name}: GB (GPUs)" for name in MODELS]
    lines = [f"| {' | '.join(head)} |", f"|{' --- |' * len(head)}"]
    for name, constants in measured.items():
        if "error" in constants:
            lines.append(f"| `{name}` | {constants['error']} |" + " |" * (len(head) - 2))
            continue
        cells = [f"`{name}`", f"{constants['live']:.1f}", f"{constants['stored']:.1f}"]
        for parameters in MODELS.values():
            size, devices = needed(constants, parameters)
            cells.append(f"{size / 1e9:,.{1 if size < 1e10 else 0}f} ({devices})")
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def with_tables(page: str, measured: Mapping[str, Mapping[str, Any]]) -> str:
    """Return a page with the table in its place."""
    marks = r"(<!-- memory -->).*?(<!-- end -->)"
    return re.sub(
        marks, lambda found: f"{found[1]}\n{tables(measured)}\n{found[2]}", page, flags=re.S
    )


def read() -> dict[str, dict[str, Any]]:
    """Return the constants that were measured."""
    found: dict[str, dict[str, Any]] = json.loads(FILE.read_text(encoding="utf-8"))
    return found


def main() -> None:
    """Measure, and write the file and the page."""
    from cltool.core.errors import UserError

    parser = argparse.ArgumentParser(description=str(__doc__).partition("\n")[0])
    parser.add_argument("strategies", nargs="*", help="all built-in ones, if none is given")
    parser.add_argument("--tables", action="store_true", help="only write the page again")
    options = parser.parse_args()
    measured = read() if FILE.is_file() else {}
    names = [one.name for one in STRATEGIES.entries() if one.source == "built-in"]
    for name in [] if options.tables else options.strategies or names:
        try:
            measured[name] = measure(name)
        except UserError as error:
            measured[name] = {"error": error.what}
        print(name, measured[name], flush=True)
        measured = {known: measured[known] for known in names if known in measured}
        FILE.write_text(json.dumps(measured, indent=1) + "\n", encoding="utf-8")
    if PAGE.is_file():
        PAGE.write_text(with_tables(PAGE.read_text(encoding="utf-8"), measured), encoding="utf-8")


if __name__ == "__main__":
    main()
