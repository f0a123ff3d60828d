"""Calls the converter of llama.cpp, which writes GGUF files."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from cltool.core.errors import UserError
from cltool.core.progress import QUIET, Progress

CONVERTER = "convert_hf_to_gguf.py"

VARIABLE = "CLTOOL_GGUF_CONVERTER"
"""The environment variable with the path of the converter."""


def to_gguf(model: Path, out: Path, progress: Progress = QUIET) -> None:
    """Write a checkpoint as a GGUF file.

    Args:
        model: the folder of the checkpoint.
        out: the file.
        progress: receives the progress.

    Raises:
        UserError: the converter is not there, or it fails.
    """
    program = converter()
    progress(0, 1, f"{CONVERTER} writes {out.name}")
    done = subprocess.run(
        [sys.executable, str(program), str(model), "--outfile", str(out)],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode or not out.is_file():
        out.unlink(missing_ok=True)
        lines = (done.stderr or done.stdout).strip().splitlines()[-5:]
        raise UserError(
            f"{CONVERTER} failed",
            where=str(program),
            details=lines,
            hint="It may not know the architecture of the model, or lack a package that it needs.",
        )
    progress(1, 1, out.name)


def converter() -> Path:
    """Return the path of the converter.

    Raises:
        UserError: it is not there.
    """
    named = os.environ.get(VARIABLE, "")
    found = Path(named) if named else Path(shutil.which(CONVERTER) or "")
    if not found.is_file():
        raise UserError(
            f"the converter of llama.cpp is not here ({CONVERTER})",
            where=named or "PATH",
            hint=f"Get it from the repository ggml-org/llama.cpp, and name it in {VARIABLE}, or put"
            " it on the PATH.",
        )
    return found
