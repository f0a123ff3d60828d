"""Templates escape what is filled in."""

from __future__ import annotations

import pytest
from jinja2 import UndefinedError

from cltool.reporting.templates import fill

EVIL = "\"'><script>alert(1)</script>"


def test_text_and_attributes_are_escaped() -> None:
    page = fill("views/settings.html", parts=[], names=[], updates=[], source={EVIL: EVIL})
    assert "<script>" not in page and page.count("&lt;script&gt;") == 2
    labels = [{"title": EVIL, "differing": [(EVIL, [(EVIL, True)])], "common": {}}]
    page = fill("views/settings.html", parts=labels, names=[EVIL], updates=[], source={})
    assert "<script>" not in page and 'aria-label="&#34;&#39;&gt;' in page


def test_a_missing_value_in_a_template_is_an_error() -> None:
    with pytest.raises(UndefinedError):
        fill("views/settings.html", parts=[], names=[])
