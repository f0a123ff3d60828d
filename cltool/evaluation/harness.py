"""Evaluates a model with EleutherAI's lm-evaluation-harness, where the package is installed.

Source: Gao et al. 2024, The Language Model Evaluation Harness (Zenodo 12608602).
"""

from __future__ import annotations

import copy
import hashlib
import math
import os
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from numbers import Real
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cltool.core.digests import SHORT
from cltool.core.errors import UserError, in_words
from cltool.core.progress import QUIET, Progress
from cltool.core.similar import guess
from cltool.evaluation.harness_output import output_as_progress

if TYPE_CHECKING:
    from cltool.lm.language_model import LanguageModel

PACKAGE = "lm-eval"
OPTION = "--lm-eval"

INSTALL = 'Install it: pip install "cltool[lm-eval]"'

ENDINGS = (".yaml", ".yml")
"""Endings of files that define tasks."""

ROWS = 4
"""Prompts in a forward pass on a CPU: the harness holds the logits of whole prompts. On a GPU it
chooses the number itself."""

LONGEST = 300
"""Most characters of an error of the harness in a message."""


@dataclass(frozen=True, slots=True)
class Task:
    """A task of the harness, a group of tasks, or a file of the user's that defines one.

    Attributes:
        name: its name in results: the harness's, or that of the file.
        spec: what the harness is given: the name, or the path of the file.
        digest: a hash of the user's file and of the files beside it that it may use; empty for a
            task of the harness.
    """

    name: str
    spec: str
    digest: str = ""


def named(texts: Iterable[str]) -> list[Task]:
    """Return the tasks that ``texts`` name; the harness itself is not needed for this.

    A text is the name of a task or group, the path of a YAML file that defines one, or the path of
    a folder with such files. A path ends in ``.yaml`` or ``.yml``, or has a slash.

    Raises:
        UserError: nothing is named, or something is named twice; a file is missing, or a folder
            has no such files.
    """
    found: list[Task] = []
    for text in filter(None, (one.strip() for one in texts)):
        path = Path(text).expanduser()
        if path.suffix in ENDINGS:
            found.append(_of_file(path, _Folder(path.parent)))
        elif "/" in text or os.sep in text:
            found += _of_folder(path)
        else:
            found.append(Task(text, text))
    names = [task.name for task in found]
    if not names:
        raise UserError("no task is named", where=OPTION, hint="For example: --lm-eval arc_easy")
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise UserError(
            f"{', '.join(twice)}: named twice",
            where=OPTION,
            hint="Name it once, or rename one of the files.",
        )
    return found


class _Folder:
    """The files of a folder; each is read once, whatever number of tasks use it."""

    def __init__(self, path: Path) -> None:
        files = path.iterdir() if path.is_dir() else ()
        self.files = {file.name: file for file in sorted(files) if file.is_file()}
        self._digests: dict[str, bytes] = {}

    def digest(self, task: Path) -> str:
        """Return a hash of a file that defines a task and of the files beside it that it may use.

        It may use a file that its text names, and any Python file, which may import others.
        """
        text = task.read_text("utf-8", errors="replace")
        hasher = hashlib.sha256()
        for name, file in self.files.items():
            if name == task.name or file.suffix == ".py" or _is_named(name, text):
                hasher.update(name.encode() + self._digest_of(file))
        return hasher.hexdigest()[:SHORT]

    def _digest_of(self, file: Path) -> bytes:
        if file.name not in self._digests:
            with file.open("rb") as handle:
                self._digests[file.name] = hashlib.file_digest(handle, "sha256").digest()
        return self._digests[file.name]


def _is_named(name: str, text: str) -> bool:
    """Return whether ``text`` has the name of a file that is not a part of another one."""
    return re.search(rf"(?<![\w.-]){re.escape(name)}(?![\w-]|\.\w)", text) is not None


def _of_file(path: Path, folder: _Folder) -> Task:
    if not path.is_file():
        raise UserError("there is no such file", where=str(path), hint="It must define a task.")
    return Task(path.name, str(path), folder.digest(path))


def _of_folder(path: Path) -> list[Task]:
    folder = _Folder(path)
    names = [name for name in folder.files if name.endswith(ENDINGS)]
    if names:
        return [_of_file(path / name, folder) for name in names]
    raise UserError(
        "has no YAML files that define tasks" if path.is_dir() else "there is no such folder",
        where=str(path),
        hint="Name a task of lm-eval, a YAML file, or a folder with YAML files.",
    )


@dataclass(frozen=True)
class Asking:
    """How the harness asks.

    Attributes:
        limit: most documents of each task; None: all.
        system: the text of a system turn, if the model is asked in a chat.
    """

    limit: int | None = None
    system: str | None = None


