"""Hashes of the files in a folder, written when it is complete and compared when it is read."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from cltool.core.errors import UserError
from cltool.core.files import write_json
from cltool.core.json_files import sealed, unsealed

SHORT = 20
"""Hexadecimal digits of a short hash."""

FILE = "digests.json"
"""The file of a folder that holds the hash of every other file in it."""


SAVED = "cltool.json"
"""The file of a saved model that says which run it is of, and holds the hashes of its files."""

BUILT = "built"
"""What `SAVED` says of a model that goes back to one that cltool built."""


def of_text(text: str) -> str:
    """Return a short hash of ``text``."""
    return hashlib.sha256(text.encode()).hexdigest()[:SHORT]


def of_json(value: Any) -> str:
    """Return a short hash of ``value`` as JSON; the order of keys does not count."""
    return of_text(json.dumps(value, sort_keys=True))


def of_files(folder: Path) -> dict[str, str]:
    """Return the hash of each file in ``folder``, by its path; hidden files do not count."""
    return {name: _sha256(folder / name) for name in _names(folder)}


def write_digests(folder: Path, owner: str = "") -> None:
    """Write `FILE` for the files in ``folder``.

    Args:
        folder: the folder.
        owner: what it belongs to; `damage` must be told the same.
    """
    write_json(folder / FILE, sealed({"sha256": of_files(folder)}, owner))


def written(folder: Path, name: str) -> str | None:
    """Return the hash that a file had when `FILE` was written; None if that is not known."""
    return (_listed(folder) or {}).get(name)


def names(folder: Path) -> set[str] | None:
    """Return the names of the files that `FILE` lists, and its own; None if it cannot be read."""
    found = _listed(folder)
    return None if found is None else {*found, FILE}


def _listed(folder: Path) -> dict[str, str] | None:
    """Return the hash of each file that `FILE` lists; None if it cannot be read."""
    try:
        found = json.loads((folder / FILE).read_text(encoding="utf-8"))["sha256"]
        return {str(name): str(value) for name, value in found.items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None


def damage(folder: Path, owner: str = "") -> list[str]:
    """Return what is wrong with the files in ``folder``, one sentence part for each file.

    Files that were added later do not count.

    Args:
        folder: the folder.
        owner: what it belongs to. Without one, a folder without `FILE` is not checked: earlier
            versions of cltool wrote none.
    """
    file = folder / FILE
    if not file.is_file():
        return [f"{FILE} is missing"] * bool(owner)
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
        return _changes(folder, unsealed(content, file, owner)["sha256"])
    except UserError as error:
        return [f"{FILE} {error.what}"]
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        return [f"{FILE} cannot be read ({type(error).__name__})"]


def changes_since_saving(folder: Path) -> list[str]:
    """Return which files of a saved model have changed; empty for any other folder."""
    try:
        return _changes(folder, json.loads((folder / SAVED).read_text(encoding="utf-8"))["files"])
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return []


def saved_from_built(folder: Path) -> bool:
    """Return whether the saved model in ``folder`` goes back to a model that cltool built."""
    try:
        return json.loads((folder / SAVED).read_text(encoding="utf-8"))[BUILT] is True
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return False


def _changes(folder: Path, wanted: Mapping[str, str]) -> list[str]:
    found = set(_names(folder))
    broken = [f"{name} is missing" for name in sorted(wanted.keys() - found)]
    for name in sorted(found & wanted.keys()):
        try:
            if _sha256(folder / name) != wanted[name]:
                broken.append(f"{name} has changed since it was written")
        except OSError as error:
            broken.append(f"{name} cannot be read ({error.strerror})")
    return broken


def code_digest(modules: Sequence[str]) -> str:
    """Return a hash of the source files of modules and packages; nothing is imported."""
    hasher = hashlib.sha256()
    for module in modules:
        try:
            spec = find_spec(module)
        except (ImportError, ValueError):  # such as a class that was typed into an interpreter
            spec = None
        places = (spec.submodule_search_locations or ()) if spec is not None else ()
        files = [file for place in places for file in sorted(Path(place).rglob("*.py"))]
        if not files and spec is not None and spec.origin is not None:
            files = [Path(spec.origin)]
        for file in files:
            hasher.update(f"{module}\0{file.name}\0".encode() + file.read_bytes() + b"\0")
    return hasher.hexdigest()[:SHORT]


def _names(folder: Path) -> list[str]:
    """Return the paths of the files in ``folder``, relative to it."""
    paths = (file.relative_to(folder) for file in sorted(folder.rglob("*")) if file.is_file())
    return [
        path.as_posix()
        for path in paths
        if path.as_posix() != FILE and not any(part.startswith(".") for part in path.parts)
    ]


def _sha256(file: Path) -> str:
    with file.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()
