"""Writes down the facts that a model answers today, as a list to protect."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cltool.core.errors import UserError
from cltool.core.files import refuse_to_replace, write_text
from cltool.core.progress import QUIET, Progress
from cltool.core.samples import fixed_sample
from cltool.experiments.update.facts_file import unnumbered
from cltool.experiments.update.folder import opened
from cltool.experiments.update.listed import FactList, read_facts
from cltool.experiments.update.look import asked_of, general_facts
from cltool.experiments.update.request import ANY_SHAPE
from cltool.experiments.update.screen import Lists


@dataclass(frozen=True)
class Protected:
    """What was found.

    Attributes:
        file: the list.
        asked: number of the facts that the model was asked about.
        known: number of those that it answers in every held-out wording.
        written: number of the facts in the list.
        taken: a sentence about the shape of the file's rows, if it is not that of docs/facts.md.
    """

    file: Path
    asked: int
    known: int
    written: int
    taken: str = ""

    def as_json(self) -> dict[str, Any]:
        """Return plain JSON values."""
        return {"file": str(self.file), "asked": self.asked, "known": self.known,
                "written": self.written, "taken": self.taken}  # fmt: skip


def protect(
    model: str,
    facts: Path | None,
    out: Path,
    *,
    bank: bool = False,
    shape: str = ANY_SHAPE,
    wordings: Path | None = None,
    limit: int | None = None,
    settings: Mapping[str, Any] | None = None,
    progress: Progress = QUIET,
) -> Protected:
    """Ask a model about facts, and write those that it answers.

    Args:
        model: a model, or the folder of an updated model.
        facts: a file of facts; None with ``bank``.
        out: the list, which is written.
        bank: whether the general questions are asked.
        shape: the name of the shape that the rows of ``facts`` have, or ``auto``.
        wordings: a TOML file with the wordings of relations.
        limit: most facts in the list, a fixed random sample; None: all.
        settings: tables of settings.
        progress: receives the progress.

    Raises:
        UserError: a file is wrong, the model cannot be loaded, or it answers none of the facts.
    """
    if (facts is None) != bank:
        raise UserError(
            "either a file of facts or the bank is asked about",
            where="--from",
            hint="Give --from FILE, or --bank general.",
        )
    refuse_to_replace(out, "a file of JSON lines", ["{"], "keep.jsonl")
    tables = dict(settings or {})
    if facts is None:
        read = FactList(general_facts(tables, None))
    else:
        read = read_facts(facts, shape=shape)
    start = opened(model)
    taught = start.taught.with_wordings(wordings)
    listed = [*{one.key: one for one in read.learn}.values()]
    # They are asked alike, wherever they stand in the stream, which needs a base and an update.
    lists = Lists(learn=listed[-1:], protect=listed[:-1])
    found = asked_of(start, taught, lists, tables, progress)
    known = [one for one in listed if one.key in found and found[one.key].right == 1.0]
    if not known:
        raise UserError(
            f"the model answers none of the {len(listed)} facts",
            where=str(facts or "--bank"),
            hint="Ask about facts that it knows, or in other wordings (--wordings).",
        )
    chosen = fixed_sample(known, limit, 0, "protect")
    rows = [json.dumps(unnumbered(one), ensure_ascii=False) + "\n" for one in chosen]
    write_text(out, "".join(rows))
    return Protected(out, len(found), len(known), len(chosen), read.taken)
