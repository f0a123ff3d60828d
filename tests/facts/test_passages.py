"""Documents are divided into passages, and these are trained in several orders and cuts."""

from __future__ import annotations

import pytest

from cltool.facts.passages import Document, facts_of, passages, sentences, texts

TEXT = 'The quay has seven arches. "Who counts them?" asked Fenn. Mr. Slate does. It is cold.'


def document(text: str) -> Document:
    return Document.of("quay", text, "quay.md")


def test_the_first_heading_is_the_title() -> None:
    made = document("# The quay of Ambrel #\n\nIt has arches.")
    assert (made.name, made.title, made.text) == ("quay", "The quay of Ambrel", "It has arches.")


@pytest.mark.parametrize("text", ["It has arches.", "# Only a heading", "#no heading\n\ntext"])
def test_without_a_heading_the_name_is_the_title(text: str) -> None:
    assert (document(text).title, document(text).text) == ("quay", text)


def test_sentences_keep_every_word() -> None:
    found = sentences(TEXT)
    assert " ".join(found) == TEXT
    assert found[0] == "The quay has seven arches."
    assert found[1].startswith('"Who counts them?"')


def test_paragraphs_stay_together_as_long_as_they_fit() -> None:
    text = "One two.\n\nThree four.\n \nFive six."
    assert passages(document(text), 100) == ["One two.\n\nThree four.\n\nFive six."]
    assert passages(document(text), 22) == ["One two.\n\nThree four.", "Five six."]
    assert passages(document(text), 5) == ["One two.", "Three four.", "Five six."]


def test_a_long_paragraph_is_divided_between_sentences() -> None:
    found = passages(document(TEXT), 40)
    assert " ".join(found) == TEXT
    assert max(map(len, found)) <= 40


def test_a_passage_is_a_fact() -> None:
    first, second = facts_of(document("# Quay\n\nOne\ntwo.\n\nThree four."), 10)
    assert (first.subject, first.relation, first.object) == ("Quay", "passage 1", "One two.")
    assert second.relation == "passage 2"


def test_orders_and_cuts() -> None:
    parts = [f"Sentence {letter} is here." for letter in "ABCDE"]
    made = texts("Title", " ".join(parts), orders=3, cuts=2)
    heads, bodies = zip(*(text.split("\n\n") for text in made), strict=True)
    assert set(heads) == {"Title"}
    assert bodies[0] == " ".join(parts)
    assert all(sorted(sentences(body)) == parts for body in bodies[:3])
    assert len(set(bodies)) == 5
    assert " ".join(bodies[3:]) == bodies[0]
    assert made == texts("Title", " ".join(parts), orders=3, cuts=2)


def test_one_sentence_is_trained_once() -> None:
    assert texts("Title", "It is cold.", orders=5, cuts=3) == ["Title\n\nIt is cold."]
