"""Options that several commands share, and how they are read."""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cltool.cli import record
from cltool.cli.output import message
from cltool.core.errors import UserError
from cltool.facts.shapes.catalogue import NAMES as FORMATS

if TYPE_CHECKING:
    from cltool.experiments.harness import Evaluation
    from cltool.facts.stream import Stream

SCENARIO = "leaders"
"""The scenario that is used by default."""

ALL_STEPS = "all"
"""Value of ``--keep-checkpoints`` when it is given without steps."""


def add_experiment(parser: argparse.ArgumentParser) -> None:
    """Add the option groups of commands that train: scenario, model and settings."""
    add_scenario(parser)
    model = parser.add_argument_group("model")
    model.add_argument("--model", help="tiny, or a path or hub name of a causal LM [tiny]")
    add_device(model)
    model.add_argument(
        "--teach-base", action="store_true", help="first train the base facts into the model"
    )
    model.add_argument(
        "--memory-layers",
        metavar="BLOCKS",
        help="put an empty product-key memory beside the feed-forward part of these blocks, for"
        " example 20,25; negative from the last: --memory-layers=-5",
    )
    add_chat(model)
    add_general(parser.add_argument_group("questions that no update teaches"))
    settings = parser.add_argument_group("settings")
    settings.add_argument(
        "--match",
        help="when an answer is right: exact (it is the object), contains (its first sentence names"
        " the object), choice (the object is more probable than others), or auto (exact for a model"
        " that cltool made, else contains) [auto]",
    )
    settings.add_argument(
        "--probe-sample",
        type=int,
        metavar="N",
        help="ask about N facts, a stratified sample that is the same at every step [all]",
    )
    settings.add_argument(
        "--loss", help="which tokens are trained: answer (the object's) or all [answer]"
    )
    settings.add_argument(
        "--order",
        help="order of an update's sentences: given (random), easy_first or hard_first (first epoch"
        " by the model's loss), or spaced (spaced repetition) [given]",
    )
    about = "TOML file with settings, or the run.json of a run to repeat with all that it records"
    add_settings(settings, "strategy.lambda=50", about)
    settings.add_argument("--fresh", action="store_true", help="start again, do not resume")
    settings.add_argument(
        "--accept-changed-code",
        action="store_true",
        help="keep finished steps that an earlier version of the strategy's code made",
    )
    settings.add_argument("--json", action="store_true", help="print the result as JSON")


def add_scenario(parser: argparse.ArgumentParser) -> None:
    """Add the options that choose the stream."""
    scenario = parser.add_argument_group("scenario")
    scenario.add_argument(
        "--scenario",
        help="a scenario's name, or a file of facts (.jsonl, .csv, .parquet, …) [leaders]",
    )
    add_format(scenario)
    scenario.add_argument(
        "--where",
        action="append",
        metavar="COLUMN=A,B",
        help="use only the lines of the file that have one of these values",
    )
    scenario.add_argument(
        "--cut", metavar="DATES", help="for dated lines: year, month, or the dates of the updates"
    )
    add_wordings(scenario)
    scenario.add_argument("--skip-bad", action="store_true", help="skip bad lines and continue")


def add_format(group: Any, file: str = "the file") -> None:
    """Add ``--format`` to a parser or group; ``file`` is what has the rows."""
    group.add_argument(
        "--format",
        metavar="NAME",
        help=f"shape of the rows of {file}: {', '.join(FORMATS)} [auto]",
    )


def add_chat(group: Any) -> None:
    """Add ``--chat`` to a parser or group."""
    group.add_argument(
        "--chat",
        help="teach and ask through the model's chat template: on, off, or auto, which tries it"
        " on base facts [auto]",
    )


GENERAL_WORDS = ("on", "off", "auto")
"""Values of ``--general`` that name no file."""


def add_general(group: Any) -> None:
    """Add the options for questions and texts beside the stream to a group."""
    group.add_argument(
        "--general",
        metavar="FILE",
        help="ask the questions of this file (JSON lines) before the stream and after each update;"
        " on: the built-in questions; off: none [on, unless cltool built the model]",
    )
    group.add_argument(
        "--text", metavar="FILE", help="measure perplexity and KL on this text, not cltool's"
    )
    group.add_argument(
        "--protect-general",
        action="store_true",
        help="give the strategy half of the questions that the model answers, as base facts",
    )


