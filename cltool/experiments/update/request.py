"""What an update is asked for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from cltool.core.errors import UserError
from cltool.facts.shapes import catalogue

ANY_SHAPE = catalogue.AUTO
"""The format with which the shape of a file's rows is found out."""

PATHS = ("facts", "protect", "forget", "wordings", "out")
"""The options that are paths."""

AUTO = "auto"
"""The strategy that is chosen by what is at hand."""

REQUIRE = "new>=0.95, protected>=0.98, unlisted>=0.95, stale<=0.02, perplexity<=1.05x"
"""The requirements that an update must meet by default."""


@dataclass(frozen=True)
class Request:
    """The options of an update.

    Attributes:
        model: the model, or the folder of an updated model.
        facts: the file of facts to teach; None if facts are only erased.
        protect: the file of facts that must stay.
        forget: the file of facts to erase.
        format: the name of the shape that the rows of ``facts`` have, or `ANY_SHAPE`.
        wordings: a TOML file with the wordings of relations.
        out: the folder of the updated model; None: the folder that the model is in.
        strategy: a name, or `AUTO`.
        require: the bounds that the updated model must meet.
        accept_undecided: whether bounds may stay undecided.
        retry: how many other ways are tried if the update is refused.
        keep_data: whether facts may be stored to be rehearsed later.
        seed: seed of the training.
        settings: tables of settings, as for `cltool.experiments.run.run`.
        command: how the update was asked for, for the record.
    """

    model: str
    facts: Path | None = None
    protect: Path | None = None
    forget: Path | None = None
    format: str = ANY_SHAPE
    wordings: Path | None = None
    out: Path | None = None
    strategy: str = AUTO
    require: str = REQUIRE
    accept_undecided: bool = False
    retry: int = 0
    keep_data: bool = True
    seed: int = 0
    settings: Mapping[str, Any] = field(default_factory=dict)
    command: str = ""


def request_of(model: Path | str, facts: Path | str | None, **options: Any) -> Request:
    """Return what an update is asked for; paths may be texts.

    Raises:
        UserError: there is no such option.
    """
    known = {one.name for one in fields(Request)} - {"model", "facts"}
    if unknown := sorted(options.keys() - known):
        raise UserError(
            f"there is no option {unknown[0]!r}",
            where="cltool.update",
            hint=f"There are: {', '.join(sorted(known))}.",
        )
    given: dict[str, Any] = {"facts": facts, **options}
    paths: dict[str, Any] = {name: None if given[name] is None else Path(given[name]).expanduser()
             for name in PATHS if name in given}  # fmt: skip
    return Request(str(model), **(given | paths))
