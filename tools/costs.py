"""Measures the cost of every strategy relative to ``naive`` (part of ``make bench``).

It measures after 1, 10 and 50 updates.
``python -m tools.costs ewc kfac`` measures some of them alone.

Each strategy runs a stream of small updates in its own process, together with ``naive``. The two
take turns on the same updates, so a machine that becomes slower slows both equally. The printed
ratios are of medians of CPU seconds on one thread, so other work on the machine does not count. A
*step* is one training step. An *update* is all work of applying an update, including, for example,
a Fisher information or a codebook.
"""

from __future__ import annotations

import multiprocessing
import os
import statistics
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

    from cltool.facts.facts import Update
    from cltool.facts.stream import Stream
    from cltool.training.learner import Learner

WINDOWS = {1: (1, 2, 3), 10: (9, 10, 11), 50: (48, 49, 50)}
"""After how many updates → the updates that are measured for it."""

EPOCHS = 5
"""Passes over an update that is measured; the others get one."""

WORLD = {"entities": 60, "relations": 3, "updates": 50, "changed": 8, "new": 6}

PRELOAD = [
    "cltool.training.learner",
    "cltool.evaluation.prober",
    "cltool.experiments.base_model",
    "peft",
]


@dataclass
class Cost:
    """What one strategy costs.

    Attributes:
        step: updates so far → seconds of a training step over naive's; absent where it has none.
        update: updates so far → seconds of an update over naive's.
        stored: updates so far → bytes kept outside the weights.
        memory: bytes that the walk added to the process, at most.
        error: why it could not be measured, or ``""``.
    """

    step: dict[int, float] = field(default_factory=dict)
    update: dict[int, float] = field(default_factory=dict)
    stored: dict[int, int] = field(default_factory=dict)
    memory: int = 0
    error: str = ""


def table(strategies: Sequence[str]) -> Iterator[str]:
    """Lines of the cost table, each as soon as it is measured, after ``naive``'s own."""
    from cltool.reporting import formats

    head = [f"{what} {after}" for what in ("step", "update") for after in WINDOWS]
    head += ["memory", *(f"stored {after}" for after in WINDOWS)]
    yield f"{'strategy':<24}" + "".join(f"{name:>11}" for name in head)
    naive = measure("naive")
    for name in dict.fromkeys(["naive", *strategies]):
        cost = naive if name == "naive" else measure(name)
        if cost.error:
            yield f"{name:<24}   {cost.error}"
            continue
        ratios = [*map(cost.step.get, WINDOWS), *map(cost.update.get, WINDOWS)]
        ratios.append(cost.memory / max(naive.memory, 1))
        cells = ["–" if ratio is None else f"{ratio:.2f}" for ratio in ratios]
        cells += [formats.size(cost.stored[after]) for after in WINDOWS]
        yield f"{name:<24}" + "".join(f"{cell:>11}" for cell in cells)


