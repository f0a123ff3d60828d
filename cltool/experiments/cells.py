"""Finished cells of an experiment, one small JSON file each: scores and settings, no answers.

A report is made from these files without the run folders, so that cells can be made in several
sessions and on several machines.
"""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, NotRequired

from typing_extensions import TypedDict, override

from cltool.core.errors import UserError
from cltool.core.files import refuse_newer_format, write_text
from cltool.core.json_files import check, parse_json, sealed, unsealed
from cltool.evaluation.outcomes import OUTCOMES, RESURFACING
from cltool.experiments.cell_code import out_of_date
from cltool.experiments.experiment_plan import Plan, PlannedCell
from cltool.experiments.trials import Trial
from cltool.experiments.tune import Tuning, Verdict
from cltool.runs.measured import Asked, Measured
from cltool.runs.record import RecordFields
from cltool.runs.run import TRAINED, Run
from cltool.runs.trained import COLUMNS

if TYPE_CHECKING:
    import pandas as pd

FORMAT = 1
FOLDER = "cells"
DECIMALS = 6
SEVERAL_MODELS = "several models"
"""What the report of an experiment that compares models has in place of the model's name."""

RECORDED = ("scenario", "strategy", "seed", "model", "weights", "labels", "settings", "stream",
            "warnings", "versions")  # fmt: skip
"""The parts of a run's record that a cell keeps."""

Json = dict[str, Any]


class _Cell(TypedDict, total=False):
    """The parts of every cell's file that are read."""

    format: int
    cell: str
    variant: str
    strategy: str
    seed: int | None
    digest: dict[str, str]
    shared_code: str


class _Asked(TypedDict, total=False):
    facts: int
    probes: int
    counted: list[str]
    forms: list[str]


class _Step(TypedDict):
    step: int


class _RunCell(_Cell):
    """The parts of a cell of one run that are read."""

    run: RecordFields
    summary: dict[str, float | None]
    asked: _Asked
    moves_from_base: list[list[int]]
    moves_since_taught: list[list[int]]
    lost_by_step: dict[str, int]
    resurfacing: list[Json]
    matrix: list[list[float | None]]
    steps: list[_Step]


class _Verdict(TypedDict):
    chosen: dict[str, float | None]
    presets: dict[str, float | None]
    warnings: NotRequired[list[str]]


class _Search(TypedDict):
    strategy: str
    front: list[int]
    chosen: int
    kept: bool
    verdict: _Verdict | None


class _Trial(TypedDict):
    number: int
    values: dict[str, float]
    scores: dict[str, float | None]
    diverged: NotRequired[str]
    warnings: NotRequired[list[str]]


class _SearchCell(_Cell):
    """The parts of a cell of one search that are read."""

    search: _Search
    trials: list[_Trial]


def file_of(folder: Path, name: str) -> Path:
    """Return the file of the cell called ``name`` of the experiment in ``folder``."""
    return folder / FOLDER / f"{name}.json"


def write_run(file: Path, cell: PlannedCell, run: Run) -> None:
    """Write what a finished run scored."""
    measured = Measured(run)
    _write(
        file,
        cell,
        {
            "run": {key: run.record[key] for key in RECORDED if key in run.record},
            "summary": _rounded(measured.summary),
            "asked": asdict(measured.asked),
            "moves_from_base": measured.moves_from_base.to_numpy().tolist(),
            "moves_since_taught": measured.moves_since_taught.to_numpy().tolist(),
            "lost_by_step": {str(step): count for step, count in measured.lost_by_step.items()},
            "resurfacing": measured.resurfacing.to_dict("records"),
            "matrix": _rounded(measured.matrix.to_numpy().tolist()),
            "steps": _rounded(run.metrics().reset_index().to_dict("records")),
        },
    )


def write_search(
    file: Path, cell: PlannedCell, tuning: Tuning, versions: Mapping[str, str]
) -> None:
    """Write what a search found."""
    found = asdict(tuning) | {
        "front": [trial.number for trial in tuning.front],
        "chosen": tuning.chosen.number,
    }
    trials = found.pop("trials")
    _write(file, cell, {"versions": dict(versions), "search": found, "trials": trials})


def read(file: Path) -> Json | None:
    """Return the content of a cell's file; None where there is none.

    Raises:
        UserError: the file is damaged, or of a later version of cltool.
    """
    try:
        text = file.read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(f"cannot be read: {error}", where=str(file)) from error
    content = parse_json(text, file)
    if isinstance(content, dict):
        refuse_newer_format(content.get("format", FORMAT), FORMAT, file)
    if not isinstance(content, dict) or not isinstance(content.get("digest"), dict):
        raise UserError(
            "is not a cell of an experiment",
            where=str(file),
            hint="Delete it and reproduce the experiment.",
        )
    kind = _SearchCell if "search" in content else _RunCell
    check(content, kind, file, "Delete it and reproduce the experiment.")
    _refuse_unknown_trials(content, file)
    return unsealed(content, file, hint="Delete it and reproduce the experiment.")


def _refuse_unknown_trials(content: Json, file: Path) -> None:
    """Raise a `UserError` if a search names a trial that its cell does not hold."""
    if "search" not in content:
        return
    search = content["search"]
    for field in ("front", "chosen"):
        numbers = search[field] if field == "front" else [search[field]]
        if unknown := [one for one in numbers if not 0 <= one < len(content["trials"])]:
            raise UserError(
                f"search.{field}: there is no trial {unknown[0]}",
                where=str(file),
                hint="Delete it and reproduce the experiment.",
            )


