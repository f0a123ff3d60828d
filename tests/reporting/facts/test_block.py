"""The block of facts of a page holds what the ledgers hold, and stays small."""

from __future__ import annotations

import base64
import gzip
import re
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cltool.evaluation import metrics
from cltool.evaluation.ledger import write_step
from cltool.evaluation.matching import shown
from cltool.evaluation.outcomes import resurfacing
from cltool.reporting.facts import detail
from cltool.reporting.facts.block import block
from cltool.reporting.facts.collect import collect
from cltool.reporting.facts.container import unpack
from cltool.reporting.facts.states import STATES, states
from cltool.reporting.report_page import write_report
from cltool.runs.groups import Group, group_runs
from cltool.runs.run import Run

from ..conftest import Make, Recipe, write_run

SUBJECT, THE_OBJECT = "\x01", "\x02"
IS_OBJECT, NOT_ASKED, NO_TEXT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFF


class Block:
    """A block as a reader sees it who only knows the contract."""

    def __init__(self, text: str) -> None:
        self.header, self.columns = unpack(text)
        self.steps, self.facts = len(self.header["labels"]), self.header["facts"]
        content, begin = bytes(self.columns["strings.bytes"]), 0
        self.strings = []
        for end in self.columns["strings.ends"].tolist():
            self.strings.append(content[begin:end].decode())
            begin = end

    def rows(self, name: str) -> Any:
        return self.columns[name].reshape(-1, self.facts)

    def key(self, place: int) -> tuple[str, str]:
        relations = self.header["relations"]
        return (
            self.strings[self.columns["subject"][place]],
            relations[self.columns["relation"][place]],
        )

    def answer(self, run: int, step: int, key: int) -> str | None:
        number = int(self.rows(f"answer.{run}")[step][key])
        if number == IS_OBJECT:
            number = int(self.rows("object")[step][key])
        return None if number == NOT_ASKED else self.strings[number]

    # What `History` needs.
    @property
    def group(self) -> Any:
        return self.rows("group")

    @property
    def learned(self) -> Any:
        return self.rows("learned")

    def counts(self, run: int, step: int) -> tuple[Any, Any, Any]:
        asked, right, stale = (
            self.rows(f"{name}.{run}")[step] for name in ("asked", "right", "stale")
        )
        return asked, right, stale


def _group(*runs: Run) -> Group:
    (group,) = group_runs(runs)
    return group


def _block(*runs: Run) -> Block:
    text = block(_group(*runs))
    assert text is not None
    return Block(text)


def test_the_columns_hold_what_the_ledger_holds(make: Make) -> None:
    runs = [make(erase=True, keep=0.7), make(seed=1, keep=0.5, done=5, erase=True)]
    held = _block(*runs)
    for number, run in enumerate(runs):
        counted = metrics.held_out(run.answers)
        erased = run.answers[run.answers["group"] == "erased"]
        for key in range(held.facts):
            subject, relation = held.key(key)
            for step in range(run.steps_done()):
                of = erased if held.group[step][key] == 4 else counted
                rows = of[(of["step"] == step) & (of["subject"] == subject)]
                rows = rows[rows["relation"] == relation]
                first = rows.iloc[0]
                counts = tuple(int(one[key]) for one in held.counts(number, step))
                assert counts == (len(rows), rows["right"].sum(), rows["stale"].sum())
                assert held.header["groups"][held.group[step][key]] == first["group"]
                assert held.learned[step][key] == first["learned"]
                assert held.strings[held.rows("object")[step][key]] == first["accepted"][0]
                latest = int(held.rows("outdated")[step][key])
                names = list(first["outdated"])
                assert latest == NO_TEXT if not names else held.strings[latest] == names[-1]
                said = [shown(a, c) for a, c in zip(rows["answer"], rows["closing"], strict=True)]
                assert held.answer(number, step, key) == Counter(said).most_common(1)[0][0]
                gap = rows["logp"] - rows["logp_outdated"].fillna(0.0)
                margin = held.rows(f"margin.{number}")[step][key]
                assert margin == round(4 * float(gap.mean()))
    assert (held.rows("asked.1")[5:] == 0).all() and held.answer(1, 5, 0) is None
    assert held.header["variants"][0]["runs"][1] == {
        "run": 1,
        "seed": 1,
        "stream": None,
        "done": 5,
        "diverged": False,
    }


