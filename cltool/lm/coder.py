"""Conversion of text to tokens and back, the same for training and probing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase


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
    """

    def __init__(self, tokenizer: PreTrainedTokenizerBase, others: Sequence[int] = ()) -> None:
        self.tokenizer = tokenizer
        self.others = tuple(others)
        eos = tokenizer.eos_token_id
        self.eos: int | None = eos if isinstance(eos, int) else None
        pad = tokenizer.pad_token_id
        self.pad: int = pad if isinstance(pad, int) else (self.eos or 0)

    def prompts(self, texts: Sequence[str]) -> list[list[int]]:
        """Return the token ids of each prompt, with the tokenizer's leading tokens."""
        return self._ids(texts, special=True)

    def texts(self, texts: Sequence[str]) -> list[list[int]]:
        """Return the token ids of each text, without special tokens."""
        return self._ids(texts, special=False)

    def pairs(self, pairs: Sequence[tuple[str, str]]) -> list[Encoded]:
        """Encode each (prompt, completion), followed by the end token."""
        if not pairs:
            return []
        prompts = self.prompts([prompt for prompt, _ in pairs])
        whole = self.prompts([prompt + completion for prompt, completion in pairs])
        tail = [self.eos] if self.eos is not None else []
        encoded: list[Encoded] = []
        for (_, completion), head, full in zip(pairs, prompts, whole, strict=True):
            if full[: len(head)] != head or len(full) == len(head):
                full = head + self.texts([completion])[0]
            encoded.append(Encoded((*full, *tail), len(head), bool(tail)))
        return encoded

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
        return frozenset([*self.others, *([] if self.eos is None else [self.eos])])

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
