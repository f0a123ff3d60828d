"""The files of a table: one file, or the files of a folder in the order of their names."""

from __future__ import annotations

import difflib
import hashlib
import re
from pathlib import Path

from cltool.core.errors import UserError
from cltool.facts.files.endings import ENDINGS, GZIP, kind_of, unzipped

_MAX_NAMED = 5
_BESIDE = re.compile(
    r"(readme|licen[sc]e)(\.(md|txt|rst|html))?|(dataset_infos?|state)\.json|.*\.(md|crc)",
    re.IGNORECASE,
)
"""Files that programs write beside the files of a table."""
_SPLIT = re.compile(r"(train|test|validation|valid|val|dev)(?![a-z])", re.IGNORECASE)
_SPLITS = "dataset_dict.json"
"""The file that `datasets.DatasetDict.save_to_disk` writes beside the folders of its splits."""
_DATA = "data"
"""The folder in which data sets of the Hugging Face hub have their files."""
_SHARD = re.compile(r"(?P<table>.+)-(?P<one>\d+)-of-(?P<all>\d{1,9})\.")
"""The name of one of several files of a table, as `datasets` and TensorFlow write them."""
_EXPORT = "In Excel, LibreOffice or Google Sheets, save the sheet as CSV (UTF-8)."
_OTHER_KINDS = {
    **dict.fromkeys((".xlsx", ".xls", ".xlsm", ".xlsb", ".ods", ".numbers"), _EXPORT),
    **dict.fromkeys((".zip", ".7z", ".rar", ".tar", ".tgz"), "Unpack it first."),
    **dict.fromkeys((".bz2", ".xz", ".zst"), "Unpack it, or compress it with gzip (.gz)."),
    **dict.fromkeys((".feather", ".pkl", ".pickle"), "Write it as Parquet: to_parquet."),
}


def parts(path: Path) -> list[Path]:
    """Return the files of the table at ``path``, in the order in which they are read.

    In a folder, hidden files and files whose name begins with ``_`` are left out, as are a readme,
    a license and checksums. Numbers in names are compared as numbers: part-2 is before part-10.

    Raises:
        UserError: there is no such file, it is not a kind that holds facts, or a folder has files
            of several kinds, several splits, or no file of facts.
    """
    if path.is_dir():
        return _shards(path)
    if path.exists() and not path.is_file():
        raise UserError(
            "is not a file on disk, but a pipe or a device",
            where=str(path),
            hint="The facts are read more than once: write them into a file first.",
        )
    if kind_of(path) is None:
        ending = "".join(path.suffixes[-2:]) if path.suffix.lower() == GZIP else path.suffix
        hint = _OTHER_KINDS.get(path.suffix.lower(), f"Use one of {', '.join(ENDINGS)}.")
        if unzipped(path).suffix.lower() in (".parquet", ".pq"):
            hint = "Unpack it: Parquet files are compressed inside."
        raise UserError(
            f"facts cannot be read from this kind of file: {ending or 'no ending'}",
            where=str(path),
            hint=hint,
        )
    if not path.is_file():
        raise _missing(path)
    return [path]


def digest(path: Path) -> str:
    """Return the SHA-256 of a file, or of the names and contents of a folder's files."""
    if not path.is_dir():
        return _sha256(path)
    lines = [f"{_sha256(part)}  {part.name}\n" for part in parts(path)]
    return hashlib.sha256("".join(lines).encode("utf-8", "surrogateescape")).hexdigest()


