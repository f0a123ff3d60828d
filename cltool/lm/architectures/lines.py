"""The lines of a text: where they end in a piece, and which of its tokens stand in which line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from cltool.lm.architectures.attention import Piece


@dataclass(frozen=True, slots=True)
class Lines:
    """The lines of the rows of a piece. Line 0 goes on from the piece before.

    Attributes:
        number: (batch, length): the line of each token, from 0. The token that ends a line is its
            last token. Padding stands in the last line of its row.
        begins: (batch, lines): the place of the first token of each line; the length of the piece
            if there is none.
        sizes: (batch, lines): the number of tokens of each line in this piece.
        ended: (batch, lines), bool: the lines whose last token is in this piece.
        written: (batch, lines), bool: those that end with a token of ``writes``.
    """

    number: Tensor
    begins: Tensor
    sizes: Tensor
    ended: Tensor
    written: Tensor

    @classmethod
    def of(cls, piece: Piece, writes: Sequence[int], breaks: Sequence[int]) -> Lines:
        """Return the lines of a piece.

        Args:
            piece: its tokens.
            writes: ids of the tokens that end a line.
            breaks: ids of further tokens that end a line.
        """
        length = piece.real.shape[1]
        device = piece.real.device
        is_write = torch.isin(piece.ids, torch.tensor([*writes], device=device)) & piece.real
        is_break = torch.isin(piece.ids, torch.tensor([*breaks], device=device)) & piece.real
        ends = is_write | is_break
        number = ends.cumsum(dim=1) - ends.long()
        places = torch.arange(length, device=device).expand_as(number)
        last = int(ends.sum(dim=1).max())
        # The ends of a row in order, then `length` as often as it has fewer ends than others.
        ordered = torch.where(ends, places, length).sort(dim=1).values[:, :last]
        first = ordered.new_zeros(len(ordered), 1)
        begins = torch.cat([first, (ordered + 1).clamp(max=length)], dim=1)
        after = torch.cat([begins[:, 1:], first + length], dim=1)
        sizes = after.minimum(piece.counts[:, None]) - begins.minimum(piece.counts[:, None])
        ended = torch.cat([ordered < length, first > 0], dim=1)
        written = torch.cat([is_write, is_write[:, :1] & False], dim=1)
        at_end = torch.cat([ordered, first + length], dim=1)
        return cls(number, begins, sizes, ended, ended & written.gather(1, at_end))

    def before(self) -> Tensor:
        """Return (batch, length, length), bool: the tokens of a token's line up to itself."""
        length = self.number.shape[1]
        places = torch.arange(length, device=self.number.device)
        same = self.number[:, :, None] == self.number[:, None, :]
        return same & (places[None, :] <= places[:, None])

    def places(self, line: int) -> Tensor:
        """Return (batch, longest): the places of the tokens of a line; of a shorter one, others."""
        longest = max(1, int(self.sizes[:, line].max()))
        steps = torch.arange(longest, device=self.number.device)
        found: Tensor = self.begins[:, line, None] + steps
        return found.clamp(max=self.number.shape[1] - 1)

    def last(self, line: int) -> Tensor:
        """Return (batch,): the place of the last token of a line, counted from its first one."""
        return (self.sizes[:, line] - 1).clamp(min=0)
