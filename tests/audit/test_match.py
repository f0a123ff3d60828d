"""How an audit judges answers: like the run, and exactly only where cltool made the models."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from cltool.audit import audit, findings
from cltool.audit.attacks.settings import AuditSettings
from cltool.audit.findings import Scope
from cltool.core.digests import BUILT, SAVED
from cltool.core.files import write_json
from cltool.experiments import resolve
from cltool.runs.run import Run


def judged(folder: Path, probe: dict[str, Any]) -> Run:
    """A run with these settings of probes."""
    run = Run(folder)
    folder.mkdir()
    run.write_record({"settings": {"probe": probe}})
    return run


@pytest.mark.parametrize(
    ("probe", "match"),
    [
        ({"match": "exact"}, "exact"),
        ({"match": "contains"}, "contains"),
        ({"match": "choice"}, "contains"),
        ({}, "exact"),
    ],
)
def test_a_run_is_audited_as_it_judges(probe: dict[str, Any], match: str, tmp_path: Path) -> None:
    assert findings.match_of(judged(tmp_path / "run", probe)) == match


def test_two_models_are_judged_exactly_only_if_cltool_made_both(tmp_path: Path) -> None:
    for name, built in (("made", True), ("other", False)):
        (tmp_path / name).mkdir()
        write_json(tmp_path / name / SAVED, {BUILT: built})
    exact = judged(tmp_path / "exact", {"match": "exact"})
    contains = judged(tmp_path / "contains", {"match": "contains"})
    made, other = tmp_path / "made", tmp_path / "other"
    found = {
        (model.name, reference if isinstance(reference, Path) else reference.folder): (
            audit._match_of_models(str(model), reference)
        )
        for model in (made, other)
        for reference in (made, other, exact, contains, tmp_path / "hub-name")
    }
    exactly = {where for where, match in found.items() if match == "exact"}
    assert exactly == {("made", made), ("made", exact.folder)}
    assert {*found.values()} == {"exact", "contains"}


def test_findings_of_another_way_to_judge_are_not_used() -> None:
    stream = resolve.open_stream(
        "world", {"entities": 8, "updates": 2, "changed": 2, "new": 1, "forgotten": 1}
    )
    settings = AuditSettings.model_validate({})
    plain, exact, contains = (
        Scope(stream, 2, settings, **named).digest
        for named in ({}, {"match": "exact"}, {"match": "contains"})
    )
    assert plain == exact != contains
