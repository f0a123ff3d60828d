"""Tables as spreadsheets and programs write them as text: read rightly, or refused by line."""

from __future__ import annotations

import pytest

from .conftest import Table

HEAD = "subject,relation,new,update"
GOOD = [[("A", "b")], [("A", "c")]]


class TestSeparators:
    @pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
    @pytest.mark.parametrize("name", ["a.csv", "a.tsv", "a.txt", "a.csv.gz"])
    def test_the_header_tells_the_separator(self, table: Table, separator: str, name: str) -> None:
        text = f"{HEAD}\nA,r,b,0\nA,r,c,1\n".replace(",", separator)
        assert table.read(name, text) == GOOD

    @pytest.mark.parametrize("first", ["sep=;", '"sep=;"', "SEP=;"])
    def test_excels_first_line_states_it_and_is_counted(self, table: Table, first: str) -> None:
        rows = "subject;relation;new;update\r\nA;r;b;0\r\nA;r;c;1\r\n"
        assert table.read("a.csv", f"{first}\r\n{rows}") == GOOD
        error = table.refused("a.csv", f"{first}\r\n{rows}B;r;;1\r\n")
        assert error.details == ("a.csv:5: new is empty",)

    def test_cells_may_have_other_separators(self, table: Table) -> None:
        text = "subject;relation;new;update\nA;r;b, c|d;0\nA;r;e;1\n"
        assert table.read("a.csv", text)[0] == [("A", "b, c|d")]

    @pytest.mark.parametrize(
        ("header", "what"),
        [
            ("subject,x;new", "may be separated by ',' or by ';'"),
            ("subject:relation:new:update", "look separated by ':'"),
        ],
    )
    def test_in_doubt_the_file_is_refused(self, table: Table, header: str, what: str) -> None:
        error = table.refused("a.csv", f"{header}\nA,r,b,0\n")
        assert what in error.what
        assert error.where.endswith("a.csv:1")

    def test_rows_of_separators_are_blank(self, table: Table) -> None:
        text = ";;;;;\r\nsubject;relation;new;update;;\r\nA;r;b;0;;\r\n;;;;;\r\n \r\nA;r;c;1\r\n"
        error = table.refused("a.csv", text)
        assert error.details == ("a.csv:6: has 4 fields, but the header has 6",)
        assert table.read("a.csv", text.replace("c;1", "c;1;;;;")) == GOOD

    def test_rows_with_an_index_only_are_blank(self, table: Table) -> None:
        text = f",{HEAD}\n0,A,r,b,0\n1,,,,\n2,A,r,c,1\n"
        stream = table.stream(table.write("a.csv", text))
        assert table.facts(stream) == GOOD
        assert stream.source["lines"] == 2

    def test_a_header_in_the_middle_is_refused(self, table: Table) -> None:
        text = f"{HEAD}\nA,r,b,0\n\ufeff{HEAD}\nA,r,c,1\n"
        assert table.refused("a.csv", text).details == ("a.csv:3: repeats the header",)

    def test_text_beyond_the_header_is_refused(self, table: Table) -> None:
        error = table.refused("a.csv", f"{HEAD}\nA,r,b,0,,x\nA,r,c,1\n")
        assert error.details == ("a.csv:2: has 6 fields, but the header has 4",)


