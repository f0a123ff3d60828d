"""Finds the folder of a run, checks that it holds the requested run, and says how far it is."""

from __future__ import annotations

import hashlib
import json
import re
import sys
from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from cltool.core import digests, locks
from cltool.core.errors import UserError
from cltool.core.files import is_partial, remove, remove_partials
from cltool.core.printable import one_line
from cltool.core.settings import ADDED, without_added
from cltool.evaluation import ledger
from cltool.experiments.same_model import refuse_changed_source
from cltool.experiments.strategy_code import differences as code_differences
from cltool.runs import harness, heartbeat, tracking
from cltool.runs.run import CLEARED, Run, file_name


class OtherRunError(UserError):
    """The folder holds another run than was asked for."""


WRITTEN = {
    "answers": r"step-\d{3,}\.parquet",
    "general": r"(before|step-\d{3,})\.json",
    "rehearsed": r"step-\d{3,}\.parquet",
    "audit": r"(base|step-\d+)-([0-9a-f]{8}\.json|for-\d+\.error\.txt)",
    "tensorboard": r"events\.out\.tfevents\..+",
}
"""Folder in a run folder → the names of the files that cltool writes into it."""


def default_folder(record: Mapping[str, Any]) -> Path:
    """Return ``runs/SCENARIO-STRATEGY-seedN-HASH``, with a hash of settings and stream.

    Args:
        record: as `cltool.experiments.manifest.identity` returned it.
    """
    text = json.dumps(
        [without_added(record["requested"]), record["stream"]["digest"]], sort_keys=True
    )
    digest = hashlib.sha256(text.encode()).hexdigest()[:8]
    strategy = file_name(record["strategy"])
    return Path("runs") / f"{record['scenario']}-{strategy}-seed{record['seed']}-{digest}"


def steps_kept(keep: bool | Collection[int], steps: int) -> frozenset[int]:
    """Return the steps whose checkpoints are kept in addition to the last one.

    Args:
        keep: True for all steps, False for none, or the numbers of the steps.
        steps: number of steps in the stream, including the base.

    Raises:
        UserError: the stream does not have a step of ``keep``.
    """
    kept = frozenset(range(steps if keep else 0) if isinstance(keep, bool) else keep)
    if beyond := sorted(kept - set(range(steps))):
        raise UserError(
            f"there is no step {beyond[0]}, so its checkpoint cannot be kept",
            hint=f"The stream's last step is {steps - 1}.",
        )
    return kept


def open_folder(
    folder: Path, record: Mapping[str, Any], fresh: bool, accept_changed_code: bool = False
) -> int:
    """Return how many steps of this run the folder already holds; nothing is changed.

    Args:
        folder: the run folder; it need not exist.
        record: the requested run, as `cltool.experiments.manifest.identity` returned it.
        fresh: the run that the folder holds does not count.
        accept_changed_code: whether the steps in the folder may come from other code.

    Raises:
        UserError: the folder holds another run, or files that are not a run.
    """
    if not (folder / "run.json").is_file():
        if not holds_nothing(folder):
            raise UserError(
                "the folder is not empty and does not hold a run",
                where=str(folder),
                hint="Choose another folder with --out.",
            )
        return 0
    if must_clear(folder, fresh):
        return 0
    _refuse_folders(folder, len(record["labels"]))
    existing = Run.open(folder)
    differences = _differences(existing.record, record)
    if differences:
        raise OtherRunError(
            "the folder holds a run with other settings",
            where=str(folder),
            details=differences,
            hint="Replace it with --fresh, or choose another folder with --out.",
        )
    from cltool.experiments import checkpoints

    done = existing.steps_done()
    existing.refuse_other_answers(done)
    changed = _changed_code(existing.record, record) if done else []
    if changed and not accept_changed_code:
        raise OtherRunError(
            "the code of the strategy has changed since this run started",
            where=str(folder),
            details=changed,
            hint="Replace the run with --fresh, choose another folder with --out, or use it as it"
            " is with --accept-changed-code.",
        )
    if done == len(record["labels"]) and existing.record.get("status") == "finished":
        refuse_changed_source(existing)
        return done
    return checkpoints.last(folder, done) + 1


def finished(folder: Path) -> Run:
    """Return a finished run as it is; say on stderr which of its checkpoints are damaged."""
    from cltool.experiments import checkpoints

    run = Run(folder)
    for place in sorted((folder / "checkpoints").glob("step-*")):
        step = place.name.partition("-")[2]
        if step.isdecimal() and (found := digests.damage(place, run.owner(int(step)))):
            text = (
                f"cltool: {place}: this checkpoint is damaged ({'; '.join(found)}); the answers and"
                f" scores of the run are not. {checkpoints.way_on(folder, int(step))}"
            )
            print(one_line(text), file=sys.stderr)
    heartbeat.discard_left(folder)
    return Run(Run.open(folder).folder, reused=True)