class Harness:
    """The harness with the tasks that it is to evaluate.

    Args:
        tasks: the tasks. Opening them reads their data from the local cache or the network.

    Raises:
        UserError: the harness is not installed, has no such task, or cannot open one.
    """

    def __init__(self, tasks: Sequence[Task]) -> None:
        manager = _imported("tasks").TaskManager
        _imported("models.huggingface")  # needs packages of its own
        folders = {str(Path(task.spec).parent) for task in tasks if task.digest}
        with output_as_progress(QUIET, ""):
            self._manager = _manager(manager, tuple(sorted(folders)))
            for task in tasks:
                self._open(task)

    def _open(self, task: Task) -> None:
        known = self._manager.all_tasks
        if not task.digest and task.spec not in known:
            raise UserError(
                f"{PACKAGE} has no task {task.name!r}",
                where=OPTION,
                hint=f"{guess(task.name, known)} To list all: lm-eval ls tasks".lstrip(),
            )
        try:
            opened = self._manager.load([task.spec])["tasks"]
        except Exception as error:  # whatever a task and the library of its data raise
            raise UserError(
                f"{PACKAGE} cannot open the task {task.name!r}: {_short(error)}",
                where=OPTION,
                hint="The data of a task comes from the network or from the local cache: connect"
                " once, or name another task.",
            ) from error
        for name, one in opened.items():
            if getattr(one, "UNSAFE_CODE", False):
                raise UserError(
                    f"the task {name!r} would run code that the model writes",
                    where=OPTION,
                    hint="Save the model (--save-model), and evaluate it with lm-eval in a"
                    " sandbox.",
                )

    def evaluate(
        self, lm: LanguageModel, task: Task, asking: Asking, progress: Progress = QUIET
    ) -> dict[str, Any]:
        """Return what the harness measures of a model on a task.

        Args:
            lm: the model. It is asked through its chat template if ``lm.coder.chat`` is set.
            task: one of the tasks.
            asking: how to ask.
            progress: receives the progress.

        Returns:
            ``chat``, ``harness`` (its version), and ``rows``: for each task of a group and each
            metric ``task``, ``metric``, ``value``, ``stderr`` (null if the harness has none),
            ``n`` (documents; null for a group), ``shots``, ``better`` (``higher``, ``lower`` or
            null) and ``version`` (of the task).
        """
        chat = lm.coder.chat is not None
        was_training = lm.model.training
        try:
            with output_as_progress(progress, f"{PACKAGE} {task.name}"):
                found = _imported().simple_evaluate(
                    model=_asked_model(lm),
                    tasks=[task.spec],
                    task_manager=self._manager,
                    limit=asking.limit,
                    apply_chat_template=chat,
                    system_instruction=asking.system if chat else None,
                    log_samples=False,
                )
        finally:
            lm.model.train(was_training)
        return {"chat": chat, "harness": _version(), "rows": _rows(found)}


def _imported(module: str = "") -> Any:
    """Return a module of the harness, by its name in the package; by default the package.

    Raises:
        UserError: the harness, or a package that it needs, is not installed.
    """
    try:
        return import_module(f"lm_eval.{module}" if module else "lm_eval")
    except ImportError as error:
        own = error.name is None or error.name.partition(".")[0] == "lm_eval"
        what = f"{PACKAGE} is not installed" if own else f"{PACKAGE} needs {error.name}"
        raise UserError(what, where=OPTION, hint=INSTALL) from error


@cache
def _manager(kind: Any, folders: tuple[str, ...]) -> Any:
    """Return the index of all tasks; making it reads thousands of files."""
    return kind(include_path=list(folders) or None)


def _asked_model(lm: LanguageModel) -> Any:
    """Return the model as the harness takes it."""
    import torch

    from cltool.lm.chat import DATE

    mixed = None if lm.precision.dtype == torch.float32 else lm.precision.dtype
    return _imported("models.huggingface").HFLM(
        pretrained=lm.model,
        # The harness sets a padding token.
        tokenizer=copy.deepcopy(lm.coder.tokenizer),
        backend="causal",
        max_length=lm.context,
        batch_size="auto" if lm.device.type == "cuda" else ROWS,
        mixed_precision_dtype=mixed,
        chat_template_args={"enable_thinking": False, "date_string": DATE},
    )


def _rows(found: Mapping[str, Any]) -> list[dict[str, Any]]:
    rows = []
    for task, values in found["results"].items():
        counts = (found.get("n-samples") or {}).get(task) or {}
        better = (found.get("higher_is_better") or {}).get(task) or {}
        for name, value in values.items():
            metric, comma, kind = name.partition(",")
            number = _number(value)
            if not comma or metric.endswith("_stderr") or not isinstance(value, Real):
                continue
            way = better.get(metric)
            rows.append({
                "task": str(task),
                "metric": metric if kind in ("", "none") else f"{metric} ({kind})",
                "value": number,
                "stderr": _number(values.get(f"{metric}_stderr,{kind}")),
                "n": _number(counts.get("effective")),
                "shots": _number((found.get("n-shot") or {}).get(task)),
                "better": None if way is None else "higher" if way else "lower",
                "version": str((found.get("versions") or {}).get(task, "")),
            })  # fmt: skip
    return rows


def _number(value: object) -> float | int | None:
    if isinstance(value, bool) or not isinstance(value, Real) or not math.isfinite(value):
        return None
    return int(value) if isinstance(value, int) else float(value)


def _version() -> str:
    try:
        return version(PACKAGE)
    except PackageNotFoundError:
        return ""


def _short(error: Exception) -> str:
    text = " ".join(in_words(error).split())
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


def failed(task: Task) -> str:
    """Return how the sentence about a task that could not be evaluated begins."""
    return f"{PACKAGE} could not evaluate {task.name}: "


def failure(task: Task, error: Exception) -> str:
    """Return a sentence about a task that could not be evaluated."""
    return f"{failed(task)}{_short(error)}".rstrip(".") + "."
