"""Measures what the two memories of ``tiny-hierarchical`` contribute.

``python -m tools.two_memories leaders`` lets the model read facts, then other text of 1, 4 and 16
times the length of its window, and asks for the facts in trained wordings, with greedy decoding and
exact match. It does so with both memories, and with each of them switched off: its read gates are
closed then. The facts give known or invented subjects a random object. The other text states base
facts about other subjects. With ``superseded``, each fact is first stated with another object,
before the first half of the other text. ``--model FOLDER`` measures a checkpoint.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cltool.facts.facts import Fact, Key

if TYPE_CHECKING:
    from cltool.evaluation.reader import Reader
    from cltool.facts.stream import Stream
    from cltool.lm.language_model import LanguageModel

WINDOWS = (1, 4, 16)
"""Length of the other text, in windows."""

OFF = ((), ("fast",), ("slow",), ("fast", "slow"))
"""Memories that are switched off."""

CLOSED = -1e4
"""Bias of a closed gate."""

LONGEST = 24
"""Longest answer, in tokens."""


@dataclass(frozen=True)
class Shares:
    """Shares of right and of outdated answers.

    Attributes:
        off: memories that were switched off.
        tokens: of the other text.
        right: share of the questions that were answered right.
        outdated: share that were answered with the superseded object.
        bytes: of the model's state after the text.
    """

    off: tuple[str, ...]
    tokens: int
    right: float
    outdated: float
    bytes: int


def measure(
    lm: LanguageModel,
    stream: Stream,
    *,
    facts: int = 4,
    windows: Sequence[int] = WINDOWS,
    texts: int = 10,
    superseded: bool = False,
    seed: int = 0,
) -> Iterator[Shares]:
    """Yield the shares for each length of the other text, with and without each memory.

    Args:
        lm: a model with a fast and a slow memory.
        stream: its base is what the model knows.
        facts: facts in a text.
        windows: lengths of the other text.
        texts: texts of each length.
        superseded: whether each fact is stated with another object first.
        seed: of the facts and the other text.
    """
    from cltool.evaluation.reader import Reader

    reader = Reader(lm, facts)
    for count in windows:
        tokens = count * int(lm.model.config.segment)
        for off in OFF:
            # The same texts for all memories.
            chance = random.Random(seed)
            with _closed(lm.model, off):
                sums = [
                    _ask(lm, reader, stream, facts, tokens, superseded, chance)
                    for _ in range(texts)
                ]
            right, outdated, size = (sum(column) for column in zip(*sums, strict=True))
            many = facts * texts
            yield Shares(off, tokens, right / many, outdated / many, size // texts)


def _ask(
    lm: LanguageModel,
    reader: Reader,
    stream: Stream,
    count: int,
    tokens: int,
    superseded: bool,
    chance: random.Random,
) -> tuple[int, int, int]:
    """Return the numbers of right and of outdated answers to one text, and the bytes kept."""
    from cltool.models.tiny.reading import line

    stated = _facts(stream, count, chance)
    objects = sorted({fact.object for fact in stream.updates[0].learn})
    older = [Fact(f.subject, f.relation, chance.choice(objects)) for f in stated]
    older = older if superseded else []
    keys = {fact.key for fact in stated}
    other = _other_text(lm, stream, keys, tokens, chance)
    half = len(other) // 2 if superseded else 0
    before = [line(fact, stream.wordings) for fact in older]
    text = [
        *before,
        *other[:half],
        *[line(fact, stream.wordings) for fact in stated],
        *other[half:],
    ]
    asked = [chance.choice(stream.wordings.examples(fact)) for fact in stated]
    answers = reader.answers(text, [prompt for prompt, _ in asked], LONGEST)
    if answers is None:
        raise ValueError(f"the model cannot read {tokens} tokens")
    said = [answer.text.strip() for answer in answers]
    right = sum(one == target.strip() for one, (_, target) in zip(said, asked, strict=True))
    outdated = 0
    for answer, (_, target), new, old in zip(said, asked, stated, older, strict=False):
        outdated += new.object != old.object and (
            answer == target.replace(new.object, old.object).strip()
        )
    return right, outdated, reader.bytes


def _facts(stream: Stream, count: int, chance: random.Random) -> list[Fact]:
    """Return facts with different keys: known or altered subjects, with random objects."""
    base = stream.updates[0].learn
    objects = sorted({fact.object for fact in base})
    words = sorted({word for fact in base for word in fact.subject.split()})
    found: dict[Key, Fact] = {}
    while len(found) < count:
        fact = chance.choice(base)
        invented = " ".join(chance.sample(words, min(2, len(words))))
        subject = fact.subject if chance.random() < 0.5 else invented
        found[subject, fact.relation] = Fact(subject, fact.relation, chance.choice(objects))
    return list(found.values())


def _other_text(
    lm: LanguageModel, stream: Stream, without: set[Key], tokens: int, chance: random.Random
) -> list[str]:
    """Return lines of base facts, of at least ``tokens`` tokens."""
    from cltool.models.tiny.reading import line

    usable = [fact for fact in stream.updates[0].learn if fact.key not in without]
    lines: list[str] = []
    size = 0
    while size < tokens:
        lines.append(line(chance.choice(usable), stream.wordings))
        size += len(lm.coder.texts(lines[-1:])[0])
    return lines


def _memories(model: Any) -> list[Any]:
    from cltool.lm.architectures.hierarchical import HierarchicalMemory

    return [one for one in model.modules() if isinstance(one, HierarchicalMemory)]


@contextmanager
def _closed(model: Any, off: Sequence[str]) -> Iterator[None]:
    """Close the read gates of the memories ``off`` inside."""
    before = [one.read_biases.detach().clone() for one in _memories(model)]
    for one in _memories(model):
        for number, name in enumerate(one.counts):
            if name in off:
                one.read_biases.data[number] = CLOSED
    try:
        yield
    finally:
        for one, biases in zip(_memories(model), before, strict=True):
            one.read_biases.data.copy_(biases)


def main(arguments: Sequence[str]) -> int:
    """Print the shares for one scenario."""
    from cltool.experiments.resolve import open_stream
    from cltool.models import load

    parser = argparse.ArgumentParser(prog="python -m tools.two_memories")
    parser.add_argument("scenario", nargs="?", default="leaders")
    parser.add_argument("--model", default="tiny-hierarchical")
    parser.add_argument("--facts", type=int, default=4, help="facts in a text")
    parser.add_argument("--windows", default=",".join(map(str, WINDOWS)))
    parser.add_argument("--texts", type=int, default=10, help="texts of each length")
    parser.add_argument("--superseded", action="store_true")
    asked = parser.parse_args(arguments)
    stream = open_stream(asked.scenario)
    lm = load(asked.model, stream, device="cpu")
    for one in measure(
        lm,
        stream,
        facts=asked.facts,
        windows=[int(count) for count in asked.windows.split(",")],
        texts=asked.texts,
        superseded=asked.superseded,
    ):
        off = f"without {' and '.join(one.off)}" if one.off else "both memories"
        figures = f"right {one.right:.3f}  outdated {one.outdated:.3f}"
        print(f"{one.tokens:>6} tokens  {off:<22} {figures}  {one.bytes / 1000:.0f} kB", flush=True)
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