class TestHeader:
    @pytest.mark.parametrize(
        ("name", "text", "what"),
        [
            ("a.csv", '{"subject": "A"}\n', "is JSON"),
            ("a.jsonl", f"{HEAD}\nA,r,b,0\n", "is not JSON, but a table"),
            ("a.json", f"{HEAD}\nA,r,b,0\n".replace(",", ";"), "is not JSON, but a table"),
        ],
    )
    def test_a_table_with_the_name_of_another_kind(
        self, table: Table, name: str, text: str, what: str
    ) -> None:
        error = table.refused(name, text)
        assert what in error.what
        assert "Give it a name" in error.hint

    @pytest.mark.parametrize(
        ("name", "meant"),
        [("forgotten", "forget"), ("old_value", "old"), ("Alias name", "aliases"), ("party", "")],
    )
    def test_names_with_the_word_of_a_column(self, table: Table, name: str, meant: str) -> None:
        warnings = table.warnings("a.csv", f"{HEAD},{name}\nA,r,b,0,\nA,r,c,1,\n")
        assert [f"Is it meant as {meant}?" in one for one in warnings] == [True] * bool(meant)

    def test_a_missing_header(self, table: Table) -> None:
        error = table.refused("a.csv", "A,r,b,0\nA,r,c,1\n")
        assert error.where.endswith("a.csv:1")
        assert "The first line must be the header" in error.hint

    def test_case_and_space_do_not_matter_but_are_told(self, table: Table) -> None:
        text = "Subject ,RELATION,\ufeffnew,Update,Forget\nA,r,b,0,\nA,r,,1,TRUE\nB,r,c,1,\n"
        stream = table.stream(table.write("a.csv", text))
        assert [fact.object for fact in stream.updates[1].forget] == ["b"]
        assert stream.warnings == (
            "a.csv:2: the columns 'Subject', 'RELATION', 'Update', 'Forget' are read as subject,"
            " relation, update, forget.",
        )

    @pytest.mark.parametrize(
        ("second", "what"),
        [
            ("new", "the column 'new' occurs twice"),
            ("New", "the column 'new' occurs twice, as 'new' and 'New'"),
            ("new.1", "the column 'new' occurs twice: 'new.1' is a second one"),
            ("new_duplicated_0", "'new_duplicated_0' is a second one"),
        ],
    )
    def test_a_column_that_occurs_twice(self, table: Table, second: str, what: str) -> None:
        assert what in table.refused("a.csv", f"{HEAD},{second}\nA,r,b,0,x\n").what

    def test_a_misspelt_column_is_told(self, table: Table) -> None:
        text = f"{HEAD},alias,region,subject_id\nA,r,b,0,B,x,1\nA,r,c,1,,x,1\n"
        assert table.warnings("a.csv", text) == [
            "The column 'alias' is kept as a tag. Is it meant as aliases?"
        ]

    def test_a_misspelt_request_to_forget_is_refused(self, table: Table) -> None:
        error = table.refused("a.csv", f"{HEAD},forgets\nA,r,b,0,no\nA,r,c,1,yes\n")
        assert error.details[0].startswith("a.csv:3: 'forgets' is 'yes'")

    def test_unnamed_columns(self, table: Table) -> None:
        rows = f",{HEAD},Unnamed: 5,\n0,A,r,b,0,7,\n1,A,r,c,1,8,note\n"
        stream = table.stream(table.write("a.csv", rows))
        assert table.facts(stream) == GOOD
        assert all(not fact.tags for update in stream for fact in update.learn)
        assert stream.warnings == (
            "a.csv:3: column 7 has no name in the header, so its text is not used.",
        )


