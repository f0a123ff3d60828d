"""Templates escape what is filled in."""

from __future__ import annotations

from typing import Any

import pytest
from jinja2 import UndefinedError

from cltool.reporting.templates import fill

EVIL = "\"'><script>alert(1)</script>"
NOTHING: dict[str, Any] = {"names": [], "own": [], "unequal": [], "updates": []}


def test_text_and_attributes_are_escaped() -> None:
    page = fill("views/settings.html", parts=[], source={EVIL: EVIL}, **NOTHING)
    assert "<script>" not in page and page.count("&lt;script&gt;") == 2
    labels = [{"title": EVIL, "differing": [(EVIL, [(EVIL, True)])], "common": {}}]
    nothing = NOTHING | {"names": [EVIL], "unequal": [EVIL]}
    page = fill("views/settings.html", parts=labels, source={}, **nothing)
    assert "<script>" not in page and 'aria-label="&#34;&#39;&gt;' in page


def test_a_missing_value_in_a_template_is_an_error() -> None:
    with pytest.raises(UndefinedError):
        fill("views/settings.html", parts=[], names=[])
