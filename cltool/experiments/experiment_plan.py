"""The cells of an experiment, and for each a digest of everything that decides its result."""

from __future__ import annotations

import os
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from cltool.core.digests import of_json
from cltool.core.errors import UserError
from cltool.core.remote.place import Place
from cltool.core.settings import merge, without_added
from cltool.experiments import experiment_file, resolve
from cltool.experiments.experiment_file import Experiment, Tables
from cltool.experiments.resume import steps_kept
from cltool.experiments.select import expand
from cltool.experiments.source_digest import Sources
from cltool.experiments.trials import read_bounds
from cltool.experiments.tune import Search
from cltool.facts.stream import Stream
from cltool.runs.run import file_name

DEFAULTS: Tables = {"model": {"reading": True}}
"""Defaults that the environment may change elsewhere, but not for an experiment."""

SEARCH_CODE = ("cltool.experiments.trials", "cltool.experiments.tune")
"""What a search depends on in addition to its runs."""


@dataclass(frozen=True, eq=False)
class PlannedCell:
    """One run of an experiment, or the search of one strategy's settings.

    Attributes:
        name: names the cell's file and its run folder.
        variant: the strategy, or the name of a variant of it.
        strategy: what runs, or is searched.
        seed: of the run; None for a search.
        tables: settings, without those that only other strategies have.
        digest: ``settings``, ``facts`` and ``code``: hashes of what decides the result.
        shared_code: hash of the code that all strategies use.
    """

    name: str
    variant: str
    strategy: str
    seed: int | None
    tables: Tables
    digest: Mapping[str, str]
    shared_code: str


@dataclass(frozen=True)
class Plan:
    """An experiment, resolved.

    Attributes:
        folder: that holds the experiment file.
        experiment: as the file says.
        scenario: its name, or the path of a file of facts.
        options: of the scenario.
        stream: of the scenario.
        cells: all of them; those of the first seed first.
        nothing_to_search: strategies that a search leaves out: they declare nothing to search.
    """

    folder: Path
    experiment: Experiment
    scenario: str
    options: Mapping[str, Any]
    stream: Stream
    cells: Sequence[PlannedCell]
    nothing_to_search: Sequence[str] = ()

    @property
    def name(self) -> str:
        """The last two parts of the folder: ``erasing/leaders``."""
        return "/".join(self.folder.resolve().parts[-2:])

    @property
    def file(self) -> Path:
        """The experiment file."""
        return experiment_file.file_of(self.folder)

    @property
    def command(self) -> str:
        """The command that reproduces the experiment, from the working folder.

        For an experiment in a folder ``reports``, it is that from the folder above.
        """
        place = self.folder.resolve()
        if place.parts[-3:-2] == experiment_file.REPORTS.parts:
            folder = (experiment_file.REPORTS / self.name).as_posix()
            return f"cltool reproduce {shlex.quote(folder)}"
        return f"cltool reproduce {shlex.quote(Path(os.path.relpath(place)).as_posix())}"

    def search(self, out: Path | Place) -> Search:
        """Return the search of an experiment that tunes.

        Args:
            out: folder of its runs.
        """
        return _search(self.experiment, self.stream, out)


def plan(folder: Path) -> Plan:
    """Read and resolve the experiment in ``folder``.

    Raises:
        UserError: a key, a scenario option, a strategy or a setting is wrong; names the file.
    """
    file = experiment_file.file_of(folder)
    experiment = experiment_file.read(folder)
    scenario, options = experiment_file.scenario_of(experiment, file.parent)
    try:
        stream = resolve.open_stream(scenario, options)
        digests = _Digests(stream.digest(), Sources())
        cells, left_out = (
            (_run_cells(experiment, digests), ())
            if experiment.tune is None
            else _search_cells(experiment, stream, digests)
        )
        _check_references(experiment, stream, cells)
    except UserError as error:
        raise UserError(
            error.what,
            where=f"{file}: {_key(error.where)}" if error.where else str(file),
            hint=error.hint,
            details=error.details,
        ) from error
    return Plan(file.parent, experiment, scenario, options, stream, cells, left_out)


def _key(where: str) -> str:
    """Return the key of an experiment file for an option of the command line, or a setting."""
    option = where.removeprefix("--")
    if option in ("first", "trials", "keep"):
        return f"tune.{option}"
    if option == "strategy":
        return "strategies"
    section = option.partition(".")[0]
    return f"settings.{option}" if section in _SETTINGS else option


_SETTINGS = tuple(name for name in resolve.SECTIONS if name != "scenario")