def read_general(options: argparse.Namespace) -> dict[str, Any]:
    """Return the table of settings that the options of `add_general` give."""
    given = options.general
    words = given in GENERAL_WORDS
    return {
        "ask": (given if words else "on") if given else None,
        "file": None if words else given,
        "text": options.text,
        "protect": options.protect_general or None,
    }


def add_wordings(group: Any) -> None:
    """Add ``--wordings`` to a parser or group."""
    group.add_argument(
        "--wordings", metavar="FILE", help="TOML file with the wordings of each relation"
    )


def add_device(group: Any) -> None:
    """Add ``--device`` and ``--dtype`` to a parser or group."""
    group.add_argument("--device", help="auto, cpu, cuda or mps [auto]")
    group.add_argument("--dtype", help="auto, float32 or bfloat16 [auto]")


def without_training(parser: argparse.ArgumentParser) -> None:
    """Leave out the options of training and of scores: the command only asks a model."""
    every = argparse.ArgumentParser(add_help=False)
    add_experiment(every)
    parser.set_defaults(fallback={}, **vars(every.parse_args([])))


def add_settings(group: Any, example: str, about: str = "TOML file with settings") -> None:
    """Add ``--settings`` and ``--set`` to a parser or group.

    Args:
        example: an assignment, for the help text.
        about: what ``--settings`` takes, for the help text.
    """
    group.add_argument("--settings", metavar="FILE", help=about)
    group.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help=f"one setting, for example {example}; may be repeated",
    )


def add_checkpoints(parser: argparse.ArgumentParser) -> None:
    """Add ``--keep-checkpoints``."""
    parser.add_argument(
        "--keep-checkpoints",
        nargs="?",
        const=ALL_STEPS,
        metavar="STEPS",
        help="keep the checkpoints of all steps, or of these steps (for example 5,10), not only"
        " the last",
    )


def add_harness(group: Any) -> None:
    """Add ``--lm-eval`` and its limit to a group."""
    group.add_argument(
        "--lm-eval",
        metavar="TASKS",
        help="after the last step, evaluate the model with EleutherAI's lm-eval: tasks of lm-eval,"
        " YAML files that define tasks, or folders of them, separated by commas",
    )
    group.add_argument(
        "--lm-eval-limit", type=int, metavar="N", help="at most N documents of each task [all]"
    )


def read_harness(options: argparse.Namespace) -> Evaluation | None:
    """Return what ``--lm-eval`` asks for; None without the option. This needs no library.

    Raises:
        UserError: ``--lm-eval`` is wrong, or its limit is given alone.
    """
    if options.lm_eval is None and options.lm_eval_limit is None:
        return None
    from cltool.experiments.harness import evaluation_of

    return evaluation_of(options.lm_eval, options.lm_eval_limit)


def add_erasing(parser: argparse.ArgumentParser) -> None:
    """Add the options for updates that forget facts."""
    erasing = parser.add_argument_group("erasing")
    erasing.add_argument(
        "--purge-checkpoints",
        action="store_true",
        help="when an update forgets a fact, delete the checkpoints of earlier steps",
    )
    erasing.add_argument(
        "--fail-on-resurface",
        action="store_true",
        help="exit with code 3 if an erased fact is produced again after a later update",
    )


def open_stream(scenario: str, values: Mapping[str, Any]) -> Stream:
    """Return the stream of a scenario, and say on stderr how rows of another shape were taken.

    Raises:
        UserError: as `cltool.experiments.resolve.open_stream`.
    """
    from cltool.core.progress import late_progress, showing
    from cltool.experiments import resolve

    with late_progress() as progress, showing(progress):
        stream = resolve.open_stream(scenario, values)
    if taken := stream.source.get("taken"):
        message(str(taken))
    return stream


def read_assignments(options: argparse.Namespace) -> dict[str, Any]:
    """Return the tables of ``--settings``, overridden by ``--set``.

    Raises:
        UserError: the file cannot be read, or an assignment is malformed.
    """
    from cltool.core.settings import merge, parse_assignments, read_toml

    from_file = read_toml(Path(options.settings)) if options.settings else {}
    return merge(from_file, parse_assignments(options.set))


