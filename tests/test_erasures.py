"""The record of erasures, held to the ledger and to the retrained reference; and the alarm."""

from __future__ import annotations

import json
import queue
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import torch

from cltool import checkpoints, cli, comparing, erasures, experiment, ledger, metrics, references
from cltool.comparing import Comparison
from cltool.errors import UserError
from cltool.facts import Fact, Update
from cltool.learner import Learner
from cltool.records import Run
from cltool.reporting.data import page_data
from cltool.reporting.erased import alarms, as_text
from cltool.reporting.page import render
from cltool.strategy import State, Strategy
from cltool.stream import Stream
from cltool.testing.material import NAME, registered

from .conftest import make_stream, make_wordings

SHORT: dict[str, Any] = {
    "learner": {"epochs": 1, "batch_size": 8},
    "model": {"device": "cpu"},
}
LABELS = ("base", "one", "two", "three", "four")


def forgetful() -> Stream:
    """Updates 1 and 2 forget: a fact of the base, and one of update 1; 4 teaches one anew."""
    base = list(make_stream(6, name="forgetful").updates[0].learn)
    isle = Fact("Isle 1", "ruler", "Momo", ("King Momo",))
    return Stream(
        "forgetful",
        [
            Update(0, "base", base),
            Update(1, "one", [isle], [base[2]]),
            Update(2, "two", [Fact("Isle 2", "ruler", "Lulu")], [isle]),
            Update(3, "three", [Fact("Isle 3", "ruler", "Didi")]),
            Update(4, "four", [Fact("Isle 1", "ruler", "Bibi")]),
        ],
        make_wordings(),
        source={"scenario": "forgetful"},
    )


class Relapse(Strategy):
    """Hides what is to be forgotten by saying nothing any more, and thinks better of it later."""

    def attach(self, learner: Learner) -> None:
        self._weights = {n: p.detach().clone() for n, p in learner.model.named_parameters()}

    def update(self, learner: Learner, update: Update) -> None:
        self._put(learner, 1.0 if update.step > 2 else 0.0)

    def state_dict(self) -> State:
        return {}

    def _put(self, learner: Learner, factor: float) -> None:
        with torch.no_grad():
            for name, parameter in learner.model.named_parameters():
                parameter.copy_(factor * self._weights[name])


Start = Callable[..., Run]


@pytest.fixture
def start(checkpoint: Callable[[str], Path]) -> Start:
    """A short run, on a random Llama where not said otherwise."""

    def go(out: Path, strategy: str = "replay", **options: Any) -> Run:
        options = {"settings": SHORT, "model": str(checkpoint("llama")), **options}
        stream = options.pop("of", None) or forgetful()
        return experiment.run(stream, strategy=strategy, out=out, **options)

    return go


