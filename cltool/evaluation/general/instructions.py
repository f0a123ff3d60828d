"""Simple instructions, each with a rule that decides whether an answer follows it.

A rule looks at the form of the answer only, never at whether it is true.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cltool.facts.identity import folded_form, object_identity

FILE = Path(__file__).with_name("instructions.jsonl")
"""The built-in instructions."""

_NUMBER_WORDS = frozenset(
    [
        "zero",
        "one",
        "two",
        "three",
        "four",
        "five",
        "six",
        "seven",
        "eight",
        "nine",
        "ten",
        "eleven",
        "twelve",
    ]
)

_MOST_WORDS_OF_AN_ITEM = 5
"""A longer part between two commas is no item of a list."""


@dataclass(frozen=True, slots=True)
class Instruction:
    """What the model is asked to do, and how that is checked.

    Attributes:
        prompt: the instruction, as it is given to the model.
        rule: a name in `RULES`.
        value: what the rule needs: a number, or a list.
    """

    prompt: str
    rule: str
    value: Any = None

    def followed(self, answer: str) -> bool:
        """Return whether ``answer`` has the form that the instruction asks for."""
        text = answer.strip()
        return bool(text) and RULES[self.rule](text, self.value)


def instructions() -> list[Instruction]:
    """Return the built-in instructions."""
    lines = FILE.read_text(encoding="utf-8").splitlines()
    return [Instruction(**json.loads(line)) for line in lines]


def _yes_no(text: str, value: None) -> bool:
    return object_identity(text) in ("yes", "no")


def _begins(text: str, value: Sequence[str]) -> bool:
    folded = object_identity(text)
    return any(re.match(rf"{re.escape(one)}\b", folded) for one in value)


def _ends(text: str, value: Sequence[str]) -> bool:
    plain = text.rstrip(" \n\"'”’*")
    words = object_identity(plain)
    return any(
        re.search(rf"\b{re.escape(one)}$", words) if one.isalpha() else plain.endswith(one)
        for one in value
    )


def _max_words(text: str, value: int) -> bool:
    return len(text.split()) <= value


def _one_sentence(text: str, value: None) -> bool:
    return "\n" not in text and len(re.findall(r"[.!?]+(?=\s|$)", text)) <= 1


def _comma_list(text: str, value: int) -> bool:
    items = text.rstrip(".").split(",")
    each = all(0 < len(item.split()) <= _MOST_WORDS_OF_AN_ITEM for item in items)
    return "\n" not in text and len(items) == value and each


def _in_order(text: str, value: Sequence[str]) -> bool:
    pattern = r".*?".join(rf"(?<!\w){re.escape(one)}(?!\w)" for one in value)
    return re.search(pattern, folded_form(text), re.DOTALL) is not None


def _capitals(text: str, value: None) -> bool:
    return text.upper() == text and text.lower() != text


def _lower_case(text: str, value: None) -> bool:
    return text.lower() == text and text.upper() != text


def _contains(text: str, value: Sequence[str]) -> bool:
    return all(_in_order(text, [one]) for one in value)


def _times(text: str, value: tuple[str, int]) -> bool:
    word, number = value
    return len(re.findall(rf"(?<!\w){re.escape(word)}(?!\w)", folded_form(text))) == number


def _number(text: str, value: None) -> bool:
    plain = object_identity(text)
    return plain.isdecimal() or plain in _NUMBER_WORDS


def _bullets(text: str, value: int) -> bool:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return len([line for line in lines if re.match(r"[-*•–]\s*\w", line)]) == value


RULES: dict[str, Callable[[str, Any], bool]] = {
    "yes_no": _yes_no,
    "begins": _begins,
    "ends": _ends,
    "max_words": _max_words,
    "one_sentence": _one_sentence,
    "comma_list": _comma_list,
    "in_order": _in_order,
    "capitals": _capitals,
    "lower_case": _lower_case,
    "contains": _contains,
    "times": _times,
    "number": _number,
    "bullets": _bullets,
}
"""Name of a rule → a function of the answer and the instruction's value."""
