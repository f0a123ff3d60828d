"""A run knows which code of its strategy made it, and is not continued with other code."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from cltool.core.errors import UserError
from cltool.core.registry import Entry
from cltool.experiments import run as experiment
from cltool.experiments.compare import compare
from cltool.experiments.strategy_code import code_of, differences
from cltool.facts.stream import Stream
from cltool.reporting.doubts import doubts
from cltool.runs.groups import group_runs
from cltool.runs.run import Run
from cltool.strategies import STRATEGIES
from cltool.testing.material import NAME, registered
from cltool.training.strategy import Strategy

STRATEGY = '''
"""Pulls nothing."""
from cltool import Strategy
from pull_help import FORCE

class Pull(Strategy):
    """Pulls."""
    trains = False
    def update(self, learner, update):
        learner.log("force", FORCE)
'''


class Extension:
    """A strategy in a file of its own, with a helper beside it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.write()

    def write(self, strategy: str = STRATEGY, helper: str = "FORCE = 1.0\n") -> None:
        """Write both files and load them anew."""
        (self.folder / "pull.py").write_text(strategy, encoding="utf-8")
        (self.folder / "pull_help.py").write_text(helper, encoding="utf-8")
        for name in ("pull", "pull_help"):
            sys.modules.pop(name, None)
        importlib.invalidate_caches()

    @property
    def digest(self) -> str:
        return code_of("pull")["pull"]["digest"]


@pytest.fixture
def extension(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Extension]:
    folder = tmp_path / "extension"
    folder.mkdir()
    monkeypatch.syspath_prepend(str(folder))
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    with STRATEGIES.extended(Entry("pull", "pull:Pull", "pulls")):
        yield Extension(folder)
    for name in ("pull", "pull_help"):
        sys.modules.pop(name, None)


@pytest.fixture
def start(stream: Stream, checkpoint: Callable[[str], Path], tmp_path: Path) -> Callable[..., Run]:
    def go(**options: Any) -> Run:
        return experiment.run(
            stream,
            strategy="pull",
            model=str(checkpoint("llama")),
            settings={"model": {"device": "cpu"}, "probe": {"limit": 2, "max_tokens": 2}},
            out=tmp_path / "run",
            **options,
        )

    return go


def test_other_code_is_refused_unless_it_is_accepted(
    extension: Extension, start: Callable[..., Run]
) -> None:
    done = start()
    assert done.record["code"]["pull"]["digest"] == extension.digest
    extension.write(STRATEGY + "\n# A comment, and a text.\n")
    assert start().record["warnings"] == done.record["warnings"]
    extension.write(helper="FORCE = 2.0\n")
    with pytest.raises(UserError, match="the code of the strategy has changed") as caught:
        start()
    assert "pull: its source files have changed" in str(caught.value)
    assert "--accept-changed-code" in caught.value.hint
    accepted = start(accept_changed_code=True)
    assert accepted.answers.equals(done.answers)
    assert "made with other code of the strategy" in " ".join(accepted.record["warnings"])
    assert start(fresh=True).record["code"]["pull"]["digest"] == extension.digest


def test_a_run_that_goes_on_with_other_code_says_which_steps_are_of_which(
    extension: Extension, start: Callable[..., Run]
) -> None:
    done = start(keep_checkpoints=True)
    (done.folder / "answers" / "step-002.parquet").unlink()
    done.change_record(status="running")
    extension.write(helper="FORCE = 2.0\n")
    again = start(accept_changed_code=True)
    assert "The first 2 steps were made with other code" in " ".join(again.record["warnings"])
    assert again.record["code"]["pull"]["digest"] == extension.digest
    assert start().record == again.record


def test_a_run_that_does_not_record_its_code_is_accepted_with_a_warning(
    extension: Extension, start: Callable[..., Run]
) -> None:
    done = start()
    done.write_record({name: value for name, value in done.record.items() if name != "code"})
    assert "which code made it is not recorded" in " ".join(start().record["warnings"])


def test_runs_of_one_strategy_with_different_code_are_a_doubt(
    extension: Extension, start: Callable[..., Run]
) -> None:
    done = start()
    other = Run(done.folder.with_name("other"))
    code = {"pull": {"digest": "0" * 20, "from": "pull 2.0"}}
    other.write_record({**done.record, "code": code, "seed": 1})
    (done.folder / "answers").rename(other.folder / "answers")
    (done.folder / "steps.jsonl").rename(other.folder / "steps.jsonl")
    (group,) = group_runs([done, other])
    assert "different code of pull" in " ".join(doubts(group))


def test_a_strategy_of_another_version_is_other_code() -> None:
    now = {"pull": {"digest": "a", "from": "cltool-pull 0.2"}}
    before = {"pull": {"digest": "a", "from": "cltool-pull 0.1"}}
    assert differences(before, now) == ["pull: cltool-pull 0.1 in the folder, cltool-pull 0.2 now"]
    built_in = {"ewc": {"digest": "a", "from": "cltool 0.2"}}
    assert differences({"ewc": {"digest": "a", "from": "cltool 0.1"}}, built_in) == []
    assert differences({"ewc": 3, "other": {}}, built_in) == []


def test_common_code_of_built_in_strategies_counts() -> None:
    found = code_of("replay+ewc")
    assert [*found] == ["replay", "ewc"]
    assert all(code["from"].startswith("cltool ") for code in found.values())
    assert found["ewc"]["digest"] != code_of("mas")["mas"]["digest"]


CELL = """
FORCE = (1.0, frozenset("ab"))
class Help:
    @staticmethod
    def give(text):
        return help(text)
def help(text):
    return text, FORCE
class Mine(Strategy):
    trains = False
    def frame(self, prompt):
        def inner():
            return Help.give(prompt)
        return inner()
    @property
    def unused(self):
        return other
"""


def test_a_class_without_a_file_has_a_digest_with_all_that_it_refers_to() -> None:
    def digest(old: str = "", new: str = "") -> str:
        module = ModuleType("no_file")
        module.__dict__.update(Strategy=Strategy, other=[1])
        exec(CELL.replace(old, new) if old else CELL, module.__dict__)  # as a notebook does
        with registered(module.__dict__["Mine"]):
            return code_of(NAME)[NAME]["digest"]

    same = digest()
    assert digest() == same == digest("FORCE =", "more = 1; FORCE =")
    changes = [("1.0", "2.0"), ("text, F", "2 * text, F"), ("= False", "= True"), ("ab", "ac")]
    assert same not in {digest(*change) for change in changes}


def test_a_class_in_place_of_a_name_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="by its name, not as Strategy"):
        experiment.run("world", strategy=Strategy, out=tmp_path)  # type: ignore[arg-type]
    with pytest.raises(UserError, match="a list of names, not one text"):
        compare("world", "naive", out=tmp_path)


def test_a_base_class_counts_however_it_was_imported(extension: Extension) -> None:
    strategy = """import importlib

class Pull(importlib.import_module("pull_help").Base):
    pass
"""
    helper = "from cltool import Strategy\n\nclass Base(Strategy):\n    force = 1.0\n"
    digests = []
    for force in ("1.0", "2.0", "1.0"):
        extension.write(strategy, helper.replace("1.0", force))
        digests.append(extension.digest)
    assert digests[0] == digests[2] != digests[1]
