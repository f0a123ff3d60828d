"""The saved model of a run, and how the run recognises it when its command is given again."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from glob import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cltool.core import digests, locks
from cltool.core.errors import UserError
from cltool.core.files import disk_errors, is_partial, remove, write_json
from cltool.core.locks import file_lock, folder_lock
from cltool.experiments.manifest import without_code
from cltool.experiments.resume import WRITTEN, holds_nothing
from cltool.runs.run import Run

if TYPE_CHECKING:
    from cltool.lm.language_model import LanguageModel


class SavedModel:
    """The folder that receives the final model of a run.

    Args:
        folder: the folder; it need not exist.
        requested: the run, as `cltool.experiments.manifest.identity` returned it.
    """

    def __init__(self, folder: Path, requested: Mapping[str, Any]) -> None:
        self.folder = folder
        # Another version of the code, or of cltool, makes the model of the same run again.
        text = json.dumps(without_code(requested), sort_keys=True)
        self._run = hashlib.sha256(text.encode()).hexdigest()

    @property
    def place(self) -> Path:
        """The folder without links."""
        return Path(os.path.realpath(self.folder))

    @contextmanager
    def reserved(self, run: Path, finished: bool) -> Iterator[bool]:
        """Keep other processes out of the folder; yield whether the model is still to be written.

        Args:
            run: the run folder.
            finished: whether the run is finished.

        Raises:
            UserError: the folder holds something else, another process saves a model there, or it
                cannot be written.
            OSError: it is a link that leads to itself.
        """
        if self._holds(run, finished):  # then it need not be writable
            yield False
            return
        with self._locked():
            yield not self._holds(run, finished)

    def write(self, lm: LanguageModel, run: Path) -> None:
        """Write the model of the run in the folder ``run``.

        Raises:
            UserError: an adapter cannot be merged into the model.
            OSError: the folder cannot be written.
        """
        from cltool.lm.language_model import save_checkpoint

        with self._locked():
            place = self.place
            # A folder that is there may be mounted, and its parent closed: it is filled.
            home = place if place.is_dir() else place.parent
            partial = home / f".{place.name}.saved.{os.getpid()}.partial"
            for left in home.glob(f".{escape(place.name)}.saved.*.partial"):
                remove(left)
            try:
                with disk_errors(self.folder):
                    save_checkpoint(lm, partial)
                record = {
                    "format": 1,
                    "run": self._run,
                    "checkpoint": _last_checkpoint(run),
                    digests.BUILT: lm.built,
                    "files": digests.of_files(partial),
                }
                write_json(partial / digests.SAVED, record)
                # Somebody may have used the folder while the run was trained.
                self._holds(run, False)
                if place.is_dir():
                    self._fill(partial)
                else:
                    partial.rename(place)
            finally:
                remove(partial)

    @contextmanager
    def _locked(self) -> Iterator[None]:
        place = self.place
        with ExitStack() as stack:
            if not place.is_dir():
                stack.enter_context(file_lock(place.with_name(f".{place.name}.lock")))
            if place.is_dir():
                stack.enter_context(folder_lock(place))
            yield

    def _holds(self, run: Path, finished: bool) -> bool:
        """Return whether the folder holds the model; refuse one that cannot receive it."""
        self._refuse_the_run(run)
        with suppress(FileNotFoundError, NotADirectoryError):
            self.folder.stat()  # fails if it is a link that leads to itself
        place = self.place
        if not place.exists() or (place.is_dir() and holds_nothing(place)):
            self._refuse_unwritable()
            return False
        record = self._record() if place.is_dir() else None
        if record is None or record["run"] != self._run:
            raise self._refusal("the folder is not empty, and does not hold the model of this run")
        if finished and _last_checkpoint(run) not in (None, record["checkpoint"]):
            raise self._refusal("the folder holds the model of an earlier run with these settings")
        changes, names = digests.changes_since_saving(place), self._names()
        if finished and not changes:
            return True
        # Files that are missing, and no others, are what an interrupted writing leaves.
        missing = {f"{name} is missing" for name in record["files"].keys() - names}
        wrong = [text for text in changes if text not in missing]
        wrong += [f"{name} is no part of it" for name in sorted(names - record["files"].keys())]
        if wrong:
            few = "; ".join(wrong[:3]) + (f"; and {len(wrong) - 3} more" if wrong[3:] else "")
            raise self._refusal(f"the folder holds the model of this run, but {few}")
        self._refuse_unwritable()
        return False

    def _refusal(self, what: str) -> UserError:
        hint = "Choose another folder with --save-model."
        return UserError(what, where=str(self.folder), hint=hint)

    def _fill(self, partial: Path) -> None:
        """Move the files of ``partial`` into the folder, which holds nothing else than the model.

        The record is there before the files, so a model that is not whole is told as such.
        """
        place = self.place
        for name in self._names():
            (place / name).unlink()
        (partial / digests.SAVED).replace(place / digests.SAVED)
        for file in [one for one in partial.rglob("*") if not one.is_dir()]:
            target = place / file.relative_to(partial)
            target.parent.mkdir(parents=True, exist_ok=True)
            file.replace(target)

    def _record(self) -> dict[str, Any] | None:
        """Return what the folder says about its model; None if it does not hold a saved model."""
        try:
            record = json.loads((self.folder / digests.SAVED).read_text(encoding="utf-8"))
            sound = {"run", "checkpoint", "files"} <= record.keys() and record["files"].keys()
        except (OSError, ValueError, AttributeError, TypeError, RecursionError):
            return None
        return dict(record) if sound else None

    def _names(self) -> set[str]:
        """Return the paths of the files in the folder, without its record."""
        files = (one for one in self.place.rglob("*") if not one.is_dir())
        paths = [file.relative_to(self.place) for file in files]
        own = {digests.SAVED, locks.FILE}
        parts = (path for path in paths if not is_partial(Path(path.parts[0])))
        return {path.as_posix() for path in parts} - own

    def _refuse_the_run(self, run: Path) -> None:
        """Raise a `UserError` if the run or a part of it is in the folder, or the other way."""
        place, home = self.place, Path(os.path.realpath(run))
        parts = [home / name for name in (*WRITTEN, "checkpoints")]
        if home.is_relative_to(place) or any(place.is_relative_to(part) for part in parts):
            raise self._refusal(f"the model cannot be saved here: the run is in {run}")

    def _refuse_unwritable(self) -> None:
        place = self.place
        while not place.exists() and place != place.parent:
            place = place.parent
        if not place.is_dir() or not os.access(place, os.W_OK | os.X_OK):
            raise UserError(
                "the model cannot be saved here: "
                + ("this is not a folder" if not place.is_dir() else "no permission to write"),
                where=str(place),
                hint="Choose another folder with --save-model.",
            )


def _last_checkpoint(run: Path) -> str | None:
    """Return the digest of the checkpoint after the run's last step.

    None if it is damaged or not there.
    """
    from cltool.experiments import checkpoints

    last = len(Run.open(run).record["labels"]) - 1
    whole = checkpoints.last(run, last + 1) == last
    return checkpoints.digest(run, last) if whole else None
