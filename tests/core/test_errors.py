"""The error for what users can fix."""

from __future__ import annotations

from cltool.core.errors import UserError


def test_the_text_of_an_error_can_be_shown_in_a_terminal() -> None:
    error = UserError("no \x1b[31mred", where="a\x08", details=["\u202eb"], hint="new\nline")
    assert str(error) == "a\\x08: no \\x1b[31mred\n  \\u202eb\nnew\nline"
