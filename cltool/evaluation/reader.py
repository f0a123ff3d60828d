"""Lets a model read a text, then answer questions about it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch

from cltool.evaluation.matching import Answer
from cltool.evaluation.prober import spoken
from cltool.lm.architectures.carry import read_on, reads_in_pieces
from cltool.lm.language_model import LanguageModel
from cltool.lm.modes import evaluating
from cltool.lm.sampling import Sampler


class Reader:
    """Answers questions after a text.

    A model that reads in pieces reads the text once and keeps its memory of it. Any other model
    gets the text before each question.

    Args:
        lm: the model.
        batch_size: prompts in a forward pass.

    Attributes:
        bytes: what the model kept of the last text: its memory, or keys and values.
    """

    def __init__(self, lm: LanguageModel, batch_size: int) -> None:
        self._lm, self._sampler = lm, Sampler(lm, batch_size)
        self._pieces = reads_in_pieces(lm.model)
        self._per_token: int | None = None
        self.bytes = 0

    def answers(
        self, lines: Sequence[str], prompts: Sequence[str], limit: int
    ) -> list[Answer] | None:
        """Return the greedy answer to each prompt after the lines.

        Args:
            lines: the text.
            prompts: what is asked after it, each by itself.
            limit: the most tokens of an answer.

        Returns:
            None if the text does not fit into the model's context with a prompt and its answer.
        """
        coder = self._lm.coder
        text = "".join(lines)
        before = text if self._pieces is None else ""
        asked = coder.prompts([before + prompt for prompt in prompts])
        read = coder.documents([text])[0]
        longest = max(map(len, asked)) + limit + (0 if self._pieces is None else len(read))
        if longest > self._lm.context:
            return None
        if self._pieces is None:
            self.bytes = self._bytes_per_token(asked[0]) * len(read)
            return self._answered(asked, limit)
        self._pieces.carried = None
        try:
            self.bytes = read_on(self._lm, self._pieces, read).bytes()
            return self._answered(asked, limit)
        finally:
            self._pieces.carried = None

    def _answered(self, asked: Sequence[Sequence[int]], limit: int) -> list[Answer]:
        written = self._sampler.greedy(asked, limit)
        return [spoken(self._lm.coder, ids, limit) for ids in written]

    @torch.no_grad()
    def _bytes_per_token(self, ids: Sequence[int]) -> int:
        """Return the bytes of keys and values that the model keeps of a token; 0: unknown."""
        if self._per_token is None:
            model: Any = self._lm.model
            with evaluating(model), self._lm.precision.autocast():
                text = torch.tensor([list(ids)], device=self._lm.device)
                out = model(input_ids=text, use_cache=True)
            # State-space models keep something else, which does not grow with the text.
            layers = getattr(getattr(out, "past_key_values", None), "layers", ())
            held = [getattr(one, name, None) for one in layers for name in ("keys", "values")]
            tensors = [tensor for tensor in held if tensor is not None]
            size = sum(tensor.numel() * tensor.element_size() for tensor in tensors)
            self._per_token = size // len(ids)
        return self._per_token
