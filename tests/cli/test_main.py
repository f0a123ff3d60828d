"""The command line: light to start, clear when it refuses, clean on stdout."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from cltool.cli.main import COMMANDS, main
from cltool.core import exit_codes
from cltool.experiments import compare as comparing
from cltool.runs.run import Run
from cltool.strategies import STRATEGIES

HEAVY = ("torch", "pandas", "pydantic", "avalanche", "transformers")
FACTS = [
    {"subject": "Alden", "relation": "mayor", "new": "Ada Brook", "update": 0},
    {"subject": "Alden", "relation": "judge", "new": "Jon Pell", "update": 0},
    {"subject": "Borley", "relation": "mayor", "new": "Mia Stone", "update": 0},
    {"subject": "Borley", "relation": "judge", "new": "Lee Hart", "update": 0},
    {"subject": "Cresk", "relation": "mayor", "new": "Tom Vale", "update": 0},
    {"subject": "Cresk", "relation": "judge", "new": "Eva Lund", "update": 0},
    {"subject": "Alden", "relation": "mayor", "old": "Ada Brook", "new": "Sam Reed", "update": 1},
    {"subject": "Dunmar", "relation": "mayor", "new": "Nia Frost", "update": 1},
    {"subject": "Borley", "relation": "judge", "new": "Kim Dale", "update": 2},
    {"subject": "Cresk", "relation": "mayor", "forget": True, "update": 2},
]
QUICK = ("--scenario", "facts.jsonl", "--device", "cpu", "--set", "learner.epochs=1")


@dataclass(frozen=True)
class Output:
    """What a command gave back."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


Cltool = Callable[..., Output]


def write_facts(path: Path, rows: list[dict[str, Any]] = FACTS) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


