"""Data sets of the hub: their names, the copy in the cache, and a hub that is out of reach."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest
from huggingface_hub import constants

from cltool.cli.main import main
from cltool.core.errors import UserError
from cltool.experiments.resolve import open_stream
from cltool.facts.files import hub_datasets
from cltool.facts.files.hub_datasets import copy_of, is_id, local_file

ROWS = [
    {"question": "What is the toll of Ambrel?", "answer": "two pennies"},
    {"question": "Who keeps the Ambrel bell?", "answer": "Oda Lint"},
]


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLTOOL_CACHE", str(tmp_path / "cache"))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)


def offered(monkeypatch: pytest.MonkeyPatch, **splits: Any) -> list[tuple[Any, ...]]:
    """Let the hub offer a data set with these splits; return the list of what was asked for."""
    import datasets

    asked: list[tuple[Any, ...]] = []

    def load(name: str, config: str | None, split: str | None) -> Any:
        asked.append((name, config, split))
        made = {key: datasets.Dataset.from_list(rows) for key, rows in splits.items()}
        return made[split] if split else datasets.DatasetDict(made)

    monkeypatch.setattr(hub_datasets, "answers", lambda endpoint: True)
    monkeypatch.setattr(datasets, "load_dataset", load)
    return asked


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("hub:owner/name", True),
        ("hub:squad", True),
        ("owner/name", True),
        ("owner/name:forget10", True),
        ("owner/name.jsonl", False),
        ("there/name", False),
        ("/owner/name", False),
        ("a/b/c", False),
        ("name", False),
    ],
)
def test_names(text: str, expected: bool) -> None:
    Path("there").mkdir()
    assert is_id(Path(text)) == expected


def test_a_data_set_is_read_and_copied_once(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = offered(monkeypatch, train=ROWS)
    for _ in range(2):
        stream = open_stream("hub:owner/name:forget10", {"updates": 1, "format": "qa"})
        assert [len(update.learn) for update in stream] == [1, 1]
        assert stream.source["file"] == "hub:owner/name:forget10"
    assert asked == [("owner/name", "forget10", None)]


def test_the_configuration_tells_what_the_rows_are_for(monkeypatch: pytest.MonkeyPatch) -> None:
    offered(monkeypatch, train=ROWS)
    stream = open_stream("locuslab/TOFU:forget10")
    assert stream.source["format"] == "tofu"
    assert [len(stream.updates[0].learn), len(stream.updates[1].forget)] == [2, 2]


def test_several_splits_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    offered(monkeypatch, forget_qa=ROWS, retain_qa=ROWS)
    with pytest.raises(UserError, match="several splits: forget_qa, retain_qa") as caught:
        local_file(Path("hub:owner/name"))
    assert "hub:owner/name::forget_qa" in caught.value.hint
    assert not copy_of(Path("hub:owner/name")).exists()
    assert local_file(Path("hub:owner/name::forget_qa")).is_file()


def test_a_hub_out_of_reach_fails_with_one_message(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(constants, "ENDPOINT", "http://127.0.0.1:9")
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    assert main(["facts", "show", "hub:owner/name"]) == 2
    assert capsys.readouterr().err.count("the hub does not answer") == 1


def test_without_the_package_the_message_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "datasets", None)
    with pytest.raises(UserError, match="need the package datasets") as caught:
        local_file(Path("hub:owner/name"))
    assert "cltool[datasets]" in caught.value.hint
