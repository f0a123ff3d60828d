"""The Chromium of this machine, driven by Playwright."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from cltool.core.errors import UserError

if TYPE_CHECKING:
    from playwright.sync_api import Browser

NAMES = ("chromium", "chromium-browser", "google-chrome")


@contextmanager
def chromium() -> Iterator[Browser]:
    """Start Chromium without a window.

    Raises:
        UserError: Playwright or Chromium is not installed.
    """
    try:
        from playwright.sync_api import sync_playwright
    except ImportError as error:
        hint = "Install cltool with its extra dev."
        raise UserError("playwright is not installed", hint=hint) from error
    path = next((found for name in NAMES if (found := shutil.which(name))), None)
    if path is None:
        hint = "Install it: apt-get install chromium."
        raise UserError("there is no Chromium on this machine", hint=hint)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        try:
            yield browser
        finally:
            browser.close()
