"""A file of one's own facts becomes a stream, or every bad line is named."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from cltool.core.errors import UserError
from cltool.facts.facts import Knowledge
from cltool.scenarios.own_facts import OwnFactsConfig

from .fact_rows import GOOD, Row, dated, fact, from_rows, refused, taught, valid


class TestUpdates:
    def test_base_and_updates_with_origins_and_source(self, tmp_path: Path) -> None:
        stream = from_rows(tmp_path, [*GOOD, fact("Bonn", "Dan", 2, old="Bea", party="ignored")])
        assert stream.name == "facts"
        assert taught(stream) == [{"Ulm": "Ada", "Bonn": "Bea"}, {"Ulm": "Cy"}, {"Bonn": "Dan"}]
        assert [update.label for update in stream] == ["base", "1", "2"]
        assert stream.origins[0, ("Bonn", "mayor")] == "facts.jsonl:2"
        assert stream.origins[2, ("Bonn", "mayor")] == "facts.jsonl:4"
        assert stream.source["file"] == "facts.jsonl"
        assert len(str(stream.source["sha256"])) == 64
        assert json.loads(json.dumps(stream.source)) == stream.source

    def test_a_dated_fact_has_the_day_from_which_it_holds(self, tmp_path: Path) -> None:
        rows = [
            dated("Ulm", "Ada", "2009"),
            dated("Bonn", "Bea", "2011-03"),
            dated("Ulm", "Cy", "2013-02-03"),
            dated("Ulm", "Di", "2013-09-01"),
            dated("Bonn", "Bea", "2014-01-01"),  # holds already
        ]
        days = from_rows(tmp_path, rows, cut="2012,2014").days
        assert {(step, key[0]): day.isoformat() for (step, key), day in days.items()} == {
            (0, "Ulm"): "2009-01-01",
            (0, "Bonn"): "2011-03-01",
            (1, "Ulm"): "2013-09-01",
        }
        assert from_rows(tmp_path, GOOD).days == {}

    def test_each_update_may_be_asked_to_forget_more(self, tmp_path: Path) -> None:
        rows = [*GOOD, fact("Bonn", "Dan", 2), fact("Kiel", "Eva", 0), fact("Kiel", "", 2)]
        rows[-1] = {"subject": "Kiel", "relation": "mayor", "forget": True, "update": 2}
        stream = from_rows(tmp_path, rows, forgotten=0, forgetting=1)
        assert [len(update.forget) for update in stream] == [0, 0, 1]
        assert "forgotten" not in stream.source
        with pytest.raises(UserError, match="facts, forgotten"):
            from_rows(tmp_path, rows, forgotten=1)
        more = [*rows, fact("Jena", "Fay", 1), fact("Trier", "Gus", 0)]
        stream = from_rows(tmp_path, more, forgotten=1)
        asked = [{item.subject for item in update.forget} for update in stream]
        assert asked[1] == {"Trier"}
        assert asked[2] in ({"Kiel", "Ulm"}, {"Kiel", "Jena"})
        assert stream.source["forgotten"] == 1

    def test_object_is_another_name_for_new(self, tmp_path: Path) -> None:
        row = {"subject": "Ulm", "relation": "mayor", "object": "Cy", "update": 1}
        assert taught(from_rows(tmp_path, [*GOOD[:2], row]))[1] == {"Ulm": "Cy"}
        error = refused(tmp_path, [*GOOD, {**row, "new": "Di"}])
        assert error.details[0].startswith("facts.jsonl:4: new is 'Di', but object is 'Cy'")

    def test_lines_may_come_in_any_order(self, tmp_path: Path) -> None:
        assert taught(from_rows(tmp_path, GOOD[::-1])) == [
            {"Bonn": "Bea", "Ulm": "Ada"},
            {"Ulm": "Cy"},
        ]

    def test_known_facts_are_not_taught_again(self, tmp_path: Path) -> None:
        stream = from_rows(tmp_path, [*GOOD, fact("Bonn", "Bea", 1), fact("Ulm", "Cy", 1)])
        assert taught(stream)[1] == {"Ulm": "Cy"}

    def test_a_gap_names_the_missing_update(self, tmp_path: Path) -> None:
        assert "update 2 is missing" in refused(tmp_path, [*GOOD, fact("Ulm", "Di", 3)]).what
        error = refused(tmp_path, [fact("Ulm", "Di", 1)])
        assert "update 0, the base knowledge, is missing" in error.what

    def test_an_update_emptied_by_the_filter_is_not_a_gap(self, tmp_path: Path) -> None:
        rows = [*GOOD, {**fact("Ulm", "x", 2), "relation": "river"}, fact("Ulm", "Di", 3)]
        stream = from_rows(tmp_path, rows, where="relation=mayor")
        assert taught(stream)[2:] == [{}, {"Ulm": "Di"}]

    def test_aliases_are_accepted_answers(self, tmp_path: Path) -> None:
        stream = from_rows(tmp_path, [*GOOD, fact("Ulm", "Di", 2, aliases=["Diana", "Di"])])
        (learnt,) = stream.updates[2].learn
        assert learnt.accepted == ("Di", "Diana")

    def test_no_update_and_no_date(self, tmp_path: Path) -> None:
        rows: list[Row] = [{"prompt": "2+2=", "answer": "4"}]
        error = refused(tmp_path, rows)
        assert "no line has an update number" in error.what
        assert "Add update" in error.hint

    def test_only_a_base(self, tmp_path: Path) -> None:
        assert "nothing changes after the base" in refused(tmp_path, GOOD[:2]).what


class TestCuts:
    rows = (
        dated("Ulm", "Ada", "2012-12-31"),
        dated("Bonn", "Bea", "2011"),
        dated("Kiel", "Kim", "2012-12"),
        dated("Ulm", "Cy", "2013-01-01"),
        dated("Bonn", "Dan", "2013-05-01", old="Bea"),
        dated("Bonn", "Bea", "2014-12-31", old="Dan"),
        dated("Ulm", "Eve", "2015-01-01"),
        dated("Ulm", "Fay", "2017-01-01"),
    )

    def test_a_cut_starts_an_update_and_the_last_includes_the_rest(self, tmp_path: Path) -> None:
        stream = from_rows(tmp_path, self.rows, cut="2013,2015-01")
        assert [update.label for update in stream] == ["base", "2013", "2015-01"]
        assert taught(stream) == [
            {"Bonn": "Bea", "Kiel": "Kim", "Ulm": "Ada"},
            {"Ulm": "Cy"},
            {"Ulm": "Fay"},
        ]

    def test_one_cut_makes_a_base_and_an_update(self, tmp_path: Path) -> None:
        stream = from_rows(tmp_path, self.rows, cut=["2013-01-01"])
        assert len(stream) == 2
        assert valid(stream, 1) == {"Bonn": "Bea", "Kiel": "Kim", "Ulm": "Fay"}

    def test_a_cut_may_be_a_day_or_a_year(self, tmp_path: Path) -> None:
        stream = from_rows(tmp_path, self.rows, cut=["2013", "2014-12-31", "2017"])
        assert taught(stream)[1:] == [
            {"Ulm": "Cy", "Bonn": "Dan"},
            {"Bonn": "Bea", "Ulm": "Eve"},
            {"Ulm": "Fay"},
        ]

    def test_each_year_with_events_is_a_step(self, tmp_path: Path) -> None:
        stream = from_rows(tmp_path, self.rows, cut="year")
        labels = [update.label for update in stream]
        assert labels == ["2011", "2012", "2013", "2014", "2015", "2017"]
        assert taught(stream)[:2] == [{"Bonn": "Bea"}, {"Kiel": "Kim", "Ulm": "Ada"}]

    def test_months(self, tmp_path: Path) -> None:
        rows = [dated("Ulm", "Ada", "2012-12-31"), dated("Ulm", "Cy", "2013-02")]
        stream = from_rows(tmp_path, rows, cut="month")
        assert [update.label for update in stream] == ["2012-12", "2013-02"]

    @pytest.mark.parametrize("cut", ["month", "2011-06", "2010-06,2011-12-31"])
    def test_a_date_too_coarse_for_the_cut_is_a_bad_line(self, tmp_path: Path, cut: str) -> None:
        rows = [dated("Bonn", "Bea", "2010-01"), dated("Ulm", "Ada", "2011")]
        error = refused(tmp_path, rows, cut=cut)
        assert len(error.details) == 1
        assert error.details[0].startswith("facts.jsonl:2: bad date '2011': ")

    @pytest.mark.parametrize(
        "cut",
        ["2014,2012", "2012,2012-01", "2012-13,2014", "weekly,2014", "", []],
    )
    def test_invalid_cuts_are_refused(self, tmp_path: Path, cut: object) -> None:
        with pytest.raises(ValidationError, match="cut"):
            OwnFactsConfig.model_validate({"path": tmp_path / "facts.jsonl", "cut": cut})

    def test_the_resolved_config_reads_back(self, tmp_path: Path) -> None:
        config = OwnFactsConfig.model_validate(
            {"path": tmp_path / "facts.jsonl", "cut": [2012, "2014-12"], "where": "a=b"}
        )
        assert config.cut == ("2012", "2014-12")
        assert OwnFactsConfig.model_validate_json(config.model_dump_json()) == config

    def test_cut_and_dates_belong_together(self, tmp_path: Path) -> None:
        assert "no line has a date" in refused(tmp_path, GOOD, cut="year").what
        error = refused(tmp_path, self.rows)
        assert "no cut says" in error.what
        assert "--cut year" in error.hint

    def test_nothing_before_the_first_cut(self, tmp_path: Path) -> None:
        assert "the base is empty" in refused(tmp_path, self.rows, cut="2001,2014").what

    def test_two_values_on_one_date(self, tmp_path: Path) -> None:
        rows = [*self.rows, dated("Ulm", "Gil", "2017-01-01")]
        error = refused(tmp_path, rows, cut="year")
        assert error.details == (
            "facts.jsonl:9: two values for ('Ulm', 'mayor') on 2017-01-01: "
            "'Gil' here, 'Fay' in facts.jsonl:8",
        )

    def test_a_chain_of_changes_on_one_date(self, tmp_path: Path) -> None:
        rows = [*self.rows, dated("Ulm", "Gil", "2017-01-01", old="Fay")]
        assert taught(from_rows(tmp_path, rows, cut="year"))[-1] == {"Ulm": "Gil"}


class TestForget:
    def test_a_fact_is_forgotten_and_may_be_taught_again(self, tmp_path: Path) -> None:
        gone = {"subject": "Ulm", "relation": "mayor", "update": 2, "forget": True}
        stream = from_rows(tmp_path, [*GOOD, gone, fact("Ulm", "Cy", 3)])
        assert [item.object for item in stream.updates[2].forget] == ["Cy"]
        assert not stream.updates[2].learn
        assert stream.origins[2, ("Ulm", "mayor")] == "facts.jsonl:4"
        assert valid(stream, 2) == {"Bonn": "Bea"}
        assert valid(stream, 3) == {"Bonn": "Bea", "Ulm": "Cy"}

    def test_net_change_within_one_cut(self, tmp_path: Path) -> None:
        gone: Row = {"relation": "mayor", "forget": True}
        rows = [
            dated("Ulm", "Ada", "2012"),
            dated("Bonn", "Bea", "2012"),
            {**gone, "subject": "Ulm", "date": "2013-02-01"},
            dated("Ulm", "Cy", "2013-03-01"),
            dated("Bonn", "Dan", "2013-02-01"),
            {**gone, "subject": "Bonn", "date": "2013-03-01", "new": "Dan"},
            dated("Kiel", "Kim", "2013-02-01"),
            {**gone, "subject": "Kiel", "date": "2013-03-01"},
        ]
        update = from_rows(tmp_path, rows, cut="year").updates[1]
        assert [item.object for item in update.learn] == ["Cy"]
        assert [item.object for item in update.forget] == ["Bea"]

    @pytest.mark.parametrize(
        ("more", "reason"),
        [
            ({"subject": "Rome"}, "asks to forget ('Rome', 'mayor'), which is not known at that"),
            ({"subject": "Ulm", "new": "Ada"}, "new is 'Ada', but facts.jsonl:3 says 'Cy'"),
            ({"subject": "Ulm", "old": "Ada"}, "old is 'Ada', but facts.jsonl:3 says 'Cy'"),
            ({"subject": "Ulm", "forget": "perhaps"}, "forget must be true or false"),
        ],
    )
    def test_requests_that_are_refused(self, tmp_path: Path, more: Row, reason: str) -> None:
        row: Row = {"relation": "mayor", "update": 2, "forget": True, **more}
        error = refused(tmp_path, [*GOOD, row])
        assert error.details[0].startswith(f"facts.jsonl:4: {reason}")

    def test_forgetting_twice(self, tmp_path: Path) -> None:
        rows = [*GOOD] + [
            {"subject": "Ulm", "relation": "mayor", "update": step, "forget": True}
            for step in (2, 3)
        ]
        assert "facts.jsonl:5: asks to forget" in refused(tmp_path, rows).details[0]

    def test_a_value_and_a_request_in_one_update(self, tmp_path: Path) -> None:
        row: Row = {"subject": "Ulm", "relation": "mayor", "update": 1, "forget": True}
        assert (
            "facts.jsonl:4: both a value and a request"
            in refused(tmp_path, [*GOOD, row]).details[0]
        )


BAD_LINES: list[tuple[Row | str | bytes, str]] = [
    ({"relation": "mayor", "new": "x", "update": 1}, "subject is missing"),
    (fact("", "x", 1), "subject is empty"),
    ({"subject": "a", "new": "x", "update": 1}, "relation is missing"),
    ({"subject": "a", "relation": "r", "update": 1}, "new is missing"),
    (fact("a", " ", 1), "new is empty"),
    ({**fact("a", "x", 1), "new": None}, "new is missing"),
    ({**fact("a", "x", 1), "new": 7.5}, "new is not a text: 7.5"),
    ({**fact("a", "x", 1), "subject": ["a"]}, "subject is not a text: ['a']"),
    ({**fact("a", "x", 1), "aliases": 3}, "aliases is not a list of texts: 3"),
    ({**fact("a", "x", 1), "aliases": [3.5]}, "aliases is not a text: 3.5"),
    ('{"subject": "a", ', "not JSON: "),
    ("[1, 2]", "not a JSON object: [1, 2]"),
    ("[" * 100_000, "not readable JSON"),
    ({"subject": "a", "relation": "r", "new": "x"}, "update is missing"),
    ({**fact("a", "x", 1), "update": -1}, "bad update number -1"),
    ({**fact("a", "x", 1), "update": 1.5}, "bad update number 1.5"),
    ({**fact("a", "x", 1), "update": True}, "bad update number True"),
    ({**fact("a", "x", 1), "update": "one"}, "bad update number 'one'"),
    (fact("Ulm", "x", 1), "two values for ('Ulm', 'mayor') in update 1"),
    (fact("Bonn", "x", 1, old="Bo"), "old is 'Bo', but facts.jsonl:2 says 'Bea'"),
    (fact("Rome", "x", 1, old="Bo"), "old is 'Bo', but ('Rome', 'mayor') is not known at that"),
    (b'{"subject": "a\xff", "relation": "r", "new": "x", "update": 1}', "not UTF-8: byte 0xff"),
    (fact("a", "x" * 2001, 1), "new is too long: 2,001 characters; the limit is 2,000"),
    (fact("a\nb", "x", 1), "subject has a line break (U+000A)"),
    (fact("a", "x\u2028y", 1), "new has a line break (U+2028)"),
    (fact("a", "x\x1b[31m", 1), "new has a control character (U+001B)"),
    ('{"subject": "\\ud800", "relation": "r", "new": "x", "update": 1}', "subject is not Unicode"),
    ({"prompt": "p", "relation": "r", "answer": "x", "update": 1}, "has both a relation and"),
    ({"prompt": "p", "update": 1}, "answer is missing"),
]


class TestBadLines:
    @pytest.mark.parametrize(("line", "reason"), BAD_LINES)
    def test_is_named_with_its_line_and_left_out_on_request(
        self, tmp_path: Path, line: Row | str | bytes, reason: str
    ) -> None:
        error = refused(tmp_path, [*GOOD, "", line])
        assert error.what == "1 bad line"
        assert len(error.details) == 1
        assert error.details[0].startswith(f"facts.jsonl:5: {reason}")
        assert "--skip-bad" in error.hint
        stream = from_rows(tmp_path, [*GOOD, "", line], skip_bad=True)
        assert stream.skipped == error.details
        assert taught(stream) == taught(from_rows(tmp_path, GOOD))

    @pytest.mark.parametrize(
        "day", ["20-13-2014", "2014-13", "2014-02-30", "2014-1-1", "0000", "2014-01-01T25:00", "x"]
    )
    def test_bad_dates(self, tmp_path: Path, day: str) -> None:
        rows = [dated("Ulm", "Ada", "2012"), dated("Ulm", "Cy", day)]
        assert (
            refused(tmp_path, rows, cut="year")
            .details[0]
            .startswith(f"facts.jsonl:2: bad date {day!r}: ")
        )

    def test_all_are_reported_at_once_in_the_order_of_the_file(self, tmp_path: Path) -> None:
        error = refused(tmp_path, [*GOOD, *(line for line, _ in BAD_LINES)])
        assert error.what == f"{len(BAD_LINES)} bad lines"
        places = [detail.split(": ")[0] for detail in error.details]
        assert places == [f"facts.jsonl:{line}" for line in range(4, 4 + len(BAD_LINES))]

    def test_a_long_list_of_errors_is_shortened_and_counted(self, tmp_path: Path) -> None:
        error = refused(tmp_path, [*GOOD, *(["no"] * 1200)])
        assert error.what == "1,200 bad lines"
        assert len(error.details) == 51
        assert error.details[-1] == "… and 1,150 more"
        assert len(from_rows(tmp_path, [*GOOD, *(["no"] * 1200)], skip_bad=True).skipped) == 1200

    def test_a_skipped_contradiction_is_not_applied(self, tmp_path: Path) -> None:
        rows = [*GOOD, fact("Ulm", "Di", 2, old="Ada"), fact("Ulm", "Eve", 3, old="Cy")]
        rows += [fact("Bonn", "Dan", 2)]
        stream = from_rows(tmp_path, rows, skip_bad=True)
        assert [line.split(": ")[0] for line in stream.skipped] == ["facts.jsonl:4"]
        assert valid(stream, 3) == {"Ulm": "Eve", "Bonn": "Dan"}

    @pytest.mark.parametrize("old", [None, "", "Cy"])
    def test_an_empty_old_is_ignored(self, tmp_path: Path, old: str | None) -> None:
        stream = from_rows(tmp_path, [*GOOD, fact("Ulm", "Di", 2, old=old)])
        assert taught(stream)[2] == {"Ulm": "Di"}

    def test_old_may_be_an_accepted_spelling(self, tmp_path: Path) -> None:
        rows = [fact("Ulm", "Ada", 0, aliases=["Ada L."]), fact("Ulm", "Cy", 1, old="Ada L.")]
        assert taught(from_rows(tmp_path, rows))[1] == {"Ulm": "Cy"}

    def test_a_repeated_line_is_harmless(self, tmp_path: Path) -> None:
        row = fact("Bonn", "Dan", 1, old="Bea")
        assert taught(from_rows(tmp_path, [*GOOD, row, row]))[1] == {"Ulm": "Cy", "Bonn": "Dan"}

    def test_longer_texts_on_request(self, tmp_path: Path) -> None:
        rows = [*GOOD, fact("Ulm", "x" * 2001, 2)]
        assert from_rows(tmp_path, rows, max_chars=3000)
        assert "subject is too long" in refused(tmp_path, rows, max_chars=2).details[0]

    def test_facts_are_always_treated_as_text(self, tmp_path: Path) -> None:
        evil = "{object} {0.__class__} %s $(x) ../../etc ${HOME}"
        stream = from_rows(tmp_path, [*GOOD, fact(evil, evil, 1)])
        (asked,) = [item for item in stream.updates[1].learn if item.subject == evil]
        assert asked.object == evil
        assert all(evil in prompt for prompt, _ in stream.wordings.examples(asked))


class TestWhere:
    rows = (
        fact("Ulm", "Ada", 0, party="A"),
        {**fact("Ulm", "Blau", 0), "relation": "river"},
        fact("Ulm", "Cy", 1, party="B", old="Ada"),
        fact("Ulm", "Di", 2, party="A", old="Cy"),
        {**fact("Ulm", "Donau", 1), "relation": "river"},
        {**fact("Ulm", "", 1), "relation": "sea"},
    )

    def test_chooses_lines_and_does_not_check_the_others(self, tmp_path: Path) -> None:
        stream = from_rows(tmp_path, self.rows, where="relation=mayor,bishop")
        assert taught(stream) == [{"Ulm": "Ada"}, {"Ulm": "Cy"}, {"Ulm": "Di"}]
        assert stream.source["filtered_out"] == 3

    def test_all_conditions_must_hold_and_old_is_checked_on_the_whole_file(
        self, tmp_path: Path
    ) -> None:
        stream = from_rows(tmp_path, self.rows, where=["party=A", "relation=mayor"])
        assert taught(stream) == [{"Ulm": "Ada"}, {}, {"Ulm": "Di"}]

    def test_a_comma_in_a_value(self, tmp_path: Path) -> None:
        rows = [*GOOD, fact("Bonn, Rhein", "x", 0), fact("Bonn, Rhein", "y", 1)]
        stream = from_rows(tmp_path, rows, where=r"subject=Bonn\, Rhein")
        assert taught(stream) == [{"Bonn, Rhein": "x"}, {"Bonn, Rhein": "y"}]

    def test_unknown_columns_and_filters_that_choose_nothing(self, tmp_path: Path) -> None:
        error = refused(tmp_path, self.rows, where="colour=red")
        assert "'colour'" in error.what
        assert "'party'" in error.hint
        assert "Did you mean 'party'?" in refused(tmp_path, self.rows, where="prty=A").hint
        both = ["party=A", "relation=river"]
        assert "no usable event" in refused(tmp_path, self.rows, where=both).what

    def test_a_value_that_no_line_has(self, tmp_path: Path) -> None:
        error = refused(tmp_path, self.rows, where="relation=mayr")
        assert error.what == "no line has relation 'mayr'"
        assert error.hint == "Did you mean 'mayor'?"
        error = refused(tmp_path, self.rows, where="relation=x")
        assert error.hint == "The values of relation are: 'mayor', 'river', 'sea'."
        stream = from_rows(tmp_path, self.rows, where=r"relation=mayor,see")
        assert taught(stream) == [{"Ulm": "Ada"}, {"Ulm": "Cy"}, {"Ulm": "Di"}]
        assert stream.warnings == ("facts.jsonl: no line has relation 'see'. Did you mean 'sea'?",)

    @pytest.mark.parametrize("where", ["relation", "=x"])
    def test_malformed(self, tmp_path: Path, where: str) -> None:
        with pytest.raises(ValidationError, match="where"):
            OwnFactsConfig.model_validate({"path": tmp_path, "where": where})


class TestQuestions:
    rows = (
        {"prompt": "Who leads Ulm?", "answer": "Ada", "update": 0},
        {
            "prompt": "Who leads Ulm?",
            "answer": "Cy",
            "old": "Ada",
            "paraphrases": ["Ulm's mayor is", "Name Ulm's mayor?"],
            "aliases": ["Cyrus"],
            "update": 1,
        },
    )

    def test_prompts_and_paraphrases(self, tmp_path: Path) -> None:
        stream = from_rows(tmp_path, self.rows)
        (learnt,) = stream.updates[1].learn
        assert learnt.key == ("Who leads Ulm?", "question")
        assert learnt.accepted == ("Cy", "Cyrus")
        asked = [(item.form, item.prompt) for item in stream.wordings.askings(learnt.key)]
        assert asked == [
            ("trained", "Who leads Ulm?"),
            ("trained", "Ulm's mayor is"),
            ("question", "Name Ulm's mayor?"),
        ]

    def test_a_prompt_may_have_several_lines(self, tmp_path: Path) -> None:
        rows = [{**row, "prompt": "Ulm lies here.\nWho leads it?"} for row in self.rows]
        assert len(from_rows(tmp_path, rows)) == 2

    def test_beside_facts_and_with_dates(self, tmp_path: Path) -> None:
        rows = [{**row, "date": f"201{row['update']}"} for row in self.rows]
        stream = from_rows(tmp_path, [dated("Bonn", "Bea", "2010"), *rows], cut="year")
        assert taught(stream)[1] == {"Who leads Ulm?": "Cy"}

    def test_forget(self, tmp_path: Path) -> None:
        gone = {"prompt": "Who leads Ulm?", "update": 2, "forget": True}
        stream = from_rows(tmp_path, [*self.rows, gone])
        assert valid(stream, 2) == {}


EVENTS = st.lists(
    st.tuples(
        st.integers(0, 5),
        st.sampled_from("abc"),
        st.one_of(st.none(), st.sampled_from("xyz")),
        st.booleans(),
    ),
    max_size=25,
)


@settings(
    max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(events=EVENTS)
def test_knowledge_equals_a_naive_simulation(
    tmp_path: Path, events: list[tuple[int, str, str | None, bool]]
) -> None:
    """Years 2000 … 2005, each event on a day of its own; two years make one step."""
    state: dict[str, str] = {"base": "b"}
    rows: list[Row] = [dated("base", "b", "2000-01-01")]
    after = [dict(state) for _ in range(3)]
    ordered = sorted(events, key=lambda event: event[0])
    for number, (year, subject, value, tells_old) in enumerate(ordered):
        row: Row = {"subject": subject, "relation": "mayor"}
        row["date"] = f"{2000 + year}-02-{number + 1:02d}"
        if tells_old and subject in state:
            row["old"] = state[subject]
        if value is None and subject not in state:
            continue
        if value is None:
            row["forget"] = True
            del state[subject]
        else:
            row["new"] = state[subject] = value
        rows.append(row)
        for step in range(year // 2, 3):
            after[step] = dict(state)
    # Without a change after the base there would be no stream.
    rows.append(dated("base", "c", "2005-12-31", old="b"))
    after[2]["base"] = "c"
    stream = from_rows(tmp_path, rows, cut="2002,2004")
    known = Knowledge()
    for update in stream:
        before = {fact.subject: fact.object for fact in known.valid()}
        assert all(before.get(fact.subject) != fact.object for fact in update.learn)
        known.apply(update)
        assert {fact.subject: fact.object for fact in known.valid()} == after[update.step]
