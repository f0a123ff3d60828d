"""Measures what long streams cost: ``python -m tools.long_streams``.

It prints a table with the memory above that of the process after its imports, and the seconds of
processor time, of

- reading, checking and dividing into updates a file of 10 million lines (``--lines``), which it
  writes into a temporary folder first;
- making the scenario ``world`` with a million facts (``--facts``) and reading every update;
- a run over this stream with 500 updates (``--updates``), the strategy naive, a random model of two
  layers, and a sample of the facts as probes: also the ratio of the seconds of the last tenth of
  the steps to those of the first tenth, and the bytes that a step adds to the run folder.

Each is measured in a process of its own. Processor time, because other work on the machine does not
count in it. ``--only file,world,run`` measures some of them.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import resource
import statistics
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

    from cltool.facts.stream import Stream

Numbers = dict[str, float]

RELATIONS = ("town", "employer", "mentor", "book")
SAMPLE = 60
LEARNER = {"epochs": 1, "lr": 1e-3}


def write_file(path: Path, lines: int, updates: int) -> None:
    """Write a file of facts: a tenth of the lines is the base, the others change and add facts."""
    base, later = lines // 10, lines - lines // 10
    with path.open("w", encoding="utf-8") as file:
        for line in range(base):
            file.write(_line(line, f"Place {line % 4999}", 0))
        new = base
        for line in range(later):
            # One line of three adds a key; the others go through the base in turn.
            key = new if line % 3 == 2 else line % base
            new += line % 3 == 2
            file.write(_line(key, f"Thing {line}", 1 + line * updates // later))


def _line(key: int, value: str, update: int) -> str:
    subject, relation = f"Person {key // 4}", RELATIONS[key % 4]
    row = {"subject": subject, "relation": relation, "new": value, "update": update}
    return json.dumps(row) + "\n"


def read_file(path: Path) -> Numbers:
    """Read, check and divide a file of facts."""
    stream = _opened(str(path), {})
    return {"steps": len(stream), "facts": sum(len(update.learn) for update in stream)}


def read_world(options: dict[str, int]) -> Numbers:
    """Make a stream of ``world``, and apply all of its updates."""
    stream = _opened("world", options)
    known = stream.knowledge(len(stream) - 1)
    return {"steps": len(stream), "facts": len(known)}


def run_world(options: dict[str, int], folder: Path) -> Numbers:
    """Run naive over a stream of ``world`` with a very small model."""
    import cltool
    from cltool.core.progress import Progress
    from tools.torture.material import write_model

    stream = _opened("world", options)
    facts = stream.updates[0].learn[:200]
    write_model(folder / "model", [f"{one.subject} {one.object}" for one in facts])
    begun: dict[int, float] = {}

    def show(task: str, done: int, of: int, what: str) -> None:
        if of == len(stream):
            begun.setdefault(done, time.process_time())

    settings = {
        "model": {"name": str(folder / "model"), "device": "cpu", "chat": "off"},
        "learner": LEARNER,
        "probe": {"sample": SAMPLE},
        "general": {"ask": "off"},
    }
    out = folder / "run"
    cltool.run(stream, strategy="naive", settings=settings, out=out, progress=Progress(show))
    times = [begun[step] for step in range(len(stream))] + [time.process_time()]
    # The base is not an update: nothing is trained in it.
    seconds = [after - before for before, after in pairwise(times[1:])]
    sizes = [file.stat().st_size for file in sorted((out / "answers").glob("*.parquet"))[1:]]
    rows = (out / "steps.jsonl").stat().st_size / len(stream)
    part = max(1, len(seconds) // 10)
    return {
        "steps": len(stream),
        "last_to_first": statistics.median(seconds[-part:]) / statistics.median(seconds[:part]),
        "first_step": statistics.median(seconds[:part]),
        "bytes_a_step": statistics.mean(sizes) + rows,
        "bytes_last_to_first": statistics.mean(sizes[-part:]) / statistics.mean(sizes[:part]),
    }


def _opened(scenario: str, options: dict[str, int]) -> Stream:
    from cltool.core.progress import showing, stderr_progress
    from cltool.experiments.resolve import open_stream

    with stderr_progress() as progress, showing(progress):
        return open_stream(scenario, options)


def measured(what: Callable[..., Numbers], *given: Any) -> Numbers:
    """Return what ``what`` returns, and the ``memory`` and ``seconds`` that it needs.

    It runs in a process of its own.

    Raises:
        RuntimeError: the process died.
    """
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(target=_measure, args=(what, given, theirs))
    process.start()
    theirs.close()
    try:
        numbers: Numbers = ours.recv()
    except EOFError as error:
        raise RuntimeError(f"the process of {what.__name__} died") from error
    process.join()
    return numbers


def _measure(what: Callable[..., Numbers], given: Sequence[Any], answer: Connection) -> None:
    import torch

    # What a run imports, so that only its work is measured.
    import cltool.evaluation.prober
    import cltool.experiments.run
    import cltool.models
    import cltool.scenarios.own_facts
    import cltool.scenarios.world
    import cltool.training.learner  # noqa: F401

    torch.set_num_threads(1)
    before, begin = _peak(), time.process_time()
    numbers = what(*given)
    numbers["seconds"] = time.process_time() - begin
    answer.send({**numbers, "memory": _peak() - before})


def _peak() -> int:
    """Return the largest resident memory of this process so far, in bytes."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else 1024 * peak


