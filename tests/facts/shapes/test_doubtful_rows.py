"""Rows of other shapes that have more, or other, columns than is usual: used, said or refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from cltool.cli.main import main
from cltool.core.errors import UserError

from .samples import COUNTERFACT, MQUAKE, QA, Rows
from .streams import load, told, written


class TestQuestionsAndAnswers:
    @pytest.mark.parametrize(
        ("more", "what"),
        [({}, "no cut says where updates begin"), ({"updates": 1}, "they have date")],
    )
    def test_their_own_dates_are_never_left_out(
        self, tmp_path: Path, more: dict[str, int], what: str
    ) -> None:
        rows = [{**row, "date": f"201{number}"} for number, row in enumerate(QA)]
        path = written(tmp_path / "a.jsonl", rows)
        with pytest.raises(UserError, match=what):
            load(path, **more)
        assert [len(update.learn) for update in load(path, cut=("2011",))] == [1, 1]

    def test_names_of_facts_beside_them_are_not_used(self, tmp_path: Path) -> None:
        rows = [{**row, "relation": "P54", "subject": "law"} for row in QA]
        stream = load(written(tmp_path / "a.jsonl", rows), updates=1)
        assert [len(update.learn) for update in stream] == [1, 1]
        assert stream.warnings[1:] == (
            "a.jsonl:1 and 1 more line: the column 'relation' is not used.",
            "a.jsonl:1 and 1 more line: the column 'subject' is not used.",
        )

    def test_a_second_column_of_answers_is_a_tag(self, tmp_path: Path) -> None:
        rows = [{**row, "response": "of a model"} for row in QA]
        stream = load(written(tmp_path / "a.jsonl", rows), updates=1)
        assert ("response", "of a model") in stream.updates[0].learn[0].tags

    def test_a_column_forget_asks_to_forget(self, tmp_path: Path) -> None:
        rows = [{**row, "forget": word} for row, word in zip(QA, ("no", "yes"), strict=True)]
        stream = load(written(tmp_path / "a.csv", rows), updates=1)
        assert told(stream) == [
            [("What is the toll of Ambrel?", "two pennies", ())],
            [("Who keeps the Ambrel bell?", "Oda Lint", ())],
        ]
        assert [fact.object for fact in stream.updates[1].forget] == ["two pennies"]

    @pytest.mark.parametrize(
        ("answer", "what"),
        [(3.5, "answer is not a text: 3.5"), (None, "answer is missing"), ([], "answer is empty")],
    )
    def test_an_answer_that_is_no_text(self, tmp_path: Path, answer: object, what: str) -> None:
        rows = [*QA, {"Question": "How deep?", "Answer": answer}]
        with pytest.raises(UserError) as caught:
            load(written(tmp_path / "a.jsonl", rows), updates=1)
        assert caught.value.details == (f"a.jsonl:3: {what}",)

    def test_bad_lines_are_said_where_too_few_others_are_left(self, tmp_path: Path) -> None:
        rows: Rows = [{"Question": "How deep?", "Answer": ""}] * 2
        with pytest.raises(UserError, match="0 lines cannot be divided") as caught:
            load(written(tmp_path / "a.jsonl", rows), updates=1)
        assert caught.value.details[0] == "a.jsonl:1: answer is empty"


class TestEdits:
    @pytest.mark.parametrize(
        ("rows", "shape", "what"),
        [(MQUAKE, "counterfact", "not one object"), (COUNTERFACT, "mquake", "not a list")],
    )
    def test_rewrites_of_the_other_kind_are_bad_lines(
        self, tmp_path: Path, rows: Rows, shape: str, what: str
    ) -> None:
        with pytest.raises(UserError) as caught:
            load(written(tmp_path / "a.jsonl", rows), format=shape)
        assert what in caught.value.details[0]

    def test_other_names_in_a_column_are_those_of_the_new_object(self, tmp_path: Path) -> None:
        rows = [{**COUNTERFACT[0], "aliases": ["Norrish"]}]
        base, update = told(load(written(tmp_path / "a.jsonl", rows)))
        assert [names for _, _, names in (*base, *update)] == [(), (), (), ("Norrish",)]


class TestOwn:
    def test_lines_that_a_filter_leaves_out_count_for_no_share(self, tmp_path: Path) -> None:
        rows = [
            {"subject": f"S{n}", "relation": "r", "new": "a", "region": "east" if n > 3 else "west"}
            for n in range(6)
        ]
        path = written(tmp_path / "a.jsonl", rows)
        for region, shares in (
            ("west", [["S0", "S1"], ["S2", "S3"]]),
            ("east", [["S4"], ["S5"]]),
        ):
            stream = load(path, updates=1, where=(f"region={region}",))
            assert [[fact.subject for fact in update.learn] for update in stream] == shares

    def test_half_of_the_lines_are_enough_to_recognise_them(self, tmp_path: Path) -> None:
        own = {"prompt": "p", "answer": "a", "query": "q", "target": "t"}
        rows = [{**own, "update": 0}, {"answer": "a", "query": "q", "target": "t", "update": 1}]
        with pytest.raises(UserError) as caught:
            load(written(tmp_path / "a.jsonl", rows))
        assert caught.value.details == ("a.jsonl:2: subject is missing",)


class TestUnknown:
    @pytest.mark.parametrize("lines", ["question,reply\n", "question,reply\nonly one cell\n"])
    def test_a_header_without_usable_rows(
        self, tmp_path: Path, lines: str, capsys: pytest.CaptureFixture[str]
    ) -> None:
        (tmp_path / "a.csv").write_text(lines)
        assert main(["facts", "show", str(tmp_path / "a.csv")]) == 2
        told = capsys.readouterr().err
        assert "a.csv:1: no line has a subject or a prompt" in told
        assert "The nearest is qa" in told

    def test_only_what_was_looked_at_is_said(self, tmp_path: Path) -> None:
        rows = [{"note": "x"}] * 20 + [{"prompt": "Why?", "answer": "so"}]
        with pytest.raises(UserError, match="none of the first 20 lines has a subject"):
            load(written(tmp_path / "a.jsonl", rows))
