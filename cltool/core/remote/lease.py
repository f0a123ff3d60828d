"""The lock of a folder at a URL: a lease that its holder renews, because no system ends it.

Object stores have no locks. So the holder writes a file that is valid for a while, and renews it;
after a crash it ends by itself. Two commands that begin within a second of each other may both get
it: each writes its own name, waits, and goes on only if the file still has that name.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from cltool.core.errors import UserError, in_words
from cltool.core.locks import FILE, Holder
from cltool.core.remote.url import file_system

VALID = 90.0
"""Seconds for which a lease is valid after it was written."""

RENEWED = 20.0
"""Seconds between two renewals."""

DOUBT = 1.0
"""Seconds after which a new holder looks whether another one has come between."""


@contextmanager
def lease(url: str, hint: str) -> Iterator[None]:
    """Hold the lease of the folder at ``url``.

    Args:
        url: of the folder.
        hint: what to do if another command holds it.

    Raises:
        UserError: another command holds it, or the URL cannot be read or written.
    """
    fs, root = file_system(url)
    file, key = f"{root}/{FILE}", uuid4().hex
    try:
        found = _read(fs, file)
        if found is not None and not _ended(found):
            raise _held(url, found, hint)
        fs.makedirs(root, exist_ok=True)
        _write(fs, file, key)
        time.sleep(DOUBT)
        found = _read(fs, file)
        if found is not None and found.get("key") != key:
            raise _held(url, found, hint)
    except UserError:
        raise
    except Exception as error:  # of the file system's own
        raise UserError(
            f"cannot be written: {in_words(error)}",
            where=url,
            hint="Check the address and your rights there.",
        ) from error
    stop = threading.Event()
    renewing = threading.Thread(target=_renew, args=(fs, file, key, stop), daemon=True)
    renewing.start()
    try:
        yield
    finally:
        stop.set()
        renewing.join()
        with suppress(Exception):  # it ends by itself
            if _is_own(fs, file, key):
                fs.rm_file(file)


def _renew(fs: Any, file: str, key: str, stop: threading.Event) -> None:
    while not stop.wait(RENEWED):
        with suppress(Exception):  # the next time may work
            # A machine that slept may have lost its lease.
            if _is_own(fs, file, key):
                _write(fs, file, key)


def _is_own(fs: Any, file: str, key: str) -> bool:
    return (_read(fs, file) or {}).get("key") == key


def _write(fs: Any, file: str, key: str) -> None:
    value = {**asdict(Holder.of_this_process()), "key": key, "valid_until": time.time() + VALID}
    fs.invalidate_cache()
    fs.pipe_file(file, json.dumps(value).encode())


def _read(fs: Any, file: str) -> dict[str, Any] | None:
    """Return what the lease file says; None if there is none, or if it is not one."""
    fs.invalidate_cache()
    try:
        value = json.loads(fs.cat_file(file))
    except (FileNotFoundError, ValueError):
        return None
    return value if isinstance(value, dict) else None


def _ended(found: dict[str, Any]) -> bool:
    valid = found.get("valid_until")
    if not isinstance(valid, int | float) or valid < time.time():
        return True
    holder = _holder(found)
    return holder is not None and holder.ended


def _holder(found: dict[str, Any]) -> Holder | None:
    try:
        return Holder(
            int(found["pid"]), str(found["host"]), str(found["command"]), str(found["since"])
        )
    except (LookupError, TypeError, ValueError):
        return None


def _held(url: str, found: dict[str, Any], hint: str) -> UserError:
    holder = _holder(found)
    until = datetime.fromtimestamp(float(found.get("valid_until") or 0), UTC)
    return UserError(
        f"another command writes here at the moment: {holder or 'it does not say its name'}",
        where=url,
        hint=f"{hint} If it was killed, its lock ends at {until:%H:%M:%S} UTC.",
    )
