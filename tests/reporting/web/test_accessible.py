"""axe finds nothing at four widths in both colour schemes; the page reads without JavaScript."""

from __future__ import annotations

from typing import Any

import pytest

from .conftest import Open
from .test_bundle import WEB

AXE = WEB / "node_modules" / "axe-core" / "axe.min.js"
WIDTHS = (360, 768, 1024, 1440)
QUICK = {(360, "dark"), (1440, "light")}
CASES = [
    pytest.param(width, scheme, marks=() if (width, scheme) in QUICK else pytest.mark.slow)
    for width in WIDTHS
    for scheme in ("light", "dark")
]


@pytest.mark.parametrize(("width", "scheme"), CASES)
def test_axe_finds_nothing(open_page: Open, width: int, scheme: Any) -> None:
    if not AXE.is_file():
        pytest.skip("axe-core is not installed: run `npm ci` in cltool/reporting/web")
    page = open_page("#s=4&change=broken&k=3", width=width, color_scheme=scheme, bypass_csp=True)
    page.get_by_role("button", name="Filters").evaluate("button => button.click()")
    assert page.evaluate("document.documentElement.scrollWidth") == width
    page.evaluate(AXE.read_text("utf-8"))
    found = page.evaluate("axe.run({resultTypes: ['violations']})")
    told = [
        f"{one['id']}: {one['help']}: {[node['html'][:160] for node in one['nodes'][:3]]}"
        for one in found["violations"]
    ]
    assert told == []


def test_the_page_reads_without_javascript(open_page: Open) -> None:
    page = open_page(java_script_enabled=False)
    assert page.locator("#cltool-bar, #cltool-view").all_inner_texts() == ["", ""]
    assert page.locator("#cltool-view").is_hidden()
    assert page.get_by_role("heading", name="What each update did").is_visible()
    assert page.locator("table").count() > 3