@pytest.fixture(scope="module")
def relapsed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a run in which a fact came back, on a model that knows the base."""
    out = tmp_path_factory.mktemp("relapse") / f"{NAME}-seed0"
    with registered(Relapse):
        experiment.run(forgetful(), strategy=NAME, model="tiny", settings=SHORT, out=out)
    return out


def requests_of(run: Run) -> list[dict[str, Any]]:
    record: list[dict[str, Any]] = erasures.open_record(run)["requests"]
    return record


def timeless(run: Run) -> dict[str, Any]:
    record = erasures.open_record(run)
    return {**record, "requests": [{**one, "time": None} for one in record["requests"]]}


# The record.


def test_the_record_says_what_was_asked_and_what_was_cleared(start: Start, tmp_path: Path) -> None:
    before = datetime.now(UTC).replace(microsecond=0)
    settings = {**SHORT, "strategy": {"replay": {"share": 1.0}}}
    run = start(tmp_path / "run", "replay+ewc", settings=settings)
    first, second = requests_of(run)
    assert set(first) == set(erasures.COLUMNS)
    gone = forgetful().updates[1].forget[0]
    assert (first["subject"], first["relation"], first["object"]) == (*gone.key, gone.object)
    assert (first["step"], first["label"], first["learned"]) == (1, "one", 0)
    assert (second["step"], second["label"], second["learned"]) == (2, "two", 1)
    assert second["aliases"] == ["King Momo"]
    assert before <= datetime.fromisoformat(first["time"]) <= datetime.now(UTC)
    replay, ewc = first["stores"]["replay"], first["stores"]["ewc"]
    assert (replay["entries_before"], replay["entries_after"]) == (1, 0)
    assert replay["bytes_after"] < replay["bytes_before"]
    assert ewc["purged"]["Fisher information"].startswith("down-dated: ")


def test_scores_are_those_of_the_ledger(start: Start, tmp_path: Path) -> None:
    run = start(tmp_path / "run")
    first, second = requests_of(run)
    assert [(s["step"], s["when"]) for s in first["scores"]] == [
        (0, "before"),
        (1, "after"),
        (2, "later"),
        (3, "later"),
        (4, "later"),
    ]
    # Update 4 teaches the key of the second anew: from there on it is not erased.
    assert [s["step"] for s in second["scores"]] == [1, 2, 3]
    assert (first["taught_again"], second["taught_again"]) == (None, 4)
    rows = run.answers
    for request in (first, second):
        own = rows[(rows["subject"] == request["subject"])]
        own = own[own["relation"] == request["relation"]]
        for score in request["scores"]:
            there = own[own["step"] == score["step"]]
            assert score["asked"] == len(there) == 3
            assert score["right"] == there["right"].mean()
            assert score["logp"] == pytest.approx(float(there["logp"].mean()), abs=1e-4)
            assert score["label"] == LABELS[score["step"]]


def test_a_run_without_requests_has_no_record(start: Start, tmp_path: Path) -> None:
    stream = forgetful()
    quiet = Stream("quiet", [stream.updates[0], Update(1, "one", [])], stream.wordings)
    run = start(tmp_path / "run", "frozen", of=quiet)
    assert erasures.read(run.folder) is None
    with pytest.raises(UserError, match="no record of erasures") as caught:
        erasures.open_record(run)
    assert "scenario.forgotten" in caught.value.hint


def test_a_fact_that_is_not_asked_has_no_scores(start: Start, tmp_path: Path) -> None:
    settings = {**SHORT, "probe": {"limit": 1}}
    found = requests_of(start(tmp_path / "run", "frozen", settings=settings))
    assert sorted(bool(one["scores"]) for one in found) in ([False, False], [False, True])
    assert [one["resurfaced"] for one in found] == [[], []]


@pytest.mark.parametrize(
    ("strategy", "options"), [("replay+ewc", {}), ("kfac", {}), ("rwalk", {"base_steps": 2})]
)
def test_a_resumed_run_ends_with_the_same_record_but_for_times(
    strategy: str,
    options: dict[str, Any],
    start: Start,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    settings = {**SHORT, "strategy": options}
    whole = start(tmp_path / "whole", strategy, settings=settings)
    places: list[tuple[Any, str, bool]] = [
        (ledger, "write_step", True),
        (erasures.Recorder, "write", True),
        (Run, "write_costs", False),
        (Run, "write_costs", True),
    ]
    for step in (1, 2):
        for owner, name, after in places:
            with monkeypatch.context() as patch:
                plain = getattr(owner, name)

                def sprung(
                    *args: Any, plain: Any = plain, after: bool = after, step: int = step
                ) -> None:
                    now = args[1] if isinstance(args[1], int) else len(args[1]) - 1
                    if now != step:
                        plain(*args)
                        return
                    if after:
                        plain(*args)
                    raise KeyboardInterrupt

                patch.setattr(owner, name, sprung)
                with pytest.raises(KeyboardInterrupt):
                    start(tmp_path / "broken", strategy, settings=settings)
    broken = start(tmp_path / "broken", strategy, settings=settings)
    assert timeless(broken) == timeless(whole)
    assert all(one["time"] for one in requests_of(broken))
    assert not list((tmp_path / "broken").rglob("*.partial"))


def test_a_step_that_is_done_keeps_its_time(
    start: Start, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep = checkpoints.keep_only

    def trap(folder: Path, step: int) -> None:
        keep(folder, step)
        if step == 1:
            raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(checkpoints, "keep_only", trap)
        with pytest.raises(KeyboardInterrupt):
            start(tmp_path / "run")
    file = tmp_path / "run" / erasures.FILE
    record = json.loads(file.read_text(encoding="utf-8"))
    record["requests"][0]["time"] = "2001-02-03T04:05:06+00:00"
    # Scores are read from the ledger, whatever the file says.
    record["requests"][0]["scores"] = []
    file.write_text(json.dumps(record), encoding="utf-8")
    first, second = requests_of(start(tmp_path / "run"))
    assert first["time"] == "2001-02-03T04:05:06+00:00" < second["time"]
    assert len(first["scores"]) == 5


def test_a_run_from_before_the_record_was_kept_goes_on(
    start: Start, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep = checkpoints.keep_only

    def trap(folder: Path, step: int) -> None:
        keep(folder, step)
        if step == 2:
            raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(checkpoints, "keep_only", trap)
        with pytest.raises(KeyboardInterrupt):
            start(tmp_path / "run")
    (tmp_path / "run" / erasures.FILE).unlink()
    found = requests_of(start(tmp_path / "run"))
    assert [(one["time"], one["stores"]) for one in found] == [(None, None)] * 2
    assert [len(one["scores"]) for one in found] == [5, 3]
    assert "?" in as_text({"reference": None, "requests": found}, LABELS)


@pytest.mark.parametrize("text", ["{", "[]", '{"requests": [{}]}', '{"requests": 3}'])
def test_a_damaged_record_is_refused(text: str, tmp_path: Path) -> None:
    (tmp_path / erasures.FILE).write_text(text, encoding="utf-8")
    with pytest.raises(UserError, match=r"cannot be read|not a record") as caught:
        erasures.read(tmp_path)
    assert caught.value.where.endswith(erasures.FILE)


def test_a_fresh_run_begins_with_no_record(start: Start, tmp_path: Path) -> None:
    start(tmp_path / "run")
    again = start(tmp_path / "run", "frozen", fresh=True)
    assert all(one["stores"] == {} for one in requests_of(again))


# Checkpoints.


def kept(run: Run) -> list[int]:
    return checkpoints.steps(run.folder)


def test_checkpoints_of_earlier_steps_are_purged_where_that_is_asked(
    start: Start, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    options = {"keep_checkpoints": True}
    assert kept(start(tmp_path / "all", "frozen", **options)) == [0, 1, 2, 3, 4]
    options["purge_checkpoints"] = True
    assert kept(start(tmp_path / "purged", "frozen", **options)) == [2, 3, 4]
    assert kept(start(tmp_path / "last", "frozen", purge_checkpoints=True)) == [4]
    # One that was finished with all of them loses them when that is asked for.
    assert kept(start(tmp_path / "all", "frozen", **options)) == [2, 3, 4]
    # One that is killed between costs and purge makes up for it.
    for name in ("keep_only", "drop_before"):
        with monkeypatch.context() as patch:

            def trap(folder: Path, step: int) -> None:
                raise KeyboardInterrupt

            patch.setattr(checkpoints, name, trap)
            with pytest.raises(KeyboardInterrupt):
                start(tmp_path / "broken", "frozen", **options)
    assert kept(start(tmp_path / "broken", "frozen", **options)) == [2, 3, 4]


# The reference.


def test_the_record_is_held_to_the_retrained_runs(start: Start, tmp_path: Path) -> None:
    run = start(tmp_path / "replay-seed0")
    for seed in (0, 1):
        start(tmp_path / f"retrain-seed{seed}", "retrain", seed=seed)
    start(tmp_path / "joint-seed0", "joint")
    beside = references.references(run, references.neighbours(run))
    assert [one.folder.name for one in beside] == ["retrain-seed0", "retrain-seed1"]
    record = erasures.with_reference(erasures.open_record(run), beside)
    # The random Llama was taught nothing by cltool, which the reference says.
    assert record["reference"] == {"runs": ["retrain-seed0", "retrain-seed1"], "exact": False}
    for place, request in enumerate(record["requests"]):
        lines = [requests_of(one)[place]["scores"][1:] for one in beside]
        assert [s["step"] for s in request["retrained"]] == [s["step"] for s in lines[0]]
        for number, score in enumerate(request["retrained"]):
            right = [run_lines[number]["right"] for run_lines in lines]
            assert score["right"] == pytest.approx(sum(right) / 2)
            logp = [run_lines[number]["logp"] for run_lines in lines]
            assert score["logp"] == pytest.approx(sum(logp) / 2, abs=1e-5)
    assert "no exact reference" in as_text(record, LABELS)
    # A run is its own reference where it retrained.
    assert references.references(beside[0], beside) == beside
    erasures.write_references([run, *beside])
    assert erasures.read(run.folder) == record


def test_what_is_no_reference_is_refused(
    start: Start, tmp_path: Path, checkpoint: Callable[[str], Path]
) -> None:
    run = start(tmp_path / "run", "frozen")
    stream = forgetful()
    short = Stream("forgetful", stream.updates[:3], stream.wordings, source=stream.source)
    others = {
        "its strategy is frozen": run,
        "another stream": start(tmp_path / "short", "retrain", of=short),
        "another model": start(tmp_path / "gpt2", "retrain", model=str(checkpoint("gpt2"))),
    }
    for reason, other in others.items():
        with pytest.raises(UserError, match=reason):
            references.refuse_unlike(run, other)
        assert references.references(run, [other]) == []
    assert erasures.with_reference(erasures.open_record(run), [])["reference"] is None


# The alarm.


def rows_of(*steps: tuple[int, str, str, int, Sequence[bool]], form: str = "question") -> Any:
    """(step, subject, group, learned, right) → a ledger's rows."""
    return pd.DataFrame(
        [
            {
                "step": step,
                "subject": subject,
                "relation": "mayor",
                "form": form,
                "group": group,
                "learned": learned,
                "accepted": ["Ada", "A."],
                "right": hit,
            }
            for step, subject, group, learned, right in steps
            for hit in right
        ]
    )


