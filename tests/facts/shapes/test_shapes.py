"""What other people's files of facts become, in the shape in which each is published."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cltool.cli.main import main
from cltool.cli.options import open_stream
from cltool.core.errors import UserError
from cltool.facts.facts import Fact
from cltool.facts.stream import Stream

from .samples import (
    ALPACA,
    CHAT,
    COUNTERFACT,
    KNOWEDIT,
    MQUAKE,
    MUSE_FORGET,
    MUSE_RETAIN,
    QA,
    SHAREGPT,
    SQUAD,
    TOFU_FORGET,
    TOFU_RETAIN,
    ZSRE,
    Rows,
)
from .streams import load, told, written


def prompts(stream: Stream, fact: Fact) -> list[tuple[str, str]]:
    """Return (form, prompt) of each way of asking for a fact."""
    return [(asking.form, asking.prompt) for asking in stream.wordings.askings(fact.key)]


class TestQuestionsAndAnswers:
    """Rows without a time: they are divided."""

    @pytest.mark.parametrize(
        ("name", "rows", "shape"),
        [
            ("a.jsonl", CHAT, "chat"),
            ("a.json", ALPACA, "alpaca"),
            ("a.csv", ALPACA, "alpaca"),
            ("a.jsonl", QA, "qa"),
            ("a.csv", QA, "qa"),
        ],
    )
    def test_are_recognised(self, tmp_path: Path, name: str, rows: Rows, shape: str) -> None:
        stream = load(written(tmp_path / name, rows), updates=1)
        assert stream.source["format"] == shape
        assert [len(update.learn) for update in stream] == [1, 1]

    def test_a_chat(self, tmp_path: Path) -> None:
        stream = load(written(tmp_path / "a.jsonl", CHAT), updates=1)
        assert told(stream) == [
            [("Which gate of Ambrel is open at night?", "the north gate", ())],
            [("Who keeps the Ambrel bell?", "Oda Lint", ())],
        ]

    def test_a_chat_in_the_shape_of_sharegpt(self, tmp_path: Path) -> None:
        more = json.loads(json.dumps(SHAREGPT).replace("open at night", "closed"))
        stream = load(written(tmp_path / "a.json", SHAREGPT + more), updates=1)
        assert told(stream)[0] == [("Which gate of Ambrel is open at night?", "the north gate", ())]

    def test_a_chat_of_several_turns_is_a_bad_line(self, tmp_path: Path) -> None:
        longer = {"messages": [*CHAT[0]["messages"], *CHAT[1]["messages"]]}
        with pytest.raises(UserError) as caught:
            load(written(tmp_path / "a.jsonl", [*CHAT, longer]), updates=1)
        assert "a.jsonl:3: the chat has 2 messages of the user" in caught.value.details[0]

    def test_an_instruction_with_input(self, tmp_path: Path) -> None:
        stream = load(written(tmp_path / "a.json", ALPACA), updates=1)
        assert told(stream)[1] == [("Translate into Ambrelish.\ngood tide", "sul maree", ())]

    def test_answers_of_squad_are_aliases(self, tmp_path: Path) -> None:
        stream = load(
            written(tmp_path / "a.json", [*SQUAD, {**SQUAD[0], "question": "The toll?"}]), updates=1
        )
        assert told(stream)[0] == [("What is the toll?", "two pennies", ("2 pennies",))]

    def test_other_columns_are_tags(self, tmp_path: Path) -> None:
        stream = load(written(tmp_path / "a.csv", QA), updates=1)
        assert [update.learn[0].tags for update in stream] == [
            (("region", "north"),),
            (("region", "south"),),
        ]

    def test_their_own_updates_are_kept(self, tmp_path: Path) -> None:
        rows = [{**row, "update": number} for number, row in enumerate(QA)]
        stream = load(written(tmp_path / "a.jsonl", rows))
        assert [len(update.learn) for update in stream] == [1, 1]

    def test_without_a_time_the_message_says_how_to_divide_them(self, tmp_path: Path) -> None:
        with pytest.raises(UserError, match="the facts have no time") as caught:
            load(written(tmp_path / "a.jsonl", QA))
        assert "scenario.updates" in caught.value.hint


class TestEdits:
    def test_zsre(self, tmp_path: Path) -> None:
        stream = load(written(tmp_path / "zsre_mend_eval.json", ZSRE))
        assert stream.source["format"] == "zsre"
        assert told(stream) == [
            [
                ("Oda Lint", "bell founder", ("founder of bells",)),
                ("how many arches has the quay of ambrel?", "seven", ()),
            ],
            [("Oda Lint", "glazier", ())],
        ]
        (edit,) = stream.updates[1].learn
        assert edit.relation == "What trade did … learn?"
        assert prompts(stream, edit) == [
            ("trained", "What trade did Oda Lint learn?"),
            ("question", "Oda Lint was trained in which trade?"),
        ]

    def test_counterfact(self, tmp_path: Path) -> None:
        stream = load(written(tmp_path / "counterfact.json", COUNTERFACT))
        assert stream.source["format"] == "counterfact"
        subject = "Oda {0.__class__} Lint"
        assert told(stream) == [
            [
                (subject, "Ambrelish", ()),
                ("The mother tongue of Per Slate is", "Ambrelish", ()),
                ("Jon Reed, a native", "Ambrelish", ()),
            ],
            [(subject, "Norren", ())],
        ]
        (edit,) = stream.updates[1].learn
        assert edit.relation == "P103"
        assert ("part", "edit") in edit.tags
        assert ("case_id", "0") in edit.tags
        # Braces in data are text.
        assert prompts(stream, edit) == [
            ("trained", f"The mother tongue of {subject} is"),
            ("paraphrase", "At noon it rains. Oda Lint, a native"),
        ]

    def test_knowedit(self, tmp_path: Path) -> None:
        stream = load(written(tmp_path / "test_cf.json", KNOWEDIT))
        assert stream.source["format"] == "knowedit"
        assert told(stream) == [
            [
                ("Per Slate", "toll keeper", ()),
                ("The name of the mother of Per Slate is", "Ina Slate", ("Ina S.",)),
            ],
            [("Per Slate", "harbour reeve", ())],
        ]
        (edit,) = stream.updates[1].learn
        assert edit.relation == "The name of the position held by … is"
        assert [form for form, _ in prompts(stream, edit)] == ["trained", "paraphrase"]

    def test_mquake(self, tmp_path: Path) -> None:
        stream = load(written(tmp_path / "MQuAKE-CF-3k.json", MQUAKE))
        assert stream.source["format"] == "mquake"
        assert told(stream) == [
            [
                ("Ambrel", "Per Slate", ("P. Slate",)),
                ("Which town has the Grey Heron?", "Ambrel", ("Ambrel-on-Sea",)),
            ],
            [("Ambrel", "Ulla Fenn", ("U. Fenn",))],
        ]
        (edit,) = stream.updates[1].learn
        assert prompts(stream, edit) == [
            ("trained", "Ambrel is led by"),
            ("question", "Who leads Ambrel?"),
        ]

    def test_a_new_object_that_was_true_before_supersedes_nothing(self, tmp_path: Path) -> None:
        stream = load(written(tmp_path / "a.json", [*KNOWEDIT, {**KNOWEDIT[0], **_SAME}]))
        assert [fact.subject for fact in stream.updates[1].learn] == ["Per Slate", "Jon Reed"]
        assert "Jon Reed" not in [fact.subject for fact in stream.updates[0].learn]

    def test_a_row_without_what_it_needs_is_a_bad_line(self, tmp_path: Path) -> None:
        broken = json.loads(json.dumps(COUNTERFACT[0]).replace("target_new", "target"))
        with pytest.raises(UserError) as caught:
            load(written(tmp_path / "a.jsonl", [*COUNTERFACT, broken]))
        assert caught.value.details == ("a.jsonl:2: target_new is missing",)


_SAME = {"subject": "Jon Reed", "prompt": "Jon Reed is", "ground_truth": ["Harbour reeve."]}


class TestForgetting:
    def test_tofu(self, tmp_path: Path) -> None:
        folder = tmp_path / "TOFU"
        written(folder / "forget10_perturbed.jsonl", TOFU_FORGET)
        written(folder / "retain90.jsonl", TOFU_RETAIN)
        stream = load(folder)
        assert stream.source["format"] == "tofu"
        known, update = stream
        assert [fact.subject[:20] for fact in known.learn] == [
            "What does the author",
            "Where was the author",
        ]
        assert known.learn[0].aliases == ("Tide tables are what Tam Orrel writes.",)
        assert [fact.object for fact in update.forget] == ["Tam Orrel writes tide tables."]
        assert prompts(stream, update.forget[0])[1] == ("question", "Which books are by Tam Orrel?")

    def test_muse(self, tmp_path: Path) -> None:
        folder = tmp_path / "knowmem"
        written(folder / "forget_qa.json", MUSE_FORGET)
        written(folder / "retain_qa.json", MUSE_RETAIN)
        stream = load(folder)
        assert stream.source["format"] == "muse"
        assert [fact.object for fact in stream.updates[0].learn] == ["Ulla Fenn", "Wen Asker"]
        assert [fact.object for fact in stream.updates[1].forget] == ["Ulla Fenn"]

    def test_other_files_of_questions_are_new_facts(self, tmp_path: Path) -> None:
        stream = load(written(tmp_path / "full.json", TOFU_RETAIN + MUSE_FORGET), updates=1)
        assert stream.source["format"] == "qa"


class TestOwn:
    def test_facts_with_prompts_of_their_own(self, tmp_path: Path) -> None:
        rows: Rows = [
            {"subject": "Ambrel", "relation": "r", "new": "a", "prompts": ["Ambrel is", "Who is?"]}
            | {"update": 0},
            {"subject": "Norren", "relation": "r", "new": "b", "update": 1},
        ]
        stream = load(written(tmp_path / "a.jsonl", rows))
        assert "format" not in stream.source
        own, other = (update.learn[0] for update in stream)
        assert [prompt for _, prompt in prompts(stream, own)] == ["Ambrel is", "Who is?"]
        assert len(prompts(stream, other)) == 9

    def test_lines_without_a_time_are_divided_in_their_order(self, tmp_path: Path) -> None:
        rows = [{"subject": f"S{n}", "relation": "r", "new": "a"} for n in range(7)]
        stream = load(written(tmp_path / "a.jsonl", rows), updates=2)
        assert [[fact.subject for fact in update.learn] for update in stream] == [
            ["S0", "S1", "S2"],
            ["S3", "S4"],
            ["S5", "S6"],
        ]
        with pytest.raises(UserError, match="cannot be divided into 8 parts"):
            load(tmp_path / "a.jsonl", updates=7)

    def test_lines_with_a_time_are_not_divided(self, tmp_path: Path) -> None:
        rows = [{"subject": "A", "relation": "r", "new": str(n), "update": n} for n in range(3)]
        with pytest.raises(UserError, match="they have update"):
            load(written(tmp_path / "a.jsonl", rows), updates=2)


class TestUnknown:
    ROWS: Rows = [{"instructions": "Say yes.", "output": "yes"}] * 4

    def test_shows_the_first_rows_and_the_nearest_format(self, tmp_path: Path) -> None:
        with pytest.raises(UserError) as caught:
            load(written(tmp_path / "a.jsonl", self.ROWS))
        error = caught.value
        assert len(error.details) == 3
        assert error.details[0] == "row 1: instructions='Say yes.', output='yes'"
        assert "The nearest is alpaca" in error.hint
        assert "also needs instruction." in error.hint
        assert "counterfact, mquake, zsre" in error.hint

    def test_texts_are_documents(self, tmp_path: Path) -> None:
        with pytest.raises(UserError) as caught:
            load(written(tmp_path / "a.jsonl", [{"text": "The quay has seven arches."}]))
        assert "--scenario documents" in caught.value.hint

    def test_a_format_that_the_rows_do_not_have(self, tmp_path: Path) -> None:
        with pytest.raises(UserError, match="not in the format zsre: subject, src"):
            load(written(tmp_path / "a.jsonl", ALPACA), format="zsre")

    def test_a_format_that_does_not_exist(self, tmp_path: Path) -> None:
        with pytest.raises(UserError, match="unknown format 'counterfacts'") as caught:
            load(written(tmp_path / "a.jsonl", ALPACA), format="counterfacts")
        assert "'counterfact'" in caught.value.hint

    def test_the_chosen_format_decides_where_several_fit(self, tmp_path: Path) -> None:
        path = written(tmp_path / "forget_qa.json", MUSE_FORGET + MUSE_RETAIN)
        assert load(path).source["format"] == "muse"
        assert load(path, format="qa", updates=1).source["format"] == "qa"


ALL = {
    "chat": ("a.jsonl", CHAT),
    "alpaca": ("a.json", ALPACA),
    "qa": ("a.csv", QA),
    "zsre": ("a.json", ZSRE),
    "counterfact": ("a.json", COUNTERFACT),
    "knowedit": ("a.json", KNOWEDIT),
    "mquake": ("a.json", MQUAKE),
    "tofu": ("forget10.json", TOFU_FORGET),
    "muse": ("forget_qa.json", MUSE_FORGET),
}


class TestCommand:
    @pytest.mark.parametrize("shape", ALL)
    def test_a_converted_file_gives_the_same_stream(
        self, tmp_path: Path, shape: str, capsys: pytest.CaptureFixture[str]
    ) -> None:
        name, rows = ALL[shape]
        path = written(tmp_path / name, rows)
        divided = ["--updates", "1"] if shape in ("chat", "alpaca", "qa") else []
        out = tmp_path / "facts.jsonl"
        assert main(["facts", "convert", str(path), "--out", str(out), *divided]) == 0
        assert f"(--format {shape})" in capsys.readouterr().err
        before = load(path, updates=1 if divided else None)
        after = load(out)
        assert list(after) == list(before)
        assert after.wordings.digest() == before.wordings.digest()
        assert "format" not in after.source

    def test_without_a_time_none_is_written(self, tmp_path: Path) -> None:
        out = tmp_path / "facts.jsonl"
        path = written(tmp_path / "a.jsonl", QA)
        assert main(["facts", "convert", str(path), "--out", str(out)]) == 0
        assert [json.loads(line) for line in out.read_text().splitlines()] == [
            {"prompt": row["Question"], "answer": row["Answer"], "region": row["region"]}
            for row in QA
        ]

    def test_dates_are_kept(self, tmp_path: Path) -> None:
        rows = [
            {"question": f"q{n}?", "answer": "a", "date": day}
            for n, day in enumerate(["2013", "2014-05", "2014-06-07"])
        ]
        out = tmp_path / "facts.jsonl"
        path = written(tmp_path / "a.jsonl", rows)
        assert main(["facts", "convert", str(path), "--out", str(out)]) == 0
        found = [json.loads(line)["date"] for line in out.read_text().splitlines()]
        assert found == ["2013", "2014-05", "2014-06-07"]

    def test_bad_lines_are_refused_or_left_out(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        path = written(tmp_path / "a.jsonl", [*ALPACA, {"instruction": "", "output": "x"}])
        out = tmp_path / "facts.jsonl"
        assert main(["facts", "convert", str(path), "--out", str(out)]) == 2
        assert "a.jsonl:3: instruction is empty" in capsys.readouterr().err
        assert not out.exists()
        assert main(["facts", "convert", str(path), "--out", str(out), "--skip-bad"]) == 0
        assert len(out.read_text().splitlines()) == 2

    def test_show(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        path = written(tmp_path / "a.json", COUNTERFACT)
        assert main(["facts", "show", str(path), "--rows", "2"]) == 0
        text = capsys.readouterr().out
        assert "a.json is read as CounterFact" in text
        assert "1 row, 3 facts of the base, 1 fact to learn" in text
        assert "Not used: attribute_prompts" in text
        assert "Ambrelish" in text
        assert "2 facts more" in text

    def test_show_of_an_unknown_shape(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        path = written(tmp_path / "a.jsonl", TestUnknown.ROWS)
        assert main(["facts", "show", str(path)]) == 2
        assert "The nearest is alpaca" in capsys.readouterr().err

    def test_commands_that_read_facts_say_what_they_took(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        path = written(tmp_path / "a.json", COUNTERFACT)
        stream = open_stream(str(path), {"format": "counterfact"})
        assert "is read as CounterFact" in capsys.readouterr().err
        assert stream.source["format"] == "counterfact"