class TestCells:
    @pytest.mark.parametrize("update", ["1", "1.0", "1,0", " 1 ", "1e0", "1.000000e+00"])
    def test_whole_numbers_that_became_fractions(self, table: Table, update: str) -> None:
        text = f'{HEAD}\nA,r,b,0\nA,r,c,"{update}"\n'
        assert table.read("a.csv", text) == GOOD

    @pytest.mark.parametrize(
        "update",
        ["1.000", "1,000", "1e+03", "1E+03", "1.5", "1.5e0", "1e-1", "1e99", "+1", "-1", "x"],
    )
    def test_numbers_that_may_be_others(self, table: Table, update: str) -> None:
        error = table.refused("a.csv", f'{HEAD}\nA,r,b,0\nA,r,c,"{update}"\n')
        assert error.details[0].startswith(f"a.csv:3: bad update number '{update}'")

    @pytest.mark.parametrize(
        "cell",
        [
            *("a|b", '["a", "b"]', "['a', 'b']", "['a' 'b']", "['a'\n 'b']", "('a', 'b')"),
            *("frozenset({'a', 'b'})", "dict_values(['a', 'b'])"),
        ],
    )
    def test_lists(self, table: Table, cell: str) -> None:
        quoted = '"' + cell.replace('"', '""') + '"'
        text = f"{HEAD},aliases\nA,r,x,0,{quoted}\nA,r,c,1,set()\n"
        stream = table.stream(table.write("a.csv", text))
        assert [update.learn[0].aliases for update in stream] == [("a", "b"), ()]
        assert not stream.warnings

    @pytest.mark.parametrize(
        "cell",
        [
            "a;b",
            "[a, b]",
            "['a', b]",
            "['a' 'b', 'c']",
            "[a b]",
            "{a,b}",
            "['a', ...]",
            "['a', ...",
        ],
    )
    def test_lists_that_cannot_be_read(self, table: Table, cell: str) -> None:
        error = table.refused("a.csv", f'{HEAD},aliases\nA,r,x,0,"{cell}"\nA,r,c,1,\n')
        assert error.details[0].startswith("a.csv:2: aliases ")

    def test_a_list_is_never_executed(self, table: Table) -> None:
        cell = "[__import__('os').getcwd()]"
        error = table.refused("a.csv", f'{HEAD},aliases\nA,r,x,0,"{cell}"\n')
        assert "looks like a list" in error.details[0]

    @pytest.mark.parametrize("yes", ["TRUE", "true", "1", "1.0", "yes", "WAHR", "VRAI"])
    @pytest.mark.parametrize("no", ["", "FALSE", "0", "NaN", "None", "<NA>", "#N/A", "FALSCH"])
    def test_yes_and_no(self, table: Table, yes: str, no: str) -> None:
        text = f"{HEAD},forget\nA,r,b,0,{no}\nB,r,b,0,{no}\nA,r,,1,{yes}\n"
        assert table.stream(table.write("a.csv", text)).updates[1].forget[0].subject == "A"

    @pytest.mark.parametrize(
        ("cell", "what"),
        [
            ("'007", "begins with the apostrophe"),
            ("'c'", "is in single quotes"),
            ("=B2", "is a formula"),
            ('"=""007"""', "is a formula"),
            ("#REF!", "is an error that a spreadsheet shows"),
            ("#WERT!", "is an error that a spreadsheet shows"),
            ("Err:508", "is an error that a spreadsheet shows"),
            ("Loading...", "is an error that a spreadsheet shows"),
            ("(null)", "is missing: '(null)'"),
            ("########", "is an error that a spreadsheet shows"),
            ("#N/A", "is missing: '#N/A'"),
            ("NaT", "is missing: 'NaT'"),
            (' "c"', "has a space before a quote"),
            ('c \\"d\\"', 'has \\"'),
            ("c\\\\d", "has two backslashes"),
            ('"c\nd"', "has a line break"),
            ("c\0d", "has a control character (U+0000)"),
        ],
    )
    def test_cells_that_are_not_what_they_seem(self, table: Table, cell: str, what: str) -> None:
        error = table.refused("a.csv", f"{HEAD}\nA,r,b,0\nA,r,{cell},1\n")
        assert error.details[0].startswith(f"a.csv:3: new {what}")

    @pytest.mark.parametrize("cell", ["'s-Hertogenbosch", "'90s", "=", "#1", "-5", "@home", "C#"])
    def test_names_that_look_like_them_are_kept(self, table: Table, cell: str) -> None:
        assert table.read("a.csv", f"{HEAD}\nA,r,b,0\nA,r,{cell},1\n")[1] == [("A", cell)]


class TestMissingValues:
    @pytest.mark.parametrize("name", ["nan", "NaN", "None", "null", "NA"])
    def test_a_name_like_a_missing_value_is_kept_and_told(self, table: Table, name: str) -> None:
        text = f"{HEAD}\n{name},r,b,0\nB,r,c,0\n{name},r,{name},1\n"
        stream = table.stream(table.write("a.csv", text))
        assert table.facts(stream)[1] == [(name, name)]
        assert any(f"new '{name}' is kept as a name" in one for one in stream.warnings)
        assert any(f"subject '{name}' is kept as a name" in one for one in stream.warnings)

    def test_nobody_is_told_about_nan_the_person(self, table: Table) -> None:
        assert table.warnings("a.csv", f"{HEAD}\nNan,r,b,0\nNan,r,Nan,1\n") == []

    def test_a_column_full_of_them_is_refused(self, table: Table) -> None:
        error = table.refused("a.csv", f"{HEAD}\nA,r,nan,0\nB,r,nan,1\n")
        assert "new has no other values than 'nan'" in error.what

    def test_they_are_missing_if_other_columns_are_marked_so(self, table: Table) -> None:
        text = f"{HEAD},old\nA,r,b,0,NaN\nA,r,NaN,1,b\nB,r,c,1,NaN\n"
        error = table.refused("a.csv", text)
        assert error.details == ("a.csv:3: new is 'NaN', which marks missing values in other"
                                 " columns",)  # fmt: skip
        stream = table.stream(table.write("a.csv", text.replace("r,NaN,1", "r,c,1")))
        assert stream.warnings == (
            "a.csv:2 and 1 more line: old 'NaN' is read as a missing value.",
        )


