"""A page as the dashboard serves it: it may ask its own server what is new, and nobody else."""

from __future__ import annotations

import hashlib
import html
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cltool.reporting.live.folder import RunsFolder

STATUS = "status.json"
"""Name under which the server says what is new."""

CONNECT = "connect-src 'self'"

FRAMED = "frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
"""What the header of a page says beside its policy; a page itself cannot say the first of it."""

WAITING_POLICY = "default-src 'none'; style-src 'unsafe-inline'"

_POLICY = re.compile(r'(<meta http-equiv="Content-Security-Policy" content=")([^"]*)(")')
_ROOT = re.compile(r"<html([^>]*)>")


@dataclass(frozen=True, slots=True)
class Served:
    """A page as it is served.

    Attributes:
        body: the bytes.
        policy: its content security policy.
        version: changes with its content.
    """

    body: bytes
    policy: str
    version: str


def served(page: str) -> Served:
    """Return a page of `cltool.reporting.report_page` as it is served.

    Raises:
        ValueError: the page has no content security policy, or no root element.
    """
    found = _POLICY.search(page)
    if found is None or _ROOT.search(page) is None:
        raise ValueError("not a page of cltool")
    version = hashlib.sha256(page.encode()).hexdigest()[:16]
    policy = f"{html.unescape(found[2])}; {CONNECT}"
    text = _POLICY.sub(lambda whole: f"{whole[1]}{whole[2]}; {CONNECT}{whole[3]}", page, count=1)
    marks = f' data-live="{STATUS}" data-version="{version}"'
    text = _ROOT.sub(lambda whole: f"<html{whole[1]}{marks}>", text, count=1)
    return Served(text.encode(), f"{policy}; {FRAMED}", version)


def waiting(folder: RunsFolder, error: str | None) -> Served:
    """Return the page that is shown until there is a report; it loads itself again.

    Args:
        folder: the folder of runs.
        error: why there is no report; None if it is being made.
    """
    beats = folder.in_progress()
    if error is not None:
        said = f"The report cannot be made: {error}"
    elif folder.runs():
        said = "The report is being made."
    elif beats:
        said = "No run has a report yet."
    else:
        said = "There are no runs in this folder yet."
    parts = [f"<p>{html.escape(said)}</p>", *_list(beats)]
    body = f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="refresh" content="2">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>cltool dashboard</title>
<style>body {{ font: 1rem/1.5 system-ui, sans-serif; max-width: 60rem; margin: 3rem auto;
padding: 0 1rem; }}</style>
</head>
<body><main><h1>{html.escape(folder.path.name)}</h1>{"".join(parts)}</main></body>
</html>
"""
    return Served(body.encode(), f"{WAITING_POLICY}; {FRAMED}", "")


def _list(beats: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return the runs in progress as a list of one line each."""
    if not beats:
        return []
    lines = [
        f"<li>{html.escape(str(one['strategy']))}, seed {one['seed']}: step {one['step']} of"
        f" {one['steps'] - 1}, {html.escape(str(one['phase']))}</li>"
        for one in beats
        if one["goes_on"]
    ]
    return [f"<ul>{''.join(lines)}</ul>"]
