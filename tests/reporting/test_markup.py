"""Text is escaped unless it is markup."""

from __future__ import annotations

from cltool.reporting.markup import element, join, table


def test_text_and_attributes_are_escaped() -> None:
    made = element("p", "<b>&", element("i", "ok"), title='"><script>', class_="a", data_x=1.25)
    assert made == (
        '<p title="&quot;&gt;&lt;script&gt;" class="a" data-x="1.2">&lt;b&gt;&amp;<i>ok</i></p>'
    )


def test_what_is_made_from_markup_by_string_methods_is_text_again() -> None:
    assert element("p", element("i", "a").upper()) == "<p>&lt;I&gt;A&lt;/I&gt;</p>"


def test_attributes_may_be_absent_or_alone() -> None:
    assert element("p", hidden=True, title=None, class_=False) == "<p hidden></p>"


def test_join_escapes_both_parts_and_separator() -> None:
    assert join(["<", element("br")], "&") == "&lt;&amp;<br>"


def test_tables_escape_their_cells() -> None:
    made = table(["<"], [["&", "<i>"]], caption='"')
    assert "<i>" not in made
    assert "&lt;i&gt;" in made
