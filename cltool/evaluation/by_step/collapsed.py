"""What the answers of a coded step have in common (`cltool.evaluation.collapse.counts`)."""

from __future__ import annotations

import numpy as np

from cltool.evaluation.by_step.coded_step import CodedStep, Coder
from cltool.evaluation.by_step.numbered import Texts
from cltool.evaluation.matching import CONTEXT, LIMIT, first_line
from cltool.evaluation.metrics import HELD_OUT
from cltool.facts.stream import NEW

COLUMNS = ("answer", "stop")
"""Columns that are read beside those of a coded step."""


def counts(coder: Coder, rows: CodedStep) -> dict[str, int]:
    """Return the counts of the judged rows of a step."""
    judged = rows.judged
    said, stops, lines = Texts(), Texts(), Texts()
    answers = said.coded(rows.table["answer"])[judged]
    line = lines.numbers(first_line(text) for text in said.all())[answers]
    cut_off = np.isin(stops.coded(rows.table["stop"])[judged], stops.numbers([LIMIT, CONTEXT]))
    named = (rows.right | rows.stale)[judged]
    forms = rows.form[judged]
    held_out = coder.having(forms, HELD_OUT)
    counted = held_out if held_out.any() else coder.having(forms, ("trained",))
    valid = counted & rows.valid[judged]
    fresh = counted & rows.of_group(NEW)[judged]
    alike = np.bincount(line) if len(line) else np.zeros(1, int)
    most = int(alike.max(initial=0))
    # Of several texts that are as frequent, the one that comes first counts.
    common = int(line[np.argmax(alike[line] == most)]) if len(line) else -1
    return {
        "asked": len(line),
        "empty": int((line == lines.number("")).sum()),
        "alike": most,
        "alike_right": int((named & (line == common)).sum()),
        "cut": int((cut_off & ~named).sum()),
        "valid": int(valid.sum()),
        "valid_named": int((valid & named).sum()),
        "fresh": int(fresh.sum()),
        "fresh_named": int((fresh & named).sum()),
    }
