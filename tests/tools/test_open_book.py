"""The questions by which reading is measured are about what the page says, and nobody knew."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

from cltool.facts.stream import Probe, Stream
from cltool.lm.language_model import LanguageModel
from tools import open_book


def asked(
    stream: Stream, lm: LanguageModel, monkeypatch: pytest.MonkeyPatch
) -> dict[str, list[Probe]]:
    """The probes of each figure."""
    batches: list[list[Probe]] = []

    def note(_: LanguageModel, probes: Sequence[Probe]) -> tuple[float, float]:
        batches.append(list(probes))
        return float(len(batches)), -float(len(batches))

    monkeypatch.setattr(open_book, "_shares", note)
    figures = open_book.measure(lm, stream, count=60, seed=3)
    assert figures.pop("stale") == -3.0
    assert list(figures.values()) == [1.0, 2.0, 3.0, 4.0, 5.0]
    return dict(zip(figures, batches, strict=True))


def test_the_questions_that_are_asked(
    stream: Stream,
    load_lm: Callable[..., LanguageModel],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    probes = asked(stream, load_lm("llama"), monkeypatch)
    base = stream.updates[0].learn
    true = {fact.key: fact.object for fact in base}
    for name in ("contradicting", "never_seen"):
        assert len(probes[name]) == 60
        places = set()
        for probe in probes[name]:
            *lines, question = probe.prompt.split("\n")
            assert len(lines) == open_book.LINES
            (answer,) = probe.accepted
            assert answer not in question
            places |= {n for n, text in enumerate(lines) if answer in text}
            assert answer not in true.values()
            assert (probe.key in true) == (name == "contradicting")
        assert places == {0, 1, 2, 3}
    for probe in probes["superseded"]:
        *lines, question = probe.prompt.split("\n")
        assert len(lines) == 1 + open_book.LINES
        (answer,), (older,) = probe.accepted, probe.outdated
        assert answer != older
        stated = [
            text for text in lines if probe.key[0] in text and (answer in text or older in text)
        ]
        assert older in stated[0]
        assert answer in stated[-1]
    subjects = {subject for subject, _ in true}
    assert not any(probe.key[0] in subjects for probe in probes["never_seen"])
    for name in ("trained", "held_out"):
        assert {probe.key for probe in probes[name]} == set(true)
        assert all((probe.form == "trained") == (name == "trained") for probe in probes[name])


def test_the_command(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    asked: list[object] = []

    def note(scenario: str, options: object, **more: object) -> dict[str, float]:
        asked.append((scenario, options, more))
        return {"trained": 0.5}

    monkeypatch.setattr(open_book, "figures", note)
    arguments = ["world", "entities=50", "updates=3", "--model", "tiny-dnc", "--lines", "32"]
    assert open_book.main(arguments) == 0
    more = {"model": "tiny-dnc", "lines": 32, "count": 500}
    assert asked == [("world", {"entities": 50, "updates": 3}, more)]
    assert capsys.readouterr().out.split() == ["trained", "0.500"]


def test_an_unknown_scenario_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert open_book.main(["wrold"]) == 2
    assert "Did you mean 'world'?" in capsys.readouterr().err


def test_a_model_that_reads_nothing_is_never_right(
    stream: Stream, load_lm: Callable[..., LanguageModel]
) -> None:
    figures = open_book.measure(load_lm("llama"), stream, count=5)
    assert set(figures.values()) == {0.0}
