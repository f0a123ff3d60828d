"""The turns of a chat: what a tokenizer's chat template writes around a user's text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cltool.core.errors import UserError

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

DATE = "26 Jul 2024"
"""The date for templates that write one, so that a prompt is the same on every day."""

_ASKED, _SAID = "The question stands here.", "The answer stands here."


@dataclass(frozen=True, slots=True)
class ChatTurns:
    """The text around one turn of a user and the answer of the assistant.

    Attributes:
        before: the text before the user's, with a system turn if there is one.
        after: the text between the user's and the assistant's.
        end: the token after the assistant's text; None if the template writes none.
    """

    before: str
    after: str
    end: int | None

    def around(self, text: str) -> str:
        """Return the prompt that asks ``text``."""
        return f"{self.before}{text}{self.after}"


def chat_turns(
    tokenizer: PreTrainedTokenizerBase, system: str | None = None, *, where: str = ""
) -> ChatTurns | None:
    """Return the turns that the chat template of ``tokenizer`` writes; None without a template.

    If a template can let the model think before it answers, this is turned off.

    Args:
        tokenizer: the tokenizer of a model.
        system: the text of a system turn; none: what the template writes by itself.
        where: the model, for errors.

    Raises:
        UserError: the template fails, changes the user's text, or has no system turn although
            ``system`` is given.
    """
    if not getattr(tokenizer, "chat_template", None):
        return None
    asked = _written(tokenizer, system, where)
    before, found, after = asked.partition(_ASKED)
    said = _written(tokenizer, system, where, answered=True)
    _, answered, rest = said.rpartition(_SAID)
    if not found or not answered or _ASKED in after:
        raise UserError(
            "the chat template does not write the text of a turn as it is",
            where=where,
            hint="Ask the model without its template: --chat off.",
        )
    if system is not None and system.strip() not in before:
        raise UserError(
            "the chat template writes no system turn",
            where=where,
            hint="Leave out model.system.",
        )
    return ChatTurns(before, after, _first_special(tokenizer, rest))


def _written(
    tokenizer: PreTrainedTokenizerBase, system: str | None, where: str, *, answered: bool = False
) -> str:
    turns = [] if system is None else [{"role": "system", "content": system}]
    turns.append({"role": "user", "content": _ASKED})
    if answered:
        turns.append({"role": "assistant", "content": _SAID})
    try:
        text: Any = tokenizer.apply_chat_template(
            turns,
            tokenize=False,
            add_generation_prompt=not answered,
            enable_thinking=False,
            date_string=DATE,
        )
    except Exception as error:  # whatever a template makes Jinja raise
        reason = " ".join(str(error).split()) or type(error).__name__
        raise UserError(
            f"the chat template fails: {reason[:300]}",
            where=where,
            hint="Ask the model without its template: --chat off"
            + (", or leave out model.system." if system is not None else "."),
        ) from error
    return str(text)


def _first_special(tokenizer: PreTrainedTokenizerBase, text: str) -> int | None:
    """Return the first special token of ``text``, if nothing but white space comes before it."""
    special = set(tokenizer.all_special_ids) | set(tokenizer.added_tokens_decoder)
    ids: Any = tokenizer(text, add_special_tokens=False)["input_ids"]
    for number in ids:
        if number in special:
            return int(number)
        if str(tokenizer.decode([number])).strip():
            return None
    return None
