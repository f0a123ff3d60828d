"""Findings on disk: the scores of the attacks on one model, with the key of the attacked model."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from cltool.audit.attacks.battery import Findings
from cltool.audit.attacks.membership import Membership
from cltool.audit.attacks.target import Outcome
from cltool.core.errors import UserError
from cltool.core.files import write_text
from cltool.core.json_files import sealed, unsealed
from cltool.facts.facts import Key

FORMAT = 1


def write(path: Path, findings: Findings, key: str) -> None:
    """Write ``findings`` atomically; numbers keep all digits, and facts their order.

    Args:
        path: the file.
        findings: of one model.
        key: a digest of everything that the findings depend on.
    """
    value = {
        "format": FORMAT,
        "key": key,
        "outcomes": {
            name: {"scores": _rows(one.scores), "answers": _rows(one.answers)}
            for name, one in findings.outcomes.items()
        },
        "members": {
            name: {"erased": _numbers(one.erased), "unseen": _numbers(one.unseen)}
            for name, one in findings.members.items()
        },
        "squares": _plain(findings.squares),
        "perplexity": _plain(findings.perplexity),
    }
    text = json.dumps(sealed(value), ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    write_text(path, text + "\n")


def read(path: Path, key: str) -> Findings | None:
    """Read what `write` wrote; None if there is no file, it is damaged or has another key."""
    try:
        value = unsealed(json.loads(path.read_text(encoding="utf-8")), path)
        if value["format"] != FORMAT or value["key"] != key:
            return None
        return Findings(
            {name: _outcome(one) for name, one in value["outcomes"].items()},
            {name: _membership(one) for name, one in value["members"].items()},
            float(value["squares"]),
            float(value["perplexity"]),
        )
    except (OSError, ValueError, LookupError, TypeError, AttributeError, ArithmeticError):
        return None
    except (RecursionError, UserError):  # nested too deep, or changed
        return None


def _outcome(value: Any) -> Outcome:
    scores = {(str(s), str(r)): float(number) for s, r, number in value["scores"]}
    return Outcome(scores, {(str(s), str(r)): str(text) for s, r, text in value["answers"]})


def _membership(value: Any) -> Membership:
    return Membership(*([float(one) for one in value[name]] for name in ("erased", "unseen")))


def _rows(values: Mapping[Key, Any]) -> list[list[Any]]:
    return [
        [*key, _plain(value) if isinstance(value, float) else value]
        for key, value in values.items()
    ]


def _numbers(values: Sequence[float]) -> list[float | str]:
    return [_plain(value) for value in values]


def _plain(value: float) -> float | str:
    """Return a finite number as it is, and any other by the name that ``float`` accepts."""
    return float(value) if math.isfinite(value) else str(float(value))
