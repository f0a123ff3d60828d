"""What was found out of a model is kept, and used only where nothing has changed since."""

from __future__ import annotations

import ast
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import cltool
from cltool.audit import audit as auditing
from cltool.audit import findings
from cltool.audit.attacks.settings import AuditSettings
from cltool.audit.findings import BASE, ModelState, Scope
from cltool.audit.request import AuditRequest
from cltool.cli.main import main
from cltool.core.digests import write_digests
from cltool.experiments import resolve, run
from cltool.reporting.audit_data import audit_data
from cltool.runs.run import Run

from .test_audit import ASSIGNED, FACTS, QUICK, SETTINGS, write


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory, checkpoint: Callable[[str], Path]) -> Path:
    """``facts.jsonl`` and four runs over it; of ``kept`` every step is kept."""
    place = tmp_path_factory.mktemp("kept")
    stream = resolve.open_stream(str(write(place / "facts.jsonl", FACTS)))
    tables = {
        "model": {"name": str(checkpoint("llama")), "device": "cpu"},
        "learner": {"epochs": 1, "lr": 3e-3, "batch_size": 16},
    }
    for name, strategy in (
        ("kept", "naive"),
        ("naive", "naive"),
        ("replay", "replay"),
        ("joint", "joint"),
    ):
        run.run(
            stream,
            strategy=strategy,
            out=place / name,
            settings=tables,
            keep_checkpoints=name == "kept",
        )
    return place