def test_what_resurfaces() -> None:
    rows = rows_of(
        (0, "Back", "new", 0, [True, True]),
        (1, "Back", "erased", 0, [False, False]),
        (2, "Back", "erased", 0, [False, True]),
        (3, "Back", "erased", 0, [False, False]),
        (4, "Back", "erased", 0, [True, True]),
        # Never gone, so it does not come back.
        (1, "Stubborn", "erased", 0, [True, False]),
        (2, "Stubborn", "erased", 0, [True, True]),
        (1, "Gone", "erased", 0, [False]),
        (2, "Gone", "erased", 0, [False]),
        # Taught again, and erased again: hidden at first, and both times right when it was valid.
        (1, "Twice", "erased", 0, [False]),
        (2, "Twice", "new", 2, [True]),
        (3, "Twice", "erased", 2, [False]),
        (4, "Twice", "erased", 2, [True]),
    )
    found = metrics.resurfacing(rows)
    assert [tuple(row) for row in found.itertuples(index=False)] == [
        ("Back", "mayor", "Ada", 1, 2, 1, 2),
        ("Back", "mayor", "Ada", 1, 4, 2, 2),
        ("Twice", "mayor", "Ada", 3, 4, 1, 1),
    ]
    assert metrics.resurfaced(rows) == 2.0
    assert alarms(rows, LABELS) == [
        "Back, mayor: Ada was erased by update one and not produced then, but is produced again"
        " after update two and 1 more (1 of 2 wordings).",
        "Twice, mayor: Ada was erased by update three and not produced then, but is produced"
        " again after update four (1 of 1 wordings).",
    ]


