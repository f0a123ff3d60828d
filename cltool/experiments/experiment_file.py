"""The experiment file: what an experiment runs, and what it audits or searches, as TOML.

An experiment is a folder with an ``experiment.toml``. Its reports are written beside that file, and
its finished cells into ``cells/`` there.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from cltool.core.errors import UserError
from cltool.core.settings import ModelSettings, read_toml, validate
from cltool.experiments import resolve
from cltool.experiments.trials import FIRST, MATCHED, TRIALS
from cltool.facts.files.hub_datasets import PREFIX as HUB

FILE = "experiment.toml"
REPORTS = Path("reports")
"""The folder under which committed experiments are found, as ``reports/GROUP/NAME``."""

Tables = dict[str, Any]
FileName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_.+=-]+$")]


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class Variant(_Table):
    """A strategy with its own settings, in addition to those of the whole experiment."""

    name: FileName = Field(description="names its cells")
    strategy: str = Field(description="a name, or several composed: replay+ewc")
    seeds: int | None = Field(None, ge=1, description="how many seeds; none: the experiment's")
    settings: Tables = Field({}, description="tables of settings, over those of the experiment")


class AuditTable(_Table):
    """Which models are audited."""

    steps: tuple[int | Literal["last"], ...] = Field(
        ("last",), min_length=1, description="after which updates"
    )
    run: str | None = Field(
        None, description="audit only this strategy's first seed, fact by fact; none: all runs"
    )
    settings: Tables = Field({}, description="of the audit, as in its settings file")

    @model_validator(mode="after")
    def _consistent(self) -> AuditTable:
        if self.run is not None and "steps" in self.model_fields_set:
            raise ValueError("audit.run and audit.steps cannot be combined")
        return self


class TuneTable(_Table):
    """How settings are searched."""

    first: int = Field(FIRST, ge=1, description="updates that the search uses")
    trials: int = Field(TRIALS, ge=2, description="settings tried of each strategy")
    keep: tuple[str, ...] = Field(
        (MATCHED,), min_length=1, description="bounds that settings must keep"
    )


class Experiment(_Table):
    """An experiment file."""

    shows: str = Field(description="what the report shows, one sentence")
    scenario: Tables = Field(
        description="name: a scenario, or a file of facts relative to the experiment file; and the"
        " scenario's options"
    )
    strategies: tuple[str, ...] = Field((), description="names, compositions or families")
    seeds: int = Field(1, ge=1, description="how many seeds")
    settings: Tables = Field({}, description="tables of settings, as in a settings file")
    variants: tuple[Variant, ...] = Field((), description="strategies with settings of their own")
    several_models: bool = Field(
        False,
        description="whether variants may have models of their own; all are in one table, so a"
        " variant's name should tell its model",
    )
    keep_checkpoints: tuple[int, ...] = Field(
        (), description="steps whose checkpoints the runs keep, in addition to the last one's"
    )
    audit: AuditTable | None = Field(None, description="audit the finished runs")
    tune: TuneTable | None = Field(None, description="search settings in place of running cells")
    erasures: str | None = Field(
        None, description="also write the record of erasures of this strategy's first seed"
    )

    @model_validator(mode="after")
    def _consistent(self) -> Experiment:
        if not isinstance(self.scenario.get("name"), str):
            raise ValueError("scenario.name is missing: a scenario, or a file of facts")
        if not self.strategies and not self.variants:
            raise ValueError("strategies or variants must name at least one strategy")
        for settings in (self.settings, *(one.settings for one in self.variants)):
            if "scenario" in settings:
                raise ValueError("options of the scenario belong in [scenario], not in settings")
        model = _model(self.settings, ModelSettings.model_fields["name"].default)
        for one in self.variants:
            if _model(one.settings, model) != model and not self.several_models:
                raise ValueError(
                    f"variant {one.name!r} has another model; to compare models, set"
                    " several_models = true"
                )
        for given, what in (
            (self.variants, "variants"),
            (self.keep_checkpoints, "keep_checkpoints"),
            (self.audit, "audit"),
            (self.erasures, "erasures"),
        ):
            if self.tune is not None and given:
                raise ValueError(f"tune and {what} cannot be combined")
        return self


def _model(settings: Tables, default: object) -> object:
    table = settings.get("model")
    return table.get("name", default) if isinstance(table, dict) else default


def read(folder: Path) -> Experiment:
    """Return the experiment of ``folder``, which may also be the experiment file itself.

    Raises:
        UserError: there is no experiment file, or it has a wrong or unknown key.
    """
    file = file_of(folder)
    if not file.is_file():
        raise UserError(
            "there is no experiment file",
            where=str(file),
            hint="`cltool reproduce --list` shows the experiments.",
        )
    return validate(Experiment, read_toml(file), str(file))


def file_of(folder: Path) -> Path:
    """Return the path of the experiment file of ``folder``."""
    return folder if folder.name == FILE else folder / FILE


def committed(root: Path = REPORTS) -> list[Path]:
    """Return the folders of all experiments under ``root``, sorted by name."""
    return sorted(file.parent for file in root.glob(f"*/*/{FILE}"))


_FILES = ("wordings", "path", "questions")
"""Options of scenarios that name a file or folder."""


def scenario_of(experiment: Experiment, folder: Path) -> tuple[str, Mapping[str, Any]]:
    """Return the scenario's name, or the path of its file of facts, and its options.

    Paths in the experiment file are relative to its folder.
    """
    options = dict(experiment.scenario)
    name = str(options.pop("name"))
    if resolve.names_a_file(name, folder):
        name = _from(folder, name)
    for file in _FILES:
        if isinstance(options.get(file), str):
            options[file] = _from(folder, options[file])
    return name, options


def _from(folder: Path, path: str) -> str:
    """Return a path that is relative to ``folder`` as one that is relative to this folder.

    The name of a data set of the hub stays as it is.
    """
    if path.startswith(HUB):
        return path
    joined = (folder / path).resolve()
    here = Path.cwd()
    return str(joined.relative_to(here)) if joined.is_relative_to(here) else str(joined)
