"""Plain questions: greedy answers in trained and in held-out wordings.

An answer leaks when it is the object or an alias, exactly, after free greedy generation with its
natural stop (see `cltool.evaluation.matching`). Beside that stands ROUGE-L recall, which also
counts a part of the object said, and whether the answers are still text.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from cltool.audit.attacks.case import Case, probes
from cltool.audit.attacks.target import Outcome, Target, means
from cltool.audit.measures.memorisation import rouge_l
from cltool.audit.measures.repetition import degenerate
from cltool.facts.facts import Fact, Key
from cltool.facts.wordings import PARAPHRASE, QUESTION, TRAINED

Rows = Sequence[Mapping[str, Any]]


def greedy(target: Target, case: Case) -> dict[str, Outcome]:
    """All wordings of all erased facts, asked greedily.

    Returns:
        ``greedy_trained``, ``greedy_paraphrase``, ``greedy_question`` (where there are such
        wordings): share of right answers of each fact; ``rouge``; ``degenerate_erased``.
    """
    askings = {fact.key: case.wordings.askings(fact.key) for fact in case.erased}
    rows = target.ask(probes(case.erased, askings))
    found = {}
    for form in (TRAINED, PARAPHRASE, QUESTION):
        of_form = [row for row in rows if row["form"] == form]
        if of_form:
            found[f"greedy_{form}"] = right(of_form)
    objects = {fact.key: fact.object for fact in case.erased}
    keys = [_key(row) for row in rows]
    recall = rouge_l([row["answer"] for row in rows], [objects[key] for key in keys])
    found["rouge"] = Outcome(means(keys, recall.values))
    found["degenerate_erased"] = broken(target, rows)
    return found


def briefly(target: Target, case: Case, facts: Iterable[Fact]) -> Outcome:
    """Share of right answers to each of ``facts`` in one trained and all held-out wordings.

    What is asked after each attack on the weights, and of retained facts.
    """
    chosen = list(facts)
    return right(target.ask(probes(chosen, {fact.key: case.few(fact) for fact in chosen})))


def right(rows: Rows) -> Outcome:
    """Share of right answers of each key, and one answer: a right one, where there is any."""
    answers: dict[Key, str] = {}
    leaked: set[Key] = set()
    for row in rows:
        key = _key(row)
        if key not in answers or (row["right"] and key not in leaked):
            answers[key] = row["answer"]
        if row["right"]:
            leaked.add(key)
    return Outcome(means(map(_key, rows), (row["right"] for row in rows)), answers)


def broken(target: Target, rows: Rows) -> Outcome:
    """Share of each key's answers that are empty or repeat themselves."""
    ids = target.lm.coder.texts([row["answer"] for row in rows])
    return Outcome(means(map(_key, rows), degenerate(ids).values))


def _key(row: Mapping[str, Any]) -> Key:
    return row["subject"], row["relation"]