def test_what_is_asked_another_way_round_is_no_alarm() -> None:
    steps = ((1, "Ada", "erased", 0, [False]), (2, "Ada", "erased", 0, [True]))
    assert metrics.resurfaced(rows_of(*steps)) == 1.0
    assert metrics.resurfaced(rows_of(*steps, form="reverse")) == 0.0
    assert pd.isna(metrics.resurfaced(rows_of((1, "Ada", "new", 0, [True]))))


def test_a_relapse_is_an_alarm_in_record_scores_and_page(relapsed: Path) -> None:
    run = Run.open(relapsed)
    first, second = requests_of(run)
    rights = [score["right"] for score in first["scores"]]
    assert rights[0] > 0 and rights[1:3] == [0.0, 0.0] and min(rights[3:]) > 0
    assert first["resurfaced"] == [3, 4]
    # What update 1 was to teach was never learned, so it cannot come back.
    assert second["resurfaced"] == []
    assert run.summary()["resurfaced"] == 1.0
    (group,) = page_data([run])["groups"]
    (alarm,) = group["resurfaced"]
    assert alarm["runs"] == [f"{NAME}, seed 0"]
    assert first["object"] in alarm["text"] and "after update three and 1 more" in alarm["text"]
    page = render(page_data([run]))
    assert "1 erased fact resurfaced" in page
    assert page.index("1 erased fact resurfaced") < page.index("Strategies compared")


