"""The saved model of a run, and how the run recognises it when its command is given again."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cltool.core import digests
from cltool.core.errors import UserError
from cltool.core.files import disk_errors, remove, write_json
from cltool.experiments.resume import WRITTEN
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
        text = json.dumps(dict(requested), sort_keys=True)
        self._run = hashlib.sha256(text.encode()).hexdigest()

    def refuse_others(self, run: Path, finished: bool) -> bool:
        """Refuse a folder that cannot receive the model; return whether it holds it already.

        Args:
            run: the run folder.
            finished: whether the run is finished.

        Raises:
            UserError: the folder holds something else, or cannot be written.
            OSError: it is a link that leads to itself.
        """
        self._refuse_the_run(run)
        with suppress(FileNotFoundError, NotADirectoryError):
            self.folder.stat()  # fails if it is a link that leads to itself
        if not self.folder.exists() or (self.folder.is_dir() and not any(self.folder.iterdir())):
            self._refuse_unwritable()
            return False
        record = self._record() if self.folder.is_dir() else None
        if record is None or record["run"] != self._run or not self._whole(record, finished):
            raise UserError(
                "the folder is not empty, and does not hold the model of this run",
                where=str(self.folder),
                hint="Choose another folder with --save-model.",
            )
        if finished and _last_checkpoint(run) not in (None, record["checkpoint"]):
            raise UserError(
                "the folder holds the model of an earlier run with these settings",
                where=str(self.folder),
                hint="Choose another folder with --save-model.",
            )
        return finished

    def write(self, lm: LanguageModel, run: Path) -> None:
        """Write the model of the run in the folder ``run``.

        Raises:
            UserError: an adapter cannot be merged into the model.
            OSError: the folder cannot be written.
        """
        from cltool.lm.language_model import save_checkpoint

        partial = self.folder.with_name(f".{self.folder.name}.saved.partial")
        remove(partial)
        try:
            with disk_errors(self.folder):
                save_checkpoint(lm, partial)
            record = {
                "format": 1,
                "run": self._run,
                "checkpoint": _last_checkpoint(run),
                "files": digests.of_files(partial),
            }
            write_json(partial / digests.SAVED, record)
            # Somebody may have used the folder while the run was trained.
            self.refuse_others(run, False)
            if not self.folder.is_symlink() and self.folder.is_dir():
                remove(self.folder)
            partial.rename(os.path.realpath(self.folder))
        finally:
            remove(partial)

    def _record(self) -> dict[str, Any] | None:
        """Return what the folder says about its model; None if it does not hold a saved model."""
        try:
            record = json.loads((self.folder / digests.SAVED).read_text(encoding="utf-8"))
            sound = {"run", "checkpoint", "files"} <= record.keys() and record["files"].keys()
        except (OSError, ValueError, AttributeError, TypeError, RecursionError):
            return None
        return dict(record) if sound else None

    def _whole(self, record: Mapping[str, Any], finished: bool) -> bool:
        """Return whether the files are as they were written.

        Other files may be there only if the model is not written again.
        """
        names = {
            file.relative_to(self.folder).as_posix()
            for file in self.folder.rglob("*")
            if not file.is_dir()
        }
        if not finished and names - {*record["files"], digests.SAVED}:
            return False
        return not digests.changes_since_saving(self.folder)

    def _refuse_the_run(self, run: Path) -> None:
        """Raise a `UserError` if the run or a part of it is in the folder, or the other way."""
        place, home = (Path(os.path.realpath(path)) for path in (self.folder, run))
        parts = [home / name for name in (*WRITTEN, "checkpoints")]
        if home.is_relative_to(place) or any(place.is_relative_to(part) for part in parts):
            raise UserError(
                f"the model cannot be saved here: the run is in {run}",
                where=str(self.folder),
                hint="Choose another folder with --save-model.",
            )

    def _refuse_unwritable(self) -> None:
        place = self.folder.absolute()
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
