"""Verdicts on requirements as JUnit XML, which continuous integration shows as tests."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from cltool.core.files import refuse_to_replace, write_text
from cltool.core.printable import printable
from cltool.evaluation.requirements.checks import Verdict
from cltool.reporting.checks import in_words

BEGIN = '<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="cltool"'


def refuse_no_junit(file: Path) -> None:
    """Raise a `UserError` if another file than one of `write_junit` has this name."""
    refuse_to_replace(file, "a JUnit XML file of cltool", [BEGIN], "verdicts.xml")


def write_junit(rows: Sequence[Mapping[str, Any]], file: Path) -> None:
    """Write verdicts (`cltool.reporting.checks.checked`): a suite a strategy, a test a bound.

    A bound that is missed is a failure. One that is undecided is an error, which fails a build,
    too: nothing shows that it is met.
    """
    refuse_no_junit(file)
    suites = ElementTree.Element("testsuites", name="cltool")
    for row in rows:
        verdicts = [check["verdict"] for check in row["checks"]]
        suite = ElementTree.SubElement(
            suites,
            "testsuite",
            name=printable(row["strategy"]),
            tests=str(len(verdicts)),
            failures=str(verdicts.count(Verdict.FAIL)),
            errors=str(verdicts.count(Verdict.UNDECIDED)),
        )
        for check in row["checks"]:
            _case(suite, row["strategy"], check)
    for name in ("tests", "failures", "errors"):
        suites.set(name, str(sum(int(suite.attrib[name]) for suite in suites)))
    ElementTree.indent(suites)
    text = ElementTree.tostring(suites, encoding="unicode")
    write_text(file, f'<?xml version="1.0" encoding="UTF-8"?>\n{text}\n')


def _case(suite: ElementTree.Element, strategy: str, check: Mapping[str, Any]) -> None:
    case = ElementTree.SubElement(
        suite, "testcase", classname=f"cltool.{printable(strategy)}", name=check["bound"]
    )
    kind = {Verdict.FAIL: "failure", Verdict.UNDECIDED: "error"}.get(check["verdict"])
    if kind is not None:
        ElementTree.SubElement(
            case, kind, type=check["verdict"], message=in_words(check)
        ).text = check["reason"]
    else:
        ElementTree.SubElement(case, "system-out").text = in_words(check)
