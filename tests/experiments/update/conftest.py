"""A small model that was taught some facts, and the files of facts of an update."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from cltool.facts.facts import Fact
from cltool.facts.stream import Stream
from cltool.facts.wording import Wording
from cltool.facts.wordings import Wordings

from ...conftest import make_stream

RELATIONS = {
    "capital": ["The capital of {subject} is {object}.", "Where is {subject} governed? {object}"],
    "ruler": ["The ruler of {subject} is {object}.", "Who rules {subject}? {object}"],
}
"""No wording is held out, so that a small model answers all facts that it was taught."""

KNOWN = replace(
    make_stream(4, name="known"),
    wordings=Wordings({name: [Wording.parse(t) for t in ts] for name, ts in RELATIONS.items()}),
)
"""Its base is what the model knows."""


@dataclass(frozen=True)
class Place:
    """A folder with a model and files of facts.

    Attributes:
        folder: the folder.
        model: the model, which knows the base facts of `KNOWN`.
    """

    folder: Path
    model: Path

    def file(self, name: str, rows: Iterable[dict[str, Any] | Fact]) -> str:
        """Write a file of facts."""
        texts = [json.dumps(row if isinstance(row, dict) else row_of(row)) for row in rows]
        path = self.folder / name
        path.write_text("".join(f"{text}\n" for text in texts), encoding="utf-8")
        return str(path)

    @property
    def wordings(self) -> str:
        """The file of wordings."""
        path = self.folder / "wordings.toml"
        lines = [f"{name} = {json.dumps(texts)}\n" for name, texts in RELATIONS.items()]
        path.write_text("".join(lines), encoding="utf-8")
        return str(path)


def row_of(fact: Fact) -> dict[str, Any]:
    """Return a fact as a row of a file."""
    return {"subject": fact.subject, "relation": fact.relation, "new": fact.object}


@pytest.fixture(scope="session")
def taught_model(
    checkpoint: Callable[[str], Path], tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """The folder of a random Llama that was taught the base of `KNOWN`."""
    return teach(checkpoint("llama"), KNOWN, tmp_path_factory.mktemp("taught") / "model")


def teach(model: Path, stream: Stream, place: Path) -> Path:
    """Teach a model the base of a stream, and save it."""
    from cltool.experiments import resolve
    from cltool.experiments.base_model import prepare
    from cltool.lm.language_model import save_checkpoint

    tables = {"model": {"name": str(model), "device": "cpu", "teach_base": True}}
    lm, _ = prepare(stream, resolve.resolve("naive", tables))
    save_checkpoint(lm, place)
    return place


@pytest.fixture
def place(taught_model: Path, tmp_path: Path) -> Place:
    """A folder for files, and the model."""
    return Place(tmp_path, taught_model)
