"""The measurement of a report's speed uses the page as a reader does."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tools.page_speed import INTERACTIONS, measure, row

if TYPE_CHECKING:
    from playwright.sync_api import Browser


@pytest.mark.slow
def test_a_report_is_measured(browser: Browser, report: Path) -> None:
    found = measure(browser, report)
    assert found.ready > 0
    assert found.frames > 0
    assert min(found.ready_cpu, found.frame_cpu, found.slowest_cpu[1]) > 0
    assert found.slowest[0] in INTERACTIONS
    assert 100 < found.nodes < 2000
    assert found.nodes < found.page_nodes
    assert row("small", found).count("|") == 8
