"""Findings come back from disk as they were, or not at all."""

from __future__ import annotations

import json
import math
from pathlib import Path

import pytest

from cltool.audit.attacks import findings_file
from cltool.audit.attacks.battery import Findings
from cltool.audit.attacks.membership import Membership
from cltool.audit.attacks.target import Outcome

EVIL = ('</script> "', "rel\u2028ation")
FOUND = Findings(
    {
        "probability": Outcome({("b", "r"): 0.1 + 0.2, ("a", "r"): math.nan, EVIL: -math.inf}),
        "greedy_trained": Outcome({("b", "r"): 1.0}, {("b", "r"): "Ada\n\u00e9", EVIL: ""}),
    },
    {"loss": Membership([1 / 3, math.nan], [1e-300, math.inf])},
    12345.678901234567,
    math.nan,
)


def test_findings_are_read_back_unchanged_and_in_order(tmp_path: Path) -> None:
    file = tmp_path / "audit" / "step-2-ab.json"
    findings_file.write(file, FOUND, "key")
    again = findings_file.read(file, "key")
    assert again is not None
    assert repr(again) == repr(FOUND)


@pytest.mark.parametrize(
    "damage",
    [
        lambda text: text[:-20],
        lambda text: "[]",
        lambda text: json.dumps(json.loads(text) | {"format": 0}),
        lambda text: json.dumps(json.loads(text) | {"outcomes": {"probability": {"scores": 1}}}),
        lambda text: json.dumps(json.loads(text) | {"members": [1]}),
        lambda text: json.dumps(json.loads(text) | {"squares": None}),
    ],
)
def test_damaged_files_are_not_read(damage: object, tmp_path: Path) -> None:
    file = tmp_path / "one.json"
    findings_file.write(file, FOUND, "key")
    assert callable(damage)
    file.write_text(damage(file.read_text("utf-8")), encoding="utf-8")
    assert findings_file.read(file, "key") is None


def test_missing_files_and_files_of_another_key_are_not_read(tmp_path: Path) -> None:
    findings_file.write(tmp_path / "one.json", FOUND, "key")
    assert findings_file.read(tmp_path / "one.json", "other") is None
    assert findings_file.read(tmp_path / "none.json", "key") is None
