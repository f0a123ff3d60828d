"""``python -m tools.match_cost``: what the verdict by choice adds to the time of probing.

The same model is asked the same probes without and with it, in turns in one process. The figure is
the median ratio of the CPU times, so that other programs on the machine matter little.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Sequence

from cltool.evaluation.choice import Chooser
from cltool.experiments import resolve
from cltool.experiments.probed_keys import probed_keys


def ratios(model: str, scenario: str, keys: int, turns: int) -> list[float]:
    """Return the ratio of the CPU times with and without choice, for each turn.

    Args:
        model: a registered model, or the path or hub name of a checkpoint.
        scenario: the scenario whose facts are asked about after the last step.
        keys: number of keys that are asked about.
        turns: how often the probes are asked in both ways.
    """
    from cltool.evaluation.prober import Prober
    from cltool.experiments.base_model import prepare

    chat = "off" if model == "tiny" else "on"
    tables = {
        "model": {"name": model, "chat": chat, "device": "cpu"},
        "probe": {"limit": keys},
    }
    settings = resolve.resolve("frozen", tables)
    lm, stream = prepare(resolve.open_stream(scenario), settings)
    known = stream.knowledge(len(stream) - 1)
    probes = list(stream.probes(known, probed_keys(stream, settings.probe)))
    ways = [Prober(lm, settings.probe, stream, chooser) for chooser in (None, Chooser(stream))]
    found = []
    for turn in range(turns + 1):
        seconds = []
        for prober in ways:
            begin = time.process_time()
            prober.ask(known.step, probes)
            seconds.append(time.process_time() - begin)
        if turn:  # the first one warms up
            found.append(seconds[1] / seconds[0])
    return found


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the median ratio, and the smallest and the largest one."""
    import torch

    parser = argparse.ArgumentParser(prog="python -m tools.match_cost", description=__doc__)
    parser.add_argument("--model", default="tiny")
    parser.add_argument("--scenario", default="leaders")
    parser.add_argument("--keys", type=int, default=60)
    parser.add_argument("--turns", type=int, default=5)
    options = parser.parse_args(arguments)
    torch.set_num_threads(1)
    found = ratios(options.model, options.scenario, options.keys, options.turns)
    print(
        f"{options.model}, {options.keys} keys of {options.scenario}: probing with choice takes"
        f" {statistics.median(found):.2f} times as long as without"
        f" ({min(found):.2f} to {max(found):.2f})"
    )
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
