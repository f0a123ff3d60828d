"""The memory of a model that reads in pieces, and where in it the line of each fact is."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

from cltool.lm.architectures.carry import read_on, reads_in_pieces
from cltool.lm.architectures.memory_state import MemoryState

if TYPE_CHECKING:
    from cltool.facts.facts import Key
    from cltool.lm.architectures.decoder import PieceModel
    from cltool.training.learner import Learner
    from cltool.training.strategy import State


class ReadMemory:
    """What the model of a learner carries before every text.

    Args:
        learner: the memory is set on its model.
        inner: the part of the model that reads in pieces.
    """

    def __init__(self, learner: Learner, inner: PieceModel) -> None:
        self._learner = learner
        self._inner = inner
        self._spans: dict[Key, list[list[int]]] = {}
        self._removed: set[Key] = set()
        inner.carried = None

    @classmethod
    def of(cls, learner: Learner) -> ReadMemory | None:
        """Return the memory of the learner's model; None: it keeps nothing between texts."""
        inner = reads_in_pieces(learner.model)
        return None if inner is None else cls(learner, inner)

    def read(self, lines: Sequence[tuple[Key, str]]) -> None:
        """Read the lines of facts, each given with the fact's key, after all that was read."""
        if not lines:
            return
        coder = self._learner.lm.coder
        ids: list[int] = [] if self._inner.carried is not None else coder.documents([""])[0]
        begin = self._read_so_far()
        for (key, _), tokens in zip(lines, coder.texts([text for _, text in lines]), strict=True):
            start = begin + len(ids)
            ids = [*ids, *tokens]
            self._spans.setdefault(key, []).append([start, start + len(tokens)])
        read_on(self._learner.lm, self._inner, ids)
        self._warn_beyond_context()

    def _warn_beyond_context(self) -> None:
        """Tell readers of the results once that the model has read more than it takes."""
        most = self._learner.lm.context
        text = (
            f"The model takes texts of {most:,} tokens, and its updates are longer."
            " So it may not recall what it reads from then on."
        )
        if self._read_so_far() > most and text not in self._learner.warnings:
            self._learner.warnings.append(text)

    def remove(self, keys: Collection[Key]) -> None:
        """Remove the entries of the lines of ``keys``."""
        self._removed = {key for key in keys if key in self._spans}
        for key in self._removed:
            for begin, end in self._spans.pop(key):
                self._inner.remove_carried(begin, end)

    @property
    def separable(self) -> bool:
        """Whether the memory has entries of single tokens, which can be removed."""
        return self._inner.separable

    def traces(self, keys: Collection[Key]) -> bool:
        """Return whether the last removal removed a line of ``keys`` that later entries know."""
        return not self._removed.isdisjoint(keys)

    def state_dict(self) -> State:
        """Return the tensors of the memory, and the keys with the places of their lines."""
        if self._inner.carried is None:
            return {}
        tensors = {
            f"memory.{name}": tensor for name, tensor in self._inner.carried.tensors().items()
        }
        places = [[*key, spans] for key, spans in self._spans.items()]
        return {**tensors, "places": places}

    def load_state_dict(self, state: State) -> None:
        """Restore what ``state_dict`` returned."""
        tensors = {
            name.removeprefix("memory."): value.to(self._learner.lm.device)
            for name, value in state.items()
            if name.startswith("memory.")
        }
        self._spans = {(row[0], row[1]): row[2] for row in state.get("places", [])}
        depth = len(self._inner.layers)
        self._inner.carried = MemoryState.from_tensors(tensors, depth) if tensors else None

    def _read_so_far(self) -> int:
        return 0 if self._inner.carried is None else int(self._inner.carried.seen[0])
