"""The page is made anew when a step has finished, in a process of its own."""

from __future__ import annotations

from pathlib import Path

import pytest

from cltool.core.errors import UserError
from cltool.reporting.live.builder import Builder, BuildProcess
from cltool.reporting.live.folder import RunsFolder

from ..conftest import Make

PAGE = """<!DOCTYPE html>
<html lang="en"><head>
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:">
</head><body><p>{}</p></body></html>"""


class Builds:
    """Counts the builds, and fails while there is an ``error``."""

    def __init__(self) -> None:
        self.count = 0
        self.error: str | None = None

    def __call__(self, folder: Path) -> str:
        self.count += 1
        if self.error is not None:
            raise UserError(self.error)
        return PAGE.format(self.count)


def test_it_is_made_only_when_something_changed(make: Make, tmp_path: Path) -> None:
    run, build = make(done=2), Builds()
    builder = Builder(RunsFolder.open(tmp_path / "runs"), build)

    assert builder.look() and builder.page is not None
    first = builder.page.version
    assert not builder.look() and build.count == 1
    run.write_costs(run.cost_rows()[:1])
    assert builder.look() and builder.page.version != first


def test_without_a_run_nothing_is_made(tmp_path: Path) -> None:
    build = Builds()

    assert not Builder(RunsFolder.open(tmp_path), build).look()
    assert build.count == 0


def test_after_an_error_the_page_before_stays_and_is_tried_again(
    make: Make, tmp_path: Path
) -> None:
    run, build = make(done=2), Builds()
    builder = Builder(RunsFolder.open(tmp_path / "runs"), build)
    builder.look()
    before = builder.page

    build.error = "a file is damaged"
    run.write_costs(run.cost_rows()[:1])
    builder.look()
    assert (builder.page, builder.error) == (before, "a file is damaged")
    build.error = None
    assert builder.look()
    assert builder.error is None and builder.page != before


def test_the_process_writes_the_report_of_the_folder(make: Make, tmp_path: Path) -> None:
    make(strategy="ewc", done=2)

    page = BuildProcess()((tmp_path / "runs").resolve())

    assert page.startswith("<!DOCTYPE html>") and "ewc" in page
    assert [path.name for path in (tmp_path / "runs").iterdir()] == ["ewc-seed0"], "only read"


def test_what_is_wrong_with_a_run_is_said(make: Make, tmp_path: Path) -> None:
    (make(done=2).folder / "run.json").write_text("{")

    with pytest.raises(UserError, match=r"run\.json"):
        BuildProcess()(tmp_path / "runs")


def test_a_process_that_was_ended_starts_no_other(make: Make, tmp_path: Path) -> None:
    make(done=2)
    build = BuildProcess()
    build.end()

    with pytest.raises(UserError, match="ended"):
        build(tmp_path / "runs")
