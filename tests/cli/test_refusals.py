"""Commands that are refused say what is wrong, on stderr only."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cltool.runs.run import Run

from .commands import FACTS, QUICK, Cltool, refused

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
        [
            "unknown scenario 'leeders'",
            "Did you mean 'leaders'?",
            "There are: documents, file, leaders",
        ],
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
    "an order that is not there": (
        ["run", *QUICK, "--order", "space"],
        ["learner.order = 'space': needs 'given', 'easy_first'", "did you mean 'spaced'?"],
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