def test_every_answer_to_every_wording_is_there(make: Make) -> None:
    run = make(keep=0.6)
    held = _block(run)
    probes = len(held.columns["probe.key"])
    said = held.columns["said.0"].reshape(-1, probes)
    verdicts = held.columns["verdict.0"].reshape(-1, probes)
    found = set()
    for probe in range(probes):
        key = int(held.columns["probe.key"][probe])
        subject, relation = held.key(key)
        form = held.header["all_forms"][held.columns["probe.form"][probe]]
        for step in range(held.steps):
            thing = held.rows("object")[step][key]
            number = thing if said[step][probe] == IS_OBJECT else said[step][probe]
            prompt = held.strings[held.columns["probe.prompt"][probe]]
            prompt = prompt.replace(SUBJECT, subject).replace(THE_OBJECT, held.strings[thing])
            verdict = ("wrong", "right", "outdated")[verdicts[step][probe]]
            found.add((step, subject, relation, form, prompt, held.strings[number], verdict))
    columns = ("step", "subject", "relation", "form", "prompt")
    rows = run.answers
    answers = [shown(a, c) for a, c in zip(rows["answer"], rows["closing"], strict=True)]
    verdict = np.where(rows["right"], "right", np.where(rows["stale"], "outdated", "wrong"))
    assert found == set(zip(*(rows[name] for name in columns), answers, verdict, strict=True))
    # All prompts share one text, in which the subject is left open.
    assert len(set(held.columns["probe.prompt"].tolist())) == 1


def test_states_from_a_block_are_those_from_the_ledger(make: Make) -> None:
    runs = [make(erase=True, keep=0.6, seed=seed) for seed in range(3)]
    group = _group(*runs)
    text = block(group)
    assert text is not None
    for step in range(8):
        mine, theirs = (states(one, [0, 1, 2], step) for one in (Block(text), collect(group)))
        assert mine.tolist() == theirs.tolist()


def test_resurfaced_keys_are_those_of_the_run(make: Make) -> None:
    run = make(erase=True, gain=0.3, keep=1.0)
    held = _block(run)
    found = {
        (held.key(key), step)
        for step in range(held.steps)
        for key in np.flatnonzero(states(held, [0], step) == list(STATES).index("resurfaced"))
    }
    back = resurfacing(run.answers)
    expected = set(
        zip(zip(back["subject"], back["relation"], strict=True), back["step"], strict=True)
    )
    assert found == expected and found


def test_the_same_runs_make_the_same_block(make: Make) -> None:
    runs = [make(seed=seed) for seed in range(2)]
    first, again = block(_group(*runs)), block(_group(*(Run(run.folder) for run in runs)))
    assert first == again
    assert first is not None
    content = gzip.decompress(base64.b64decode(first))
    length = int.from_bytes(content[:4], "little")
    assert (4 + length) % 8 == 0
    assert all(one["offset"] % 8 == 0 for one in unpack(first)[0]["columns"].values())


