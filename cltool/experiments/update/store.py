"""A store of files by their content: what does not change between versions is kept once.

A file is an object named by its SHA-256. A safetensors file of which most numbers are those of an
earlier file is kept as the difference from it: for each tensor, the places whose numbers changed,
also where the tensor became larger. A difference is kept only if it makes the same bytes again.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cltool.core.errors import UserError
from cltool.core.files import disk_errors, whole_file

if TYPE_CHECKING:
    from torch import Tensor

TENSORS = ".safetensors"

MOST = 0.5
"""A difference is kept if it is at most this share of the file."""

LIKE, CHANGED, PLACES, WHOLE = "like", "changed", "places", "whole"

Tree = dict[str, str]
"""Path of a file, relative to its folder -> the name of its object."""


class Store:
    """The objects in a folder.

    Args:
        folder: the folder; it is made when it is needed.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def put_tree(
        self, folder: Path, files: Iterable[str], like: str | None = None, *, copy: bool = False
    ) -> Tree:
        """Keep files of a folder, and return their objects.

        Args:
            folder: the folder.
            files: paths relative to it.
            like, copy: as for `put`.
        """
        return {name: self.put(folder / name, like, copy=copy) for name in sorted(files)}

    def put(self, file: Path, like: str | None = None, *, copy: bool = False) -> str:
        """Keep a file, and return the name of its object.

        Args:
            file: the file.
            like: an object that has most of its tensors.
            copy: whether the object must be a file of its own, because others may write ``file``.
                Without it, only weights are the same file (a hard link): people edit the others.
        """
        name = digest(file)
        if self._whole(name).is_file() or self._difference(name).is_file():
            return name
        if like and file.suffix == TENSORS and self._put_difference(file, name, like):
            return name
        if copy or file.suffix != TENSORS:
            _copy(file, self._whole(name))
        else:
            _link(file, self._whole(name))
        return name

    def get_tree(self, tree: Mapping[str, str], folder: Path) -> None:
        """Write files into a folder.

        Raises:
            UserError: an object is missing or damaged.
        """
        for name, content in tree.items():
            self.get(content, folder / name)

    def get(self, name: str, file: Path) -> None:
        """Write an object as a file.

        Raises:
            UserError: the object is missing or damaged.
        """
        file.parent.mkdir(parents=True, exist_ok=True)
        whole, difference = self._whole(name), self._difference(name)
        place = whole if whole.is_file() else difference
        if place.is_file():
            if place == difference:
                self._rebuild(name, file)
            elif file.suffix == TENSORS:
                _link(whole, file)
            else:
                _copy(whole, file)
        else:
            raise UserError(
                "an object of the history is missing",
                where=str(whole),
                hint="This version was dropped to save space, or the folder was not copied whole.",
            )
        if digest(file) != name:
            file.unlink()
            raise self._damage(place)

    def names(self) -> set[str]:
        """Return the names of all objects."""
        return {file.name.partition(".")[0] for file in self._files()}

    def bytes_of(self, name: str) -> int:
        """Return the size of the file of an object; 0 if it is not there."""
        files = [self._whole(name), self._difference(name)]
        return sum(file.stat().st_size for file in files if file.is_file())

    def keep_only(self, names: Iterable[str]) -> None:
        """Remove the objects that are neither named nor needed by one that is named."""
        needed = set(names)
        needed |= {like for name in needed if (like := self.like(name)) is not None}
        for file in list(self._files()):
            if file.name.partition(".")[0] not in needed:
                file.unlink()

    def like(self, name: str) -> str | None:
        """Return the object from which an object is kept as a difference; None if it is whole."""
        file = self._difference(name)
        if self._whole(name).is_file() or not file.is_file():
            return None
        return str(_metadata(file)[LIKE])

    def share(self, other: Store) -> None:
        """Keep all objects of another store, too."""
        for file in other._files():
            target = self.folder / file.relative_to(other.folder)
            if not target.exists():
                _link(file, target)

    def _files(self) -> Iterable[Path]:
        return (file for file in self.folder.glob("*/*") if file.is_file())

    def _whole(self, name: str) -> Path:
        return self.folder / name[:2] / name

    def _difference(self, name: str) -> Path:
        return self.folder / name[:2] / f"{name}.difference{TENSORS}"

    def _put_difference(self, file: Path, name: str, like: str) -> bool:
        """Keep a file as a difference; False if that would save little, or nothing."""
        like = self.like(like) or like
        whole = self._whole(like)
        if not whole.is_file():
            return False
        from safetensors import SafetensorError
        from safetensors.torch import save_file

        try:
            changes, about = _changes(file, whole)
        except (SafetensorError, OSError):
            return False
        size = sum(one.numel() * one.element_size() for one in changes.values())
        if size > MOST * file.stat().st_size:
            return False
        place = self._difference(name)
        place.parent.mkdir(parents=True, exist_ok=True)
        with whole_file(place) as partial:
            save_file(changes, partial, {LIKE: like, "about": json.dumps(about)})
        trial = place.with_name(f".{name}.trial")
        try:
            self._rebuild(name, trial)
            same = digest(trial) == name
        finally:
            trial.unlink(missing_ok=True)
        if not same:
            place.unlink()
        return same

    def _rebuild(self, name: str, file: Path) -> None:
        from safetensors import SafetensorError, safe_open
        from safetensors.torch import save_file

        place = self._difference(name)
        metadata = _metadata(place)
        whole = self._whole(metadata[LIKE])
        if not whole.is_file():
            raise UserError("an object of the history is missing", where=str(whole))
        try:
            about: dict[str, Any] = json.loads(metadata["about"])
            kept = about["metadata"]
            with safe_open(whole, "pt") as old, safe_open(place, "pt") as new:
                tensors = {
                    key: _restored(key, one, old, new) for key, one in about["tensors"].items()
                }
        except (SafetensorError, ValueError, LookupError, RuntimeError) as error:
            raise self._damage(place) from error
        with disk_errors(file):
            save_file(tensors, file, kept)

    def _damage(self, place: Path) -> UserError:
        """Return the error for an object that does not give its file, or for what it needs."""
        if place.suffix == TENSORS:
            base = _metadata(place)[LIKE]
            whole = self._whole(base)
            if digest(whole) != base:
                return _damaged(whole)
        return _damaged(place)


