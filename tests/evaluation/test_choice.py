"""Choice: the object of a fact against other objects of its relation, in one wording."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from cltool.core.settings import ProbeSettings
from cltool.evaluation.choice import MOST, Chooser
from cltool.evaluation.prober import Prober
from cltool.facts.facts import Fact, Update
from cltool.facts.stream import Probe, Stream
from cltool.lm.coder import Encoded
from cltool.lm.token_scores import token_scores

from ..conftest import make_stream, make_wordings

if TYPE_CHECKING:
    from cltool.evaluation.likely_names import Alternatives
    from cltool.lm.language_model import LanguageModel


def probes_at(stream: Stream, step: int) -> list[Probe]:
    return list(stream.probes(stream.knowledge(step), stream.first_taught()))


def preferring(*names: str) -> Callable[[Sequence[Alternatives]], list[list[float]]]:
    """A scorer that finds earlier names more probable, and all others equally improbable."""

    def score(asked: Sequence[Alternatives]) -> list[list[float]]:
        return [
            [-names.index(name) if name in names else -99.0 for name in one.names] for one in asked
        ]

    return score


def cities(count: int) -> Stream:
    base = [Fact(f"Land {n}", "capital", f"City {n}", (f"Town {n}",)) for n in range(count)]
    updates = [Update(0, "base", base), Update(1, "one", [Fact("Land 0", "capital", "Newby")])]
    return Stream("cities", updates, make_wordings())


def test_at_most_seven_other_objects_that_are_not_true() -> None:
    stream = cities(30)
    chooser = Chooser(stream, 3)
    for probe in probes_at(stream, 1):
        *others, own = chooser.names(probe.key, probe.accepted, probe.outdated)
        assert own == probe.accepted[0]
        assert len(others) == MOST == len({*others})
        assert not {*others} & {*probe.accepted}
        # Only the latest superseded object is compared.
        assert {*others} & {*probe.outdated} == {*probe.outdated[-1:]}


def test_the_draw_depends_on_seed_and_key_only() -> None:
    stream, longer = cities(30), cities(30)
    one, same, other = Chooser(stream, 3), Chooser(longer, 3), Chooser(stream, 4)
    keys = [("Land 1", "capital"), ("Land 2", "capital")]
    draws = [[who.names(key, ("none",), ()) for key in keys] for who in (one, same, other)]
    assert draws[0] == draws[1] != draws[2]
    assert draws[0][0] != draws[0][1]
    # An object that becomes true makes room for the next one; the others stay.
    first = draws[0][0]
    changed = one.names(keys[0], (first[0],), ())
    assert {*first[1:-1]} < {*changed}


def test_an_alias_is_never_a_distractor() -> None:
    base = [Fact("France", "capital", "Paris", ("City of Light",)),
            Fact("X", "capital", "city of light"), Fact("Y", "capital", "Rome")]  # fmt: skip
    stream = Stream("aliases", [Update(0, "base", base)], make_wordings())
    names = Chooser(stream).names(("France", "capital"), ("Paris", "City of Light"), ())
    assert names == ("Rome", "Paris")


def test_only_one_held_out_wording_of_a_fact_is_asked() -> None:
    stream = cities(4)
    probes = probes_at(stream, 0)
    found = Chooser(stream).choose(probes, str, preferring())
    asked = [probes[place] for place in found]
    assert sorted(one.key for one in asked) == sorted(stream.first_taught())
    assert {one.form for one in asked} <= {"paraphrase", "question"}
    trained = [one for one in probes if one.form == "trained"]
    assert len(Chooser(stream).choose(trained, str, preferring())) == len(trained)


def test_verdicts() -> None:
    stream = cities(5)
    probes = [one for one in probes_at(stream, 1) if one.key[0] == "Land 0"]
    chooser = Chooser(stream)

    def verdict(*names: str) -> tuple[str, str]:
        (one,) = chooser.choose(probes, str, preferring(*names)).values()
        return one.verdict, one.name

    assert verdict("Newby", "City 0") == ("right", "Newby")
    assert verdict("City 0", "Newby") == ("outdated", "City 0")
    assert verdict("City 3", "Newby", "City 0") == ("wrong", "City 3")
    assert verdict()[0] == "wrong"  # equally probable is not more probable


def test_a_relation_with_one_object_has_no_verdict() -> None:
    facts = [Fact("Land 0", "ruler", "Bo"), Fact("A", "capital", "X"), Fact("B", "capital", "Y")]
    stream = Stream("few", [Update(0, "base", facts)], make_wordings())
    found = Chooser(stream).choose(probes_at(stream, 0), str, preferring("X"))
    assert {probes_at(stream, 0)[place].key[1] for place in found} == {"capital"}
    assert Chooser(stream).unasked((fact.key, fact.accepted) for fact in facts) == 1


@pytest.mark.parametrize("name", ["llama", "mamba"])
def test_the_most_probable_name_by_whole_sequences(
    load_lm: Callable[[str], LanguageModel], stream: Stream, name: str
) -> None:
    lm, probes = load_lm(name), probes_at(stream, 1)[:12]
    chooser = Chooser(stream)
    rows = Prober(lm, ProbeSettings(match="exact"), stream, chooser).ask(1, probes)
    asked = [(row, one) for row, one in zip(rows, probes, strict=True) if row["choice"] is not None]
    assert len(asked) == len({one.key for one in probes})
    for row, one in asked:
        names = chooser.names(one.key, one.accepted, one.outdated)
        means = {}
        for own in names:
            (pair,) = lm.coder.pairs([(one.prompt, one.gap + own)])
            ids = pair.ids[: len(pair) - pair.end]
            (scores,) = token_scores(lm, [Encoded(ids, pair.start, end=False)])
            means[own] = float(scores.logps.mean())
        assert means[row["chosen"]] == pytest.approx(max(means.values()), abs=1e-3)
        expected = "outdated" if row["chosen"] in one.outdated else "wrong"
        assert row["choice"] == ("right" if row["chosen"] in one.accepted else expected)


def test_what_the_strategy_puts_before_the_prompt_is_read(
    load_lm: Callable[[str], LanguageModel],
) -> None:
    stream = cities(4)
    seen: list[str] = []

    def score(asked: Sequence[Alternatives]) -> list[list[float]]:
        seen.extend(one.prompt for one in asked)
        return [[0.0] * len(one.names) for one in asked]

    Chooser(stream).choose(probes_at(stream, 0), "Note. {}".format, score)
    assert seen and all(prompt.startswith("Note. ") for prompt in seen)


def test_judging_by_choice_needs_a_chooser(load_lm: Callable[[str], LanguageModel]) -> None:
    with pytest.raises(ValueError, match="a chooser is needed"):
        Prober(load_lm("llama"), ProbeSettings(match="choice"), make_stream(4))


def test_the_matcher_decides_right_and_stale(
    load_lm: Callable[[str], LanguageModel], monkeypatch: pytest.MonkeyPatch
) -> None:
    stream = make_stream(4)
    lm, probes = load_lm("llama"), probes_at(stream, 2)
    found = {
        match: Prober(lm, ProbeSettings(match=match), stream, Chooser(stream)).ask(2, probes)  # type: ignore[arg-type]
        for match in ("exact", "contains", "choice")
    }
    for match, rows in found.items():
        for row in rows:
            assert row["match"] == match
            assert row["right"] == (row[match] == "right")
            assert row["stale"] == (row[match] == "outdated")
            assert math.isfinite(row["logp"])
    assert any(row["right"] for row in found["choice"])
    assert {row["choice"] for row in found["exact"]} > {None}
    first = replace(probes[0], group="new")
    assert Prober(lm, ProbeSettings(match="exact"), stream).ask(0, [first])[0]["choice"] is None
