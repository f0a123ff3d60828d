"""Pages from Jinja templates: one HTML file each that opens from disk, without a network."""

from __future__ import annotations

import base64
import gzip
import json
import re
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from cltool.core.errors import UserError
from cltool.core.files import refuse_to_replace, write_text
from cltool.reporting import charts, formats

if TYPE_CHECKING:
    from jinja2 import Environment

FOLDER = Path(__file__).parent
POLICY = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:"
"""The content security policy: the browser refuses to load anything from anywhere."""

DATA_ID = "cltool-data"

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
    environment.globals |= {"DASH": formats.DASH, "plural": formats.plural, "style": charts.style}
    return environment


def fill(template: str, **values: object) -> Markup:
    """Return a template of this package with ``values`` filled in; text in them is escaped."""
    return Markup(_environment().get_template(template).render(values))  # noqa: S704


def page(template: str, data: Any, title: str, **values: object) -> str:
    """Return a whole page.

    Args:
        template: a file that extends ``base.html``.
        data: what the page shows, as plain JSON values. They are embedded in the page;
            ``command`` is the command that makes the page, or None.
        title: the title of the page.
        values: further values for the template.
    """
    assets = {name: _asset(f"page.{name}") for name in ("css", "js")}
    shared = {"data_id": DATA_ID, "packed": _packed(data), "policy": POLICY, **assets}
    return f"{fill(template, data=data, title=title, **shared, **values)}\n"


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
        UserError: the file is not a page of cltool.
    """
    block = re.search(rf'<script [^>]*id="{DATA_ID}"[^>]*>([^<]*)<', path.read_text("utf-8"))
    if block is None:
        raise UserError("not a report that cltool made", where=str(path))
    value = json.loads(gzip.decompress(base64.b64decode(block[1])))
    if not isinstance(value, dict):
        raise UserError("holds no report", where=str(path))
    return value


def _asset(name: str) -> Markup:
    return Markup((FOLDER / name).read_text(encoding="utf-8"))  # noqa: S704


def _packed(data: Any) -> str:
    """Return JSON, gzip, base64: no character in it can end a script element."""
    text = json.dumps(data, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return base64.b64encode(gzip.compress(text.encode(), mtime=0)).decode("ascii")
