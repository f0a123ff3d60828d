"""Pictures of a report for the documentation: what an update did, its facts, and one fact.

``python -m tools.page_pictures REPORT.html FOLDER [--a NAME --b NAME --step N]``
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from tools.chromium import chromium

if TYPE_CHECKING:
    from playwright.sync_api import Page

SIZE = (1280, 860)


def pictures(page: Page, a: str, b: str, step: int) -> dict[str, bytes]:
    """Take the pictures of an open report.

    Args:
        page: the report.
        a, b: the runs that are compared, as the page names them.
        step: the update that is looked at.

    Returns:
        Name of the file → PNG.
    """
    found: dict[str, bytes] = {}
    page.get_by_label("Run A").select_option(label=a)
    page.get_by_label("Run B").select_option(label=b)
    page.get_by_role("button", name=f"Update {step},").click()
    page.locator("#cltool-bar").scroll_into_view_if_needed()
    page.evaluate("document.querySelector('#cltool-bar').scrollIntoView()")
    page.wait_for_timeout(500)
    found["dashboard_update.png"] = page.screenshot()
    page.get_by_role("button", name="broken, A").click()
    page.evaluate("document.querySelector('.facts').scrollIntoView()")
    page.wait_for_timeout(500)
    found["dashboard_facts.png"] = page.screenshot()
    page.locator(".facts-body .fact-row").first.click()
    page.wait_for_timeout(500)
    found["dashboard_fact.png"] = page.screenshot()
    return found


def main(arguments: list[str] | None = None) -> int:
    """Write the pictures that the command line asks for."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("report", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--a", default="replay")
    parser.add_argument("--b", default="joint")
    parser.add_argument("--step", type=int, default=4)
    options = parser.parse_args(arguments)
    with chromium() as browser:
        size = {"width": SIZE[0], "height": SIZE[1]}
        page = browser.new_page(viewport=size)  # type: ignore[arg-type]
        page.goto(options.report.resolve().as_uri())
        page.wait_for_selector("html[data-ready]", state="attached")
        for name, picture in pictures(page, options.a, options.b, options.step).items():
            (options.folder / name).write_bytes(picture)
            print(options.folder / name)
    return 0


if __name__ == "__main__":
    sys.exit(main())
