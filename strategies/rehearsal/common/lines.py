"""Facts as lines that a model writes by itself, and what it writes read as facts again.

The line of a fact is its first trained wording, learned whole: every token after the one that
begins a text. A model that learned N lines alike finds each about 1/N probable, and all of
them can be enumerated.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cltool.core.errors import UserError
from cltool.lm.coder import Encoded
from cltool.lm.sampling import Sampler
from cltool.strategies.rehearsal.common.enumeration import probable

if TYPE_CHECKING:
    from cltool.facts.facts import Fact, Key
    from cltool.training.learner import Learner


@dataclass(frozen=True, slots=True)
class Line:
    """A line, to train on.

    Attributes:
        example: its tokens, all of them learned but those that begin a text.
        fact: what it states; None where it is worded in no way that is known.
    """

    example: Encoded
    fact: Fact | None


def beginning(learner: Learner) -> list[int]:
    """The tokens that begin a text: the tokenizer's own, or the end token that parts two texts.

    Raises:
        UserError: the tokenizer has no end token.
    """
    end = _end(learner)
    return learner.lm.coder.prompts([""])[0] or [end]


def lines(learner: Learner, facts: Sequence[Fact]) -> list[Line]:
    """The line of each fact."""
    lead = beginning(learner)
    first = [learner.stream.wordings.examples(fact)[0] for fact in facts]
    own = len(learner.lm.coder.prompts([""])[0])
    return [
        Line(Encoded((*lead, *pair.ids[own:]), len(lead)), fact)
        for pair, fact in zip(learner.lm.coder.pairs(first), facts, strict=True)
    ]


def recite(
    learner: Learner,
    count: int,
    share: float,
    limit: int,
    gone: Collection[Key] = (),
    drawn: int = 0,
) -> list[Line]:
    """The lines that the model finds probable, one a key, the most probable first.

    What is read counts as training tokens.

    Args:
        learner: its model is read.
        count: most lines; as many as it was taught.
        share: of the probability that a line has where all are alike: one that is less
            probable than ``share / count`` is not found.
        limit: longest line, in tokens.
        gone: keys whose lines are left out; a line that no wording reads, where it begins
            with one of their prompts.
        drawn: draw so many lines, in the order in which they come, in place of finding all.

    Raises:
        UserError: the tokenizer has no end token.
    """
    coder, wordings = learner.lm.coder, learner.stream.wordings
    lead = beginning(learner)
    count = max(count, 0)
    if drawn:
        texts = _drawn(learner, drawn, limit)
    else:
        most = max(count + len(gone), 1)
        least = min(1.0, share / most)
        found = probable(learner.lm, lead, least=least, most=4 * most, limit=limit)
        learner.spend(found.read)
        texts = [ids for ids, _ in found.texts]
    # By key, or by their text where no wording reads them.
    written: dict[Key | str, Line] = {}
    for ids in texts:
        text = coder.decode(ids[:-1]).strip()
        read = wordings.readings(text)
        # A subject in a wording that is not its line's was made up from two lines.
        facts = [fact for fact, asked in read if asked == wordings.askings(fact.key)[0]]
        for line in lines(learner, facts):
            if line.fact is not None:
                written.setdefault(line.fact.key, line)
        if text and not read:
            example = Encoded((*lead, *ids[:-1], _end(learner)), len(lead))
            written.setdefault(text, Line(example, None))
    prompts = tuple(_prompt(learner, key) for key in gone)
    kept = [
        line
        for name, line in written.items()
        if name not in gone and not (isinstance(name, str) and name.startswith(prompts))
    ]
    return kept[:count]


def _drawn(learner: Learner, count: int, limit: int) -> list[tuple[int, ...]]:
    """Lines drawn from the model, but those that are cut off."""
    lead = beginning(learner)
    random = learner.generator("lines")
    written = Sampler(learner.lm).sample(lead, count, limit, random)
    learner.spend(count * len(lead) + sum(map(len, written)))
    return [tuple(ids) for ids in written if ids and ids[-1] in learner.lm.coder.stops]


def _end(learner: Learner) -> int:
    eos = learner.lm.coder.eos
    if eos is None:
        raise UserError(
            "the tokenizer has no end token, so that no line could end",
            where=learner.lm.source,
            hint="Use another model, or a strategy that keeps prompts, such as pseudo_replay.",
        )
    return eos


def _prompt(learner: Learner, key: Key) -> str:
    asking = learner.stream.wordings.askings(key)[0]
    return asking.prompt + asking.wording.gap
