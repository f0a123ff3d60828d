"""An update is shipped as a folder that anyone can load, or refused, and nothing is written."""

from __future__ import annotations

import json
import shutil
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import cltool
from cltool.cli import main
from cltool.core.errors import UserError
from cltool.experiments.update import publish as publishing
from cltool.experiments.update.history import History
from cltool.experiments.update.update import Outcome
from cltool.runs.run import Run

from .conftest import KNOWN, Place

pytestmark = pytest.mark.slow

BASE, FIRST, SECOND = (KNOWN.updates[step].learn for step in range(3))
MIX: dict[str, Any] = {"model": {"device": "cpu"}, "strategy": {"replay": {"mix": 4}}}
REQUIRE = "new>=0.9, protected>=0.8, retained>=0.5"


def files(folder: Path) -> dict[str, bytes]:
    """Return the content of every file of a folder."""
    found = sorted(one for one in folder.rglob("*") if one.is_file())
    return {str(one.relative_to(folder)): one.read_bytes() for one in found}


def without_history(found: dict[str, bytes]) -> dict[str, bytes]:
    """Return the files without those of the history."""
    return {name: one for name, one in found.items() if not name.startswith("cltool/history/")}


def said(folder: Path, prompt: str) -> str:
    """Return what `transformers` alone lets a model say."""
    from transformers import AutoModelForCausalLM, AutoTokenizer

    model: Any = AutoModelForCausalLM.from_pretrained(folder)
    tokenizer: Any = AutoTokenizer.from_pretrained(folder)
    ids = tokenizer(prompt, return_tensors="pt").input_ids
    out = model.generate(ids, max_new_tokens=12, do_sample=False)[0, ids.shape[1] :]
    return str(tokenizer.decode(out, skip_special_tokens=True)).strip()


@pytest.fixture(scope="module")
def home(taught_model: Path, tmp_path_factory: pytest.TempPathFactory) -> Place:
    """A folder in which one model is updated twice."""
    return Place(tmp_path_factory.mktemp("updates"), taught_model)


@pytest.fixture(scope="module")
def first(home: Place) -> Outcome:
    facts, keep = home.file("facts.jsonl", FIRST[3:]), home.file("keep.jsonl", BASE[:6])
    return cltool.update(
        home.model, facts, protect=keep, wordings=home.wordings, out=home.folder / "updated",
        require=REQUIRE, settings=MIX,
    )  # fmt: skip


@pytest.fixture(scope="module")
def once(first: Outcome) -> dict[str, bytes]:
    """The files of the model after the first update."""
    assert first.folder is not None
    return files(first.folder)


@pytest.fixture(scope="module")
def twice(first: Outcome, once: dict[str, bytes], home: Place) -> Path:
    """The folder after the second update, which supersedes a fact of the first one."""
    assert first.folder is not None
    facts = home.file("next.jsonl", [SECOND[2]])
    outcome = cltool.update(first.folder, facts, require=REQUIRE, settings=MIX)
    assert outcome.record["version"] == 2
    assert outcome.folder is not None
    return outcome.folder


def test_a_shipped_update_is_an_ordinary_checkpoint_with_its_card(
    home: Place, first: Outcome, once: dict[str, bytes]
) -> None:
    assert first.shipped
    assert {"config.json", "model.safetensors", "tokenizer.json", "README.md"} <= once.keys()
    card = once["README.md"].decode()
    assert card.startswith("---\nlibrary_name: transformers\n")
    assert f"| {FIRST[3].subject}, capital | {FIRST[3].object} |" in card
    assert "| protected>=0.8 | 1.000 | all were asked | 6 | 0 | 0 | pass |" in card
    assert [one for one in home.folder.iterdir() if one.name.startswith(".")] == []


def test_the_next_update_goes_on_from_the_strategys_state(twice: Path) -> None:
    run = Run.open(twice / "cltool" / "run")
    assert run.steps_done() == 3
    assert run.record["labels"] == ["base", "1", "2"]
    scores = run.metrics()
    assert scores["new"].iloc[-1] == 1.0
    assert scores["stale"].iloc[-1] == 0.0
    assert said(twice, f"The capital of {SECOND[2].subject} is") == f"{SECOND[2].object}."


def test_a_run_of_an_updated_model_is_opened_like_any_other(twice: Path) -> None:
    from cltool.experiments.restore import stream_of

    run = Run.open(twice / "cltool" / "run")
    stream = stream_of(run)
    assert [len(update.learn) for update in stream] == [6, 2, 1]