class TestDates:
    HEAD = "subject,relation,new,date"

    @pytest.mark.parametrize(
        "day",
        ["2013-05-01", "2013", "2013.0", "2013-05", "2013-05-01 14:30", "2013-05-01T00:00:00.000Z",
         "2013-05-01 00:00:00+00:00"],
    )  # fmt: skip
    def test_days(self, table: Table, day: str) -> None:
        text = f"{self.HEAD}\nA,r,b,2012-01-01\nA,r,c,{day}\n"
        assert table.read("a.csv", text, cut="year") == GOOD

    @pytest.mark.parametrize(
        ("day", "what"),
        [
            ("41395", "serial number of a day in a spreadsheet"),
            ("01/02/2013", "the order of day and month is not certain"),
            ("1.2.13", "the order of day and month is not certain"),
            ("31.12.2020", "the year comes first; write YYYY, YYYY-MM or YYYY-MM-DD"),
            ("12/31/2020", "the year comes first"),
            ("1367366400000", "milliseconds since 1970"),
            ("2013-05-01T23:00:00Z", "the day depends on the time zone"),
            ("2013-05-01 00:00:00+02:00", "the day depends on the time zone"),
            ("20130501", "write YYYY"),
        ],
    )
    def test_days_that_are_not_certain(self, table: Table, day: str, what: str) -> None:
        error = table.refused("a.csv", f"{self.HEAD}\nA,r,b,2012\nA,r,c,{day}\n", cut="year")
        assert error.details[0].startswith(f"a.csv:3: bad date '{day}': ")
        assert what in error.details[0]


class TestLooksWrong:
    @pytest.mark.parametrize(
        ("cell", "what"),
        [
            ("MÃ¼ller", "looks decoded with the wrong encoding"),
            ("M\ufffdller", "has U+FFFD"),
            ("\"['c']\"", "looks like a list"),
            ("1.23457E+15", "has an exponent"),
            ("b'c'", "looks like what a program prints"),
            ("Timestamp('2013-01-01')", "looks like what a program prints"),
            ("c_x000D_", "has _x000D_, an escape"),
            ("c &amp; d", "has &amp;, an escape"),
            ("7.0", "every number in new ends in .0"),
        ],
    )
    def test_is_kept_and_told(self, table: Table, cell: str, what: str) -> None:
        (warning,) = table.warnings("a.csv", f"{HEAD}\nA,r,b,0\nA,r,{cell},1\n")
        assert warning.startswith("a.csv:3: ")
        assert what in warning

    def test_relations_that_are_numbers(self, table: Table) -> None:
        (warning,) = table.warnings("a.csv", f"{HEAD}\nA,0,b,0\nA,0,c,1\n")
        assert "the relations are numbers ('0')" in warning

    def test_a_quote_that_is_closed_too_late(self, table: Table) -> None:
        text = f'{HEAD},note\nA,r,b,0,"one\nB,r,c,0,two"\nA,r,c,1,\n'
        (warning,) = table.warnings("a.csv", text)
        assert warning.startswith("a.csv:2: a quoted cell has lines that look like rows")
        text = 'prompt,answer,update\n"p?,b,0\nWho, you, or I?",c,0\n"Well,\nwho?",d,1\n'
        (warning,) = table.warnings("a.csv", text)
        assert warning.startswith("a.csv:2: a quoted cell has lines that look like rows")

    def test_good_tables_are_not_doubted(self, table: Table) -> None:
        text = f"{HEAD},party,aliases\nÅsa Ærø,r,7.1,0,NA,\nÅsa Ærø,r,8.0,1,,a|b\n"
        assert table.warnings("a.csv", text) == []