def measure(name: str) -> Cost:
    """The cost of one strategy, in a process that does nothing else."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(PRELOAD)
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(target=_measure, args=(name, theirs))
    process.start()
    theirs.close()
    try:
        cost: Cost = ours.recv()
    except EOFError:
        cost = Cost(error="its process died")
    process.join()
    return cost


class _Start:
    """Notes when a step begins, before every other hook."""

    def __init__(self) -> None:
        self.at = 0.0

    def before_training_iteration(self, learner: Learner, **kwargs: Any) -> None:
        self.at = time.process_time()


class _Stop:
    """Notes how long a step took, after every other hook."""

    def __init__(self, start: _Start) -> None:
        self._start = start
        self.seconds: list[float] = []

    def after_training_iteration(self, learner: Learner, **kwargs: Any) -> None:
        self.seconds.append(time.process_time() - self._start.at)


class Walker:
    """One strategy on its way through the stream.

    Args:
        name: of the strategy, or of several composed.
        stream: at its base knowledge.
    """

    def __init__(self, name: str, stream: Stream) -> None:
        from cltool.experiments import resolve
        from cltool.experiments.base_model import prepare, rebuilder
        from cltool.training.learner import Learner

        learner = {"epochs": 1, "stop_at": 2.0}
        settings = resolve.resolve(name, {"learner": learner, "model": {"reading": False}})
        lm, stream = prepare(stream, settings)
        self.learner: Learner = Learner(
            lm=lm,
            stream=stream,
            settings=settings.learner_of(lm),
            strategies=resolve.build(settings),
        )
        self.learner.rebuild = rebuilder(stream, settings)
        self.learner.known.apply(stream.updates[0])
        self.learner.strategies.attach(self.learner)
        start = _Start()
        self._stop = _Stop(start)
        plugins: list[Any] = self.learner.plugins
        plugins.insert(0, start)
        plugins.append(self._stop)

    def apply(self, update: Update, epochs: int) -> tuple[float, list[float]]:
        """Apply ``update``; the seconds that it took, and those of each of its steps."""
        from cltool.experiments.apply_update import apply

        learner = self.learner
        learner.settings = learner.settings.model_copy(update={"epochs": epochs})
        self._stop.seconds = []
        began = time.process_time()
        apply(learner, update)
        return time.process_time() - began, self._stop.seconds


def _measure(name: str, answer: Connection) -> None:
    import torch

    from cltool.core.errors import UserError
    from cltool.experiments import resolve

    torch.set_num_threads(1)
    stream = resolve.open_stream("world", WORLD)
    try:
        naive = Walker("naive", stream)
        before = _memory()
        cost = walk(Walker(name, stream), naive, stream)
        cost.memory = _memory(peak=True) - before
    except UserError as error:
        cost = Cost(error=str(error))
    answer.send(cost)


def walk(ours: Walker, naive: Walker, stream: Stream) -> Cost:
    """Return the cost of ``ours`` relative to ``naive``, without memory."""
    cost = Cost()
    for after, measured in WINDOWS.items():
        walked = ours.learner.known.step
        for step in range(walked + 1, measured[0]):
            ours.apply(stream.updates[step], 1)
            naive.apply(stream.updates[step], 1)
        turns = [_turn(ours, naive, stream.updates[step]) for step in measured]
        updates, steps = zip(*turns, strict=True)
        cost.update[after] = statistics.median(updates)
        if None not in steps:
            cost.step[after] = statistics.median(steps)
        cost.stored[after] = ours.learner.strategies.stored_bytes()
    return cost


def _turn(ours: Walker, naive: Walker, update: Update) -> tuple[float, float | None]:
    """Both apply ``update``; the ratios of their seconds and of their median steps."""
    first, second = (ours, naive) if update.step % 2 else (naive, ours)
    done = {id(walker): walker.apply(update, EPOCHS) for walker in (first, second)}
    (seconds, steps), (base, base_steps) = done[id(ours)], done[id(naive)]
    step = statistics.median(steps) / statistics.median(base_steps) if steps else None
    return seconds / base, step


def _memory(peak: bool = False) -> int:
    """Bytes that this process holds, or held at most; 0 where the system does not tell."""
    try:
        lines = Path(f"/proc/{os.getpid()}/status").read_text(encoding="ascii").splitlines()
    except OSError:
        return 0
    name = "VmHWM:" if peak else "VmRSS:"
    return next(1024 * int(line.split()[1]) for line in lines if line.startswith(name))


def main(strategies: Sequence[str]) -> int:
    """Print the table of ``strategies``."""
    from cltool.core.errors import UserError
    from cltool.experiments.resolve import strategy_names

    try:
        for name in strategies:
            strategy_names(name)
    except UserError as error:
        print(f"cltool: {error}", file=sys.stderr)
        return 2
    for line in table(strategies):
        print(line, flush=True)
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
