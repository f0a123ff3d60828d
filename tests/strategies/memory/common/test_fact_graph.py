"""Paths of facts that a prompt asks about."""

from __future__ import annotations

import pytest

from cltool.facts.facts import Fact, Knowledge, Update
from cltool.facts.stream import Stream
from cltool.facts.wording import Wording
from cltool.facts.wordings import Wordings
from cltool.scenarios.world import World, WorldConfig
from cltool.strategies.memory.common.fact_graph import FactGraph
from cltool.strategies.memory.common.list_store import ListStore

WORDINGS = Wordings(
    {
        name: [Wording.parse(one) for one in templates]
        for name, templates in {
            "friend": (
                "The best friend of {subject} is {object}.",
                "Whom does {subject} trust? {object}",
            ),
            "mentor": (
                "The mentor of {subject} is {object}.",
                "From whom did {subject} learn? {object}",
            ),
            "town": (
                "The home town of {subject} is {object}.",
                "Where does {subject} live? {object}",
            ),
            "市長": ("{subject}の市長は{object}です。",),
        }.items()
    }
)
FACTS = [
    Fact("Ann", "friend", "Bo"),
    Fact("Ann", "mentor", "Cy"),
    Fact("Ann", "town", "Ghent"),
    Fact("Bo", "town", "Turin"),
    Fact("Bo", "mentor", "Dee"),
    Fact("Cy", "friend", "Eve"),
    Fact("Cy", "town", "Lyon"),
    Fact("Ann Lee", "town", "Riga"),
    Fact("D.C. (old)", "town", "Oslo"),
    Fact("Zu\u0308rich", "town", "Bern"),
    Fact("東京", "市長", "小池"),
]


@pytest.fixture(scope="module")
def graph() -> FactGraph:
    return graph_of(FACTS, WORDINGS)


def graph_of(facts: list[Fact], wordings: Wordings) -> FactGraph:
    store = ListStore(lambda fact: "", {}, None, None)
    known, update = Knowledge(), Update(0, "base", facts)
    known.apply(update)
    store.apply(update, known)
    graph = FactGraph(store, wordings)
    graph.note(facts)
    return graph


def paths(graph: FactGraph, prompt: str, count: int = 1, least: float = 0.3) -> list[list[str]]:
    found = graph.paths(prompt, count, least)
    return [[entry.fact.object for entry in path] for path in found]


@pytest.mark.parametrize(
    ("prompt", "objects"),
    [
        ("The home town of Ann is", ["Ghent"]),
        ("Where does Ann live?", ["Ghent"]),
        ("Please, where is the home town of Ann?", ["Ghent"]),
        ("The best friend of Ann is", ["Bo"]),
        ("The home town of the best friend of Ann is", ["Bo", "Turin"]),
        ("The home town of the mentor of Ann is", ["Cy", "Lyon"]),
        # Both orders of the relations are paths; the nearer one is followed first.
        ("The mentor of the best friend of Ann is", ["Bo", "Dee"]),
        ("The best friend of the mentor of Ann is", ["Cy", "Eve"]),
        ("The home town of Ann Lee is", ["Riga"]),  # not that of Ann
        ("The home town of D.C. (old) is", ["Oslo"]),
        ("The home town of Z\u00fcrich is", ["Bern"]),
        ("東京の市長は", ["小池"]),
    ],
)
def test_the_path_that_explains_the_prompt(
    graph: FactGraph, prompt: str, objects: list[str]
) -> None:
    assert paths(graph, prompt) == [objects]


@pytest.mark.parametrize(
    "prompt",
    [
        "",
        "The home town of Anna is",  # another name
        "The home town of ann is",
        "The home town of the rival is",
        "Did anybody see how quickly Ann painted it yesterday?",
        "Ann; DROP TABLE facts; --",
    ],
)
def test_prompts_that_ask_for_no_fact(graph: FactGraph, prompt: str) -> None:
    assert paths(graph, prompt) == []


def test_the_best_paths_come_first_down_to_the_threshold(graph: FactGraph) -> None:
    prompt = "The home town of the best friend of Ann is"
    many = paths(graph, prompt, 9, 0.0)
    assert many[0] == ["Bo", "Turin"] and many[1:3] == [["Bo"], ["Ghent"]]
    assert len(many) == 3 + 4
    assert paths(graph, prompt, 9, 0.85) == [["Bo", "Turin"]]
    assert paths(graph, prompt, 9, 1.0) == []


def test_a_question_of_its_own_is_found_as_it_is_written() -> None:
    question = Fact("Who wrote Faust?", "question", "Goethe")
    wordings = Wordings({}).with_prompts({question.key: ["Who wrote Faust?", "Faust is by"]})
    graph = graph_of([question, Fact("Who wrote Emma?", "question", "Austen")], wordings)
    assert paths(graph, "Who wrote Faust?") == [["Goethe"]]
    assert paths(graph, "Who wrote Nathan?") == []


def test_held_out_wordings_are_not_read() -> None:
    held = Wordings(
        {"town": [Wording.parse("The home town of {subject} is {object}.")]},
        {"town": [Wording.parse("Wherefrom hails {subject}? {object}")]},
    )
    graph = graph_of([Fact("Ann", "town", "Ghent")], held)
    assert paths(graph, "The home town of Ann is", 1, 0.9) == [["Ghent"]]
    assert paths(graph, "Wherefrom hails Ann?", 1, 0.1) == []


def test_two_hop_questions_of_a_world_are_found() -> None:
    stream: Stream = World(WorldConfig(entities=60, updates=2, changed=20, new=20)).stream(0)
    known = stream.knowledge(2)
    graph = graph_of(known.valid(), stream.wordings)
    probes = list(stream.probes(known, stream.first_taught()))
    asked = [probe for probe in probes if probe.form != "reverse"]
    assert len([probe for probe in asked if probe.form == "two_hop"]) > 20
    for probe in asked:
        needed = probe.needs or (Fact(*probe.key, probe.accepted[0]),)
        (path,) = graph.paths(probe.prompt, 1, 0.3)
        assert [entry.fact for entry in path] == [*needed], probe.prompt