@pytest.fixture
def folder(made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of its own."""
    shutil.copytree(made, tmp_path / "runs")
    monkeypatch.chdir(tmp_path / "runs")
    return tmp_path / "runs"


@pytest.fixture(scope="module")
def found(made: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """The same folder after an audit of ``naive``, and the data of this audit."""
    place = tmp_path_factory.mktemp("audited") / "runs"
    shutil.copytree(made, place)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(place)
        return place, audit("naive")


@pytest.fixture
def audited(
    found: tuple[Path, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> tuple[Path, str]:
    """A copy of its own."""
    shutil.copytree(found[0], tmp_path / "runs")
    monkeypatch.chdir(tmp_path / "runs")
    return tmp_path / "runs", found[1]


@pytest.fixture
def attacked(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """For each attack on a model, whether its weights were attacked."""
    done: list[bool] = []
    plain = findings.attack

    def attack(*arguments: Any, weights: bool = True, **options: Any) -> Any:
        done.append(weights)
        return plain(*arguments, weights=weights, **options)

    monkeypatch.setattr(findings, "attack", attack)
    return done


def audit(name: str, settings: AuditSettings = SETTINGS, **asked: Any) -> str:
    """The data of an audit of a run against ``joint``, as JSON."""
    found = auditing.audit_run(Run.open(name), "joint", settings, AuditRequest(**asked))
    sides = (found.model, found.reference, found.before)
    return json.dumps(audit_data(found)) + repr([repr(side) for side in sides])


@pytest.mark.slow
def test_the_first_audit_attacks_two_models_and_the_answers_of_the_base(
    folder: Path, attacked: list[bool]
) -> None:
    first = audit("kept")
    assert sorted(attacked) == [False, True, True]
    assert audit("kept") == first
    assert len(attacked) == 3


def test_a_second_audit_attacks_nothing_and_gives_the_same_result(
    audited: tuple[Path, str], attacked: list[bool]
) -> None:
    assert audit("naive") == audited[1]
    assert attacked == []
    assert audit("naive", fresh=True) == audited[1]
    assert sorted(attacked) == [False, True, True]


def test_runs_share_findings_of_reference_and_base(
    audited: tuple[Path, str], attacked: list[bool]
) -> None:
    folder, _ = audited
    assert sorted(path.name[:5] for path in (folder / "joint" / "audit").iterdir()) == [
        "base-",
        "step-",
    ]
    audit("replay")
    assert attacked == [True]
    assert len(list((folder / "replay" / "audit").iterdir())) == 1


def test_the_command_reuses_findings_without_fresh(
    audited: tuple[Path, str], attacked: list[bool], capfd: pytest.CaptureFixture[str]
) -> None:
    arguments = ["audit", "naive", "--reference", "joint", "--json", *ASSIGNED]
    outputs = []
    for more in ([], ["--fresh"]):
        assert main([*arguments, *more]) == 0
        outputs.append(json.loads(capfd.readouterr().out) | {"command": ""})
    assert outputs[0] == outputs[1]
    assert len(attacked) == 3


CHANGES: dict[str, Callable[[Path], dict[str, Any]]] = {
    "settings": lambda folder: {"settings": SETTINGS.model_copy(update={"samples": 4})},
    "facts": lambda folder: {
        "forget": write(
            folder / "f.jsonl", [{"subject": "Town 1", "relation": "mayor", "object": "Ada 1x"}]
        )
    },
}


@pytest.mark.parametrize("name", [pytest.param("settings", marks=pytest.mark.slow), "facts"])
def test_other_questions_are_asked_again(
    name: str, audited: tuple[Path, str], attacked: list[bool]
) -> None:
    audit("naive", **CHANGES[name](audited[0]))
    assert len(attacked) == 3


def test_other_weights_are_attacked_again(audited: tuple[Path, str], attacked: list[bool]) -> None:
    folder, _ = audited
    here, there = (folder / name / "checkpoints" / "step-002" for name in ("naive", "replay"))
    shutil.copy(there / "model.safetensors", here / "model.safetensors")
    (here / "digests.json").unlink()
    write_digests(here, Run(folder / "naive").owner(2))
    audit("naive")
    assert attacked == [True]


def test_a_file_of_general_text_is_identified_by_its_content(folder: Path) -> None:
    text = folder / "text.txt"
    scope = Scope(
        resolve.open_stream("facts.jsonl"), 2, AuditSettings.model_validate(QUICK | {"text": text})
    )
    digests = []
    for words in ("one", "two", "one"):
        text.write_text(words, encoding="utf-8")
        digests.append(Scope(scope.stream, 2, scope.settings).digest)
    assert digests[0] == digests[2] != digests[1]


def test_settings_of_verdicts_cause_no_new_attack() -> None:
    stream = resolve.open_stream(
        "world", {"entities": 8, "updates": 2, "changed": 2, "new": 1, "forgotten": 1}
    )
    wide = AuditSettings.model_validate(QUICK | {"tolerances": {"greedy": 0.5}, "confidence": 0.5})
    assert Scope(stream, 2, SETTINGS).digest == Scope(stream, 2, wide).digest
    assert Scope(stream, 1, SETTINGS).digest != Scope(stream, 2, SETTINGS).digest


def test_steps_strategies_and_kinds_of_attack_have_keys_of_their_own(folder: Path) -> None:
    scope = Scope(resolve.open_stream("facts.jsonl"), 2, SETTINGS)
    naive, replay, kept = (Run.open(name) for name in ("naive", "replay", "kept"))
    sides = [
        ModelState(naive, 2, naive.folder),
        ModelState(naive, 2, naive.folder, weights=False),
        ModelState(replay, 2, replay.folder),
        ModelState(kept, 1, kept.folder),
        ModelState(naive, BASE, naive.folder, weights=False),
    ]
    assert len({side.key(scope) for side in sides}) == len(sides)
    other = ModelState(replay, BASE, replay.folder, weights=False)
    assert other.key(scope) == sides[-1].key(scope)


def test_damaged_findings_are_attacked_again(
    audited: tuple[Path, str], attacked: list[bool]
) -> None:
    folder, first = audited
    (file,) = (folder / "naive" / "audit").iterdir()
    file.write_text(file.read_text("utf-8")[:100], encoding="utf-8")
    assert audit("naive") == first
    assert attacked == [True]


def test_other_code_attacks_again(
    audited: tuple[Path, str], attacked: list[bool], monkeypatch: pytest.MonkeyPatch
) -> None:
    audit("naive")
    assert attacked == []
    monkeypatch.setattr(findings, "_code", lambda: "of another commit")
    audit("naive")
    assert len(attacked) == 3


def test_every_module_that_attacks_depend_on_is_there() -> None:
    here = Path(cltool.__file__).parent
    assert all((here / place).exists() for place in findings.CODE)
    assert all((here / "audit" / "measures" / name).is_file() for name in findings.JUDGES)


APART = {"choice", "likely_names", "ledger"}
"""Modules of `cltool.evaluation` that change no attack: its prober compares no objects (`choice`),
and it takes only names of columns from the ledger."""


def test_the_digest_covers_every_module_of_evaluation_that_attacks_use() -> None:
    here = Path(cltool.__file__).parent
    listed = [here / place for place in findings.CODE]
    files = [file for place in listed for file in sorted([place, *place.rglob("*.py")])]
    used = set[str]()
    for file in (file for file in files if file.suffix == ".py"):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module == "cltool.evaluation":
                used |= {one.name for one in node.names}
            elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith(
                "cltool.evaluation."
            ):
                used.add((node.module or "").split(".")[2])
    assert {"prober", "limits"} <= used
    covered = {file.stem for file in files if file.parent == here / "evaluation"}
    assert sorted(used - APART - covered) == []