def _run_cells(experiment: Experiment, digests: _Digests) -> Sequence[PlannedCell]:
    names = list(expand(",".join(experiment.strategies)))
    resolve.refuse_unused_tables(
        experiment.settings, [*names, *(one.strategy for one in experiment.variants)]
    )
    variants = [(file_name(name), name, experiment.seeds, experiment.settings) for name in names]
    for one in experiment.variants:
        resolve.refuse_unused_tables(one.settings, [one.strategy])
        own = _without_plain(experiment.settings, one.strategy, names)
        variants.append(
            (one.name, one.strategy, one.seeds or experiment.seeds, merge(own, one.settings))
        )
    if not variants:
        raise UserError("no strategy is named", where="strategies")
    _refuse_twice([variant for variant, *_ in variants])
    cells = []
    for seed in range(max(seeds for _, _, seeds, _ in variants)):
        for variant, strategy, seeds, settings in variants:
            if seed < seeds:
                tables = merge(DEFAULTS, _without_plain(settings, strategy, names))
                digest = digests.of(tables, strategy, seed)
                name = f"{variant}-seed{seed}"
                shared = digests.shared_code
                cells.append(PlannedCell(name, variant, strategy, seed, tables, digest, shared))
    return cells


def _search_cells(
    experiment: Experiment, stream: Stream, digests: _Digests
) -> tuple[Sequence[PlannedCell], Sequence[str]]:
    """Return the cells of a search, and the strategies that have nothing to search."""
    search = _search(experiment, stream, Path())
    cells, left_out = [], []
    for name in search.strategies:
        if not search.ranges(name):
            left_out.append(name)
            continue
        tables = resolve.tables_for(search.settings, name, search.strategies)
        tune = experiment.tune.model_dump(mode="json") if experiment.tune else {}
        more = {"tune": tune | {"seeds": experiment.seeds}}
        digest = digests.of(tables, name, None, more)
        shared = digests.shared_code
        cells.append(PlannedCell(file_name(name), name, name, None, tables, digest, shared))
    if not cells:
        raise UserError("nothing can be searched in these strategies", where="strategies")
    return cells, left_out


def _search(experiment: Experiment, stream: Stream, out: Path | Place) -> Search:
    tune = experiment.tune
    if tune is None:
        raise UserError("the experiment has no table [tune]")
    names = expand(",".join(experiment.strategies))
    settings = merge(DEFAULTS, experiment.settings)
    resolve.refuse_unused_tables(settings, names)
    return Search(
        stream,
        tune.first,
        tune.trials,
        read_bounds(tune.keep),
        out,
        settings,
        experiment.seeds,
        strategies=names,
    )


def _without_plain(settings: Tables, strategy: str, others: Sequence[str]) -> Tables:
    """Return ``settings`` without the plain strategy settings that only ``others`` have."""
    return resolve.tables_for(settings, strategy, others) if "strategy" in settings else settings


@dataclass(frozen=True)
class _Digests:
    """Hashes what decides the results of an experiment's cells."""

    facts: str
    sources: Sources

    def of(
        self,
        tables: Tables,
        strategy: str,
        seed: int | None,
        more: Mapping[str, Any] | None = None,
    ) -> dict[str, str]:
        """Return the digest of one cell.

        Args:
            tables: its settings.
            strategy: what runs, or is searched.
            seed: of the run; None for a search.
            more: how a search proceeds.

        Raises:
            UserError: a setting is wrong, or the strategies cannot be composed.
        """
        settings = resolve.resolve(strategy, tables)
        resolve.build(settings)
        # A setting that is added later leaves the cells of experiments without it as they are.
        tables = without_added(settings.as_tables())
        parts = {"strategy": strategy, "seed": seed, "settings": tables}
        return {
            "settings": of_json({**parts, **(more or {})}),
            "facts": self.facts,
            "code": self.sources.digest(strategy, settings.model.name, SEARCH_CODE if more else ()),
        }

    @cached_property
    def shared_code(self) -> str:
        """The hash of the code that runs of all strategies depend on."""
        return self.sources.shared()


def _check_references(experiment: Experiment, stream: Stream, cells: Sequence[PlannedCell]) -> None:
    """Raise a `UserError` for an audit or a record of erasures that no cell can give."""
    kept = steps_kept(experiment.keep_checkpoints, len(stream))
    variants = dict.fromkeys(cell.variant for cell in cells)
    asked = {"erasures": experiment.erasures}
    if experiment.audit is not None:
        asked["audit.run"] = experiment.audit.run
        for step in experiment.audit.steps:
            if step not in (*kept, len(stream) - 1, "last"):
                raise UserError(
                    f"step {step} is audited, but its checkpoint is not kept",
                    where="audit.steps",
                    hint=f"Add it: keep_checkpoints = [{step}].",
                )
    for key, name in asked.items():
        if name is not None and name not in variants:
            raise UserError(
                f"no cell is called {name!r}", where=key, hint=f"There are: {', '.join(variants)}."
            )


def _refuse_twice(variants: Sequence[str]) -> None:
    for name in variants:
        if variants.count(name) > 1:
            raise UserError(
                f"two variants have the name {name!r}",
                where="variants",
                hint="Give each a name of its own; a strategy's own name counts too.",
            )