def rows(
    only: Sequence[str], lines: int, facts: int, updates: int
) -> Iterator[tuple[str, Numbers]]:
    """Yield the name and the numbers of each measurement as soon as it is made."""
    world = {"entities": facts // 4, "relations": 4, "updates": updates, "changed": 20, "new": 20}
    world |= {"wordings": 2, "two_hop": 0, "reverse": 0}
    with TemporaryDirectory(prefix="cltool-long-") as name:
        folder = Path(name)
        if "file" in only:
            path = folder / "facts.jsonl"
            write_file(path, lines, updates)
            yield f"file of {lines:,} lines", measured(read_file, path)
            path.unlink()
        if "world" in only:
            yield f"world with {facts:,} facts", measured(read_world, world)
        if "run" in only:
            what = f"run of naive over it, {SAMPLE} facts asked"
            yield what, measured(run_world, world, folder)


def line(what: str, numbers: Numbers) -> str:
    """Return a row of the table in Markdown."""
    cells = [what, f"{numbers['steps'] - 1:,.0f}", f"{numbers['memory'] / 1e6:,.0f} MB"]
    cells += [f"{numbers['seconds']:,.0f} s"]
    if "last_to_first" in numbers:
        cells += [f"{numbers['last_to_first']:.2f}", f"{numbers['bytes_a_step'] / 1e3:.1f} kB"]
        cells += [f"{numbers['bytes_last_to_first']:.2f}"]
    return f"| {' | '.join([*cells, *['–'] * (7 - len(cells))])} |"


def main() -> None:
    """Measure, and print the table."""
    parser = argparse.ArgumentParser(description=str(__doc__).partition("\n")[0])
    parser.add_argument("--lines", type=int, default=10_000_000)
    parser.add_argument("--facts", type=int, default=1_000_000)
    parser.add_argument("--updates", type=int, default=500)
    parser.add_argument("--only", default="file,world,run")
    options = parser.parse_args()
    head = ("what", "updates", "memory above imports", "processor time", "last to first tenth")
    head = (*head, "bytes a step", "last to first tenth (bytes)")
    print(f"| {' | '.join(head)} |\n|{' --- |' * len(head)}", flush=True)
    only = options.only.split(",")
    for what, numbers in rows(only, options.lines, options.facts, options.updates):
        print(line(what, numbers), flush=True)


if __name__ == "__main__":
    main()
