"""Writes the generated pages of the docs from the code and the measured tables.

``python -m tools.docs`` rewrites ``docs/strategies.md``, a page per family under
``docs/strategies/``, and other generated pages; ``tests/tools/test_docs.py`` checks that they are
current. The tables are those of the experiments in ``reports/library/``.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from importlib import import_module
from inspect import cleandoc
from pathlib import Path
from types import NoneType
from typing import TYPE_CHECKING, Any, Literal, get_args, get_origin

from cltool.core.files import write_text
from cltool.core.settings import (
    GeneralSettings,
    LearnerSettings,
    ModelSettings,
    ProbeSettings,
)
from cltool.evaluation.scores import all_scores
from cltool.reporting.table import shown
from cltool.scenarios import SCENARIOS
from cltool.strategies import STRATEGIES
from tools.avalanche_page import avalanche_page
from tools.hooks_page import hooks_page
from tools.outputs_page import outputs_page
from tools.scores_page import scores_page

if TYPE_CHECKING:
    from pydantic import BaseModel
    from pydantic.fields import FieldInfo

    from cltool.core.registry import Entry

PAGE = "strategies.md"
LIBRARY = "library"
"""The group of experiments under ``reports/`` that compare all strategies."""

FAMILIES = {
    "baselines": "Reference points: no training, plain fine-tuning, full retraining.",
    "rehearsal": "Earlier facts, or the model's answers about them, are trained again together with"
    " the update. A superseded or erased fact is removed from every buffer at once.",
    "regularisation": "A penalty limits changes of the weights that earlier facts need. Importances"
    " are computed over single sentences, so they do not depend on the batch size. Memory does not"
    " grow with the number of updates.",
    "distillation": "The model is trained towards the outputs of the model before the update.",
    "adapters": "Low-rank adapters, and steps outside the directions that earlier facts use.",
    "averaging": "The weights after an update are averaged with earlier weights.",
    "editing": "Single layers are edited in closed form, or neurons or a codebook are added,"
    " instead of training.",
    "memory": "Facts are stored outside the weights and put into the prompt.",
    "unlearning": "The facts that an update asks to forget are erased from the weights, after the"
    " update is learned. The aim is the model that never knew them. Unless `target` is none, a"
    " sentence is pushed only until its object is not the model's answer, and is as improbable as"
    " objects that were never true. A retain set is trained or distilled at the same time.",
    "avalanche": "Avalanche's own plugins, unmodified: see [which of them run](../avalanche.md).",
}
"""What the strategies of a family have in common."""

_MADE = """\
*This page is generated from the code by `python -m tools.docs`; a test checks that it is current.*
"""

_HEAD = f"""\
# The strategies, and every setting

{_MADE}
Set a strategy's settings with `--set strategy.NAME.SETTING=VALUE`, or in a settings file under
`[strategy.NAME]`. Without the name (`--set strategy.lambda=5`, or directly under `[strategy]`), a
setting applies to every strategy of the run that has it. Compose strategies with a plus sign, as in
`replay+ewc`: the hooks of each are called, and at most one of them may replace the way an update
is applied (as `frozen` and `joint` do). Unknown settings are refused.
"""

_COMMON = """\
## Settings of every run

Set them with `--set SECTION.SETTING=VALUE`, or in a settings file under `[SECTION]`. A strategy's
presets replace the learner's defaults; your settings replace both. The resolved settings of a run
are in its `run.json`.
"""

_SCENARIOS = """\
## Settings of the scenarios

Set them with `--set scenario.SETTING=VALUE`; `scenario.seed` is the seed of the stream. A file of
facts is a scenario too: [facts.md](facts.md) explains its settings.
"""

_MEASURED = """\
## Measured

Every strategy gets the same number of training tokens for each update. Strategies that edit the
weights or keep facts outside them stop when they are done, and spend less. Figures are means with
the half-width of the 95% interval over seeds. `joint` and `naive` are in every table for
comparison. [scores.md](../scores.md) explains the scores; [reports/](../../reports/README.md) has
the commands and the full reports.
"""

_SEARCHED = """\
## What a search says of the presets