def digest(file: Path) -> str:
    """Return the SHA-256 of a file."""
    with file.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def _metadata(file: Path) -> dict[str, str]:
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(file, "pt") as opened:
            found = dict(opened.metadata() or {})
    except SafetensorError as error:
        raise _damaged(file) from error
    if not {LIKE, "about"} <= found.keys():
        raise _damaged(file)
    return found


def _damaged(file: Path) -> UserError:
    return UserError(
        "an object of the history is damaged",
        where=str(file),
        hint="Bring the file back from a backup, or delete it: the versions that need it cannot be"
        " restored then.",
    )


def _changes(file: Path, like: Path) -> tuple[dict[str, Tensor], dict[str, Any]]:
    """Return the tensors of the difference of ``file`` from ``like``, and how they are read."""
    from safetensors import safe_open

    found: dict[str, Tensor] = {}
    about: dict[str, Any] = {}
    with safe_open(file, "pt") as new, safe_open(like, "pt") as old:
        known = set(old.keys())
        for key in [*new.keys()]:
            tensor = new.get_tensor(key)
            before = old.get_tensor(key) if key in known else None
            places = None if before is None else _places(tensor, before)
            if places is None:
                found[f"{key}.{WHOLE}"], about[key] = tensor.contiguous(), {"kind": WHOLE}
                continue
            about[key] = {"kind": CHANGED, "shape": [*tensor.shape]}
            if len(places):
                found[f"{key}.{PLACES}"] = places
                found[f"{key}.{CHANGED}"] = tensor.flatten()[places.long()].contiguous()
        metadata = new.metadata()
    return found, {"tensors": about, "metadata": metadata}


def _places(tensor: Tensor, before: Tensor) -> Tensor | None:
    """Return the flat places at which a tensor differs from ``before`` padded with zeros.

    None if most do, or if the tensors cannot be compared.
    """
    import torch

    grown = tensor.dim() == before.dim() and all(
        one >= other for one, other in zip(tensor.shape, before.shape, strict=True)
    )
    if not grown or tensor.dtype != before.dtype:
        return None
    bits = {1: torch.uint8, 2: torch.int16, 4: torch.int32, 8: torch.int64}[tensor.element_size()]
    differs = _padded(before, tensor.shape).view(bits) != tensor.contiguous().view(bits)
    places = differs.flatten().nonzero().flatten()
    width = 4 if tensor.numel() < 2**31 else 8
    if len(places) * (width + tensor.element_size()) > tensor.numel() * tensor.element_size():
        return None
    return places.int() if width == 4 else places


def _padded(tensor: Tensor, shape: Iterable[int]) -> Tensor:
    import torch

    if [*tensor.shape] == [*shape]:
        return tensor.contiguous()
    made = torch.zeros([*shape], dtype=tensor.dtype)
    made[tuple(slice(0, size) for size in tensor.shape)] = tensor
    return made


def _restored(key: str, about: Mapping[str, Any], old: Any, new: Any) -> Tensor:
    if about["kind"] == WHOLE:
        tensor: Tensor = new.get_tensor(f"{key}.{WHOLE}")
        return tensor
    made = _padded(old.get_tensor(key), about["shape"]).clone()
    if f"{key}.{PLACES}" in {*new.keys()}:
        places = new.get_tensor(f"{key}.{PLACES}").long()
        made.view(-1)[places] = new.get_tensor(f"{key}.{CHANGED}")
    return made


def _link(source: Path, target: Path) -> None:
    """Make ``target`` the same file as ``source``, or a copy where that is not possible."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with suppress(OSError):
        os.link(source, target)
        return
    _copy(source, target)


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    with whole_file(target) as partial:
        shutil.copyfile(source, partial)