def note_code(run: Run, record: Mapping[str, Any], done: int, ended: bool) -> None:
    """Add a warning to the run's record if its finished steps were made with other code.

    Args:
        run: the run.
        record: the requested run.
        done: number of its finished steps.
        ended: whether it is finished; otherwise later steps are made with the present code.
    """
    if not done or not isinstance(run.record.get("warnings"), list):
        return
    text = code_note(run, record, 0 if ended else done)
    if text:
        run.change_record(warnings=[*run.record["warnings"], text])
    known = isinstance(run.record.get("code"), Mapping)
    if not ended and (not known or _changed_code(run.record, record)):
        run.change_record(code=record["code"])


def code_note(run: Run, record: Mapping[str, Any], done: int) -> str:
    """Return the warning about other code that the run's record lacks; empty if there is none.

    Args:
        run: the run.
        record: the requested run.
        done: number of its finished steps, if it is not finished.
    """
    text = ""
    if not isinstance(run.record.get("code"), Mapping):
        text = "An earlier version of cltool made this run: which code made it is not recorded."
    elif changed := _changed_code(run.record, record):
        first = "The first step was" if done == 1 else f"The first {done} steps were"
        steps = first if done else "This run was"
        text = f"{steps} made with other code of the strategy ({'; '.join(changed)})."
    return "" if text in (run.record.get("warnings") or ()) else text


def _changed_code(existing: Mapping[str, Any], requested: Mapping[str, Any]) -> list[str]:
    """Return in which strategies the code differs; nothing if a record does not say."""
    before = existing.get("code")
    return code_differences(before, requested["code"]) if isinstance(before, Mapping) else []


def refuse_others(
    requests: Iterable[tuple[Path, Mapping[str, Any]]], accept_changed_code: bool = False
) -> None:
    """Raise one `UserError` for all folders that hold other runs than the requested ones.

    Any other error, such as that of a damaged file, is raised as it is.

    Args:
        requests: run folders, each with the requested run.
        accept_changed_code: as for `open_folder`.
    """
    folders: dict[str, list[Path]] = {}
    hints: dict[str, None] = {}
    for folder, record in requests:
        try:
            open_folder(folder, record, False, accept_changed_code)
        except OtherRunError as error:
            hints[error.hint] = None
            for reason in error.details:
                folders.setdefault(reason, []).append(folder)
    if not folders:
        return
    count = len({folder for held in folders.values() for folder in held})
    raise UserError(
        f"{count} run folder{'s hold' if count > 1 else ' holds'} another run than was asked for",
        where=str(next(iter(folders.values()))[0].parent),
        details=[f"{reason} ({_listed(held)})" for reason, held in folders.items()],
        hint=f"{' '.join(hints)} With --fresh, all runs of this command are replaced; to replace"
        " only these, delete their folders.",
    )


def _listed(folders: Sequence[Path]) -> str:
    """Return the names of folders, or one name and how many others there are."""
    names = [folder.name for folder in folders]
    return ", ".join(names) if len(names) < 4 else f"{names[0]} and {len(names) - 1} others"


def _refuse_folders(folder: Path, steps: int) -> None:
    """Raise a `UserError` if a folder is in place of a file that the run reads or writes."""
    from cltool.experiments import checkpoints

    answers = [ledger.step_file(folder, step) for step in range(steps)]
    files = [*answers, *checkpoints.files(folder)]
    for file in (folder / "steps.jsonl", folder / "erasures.json", folder / harness.FILE, *files):
        if file.is_dir():
            raise UserError(
                "is a folder, but the run has a file of this name",
                where=str(file),
                hint="Move it away, and give the same command again.",
            )


def holds_nothing(folder: Path) -> bool:
    """Return whether there is nothing in ``folder`` but a lock and what a killed command left."""
    if not folder.is_dir():
        return True
    passing = (locks.FILE, heartbeat.FILE)
    return all(path.name in passing or is_partial(path) for path in folder.iterdir())


