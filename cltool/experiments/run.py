"""The experiment: walks one strategy through a stream and records everything.

All randomness comes from (seed, step), and a step counts as done only when its answers, its
checkpoint and its costs are on disk, in this order: a run that is killed anywhere goes on at
the last finished step and ends with the same ledger, byte for byte.
"""

from __future__ import annotations

import math
import random
import resource
import sys
import time
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cltool.core.progress import QUIET, Progress
from cltool.core.seeds import derive
from cltool.evaluation import ledger
from cltool.experiments import resolve
from cltool.experiments.build_learner import advance, build_learner, seed_globally
from cltool.experiments.manifest import manifest, request
from cltool.experiments.resume import default_folder, open_folder, refuse_other_weights, steps_kept
from cltool.facts.facts import Fact, Key, Update
from cltool.facts.stream import Stream
from cltool.runs.erasures import Recorder
from cltool.runs.run import LOGGED, Run
from cltool.training.budget import Budget

if TYPE_CHECKING:
    from cltool.core.settings import ProbeSettings
    from cltool.lm.language_model import LanguageModel
    from cltool.training.learner import Learner


def run(
    stream: Stream | Path | str,
    *,
    strategy: str = "naive",
    options: Mapping[str, Any] | None = None,
    model: str | None = None,
    seed: int = 0,
    out: Path | str | None = None,
    settings: Mapping[str, Any] | None = None,
    fresh: bool = False,
    keep_checkpoints: bool | Collection[int] = False,
    purge_checkpoints: bool = False,
    save_model: Path | str | None = None,
    loggers: Sequence[Any] = (),
    progress: Progress = QUIET,
) -> Run:
    """Run ``strategy`` over ``stream`` and ask about every fact after every update.

    Args:
        stream: a stream (`cltool.scenario`), a scenario's name, or a path to a file of facts.
        strategy: a name, or several composed (``replay+ewc``).
        options: the scenario's options, where ``stream`` is a name or a path.
        model: ``tiny``, or a path or hub name of a causal LM; goes before ``settings``.
        seed: of all that is random in training.
        out: the run folder; by default one under ``runs/`` named by the settings.
        settings: nested tables: ``{"learner": {"epochs": 5}, "strategy": {"lambda": 50}}``.
        fresh: begin anew where the folder holds an unfinished or finished run.
        keep_checkpoints: keep every step's rather than the last one's, or these beside it.
        purge_checkpoints: when an update forgets, remove earlier checkpoints, which still know.
        save_model: also write the final model there, as a `transformers` checkpoint.
        loggers: Avalanche loggers.
        progress: receives the progress of the run, as in ``Progress(print)``.

    Returns:
        The finished run; one that was finished before is returned as it is.

    Raises:
        UserError: a setting is wrong, a fact is too long, or the folder holds another run.
    """
    from cltool.experiments import checkpoints

    stream = resolve.as_stream(stream, options)
    tables = dict(settings or {})
    if model is not None:
        tables["model"] = {**tables.get("model", {}), "name": model}
    resolved = resolve.resolve(strategy, tables)
    asked = request(stream, strategy, seed, resolved)
    folder = Path(out) if out is not None else default_folder(asked)
    kept = steps_kept(keep_checkpoints, len(stream))
    done = open_folder(folder, asked, fresh)
    forgetting = [one.step for one in stream if one.forget] if purge_checkpoints else []
    checkpoints.drop_before(folder, max([0, *(step for step in forgetting if step < done)]))
    record = Run(folder)
    if done == len(stream) and save_model is None and record.record["status"] == "finished":
        return record
    learner = build_learner(stream, resolved, seed, loggers=loggers, progress=progress)
    refuse_other_weights(folder, learner.lm.digest())
    if done:
        record.change_record(status="running")
    else:
        record.write_record(manifest(asked, resolved, learner))
    walk = _Walk(learner, record, progress)
    walk.resume(done, resolved.probe)
    for step in range(done, len(stream)):
        walk.step(step, frozenset() if step in forgetting else kept)
    if save_model is not None:
        walk.save_model(Path(save_model))
    record.change_record(status="finished")
    return Run.open(folder)