`cltool reproduce reports/tuning/presets` searches the settings that each strategy declares on the
first three updates of a made-up world, with 15,000 training tokens for each update and the bound
new ≥ 0.9. The next three updates, with two seeds, compare the chosen settings with the presets.
[tuning.md](../tuning.md) says when a preset is changed. [The report](../../reports/README.md) has
all settings that were tried.
"""

_SIGNS = {"ge": "≥", "gt": ">", "le": "≤", "lt": "<"}

MEASURED = ("new", "retained", "stale", "acc", "bwt", "forgetting", "fuar", "tokens", "seconds",
            "stored_bytes")  # fmt: skip
REFERENCES = ("naive", "joint")

TUNING = Path("tuning") / "presets" / "report.json"

Tables = Mapping[str, Sequence[Mapping[str, Any]]]
"""Stream → the rows of its comparison, as `cltool compare --json` prints them."""


def pages(docs: Path) -> dict[Path, str]:
    """Every generated page under the folder ``docs``, with its text."""
    tables = read_tables(docs.parent / "reports" / LIBRARY)
    searched = read_searched(docs.parent / "reports" / TUNING)
    entries = [entry for entry in STRATEGIES.entries() if entry.source == "built-in"]
    families = list(dict.fromkeys(entry.family for entry in entries))
    found = {
        docs / PAGE: _index(entries, families),
        docs / "avalanche.md": avalanche_page(),
        docs / "hooks.md": hooks_page(),
        docs / "outputs.md": outputs_page(),
        docs / "scores.md": scores_page(),
    }
    for family in families:
        members = [entry for entry in entries if entry.family == family]
        found[docs / "strategies" / f"{family}.md"] = _family(family, members, tables, searched)
    return found


def read_tables(folder: Path) -> Tables:
    """Return the tables of the experiments in ``folder``, by the experiment's name."""
    return {
        file.parent.name: json.loads(file.read_text(encoding="utf-8"))["table"]
        for file in sorted(folder.glob("*/report.json"))
    }


def read_searched(file: Path) -> Sequence[Mapping[str, Any]]:
    """What `cltool tune --json` found for every strategy; nothing where it was not run."""
    if not file.is_file():
        return []
    found: Sequence[Mapping[str, Any]] = json.loads(file.read_text(encoding="utf-8"))["tunings"]
    return found


def _index(entries: Sequence[Entry], families: Sequence[str]) -> str:
    parts = [_HEAD]
    for family in families:
        parts.append(f"## [{family.capitalize()}](strategies/{family}.md)\n")
        parts.append(FAMILIES[family].replace("](../", "](") + "\n")
        rows = [(f"`{e.name}`", e.summary) for e in entries if e.family == family]
        parts.append(_rows(("strategy", "what it does"), rows))
    parts.append(_COMMON)
    for section, kind, what in (
        ("learner", LearnerSettings, "how an update is trained"),
        ("probe", ProbeSettings, "how the model is asked"),
        ("model", ModelSettings, "which model, where"),
        ("general", GeneralSettings, "what is asked beside the stream ([general.md](general.md))"),
    ):
        parts += [f"### `{section}`: {what}\n", _table(kind)]
    parts.append(_SCENARIOS)
    for entry in SCENARIOS.entries():
        if entry.source == "built-in":
            parts += [
                f"### `{entry.name}`: {entry.summary}\n",
                _table(SCENARIOS.load(entry.name).Config),
            ]
    return "\n".join(parts)


def _family(
    family: str,
    entries: Sequence[Entry],
    tables: Tables,
    searched: Sequence[Mapping[str, Any]],
) -> str:
    parts = [f"# {family.capitalize()}\n", _MADE, FAMILIES[family] + "\n"]
    names = [entry.name for entry in entries]
    measured, judged = _measured(names, tables), _judged(names, searched)
    parts += [_strategy(entry) for entry in entries]
    parts += [_MEASURED, *measured] if measured else []
    parts += [_SEARCHED, judged] if judged else []
    return "\n".join(parts)


