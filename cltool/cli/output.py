"""What several commands print: JSON, and warnings about erased facts that came back."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cltool.runs.run import Run


def print_json(value: Any) -> None:
    """Print ``value`` on stdout as indented JSON."""
    print(json.dumps(value, ensure_ascii=False, indent=2, allow_nan=False))


def warn_resurfaced(runs: Sequence[Run]) -> list[dict[str, str]]:
    """Print a warning on stderr for each erased fact that came back.

    Returns:
        The warnings: ``run`` (its folder) and ``text``.
    """
    from cltool.evaluation.outcomes import resurfacing
    from cltool.reporting import resurfaced

    found = []
    for run in runs:
        back = resurfacing(run.answers) if run.steps_done() else None
        for text in () if back is None else resurfaced.in_words(back, run.record["labels"]):
            found.append({"run": str(run.folder), "text": text})
            print(f"cltool: resurfaced in {run.folder}: {text}", file=sys.stderr)
    return found
