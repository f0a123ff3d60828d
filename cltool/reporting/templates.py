"""Pages from Jinja templates: one HTML file each that opens from disk, without a network."""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import re
import zlib
from collections.abc import Sequence
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from cltool.core.errors import UserError
from cltool.core.files import refuse_to_replace, write_text
from cltool.core.printable import printable
from cltool.reporting import charts, formats

if TYPE_CHECKING:
    from jinja2 import Environment

FOLDER = Path(__file__).parent
POLICY = "default-src 'none'; style-src 'unsafe-inline'; script-src {scripts}; img-src data:"
"""The content security policy: the browser refuses to load anything from anywhere, and runs only
the scripts with the digests ``scripts``."""

DATA_ID = "cltool-data"

LONGEST = 200
"""Longest name or value that a table shows, in characters; the data of the page have the whole."""

FACTS_ID = "cltool-facts"
"""The script element with the facts of group 0 has this name and ``-0``."""

SCRIPT_ID = "cltool-script"
"""The script element that holds a packed script, which ``load.js`` runs."""

PACKED_FROM = 20_000
"""Length in characters from which a page carries its script packed."""

NUMBERS = ("share", "signed", "count", "whole", "figure", "precise", "signed_precise")
"""Functions of `formats` that templates use as filters; they write a dash for None."""


@cache
def _environment() -> Environment:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(FOLDER),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
    )
    for name in NUMBERS:
        environment.filters[name] = partial(formats.shown, form=getattr(formats, name))
    environment.filters["px"] = charts.px
    environment.filters["clip"] = lambda value: charts.shortened(str(value), LONGEST)
    environment.filters["clip_middle"] = _without_middle
    environment.filters["printable"] = printable
    environment.filters["capitalised"] = lambda text: text[:1].upper() + text[1:]
    environment.globals |= {
        "DASH": formats.DASH,
        "THIN": formats.THIN,
        "plural": formats.plural,
        "style": charts.style,
    }
    return environment


def _without_middle(text: str) -> str:
    """Return a sentence whose middle is left out if it is too long: its end says what happened."""
    if len(text) <= 2 * LONGEST:
        return text
    return f"{text[: LONGEST - 40]} … {text[-LONGEST:]}"


def fill(template: str, **values: object) -> Markup:
    """Return a template of this package with ``values`` filled in; text in them is escaped."""
    return Markup(_environment().get_template(template).render(values))  # noqa: S704


def page(
    template: str,
    data: Any,
    title: str,
    blocks: Sequence[str | None] = (),
    script: str = "page.js",
    styles: Sequence[str] = ("page.css",),
    **values: object,
) -> str:
    """Return a whole page.

    Args:
        template: a file that extends ``base.html``.
        data: what the page shows, as plain JSON values. They are embedded in the page;
            ``command`` is the command that makes the page, or None.
        title: the title of the page.
        blocks: the facts of each group of runs, as text of a script element, or None.
        script, styles: the script and the style sheets, files of this package.
        values: further values for the template.
    """
    own = _asset(script)
    js = own if len(own) < PACKED_FROM else _asset("load.js")
    allowed = dict.fromkeys(map(_digest, (js, own)))
    shared = {
        "data_id": DATA_ID,
        "packed": packed(_json(data)),
        "policy": POLICY.format(scripts=" ".join(f"'{digest}'" for digest in allowed)),
        "css": Markup("\n").join(map(_asset, styles)),
        "js": js,
    }
    carried = {f"{FACTS_ID}-{place}": one for place, one in enumerate(blocks) if one is not None}
    if js != own:
        carried[SCRIPT_ID] = packed(own.encode())
    return f"{fill(template, data=data, title=title, carried=carried, **shared, **values)}\n"


def refuse_no_page(path: Path) -> None:
    """Raise a `UserError` if a file that is no page is called ``path``, such as a run's record."""
    if path.suffix.lower() not in (".html", ".htm") or path.is_dir():
        refuse_to_replace(path, "an HTML page", ["<"], "report.html")


def write_page(path: Path, text: str) -> Path:
    """Write a page and return its path.

    Raises:
        UserError: see `refuse_no_page`.
    """
    refuse_no_page(path)
    write_text(path, text)
    return path


def read_data(path: Path) -> dict[str, Any]:
    """Read the data that is embedded in a page.

    Raises:
        UserError: the file is not a page of cltool, or it is damaged.
    """
    text = path.read_bytes().decode("utf-8", errors="replace")
    block = re.search(rf'<script [^>]*id="{DATA_ID}"[^>]*>([^<]*)<', text)
    if block is None:
        raise UserError("not a report that cltool made", where=str(path))
    try:
        value = json.loads(gzip.decompress(base64.b64decode(block[1])))
    except (ValueError, EOFError, OSError, zlib.error) as error:
        raise UserError(f"is a damaged report: {error}", where=str(path)) from error
    if not isinstance(value, dict):
        raise UserError("holds no report", where=str(path))
    return value


def _asset(name: str) -> Markup:
    return Markup((FOLDER / name).read_text(encoding="utf-8"))  # noqa: S704


def _json(data: Any) -> bytes:
    text = json.dumps(data, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return text.encode()


def _digest(script: str) -> str:
    """Return the digest by which a content security policy allows an inline script."""
    return f"sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode('ascii')}"


def packed(content: bytes) -> str:
    """Return gzip as base64: no character in it can end a script element."""
    return base64.b64encode(gzip.compress(content, mtime=0)).decode("ascii")