def read_tables(options: argparse.Namespace) -> dict[str, Any]:
    """Return the tables of settings of a command with `add_experiment`.

    Options such as ``--device`` override ``--set``, and ``--set`` overrides the file. If the file
    is the record of a run, the scenario, strategy and seed that were not given are those of the
    run; otherwise they are those of ``options.fallback``.

    Raises:
        UserError: the file cannot be read, an assignment is malformed, or a section has a
            plain value.
    """
    from cltool.core.settings import merge, parse_assignments

    if record.is_record(options.settings):
        tables = merge(record.tables_of(options), parse_assignments(options.set))
    else:
        tables = read_assignments(options)
    for name, value in {"scenario": SCENARIO, **options.fallback}.items():
        if getattr(options, name) is None:
            setattr(options, name, value)
    plain = [name for name, value in tables.items() if not isinstance(value, dict)]
    if plain:
        raise UserError(
            f"{', '.join(plain)}: a table of settings is needed, not a plain value",
            where="settings",
            hint=_with_section(plain[0]),
        )
    model = {
        "name": options.model,
        "device": options.device,
        "dtype": options.dtype,
        "teach_base": options.teach_base or None,
        "memory_layers": read_layers(options.memory_layers),
        "chat": options.chat,
    }
    scenario = {
        "format": options.format,
        "where": options.where,
        "cut": options.cut,
        "wordings": options.wordings,
        "skip_bad": options.skip_bad or None,
    }
    if options.general in GENERAL_WORDS and "general" in tables:
        # The questions are those of the word, whatever file the settings name.
        tables = {**tables, "general": {**tables["general"], "file": None}}
    given = {
        "model": model,
        "scenario": scenario,
        "learner": {"loss": options.loss, "order": options.order},
        "probe": {"match": options.match, "sample": options.probe_sample},
        "general": read_general(options),
    }
    return merge(tables, {name: only_given(table) for name, table in given.items()})


def only_given(values: dict[str, Any]) -> dict[str, Any]:
    """Return ``values`` without the options that were not given."""
    return {name: value for name, value in values.items() if value is not None}


def read_checkpoints(text: str | None) -> bool | Sequence[int]:
    """Return which steps' checkpoints to keep: False (only the last), True (all) or a list.

    Raises:
        UserError: ``text`` is not a list of steps.
    """
    if text is None or text == ALL_STEPS:
        return text is not None
    parts = [part.strip() for part in text.split(",")]
    if not all(part.isascii() and part.isdigit() for part in parts):
        raise UserError(
            f"not a list of steps: {text!r}",
            where="--keep-checkpoints",
            hint="For example: --keep-checkpoints 5,10",
        )
    return [int(part) for part in parts]


def read_layers(text: str | None) -> list[int] | None:
    """Return the numbers of blocks that ``--memory-layers`` names; None without the option.

    Raises:
        UserError: ``text`` is not a list of numbers.
    """
    if text is None:
        return None
    try:
        return [int(part) for part in text.split(",")]
    except ValueError as error:
        raise UserError(
            f"not a list of block numbers: {text!r}",
            where="--memory-layers",
            hint="For example: --memory-layers 20,25",
        ) from error


def read_strategies(text: str) -> Sequence[str]:
    """Return the strategies that ``--strategies`` names.

    Raises:
        UserError: there is none, or a name is unknown.
    """
    from cltool.experiments.resolve import strategy_names
    from cltool.experiments.select import expand

    names = expand(text)
    if not names:
        raise UserError("at least one strategy is needed", where="--strategies")
    for name in names:
        strategy_names(name)
    return names


def refuse_below_one(number: int | None, option: str) -> None:
    """Raise a `UserError` if ``number`` is given and less than 1."""
    if number is not None and number < 1:
        thing = option.strip("-").removesuffix("s")
        raise UserError(f"at least one {thing} is needed", where=option)


def _with_section(name: str) -> str:
    """Return a hint for a setting without its section, or a section without a setting."""
    from cltool.core import settings as known

    names = {
        "general": known.field_names(known.GeneralSettings),
        "learner": known.field_names(known.LearnerSettings),
        "model": known.field_names(known.ModelSettings),
        "probe": known.field_names(known.ProbeSettings),
    }
    found = [f"{section}.{name}" for section, fields in names.items() if name in fields]
    if found:
        return f"Did you mean {' or '.join(found)}?"
    return f"Name the setting as well: --set {name}.NAME=VALUE."