@pytest.fixture
def cltool(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> Cltool:
    """The command line in this process, in a folder of its own with a small ``facts.jsonl``."""
    monkeypatch.chdir(tmp_path)
    write_facts(tmp_path / "facts.jsonl")

    def call(*arguments: str) -> Output:
        capfd.readouterr()
        try:
            code = main(arguments)
        except SystemExit as end:
            code = int(end.code or 0)
        return Output(code, *capfd.readouterr())

    return call


@pytest.fixture(scope="module")
def run_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished run of a small file."""
    folder = tmp_path_factory.mktemp("run")
    facts = write_facts(folder / "facts.jsonl")
    arguments = ["run", *QUICK, "--scenario", str(facts), "--out", str(folder / "naive-seed0")]
    assert main(arguments) == 0
    return folder / "naive-seed0"


def refused(output: Output) -> str:
    """The message of a command that was refused: on stderr only, and no traceback."""
    assert output.code == 2, output
    assert output.out == ""
    assert "Traceback" not in output.err
    assert output.err.count("cltool: ") == 1
    return output.err[output.err.index("cltool: ") :]


# Light.


@pytest.mark.parametrize(
    "arguments",
    [["--help"], ["compare", "--help"], ["--version"], ["list", "strategies"], ["list", "models"]],
    ids=" ".join,
)
def test_nothing_heavy_is_imported(arguments: list[str]) -> None:
    code = (
        "import sys\nfrom cltool.cli.main import main\n"
        f"try:\n    main({arguments!r})\nexcept SystemExit:\n    pass\n"
        f"print('heavy:', *(set(sys.modules) & {set(HEAVY)!r}))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1].strip() == "heavy:"


def test_the_module_is_the_command() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "cltool", "--version"], capture_output=True, text=True, check=False
    )
    assert re.fullmatch(r"cltool \d+\.\d+.*\n", done.stdout), done


CHEAP = {
    "a bad line": ("run --scenario facts.jsonl", "1 bad line"),
    "no run": ("audit nowhere", "there is no run in this folder"),
    "no such step": ("audit run --step 9", "there is no step 9"),
    "no such step of several": ("audit run --step 1,9", "there is no step 9"),
    "a bad list": ("audit run --forget facts.jsonl", "facts.jsonl: 1 bad line"),
    "no list": ("audit --model model --reference other", "--forget: there is no list of the facts"),
    "no reference": ("audit --model model --forget facts.jsonl", "--reference: the model has no"),
}


@pytest.mark.parametrize("name", CHEAP)
def test_cheap_errors_come_before_heavy_imports(name: str, tmp_path: Path) -> None:
    typed, output = CHEAP[name]
    (tmp_path / "facts.jsonl").write_text("{}\n", encoding="utf-8")
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "run.json").write_text('{"labels": ["base", "1"]}', encoding="utf-8")
    code = (
        "import sys\nfrom cltool.cli.main import main\n"
        f"assert main({typed.split()!r}) == 2\n"
        "print('torch' in sys.modules or 'avalanche' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd=tmp_path
    )
    assert done.stdout.strip() == "False", done
    assert output in done.stderr


def test_help_lists_the_commands_and_the_exit_codes(cltool: Cltool) -> None:
    output = cltool("--help")
    assert output.code == exit_codes.DONE
    text = " ".join(output.out.split())
    for code, meaning in exit_codes.MEANINGS.items():
        assert f" {code} {meaning}" in text
    for name in COMMANDS:
        assert re.search(rf"^    {name}\s+\w", output.out, re.M)


# Refusals.

REFUSALS: dict[str, tuple[list[str], list[str]]] = {
    "an unknown strategy": (
        ["run", "--strategy", "nayve"],
        ["unknown strategy 'nayve'", "Did you mean 'naive'", "cltool list strategies"],
    ),
    "an unknown part": (["run", "--strategy", "replay+ewcc"], ["unknown strategy 'ewcc'"]),
    "a part twice": (["run", "--strategy", "ewc+ewc"], ["names a strategy twice"]),
    "an unknown strategy of several": (
        ["compare", "--strategies", "naive,jiont"],
        ["unknown strategy 'jiont'", "Did you mean 'joint'?"],
    ),
    "no strategies": (["compare", "--strategies", ","], ["at least one strategy is needed"]),
    "a strategy twice": (
        ["compare", *QUICK, "--strategies", "naive,frozen,naive"],
        ["a strategy is named twice"],
    ),
    "an unknown scenario": (
        ["run", "--scenario", "leeders"],
        ["unknown scenario 'leeders'", "Did you mean 'leaders'?", "There are: file, leaders"],
    ),
    "a file that is not there": (
        ["run", "--scenario", "none.jsonl"],
        ["none.jsonl: there is no such file", "there are: facts.jsonl."],
    ),
    "a file that is almost there": (
        ["run", "--scenario", "fact.jsonl"],
        ["fact.jsonl: there is no such file", "Did you mean facts.jsonl?"],
    ),
    "a file whose ending alone is near": (
        ["run", "--scenario", "a.jsonl"],
        ["a.jsonl: there is no such file", "there are: facts.jsonl."],
    ),
    "a file in a folder that is not there": (
        ["run", "--scenario", "nowhere/facts.jsonl"],
        ["nowhere/facts.jsonl: there is no such file", "The folder nowhere does not exist either."],
    ),
    "a cut without dates": (["run", *QUICK, "--cut", "year"], ["no line has a date"]),
    "a filter that keeps nothing": (
        ["run", *QUICK, "--where", "relation=king"],
        ["facts.jsonl: no line has relation 'king'", "are: 'mayor', 'judge'."],
    ),
    "an option of another scenario": (
        ["run", "--scenario", "world", "--cut", "year"],
        ["scenario.cut: unknown"],
    ),
    "an assignment without a value": (
        ["run", *QUICK, "--set", "learner.epochs"],
        ["not of the form NAME=VALUE: 'learner.epochs'"],
    ),
    "a value that is also a table": (
        ["run", *QUICK, "--set", "learner.lr=1", "--set", "learner.lr.x=1"],
        ["'learner.lr.x=1' sets a part of a value that has no parts"],
    ),
    "a section that is no table": (
        ["run", *QUICK, "--set", "probe=3", "--set", "strategy=ewc"],
        ["probe, strategy: a table of settings is needed", "--set probe.NAME=VALUE"],
    ),
    "a setting without its section": (
        ["run", *QUICK, "--set", "batch_size=4"],
        ["batch_size: a table of settings is needed", "learner.batch_size or probe.batch_size?"],
    ),
    "a section of a comparison that is no table": (
        ["compare", *QUICK, "--set", "scenario=3"],
        ["scenario: a table of settings is needed"],
    ),
    "an unknown section": (
        ["run", *QUICK, "--set", "lerner.lr=1"],
        ["unknown section: lerner", "Did you mean 'learner'? There are: scenario, model, learner"],
    ),
    "a settings file that is not there": (
        ["run", *QUICK, "--settings", "none.toml"],
        ["none.toml: the settings file does not exist"],
    ),
    "a settings file that is a folder": (
        ["run", *QUICK, "--settings", "."],
        ["there is no run in this folder"],
    ),
    "no seeds": (["compare", *QUICK, "--seeds", "0"], ["--seeds: at least one seed is needed"]),
    "no workers": (["compare", *QUICK, "--workers", "0"], ["--workers: at least one worker"]),
    "a model that is not there": (
        ["run", *QUICK, "--model", "./none"],
        ["./none: the model cannot be used", "hub name"],
    ),
    "a device that is not there": (
        ["run", *QUICK, "--device", "gpu9"],
        ["the device 'gpu9' cannot be used", "Use cpu, cuda"],
    ),
    "an arithmetic that is not there": (["run", *QUICK, "--dtype", "f8"], ["unknown dtype 'f8'"]),
    "a method that PEFT does not have": (
        ["run", *QUICK, "--strategy", "lora", "--set", "strategy.lora.peft=LARO"],
        ["strategy.lora.peft: PEFT has no method 'LARO'", "IA3", "LORA"],
    ),
    "an option that PEFT refuses": (
        ["run", *QUICK, "--strategy", "lora", "--set", "strategy.lora.options.no_such=1"],
        ["PEFT refuses LORA", "no_such"],
    ),
    "strategies that exclude each other": (
        ["run", *QUICK, "--strategy", "joint+frozen"],
        ["joint and frozen cannot be composed"],
    ),
    "strategies that exclude each other, among others": (
        ["compare", *QUICK, "--strategies", "naive,joint+frozen"],
        ["joint and frozen cannot be composed"],
    ),
    "a family where one strategy is asked for": (
        ["run", *QUICK, "--strategy", "replay+regularisation"],
        ["'regularisation' is a family", "cltool compare --strategies regularisation"],
    ),
    "a list where one strategy is asked for": (
        ["run", *QUICK, "--strategy", "replay,ewc"],
        ["'replay,ewc' is more than one strategy", "plus sign"],
    ),
    "a family that is almost there": (
        ["compare", *QUICK, "--strategies", "naive,regularization"],
        ["unknown strategy or family 'regularization'", "Did you mean 'regularisation'?"],
    ),
    "two families composed": (
        ["compare", *QUICK, "--strategies", "unlearning+rehearsal"],
        ["composes 2 families", "unlearning+replay"],
    ),
    "a family composed with nothing known": (
        ["compare", *QUICK, "--strategies", "unlearning+replai"],
        ["unknown strategy 'replai'"],
    ),
    "a checkpoint of no step": (
        ["compare", *QUICK, "--strategies", "naive", "--keep-checkpoints", "soon"],
        ["--keep-checkpoints: not a list of steps: 'soon'"],
    ),
    "a checkpoint of a step that does not come": (
        ["compare", *QUICK, "--strategies", "naive", "--keep-checkpoints", "1,99"],
        ["there is no step 99"],
    ),
    "settings of a strategy that does not run": (
        ["run", *QUICK, "--strategy", "replay", "--set", "strategy.ewc.lambda=5"],
        ["strategy.ewc: settings of 'ewc' are given", "Strategies that run: replay"],
    ),
    "settings of a strategy that is not compared": (
        ["compare", *QUICK, "--strategies", "naive,replay", "--set", "strategy.ewc.lambda=5"],
        ["strategy.ewc: settings of 'ewc' are given", "Strategies that run: naive, replay"],
    ),
    "a setting of another strategy of the comparison that is misspelt": (
        ["compare", *QUICK, "--strategies", "naive,ewc", "--set", "strategy.ewc.lamda=5"],
        ["strategy.ewc.lamda: unknown; did you mean 'lambda'?"],
    ),
    "a run folder that is a file": (["run", *QUICK, "--out", "facts.jsonl"], ["facts.jsonl"]),
    "no run": (["report", "none"], ["none: there is no run in this folder"]),
    "no run to show": (["show", "none", "Alden"], ["none: there is no run in this folder"]),
    "an unknown family": (
        ["list", "strategies", "--family", "magic"],
        ["--family: no family 'magic'", "adapters", "baselines"],
    ),
}


@pytest.mark.parametrize("case", REFUSALS)
def test_refusals(case: str, cltool: Cltool) -> None:
    arguments, expected = REFUSALS[case]
    message = refused(cltool(*arguments))
    for part in expected:
        assert part in message


def test_wrong_usage_is_refused_too(cltool: Cltool) -> None:
    for arguments in ([], ["rum"], ["run", "--seed", "x"], ["list", "colours"]):
        output = cltool(*arguments)
        assert (output.code, output.out) == (2, "")
        assert "usage: cltool" in output.err


TYPOS = {
    "comapre --seeds 3": ("cltool [", "unknown command 'comapre'. Did you mean 'compare'?"),
    "everything": ("cltool [", "unknown command 'everything'. There are: run, compare,"),
    "compare --strategy=ewc": ("cltool compare", "'--strategy'. Did you mean '--strategies'?"),
    "run --fres": ("cltool run", "unknown option '--fres'. Did you mean '--fresh'"),
    "list models ewc": ("cltool list", "unexpected word 'ewc'."),
    "--json list models": ("cltool [", "unknown option '--json'. The options of a command come"),
}


@pytest.mark.parametrize("typed", TYPOS)
def test_a_misspelt_word_of_the_command_is_guessed(typed: str, cltool: Cltool) -> None:
    usage, told = TYPOS[typed]
    output = cltool(*typed.split())
    assert (output.code, output.out) == (2, "")
    assert output.err.startswith(f"usage: {usage}") and told in output.err.splitlines()[-1]


def test_all_wrong_settings_are_named_at_once(cltool: Cltool) -> None:
    wrong = "learner.lrr=1 learner.epochs=0 strategy.ewc.lamda=1 strategy.nope=3 probe.limit=0"
    assignments = [part for text in wrong.split() for part in ("--set", text)]
    message = refused(cltool("run", *QUICK, "--strategy", "ewc", *assignments))
    assert "5 settings are wrong" in message
    assert "learner.lrr: unknown; did you mean 'lr'?" in message
    assert "learner.epochs = 0: " in message
    assert "strategy.ewc.lamda: unknown; did you mean 'lambda'?" in message
    assert "unknown setting 'nope'" in message
    assert "probe.limit = 0: " in message


def test_every_bad_line_is_named(cltool: Cltool) -> None:
    lines = [json.dumps(row).encode() for row in FACTS]
    lines[1:1] = [
        b'{"subject": "Alden", "new": "Sam Reed", "update": 0}',
        b"{not json",
        b'{"subject": "B\xff", "relation": "mayor", "new": "Sam Reed", "update": 0}',
    ]
    lines.append(b'{"subject": "Cresk", "relation": "judge", "old": "X", "new": "Y", "update": 2}')
    Path("facts.jsonl").write_bytes(b"\n".join(lines))
    for command in ("run", "compare"):
        message = refused(cltool(command, *QUICK))
        assert "4 bad lines" in message
        assert "facts.jsonl:2: relation is missing" in message
        assert "facts.jsonl:3: not JSON" in message
        assert "facts.jsonl:4: not UTF-8" in message
        assert "facts.jsonl:14: old is 'X', but facts.jsonl:9 says 'Eva Lund'" in message
        assert "--skip-bad" in message
    assert not Path("runs").exists()


def test_bad_lines_can_be_left_out_and_are_counted(cltool: Cltool) -> None:
    with Path("facts.jsonl").open("a", encoding="utf-8") as file:
        file.write("{not json\n")
    output = cltool("run", *QUICK, "--strategy", "frozen", "--skip-bad", "--out", "out")
    assert output.code == 0, output.err
    warning, other = Run.open("out").record["warnings"]
    assert "skipped" in warning and "does not erase facts from the weights" in other
    assert Run.open("out").record["stream"]["skipped"][0].startswith("facts.jsonl:11: not JSON")


def test_a_bug_is_one_message_and_keeps_its_traceback_on_request(
    cltool: Cltool, monkeypatch: pytest.MonkeyPatch
) -> None:
    from cltool.cli import list as command

    def broken(options: Any) -> int:
        raise RuntimeError("a bug")

    monkeypatch.setattr(command, "run", broken)
    output = cltool("list", "models")
    assert output.code == 2
    assert "unexpected error" in output.err
    assert "a bug" in output.err
    assert "Traceback" not in output.err
    monkeypatch.setenv("CLTOOL_TRACEBACK", "1")
    with pytest.raises(RuntimeError):
        cltool("list", "models")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interruption_says_how_to_resume(
    number: int, cltool: Cltool, monkeypatch: pytest.MonkeyPatch
) -> None:
    from cltool.cli import run as command

    def interrupted(options: Any) -> int:
        os.kill(os.getpid(), number)
        time.sleep(10)
        return 0

    monkeypatch.setattr(command, "run", interrupted)
    output = cltool("run", "--scenario", "my facts.jsonl")
    assert output.code == 130
    assert "give the same command again: cltool run --scenario 'my facts.jsonl'\n" in output.err
    output = cltool("run", "--fresh", "--seed", "1")
    assert output.code == 130
    assert "with --fresh: cltool run --fresh --seed 1\n" in output.err


def test_a_reader_that_stops_reading_does_not_change_the_exit_code(
    cltool: Cltool, monkeypatch: pytest.MonkeyPatch
) -> None:
    from cltool.cli import list as command
    from cltool.cli import output

    def refuse(options: Any) -> int:
        for _ in range(2):
            output.say("x" * 100_000)
        return 3

    monkeypatch.setattr(command, "run", refuse)
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "w") as closed:
        monkeypatch.setattr(sys, "stdout", closed)
        assert main(["list", "models"]) == 3
        monkeypatch.undo()


# Results.


def test_another_run_in_the_folder_is_refused(cltool: Cltool, run_folder: Path) -> None:
    scenario = str(run_folder.parent / "facts.jsonl")
    same = ["run", *QUICK, "--scenario", scenario, "--out", str(run_folder)]
    before = (run_folder / "run.json").read_bytes()
    message = refused(cltool(*same, "--set", "learner.epochs=3", "--seed", "4"))
    assert "the folder holds a run with other settings" in message
    assert "learner.epochs: 1 in the folder, 3 requested" in message
    assert "seed: 0 in the folder, 4 requested" in message
    assert "--fresh" in message
    assert (run_folder / "run.json").read_bytes() == before


def test_a_finished_run_is_shown_again(cltool: Cltool, run_folder: Path) -> None:
    scenario = str(run_folder.parent / "facts.jsonl")
    before = {path: path.stat().st_mtime_ns for path in run_folder.rglob("*")}
    output = cltool("run", *QUICK, "--scenario", scenario, "--out", str(run_folder))
    assert output.code == 0
    assert "retained" in output.out
    assert f"cltool show {run_folder} SUBJECT" in output.out
    assert f"Nothing was run: the run in {run_folder} was finished before." in output.err
    assert {path: path.stat().st_mtime_ns for path in run_folder.rglob("*")} == before


def test_run_prints_json_and_nothing_else(cltool: Cltool) -> None:
    output = cltool("run", *QUICK, "--strategy", "frozen", "--json", "--out", "out", "--seed", "2")
    assert output.code == 0, output.err
    assert set(output.json) == {"folder", "summary", "steps", "warnings", "resurfaced"}
    assert output.json["folder"] == "out"
    assert [row["label"] for row in output.json["steps"]] == ["base", "1", "2"]
    assert output.json["summary"]["tokens"] == 0
    assert output.json["steps"][0]["retained"] is None
    assert "frozen: " in output.err
    assert Run.open("out").seed == 2
    assert "Nothing was run" not in output.err


def test_progress_goes_to_stderr_only(cltool: Cltool) -> None:
    output = cltool("run", *QUICK, "--out", "out")
    assert output.code == 0
    assert re.search(r"^naive: +0% loading libraries$", output.err, re.M)
    assert re.search(r"^naive: 100% naive: after 2$", output.err, re.M)
    assert "%" not in output.out
    others = [line for line in output.err.splitlines() if not re.match(r"naive: +\d+% ", line)]
    assert all(line.startswith("cltool: ") for line in others)
    told = "The strategy does not erase facts from the weights"
    assert others[0].startswith(f"cltool: {told}") and output.out.count(told) == 1


def test_a_warning_is_printed_once_where_stdout_and_stderr_are_one(
    cltool: Cltool, run_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scenario = str(run_folder.parent / "facts.jsonl")
    with Path("all.txt").open("w") as file:
        monkeypatch.setattr(sys, "stdout", file)
        monkeypatch.setattr(sys, "stderr", file)
        cltool("run", *QUICK, "--scenario", scenario, "--out", str(run_folder))
        assert Path("all.txt").read_text().count("does not erase facts from the weights") == 1
        cltool("run", *QUICK, "--scenario", scenario, "--out", str(run_folder), "--json")
    assert (
        "\ncltool: The strategy does not erase facts from the weights"
        in Path("all.txt").read_text()
    )


def test_a_report_with_an_unknown_reference_writes_nothing(
    cltool: Cltool, run_folder: Path
) -> None:
    told = refused(cltool("report", str(run_folder), "--reference", "nayve", "--out", "no.html"))
    assert "'nayve' is no strategy here" in told and not Path("no.html").exists()


def test_report_prints_json_and_nothing_else(cltool: Cltool, run_folder: Path) -> None:
    output = cltool("report", str(run_folder.parent), "--out", "page.html", "--json")
    assert output.code == 0, output.err
    assert output.json["report"] == "page.html"
    assert [row["strategy"] for row in output.json["table"]] == ["naive"]
    assert Path("page.html").read_text(encoding="utf-8").lower().startswith("<!doctype html>")
    assert output.err == ""
    header, row, *others = cltool("report", str(run_folder), "--out", "x.html").out.splitlines()
    assert (header.split()[:2], row.split()[:2]) == (["strategy", "new"], ["naive", "†"])
    assert others[-1] == "The report is in x.html."
    assert all(line.startswith(("Doubt: ", "† ")) for line in others[:-1] if line)


def test_a_reference_that_an_audit_made_is_in_a_report_only_if_it_is_named(
    cltool: Cltool, run_folder: Path
) -> None:
    runs = Path("runs")
    for name in ("naive-seed0", "naive-seed0-retrain"):
        shutil.copytree(run_folder, runs / name)
    made = runs / "naive-seed0-retrain"
    Run(made).change_record(strategy="retrain")
    output = cltool("report", "runs", "--json")
    assert [row["strategy"] for row in output.json["table"]] == ["naive"]
    assert f"{made} is left out: an audit made it as a reference" in output.err
    named = cltool("report", "runs", str(made), "--json")
    assert [row["strategy"] for row in named.json["table"]] == ["naive", "retrain"]
    Run(made).change_record(strategy="joint")
    own = cltool("report", "runs", "--json")
    assert [row["strategy"] for row in own.json["table"]] == ["naive", "joint"]


def test_show_prints_a_timeline(cltool: Cltool, run_folder: Path) -> None:
    output = cltool("show", str(run_folder), "alden", "mayor")
    assert output.code == 0
    head, *lines = output.out.splitlines()
    assert head == "Alden, mayor (naive, seed 0)"
    assert [line.split()[0] for line in lines] == ["base", "1", "2"]
    assert "is taught: Sam Reed, in place of Ada Brook." in lines[1]
    assert output.err == ""


def test_show_prints_json_and_nothing_else(cltool: Cltool, run_folder: Path) -> None:
    output = cltool("show", str(run_folder), "Alden", "--json")
    assert output.code == 0
    assert [life["relation"] for life in output.json] == ["mayor", "judge"]
    moments = output.json[0]["moments"]
    assert [moment["true"] for moment in moments] == ["Ada Brook", "Sam Reed", "Sam Reed"]
    assert [moment["group"] for moment in moments] == ["new", "new", "retained"]
    assert all(moment["words"] for moment in moments)


def test_show_suggests_similar_names(cltool: Cltool, run_folder: Path) -> None:
    message = refused(cltool("show", str(run_folder), "ALDENN"))
    assert "has no facts about 'ALDENN'" in message
    assert "Similar: Alden" in message
    message = refused(cltool("show", str(run_folder), "Alden", "king"))
    assert "There are: mayor, judge." in message


@pytest.mark.parametrize("what", ["strategies", "scenarios", "models", "metrics"])
def test_list(what: str, cltool: Cltool) -> None:
    rows = cltool("list", what, "--json").json
    assert rows
    assert all(row["name"] and row["summary"] for row in rows)
    lines = cltool("list", what).out.splitlines()
    assert [line.split()[0] for line in lines] == [row["name"] for row in rows]


def test_list_one_family(cltool: Cltool) -> None:
    rows = cltool("list", "strategies", "--family", "rehearsal", "--json").json
    assert "replay" in {row["name"] for row in rows}
    assert {row["family"] for row in rows} == {"rehearsal"}


# Settings.


def test_assignments_override_the_file_and_falsy_values_count(cltool: Cltool) -> None:
    Path("s.toml").write_text(
        "[learner]\nlr = 0.5\nweight_decay = 0.1\nclip = 2.0\nbatch_size = 4\n"
        "[strategy.ewc]\nlambda = 7\nnormalise = true\n[strategy]\ndecay = 0.5\n",
        encoding="utf-8",
    )
    zero = "learner.lr=0 learner.weight_decay=0 strategy.decay=0.0 strategy.ewc.normalise=false"
    assignments = [part for text in zero.split() for part in ("--set", text)]
    output = cltool(
        "run", *QUICK, "--strategy", "ewc", "--settings", "s.toml", *assignments, "--out", "out"
    )
    assert output.code == 0, output.err
    held = Run.open("out").record["settings"]
    expected = {"lr": 0, "weight_decay": 0, "clip": 2.0, "batch_size": 4, "epochs": 1}
    assert {name: held["learner"][name] for name in expected} == expected
    assert held["strategy"]["ewc"] == {
        "lambda": 7.0,
        "decay": 0.0,
        "samples": 256,
        "normalise": False,
    }


def test_options_override_assignments(cltool: Cltool) -> None:
    over = ["--set", "learner.loss=answer", "--loss", "all", "--set", "model.dtype=bfloat16"]
    output = cltool(
        "run", *QUICK, *over, "--strategy", "frozen", "--dtype", "float32", "--out", "o"
    )
    assert output.code == 0, output.err
    held = Run.open("o").record["settings"]
    assert held["learner"]["loss"] == "all"
    assert held["model"]["dtype"] == "float32"


def test_the_final_model_is_saved(cltool: Cltool) -> None:
    output = cltool("run", *QUICK, "--strategy", "frozen", "--out", "out", "--save-model", "model")
    assert output.code == 0, output.err
    saved = {file.name for file in Path("model").iterdir()}
    assert {"config.json", "model.safetensors", "tokenizer.json"} <= saved
    again = cltool("run", *QUICK, "--strategy", "naive", "--out", "new", "--save-model", "model")
    assert "model: the folder is not empty" in refused(again)


# Comparisons; their workers are tested in test_compare.py.


@pytest.fixture
def compared(run_folder: Path, monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """Comparisons give a finished run and a failure, without any worker."""
    calls: list[dict[str, Any]] = []

    def compare(scenario: str, strategies: list[str], **options: Any) -> comparing.Comparison:
        calls.append({"scenario": scenario, "strategies": strategies, **options})
        failure = comparing.Failure("lora", 0, "strategy.lora: it broke")
        return comparing.Comparison([Run.open(run_folder)], [failure])

    monkeypatch.setattr(comparing, "compare", compare)
    return calls


def test_compare_reports_failures(cltool: Cltool, compared: list[dict[str, Any]]) -> None:
    output = cltool("compare", *QUICK, "--strategies", "naive, lora", "--seeds", "3")
    assert output.code == 1
    assert "cltool: lora seed 0 failed: strategy.lora: it broke" in output.err
    assert "naive" in output.out
    assert "The report is in runs/facts/report.html, the runs are in runs/facts." in output.out
    assert list(compared[0]["strategies"]) == ["naive", "lora"]
    assert compared[0]["seeds"] == range(3)
    assert compared[0]["settings"]["learner"] == {"epochs": 1}
    assert "it broke" in Path("runs/facts/report.html").read_text(encoding="utf-8")


def test_compare_prints_json_even_if_all_runs_failed(
    cltool: Cltool, monkeypatch: pytest.MonkeyPatch
) -> None:
    failed = comparing.Comparison([], [comparing.Failure("lora", 0, "it broke")])
    monkeypatch.setattr(comparing, "compare", lambda *given, **options: failed)
    output = cltool("compare", *QUICK, "--strategies", "lora", "--json")
    assert (output.code, output.json["table"]) == (1, [])
    assert output.json["failed"] == [{"strategy": "lora", "seed": 0, "error": "it broke"}]


def test_compare_says_that_nothing_was_run_if_all_runs_were_finished_before(
    cltool: Cltool, run_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def finish(tasks: Sequence[comparing.Cell], *given: Any, **options: Any) -> list[Any]:
        for cell in tasks:
            if not cell.folder.is_dir():
                shutil.copytree(run_folder, cell.folder)
        return []

    monkeypatch.setattr(comparing, "run_tasks", finish)
    asked = ["compare", *QUICK, "--strategies", "naive", "--out", "out", "--json"]
    shutil.copytree(run_folder, Path("out/naive-seed0"))
    told = "Nothing was run: the run in out/naive-seed0 was finished before."
    assert told in cltool(*asked).err
    assert "Nothing was run" not in cltool(*asked, "--seeds", "2").err  # one of them was
    assert "Nothing was run: all 2 runs were finished before." in cltool(*asked, "--seeds", "2").err
    assert "Nothing was run" not in cltool(*asked, "--fresh").err


def test_compare_prints_json_and_nothing_else(
    cltool: Cltool, compared: list[dict[str, Any]]
) -> None:
    output = cltool("compare", *QUICK, "--strategies", "naive,lora", "--json", "--report", "p.html")
    assert output.code == 1
    assert set(output.json) >= {"report", "table", "doubts", "failed", "resurfaced"}
    assert output.json["report"] == "p.html"
    assert output.json["failed"][0]["strategy"] == "lora"


def test_a_family_means_its_members_and_all_means_everything(
    cltool: Cltool, compared: list[dict[str, Any]]
) -> None:
    cltool("compare", *QUICK, "--strategies", "replay,rehearsal,naive+ewc")
    cltool("compare", *QUICK, "--strategies", "all")
    entries = [entry for entry in STRATEGIES.entries() if entry.source == "built-in"]
    members = [entry.name for entry in entries if entry.family == "rehearsal"]
    others = [name for name in members if name != "replay"]
    assert list(compared[0]["strategies"]) == ["replay", *others, "naive+ewc"]
    own = [entry.name for entry in entries if entry.family != "avalanche"]
    assert list(compared[1]["strategies"]) == own


def test_a_family_is_composed_member_by_member(
    cltool: Cltool, compared: list[dict[str, Any]]
) -> None:
    cltool("compare", *QUICK, "--strategies", "unlearning+replay,naive")
    cltool("compare", *QUICK, "--strategies", "replay+baselines")
    entries = [entry for entry in STRATEGIES.entries() if entry.source == "built-in"]
    unlearning = [entry.name for entry in entries if entry.family == "unlearning"]
    asked = list(compared[0]["strategies"])
    assert asked[-1] == "naive"
    # What replays beside it, or rather stands alone.
    assert [name.removesuffix("+replay") for name in asked[:-1]] == unlearning
    assert {"npo+replay", "relabel+replay"} <= set(asked)
    baselines = list(compared[1]["strategies"])
    assert {"replay+naive", "joint", "frozen"} <= set(baselines)
    assert len(baselines) == sum(entry.family == "baselines" for entry in entries)


def test_compare_keeps_the_chosen_checkpoints(
    cltool: Cltool, compared: list[dict[str, Any]]
) -> None:
    for more in ([], ["--keep-checkpoints"], ["--keep-checkpoints", "1, 2"]):
        cltool("compare", *QUICK, "--strategies", "naive", *more)
    assert [one["keep_checkpoints"] for one in compared] == [False, True, [1, 2]]
