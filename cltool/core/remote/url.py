"""URLs of folders, and the file systems of fsspec behind them."""

from __future__ import annotations

import re
from typing import Any

from cltool.core.errors import UserError, in_words
from cltool.core.similar import guess


def is_url(text: str) -> bool:
    """Return whether ``text`` is a URL, and not a path."""
    return re.match(r"[A-Za-z][A-Za-z0-9+.-]*://", text) is not None


def file_system(url: str) -> tuple[Any, str]:
    """Return fsspec's file system of ``url``, and the path in it.

    Raises:
        UserError: the protocol is unknown, its package is missing, or the URL is not complete.
    """
    import fsspec

    protocol = url.partition("://")[0]
    known = sorted(fsspec.available_protocols())
    if protocol not in known:
        hint = guess(protocol, known) or "Use s3://, gs://, file:// or another one of fsspec."
        raise UserError(f"unknown protocol {protocol!r}", where=url, hint=hint)
    try:
        # One of its own: a transaction of this one holds back what others write.
        found, path = fsspec.core.url_to_fs(url, use_listings_cache=False, skip_instance_cache=True)
    except ImportError as error:
        # fsspec names the package in its words: "Please install s3fs to access S3".
        raise UserError(
            f"the package for {protocol}:// is missing: {error}",
            where=url,
            hint="Install it on every machine that runs cells, and give the same command again.",
        ) from error
    except Exception as error:  # of the file system's own
        raise UserError(f"cannot be opened: {in_words(error)}", where=url) from error
    path = str(path).rstrip("/")
    if not path:
        raise UserError("names no folder", where=url, hint="Add one: s3://BUCKET/FOLDER")
    return found, path
