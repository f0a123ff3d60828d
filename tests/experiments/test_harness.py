"""``--lm-eval``: a model is evaluated after its last step, and nothing of the run is ever lost."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pandas as pd
import pytest

from cltool.cli.main import main
from cltool.core import exit_codes
from cltool.core.errors import UserError
from cltool.core.progress import Progress
from cltool.evaluation.harness import Asking, Harness, named
from cltool.experiments import run as experiment
from cltool.experiments.compare import compare
from cltool.experiments.harness import Evaluation
from cltool.reporting.report_data import page_data
from cltool.reporting.report_page import render
from cltool.runs.run import Run

from ..chat_models import write_chat_model
from ..conftest import LoadLM, make_stream
from ..in_process import run_tasks

PACKAGE = Path(__file__).parents[1] / "harness_package"


@pytest.fixture(autouse=True)
def lm_eval(monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    """The package that stands for lm-eval."""
    _forget()
    monkeypatch.syspath_prepend(PACKAGE)
    import lm_eval

    yield lm_eval
    _forget()


def _forget() -> None:
    for name in [one for one in sys.modules if one.partition(".")[0] == "lm_eval"]:
        del sys.modules[name]


@pytest.fixture
def command(
    checkpoint: Callable[[str], Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> list[str]:
    """A run of one update."""
    monkeypatch.chdir(tmp_path)
    rows = [
        {"subject": "Orlen", "relation": "capital", "object": "Bako", "update": 0},
        {"subject": "Tarn", "relation": "capital", "object": "Dela", "update": 1},
    ]
    Path("facts.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    return [
        "run", "--scenario", "facts.jsonl", "--model", str(checkpoint("llama")), "--device", "cpu",
        "--general", "off", "--set", "learner.epochs=1", "--set", "learner.lr=1e-2", "--out", "run",
    ]  # fmt: skip


def test_what_was_measured_is_in_files_tables_json_and_on_the_page(
    command: list[str], capfd: pytest.CaptureFixture[str], lm_eval: ModuleType
) -> None:
    ask = [*command, "--lm-eval", "capitals,pair", "--lm-eval-limit", "7"]
    assert main(ask) == exit_codes.DONE
    printed = capfd.readouterr()
    assert "to stdout" not in printed.out and "42/100" not in printed.err
    row = next(line.split() for line in printed.out.splitlines() if line.startswith("capitals"))
    done = Run.open("run")
    table = done.lm_eval
    assert list(table["task"]) == ["capitals"] * 2 + ["first"] * 2 + ["second"] * 2
    value = float(table["value"][0])
    assert row[:2] == ["capitals", "acc"] and row[-1] == "7"
    assert (table["n"] == 7).all() and (table["limit"] == 7).all()
    assert table["metric"][1] == "em (strict)" and pd.isna(table["value"][1])
    steps = done.metrics()["lm_eval.capitals.acc"]
    assert pd.isna(steps.loc[0]) and steps.loc[1] == value
    assert done.summary()["lm_eval.second.acc"] == value
    assert "lm_eval.capitals.acc" not in done.summary(until=0)
    page = render(page_data([done]))
    assert "Evaluation by lm-eval" in page and "capitals: acc ↑ (7 documents)" in page
    assert len(lm_eval.CALLS) == 2
    assert main([*ask, "--json"]) == exit_codes.DONE
    found = json.loads(capfd.readouterr().out)
    assert found["lm_eval"][0]["value"] == found["summary"]["lm_eval.capitals.acc"] == value
    assert found["lm_eval"][0]["stderr"] == 1 / 3 and found["lm_eval"][1]["value"] is None
    assert len(lm_eval.CALLS) == 2, "a second command evaluates nothing"


def test_a_finished_run_is_evaluated_later_without_training(
    command: list[str], lm_eval: ModuleType
) -> None:
    assert main(command) == exit_codes.DONE
    steps = Path("run/steps.jsonl").read_bytes()
    assert Run.open("run").lm_eval.empty
    assert main([*command, "--lm-eval", "capitals"]) == exit_codes.DONE
    trained = Run.open("run").lm_eval["value"][0]
    assert Path("run/steps.jsonl").read_bytes() == steps
    assert main([*command, "--lm-eval", "capitals", "--lm-eval-limit", "3"]) == exit_codes.DONE
    assert Run.open("run").lm_eval["n"].tolist() == [3, 3]
    base = [*command, "--strategy", "frozen", "--out", "base", "--lm-eval", "capitals"]
    assert main(base) == exit_codes.DONE
    assert Run.open("base").lm_eval["value"][0] != trained, "the model of the last step is asked"
    again = [*command, "--fresh", "--lm-eval", "currencies"]
    assert main(again) == exit_codes.DONE
    assert set(Run.open("run").lm_eval["task"]) == {"currencies"}
    assert Run.open("run").lm_eval["value"][0] == trained


@pytest.mark.parametrize(
    ("tasks", "words"),
    [
        ("offline", "no network"),
        ("capital", "Did you mean 'capitals'?"),
        ("coding", "run code that the model writes"),
        ("capitals,capitals", "named twice"),
        ("own.yaml", "no such file"),
        ("own/", "no such folder"),
        (",", "no task is named"),
    ],
)
def test_a_task_that_cannot_be_opened_is_refused_before_training(
    command: list[str], capfd: pytest.CaptureFixture[str], tasks: str, words: str
) -> None:
    assert main([*command, "--lm-eval", tasks]) == exit_codes.BAD_INPUT
    assert words in capfd.readouterr().err
    assert not Path("run/answers").exists()


def test_without_the_package_a_message_says_how_to_install_it(
    command: list[str], capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    _forget()
    monkeypatch.setitem(sys.modules, "lm_eval", None)
    assert main([*command, "--lm-eval", "capitals"]) == exit_codes.BAD_INPUT
    assert 'pip install "cltool[lm-eval]"' in capfd.readouterr().err
    assert not Path("run/answers").exists()
    assert main([*command, "--lm-eval-limit", "3"]) == exit_codes.BAD_INPUT
    assert "without --lm-eval" in capfd.readouterr().err


def test_a_task_that_fails_later_loses_nothing_and_is_evaluated_by_the_same_command(
    command: list[str], capfd: pytest.CaptureFixture[str], lm_eval: ModuleType
) -> None:
    lm_eval.BROKEN.append("currencies")
    ask = [*command, "--lm-eval", "currencies,capitals"]
    assert main(ask) == exit_codes.SOME_FAILED
    assert "cannot evaluate currencies" in capfd.readouterr().out
    broken = Run.open("run")
    assert broken.record["status"] == "finished"
    assert set(broken.lm_eval["task"]) == {"capitals"}
    assert any("Give the same command again" in text for text in broken.record["warnings"])
    lm_eval.BROKEN.clear()
    assert main(ask) == exit_codes.DONE
    mended = Run.open("run")
    assert set(mended.lm_eval["task"]) == {"capitals", "currencies"}
    assert not any("lm-eval" in text for text in mended.record["warnings"])
    evaluated = [call["tasks"][0] for call in lm_eval.CALLS]
    assert evaluated == ["currencies", "capitals", "currencies"]


def test_what_was_told_of_a_task_stays_while_others_are_evaluated(
    command: list[str], lm_eval: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    def told(*words: str) -> list[bool]:
        warnings = " ".join(Run.open("run").record["warnings"])
        return [word in warnings for word in words]

    alone = "without the facts that in_context puts before prompts"
    ask = [*command, "--strategy", "in_context", "--lm-eval"]
    lm_eval.BROKEN.append("currencies")
    assert main([*ask, "currencies"]) == exit_codes.SOME_FAILED
    assert told("evaluate currencies", alone) == [True, False], "nothing was asked"

    def stopped(*results: Any) -> None:
        raise RuntimeError("stopped")

    with monkeypatch.context() as patch:
        patch.setattr("cltool.runs.harness.write", stopped)
        assert main([*ask, "capitals"]) != exit_codes.DONE
    assert told("evaluate currencies", alone) == [True, True], "told before there are results"
    assert main([*ask, "capitals"]) == exit_codes.DONE
    assert told("evaluate currencies", alone) == [True, True]
    lm_eval.BROKEN.clear()
    assert main([*ask, "currencies"]) == exit_codes.DONE
    assert told("evaluate currencies", alone) == [False, True]
    assert sum("asked the model alone" in one for one in Run.open("run").record["warnings"]) == 1


def test_results_go_when_the_last_step_is_made_again(command: list[str]) -> None:
    assert main([*command, "--lm-eval", "capitals"]) == exit_codes.DONE
    shutil.rmtree("run/checkpoints/step-001")
    assert main([*command, "--lm-eval", "currencies"]) == exit_codes.DONE
    assert set(Run.open("run").lm_eval["task"]) == {"currencies"}


@pytest.mark.parametrize("training", [True, False])
def test_the_model_of_the_run_stays_as_it_was(
    load_lm: LoadLM, lm_eval: ModuleType, training: bool
) -> None:
    lm, tasks = load_lm("llama"), named(["capitals", "currencies"])
    lm.model.train(training)
    tokens, vocabulary = lm.coder.tokenizer.special_tokens_map, lm.coder.tokenizer.get_vocab()
    harness = Harness(tasks)
    assert harness.evaluate(lm, tasks[0], Asking())["rows"]
    lm_eval.BROKEN.append("currencies")
    assert lm.model.training is training
    with pytest.raises(RuntimeError):
        harness.evaluate(lm, tasks[1], Asking())
    assert lm.model.training is training
    assert lm.coder.tokenizer.special_tokens_map == tokens
    assert lm.coder.tokenizer.get_vocab() == vocabulary
    asked = lm_eval.CALLS[0]["model"]
    assert asked.model is lm.model and asked.tokenizer.pad_token == "<|pad|>"
    assert (asked.max_length, asked.mixed_precision_dtype) == (lm.context, None)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (None, "no effect without --lm-eval"),
        (Evaluation("capitals", 3), "an Evaluation has a limit of its own"),
    ],
)
def test_a_limit_that_has_no_effect_is_refused(
    given: Evaluation | None, message: str, tmp_path: Path
) -> None:
    with pytest.raises(UserError, match=message):
        experiment.run(make_stream(4), lm_eval=given, lm_eval_limit=5, out=tmp_path / "run")
    assert not (tmp_path / "run").exists()


def test_results_that_were_changed_are_refused(command: list[str]) -> None:
    ask = [*command, "--lm-eval", "capitals"]
    assert main(ask) == exit_codes.DONE
    file = Path("run/lm_eval.json")
    file.write_text(file.read_text().replace('"n": 100', '"n": 900'))
    with pytest.raises(UserError, match=r"lm_eval\.json"):
        _ = Run.open("run").lm_eval
    file.unlink()
    assert main(ask) == exit_codes.DONE
    assert Run.open("run").lm_eval["n"].tolist() == [100, 100]


def test_a_task_of_the_user_is_evaluated_again_if_what_it_uses_changes(tmp_path: Path) -> None:
    folder = tmp_path / "tasks"
    folder.mkdir()
    for name in ("b", "a"):
        (folder / f"{name}.yaml").write_text(f"task: {name}\ndata_files: there/{name}.jsonl")
    first, second = named([f"{folder}/"])
    assert [first.name, second.name] == ["a.yaml", "b.yaml"]

    def changed() -> list[bool]:
        return [named([one.spec]) != [one] for one in (first, second)]

    for name in ("run.log", "b-a.jsonl", "a.jsonl.old"):
        (folder / name).write_text("not used")
    assert changed() == [False, False]
    for name in ("a.jsonl", "a.yaml"):
        (folder / name).write_text(f"{name}: a.jsonl")
        assert changed() == [True, False], name
        first = named([first.spec])[0]
    (folder / "helper.py").write_text("x = 1")
    assert changed() == [True, True]
    assert named(["capitals"])[0].digest == ""


def test_a_report_beside_a_task_of_the_user_evaluates_nothing_again(
    command: list[str], lm_eval: ModuleType
) -> None:
    Path("own.yaml").write_text("task: mine")
    ask = [*command, "--out", "runs/one", "--lm-eval", "own.yaml"]
    for _ in range(2):
        assert main(ask) == exit_codes.DONE
        assert main(["report", "runs/one", "--out", "report.html"]) == exit_codes.DONE
    assert len(lm_eval.CALLS) == 1


def test_a_comparison_shows_what_was_measured_of_each_strategy(
    checkpoint: Callable[[str], Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    lm_eval: ModuleType,
) -> None:
    monkeypatch.setattr("cltool.experiments.compare.run_tasks", run_tasks)
    own = tmp_path / "own.yaml"
    own.write_text("task: mine")
    tables = {
        "model": {"name": str(checkpoint("llama")), "device": "cpu"},
        "learner": {"epochs": 1},
        "general": {"ask": "off"},
    }

    def ask(**options: Any) -> Any:
        return compare(
            make_stream(4), ["frozen", "in_context"], settings=tables, out=tmp_path / "runs",
            lm_eval=[str(own)], **options,
        )  # fmt: skip

    result = ask()
    scores = result.per_seed()
    assert scores["lm_eval.mine.acc"].tolist() == [result.runs[0].lm_eval["value"][0]] * 2
    (group,) = page_data(result.shown)["groups"]
    rows = [(row["strategy"], row["metric"]) for row in group["views"]["harness"]]
    assert ("in_context", "acc") in rows and len(rows) == 4
    warned = ["asked the model alone" in " ".join(run.record["warnings"]) for run in result.runs]
    assert warned == [False, True]
    assert all(run.reused for run in ask().runs)
    assert len(lm_eval.CALLS) == 2
    assert not any(run.reused for run in ask(lm_eval_limit=5).runs)
    with pytest.raises(UserError, match="no network"):
        compare(make_stream(4), ["frozen"], settings=tables, out=tmp_path / "no", lm_eval="offline")
    assert not (tmp_path / "no" / "frozen-seed0").exists()


def test_the_command_of_a_comparison_prints_what_was_measured_and_what_failed(
    command: list[str],
    capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    lm_eval: ModuleType,
) -> None:
    monkeypatch.setattr("cltool.experiments.compare.run_tasks", run_tasks)
    ask = ["compare", *command[1:], "--strategies", "frozen,naive"]
    ask += ["--lm-eval", "capitals,currencies", "--json"]
    lm_eval.BROKEN.append("currencies")
    assert main(ask) == exit_codes.SOME_FAILED
    found = json.loads(capfd.readouterr().out)
    assert found["failed"] == []
    assert {row["task"] for row in found["lm_eval"]} == {"capitals"}
    assert any("cannot evaluate currencies" in text for text in found["doubts"])
    assert main(ask[:-1]) == exit_codes.SOME_FAILED
    printed = capfd.readouterr().out
    (line,) = (line for line in printed.splitlines() if "capitals acc" in line)
    assert "currencies" not in line
    assert "Doubt: " in printed and "cannot evaluate currencies" in printed
    lm_eval.BROKEN.clear()
    assert main(ask) == exit_codes.DONE
    rows = {
        (row["strategy"], row["task"], row["metric"]): row
        for row in json.loads(capfd.readouterr().out)["lm_eval"]
    }
    assert len(rows) == 8
    for strategy in ("frozen", "naive"):
        value = Run.open(f"run/{strategy}-seed0").lm_eval["value"][0]
        one = rows[strategy, "currencies", "acc"]
        assert one["mean"] == value and (one["n"], one["half"]) == (100, None)
        assert rows[strategy, "capitals", "em (strict)"]["mean"] is None


def test_tasks_are_opened_before_the_budget_is_measured(
    command: list[str], capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("compare", "open_tasks"):
        monkeypatch.setattr(f"cltool.experiments.{module}.run_tasks", run_tasks)
    ask = ["compare", *command[1:], "--strategies", "frozen", "--equal", "steps", "--lm-eval"]
    assert main([*ask, "capitals,offline"]) == exit_codes.BAD_INPUT
    assert "no network" in capfd.readouterr().err
    assert not Path("run/budget").exists()
    assert main([*ask, "capitals"]) == exit_codes.DONE
    assert Run.open("run/budget/naive-seed0").lm_eval.empty
    assert not Run.open("run/frozen-seed0").lm_eval.empty


def test_a_chat_model_is_asked_through_its_template(tmp_path: Path, lm_eval: ModuleType) -> None:
    stream = make_stream(4)
    model = {"name": str(write_chat_model(stream, tmp_path / "model")), "device": "cpu"}
    tables = {"model": {**model, "chat": "on", "system": "Be brief."}, "general": {"ask": "off"}}
    seen: list[str] = []
    done = experiment.run(
        stream,
        strategy="frozen",
        out=tmp_path / "run",
        settings=tables,
        lm_eval="capitals",
        progress=Progress(lambda task, done, of, what: seen.append(f"{100 * done // of} {what}")),
    )
    assert "42 frozen: lm-eval capitals" in seen, "what the harness prints becomes progress"
    assert (lm_eval.CALLS[-1]["chat"], lm_eval.CALLS[-1]["system"]) == (True, "Be brief.")
    assert not done.lm_eval.empty