class _Walk:
    """One run in progress.

    Args:
        learner: on the base model.
        record: the run's folder, which holds its ``run.json``.
        progress: receives the progress of the run.
    """

    def __init__(self, learner: Learner, record: Run, progress: Progress) -> None:
        self.learner = learner
        self.stream = learner.stream
        self.run = record
        self.progress = progress
        self.erasures = Recorder(record, learner.stream)
        self.costs: list[dict[str, Any]] = []

    def resume(self, done: int, asking: ProbeSettings) -> None:
        """Move to where the first ``done`` steps ended; the base is step 0."""
        from cltool.evaluation.prober import Prober

        self.prober = Prober(self.learner.lm, asking)
        self.keys = _asked(self.stream, asking.limit)
        if done:
            advance(self.learner, self.run.folder, done - 1)
            self.costs = self.run.cost_rows()[:done]
            self.erasures.resume(done)

    def step(self, step: int, kept: frozenset[int]) -> None:
        """Apply update ``step``, ask about every fact, and write everything down.

        Args:
            step: which.
            kept: steps whose checkpoints stay beside its own.
        """
        from cltool.experiments import checkpoints

        update = self.stream.updates[step]
        learner = self.learner
        name = self.run.strategy
        what = f"{name}: update {update.label}"
        self.progress(step, len(self.stream), what)
        learner.progress = self.progress.part(step, len(self.stream), what)
        seed_globally(learner.seed, step)
        tokens, steps, began = learner.tokens, learner.steps, time.perf_counter()
        learner.logs.clear()
        erasing = 0
        if step == 0:
            learner.strategies.attach(learner)
        else:
            erasing = self._apply(update)
        seconds = time.perf_counter() - began
        self.progress(
            100 * step + 99, 100 * len(self.stream), f"{name}: asking after {update.label}"
        )
        probes = list(self.stream.probes(learner.known, self.keys))
        rows = self.prober.ask(step, probes, learner.strategies.frame)
        ledger.write_step(self.run.folder, step, rows)
        checkpoints.save(self.run.folder, step, learner.model, learner.strategies)
        self.erasures.write(step)
        self.costs.append(
            {
                "step": step,
                "label": update.label,
                "seconds": round(seconds, 3),
                "tokens": learner.tokens - tokens,
                "erasing_tokens": erasing,
                "steps": learner.steps - steps,
                "peak_memory": _peak_memory(learner.lm),
                "stored_bytes": learner.strategies.stored_bytes(),
                **({"logs": _finite(learner.logs)} if learner.logs else {}),
            }
        )
        self.run.write_costs(self.costs)
        if learner.evaluator in learner.plugins:
            self._publish(rows)
        checkpoints.keep_only(self.run.folder, step, kept)
        self.progress(step + 1, len(self.stream), f"{name}: after {update.label}")

    def _publish(self, rows: list[dict[str, Any]]) -> None:
        """Hand the step's scores to Avalanche's loggers."""
        import pandas as pd

        from cltool.evaluation.summary import per_step

        scores = per_step(pd.DataFrame(rows)).iloc[0].dropna()
        learner = self.learner
        learner.scores.set(
            learner.known.step,
            {str(name): float(value) for name, value in scores.items()}
            | {f"{LOGGED}{name}": value for name, value in learner.logs.items()},
        )
        learner.evaluator.after_eval(learner)

    def save_model(self, folder: Path) -> None:
        """Write the model as a `transformers` checkpoint, and warn of what it lacks."""
        from cltool.lm.language_model import save_checkpoint

        save_checkpoint(self.learner.lm, folder)
        lacks = [
            f"The saved model lacks what {name} keeps outside the weights: {what}."
            for name, what in self.learner.strategies.outside.items()
        ]
        self.run.change_record(warnings=[*self.run.record["warnings"], *lacks])

    def _apply(self, update: Update) -> int:
        """Apply an update, and record what it erased; the tokens that the erasing took."""
        from cltool.experiments.apply_update import apply

        owed = _owed(self.costs, Budget(self.learner.settings))
        erased = apply(self.learner, update, owed)
        self.erasures.ask(update, erased.beliefs, erased.stores)
        return erased.tokens


def _owed(costs: Sequence[Mapping[str, Any]], budget: Budget) -> float:
    """What earlier updates spent beyond their budget, such as on a Fisher information."""
    owed = 0.0
    for row in costs[1:]:
        if budget.kind is not None:
            owed = max(0.0, owed + row[budget.kind] - budget.amount)
    return owed


def _finite(logs: Mapping[str, float]) -> dict[str, float | None]:
    """JSON has no infinity and no NaN: null stands for them."""
    return {name: value if math.isfinite(value) else None for name, value in logs.items()}


def _asked(stream: Stream, limit: int | None) -> dict[Key, tuple[int, Fact]]:
    keys = stream.first_taught()
    if limit is None or len(keys) <= limit:
        return keys
    chosen = set(random.Random(derive(0, "probe.limit")).sample(list(keys), limit))
    return {key: value for key, value in keys.items() if key in chosen}


def _peak_memory(lm: LanguageModel) -> int:
    import torch

    if lm.device.type == "cuda":
        return int(torch.cuda.max_memory_allocated(lm.device))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024
