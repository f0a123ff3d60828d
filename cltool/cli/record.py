"""Reads the settings of a run from its ``run.json``, so that a command repeats the run."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from cltool.core.errors import UserError
from cltool.runs.run import Run


def is_record(settings: str | None) -> bool:
    """Return whether ``--settings`` names a run folder or a ``run.json``."""
    if settings is None:
        return False
    path = Path(settings)
    return path.suffix == ".json" or path.is_dir()


def tables_of(options: argparse.Namespace) -> dict[str, Any]:
    """Return the tables of the run that ``--settings`` names.

    Its scenario, strategy and seed are set in ``options`` where they were not given.

    Raises:
        UserError: there is no run, a JSON file has another name than ``run.json``, a file of its
            facts is missing, or the facts have changed and no other scenario is given.
    """
    from cltool.experiments import resolve, restore
    from cltool.experiments.select import expand

    path = Path(options.settings)
    if path.suffix == ".json" and path.name != "run.json":
        raise UserError(
            "is not named run.json, so it is not the record of a run",
            where=str(path),
            hint="Name a run folder or its run.json, or a TOML file with settings.",
        )
    run = Run.open(path.parent if path.suffix == ".json" else path)
    settings = restore.settings_of(run)
    tables = settings.as_tables()
    if options.scenario is None:
        name, values = restore.scenario_of(run, options=_files(options))
        if not _changes_scenario(options):
            restore.stream_of(run, options=_files(options))  # refuses other facts
        options.scenario, tables["scenario"] = name, values
    given = [name for name in ("strategy", "strategies") if getattr(options, name, None)]
    if not given:
        name = "strategy" if hasattr(options, "strategy") else "strategies"
        setattr(options, name, run.strategy)
    else:
        # Presets of the recorded strategy do not belong to another one.
        tables = _changed(tables, resolve.resolve(run.strategy).as_tables())
        text = getattr(options, given[0])
        names = [text] if given[0] == "strategy" else expand(text)
        kept = {part.strip() for name in names for part in name.split("+")}
        strategy = tables.get("strategy", {})
        tables["strategy"] = {name: one for name, one in strategy.items() if name in kept}
    if getattr(options, "seed", 0) is None:
        options.seed = run.seed
    return tables


def _files(options: argparse.Namespace) -> dict[str, Any]:
    return {} if options.wordings is None else {"wordings": options.wordings}


def _changes_scenario(options: argparse.Namespace) -> bool:
    """Return whether the command line has options of the scenario, or other streams."""
    streams = getattr(options, "stream_seeds", None)
    assigned = any(text.strip().startswith("scenario.") for text in options.set)
    return assigned or bool(
        options.format or options.where or options.cut or options.skip_bad or streams
    )


def _changed(tables: dict[str, Any], usual: dict[str, Any]) -> dict[str, Any]:
    """Return what ``tables`` has other than ``usual``."""
    found: dict[str, Any] = {}
    for name, value in tables.items():
        if isinstance(value, dict) and isinstance(usual.get(name, {}), dict):
            if inner := _changed(value, usual.get(name, {})):
                found[name] = inner
        elif name not in usual or usual[name] != value:
            found[name] = value
    return found
