"""Reads small tables of facts."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from cltool.core.errors import UserError
from cltool.facts.stream import Stream
from cltool.scenarios.own_facts import OwnFacts, OwnFactsConfig

Facts = list[list[tuple[str, str]]]


class Table:
    """Writes a table into a file and reads it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def write(self, name: str, content: str | bytes) -> Path:
        path = self.folder / name
        data = content.encode() if isinstance(content, str) else content
        path.write_bytes(gzip.compress(data) if name.endswith(".gz") else data)
        return path

    def stream(self, path: Path, **options: object) -> Stream:
        return OwnFacts(OwnFactsConfig.model_validate({"path": path, **options})).stream(0)

    def read(self, name: str, content: str | bytes, **options: object) -> Facts:
        """Return (subject, object) of the facts that each update teaches."""
        return self.facts(self.stream(self.write(name, content), **options))

    def facts(self, stream: Stream) -> Facts:
        return [[(fact.subject, fact.object) for fact in update.learn] for update in stream]

    def refused(self, name: str, content: str | bytes, **options: object) -> UserError:
        path = self.write(name, content)
        with pytest.raises(UserError) as caught:
            self.stream(path, **options)
        return caught.value

    def warnings(self, name: str, content: str | bytes, **options: object) -> list[str]:
        return list(self.stream(self.write(name, content), **options).warnings)


@pytest.fixture
def table(tmp_path: Path) -> Table:
    return Table(tmp_path)
