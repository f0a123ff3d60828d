"""Measures how well a model answers from a page of facts (part of ``make bench``).

``python -m tools.open_book world entities=50 updates=20`` makes the embedded model of a scenario
and asks it questions in trained wordings, with free generation and exact match. It asks about
facts that contradict what the model knows and about facts with new names, each given on a page with
others in random order; about facts that an earlier line of the page states with another object; and
about base facts without a page. ``--model`` names another model, and ``--lines`` sets the number of
facts on a page.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from cltool.facts.facts import Fact, Key
from cltool.facts.wordings import PARAPHRASE, QUESTION, TRAINED

if TYPE_CHECKING:
    from cltool.facts.stream import Probe, Stream
    from cltool.lm.language_model import LanguageModel

LINES = 4
"""Facts that are given together, one of which is asked for."""

FEW = 5
"""Objects of one relation that are too few to ask about."""

ONSETS = "b br c d dr f fl g gr h j k l m n p pr qu r s sh sl st t th tr v w z".split()  # noqa: SIM905

RHYMES = "a al an ar as e el en er o ol on or os i il in ist u ul um und y".split()  # noqa: SIM905
"""What names are made of that are nobody's."""


def measure(
    lm: LanguageModel, stream: Stream, *, count: int = 500, seed: int = 0, lines: int = LINES
) -> dict[str, float]:
    """Return shares of right answers, and of outdated ones.

    Args:
        lm: the model.
        stream: its base is what the model knows; what its updates teach was never seen.
        count: questions of each kind with facts given.
        seed: of all that is random.
        lines: facts that are given together.

    Returns:
        ``contradicting``, ``never_seen``: with facts given; ``superseded``: with facts given, and
        before the one that is asked for, another line for its key; ``stale``: the share of these
        questions that are answered as the earlier line says; ``trained``, ``held_out``: what the
        base teaches, with nothing given.
    """
    chance = random.Random(seed)
    base = stream.updates[0].learn
    relations = sorted({fact.relation for fact in base})
    strange = _strange(stream, relations, chance)

    def contradicting() -> Fact:
        fact = chance.choice(base)
        return Fact(fact.subject, fact.relation, chance.choice(strange[fact.relation]))

    def never_seen() -> Fact:
        relation = chance.choice(relations)
        return Fact(_name(chance), relation, chance.choice(strange[relation]))

    def either() -> Fact:
        return chance.choice((contradicting, never_seen))()

    def page(fact: Fact) -> list[Fact]:
        given: dict[Key, Fact] = {}
        while len(given) < lines - 1:
            other = either()
            if other.key != fact.key:
                given[other.key] = other
        facts = [*given.values(), fact]
        chance.shuffle(facts)
        return facts

    found = {}
    for name, maker in (("contradicting", contradicting), ("never_seen", never_seen)):
        facts = [maker() for _ in range(count)]
        asked = [_probe(stream, fact, page(fact), chance) for fact in facts]
        found[name], _ = _shares(lm, asked)
    asked = []
    for _ in range(count):
        fact = either()
        others = [one for one in strange[fact.relation] if one != fact.object]
        older = Fact(fact.subject, fact.relation, chance.choice(others))
        facts = page(fact)
        facts.insert(chance.randint(0, facts.index(fact)), older)
        asked.append(_probe(stream, fact, facts, chance, older=(older.object,)))
    found["superseded"], found["stale"] = _shares(lm, asked)
    by_heart = list(stream.probes(stream.knowledge(0), stream.first_taught()))
    for name, forms in (("trained", [TRAINED]), ("held_out", [PARAPHRASE, QUESTION])):
        asked = [p for p in by_heart if p.learned == 0 and p.form in forms]
        found[name], _ = _shares(lm, asked)
    return found


def _probe(
    stream: Stream,
    fact: Fact,
    lines: Sequence[Fact],
    chance: random.Random,
    older: tuple[str, ...] = (),
) -> Probe:
    """One trained wording of ``fact``, after the lines of ``lines``."""
    from cltool.facts.stream import Probe
    from cltool.models.tiny.reading import line

    askings = [one for one in stream.wordings.askings(fact.key) if one.form == TRAINED]
    asking = chance.choice(askings)
    text = "".join(line(given, stream.wordings) for given in lines) + asking.prompt
    wording = asking.wording
    return Probe(
        fact.key,
        TRAINED,
        asking.number,
        text,
        wording.gap,
        wording.closing,
        "new",
        1,
        (fact.object,),
        older,
    )


def _shares(lm: LanguageModel, probes: Sequence[Probe]) -> tuple[float, float]:
    """Return the shares of right and of outdated answers."""
    from cltool.core.settings import ProbeSettings
    from cltool.evaluation.prober import Prober

    rows = Prober(lm, ProbeSettings.model_validate({})).ask(0, probes)
    many = max(len(rows), 1)
    return sum(bool(row["right"]) for row in rows) / many, sum(
        bool(row["stale"]) for row in rows
    ) / many


def _strange(
    stream: Stream, relations: Sequence[str], chance: random.Random
) -> dict[str, list[str]]:
    """Relation → objects that the base does not have; invented where the updates bring few."""
    known = {fact.object for fact in stream.updates[0].learn}
    later = [fact for update in stream.updates[1:] for fact in update.learn]
    found = {
        relation: sorted({f.object for f in later if f.relation == relation} - known)
        for relation in relations
    }
    return {
        relation: objects if len(objects) >= FEW else [_name(chance) for _ in range(10 * FEW)]
        for relation, objects in found.items()
    }


def _name(chance: random.Random) -> str:
    """One that is nobody's."""
    return " ".join(
        "".join(
            chance.choice(ONSETS) + chance.choice(RHYMES) for _ in range(chance.randint(1, 3))
        ).capitalize()
        for _ in range(chance.randint(1, 2))
    )


def figures(
    scenario: str,
    options: Mapping[str, Any] | None = None,
    *,
    model: str = "tiny",
    lines: int = LINES,
    count: int = 500,
) -> dict[str, float]:
    """Return what `measure` finds of a scenario's model, which is made if it does not exist."""
    from cltool.experiments.resolve import open_stream
    from cltool.models import load

    stream = open_stream(scenario, options)
    return measure(load(model, stream, device="cpu"), stream, count=count, lines=lines)


def main(arguments: Sequence[str]) -> int:
    """Print the figures of one scenario, whose options follow it as NAME=VALUE."""
    from cltool.core.errors import UserError
    from cltool.core.settings import parse_assignments

    parser = argparse.ArgumentParser(prog="python -m tools.open_book")
    parser.add_argument("scenario", nargs="?", default="leaders")
    parser.add_argument("options", nargs="*", metavar="NAME=VALUE")
    parser.add_argument("--model", default="tiny")
    parser.add_argument("--lines", type=int, default=LINES, help="facts on a page")
    parser.add_argument("--count", type=int, default=500, help="questions of each kind")
    asked = parser.parse_args(arguments)
    try:
        found = figures(
            asked.scenario,
            parse_assignments(asked.options),
            model=asked.model,
            lines=asked.lines,
            count=asked.count,
        )
    except UserError as error:
        print(f"cltool: {error}", file=sys.stderr)
        return 2
    for what, share in found.items():
        print(f"{what:<14} {share:.3f}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
