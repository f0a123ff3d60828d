"""Measures what a text costs the embedded models, by its length (part of ``make bench``).

``python -m tools.lengths tiny-full tiny-window`` measures some of them alone, and ``--longest N``
sets the longest text. The weights are random: the cost does not depend on them. Each cell is
measured in a process of its own, forked from this one, on one thread:

* *read*: CPU seconds of reading a text of n tokens, as before an answer;
* *write*: CPU seconds of writing 16 tokens after it;
* *train*: CPU seconds of a forward and a backward pass over it;
* memory: what reading and training added to the process at most.

The exponent is the slope of a line through the logarithms of seconds and length, from 2,048 tokens
on. It is 1 if twice the length costs twice as much, and 2 if it costs four times as much.
"""

from __future__ import annotations

import argparse
import math
import multiprocessing
import statistics
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

SHORTEST, LONGEST = 128, 16_384
FITTED_FROM = 2_048
WRITTEN = 16
REPEATS = 3
KINDS = ("read", "write", "train")


@dataclass(frozen=True)
class Cell:
    """What a text of one length costs one model.

    Attributes:
        seconds: kind of work → CPU seconds.
        memory: kind of work → bytes that it added to the process at most.
    """

    seconds: dict[str, float]
    memory: dict[str, int]


def lengths(longest: int) -> list[int]:
    """Return the lengths: doubled from `SHORTEST` up to ``longest``."""
    return [SHORTEST << n for n in range(64) if SHORTEST << n <= longest]


def exponent(sizes: Sequence[int], seconds: Sequence[float]) -> float | None:
    """Return b of seconds = a · sizeᵇ, fitted to the logarithms; None for fewer than two sizes."""
    if len(sizes) < 2:
        return None
    fit = statistics.linear_regression([math.log(n) for n in sizes], [math.log(s) for s in seconds])
    return fit.slope


def names() -> list[str]:
    """Return the registered models that are built by the embedded recipe."""
    from cltool.models import MODELS
    from cltool.models.tiny.model import Tiny

    return [name for name in MODELS.names() if issubclass(MODELS.load(name), Tiny)]


def measure(name: str, size: int) -> Cell:
    """Measure one cell in a process of its own."""
    receiving, sending = multiprocessing.Pipe(duplex=False)
    worker = multiprocessing.get_context("fork").Process(
        target=_measure, args=(name, size, sending)
    )
    worker.start()
    sending.close()
    try:
        found: Cell = receiving.recv()
    except EOFError:
        raise RuntimeError(f"{name} cannot take {size} tokens (see above)") from None
    finally:
        worker.join()
    return found


def _measure(name: str, size: int, sending: Connection) -> None:
    import torch

    torch.set_num_threads(1)
    model = untrained(name)
    ids = torch.randint(3, 200, (1, size), generator=torch.Generator().manual_seed(0))
    work = {"read": lambda: _read(model, ids), "train": lambda: _train(model, ids)}
    seconds, memory = {}, {}
    for kind, do in work.items():
        _forget_peak()
        before = _resident("VmRSS")
        seconds[kind] = min(_timed(do) for _ in range(REPEATS))
        memory[kind] = max(0, _resident("VmHWM") - before)
    seconds["write"] = min(writing(model, ids) for _ in range(REPEATS))
    sending.send(Cell(seconds, memory))


def untrained(name: str) -> Any:
    """Return the untrained model, as its recipe makes it for a small stream."""
    import torch

    from cltool.models import MODELS
    from cltool.models.tiny.build import coder
    from cltool.testing.material import small_stream

    stream = small_stream()
    base = stream.updates[0].learn
    architecture = MODELS.load(name).architecture
    tokenizer = coder(base, stream.wordings, architecture=architecture)
    torch.manual_seed(0)
    return architecture.new_model(tokenizer, architecture.recipe(len(base)))


def _read(model: Any, ids: Any) -> Any:
    import torch

    model.eval()
    with torch.no_grad():
        return model(ids, use_cache=True, logits_to_keep=1).past_key_values


def writing(model: Any, ids: Any) -> float:
    """Return the CPU seconds of writing `WRITTEN` tokens after the text ``ids``, (1, length)."""
    import torch

    state = _read(model, ids)
    begin = time.process_time()
    with torch.no_grad():
        for place in range(WRITTEN):
            token = ids[:, place : place + 1]
            state = model(token, past_key_values=state, use_cache=True).past_key_values
    return time.process_time() - begin


def _train(model: Any, ids: Any) -> None:
    model.train()
    model(ids, use_cache=False, logits_to_keep=64).logits.logsumexp(-1).sum().backward()
    model.zero_grad(set_to_none=True)


def _timed(do: Any) -> float:
    begin = time.process_time()
    do()
    return time.process_time() - begin


def _forget_peak() -> None:
    # Linux: sets the largest resident memory to the present one.
    Path("/proc/self/clear_refs").write_text("5")


def _resident(name: str) -> int:
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(f"{name}:"):
            return int(line.split()[1]) * 1024
    return 0


def table(models: Sequence[str], longest: int) -> Iterator[str]:
    """Lines of the table, each as soon as it is measured."""
    sizes = lengths(longest)
    head = "".join(f"{size:>10,}" for size in sizes)
    yield f"{'CPU seconds by tokens':<28}{head}{'exponent':>10}"
    for name in models:
        cells = [measure(name, size) for size in sizes]
        for kind in KINDS:
            seconds = [cell.seconds[kind] for cell in cells]
            far = [(n, s) for n, s in zip(sizes, seconds, strict=True) if n >= FITTED_FROM]
            slope = exponent([n for n, _ in far], [s for _, s in far])
            shown = "".join(f"{one:>10.3f}" for one in seconds)
            yield f"{name + ' ' + kind:<28}{shown}{'' if slope is None else f'{slope:>10.2f}'}"
        for kind in ("read", "train"):
            shown = "".join(f"{cell.memory[kind] / 1e6:>10,.0f}" for cell in cells)
            yield f"{name + ' ' + kind + ', MB':<28}{shown}"


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(prog="python -m tools.lengths")
    parser.add_argument("models", nargs="*", metavar="MODEL", help="[all embedded models]")
    parser.add_argument("--longest", type=int, default=LONGEST, help="tokens [%(default)s]")
    options = parser.parse_args(arguments)
    for line in table(options.models or names(), options.longest):
        print(line, flush=True)


if __name__ == "__main__":
    main()
