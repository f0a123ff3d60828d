"""Conversion of text to tokens and back, the same for training and probing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

    from cltool.lm.chat import ChatTurns


@dataclass(frozen=True, slots=True)
class Encoded:
    """A prompt and its completion as token ids.

    Attributes:
        ids: prompt, completion, end token.
        start: index of the first token of the completion.
        end: whether the last id is the end token.
    """

    ids: tuple[int, ...]
    start: int
    end: bool = True

    def __len__(self) -> int:
        return len(self.ids)


class Coder:
    """A tokenizer with the conventions that all parts of cltool share.

    A pair is split where its prompt ends. If the tokenizer merges characters across that position,
    the completion is tokenised separately, so the trained prompt has the same tokens as the prompt
    that is asked.

    Args:
        tokenizer: any fast tokenizer with an end token.
        others: further tokens at which the model ends a text.

    Attributes:
        chat: the turns that are written around each prompt; None if prompts are plain text.
    """

    def __init__(self, tokenizer: PreTrainedTokenizerBase, others: Sequence[int] = ()) -> None:
        self.tokenizer = tokenizer
        self.others = tuple(others)
        self.chat: ChatTurns | None = None
        eos = tokenizer.eos_token_id
        self.eos: int | None = eos if isinstance(eos, int) else None
        pad = tokenizer.pad_token_id
        self.pad: int = pad if isinstance(pad, int) else (self.eos or 0)

    def prompts(self, texts: Sequence[str]) -> list[list[int]]:
        """Return the token ids of each prompt: a turn of the chat, or plain text."""
        if self.chat is None:
            return self.documents(texts)
        return self._turns(self.chat, [(text, "") for text in texts])

    def documents(self, texts: Sequence[str]) -> list[list[int]]:
        """Return the token ids of each text, with the tokenizer's leading tokens."""
        return self._ids(texts, special=True)

    def texts(self, texts: Sequence[str]) -> list[list[int]]:
        """Return the token ids of each text, without special tokens."""
        return self._ids(texts, special=False)

    def pairs(self, pairs: Sequence[tuple[str, str]]) -> list[Encoded]:
        """Encode each (prompt, completion), followed by the end token.

        A completion with an empty prompt is a text of its own: it is no turn of a chat.
        """
        if not pairs:
            return []
        if not all(prompt for prompt, _ in pairs):
            turns = iter(self.pairs([pair for pair in pairs if pair[0]]))
            texts = iter(self._whole([completion for prompt, completion in pairs if not prompt]))
            return [next(turns) if prompt else next(texts) for prompt, _ in pairs]
        prompts = self.prompts([prompt for prompt, _ in pairs])
        if self.chat is None:
            whole = self.documents([prompt + completion for prompt, completion in pairs])
        else:
            whole = self._turns(self.chat, pairs)
        tail = [] if self.end is None else [self.end]
        encoded: list[Encoded] = []
        for (_, completion), head, full in zip(pairs, prompts, whole, strict=True):
            if full[: len(head)] != head or len(full) == len(head):
                full = head + self.texts([completion])[0]
            encoded.append(Encoded((*full, *tail), len(head), bool(tail)))
        return encoded

    def _whole(self, texts: Sequence[str]) -> list[Encoded]:
        """Encode texts of which every token is learned, followed by the end token of a text."""
        (head,) = self.documents([""])
        tail = [] if self.eos is None else [self.eos]
        return [Encoded((*row, *tail), len(head), bool(tail)) for row in self.documents(texts)]

    @property
    def end(self) -> int | None:
        """The token with which a completion ends: that of the assistant's turn, or of a text."""
        return self.eos if self.chat is None or self.chat.end is None else self.chat.end

    def decode(self, ids: Sequence[int]) -> str:
        """Return the text of ``ids``, without special tokens."""
        text = self.tokenizer.decode(list(ids), skip_special_tokens=True)
        return text if isinstance(text, str) else "".join(text)

    @cached_property
    def stops(self) -> list[int]:
        """Tokens at which an answer ends: the end tokens and all tokens with a line break."""
        breaks = [
            number
            for token, number in self.tokenizer.get_vocab().items()
            if "\n" in token or "Ċ" in token or token == "<0x0A>"
        ]
        return sorted(self.ends | set(breaks))

    @cached_property
    def ends(self) -> frozenset[int]:
        """Tokens with which the model ends a text."""
        return frozenset(one for one in (*self.others, self.eos, self.end) if one is not None)

    def with_chat(self, chat: ChatTurns | None) -> Coder:
        """Return a coder of the same tokenizer that writes ``chat`` around each prompt."""
        made = Coder(self.tokenizer, self.others)
        made.chat = chat
        return made

    def _turns(self, chat: ChatTurns, pairs: Sequence[tuple[str, str]]) -> list[list[int]]:
        """Return the ids of each (user's text, beginning of the assistant's text)."""
        plain = [not any(map(self._has_special, pair)) for pair in pairs]
        texts = [
            chat.around(asked) + said if whole else ""
            for whole, (asked, said) in zip(plain, pairs, strict=True)
        ]
        rows = self._ids(texts, special=False)
        return [
            row
            if whole
            else [
                *self.texts([chat.before])[0],
                *self._as_data(asked),
                *self.texts([chat.after])[0],
                *self._as_data(said),
            ]
            for row, whole, (asked, said) in zip(rows, plain, pairs, strict=True)
        ]

    def _has_special(self, text: str) -> bool:
        return any(token in text for token in self._special)

    @cached_property
    def _special(self) -> tuple[str, ...]:
        added = self.tokenizer.added_tokens_decoder.values()
        return tuple({str(token) for token in added} | set(self.tokenizer.all_special_tokens))

    def _as_data(self, text: str) -> list[int]:
        """Return the ids of ``text``, where the name of a special token is ordinary text."""
        out: Any = self.tokenizer(text, add_special_tokens=False, split_special_tokens=True)
        return list(out["input_ids"])

    def _ids(self, texts: Sequence[str], special: bool) -> list[list[int]]:
        if not texts:
            return []
        out: Any = self.tokenizer(
            list(texts), add_special_tokens=special, return_attention_mask=False
        )
        rows: list[list[int]] = [list(row) for row in out["input_ids"]]
        if special and self.eos is not None:
            # Some tokenizers add the end token to every text; a prompt must not end with it.
            rows = [row[:-1] if len(row) > 1 and row[-1] == self.eos else row for row in rows]
        return rows