def test_less_is_carried_where_there_is_little_room(make: Make) -> None:
    runs = [make(seed=seed, facts=60, keep=0.5, per_update=20) for seed in range(2)]
    whole = block(_group(*runs))
    assert whole is not None
    sizes = [len(whole)]
    room = len(whole)
    seen = [Block(whole).header["detail"]]
    while seen[-1]["answers"] != "none":
        room = room * 9 // 10
        text = block(_group(*runs), room)
        assert text is not None
        held = Block(text)
        if held.header["detail"] != seen[-1]:
            assert held.header["notes"]
            seen.append(held.header["detail"])
            sizes.append(len(text))
        last = held.header["detail"]["answers"] == "last"
        if last:
            assert held.answer(0, 0, 0) == Block(whole).answer(0, held.steps - 1, 0)
    assert [one["wordings"] for one in seen][:2] == ["all", "last"]
    assert sizes == sorted(sizes, reverse=True)
    assert "answer.0" not in held.columns and "right.1" in held.columns
    assert not any("Object 7.x" in text for text in held.strings)


def test_wordings_are_left_out_before_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    sizes = {"all": 900, "last": 500, "none": 100}
    pick = detail.chosen
    monkeypatch.setattr(detail, "WORDINGS_BYTES", 400)
    assert pick(lambda one: sizes[one.wordings], "all", 0, 1000).wordings == "none"
    assert pick(lambda one: sizes[one.wordings], "all", 100, 1000).wordings == "last"
    assert pick(lambda one: sizes[one.wordings], "last", 10**6, 1000).wordings == "last"
    assert pick(lambda one: 2000, "all", 0, 1000) == detail.LEVELS[-1]


def test_a_sample_keeps_the_share_of_each_relation_and_update(make: Make) -> None:
    run = make(facts=400, per_update=30, labels=[str(step) for step in range(4)])
    group = _group(run)
    whole, part = collect(group), collect(group, 100)
    assert whole.keys.found == part.keys.found == len(whole.keys) == 400
    assert 90 <= len(part.keys) <= 100
    every, kept = (Counter(one.learned[-1].tolist()) for one in (whole, part))
    assert all(abs(kept[step] - every[step] / 4) <= 1 for step in every)
    assert collect(group, 100).keys.subject.tolist() == part.keys.subject.tolist()


def test_streams_do_not_share_keys(make: Make) -> None:
    runs = []
    for seed in range(2):
        record = {"stream": {"digest": f"stream {seed}", "updates": []}}
        settings = {"scenario": {"facts": 24, "seed": seed}}
        runs.append(make(f"s{seed}", settings=settings, record=record))
    held = _block(*runs)
    assert held.facts == 48 and held.header["streams"] == [0, 1]
    first = held.columns["stream"] == 0
    assert first.sum() == 24
    assert (held.rows("asked.0")[:, ~first] == 0).all()
    assert (held.rows("asked.1")[:, first] == 0).all()
    assert (held.rows("asked.1")[:, ~first] == 2).all()


def test_the_page_carries_a_block_for_each_group(make: Make, tmp_path: Path) -> None:
    runs = [make("a"), make("b", labels=("x", "y"))]
    page = write_report(runs, tmp_path / "r.html").read_text("utf-8")
    found = re.findall(r'<script type="text/plain" id="cltool-facts-(\d)"[^>]*>([^<]*)<', page)
    assert [number for number, _ in found] == ["0", "1"]
    assert [Block(text).header["labels"][-1] for _, text in found] == ["2017-05", "y"]


def test_a_run_without_a_finished_step_has_no_block(make: Make, tmp_path: Path) -> None:
    assert 'id="cltool-facts' not in write_report([make(done=0)], tmp_path / "r.html").read_text(
        "utf-8"
    )


def test_more_answers_of_a_key_than_a_number_holds_are_cut(tmp_path: Path) -> None:
    run = write_run(tmp_path / "run", Recipe(labels=("a",), facts=1, per_update=0, done=1))
    row = {**run.answers.iloc[1].to_dict(), "right": True}
    row |= {name: list(row[name]) for name in ("accepted", "outdated")}
    row |= {name: None for name, value in row.items() if value != value}
    write_step(run.folder, 0, [row | {"number": number} for number in range(300)])
    held = _block(Run(run.folder))
    assert [int(one[0]) for one in held.counts(0, 0)] == [255, 255, 0]
