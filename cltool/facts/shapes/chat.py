"""Chats of one question and one answer: ``messages`` as OpenAI and `trl` write them.

``{"messages": [{"role": "user", "content": …}, {"role": "assistant", "content": …}]}``, or
``conversations`` with ``from`` (``human``, ``gpt``) and ``value``, as ShareGPT writes them. The
user's message is the prompt of a fact, and the assistant's is its answer.
"""

from __future__ import annotations

from cltool.facts.shapes.cells import items, part, text
from cltool.facts.shapes.shape import Cells, Shape, ShapeError, Told

_USER, _ASSISTANT = ("user", "human"), ("assistant", "gpt", "model", "bot")
_ASIDE = ("system", "developer", "tool", "function")


def _facts(cells: Cells, file: str) -> list[Told]:
    asked, said = [], []
    for message in items(cells.get("messages", cells.get("conversations"))):
        role = message.get("role", message.get("from"))
        content = _content(message.get("content", message.get("value")))
        if role in _USER:
            asked.append(content)
        elif role in _ASSISTANT:
            said.append(content)
        elif role not in _ASIDE:
            raise ShapeError(f"a message has the role {role!r}: a fact needs user and assistant")
    if (len(asked), len(said)) != (1, 1):
        raise ShapeError(
            f"the chat has {len(asked)} messages of the user and {len(said)} of the assistant:"
            " a fact is one question and one answer"
        )
    prompt, answer = text(asked[0], "the user's message"), text(said[0], "the assistant's message")
    return [Told({"prompt": prompt, "answer": answer})]


def _content(value: object) -> object:
    """Return the text of a message, also if it is written as a list of parts."""
    parts = items(value)
    return "".join(str(part(one, "text") or "") for one in parts) if parts else value


def _marks(cells: Cells, file: str) -> bool:
    return bool(items(cells.get("messages", cells.get("conversations"))))


SHAPE = Shape(
    name="chat",
    about="chats: messages with role and content",
    needs=(("messages", "conversations"),),
    reads=(),
    lost="messages of the system",
    facts=_facts,
    marks=_marks,
)
