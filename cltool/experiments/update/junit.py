"""The gate as JUnit XML, which continuous integration shows as tests."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from pathlib import Path

from cltool.core.files import write_text
from cltool.core.printable import one_line
from cltool.evaluation.requirements.checks import Verdict
from cltool.experiments.update.gate import Gate

SHOWN = 50
"""Facts of a requirement that are named."""


def write_junit(file: Path, gate: Gate, accept_undecided: bool) -> None:
    """Write a test for each requirement: passed, failed, or skipped if nothing was asked."""
    suite = ET.Element("testsuite", name="cltool update")
    failed = 0
    for check in gate.checks:
        case = ET.SubElement(suite, "testcase", classname="cltool.update", name=check.bound.text)
        good = check.verdict is Verdict.PASS
        if good or (accept_undecided and check.verdict is Verdict.UNDECIDED):
            continue
        failed += 1
        told = f"{check.verdict}: {check.value:.4g} ({check.reason})"
        failure = ET.SubElement(case, "failure", message=one_line(told), type=str(check.verdict))
        rows = [row for row in gate.broken() if row["requirement"] == check.bound.score]
        failure.text = "\n".join(
            one_line(f"{row['subject']}, {row['relation']}: {row['expected']}; said: {row['says']}")
            for row in rows[:SHOWN]
        )
    for bound in gate.unasked:
        case = ET.SubElement(suite, "testcase", classname="cltool.update", name=bound.text)
        ET.SubElement(case, "skipped", message="nothing was asked")
    suite.set("tests", str(len(gate.checks) + len(gate.unasked)))
    suite.set("failures", str(failed))
    suite.set("skipped", str(len(gate.unasked)))
    write_text(file, ET.tostring(suite, encoding="unicode", xml_declaration=True) + "\n")
