"""CITATION.cff is a valid file of version 1.2 of the Citation File Format."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

yaml = pytest.importorskip("yaml")

ROOT = Path(__file__).parents[1]
REQUIRED = {"authors", "cff-version", "message", "title"}
KNOWN = REQUIRED | {"abstract", "date-released", "doi", "keywords", "license", "type", "version"}


def test_the_citation_is_valid_and_fits_the_package() -> None:
    cited = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    package = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert cited.keys() >= REQUIRED
    assert cited.keys() <= KNOWN
    assert cited["cff-version"] == "1.2.0"
    assert cited["authors"] == [{"name": "The cltool developers"}]
    assert cited["type"] == "software"
    assert cited["version"] == package["version"]
    assert cited["license"] == package["license"]
    assert all(isinstance(cited[name], str) for name in ("message", "title"))
    assert all(isinstance(word, str) for word in cited["keywords"])
    assert len(set(cited["keywords"])) == len(cited["keywords"])