def test_history_diff_and_rollback(
    twice: Path, once: dict[str, bytes], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main.main(["history", str(twice), "--json"]) == 0
    listed = json.loads(capsys.readouterr().out)
    assert [(one["version"], one["parent"], one["current"]) for one in listed] == [
        (0, None, False), (1, 0, False), (2, 1, True),
    ]  # fmt: skip
    assert all(one["can_be_restored"] for one in listed)
    assert main.main(["diff", str(twice), "--from", "1", "--to", "2", "--json"]) == 0
    flips = json.loads(capsys.readouterr().out)
    assert [[one["subject"], one["relation"], one["kind"]] for one in flips] == [
        [SECOND[2].subject, "capital", "replaced"]
    ]
    after = files(twice)
    assert main.main(["rollback", str(twice), "--to", "1"]) == 0
    again = files(twice)
    kept = {name: one for name, one in again.items() if not name.startswith("cltool/history/")}
    assert kept == {
        name: one for name, one in once.items() if not name.startswith("cltool/history/")
    }
    assert main.main(["rollback", str(twice), "--to", "2"]) == 0
    assert files(twice) == after
    capsys.readouterr()


def test_what_did_not_change_is_stored_once(twice: Path) -> None:
    history = History(twice)
    first, second = history.version(1), history.version(2)
    name = "cltool/run/answers/step-001.parquet"
    assert first.files[name] == second.files[name]
    # The strategy's state has the weights of the model once more: nothing but their names.
    state = second.state["model.safetensors"]
    assert (
        history.store.bytes_of(state)
        < history.store.bytes_of(second.files["model.safetensors"]) / 2
    )


def test_a_damaged_object_is_not_restored(twice: Path, tmp_path: Path) -> None:
    history = History(twice)
    name = history.version(1).files["config.json"]
    file = history.store.folder / name[:2] / name
    before = file.read_bytes()
    file.unlink()
    file.write_bytes(before + b" ")
    with pytest.raises(UserError, match="is damaged"):
        history.store.get_tree(history.version(1).files, tmp_path)
    file.write_bytes(before)


def test_promote_moves_a_name(twice: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    name = tmp_path / "production"
    assert main.main(["promote", str(twice), "production", "--version", "1"]) == 0
    first = name.resolve()
    assert main.main(["promote", str(twice), "production"]) == 0
    assert name.resolve() != first
    assert first.is_dir()  # servers may still read it
    assert said(name, f"The capital of {SECOND[2].subject} is") == f"{SECOND[2].object}."
    assert not (name / "cltool").exists()
    assert main.main(["promote", str(twice), "production"]) == 0
    assert not first.exists()


def test_a_version_of_another_model_is_not_taken_for_the_promoted_one(
    twice: Path, tmp_path: Path
) -> None:
    other, name = tmp_path / "other", tmp_path / "production"
    shutil.copytree(twice, other)
    card, history = other / "README.md", History(other)
    card.write_text("another model")
    second = history.version(2)
    content = {**second.files, card.name: history.store.put(card)}
    history.add(replace(second, files=content))
    assert main.main(["promote", str(twice), str(name)]) == 0
    assert main.main(["promote", str(other), str(name)]) == 0
    assert (name / "README.md").read_text() == "another model"


def test_a_card_that_was_edited_in_place_leaves_the_history_as_it_was(
    twice: Path, tmp_path: Path
) -> None:
    place = tmp_path / "updated"
    shutil.copytree(twice, place)
    before = files(place)
    assert main.main(["rollback", str(place), "--to", "1"]) == 0
    assert main.main(["rollback", str(place), "--to", "2"]) == 0
    with (place / "README.md").open("a") as card:
        card.write("my notes")
    assert main.main(["rollback", str(place), "--to", "2"]) == 0
    assert files(place) == before


def test_export_writes_a_checkpoint_without_cltools_files(twice: Path, tmp_path: Path) -> None:
    out = tmp_path / "served"
    assert main.main(["export", str(twice), "--to", "merged", "--out", str(out)]) == 0
    assert (out / "model.safetensors").read_bytes() == (twice / "model.safetensors").read_bytes()
    assert not (out / "cltool").exists()
    assert main.main(["export", str(twice), "--to", "merged", "--out", str(out)]) == 2


def test_export_calls_the_converter_of_llama_cpp(
    twice: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    program, out = tmp_path / "convert.py", tmp_path / "model"
    monkeypatch.setenv("CLTOOL_GGUF_CONVERTER", str(program))
    command = ["export", str(twice), "--to", "gguf", "--out", str(out)]
    assert main.main(command) == 2
    assert "CLTOOL_GGUF_CONVERTER" in capsys.readouterr().err
    write = "import pathlib, sys\n_, model, _, out = sys.argv\nout = pathlib.Path(out)\n"
    program.write_text(write + "out.write_text('half')\nsys.exit('unknown architecture')\n")
    assert main.main(command) == 2
    assert "unknown architecture" in capsys.readouterr().err
    assert not out.exists()
    program.write_text(write + "out.write_bytes(open(model + '/config.json', 'rb').read())\n")
    assert main.main(command) == 0
    assert out.read_bytes() == (twice / "config.json").read_bytes()
    assert {one.name for one in tmp_path.iterdir()} == {"convert.py", "model"}


def test_a_refused_update_leaves_everything_as_it_was(
    twice: Path, home: Place, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = files(twice)
    (twice.parent / ".updated.update.1.partial").mkdir()  # of a command that was killed
    facts = home.file("third.jsonl", [FIRST[0]])
    junit = tmp_path / "update.xml"
    command = [
        "update",
        str(twice),
        facts,
        "--device",
        "cpu",
        "--require",
        "perplexity<=0.1x, new>=0",
    ]
    assert main.main([*command, "--retry", "1", "--junit", str(junit)]) == 3
    out = capsys.readouterr().out
    assert "REFUSED" in out
    assert "Ways that were tried" in out
    assert files(twice) == before
    assert [one for one in twice.parent.iterdir() if one.name.startswith(".")] == []
    found = {case.get("name"): [one.tag for one in case] for case in ET.parse(junit).getroot()}
    assert found["perplexity<=0.1x"] == ["failure"]
    assert found["new>=0"] == []


@pytest.fixture
def interrupted(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The process ends where the new folder would take its place."""

    def stop(new: Path, place: Path) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(publishing, "replace_folder", stop)
    yield


def test_an_update_that_is_interrupted_at_the_end_changes_nothing(
    twice: Path, home: Place, interrupted: None
) -> None:
    before = files(twice)
    facts = home.file("third.jsonl", [FIRST[0]])
    with pytest.raises(KeyboardInterrupt):
        cltool.update(twice, facts, require="new>=0, retained>=0", settings=MIX)
    assert files(twice) == before
    assert [one for one in twice.parent.iterdir() if one.name.startswith(".")] == []


def test_facts_that_the_model_knows_are_not_taught_again(twice: Path, home: Place) -> None:
    before = files(twice)
    outcome = cltool.update(twice, home.file("known.jsonl", [BASE[0]]), settings=MIX)
    assert outcome.nothing
    assert outcome.shipped
    assert files(twice) == before


def test_an_erased_fact_that_is_still_produced_is_refused(twice: Path, home: Place) -> None:
    before = files(twice)
    erase = home.file("erase.jsonl", [FIRST[4]])
    outcome = cltool.update(twice, forget=erase, strategy="replay", settings=MIX)
    assert not outcome.shipped
    assert outcome.gate is not None
    failed = {check.bound.score: check.value for check in outcome.gate.checks}
    assert failed["erased"] == failed["audit"] == 1.0
    assert {row["subject"] for row in outcome.gate.broken()} == {FIRST[4].subject}
    assert files(twice) == before


def test_lora_ships_an_adapter_that_peft_loads(home: Place, tmp_path: Path) -> None:
    from peft import AutoPeftModelForCausalLM

    quick: dict[str, Any] = {"model": {"device": "cpu"}, "learner": {"epochs": 2}}
    facts, keep = home.file("facts.jsonl", FIRST[3:]), home.file("keep.jsonl", BASE[:2])
    outcome = cltool.update(
        home.model, facts, protect=keep, wordings=home.wordings, out=tmp_path / "lora",
        strategy="lora", require="new>=0, protected>=0", settings=quick,
    )  # fmt: skip
    folder = outcome.folder
    assert folder is not None
    assert "library_name: peft" in (folder / "README.md").read_text()
    assert not (folder / "model.safetensors").exists()
    base = AutoPeftModelForCausalLM.from_pretrained(folder).peft_config["default"]
    assert base.base_model_name_or_path == str(home.model)
    facts = home.file("next.jsonl", [SECOND[2]])
    again = cltool.update(
        folder, facts, require="new>=0, protected>=0, retained>=0", settings=quick
    )
    assert again.record["version"] == 2
    assert again.attempts[0].way.goes_on
    out = tmp_path / "merged"
    assert main.main(["export", str(folder), "--to", "merged", "--out", str(out)]) == 0
    assert (out / "model.safetensors").is_file()


def test_a_folder_that_holds_something_else_is_refused(home: Place, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    facts = home.file("facts.jsonl", FIRST[3:])
    with pytest.raises(UserError, match="holds no model that cltool update wrote"):
        cltool.update(home.model, facts, out=tmp_path)
    with pytest.raises(UserError, match="no folder is named"):
        cltool.update(home.model, facts)
    with pytest.raises(UserError, match="there is no option 'outt'"):
        cltool.update(home.model, facts, outt=tmp_path)


def test_protect_writes_what_the_model_answers(
    home: Place, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    unknown = replace(BASE[0], subject="Land 99")
    facts, out = home.file("some.jsonl", [*BASE[:3], unknown]), tmp_path / "keep.jsonl"
    command = ["protect", str(home.model), "--from", facts, "--wordings", home.wordings]
    assert main.main([*command, "--device", "cpu", "--out", str(out), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["known"] == 3
    rows = [json.loads(line) for line in out.read_text().splitlines()]
    assert [row["subject"] for row in rows] == [fact.subject for fact in BASE[:3]]


def test_init_ci_writes_a_workflow(tmp_path: Path) -> None:
    import yaml

    file = tmp_path / "flow.yml"
    command = ["init", "ci", "--facts", "week: 1.jsonl", "--out", str(file)]
    assert main.main(command) == 0
    flow = yaml.safe_load(file.read_text())
    assert flow["jobs"]["update"]["env"]["FACTS"] == "week: 1.jsonl"
    assert main.main(command) == 2
