"""The audit from a run folder to a page, and from the command line."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cltool.audit import audit, findings
from cltool.audit.attacks.catalogue import ATTACKS, MEMBERSHIP_ATTACKS
from cltool.audit.attacks.settings import AuditSettings, Tolerances
from cltool.audit.listed_facts import listed_doubts
from cltool.audit.request import AuditRequest
from cltool.audit.survey_plan import planned
from cltool.cli.main import main
from cltool.core.errors import UserError
from cltool.experiments import reference_run, resolve
from cltool.experiments import run as experiment
from cltool.facts.facts import Fact
from cltool.lm.language_model import save_checkpoint
from cltool.runs.run import Run
from cltool.strategies.memory.in_context import InContext
from tools.outputs_page import ATTACK

from ..conftest import LoadLM

QUICK = {"k": 2, "samples": 3, "steps": 2, "texts": 8, "length": 6, "foils": 2}
SETTINGS = AuditSettings.model_validate(QUICK)
ASSIGNED = [part for name, value in QUICK.items() for part in ("--set", f"audit.{name}={value}")]
EVIL = "<script>alert(1)</script>"
FACTS: list[dict[str, Any]] = [
    *(
        {"subject": f"Town {n}", "relation": relation, "new": f"{name} {n}x", "update": 0}
        for n in range(6)
        for relation, name in (("mayor", "Ada"), ("river", "Lin"))
    ),
    {"subject": EVIL, "relation": "mayor", "new": f"{EVIL}!", "update": 0},
    {"subject": "Town 0", "relation": "mayor", "old": "Ada 0x", "new": "Sam Reed", "update": 1},
    *(
        {"subject": name, "relation": "mayor", "forget": True, "update": 2}
        for name in ("Town 1", "Town 2", "Town 3", EVIL)
    ),
]


def write(path: Path, rows: list[dict[str, Any]]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, checkpoint: Callable[[str], Path]) -> Path:
    """``facts.jsonl`` and two runs over it: ``naive``, every step kept, and ``joint``."""
    place = tmp_path_factory.mktemp("audits")
    stream = resolve.open_stream(str(write(place / "facts.jsonl", FACTS)))
    tables = {
        "model": {"name": str(checkpoint("llama")), "device": "cpu"},
        "learner": {"epochs": 1, "lr": 3e-3, "batch_size": 16},
    }
    for strategy in ("naive", "joint"):
        experiment.run(
            stream,
            strategy=strategy,
            out=place / strategy,
            settings=tables,
            keep_checkpoints=strategy == "naive",
        )
    return place


@pytest.fixture(autouse=True)
def _there(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)


@pytest.fixture(scope="module")
def audits() -> dict[str, audit.Audit]:
    return {}


@pytest.fixture
def audited(folder: Path, audits: dict[str, audit.Audit]) -> audit.Audit:
    if not audits:
        run = Run.open(folder / "naive")
        audits["naive"] = audit.audit_run(run, str(folder / "joint"), SETTINGS)
    return audits["naive"]


def test_a_run_is_audited_completely(audited: audit.Audit) -> None:
    assert {fact.subject for fact in audited.facts} == {"Town 1", "Town 2", "Town 3", EVIL}
    families = {row.attack.family for row in audited.rows}
    assert len(families) == 8
    assert [one.step for one in audited.steps] == [0, 1, 2]
    assert audited.steps[0].growth == 0 and audited.steps[2].growth != 0
    assert audited.before is not None and audited.about["Before"] == "step 1"
    assert any("not a retrained model" in text for text in audited.doubts)
    assert sum(audited.tally.values()) == len(audited.rows)


def test_a_run_audited_against_itself_never_differs(folder: Path) -> None:
    found = audit.audit_run(Run.open(folder / "joint"), str(folder / "joint"), SETTINGS)
    assert set(found.tally) <= {"undecided", "indistinguishable"}


def test_the_command_prints_what_the_page_shows(
    audited: audit.Audit, capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    page = tmp_path / "page.html"
    arguments = ["audit", "naive", "--reference", "joint", "--out", str(page), *ASSIGNED]
    assert main([*arguments, "--json"]) == 0
    message = json.loads(capfd.readouterr().out)
    assert [one["attack"] for one in message["attacks"]] == [r.attack.name for r in audited.rows]
    assert [one["figure"] for one in message["attacks"]] == pytest.approx(
        [row.figure for row in audited.rows], abs=1e-4
    )
    assert message["settings"]["k"] == 2
    assert all(set(one) == set(ATTACK) for one in message["attacks"])
    text = page.read_text("utf-8")
    assert EVIL not in text and "&lt;script&gt;alert(1)" in text
    assert "cltool audit naive" in text


def test_an_audit_can_fail_on_a_verdict(capfd: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    page = ("--out", str(tmp_path / "page.html"))
    arguments = ["audit", "joint", "--reference", "joint", *page, *ASSIGNED, "--fail-on"]
    assert main([*arguments, "residue,damaged"]) == 0
    assert main([*arguments, "undecided"]) == 3
    assert "undecided" in capfd.readouterr().out


def test_an_audit_of_other_facts_keeps_the_page_of_the_own_ones(
    folder: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    gone = ("Town 1", "Town 2", "Town 3", EVIL)
    rows = [{"subject": f["subject"], "relation": "mayor", "object": f["new"]} for f in FACTS
            if f["subject"] in gone and f["relation"] == "mayor" and "new" in f]  # fmt: skip
    arguments = ["audit", "joint", "--reference", "joint", *ASSIGNED]
    assert main(arguments) == 0
    assert main([*arguments, "--forget", str(write(tmp_path / "gone.jsonl", rows))]) == 0
    assert "The page is in joint/audit-gone.html" in capfd.readouterr().out
    assert "gone.jsonl" in (folder / "joint" / "audit-gone.html").read_text("utf-8")
    assert "gone.jsonl" not in (folder / "joint" / "audit.html").read_text("utf-8")


@pytest.mark.slow
def test_any_two_models_and_a_list_of_facts(
    folder: Path, tmp_path: Path, checkpoint: Callable[[str], Path], load_lm: LoadLM
) -> None:
    save_checkpoint(load_lm("gpt2"), tmp_path / "model")
    rows = [{"subject": f"Town {n}", "relation": "mayor", "object": f"Ada {n}x"} for n in (1, 2)]
    asked = AuditRequest(str(folder / "facts.jsonl"), forget=write(tmp_path / "f.jsonl", rows))
    found = audit.audit_models(str(tmp_path / "model"), str(checkpoint("gpt2")), SETTINGS, asked)
    assert list(found.facts) == [
        Fact("Town 1", "mayor", "Ada 1x"),
        Fact("Town 2", "mayor", "Ada 2x"),
    ]
    assert set(found.tally) <= {"undecided", "indistinguishable"}
    against_run = audit.audit_models(
        str(tmp_path / "model"), str(folder / "joint"), SETTINGS, asked
    )
    assert against_run.about["Reference"] == f"joint, seed 0 ({folder / 'joint'})"
    bare = AuditRequest(forget=asked.forget)
    alone = audit.audit_models(str(checkpoint("gpt2")), str(checkpoint("gpt2")), SETTINGS, bare)
    assert any("cannot look for damage" in text for text in alone.doubts)
    assert any("its own reference" in text for text in alone.doubts)
    assert not any("its own reference" in text for text in against_run.doubts)
    assert not {row.attack.name for row in alone.rows} & {"same_subject", "membership_loss"}


def test_a_list_that_does_not_fit_the_stream_is_doubted(folder: Path, tmp_path: Path) -> None:
    stream = resolve.open_stream(str(folder / "facts.jsonl"))
    last = len(stream) - 1
    known = stream.knowledge(last)
    (valid, *_), gone = known.valid(), [b.fact for b in known.beliefs() if b.erased]
    typo = Fact("Twon 1", "mayor", "Ada")
    rows = [
        {"subject": f.subject, "relation": f.relation, "object": f.object}
        for f in (valid, gone[0], typo)
    ]
    scope = findings.Scope(stream, last, SETTINGS, write(tmp_path / "f.jsonl", rows))
    message = listed_doubts(scope)
    assert len(message) == 2
    (never,) = [text for text in message if "never taught" in text]
    assert "Twon 1, mayor" in never and gone[0].subject not in never
    (still,) = [text for text in message if "the reference was taught" in text]
    assert f"{valid.subject}, {valid.relation}" in still and "Twon" not in still
    assert listed_doubts(findings.Scope(stream, last, SETTINGS)) == []


def test_an_object_that_never_was_true_is_refused(folder: Path, tmp_path: Path) -> None:
    rows = [
        {"subject": "Town 1", "relation": "mayor", "object": "ada 1X."},
        {"subject": "Town 0", "relation": "mayor", "object": "Ada 0x"},
        {"subject": "Town 0", "relation": "mayor", "object": "Ada 7x"},
    ]
    wrong = "Town 0, mayor: 'Ada 7x' never was true; the stream has 'Ada 0x', then 'Sam Reed'"
    asked = AuditRequest(forget=write(tmp_path / "f.jsonl", [rows[0], rows[2]]))
    run = Run.open(folder / "naive")
    with pytest.raises(UserError, match="1 fact to forget never was true") as refused:
        audit.audit_run(run, str(folder / "joint"), SETTINGS, asked)
    assert [*refused.value.details] == [wrong]
    other = write(tmp_path / "o.jsonl", [rows[0], {**rows[1], "subject": "Twon 0"}])
    with pytest.raises(UserError, match="1 fact to forget never was true") as refused:
        audit.audit_run(run, str(folder / "joint"), SETTINGS, AuditRequest(forget=other))
    (detail,) = refused.value.details
    assert detail == "Twon 0, mayor: the stream never taught it; similar: Town 0, mayor"
    with pytest.raises(UserError, match="never was true"):
        planned([run], str(folder / "joint"), SETTINGS, asked, [None])
    # Two models may know what no scenario says: the audit goes on, with a doubt.
    stream = resolve.open_stream(str(folder / "facts.jsonl"))
    scope = findings.Scope(stream, len(stream) - 1, SETTINGS, asked.forget)
    (doubt,) = listed_doubts(scope)
    assert "Town 0, mayor" in doubt and "'Sam Reed'" in doubt
    fine = write(tmp_path / "g.jsonl", rows[:2])
    assert listed_doubts(findings.Scope(stream, len(stream) - 1, SETTINGS, fine)) == []
    early = listed_doubts(
        findings.Scope(
            stream, 0, SETTINGS, write(tmp_path / "h.jsonl", [{**rows[2], "object": "Sam Reed"}])
        )
    )
    assert len(early) == 1 and "only after this step" in early[0]


def test_a_reference_of_other_facts_is_refused(
    folder: Path, tmp_path: Path, checkpoint: Callable[[str], Path]
) -> None:
    other = [row for row in FACTS if row["subject"] != "Town 5"]
    stream = resolve.open_stream(str(write(tmp_path / "other.jsonl", other)))
    tables = {"model": {"name": str(checkpoint("llama")), "device": "cpu"}}
    made = experiment.run(stream, strategy="frozen", out=tmp_path / "r", settings=tables)
    with pytest.raises(UserError, match=r"no reference for .*another stream"):
        audit.audit_run(Run.open(folder / "naive"), str(made.folder), SETTINGS)


def test_by_default_only_a_retrain_run_in_the_same_folder_is_the_reference(folder: Path) -> None:
    assert reference_run.find(Run.open(folder / "naive")) is None


REFUSED = {
    "neither": (["audit"], "either run folders or --model"),
    "both": (["audit", "naive", "--model", "x"], "either run folders or --model"),
    "no run": (["audit", "nowhere"], "no run in this folder"),
    "no step": (["audit", "joint", "--reference", "joint", "--step", "1"], "no checkpoint of step"),
    "erased nothing": (["audit", "naive", "--step", "1"], "no fact that had to be forgotten"),
    "no list": (["audit", "--model", "x", "--reference", "y"], "no list of the facts"),
    "no reference": (["audit", "--model", "x", "--forget", "facts.jsonl"], "--reference"),
    "no such list": (["audit", "naive", "--forget", "none.csv"], "no such file"),
    "bad tolerance": (["audit", "naive", "--tolerance", "wide"], "not a valid tolerance"),
    "unknown tolerance": (["audit", "naive", "--tolerance", "wide=1"], "wide"),
    "zero tolerance": (["audit", "naive", "--tolerance", "0"], "a number above 0"),
    "endless tolerance": (["audit", "naive", "--tolerance", "inf"], "a number above 0"),
    "no such tolerance": (["audit", "naive", "--tolerance", "foo=1"], "greedy, leak"),
    "nothing to fail on": (["audit", "naive", "--fail-on", ""], "not a valid verdict"),
    "unknown setting": (["audit", "naive", "--set", "audit.kk=1"], "did you mean"),
    "too few samples": (["audit", "naive", "--set", "audit.k=99"], "99"),
    "unknown section": (["audit", "naive", "--set", "learner.lr=1"], "unknown section"),
    "unknown verdict": (["audit", "naive", "--fail-on", "sadness"], "not a valid verdict"),
    "no text": (
        ["audit", "naive", "--reference", "joint", "--set", "audit.text=none.txt"],
        "none.txt",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_bad_input_is_one_clear_error(name: str, capfd: pytest.CaptureFixture[str]) -> None:
    arguments, message = REFUSED[name]
    assert main(arguments) == 2
    captured = capfd.readouterr()
    assert message in captured.err and "Traceback" not in captured.err
    assert captured.out == ""


def test_a_tolerance_for_all_or_for_one_kind() -> None:
    from cltool.cli.audit import read_settings

    found = read_settings({}, ["0.2", "membership=0.4"]).tolerances
    assert found.greedy == found.perplexity == 0.2 and found.membership == 0.4


def test_the_page_of_the_docs_names_every_attack_and_setting() -> None:
    text = (Path(__file__).parents[2] / "docs" / "auditing.md").read_text("utf-8")
    fields = dict(AuditSettings.model_fields)
    fields |= {f"tolerances.{name}": one for name, one in Tolerances.model_fields.items()}
    for name, field in fields.items():
        default = field.get_default(call_default_factory=True, validated_data={})
        if name != "tolerances":
            shown = "none" if default is None else f"`{default}`"
            assert f"| `{name}` | {shown} | {field.description} |" in text, name
    for attack in (*ATTACKS, *MEMBERSHIP_ATTACKS):
        named = attack.name.removesuffix("_probability")
        assert f"`{named}`" in text or f"`{attack.name}`" in text, attack.name


def test_strategies_that_store_facts_outside_the_weights_are_attacked(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, checkpoint: Callable[[str], Path]
) -> None:
    stream = resolve.open_stream("facts.jsonl")
    tables = {"model": {"name": str(checkpoint("llama")), "device": "cpu"}}
    run = experiment.run(stream, strategy="in_context", out=tmp_path / "message", settings=tables)
    framed: list[str] = []
    plain = InContext.frame

    def frame(self: InContext, prompt: str) -> str:
        text = plain(self, prompt)
        framed.append(text)
        return text

    monkeypatch.setattr(InContext, "frame", frame)
    audit.audit_run(run, str(folder / "joint"), SETTINGS)
    asked = [text for text in framed if "Town 1" in text.splitlines()[-1]]
    # What the last update left true stands before questions about what it erased.
    assert asked and all("Sam Reed" in text for text in asked)
