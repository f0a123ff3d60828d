"""cltool: continual learning for language models, fact by fact.

    import cltool

    stream = cltool.scenario("leaders")
    run = cltool.run(stream, strategy="ewc", model="tiny", seed=0)
    run.metrics()  # a pandas table, one row a step
    cltool.report([run], "forgetting.html")

Importing cltool is fast: heavy libraries are imported when a function needs them.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cltool.core.errors import UserError

if TYPE_CHECKING:
    from cltool.core.progress import Progress as Progress
    from cltool.evaluation.scores import Score as Score
    from cltool.experiments.belief_summary import Beliefs
    from cltool.experiments.compare import Comparison
    from cltool.experiments.update.update import Outcome
    from cltool.facts.facts import Fact as Fact
    from cltool.facts.facts import Update as Update
    from cltool.facts.scenario import Scenario as Scenario
    from cltool.facts.scenario import ScenarioConfig as ScenarioConfig
    from cltool.facts.stream import Stream as Stream
    from cltool.facts.wording import Wording as Wording
    from cltool.facts.wordings import Wordings as Wordings
    from cltool.lm.coder import Coder as Coder
    from cltool.models.model import Model as Model
    from cltool.runs.run import Run as Run
    from cltool.training.learner import Learner as Learner
    from cltool.training.strategy import Strategy as Strategy
    from cltool.training.strategy import StrategyConfig as StrategyConfig

_LAZY = {
    "Coder": "cltool.lm.coder",
    "Fact": "cltool.facts.facts",
    "Learner": "cltool.training.learner",
    "Model": "cltool.models.model",
    "Progress": "cltool.core.progress",
    "Run": "cltool.runs.run",
    "Scenario": "cltool.facts.scenario",
    "ScenarioConfig": "cltool.facts.scenario",
    "Score": "cltool.evaluation.scores",
    "Strategy": "cltool.training.strategy",
    "StrategyConfig": "cltool.training.strategy",
    "Stream": "cltool.facts.stream",
    "Update": "cltool.facts.facts",
    "Wording": "cltool.facts.wording",
    "Wordings": "cltool.facts.wordings",
}
"""Public class → the module that it is imported from when it is first used."""

__all__ = [
    "Coder",
    "Fact",
    "Learner",
    "Model",
    "Progress",
    "Run",
    "Scenario",
    "ScenarioConfig",
    "Score",
    "Strategy",
    "StrategyConfig",
    "Stream",
    "Update",
    "UserError",
    "Wording",
    "Wordings",
    "beliefs",
    "compare",
    "open_run",
    "report",
    "run",
    "scenario",
    "update",
]


def __getattr__(name: str) -> Any:
    if name not in _LAZY:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_LAZY[name]), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *_LAZY})


def scenario(name: str, **options: Any) -> Stream:
    """Return the stream of a scenario, or of a file of facts.

    Args:
        name: a name (``cltool list scenarios``), or a path to a file or folder of facts.
        options: the scenario's options; ``seed`` (default 0) is the seed of the stream.

    Raises:
        UserError: the name is unknown, an option is wrong, or the file has bad lines.
    """
    from cltool.experiments.resolve import open_stream

    return open_stream(name, options)


def run(stream: Stream | Path | str, strategy: str = "naive", **options: Any) -> Run:
    """Run a strategy over a stream, and return the run.

    Args:
        stream: a stream, a scenario's name, or a path to a file of facts.
        strategy: a name, or several composed (``replay+ewc``).
        options: as for `cltool.experiments.run.run`.

    Raises:
        UserError: a setting is wrong, a fact is too long, or the folder holds another run.
    """
    from cltool.experiments import run as experiment

    return experiment.run(stream, strategy=strategy, **options)


def compare(stream: Stream | Path | str, strategies: Sequence[str], **options: Any) -> Comparison:
    """Run every strategy with every seed over a stream, in worker processes.

    Args:
        stream: a stream, a scenario's name, or a path to a file of facts.
        strategies: names, or compositions (``replay+ewc``).
        options: as for `cltool.experiments.compare.compare`.

    Raises:
        UserError: a name or a setting is wrong, or the facts have bad lines.
    """
    from cltool.experiments.compare import compare as run_all

    return run_all(stream, strategies, **options)


def beliefs(model: str, stream: Stream | Path | str = "leaders", **options: Any) -> Beliefs:
    """Ask a model who holds each key whose object changes; nothing is trained.

    Args:
        model: a registered model, the folder or hub name of a checkpoint, a GGUF file, or the
            folder of an adapter.
        stream: a stream, a scenario's name, or a path to a file of facts.
        options: as for `cltool.experiments.beliefs.beliefs`.

    Raises:
        UserError: a setting is wrong, the model cannot be loaded, or no key changes.
    """
    from cltool.experiments.beliefs import beliefs as ask

    return ask(model, stream, **options)


def update(model: Path | str, facts: Path | str | None = None, **options: Any) -> Outcome:
    """Teach a model facts, and write it only if it meets all requirements.

    Args:
        model: a model, or the folder of an updated model, which is updated further.
        facts: the file of facts to teach; None if facts are only erased.
        options: as for `cltool.experiments.update.request.Request` (``out``, ``protect``,
            ``forget``, ``strategy``, ``require``, …), and ``progress``.

    Returns:
        What became of it; ``outcome.shipped`` says whether the model was written.

    Raises:
        UserError: a file, a setting or a folder is wrong, or facts contradict each other.
    """
    from cltool.audit.short import recovered
    from cltool.core.progress import QUIET
    from cltool.experiments.update.request import request_of
    from cltool.experiments.update.update import Hooks
    from cltool.experiments.update.update import update as apply

    progress = options.pop("progress", QUIET)
    return apply(request_of(model, facts, **options), Hooks(recovered), progress)


def open_run(folder: Path | str) -> Run:
    """Return the run in a folder.

    Raises:
        UserError: there is no run in the folder.
    """
    from cltool.runs.run import Run

    return Run.open(folder)


def report(runs: Sequence[Run], path: Path | str, title: str | None = None) -> Path:
    """Write the forgetting report of ``runs`` as one self-contained HTML file; return its path."""
    from cltool.reporting.report_page import write_report

    return write_report(runs, Path(path), title)