def test_facts_in_the_alarm_are_escaped(start: Start, tmp_path: Path) -> None:
    run = start(tmp_path / "run", "frozen")
    for step in range(5):
        rows = ledger.read_step(run.folder, step)
        group = ["retained", *["erased"] * 4][step]
        rows = rows.assign(subject="<script>alert(1)</script>", relation="r", number=0)
        rows = rows.drop_duplicates(["subject", "relation", "form", "number"])
        rows = rows.assign(group=group, learned=0, right=step > 2)
        table = [{**row, "accepted": [*row["accepted"]], "outdated": [*row["outdated"]]}
                 for row in rows.to_dict("records")]  # fmt: skip
        for row in table:
            row["logp_outdated"] = None
        ledger.write_step(run.folder, step, table)
    data = page_data([Run.open(run.folder)])
    assert len(data["groups"][0]["resurfaced"]) == 1
    page = render(data)
    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;, r:" in page


# The command line.

RUN = ("run", "--scenario", "world", "--device", "cpu", "--set", "learner.epochs=1")
WORLD = (
    *RUN,
    *("--set", "scenario.entities=8", "--set", "scenario.relations=2"),
    *("--set", "scenario.updates=3", "--set", "scenario.changed=2", "--set", "scenario.new=2"),
    *("--set", "scenario.two_hop=0", "--set", "scenario.forgotten=1"),
    *("--set", "scenario.forgetting=2"),
)


@pytest.fixture
def in_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_relapse_on_the_command_line(
    in_folder: Path, capsys: pytest.CaptureFixture[str], checkpoint: Callable[[str], Path]
) -> None:
    with registered(Relapse):
        options = [*WORLD, "--strategy", NAME, "--out", "run"]
        assert cli.main([*options, "--json"]) == 0
        told = capsys.readouterr()
        assert told.err.count("cltool: resurfaced in run: ") == 2
        result = json.loads(told.out)
        assert [one["run"] for one in result["resurfaced"]] == ["run", "run"]
        assert result["summary"]["resurfaced"] == 2.0
        assert [step["n_erased"] for step in result["steps"]] == [0, 1, 2, 2]
        # The finished run is only looked at again.
        assert cli.main([*options, "--fail-on-resurface"]) == 3
        assert "resurfaced in run" in capsys.readouterr().err
    assert cli.main(["report", "run", "--out", "page.html", "--json"]) == 0
    told = capsys.readouterr()
    table = json.loads(told.out)
    assert len(table["resurfaced"]) == 2 and "resurfaced in run" in told.err
    assert table["table"][0]["resurfaced"] == 2.0
    assert "2 erased facts resurfaced" in (in_folder / "page.html").read_text(encoding="utf-8")


