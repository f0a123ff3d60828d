"""Reading exercises: each answer is on the page, or is that of a base fact."""

from __future__ import annotations

import random
import re
from collections import Counter

import pytest

from cltool.facts.facts import Fact
from cltool.facts.stream import Stream
from cltool.facts.wording import Wording
from cltool.lm.coder import Coder
from cltool.models.tiny import reading
from cltool.models.tiny.build import coder
from cltool.models.tiny.reading import Exercises, Names, Page, line

from ...conftest import RELATIONS


@pytest.fixture(scope="module")
def small(stream: Stream) -> Coder:
    return coder(stream.updates[0].learn, stream.wordings)


def exercises(stream: Stream, small: Coder, context: int = 256, seed: int = 0) -> Exercises:
    return Exercises(stream.updates[0].learn, stream.wordings, small, context, seed)


def answers(page: Page, small: Coder) -> list[str]:
    return [small.decode(page.ids[first:end]) for first, end in page.answers]


def test_a_line_is_one_sentence(stream: Stream) -> None:
    fact = Fact("Land\n0", "capital", "A\nB")
    assert line(fact, stream.wordings).count("\n") == 1
    assert line(fact, stream.wordings).endswith("A B.\n")


def page_facts(lines: str, stream: Stream) -> list[Fact]:
    """The facts of a page, read back from its lines."""
    found = []
    for text in lines.split("\n"):
        for relation, templates in RELATIONS.items():
            for wording in map(Wording.parse, templates):
                first, rest = wording.before
                pattern = f"{re.escape(first)}(.+?){re.escape(rest + wording.gap)}(.+)"
                if match := re.fullmatch(pattern + re.escape(wording.closing), text):
                    fact = Fact(match[1], relation, match[2])
                    if line(fact, stream.wordings) == text + "\n":
                        found.append(fact)
    return found


def asks(fact: Fact, before: str, stream: Stream) -> bool:
    return any(before.endswith(prompt) for prompt, _ in stream.wordings.examples(fact))


def test_most_answers_are_on_the_page_and_the_others_are_base_facts(
    stream: Stream, small: Coder
) -> None:
    base = stream.updates[0].learn
    true = {pair for fact in base for pair in stream.wordings.examples(fact)}
    on_page = known = 0
    for page in exercises(stream, small).pages(200):
        text = small.decode(page.ids)
        lines, _, _ = text.rpartition("\n")
        for (first, end), answer in zip(page.answers, answers(page, small), strict=True):
            assert page.ids[end - 1] == small.eos
            before = small.decode(page.ids[:first])
            about = [fact for fact in page_facts(lines, stream) if asks(fact, before, stream)]
            if about:
                # One subject may end like another: the longest one is meant.
                fact = max(about, key=lambda fact: len(fact.subject))
                assert answer.strip(" .") == fact.object.strip(" .")
                on_page += 1
            else:
                assert any(before.endswith(prompt) and answer == end_ for prompt, end_ in true)
                known += 1
    share = known / (on_page + known)
    assert 0.5 * reading.FROM_MEMORY < share < 1.2 * reading.FROM_MEMORY


def test_pages_contradict_what_is_known_and_share_subjects_and_relations(
    stream: Stream, small: Coder
) -> None:
    made = [exercises(stream, small, seed=seed).invent_facts(4) for seed in range(200)]
    true = {fact.key: fact.object for fact in stream.updates[0].learn}
    assert all(len({fact.key for fact in facts}) == len(facts) for facts in made)
    against = [f for facts in made for f in facts if true.get(f.key, f.object) != f.object]
    assert len(against) > 100
    for field in ("subject", "relation"):
        most = [Counter(getattr(f, field) for f in facts).most_common(1)[0][1] for facts in made]
        assert sum(count > 1 for count in most) > 60


@pytest.mark.parametrize("context", [40, 80, 256])
def test_pages_fit(stream: Stream, small: Coder, context: int) -> None:
    pages = exercises(stream, small, context).pages(60)
    assert all(len(page.ids) <= context for page in pages)
    assert any(page.answers for page in pages)
    for page in pages:
        ends = [place for answer in page.answers for place in answer]
        assert ends == sorted(ends)
        if page.answers:
            assert page.answers[-1][1] == len(page.ids)


def test_the_seed_determines_the_pages(stream: Stream, small: Coder) -> None:
    one, again, other = (exercises(stream, small, seed=seed).pages(5) for seed in (1, 1, 2))
    assert one == again != other


def test_invented_names_are_never_only_commas() -> None:
    names = Names([",", ", ,", "Ann , Bell"], [","], random.Random(0))
    drawn = [names.invent(3, [","]) for _ in range(2_000)]
    drawn += [names.alter(", Ann", [drawn[0]]) for _ in range(200)]
    assert all(name.strip() for name in drawn)


def test_invented_names_reuse_words_and_have_accents() -> None:
    names = Names(["Ann Bell"], ["Ann", " Be", "ll", "x1"], random.Random(0))
    drawn = [names.invent(4, ["Zed Quux"]) for _ in range(500)]
    assert all(1 <= len(name.split()) <= 4 and not name.endswith(",") for name in drawn)
    assert len(set(drawn)) > 400
    assert 50 < sum("Quux" in name or "Zed" in name for name in drawn) < 400
    assert any(letter in name for name in drawn for letter in reading.MARKED)
    # A tokenizer without tokens of letters still gives names.
    assert Names(["7 8"], ["1"], random.Random(0)).invent(3, [])