def read_all(plan: Plan) -> Mapping[PlannedCell, Json | None]:
    """Return all cells of a plan, with the content of their files; None where there is none.

    Raises:
        UserError: a file is damaged, or of a later version of cltool.
    """
    return {cell: read(file_of(plan.folder, cell.name)) for cell in plan.cells}


def finished_runs(plan: Plan) -> Sequence[Measured]:
    """Return the cells of a plan whose results count, also those that other code made."""
    model = SEVERAL_MODELS if plan.experiment.several_models else None
    return [
        MeasuredCell(_CellRun(file_of(plan.folder, cell.name).with_suffix(""), held, model))
        for cell, held in read_all(plan).items()
        if held is not None and not out_of_date(held, cell)
    ]


def finished_searches(plan: Plan) -> Sequence[Tuning]:
    """Return the searches of a plan whose results count, also those that other code made."""
    found = []
    for cell, held in read_all(plan).items():
        if held is None or out_of_date(held, cell):
            continue
        search = held["search"]
        trials = [
            Trial(
                one["number"],
                one["values"],
                _with_nan(one["scores"]),
                one.get("diverged", ""),
                one.get("warnings", ()),
            )
            for one in held["trials"]
        ]
        verdict = search["verdict"]
        found.append(
            Tuning(
                search["strategy"],
                trials,
                [trials[number] for number in search["front"]],
                trials[search["chosen"]],
                search["kept"],
                None if verdict is None else _verdict(verdict),
            )
        )
    return found


def _verdict(held: Mapping[str, Any]) -> Verdict:
    chosen, presets = _with_nan(held["chosen"]), _with_nan(held["presets"])
    return Verdict(chosen, presets, tuple(held.get("warnings", ())))


@dataclass(frozen=True)
class _CellRun(Run):
    """What a cell kept of a run's record; the folder only names it."""

    content: Json
    model: str | None = None

    @cached_property
    @override
    def record(self) -> Json:
        record = {**self.content["run"], "variant": self.content["variant"]}
        return record if self.model is None else {**record, "model": self.model}


class MeasuredCell(Measured):
    """The scores of a run, read from a cell's file."""

    @property
    def content(self) -> Json:
        """What the file holds."""
        if not isinstance(self.run, _CellRun):
            raise TypeError("a measured cell is made of a cell")
        return self.run.content

    @property
    @override
    def has_answers(self) -> bool:
        return False

    @cached_property
    @override
    def done(self) -> int:
        return len(self.labels)

    @cached_property
    @override
    def steps(self) -> pd.DataFrame:
        import pandas as pd

        rows = [_with_nan(row) for row in self.content["steps"]]
        return pd.DataFrame(rows).set_index("step")

    @cached_property
    @override
    def training(self) -> pd.DataFrame:
        # Cells of earlier versions lack these columns.
        columns = {name: f"{TRAINED}{name}" for name in COLUMNS}
        steps = self.steps.reindex(columns=list(columns.values()))
        return steps.set_axis(list(columns), axis="columns")

    @cached_property
    @override
    def matrix(self) -> pd.DataFrame:
        import pandas as pd

        return pd.DataFrame(self.content["matrix"], dtype=float)

    @cached_property
    @override
    def summary(self) -> dict[str, float]:
        return _with_nan(self.content["summary"])

    @cached_property
    @override
    def asked(self) -> Asked:
        known = {field.name for field in fields(Asked)}
        return Asked(**{key: value for key, value in self.content["asked"].items() if key in known})

    @cached_property
    @override
    def moves_from_base(self) -> pd.DataFrame:
        return _moves(self.content["moves_from_base"])

    @cached_property
    @override
    def moves_since_taught(self) -> pd.DataFrame:
        return _moves(self.content["moves_since_taught"])

    @cached_property
    @override
    def lost_by_step(self) -> Counter[int]:
        return Counter({int(step): count for step, count in self.content["lost_by_step"].items()})

    @cached_property
    @override
    def resurfacing(self) -> pd.DataFrame:
        import pandas as pd

        return pd.DataFrame(self.content["resurfacing"], columns=list(RESURFACING))


def _with_nan(values: Json) -> Json:
    """Return ``values`` with NaN in place of null."""
    return {name: math.nan if value is None else value for name, value in values.items()}


def _moves(rows: Sequence[Sequence[int]]) -> pd.DataFrame:
    import pandas as pd

    return pd.DataFrame(rows, index=list(OUTCOMES), columns=list(OUTCOMES))


def _write(file: Path, cell: PlannedCell, content: Mapping[str, Any]) -> None:
    """Write a cell, a part a line, and a long list's entries a line each."""
    head = {
        "format": FORMAT,
        "cell": cell.name,
        "variant": cell.variant,
        "strategy": cell.strategy,
        "seed": cell.seed,
        "digest": dict(cell.digest),
        "shared_code": cell.shared_code,
    }
    lines = []
    for key, plain in sealed(_plain({**head, **content})).items():
        text = _compact(plain)
        if isinstance(plain, list) and len(text) > 100:
            text = "[\n" + ",\n".join(_compact(entry) for entry in plain) + "\n]"
        lines.append(f"{json.dumps(key)}: {text}")
    write_text(file, "{\n" + ",\n".join(lines) + "\n}\n")


def _compact(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def _rounded(value: Any) -> Any:
    """Return ``value`` with all numbers in it rounded to `DECIMALS`."""
    if isinstance(value, Mapping):
        return {key: _rounded(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_rounded(one) for one in value]
    return round(value, DECIMALS) if isinstance(value, float) else value


def _plain(value: Any) -> Any:
    """Return ``value`` as JSON values; null for what is not a number."""
    if isinstance(value, Mapping):
        return {str(key): _plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    if hasattr(value, "item"):
        value = value.item()
    return None if isinstance(value, float) and not math.isfinite(value) else value