def test_nothing_that_stays_erased_is_an_alarm(
    in_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    options = [*WORLD, "--strategy", "frozen", "--fail-on-resurface", "--purge-checkpoints"]
    assert cli.main([*options, "--json", "--out", "run"]) == 0
    told = capsys.readouterr()
    assert "resurfaced in" not in told.err
    assert json.loads(told.out)["resurfaced"] == []


def test_a_comparison_ends_with_the_alarm_too(
    relapsed: Path,
    in_folder: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: dict[str, Any] = {}

    def done(scenario: str, names: Sequence[str], **options: Any) -> Comparison:
        asked.update(options)
        failures = [comparing.Failure("gem", 0, "no memory")] if len(names) > 1 else []
        return Comparison([Run.open(relapsed)], failures)

    monkeypatch.setattr(comparing, "compare", done)
    plain = ["compare", "--strategies", "frozen", "--scenario", "world", "--out", "runs"]
    assert cli.main([*plain, "--json"]) == 0
    assert asked["purge_checkpoints"] is False
    (alarm,) = json.loads(capsys.readouterr().out)["resurfaced"]
    assert alarm["run"] == str(relapsed)
    assert cli.main([*plain, "--fail-on-resurface", "--purge-checkpoints"]) == 3
    assert asked["purge_checkpoints"] is True
    assert "resurfaced" in capsys.readouterr().out
    plain[2] = "frozen,naive"
    assert cli.main([*plain, "--fail-on-resurface"]) == 1


def test_a_comparison_holds_its_records_to_retrain(
    in_folder: Path,
    capsys: pytest.CaptureFixture[str],
    checkpoint: Callable[[str], Path],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def work(self: Any, job: comparing.Job, cells: Sequence[comparing.Cell]) -> list[Any]:
        """In this process: workers of their own take long to start."""
        for cell in cells:
            assert job.purge_checkpoints
            comparing._run_cell(comparing._with(job, cell))
        return []

    monkeypatch.setattr(comparing._Lanes, "work", work)
    monkeypatch.setattr(comparing, "_progress", queue.SimpleQueue())
    options = ["compare", *WORLD[1:], "--strategies", "replay,retrain", "--workers", "1"]
    options += ["--out", "runs", "--model", str(checkpoint("llama")), "--purge-checkpoints"]
    assert cli.main(options) == 0
    run = Run.open("runs/replay-seed0")
    record = erasures.open_record(run)
    assert record["reference"] == {"runs": ["retrain-seed0"], "exact": False}
    assert all(len(one["retrained"]) == 4 - one["step"] for one in record["requests"])
    capsys.readouterr()
    assert cli.main(["erasures", "runs/replay-seed0"]) == 0
    out = capsys.readouterr().out
    first = record["requests"][0]
    lines = out.splitlines()
    assert lines[0].split() == ["asked", "for", "fact", "before", "after", "last", "retrained",
                                "kept", "resurfaced"]  # fmt: skip
    assert f"{first['subject']}, {first['relation']}: {first['object']}" in lines[1]
    assert "retrained: the last score of 1 run of retrain" in lines[-1]
    assert cli.main(["erasures", "runs/replay-seed0", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == record
    given = ["erasures", "runs/replay-seed0", "--retrained", "runs/retrain-seed0", "--json"]
    assert cli.main(given) == 0
    assert json.loads(capsys.readouterr().out) == record


def test_bad_input_to_the_command(
    relapsed: Path, in_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["erasures", "nowhere"]) == 2
    assert "there is no run in this folder" in capsys.readouterr().err
    assert cli.main(["erasures", str(relapsed), "--retrained", str(relapsed)]) == 2
    told = capsys.readouterr()
    assert f"its strategy is {NAME}, not retrain" in told.err and told.out == ""
    assert cli.main(["erasures", str(relapsed), "--retrained", "nowhere"]) == 2
    capsys.readouterr()
    assert cli.main(["erasures", str(relapsed)]) == 0
    assert "Land 1, capital" in capsys.readouterr().out


def test_what_lies_beside_a_run_and_is_none_is_passed_over(start: Start, tmp_path: Path) -> None:
    run = start(tmp_path / "run", "frozen")
    for name, text in (("foreign", "{}"), ("broken", "{"), ("list", "[]")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "run.json").write_text(text, encoding="utf-8")
    assert [one.folder.name for one in references.neighbours(run)] == ["run"]