def _judged(names: Sequence[str], searched: Sequence[Mapping[str, Any]]) -> str:
    """Chosen settings against presets, of those of ``names`` that were searched."""
    rows = [
        (
            f"`{found['strategy']}`",
            ", ".join(
                f"`{name} = {value:g}`" for name, value in found["chosen"]["settings"].items()
            )
            or "the presets",
            *(
                f"{found['verdict'][whose][score]:.2f}"
                for whose in ("chosen", "presets")
                for score in ("new", "retained")
            ),
        )
        for found in searched
        if found["strategy"] in names and found["verdict"] is not None
    ]
    header = ("strategy", "chosen", "new", "retained", "presets: new", "retained")
    return _rows(header, rows) if rows else ""


def _measured(names: Sequence[str], tables: Tables) -> list[str]:
    """A table a stream in which one of the family ran: its strategies, and the references."""
    known = all_scores()
    columns = [known[name] for name in MEASURED]
    parts = []
    for stream, found in tables.items():
        if not any(row["strategy"] in names for row in found):
            continue
        chosen = [
            (
                f"`{row['strategy']}`",
                *(shown(c, row.get(c.name), row.get(f"{c.name}_half")) for c in columns),
            )
            for row in found
            if row["strategy"] in (*names, *REFERENCES)
        ]
        header = ("strategy", *(column.title for column in columns))
        parts += [f"`{stream}`:\n", _rows(header, chosen)]
    return parts


def _strategy(entry: Entry) -> str:
    kind = STRATEGIES.load(entry.name)
    parts = [f"## `{entry.name}`: {entry.summary}\n"]
    parts.append(_markdown(import_module(entry.target.partition(":")[0]).__doc__ or ""))
    parts.append(_table(kind.Config) if kind.Config.model_fields else "It has no settings.\n")
    if kind.presets:
        presets = ", ".join(f"`{name} = {_value(value)}`" for name, value in kind.presets.items())
        parts.append(f"Learner settings that it changes: {presets}.\n")
    if kind.pretrained_scale != 1.0:
        parts.append(
            "A model that is taken to be pretrained is trained with"
            f" {_value(kind.pretrained_scale)} times the default learning rate.\n"
        )
    if kind.requires:
        parts.append("It only works composed with:\n")
        parts += [f"- {name}: {why}." for name, why in kind.requires.items()]
        parts.append("")
    if kind.excludes:
        parts.append("It is not composed with:\n")
        parts += [f"- {name}: {why}." for name, why in kind.excludes.items()]
        parts.append("")
    return "\n".join(parts)


def _markdown(docstring: str) -> str:
    return cleandoc(docstring).replace("``", "`") + "\n"


def _table(kind: type[BaseModel]) -> str:
    rows = [
        (f"`{field.alias or name}`", _kind(field), _default(field), _meaning(field))
        for name, field in kind.model_fields.items()
    ]
    return _rows(("setting", "kind", "default", "meaning"), rows)


def _rows(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [header, ["---"] * len(header), *rows]
    return "".join("| " + " | ".join(line) + " |\n" for line in lines)


def _kind(field: FieldInfo) -> str:
    limits = [
        f"{sign} {value}"
        for item in field.metadata
        for name, sign in _SIGNS.items()
        if (value := getattr(item, name, None)) is not None
    ]
    return " ".join([_type(field.annotation), ", ".join(limits)]).strip()


def _type(kind: Any) -> str:
    if get_origin(kind) is Literal:
        return " or ".join(f"`{choice}`" for choice in get_args(kind))
    names = {
        int: "whole number",
        float: "number",
        str: "text",
        bool: "true or false",
        Path: "path",
    }
    if kind in names:
        return names[kind]
    if get_origin(kind) is dict:
        return "table"
    if get_origin(kind) in (list, tuple):
        return "list"
    return " or ".join(_type(part) for part in get_args(kind) if part is not NoneType)


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "must be given"
    value = field.get_default(call_default_factory=True, validated_data={})
    return "none" if value is None else f"`{_value(value)}`"


def _value(value: object) -> str:
    """As a settings file has it."""
    return json.dumps(value, ensure_ascii=False)


def _meaning(field: FieldInfo) -> str:
    return (field.description or "").replace("|", "\\|")


def main(arguments: Sequence[str]) -> int:
    """Write the pages into a folder, by default ``docs``."""
    for page, text in pages(Path(arguments[0] if arguments else "docs")).items():
        write_text(page, text)
        print(f"{page} is written.")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
