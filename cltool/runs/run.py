"""A run folder: settings, costs and all answers of a run."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cltool.core.errors import UserError
from cltool.core.files import write_json
from cltool.core.json_files import sealed
from cltool.evaluation import ledger
from cltool.evaluation.matchers import EXACT
from cltool.evaluation.scores import COSTS
from cltool.evaluation.summary import installed_per_step, per_step, per_step_by, summary
from cltool.runs import general, harness, rehearsed, trained
from cltool.runs.record import FORMAT as FORMAT
from cltool.runs.record import ID, read_record, read_rows

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

    from cltool.facts.facts import Key

TRAINED = f"{trained.KEY}."
"""Comes before the parts of `cltool.runs.trained.COLUMNS` in tables."""

CLEARED = "cleared"
"""Status of a run that was removed with ``--fresh`` and has not started again."""

DIVERGED = "diverged"
"""Status in ``run.json`` of a run that stopped because its numbers are not finite."""

LEDGER = "ledger"
"""The field of a row of ``steps.jsonl`` that holds the digest of the step's ledger file."""

LOGGED = "log."
"""Comes before the name of a strategy's own diagnostics (`Learner.log`) in tables."""


def file_name(strategy: str) -> str:
    """Return a strategy's name for use in file names; what means something there is a hyphen."""
    return re.sub(r"^\.|[^\w.+= -]", "-", strategy)


def run_folders(folder: Path) -> list[Path]:
    """Return ``folder`` if it is a run folder or has none inside, else the run folders in it."""
    if (folder / "run.json").is_file() or not folder.is_dir():
        return [folder]
    inner = sorted(path.parent for path in folder.glob("*/run.json"))
    return inner or [folder]