def must_clear(folder: Path, fresh: bool) -> bool:
    """Return whether the run in the folder has to be removed before another one starts there.

    Args:
        folder: the run folder; it need not exist.
        fresh: the run is to be replaced. Without it, only a removal that was interrupted goes on.

    Raises:
        UserError: the folder's ``run.json`` is not that of a cltool run.
    """
    if not (folder / "run.json").is_file():
        return False
    run = Run.open(folder)
    if not fresh:
        return run.record.get("status") == CLEARED
    if not {"labels", "requested", "strategy"} <= set(run.record):
        raise UserError(
            "the run.json in this folder was not written by cltool",
            where=str(folder),
            hint="Choose another folder with --out.",
        )
    return True


def tidy(folder: Path, done: int, kept: Collection[int]) -> None:
    """Remove what a killed command left in a run folder: temporary files, extra checkpoints.

    What the harness measured goes, too: the model of the last step is made again.

    Args:
        folder: the run folder.
        done: number of finished steps.
        kept: steps whose checkpoints are kept in addition to that of the last finished step.
    """
    from cltool.experiments import checkpoints

    remove(folder / harness.FILE)
    remove_partials(folder, *(folder / name for name in (*WRITTEN, "checkpoints")))
    checkpoints.keep_only(folder, done - 1, [step for step in kept if step < done])


def clear(run: Run, *, keep_record: bool = False) -> None:
    """Remove the files that cltool wrote into a run folder; other files stay.

    A link in place of a file or folder is removed, and what it points to stays. If this is
    interrupted, ``run.json`` says that the run was removed, and the next run goes on with it.

    Args:
        run: the run.
        keep_record: leave ``run.json``, which says that the run was removed.

    Raises:
        UserError: the folder's ``run.json`` is not that of a cltool run.
    """
    from cltool.experiments import checkpoints

    if not must_clear(run.folder, fresh=True):
        return
    run.change_record(status=CLEARED)
    remove(run.folder / "steps.jsonl")
    remove(run.folder / "erasures.json")
    remove(run.folder / harness.FILE)
    heartbeat.discard(run.folder)
    remove(run.folder / tracking.FILE)
    if not _unlinked(run.folder / "checkpoints"):
        checkpoints.clear(run.folder)
    for name, pattern in WRITTEN.items():
        if not _unlinked(run.folder / name):
            for file in (run.folder / name).glob("*"):
                if re.fullmatch(pattern, file.name) and not file.is_dir():
                    file.unlink()
    remove_partials(run.folder, *(run.folder / name for name in (*WRITTEN, "checkpoints")))
    for name in (*WRITTEN, "checkpoints"):
        with suppress(OSError):
            (run.folder / name).rmdir()
    if not keep_record:
        remove(run.folder / "run.json")


def _unlinked(path: Path) -> bool:
    """Remove ``path`` if it is a link; return whether it was one."""
    if path.is_symlink():
        path.unlink()
        return True
    return False


def _differences(existing: Mapping[str, Any], requested: Mapping[str, Any]) -> list[str]:
    """Return the differences between two records, one sentence each.

    It compares the requested settings, not what was resolved on the machine (such as a device).
    """
    differences = []
    for name in ("scenario", "strategy", "seed", "model", "labels"):
        if existing.get(name) != requested[name]:
            differences.append(_difference(name, existing.get(name), requested[name]))
    before = ADDED | _flat(existing.get("requested", {}))
    for path, value in _flat(json.loads(json.dumps(requested["requested"]))).items():
        old = before.get(path)
        if old != value and not (value is None and old == _FORMER_DEFAULTS.get(path)):
            differences.append(_difference(path, old, value))
    before = existing.get("general") or {}
    differences += [
        f"general: the {what} of the file changed"
        for what, digest in requested.get("general", {}).items()
        if before.get(what, digest) != digest
    ]
    if existing.get("stream", {}).get("digest") != requested["stream"]["digest"]:
        differences.append("the facts or their wordings have changed")
    return differences


_FORMER_DEFAULTS = {
    "probe.max_tokens": 48,
    "strategy.pseudo_replay.max_tokens": 48,
    "strategy.recitation.max_tokens": 64,
    "strategy.self_distill.max_tokens": 48,
    "strategy.unknow.max_tokens": 48,
}
"""Defaults in the records of earlier versions, in place of which there is none in this one."""


def _difference(name: str, existing: object, requested: object) -> str:
    return f"{name}: {existing!r} in the folder, {requested!r} requested"


def _flat(tables: Mapping[str, Any], path: str = "") -> dict[str, Any]:
    """Return dotted name → value of nested tables."""
    flat: dict[str, Any] = {}
    for name, value in tables.items():
        place = f"{path}.{name}" if path else str(name)
        if isinstance(value, Mapping):
            flat |= _flat(value, place)
        else:
            flat[place] = value
    return flat
