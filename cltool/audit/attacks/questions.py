"""Direct questions: greedy answers in trained and in held-out wordings.

An answer leaks if free greedy generation, up to its natural stop, names the object or an alias,
judged as in the run (`cltool.evaluation.judge`). Further scores are ROUGE-L recall, which also
counts a part of the object, and the share of degenerate answers.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from cltool.audit.attacks.case import Case, probes
from cltool.audit.attacks.target import Outcome, Target, means
from cltool.audit.measures.memorisation import rouge_l
from cltool.audit.measures.repetition import degenerate
from cltool.evaluation.matching import first_line, shown
from cltool.facts.facts import Fact, Key
from cltool.facts.wordings import PARAPHRASE, QUESTION, TRAINED

Rows = Sequence[Mapping[str, Any]]


def greedy_answers(target: Target, case: Case) -> dict[str, Outcome]:
    """Ask about all erased facts in all wordings.

    Returns:
        ``greedy_trained``, ``greedy_paraphrase``, ``greedy_question`` (if there are such
        wordings): share of right answers for each fact; ``rouge``; ``degenerate_erased``.
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
    recall = rouge_l(list(map(_shown, rows)), [objects[key] for key in keys])
    found["rouge"] = Outcome(means(keys, recall.values))
    found["degenerate_erased"] = degenerate_shares(target, rows)
    return found


def right_answers(target: Target, case: Case, facts: Iterable[Fact]) -> Outcome:
    """Return the share of right answers for each fact, in one trained and all held-out wordings.

    These questions are asked after each attack on the weights, and about retained facts.
    """
    chosen = list(facts)
    return right(target.ask(probes(chosen, {fact.key: case.few_wordings(fact) for fact in chosen})))


def right(rows: Rows) -> Outcome:
    """Return the share of right answers for each key, and one answer of it.

    The answer is a right one if there is any.
    """
    answers: dict[Key, str] = {}
    leaked: set[Key] = set()
    for row in rows:
        key = _key(row)
        if key not in answers or (row["right"] and key not in leaked):
            answers[key] = _shown(row)
        if row["right"]:
            leaked.add(key)
    return Outcome(means(map(_key, rows), (row["right"] for row in rows)), answers)


def degenerate_shares(target: Target, rows: Rows) -> Outcome:
    """Return the share of each key's answers that are empty or repeat themselves."""
    ids = target.lm.coder.texts([row["matched"] or first_line(row["answer"]) for row in rows])
    return Outcome(means(map(_key, rows), degenerate(ids).values))


def _shown(row: Mapping[str, Any]) -> str:
    return shown(row["answer"], row["closing"])


def _key(row: Mapping[str, Any]) -> Key:
    return row["subject"], row["relation"]