@dataclass(frozen=True)
class Run:
    """A run of one strategy on one stream, with everything that it recorded.

    Attributes:
        folder: holds ``run.json``, ``steps.jsonl``, ``answers/`` and ``checkpoints/``.
        reused: whether the command that returned it found it finished, and ran nothing.
    """

    folder: Path
    reused: bool = field(default=False, compare=False, kw_only=True)

    @classmethod
    def open(cls, folder: Path | str) -> Run:
        """Open a run folder.

        Raises:
            UserError: the folder has no run, its record is damaged, or a newer cltool wrote it.
        """
        run = cls(Path(folder))
        if not run.settings_file.is_file():
            raise UserError(
                "there is no run in this folder (no run.json)",
                where=str(folder),
                hint=_runs_inside(run.folder),
            )
        read_record(run.settings_file)
        return run

    @classmethod
    def open_whole(cls, folder: Path | str) -> Run:
        """Open a run folder to read it; a run that is in progress or was interrupted is accepted.

        Raises:
            UserError: as for `open`, or the record says that the run is finished, but steps of it
                are missing.
        """
        run = cls.open(folder)
        record = run.record
        of = len(record.get("labels", ()))
        if record.get("status") == "finished" and (done := run.steps_done()) < of:
            raise UserError(
                f"the run is marked as finished, but only {done} of its {of} steps are there"
                " (steps.jsonl, answers/)",
                where=str(folder),
                hint="Give the command that made the run again; it makes what is missing.",
            )
        return run

    def refuse_missing(self, step: int) -> None:
        """Raise a `UserError` if the stream has no such ``step``, whether it is done or not.

        A record without labels accepts every step.
        """
        last = len(self.record.get("labels", ())) - 1
        if last >= 0 and not 0 <= step <= last:
            raise UserError(
                f"there is no step {step}",
                where="--step",
                hint=f"The stream's last step is {last}.",
            )

    @property
    def settings_file(self) -> Path:
        """Path of ``run.json``."""
        return self.folder / "run.json"

    @cached_property
    def record(self) -> dict[str, Any]:
        """``run.json``: settings, versions, seed, status, stream labels.

        Raises:
            UserError: the file cannot be read, or a newer cltool wrote it.
        """
        return read_record(self.settings_file)

    @property
    def strategy(self) -> str:
        """Name of the strategy, or of several composed."""
        return str(self.record["strategy"])

    @property
    def seed(self) -> int:
        """Seed of the run."""
        return int(self.record["seed"])

    @property
    def match(self) -> str:
        """How the run judges answers, a key of `cltool.evaluation.matchers.MATCHERS`."""
        settings = self.record.get("settings")
        probe = settings.get("probe") if isinstance(settings, Mapping) else None
        # Runs of earlier versions have no such setting.
        return str(probe.get("match", EXACT)) if isinstance(probe, Mapping) else EXACT

    @property
    def id(self) -> str:
        """What the digests of the run's files include; empty if an earlier cltool began it."""
        return str(self.record.get(ID, "")) if self.settings_file.is_file() else ""

    @property
    def diverged(self) -> bool:
        """Whether the run stopped because its numbers are not finite."""
        return self.settings_file.is_file() and self.record.get("status") == DIVERGED

    def owner(self, step: int) -> str:
        """Return what the digests of a checkpoint include; empty if an earlier cltool began it."""
        return self.id and f"{self.id} after step {step}"

    @cached_property
    def answers(self) -> pd.DataFrame:
        """The ledger: one row for each (step, probe).

        Raises:
            UserError: a file of it is damaged, or is not the one that the run wrote.
        """
        self.refuse_other_answers()
        return ledger.read(self.folder)

    def step_table(self, step: int, columns: Sequence[str]) -> pa.Table:
        """Return some columns of the answers after a step (`cltool.evaluation.ledger.read_table`).

        Raises:
            UserError: the file is missing or damaged.
        """
        if (held := self.__dict__.get("answers")) is None:
            return ledger.read_table(self.folder, step, columns)
        import pyarrow as pa

        names = dict.fromkeys(("step", *columns))
        rows = held.loc[held["step"] == step, [name for name in names if name in held]]
        lists = {
            name: pa.array(rows[name].tolist(), pa.list_(pa.string()))
            for name in ("accepted", "outdated")
            if name in rows
        }
        table = pa.Table.from_pandas(rows.drop(columns=[*lists]), preserve_index=False)
        for name, values in lists.items():
            table = table.append_column(name, values)
        return table

    def refuse_other_answers(self, until: int | None = None) -> None:
        """Check that the files of the ledger are those that the run wrote.

        Args:
            until: the first step that is not checked; by default all are.

        Raises:
            UserError: a file is damaged, or is that of another step or run.
        """
        for row in self.cost_rows()[:until]:
            file = ledger.step_file(self.folder, row["step"])
            written = row.get(LEDGER)
            if written and file.exists() and ledger.digest(self.folder, row["step"]) != written:
                what = "is the file of another step or run"
                raise UserError(what, where=str(file), hint=ledger.AGAIN)

    @cached_property
    def costs(self) -> pd.DataFrame:
        """One row a step: `COSTS` and the label of the step."""
        import pandas as pd

        return pd.DataFrame(self.cost_rows(), columns=["step", "label", *COSTS]).set_index("step")

    @cached_property
    def logs(self) -> pd.DataFrame:
        """What strategies logged (`Learner.log`): one row a step, one column a name."""
        import pandas as pd

        rows = self.cost_rows()
        names = dict.fromkeys(name for row in rows for name in row.get("logs", {}))
        return pd.DataFrame(
            [row.get("logs", {}) for row in rows],
            index=pd.Index([row["step"] for row in rows], name="step"),
            columns=list(names),
            dtype=float,
        )

    @cached_property
    def general(self) -> pd.DataFrame:
        """Scores of what was asked beside the stream: one row for each step."""
        return general.numbers(self.cost_rows())

    def rehearsed(self, step: int) -> dict[Key, int]:
        """Return the facts that an update rehearsed: key → number of sentences.

        Args:
            step: the number of the update.

        Returns:
            Empty if it rehearsed nothing, is not done, or the run did not record it.

        Raises:
            UserError: the file is missing, or is not the one that the run wrote.
        """
        rows = [row for row in self.cost_rows() if row["step"] == step]
        return rehearsed.read(self.folder, rows[0]) if rows else {}

    def general_answers(self, step: int | None = None) -> list[dict[str, Any]]:
        """Return what was asked beside the stream, with the answers.

        Args:
            step: the number of a step; by default, the answers are those before the stream.

        Raises:
            UserError: the file is missing or damaged.
        """
        before = general.before_file(self.folder)
        file = before if step is None else general.step_file(self.folder, step)
        rows: list[dict[str, Any]] = general.read(file, self.id)["answers"]
        return rows

    @cached_property
    def lm_eval(self) -> pd.DataFrame:
        """What EleutherAI's harness measured of the last model (`cltool.runs.harness.COLUMNS`)."""
        return harness.table(self._evaluated)

    @cached_property
    def _evaluated(self) -> dict[str, dict[str, Any]]:
        return harness.read(self.folder, self.id)

    @cached_property
    def training(self) -> pd.DataFrame:
        """How each update was trained (`cltool.runs.trained.COLUMNS`): one row a step."""
        import pandas as pd

        rows = self.cost_rows()
        index = pd.Index([row["step"] for row in rows], name="step")
        found = [trained.of(row) for row in rows]
        return pd.DataFrame(found, index=index, columns=list(trained.COLUMNS))

    def cost_rows(self) -> list[dict[str, Any]]:
        """Read the rows of ``steps.jsonl``.

        Raises:
            UserError: the file is damaged.
        """
        return read_rows(self.folder / "steps.jsonl", self.id)

    def metrics(self, by: str | None = None) -> pd.DataFrame:
        """Return one row a step: scores, costs, ``training.NAME``, and logs as ``log.NAME``.

        A run that asked something beside its stream has those scores (`GENERAL`), too. What
        EleutherAI's harness measured is in the last row, as ``lm_eval.TASK.METRIC``.

        Args:
            by: name of a tag; the result then has the scores of each step for each of its values.

        Raises:
            UserError: no fact has the tag.
        """
        if by is not None:
            try:
                return per_step_by(self.answers, by)
            except UserError as error:
                raise UserError(error.what, where=str(self.folder), hint=error.hint) from error
        scores = per_step(self.answers).join(self.general).join(installed_per_step(self.answers))
        training = self.training.add_prefix(TRAINED)
        found = scores.join(self.costs).join(training).join(self.logs.add_prefix(LOGGED))
        return found.join(self._evaluated_at(found.index[-1:]))

    def _evaluated_at(self, last: pd.Index[Any]) -> pd.DataFrame:
        """Return what the harness measured as a row of `metrics`."""
        import pandas as pd

        measured = harness.numbers(self._evaluated)
        return pd.DataFrame([measured] * len(last), index=last, columns=list(measured), dtype=float)

    def summary(self, until: int | None = None) -> dict[str, float]:
        """Return the scores and costs of the run by name.

        What EleutherAI's harness measured is there as ``lm_eval.TASK.METRIC``, unless ``until`` is
        an earlier step than the last.

        Args:
            until: the last step that counts; by default all recorded steps do.
        """
        found = summary(self.answers, self.costs, general=self.general, until=until)
        return found | self.evaluated(until)

    def evaluated(self, until: int | None = None) -> dict[str, float]:
        """Return what EleutherAI's harness measured, as ``lm_eval.TASK.METRIC``.

        Args:
            until: the last step that counts; nothing was measured at another step than the last.
        """
        whole = until is None or until >= len(self.record.get("labels", ())) - 1
        return harness.numbers(self._evaluated) if whole else {}

    def _repr_html_(self) -> str:
        """Return the run as a table, which notebooks show."""
        from cltool.runs import notebook

        return notebook.of_run(self)

    def steps_done(self) -> int:
        """Return how many steps, from the first on, have both their answers and their costs."""
        done = 0
        while done < len(self.costs) and ledger.step_file(self.folder, done).is_file():
            done += 1
        return done

    def write_record(self, record: Mapping[str, Any]) -> None:
        """Write ``run.json``."""
        write_json(self.settings_file, sealed(record, record.get(ID, "")))
        self.__dict__.pop("record", None)

    def change_record(self, **values: Any) -> None:
        """Write ``run.json`` again with some of its values changed."""
        self.write_record({**self.record, **values})

    def write_costs(self, rows: list[dict[str, Any]]) -> None:
        """Write all of ``steps.jsonl``."""
        from cltool.core.files import write_text

        lines = [json.dumps(sealed(row, self.id), ensure_ascii=False) + "\n" for row in rows]
        write_text(self.folder / "steps.jsonl", "".join(lines))
        self.__dict__.pop("costs", None)
        self.__dict__.pop("logs", None)
        self.__dict__.pop("general", None)
        self.__dict__.pop("training", None)


def _runs_inside(folder: Path) -> str:
    """Return a hint that names the run folders inside ``folder``."""
    inside = sorted(file.parent.name for file in folder.glob("*/run.json"))
    if not inside:
        return "Name a folder that `cltool run` or `cltool compare` made."
    more = f" and {len(inside) - 5} more" if len(inside) > 5 else ""
    return f"Name one of the runs in it: {', '.join(inside[:5])}{more}."
