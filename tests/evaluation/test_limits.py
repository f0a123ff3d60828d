"""No object is silently longer than an answer may be."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cltool.core.settings import ProbeSettings
from cltool.evaluation import limits
from cltool.evaluation.limits import Askable, longest_of, too_long
from cltool.evaluation.prober import Prober
from cltool.experiments.manifest import identity
from cltool.experiments.resolve import resolve
from cltool.experiments.resume import open_folder
from cltool.experiments.run import run
from cltool.facts.facts import Fact, Update
from cltool.facts.stream import Stream
from cltool.facts.wording import Wording
from cltool.facts.wordings import Wordings
from cltool.lm.coder import Coder
from cltool.models import registered
from cltool.models.lengths import fit_to_context
from tools.families import byte_bpe

from ..conftest import LoadLM, MakeLearner, make_wordings

LONG = "東京都千代田区丸の内一丁目九番地のビル"
"""19 characters, and three times as many tokens for a tokenizer that knows bytes only."""


def stream_of(*objects: str) -> Stream:
    facts = [Fact(f"Land {number}", "capital", name) for number, name in enumerate(objects)]
    return Stream("long", [Update(0, "base", facts), Update(1, "one", [])], make_wordings())


@cache
def small_coder() -> Coder:
    return Coder(byte_bpe(["The capital of Land 1 is Delft."], bos=False, pad=True))


@settings(deadline=None, max_examples=50)
@given(st.lists(st.text(max_size=40), max_size=6))
def test_the_longest_text_is_found(texts: list[str]) -> None:
    coder = small_coder()
    assert longest_of(coder, texts) == max(map(len, coder.texts(texts)), default=0)


def test_the_limit_follows_from_all_objects_of_the_stream(load_lm: LoadLM) -> None:
    lm = load_lm("llama")
    stream = stream_of("Ghent", LONG, "Delft")
    asked = Askable.of(stream, lm.coder)
    (needed,) = lm.coder.texts([f" {LONG}."])
    assert len(needed) > 48
    assert limits.limit(None, asked.longest) > len(needed)
    assert limits.limit(1, asked.longest) == 1
    plain, sentence = (limits.limit(None, asked.longest, one) for one in ("choice", "contains"))
    assert limits.limit(None, asked.longest, "exact") == plain < sentence - 15
    assert limits.limit(10_000, asked.longest) == limits.limit(None, asked.longest)
    assert too_long(stream, lm.coder, None) == []
    assert too_long(stream_of("Ghent"), lm.coder, 48) == []
    (warning,) = too_long(stream, lm.coder, 48)
    assert warning.startswith("1 of 3 objects is longer than an answer may be")
    assert LONG in warning and "Land 1, capital" in warning


def test_the_embedded_model_can_say_long_names_in_another_script() -> None:
    rows = [("ラボ", "住所", "京都"), ("ラボ", "館長", "王小明")]
    base = [Fact(*row) for row in rows]
    stream = Stream(
        "cjk",
        [Update(0, "base", base), Update(1, "one", [Fact("ラボ", "住所", LONG)])],
        Wordings(
            {name: [Wording.parse(f"{{subject}}の{name}は{{object}}。")] for _, name, _ in rows}
        ),
    )
    tiny = registered("tiny")
    assert tiny is not None and tiny.context is not None
    coder = tiny.coder(stream)  # as it is built from the base, which lacks most of these characters
    fitted = fit_to_context(stream, tiny.context, lambda: coder)
    assert [fact.object for fact in fitted.updates[1].learn] == [LONG]
    (needed,) = coder.texts([f"{LONG}。"])
    assert len(needed) > 48 and coder.decode(needed) == f"{LONG}。"
    assert limits.limit(None, Askable.of(stream, coder).longest) > len(needed)
    assert too_long(stream, coder, None) == []


def test_an_object_with_a_line_break_can_never_be_said(load_lm: LoadLM) -> None:
    lm = load_lm("llama")
    broken = Stream("x", [Update(0, "base", [Fact("L", "capital", "A\nB")])], make_wordings())
    (warning,) = too_long(broken, lm.coder, None)
    assert warning.startswith("1 of 1 object contains a line break")


def test_a_long_answer_is_right_once_it_is_learned(make_learner: MakeLearner) -> None:
    stream = stream_of(LONG, "Ghent")
    learner = make_learner(lm="llama", of=stream, lr=1e-2, epochs=40)
    learner.fit(stream.updates[0].learn)
    probes = list(stream.probes(stream.knowledge(0), stream.first_taught()))
    asked = [probe for probe in probes if probe.form == "trained"]
    rows = Prober(learner.lm, ProbeSettings(), stream).ask(0, asked)
    assert all(row["forced"] and row["right"] and row["stop"] == "end" for row in rows)
    assert rows[0]["matched"] == LONG
    cut = Prober(learner.lm, ProbeSettings(max_tokens=48), stream).ask(0, asked)
    assert [(row["right"], row["stop"]) for row in cut] == [(False, "limit"), (True, "end")]


def test_the_record_of_a_run_says_what_cannot_be_right(
    checkpoint: Callable[[str], Path], stream: Stream, tmp_path: Path
) -> None:
    tables = {"model": {"device": "cpu"}, "probe": {"max_tokens": 2, "limit": 2}}
    one = replace(stream, updates=stream.updates[:1])
    done = run(
        one, strategy="frozen", model=str(checkpoint("llama")), out=tmp_path, settings=tables
    )
    assert any("(probe.max_tokens = 2)" in text for text in done.record["warnings"])


def test_a_run_with_the_former_default_goes_on(
    checkpoint: Callable[[str], Path], stream: Stream, tmp_path: Path
) -> None:
    tables = {"model": {"name": str(checkpoint("llama"))}}
    asked = identity(stream, "naive", 0, resolve("naive", tables))
    earlier = json.loads(json.dumps(asked))
    for value, accepted in ((48, True), (47, False)):
        earlier["requested"]["probe"]["max_tokens"] = value
        (tmp_path / "run.json").write_text(json.dumps({**earlier, "status": "running"}))
        if accepted:
            assert open_folder(tmp_path, asked, False) == 0
        else:
            with pytest.raises(Exception, match="other settings"):
                open_folder(tmp_path, asked, False)


def test_the_limit_is_the_same_at_every_step(load_lm: LoadLM, stream: Stream) -> None:
    lm = load_lm("llama")
    asked: list[int] = []

    class Spy(Prober):
        def generate(self, prompts, limit, *rest):  # type: ignore[no-untyped-def]
            asked.append(limit)
            return super().generate(prompts, limit)

    spy = Spy(lm, ProbeSettings(), stream)
    for step in (0, 3):
        spy.ask(step, list(stream.probes(stream.knowledge(step), stream.first_taught()))[:4])
    assert len(set(asked)) == 1
