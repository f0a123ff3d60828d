"""The model card of an updated model: ``README.md`` with the metadata of Hugging Face."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from cltool.core.printable import one_line

SHOWN = 50
"""Facts of a list that the card names."""

MARKS = {"pass": "pass", "fail": "**fail**", "undecided": "undecided"}


def card(record: Mapping[str, Any], gate: Mapping[str, Any], facts: Mapping[str, Any]) -> str:
    """Return the text of the card.

    Args:
        record: the record of the version (`cltool.experiments.update.publish`).
        gate: the gate, as `Gate.as_json` returns it.
        facts: ``taught``, ``erased`` and ``lost``, lists of rows with subject, relation and object.
    """
    parts = [_metadata(record), _about(record), _scores(gate)]
    parts += [_facts(title, facts[name]) for name, title in _LISTS.items()]
    parts.append(_data(record))
    return "\n".join(part for part in parts if part)


_LISTS = {
    "taught": "Facts that this update taught",
    "erased": "Facts that this update erased",
    "lost": "What this update lost",
}


def _metadata(record: Mapping[str, Any]) -> str:
    base = record["base"]["name"]
    lines = ["---", "library_name: " + ("peft" if record["adapter"] else "transformers")]
    if re.fullmatch(r"[\w.-]+/[\w.-]+", base) and not Path(base).exists():
        lines.append(f"base_model: {json.dumps(base)}")
    lines += ["pipeline_tag: text-generation", "tags:", "- cltool", "- knowledge-update"]
    return "\n".join([*lines, "---", ""])


def _about(record: Mapping[str, Any]) -> str:
    base, number = record["base"]["name"], record["version"]
    how = "a PEFT adapter on" if record["adapter"] else "made from"
    loads = "peft.PeftModel" if record["adapter"] else "transformers.AutoModelForCausalLM"
    return "\n".join(
        [
            f"# {_text(record['name'])}, version {number}",
            "",
            f"This model is {how} `{_text(base)}` by `cltool update` with the strategy"
            f" `{record['strategy']}`, on {record['created'][:10]}. `{loads}.from_pretrained` loads"
            " it; cltool is not needed.",
            "",
            "The folder `cltool` holds the ledger of all questions and answers, the facts, and the"
            " history: `cltool history`, `cltool diff` and `cltool rollback` read it.",
            "",
        ]
    )


def _scores(gate: Mapping[str, Any]) -> str:
    lines = [
        "## What was required, and measured",
        "",
        "| requirement | value | 95% interval | items | lost | gained | verdict |",
        "| --- | --- | --- | --- | --- | --- | --- |",
    ]
    for one in gate["checks"]:
        exact = one["low"] is None or one["low"] == one["high"]
        span = "all were asked" if exact else f"{one['low']:.3f} to {one['high']:.3f}"
        value = "–" if one["value"] is None else f"{one['value']:.3f}"
        moved = ["–" if one[name] is None else str(one[name]) for name in ("lost", "gained")]
        lines.append(
            f"| {one['requirement']} | {value} | {span} | {one['n']} | {moved[0]} | {moved[1]} |"
            f" {MARKS[one['verdict']]} |"
        )
    if gate["nothing_asked"]:
        lines += ["", f"Nothing was asked for: {', '.join(gate['nothing_asked'])}."]
    return "\n".join([*lines, ""])


def _facts(title: str, rows: Sequence[Mapping[str, Any]]) -> str:
    if not rows:
        return ""
    lines = [f"## {title}", "", "| fact | object | the model says |", "| --- | --- | --- |"]
    for row in rows[:SHOWN]:
        named = ", ".join(part for part in (row["subject"], row["relation"]) if part)
        lines.append(
            f"| {_text(named)} | {_text(row['expected'])} | {_text(row.get('says', ''))} |"
        )
    if len(rows) > SHOWN:
        lines += ["", f"… and {len(rows) - SHOWN:,} more."]
    return "\n".join([*lines, ""])


def _data(record: Mapping[str, Any]) -> str:
    lines = ["## Data", "", "| file | SHA-256 |", "| --- | --- |"]
    lines += [f"| {_text(name)} | `{value}` |" for name, value in record["data"].items()]
    return "\n".join([*lines, ""])


def _text(text: str) -> str:
    """Return a text that cannot leave its cell."""
    plain = one_line(str(text)).replace("&", "&amp;").replace("<", "&lt;")
    for mark in "\\`|*_[]":
        plain = plain.replace(mark, f"\\{mark}")
    return plain if len(plain) <= 200 else plain[:199] + "…"
