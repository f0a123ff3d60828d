"""Facts as lines that a model writes without a prompt, and lines parsed as facts again.

The line of a fact is its first trained wording. The model learns the whole line: every token
after the one that starts a text. If a model learned N lines equally well, each has a probability
of about 1/N, and all of them can be enumerated.
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
    """A line as a training example.

    Attributes:
        example: its tokens; all are learned except those that start a text.
        fact: the fact that it states; None if no known wording matches.
    """

    example: Encoded
    fact: Fact | None


def start_tokens(learner: Learner) -> list[int]:
    """Return the tokens that start a text: the tokenizer's start token, or its end token.

    Raises:
        UserError: the tokenizer has no end token.
    """
    end = _end(learner)
    return learner.lm.coder.prompts([""])[0] or [end]


def lines(learner: Learner, facts: Sequence[Fact]) -> list[Line]:
    """Return the line of each fact."""
    lead = start_tokens(learner)
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
    """Return the model's probable lines, one per key, the most probable first.

    Tokens that the model reads count as training tokens.

    Args:
        learner: its model is read.
        count: most lines: the number that it was taught.
        share: a line is found if its probability is at least ``share / count``; ``1 / count``
            is the probability if all lines are equally probable.
        limit: most tokens of a line.
        gone: keys whose lines are left out. A line that no wording matches is left out if it
            starts with one of their prompts.
        drawn: if above 0, sample this number of lines instead of enumerating them.

    Raises:
        UserError: the tokenizer has no end token.
    """
    coder, wordings = learner.lm.coder, learner.stream.wordings
    lead = start_tokens(learner)
    count = max(count, 0)
    if drawn:
        texts = _sampled(learner, drawn, limit)
    else:
        most = max(count + len(gone), 1)
        least = min(1.0, share / most)
        found = probable(learner.lm, lead, least=least, most=4 * most, limit=limit)
        learner.spend(found.read)
        texts = [ids for ids, _ in found.texts]
    # By key, or by text if no wording matches.
    written: dict[Key | str, Line] = {}
    for ids in texts:
        text = coder.decode(ids[:-1]).strip()
        read = wordings.readings(text)
        # A line in another wording than the subject's own was mixed from two lines.
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


def _sampled(learner: Learner, count: int, limit: int) -> list[tuple[int, ...]]:
    """Return lines sampled from the model, without those that are cut off."""
    lead = start_tokens(learner)
    random = learner.generator("lines")
    sampler = Sampler(learner.lm)
    written = sampler.sample(lead, count, limit, random)
    learner.spend(sampler.tokens)
    return [tuple(ids) for ids in written if ids and ids[-1] in learner.lm.coder.stops]


def _end(learner: Learner) -> int:
    eos = learner.lm.coder.eos
    if eos is None:
        raise UserError(
            "the tokenizer has no end token, so no line can end",
            where=learner.lm.source,
            hint="Use another model, or a strategy that stores prompts, such as pseudo_replay.",
        )
    return eos


def _prompt(learner: Learner, key: Key) -> str:
    asking = learner.stream.wordings.askings(key)[0]
    return asking.prompt + asking.wording.gap
