"""Facts as lines that a model writes without a prompt, and lines parsed as facts again.

The line of a fact is its first trained wording. The model learns the whole line: every token
after the one that starts a text. If a model learned N lines equally well, each has a probability
of about 1/N, and all of them can be enumerated.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch

from cltool.core.errors import UserError
from cltool.lm.coder import Encoded
from cltool.lm.sampling import Sampler
from cltool.strategies.rehearsal.common.enumeration import probable

FIRST = 0.1
"""Share of the uniform probability down to which lines are searched first; few are below it."""

SPARE = 0.1
"""Lines that are kept beyond the number of facts to rehearse, as a share of all that were taught.

To rehearse a line that the model made up costs little; a fact whose line it displaces is lost.
"""

UNSURE = 1.0
"""Loss of an object, in nats, above which the model does not confirm a line in another wording."""

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
        UserError: the tokenizer has no end token, or facts are taught as turns of a chat.
    """
    end = _end(learner)
    if learner.lm.coder.chat is not None:
        raise UserError(
            "the model is asked through its chat template, so facts are no lines that it could"
            " write without a prompt",
            where=learner.lm.source,
            hint="Set --chat off, or use a strategy that stores prompts, such as pseudo_replay.",
        )
    return learner.lm.coder.documents([""])[0] or [end]


def lines(learner: Learner, facts: Sequence[Fact]) -> list[Line]:
    """Return the line of each fact."""
    lead = start_tokens(learner)
    first = [learner.stream.wordings.examples(fact)[0] for fact in facts]
    own = len(learner.lm.coder.documents([""])[0])
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
    """Return the model's probable lines, one for each key.

    Tokens that the model reads count as training tokens.

    Args:
        learner: its model is read.
        count: number of lines that it was taught; few more are returned.
        share: a line is found if its probability is at least ``share / count``; ``1 / count``
            is the probability if all lines are equally probable. Lines below `FIRST` are searched
            only if too few are above it, because many of them are made up.
        limit: most tokens of a line.
        gone: keys whose lines are left out. A line that no wording matches is left out if it
            starts with one of their prompts.
        drawn: if above 0, sample this number of lines instead of enumerating them.

    Raises:
        UserError: the tokenizer has no end token.
    """
    count = max(count, 0)
    spare = int(SPARE * (count + len(gone)))
    if drawn:
        texts = _sampled(learner, drawn, limit)
        return _chosen(learner, _without(learner, _parsed(learner, texts), gone), count, spare)
    written: dict[Key | str, list[Line]] = {}
    for bound in dict.fromkeys((max(share, FIRST), share)):
        least = min(1.0, bound / max(count + len(gone), 1))
        most = 4 * max(count + len(gone), 1)
        found = probable(learner.lm, start_tokens(learner), least=least, most=most, limit=limit)
        learner.spend(found.read)
        written = _parsed(learner, [ids for ids, _ in found.texts])
        written = _without(learner, written, gone)
        if len(written) >= count:
            break
    return _chosen(learner, written, count, spare)


def _parsed(learner: Learner, texts: Sequence[Sequence[int]]) -> dict[Key | str, list[Line]]:
    """Return the lines of each key, one for each object, or of a text that no wording matches."""
    coder, wordings = learner.lm.coder, learner.stream.wordings
    lead = start_tokens(learner)
    written: dict[Key | str, list[Line]] = {}
    for ids in texts:
        text = coder.decode(ids[:-1]).strip()
        read = wordings.readings(text)
        # A line in another wording than the subject's own was mixed from two lines.
        facts = [fact for fact, asked in read if asked == wordings.askings(fact.key)[0]]
        for line in lines(learner, facts):
            if line.fact is not None:
                of_key = written.setdefault(line.fact.key, [])
                if line not in of_key:
                    of_key.append(line)
        if text and not read:
            example = Encoded((*lead, *ids[:-1], _end(learner)), len(lead))
            written.setdefault(text, [Line(example, None)])
    return written


def _without(
    learner: Learner, written: Mapping[Key | str, list[Line]], gone: Collection[Key]
) -> dict[Key | str, list[Line]]:
    """Return the lines that are not about the keys in ``gone``."""
    prompts = tuple(_prompt(learner, key) for key in gone if learner.stream.wordings.askings(key))
    return {
        name: found
        for name, found in written.items()
        if name not in gone and not (isinstance(name, str) and name.startswith(prompts))
    }


def _chosen(
    learner: Learner, written: Mapping[Key | str, Sequence[Line]], count: int, spare: int
) -> list[Line]:
    """Return one line for each key: ``count`` of them, and up to ``spare`` more.

    Among several objects of a key, and among too many keys, those lines come first whose object
    the model also gives in another wording. A line that the model made up, or whose object was
    superseded, can be as probable as others; but asked in other words the model says something
    else.
    """
    if len(written) <= count and all(len(found) == 1 for found in written.values()):
        return [found[0] for found in written.values()]
    found = [line for of_key in written.values() for line in of_key]
    losses = iter(_losses_in_other_words(learner, found))
    best = [
        min(((loss, line) for line, loss in zip(of_key, losses, strict=False)), key=_loss)
        for of_key in written.values()
    ]
    # Sorting is stable: among lines that are equally sure, the most probable come first.
    best.sort(key=lambda one: _loss(one) > UNSURE)
    sure = sum(_loss(one) <= UNSURE for one in best)
    most = max(count, min(sure, count + spare))
    return [line for _, line in best[:most]]


def _loss(judged: tuple[float, Line]) -> float:
    return judged[0]


def _losses_in_other_words(learner: Learner, found: Sequence[Line]) -> list[float]:
    """Return the loss of each line's object in another wording; infinity if there is none."""
    examples = {}
    for number, line in enumerate(found):
        others = learner.examples([line.fact])[1:] if line.fact is not None else []
        if others:
            examples[number] = others[-1]
    losses = [math.inf] * len(found)
    size = learner.settings.batch_size
    numbers = sorted(examples, key=lambda number: len(examples[number]))
    with torch.no_grad():
        for begin in range(0, len(numbers), size):
            part = numbers[begin : begin + size]
            batch = learner.collate([examples[number] for number in part])
            for number, loss in zip(part, learner.score(batch).answer_losses(), strict=True):
                losses[number] = float(loss)
    return losses


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
