"""Holds a folder of runs while a command works on it, wherever it is."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from uuid import uuid4

from cltool.core.files import remove, write_text
from cltool.core.locks import OTHER_FOLDER, folder_lock
from cltool.core.remote.copies import Copy
from cltool.core.remote.lease import lease
from cltool.core.remote.place import Place

_held: dict[str, Copy] = {}
"""The copies of the URLs whose lease this process holds."""


@contextmanager
def held(out: Place, *, shared: bool = False, alone: bool = True) -> Iterator[Place]:
    """Hold the lock of a folder of runs; yield the place for the tasks that work in it.

    The copy of a URL is fetched before. What changes in it inside is sent afterwards, unless an
    error ended the block: tasks send what they make themselves.

    Args:
        out: the folder.
        shared: tasks on other machines work in it, too.
        alone: no other command may work in it. Otherwise several commands do, each on run folders
            of its own, and nothing is fetched but those.

    Raises:
        UserError: another command holds the lock, or the URL cannot be used.
    """
    with folder_lock(out.folder, shared=not alone, hint=OTHER_FOLDER):
        if not out.is_remote:
            with seen_by_all(out, shared) as place:
                yield place
        elif out.root in _held or not alone:
            yield out
        else:
            with lease(out.root, OTHER_FOLDER):
                copy = _held[out.root] = Copy(out.whole)
                try:
                    copy.fetch()
                    yield out
                    copy.send()
                finally:
                    del _held[out.root]


def refresh(out: Place) -> None:
    """Fetch what tasks have written to the URL of a place that is held, except for checkpoints."""
    if out.root in _held:
        _held[out.root].fetch()


@contextmanager
def checkpoints_of(out: Place, needed: bool = True) -> Iterator[None]:
    """Have the checkpoints of a URL that is held in the copy inside, if they are needed."""
    if not needed or out.root not in _held:
        yield
        return
    copy = _held[out.root]
    copy.send()
    copy.fetch(checkpoints=True)
    yield
    copy.send()
    copy.drop_checkpoints()
    copy.fetch()


@contextmanager
def seen_by_all(out: Place, shared: bool = True) -> Iterator[Place]:
    """Yield the place, by which tasks on other machines see whether they have the same folder.

    Args:
        out: a local folder.
        shared: whether there are such tasks.
    """
    if not shared:
        yield out
        return
    place = replace(out, token=uuid4().hex)
    write_text(place.token_file, "")
    try:
        yield place
    finally:
        remove(place.token_file)