def _sha256(path: Path) -> str:
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def _shards(folder: Path) -> list[Path]:
    entries = [one for one in folder.iterdir() if not one.name.startswith((".", "_"))]
    entries = [one for one in entries if one.is_dir() or not _BESIDE.fullmatch(one.name)]
    if [one.name for one in entries] == [_DATA] and entries[0].is_dir():
        return _shards(entries[0])
    entries.sort(key=lambda one: natural_order(one.name))
    _refuse_others(folder, entries)
    kinds = {kind_of(one): one.name for one in reversed(entries)}
    if len(kinds) > 1:
        raise UserError(
            f"the folder has files of several kinds: {', '.join(sorted(kinds.values()))}",
            where=str(folder),
            hint="Give one of the files, or a folder with the files of one table.",
        )
    splits = {found[1].lower() for one in entries if (found := _SPLIT.match(one.name))}
    if len(splits) > 1:
        raise UserError(
            f"the folder has several splits: {', '.join(sorted(splits))}",
            where=str(folder),
            hint="Give one of the files, or a folder with the files of one split.",
        )
    _refuse_gaps(folder, entries)
    return entries


def _refuse_gaps(folder: Path, entries: list[Path]) -> None:
    """Refuse a folder that lacks files of a table whose names say how many there are."""
    shards: dict[tuple[str, int], set[int]] = {}
    for one in entries:
        if found := _SHARD.match(one.name):
            shards.setdefault((found["table"], int(found["all"])), set()).add(int(found["one"]))
    for (table, count), numbers in shards.items():
        # Numbers begin at 0 or, in a few programs, at 1.
        if len(numbers) < count:
            raise UserError(
                f"the folder has {len(numbers)} of the {count} files of {table}",
                where=str(folder),
                hint="Copy or download the others too, or give one of the files.",
            )


def _refuse_others(folder: Path, entries: list[Path]) -> None:
    if not entries:
        texts = any(one.suffix.lower() == ".md" for one in folder.iterdir())
        more = " To train texts: --scenario documents --set scenario.path=FOLDER." if texts else ""
        raise UserError(
            "is a folder without files of facts",
            where=str(folder),
            hint=f"Give a file, or a folder of files, that end in {', '.join(ENDINGS)}.{more}",
        )
    names = {one.name for one in entries}
    if _SPLITS in names:
        inner = sorted(one.name for one in entries if one.is_dir())
        raise UserError(
            f"is a folder of several splits: {', '.join(inner)}",
            where=str(folder),
            hint=f"Give the folder of one of them: {folder / inner[0] if inner else folder}.",
        )
    for one in entries:
        if one.is_dir():
            what = f"is a folder that has a folder in it: {one.name}"
            hint = "Give one of its files, or a folder that has only the files of one table."
            raise UserError(what, where=str(folder), hint=hint)
        if kind_of(one) is None or not one.is_file():
            what = f"is a folder with a file that is not read: {one.name}"
            hint = f"A folder may only have files of one table, in one of {', '.join(ENDINGS)}."
            raise UserError(what, where=str(folder), hint=hint)


def natural_order(name: str) -> list[tuple[int, int, str]]:
    """Return a sort key of a file's name, with numbers compared as numbers."""
    pieces = re.split(r"([0-9]+)", name)
    return [(0, int(piece), "") if at % 2 else (1, 0, piece) for at, piece in enumerate(pieces)]


def _missing(path: Path) -> UserError:
    if not path.parent.is_dir():
        hint = f"The folder {path.parent} does not exist either."
        return UserError("there is no such file", where=str(path), hint=hint)
    found = sorted(one.name for one in path.parent.iterdir() if _holds_facts(one))
    # Without the endings, because a common ending alone would make two names look similar.
    stems = {unzipped(Path(name)).stem: name for name in found}
    stem = unzipped(path).stem
    near = [stems[one] for one in difflib.get_close_matches(stem, stems, 1, cutoff=0.75)]
    folder = path.parent.resolve()
    hint = f"There is no file of facts in {folder}."
    if near:
        hint = f"Did you mean {path.parent / near[0]}?"
    elif found:
        hint = f"In {folder} there are: {', '.join(found[:_MAX_NAMED])}"
        hint += f" and {len(found) - _MAX_NAMED} more." if len(found) > _MAX_NAMED else "."
    return UserError("there is no such file", where=str(path), hint=hint)


def _holds_facts(path: Path) -> bool:
    return kind_of(path) is not None and unzipped(path).suffix.lower() not in (".txt", ".json")
