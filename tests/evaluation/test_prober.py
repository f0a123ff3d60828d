"""The prober: what is asked, what was said, and how probable the objects were."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch

from cltool.core.errors import Diverged
from cltool.core.settings import ProbeSettings
from cltool.evaluation import prober as module
from cltool.evaluation.matching import Answer
from cltool.evaluation.prober import Prober
from cltool.facts.facts import Fact, Update
from cltool.facts.stream import Probe, Stream
from cltool.lm.language_model import LanguageModel
from cltool.models import load

from ..conftest import ARCHITECTURES, CHAIN, LoadLM, MakeLearner, apply, make_wordings


def probes_at(stream: Stream, step: int) -> list[Probe]:
    return list(stream.probes(stream.knowledge(step), stream.first_taught()))


def ask(lm: LanguageModel, probes: Sequence[Probe], **kwargs: Any) -> list[dict[str, Any]]:
    settings = kwargs.pop("settings", ProbeSettings())
    return Prober(lm, settings).ask(0, probes, **kwargs)


def alone(lm: LanguageModel, prompt: str, limit: int) -> tuple[str, bool]:
    """What the model says to one prompt, by plain `generate`, and whether it ended by itself."""
    model: Any = lm.model
    ids = torch.tensor([lm.coder.tokenizer(prompt)["input_ids"]])
    with torch.no_grad():
        out = model.generate(
            input_ids=ids,
            attention_mask=torch.ones_like(ids),
            do_sample=False,
            max_new_tokens=limit,
            eos_token_id=lm.coder.stops,
            pad_token_id=lm.coder.pad,
        )
    said = out[0, ids.shape[1] :].tolist()
    return lm.coder.tokenizer.decode(said, skip_special_tokens=True), said[-1] in lm.coder.stops


def logp_by_hand(lm: LanguageModel, prompt: str, completion: str) -> float:
    """The completion's tokens' log-probabilities, added up one at a time."""
    head = lm.coder.tokenizer(prompt)["input_ids"]
    ids = lm.coder.tokenizer(prompt + completion)["input_ids"]
    if ids[: len(head)] != head:
        ids = head + lm.coder.tokenizer(completion, add_special_tokens=False)["input_ids"]
    total = 0.0
    for place in range(len(head), len(ids)):
        with torch.no_grad():
            logits = lm.model(input_ids=torch.tensor([ids[:place]])).logits[0, -1]
        total += float(logits.double().log_softmax(-1)[ids[place]])
    return total


@pytest.fixture
def trained(make_learner: MakeLearner, stream: Stream) -> LanguageModel:
    """The embedded model after two updates: it knows much, not all, and some is outdated."""
    learner = make_learner(lm="tiny", epochs=2, lr=1e-3)
    for update in stream.updates[1:3]:
        apply(learner, update)
    return learner.lm


# Free generation.


def test_answers_are_what_each_prompt_alone_gives(trained: LanguageModel, stream: Stream) -> None:
    probes = probes_at(stream, 2)
    asked = Prober(trained, ProbeSettings(batch_size=16))
    said = asked.generate([probe.prompt for probe in probes], 12)
    for probe, one in zip(probes, said, strict=True):
        assert (one.text, one.ended) == alone(trained, probe.prompt, 12), probe
    assert sum(one.ended for one in said) > len(said) / 2


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_every_architecture_is_asked(name: str, load_lm: LoadLM, stream: Stream) -> None:
    lm = load_lm(name)
    probes = probes_at(stream, 2)[::6]
    said = Prober(lm, ProbeSettings(batch_size=4)).generate([p.prompt for p in probes], 6)
    for probe, one in zip(probes, said, strict=True):
        assert (one.text, one.ended) == alone(lm, probe.prompt, 6), probe
    for probe, row in zip(probes, ask(lm, probes), strict=True):
        target = probe.gap + probe.accepted[0] + probe.closing
        assert row["logp"] == pytest.approx(logp_by_hand(lm, probe.prompt, target), rel=1e-4)
        assert row["right"] is False


def test_asking_in_batches_of_any_size_gives_the_same(
    trained: LanguageModel, stream: Stream
) -> None:
    probes = probes_at(stream, 2)
    one = ask(trained, probes, settings=ProbeSettings(batch_size=1))
    many = ask(trained, probes, settings=ProbeSettings(batch_size=128))
    for row, other in zip(one, many, strict=True):
        for name in ("logp", "logp_outdated"):
            assert row.pop(name) == pytest.approx(other.pop(name), abs=1e-3)
        assert row == other


def test_the_shortcut_gives_the_rows_of_generation(
    trained: LanguageModel, stream: Stream, monkeypatch: pytest.MonkeyPatch
) -> None:
    probes = probes_at(stream, 2)
    generated: list[int] = []
    plain = Prober.generate

    def counted(self: Prober, prompts: Sequence[str], *rest: Any) -> list[Answer]:
        generated.append(len(prompts))
        return plain(self, prompts, *rest)

    monkeypatch.setattr(Prober, "generate", counted)
    short = ask(trained, probes)
    monkeypatch.setattr(module, "MARGIN", float("inf"))
    assert ask(trained, probes) == short
    assert 0 < generated[0] < len(probes) / 2  # the shortcut was taken, and not always
    assert generated[1] == len(probes)
    assert 0 < sum(row["right"] for row in short) < len(probes)
    assert any(row["stale"] for row in short)


def test_the_shortcut_stops_at_the_longest_answer(
    load_lm: LoadLM, stream: Stream, monkeypatch: pytest.MonkeyPatch
) -> None:
    lm = load_lm("tiny")
    probes = [probe for probe in probes_at(stream, 0) if probe.group == "new"]
    settings = ProbeSettings(max_tokens=1)
    short = ask(lm, probes, settings=settings)
    monkeypatch.setattr(module, "MARGIN", float("inf"))
    assert ask(lm, probes, settings=settings) == short


def test_a_model_that_knows_everything_needs_no_generation(load_lm: LoadLM, stream: Stream) -> None:
    lm = load_lm("tiny")
    probes = [probe for probe in probes_at(stream, 0) if probe.form == "trained"][:24]
    rows = ask(lm, probes)
    assert all(row["right"] and row["forced"] and row["stop"] == "end" for row in rows)
    said = [probe.gap + probe.accepted[0] + probe.closing for probe in probes]
    assert [row["answer"] for row in rows] == said
    assert [row["matched"] for row in rows] == [probe.accepted[0] for probe in probes]


def test_nothing_to_ask(load_lm: LoadLM) -> None:
    assert ask(load_lm("llama"), []) == []


def test_long_prompts_leave_less_room_for_the_answer(load_lm: LoadLM, stream: Stream) -> None:
    # The trained sentence fits (`cltool.models.lengths` saw to that); prompt and longest answer do
    # not.
    lm = load_lm("gpt2")
    probe = probes_at(stream, 0)[0]
    filler = " ".join(["Land"] * lm.context)
    room = lm.coder.prompts([filler])[0][: lm.context - 6]
    long = replace(probe, prompt=lm.coder.decode(room))
    wordy = replace(probe, accepted=(probe.accepted[0], "a very long other name of the city"))
    rows = ask(lm, [long, wordy])
    assert len(rows) == 2
    assert rows[0]["stop"] == "context"
    assert rows[0] == ask(lm, [long])[0]  # not less room beside a longer prompt


# Right, stale, and how probable.


def test_log_probabilities_equal_a_sum_by_hand(trained: LanguageModel, stream: Stream) -> None:
    probes = probes_at(stream, 2)
    rows = ask(trained, probes)
    checked = 0
    for probe, row in list(zip(probes, rows, strict=True))[::4]:
        target = probe.gap + probe.accepted[0] + probe.closing
        assert row["logp"] == pytest.approx(
            logp_by_hand(trained, probe.prompt, target), rel=1e-3, abs=1e-4
        )
    for probe, row in zip(probes, rows, strict=True):
        if not probe.outdated:
            assert row["logp_outdated"] is None
            continue
        target = probe.gap + probe.outdated[-1] + probe.closing
        assert row["logp_outdated"] == pytest.approx(
            logp_by_hand(trained, probe.prompt, target), rel=1e-3, abs=1e-4
        )
        checked += 1
    assert checked >= 9


def test_forced_is_teacher_forced_accuracy_without_the_end_token(
    trained: LanguageModel, stream: Stream
) -> None:
    probes = probes_at(stream, 2)
    rows = ask(trained, probes)
    for probe, row in zip(probes, rows, strict=True):
        head = trained.coder.prompts([probe.prompt])[0]
        (whole,) = trained.coder.pairs(
            [(probe.prompt, probe.gap + probe.accepted[0] + probe.closing)]
        )
        with torch.no_grad():
            best = trained.model(input_ids=torch.tensor([whole.ids])).logits[0].argmax(-1).tolist()
        object_tokens = whole.ids[len(head) : -1]
        assert row["forced"] == (tuple(best[len(head) - 1 : -2]) == object_tokens)
    assert {row["forced"] for row in rows} == {True, False}


def test_every_row_contains_its_question(load_lm: LoadLM, stream: Stream) -> None:
    probes = probes_at(stream, 2)
    rows = Prober(load_lm("llama"), ProbeSettings()).ask(7, probes)
    for probe, row in zip(probes, rows, strict=True):
        assert row["step"] == 7
        assert (row["subject"], row["relation"]) == probe.key
        for name in ("form", "number", "prompt", "closing", "group", "learned"):
            assert row[name] == getattr(probe, name)
        assert row["accepted"] == list(probe.accepted)
        assert row["outdated"] == list(probe.outdated)
        assert not (row["right"] and row["stale"])


def test_a_row_has_the_tags_of_its_fact(load_lm: LoadLM, stream: Stream) -> None:
    plain, other = probes_at(stream, 1)[:2]
    tagged = replace(plain, tags=(("region", "süd"), ("size", "3")))
    rows = ask(load_lm("llama"), [tagged, other])
    assert json.loads(rows[0].pop("tags")) == {"region": "süd", "size": "3"}
    assert rows == ask(load_lm("llama"), [plain, other])


def test_an_outdated_answer_is_stale(load_lm: LoadLM, stream: Stream) -> None:
    # The base model knows what update 1 makes untrue.
    probes = [probe for probe in probes_at(stream, 2) if probe.key == CHAIN]
    assert {probe.outdated for probe in probes} == {probes[0].outdated}
    *older, newest = probes[0].outdated
    rows = ask(load_lm("tiny"), probes)
    assert all(row["stale"] and not row["right"] for row in rows)
    (answer,) = {row["matched"] for row in rows}
    assert answer in older
    assert answer != newest


def test_any_accepted_answer_is_right(load_lm: LoadLM, stream: Stream) -> None:
    lm = load_lm("tiny")
    probe = probes_at(stream, 0)[0]
    (known,) = ask(lm, [probe])
    assert known["right"]
    other = replace(probe, accepted=("Somewhere else", probe.accepted[0]))
    (row,) = ask(lm, [other])
    assert row["right"]
    assert not row["forced"]
    assert row["matched"] == probe.accepted[0]
    assert row["logp"] == pytest.approx(
        logp_by_hand(lm, probe.prompt, f"{probe.gap}Somewhere else{probe.closing}"), rel=1e-3
    )
    wrong = replace(probe, accepted=("Somewhere else",))
    assert not ask(lm, [wrong])[0]["right"]


def test_an_answer_that_is_cut_off_is_not_right(load_lm: LoadLM, stream: Stream) -> None:
    lm = load_lm("tiny")
    probe = next(p for p in probes_at(stream, 0) if p.group == "new" and p.form == "trained")
    (tokens,) = lm.coder.pairs([(probe.prompt, probe.gap + probe.accepted[0])])
    size = len(tokens) - tokens.start - 1
    # As many tokens as the object has, and none to show that it ended there.
    said = Prober(lm, ProbeSettings()).generate([probe.prompt], size)[0]
    assert said.text.strip() == probe.accepted[0]
    assert said.stop == "limit"
    shut = replace(probe, closing="", accepted=("Nowhere at all", probe.accepted[0]))
    (row,) = ask(lm, [shut], settings=ProbeSettings(max_tokens=size))
    assert not row["right"]
    assert row["stop"] == "limit"
    assert row["answer"].strip() == probe.accepted[0]


def test_a_wording_with_text_after_the_object(
    load_lm: LoadLM, stream: Stream, monkeypatch: pytest.MonkeyPatch
) -> None:
    # "... {object} as its capital.": what was trained is what counts as right.
    probe = replace(probes_at(stream, 0)[0], closing=" as its capital.")
    text = f" {probe.accepted[0]} as its capital."
    monkeypatch.setattr(
        Prober, "generate", lambda self, prompts, *rest: [Answer(text, "end")] * len(prompts)
    )
    (row,) = ask(load_lm("llama"), [probe])
    assert row["right"]
    assert row["matched"] == probe.accepted[0]


def test_a_frame_is_put_around_every_prompt(load_lm: LoadLM, stream: Stream) -> None:
    lm = load_lm("tiny")
    probes = probes_at(stream, 2)[:9]
    rows = ask(lm, probes, frame=lambda prompt: f"The ruler of Isle 9 is Rana. {prompt}")
    plain = ask(lm, probes)
    for probe, row, other in zip(probes, rows, plain, strict=True):
        assert row["prompt"] == probe.prompt
        framed = f"The ruler of Isle 9 is Rana. {probe.prompt}"
        target = probe.gap + probe.accepted[0] + probe.closing
        assert row["logp"] == pytest.approx(logp_by_hand(lm, framed, target), rel=1e-3, abs=1e-4)
        assert row["logp"] != other["logp"]
        if probe.outdated:
            assert row["logp_outdated"] != other["logp_outdated"]
    # A frame that swaps the subject is answered as that subject's prompt would be.
    (there, here) = probes_at(stream, 0)[0], probes_at(stream, 0)[6]
    assert here.key[1] == there.key[1] and here.form == there.form
    (row,) = ask(lm, [there], frame=lambda prompt: here.prompt)
    assert row["answer"] == here.gap + here.accepted[0] + here.closing


def test_the_model_keeps_its_mode(load_lm: LoadLM, stream: Stream) -> None:
    lm = load_lm("llama")
    for training in (True, False):
        lm.model.train(training)
        ask(lm, probes_at(stream, 0)[:2])
        assert lm.model.training is training


def test_generation_settings_of_a_checkpoint_are_ignored(
    checkpoint: Callable[[str], Path], stream: Stream, tmp_path: Path
) -> None:
    folder = tmp_path / "bent"
    shutil.copytree(checkpoint("llama"), folder)
    (folder / "generation_config.json").write_text(
        '{"repetition_penalty": 5.0, "do_sample": true, "min_length": 30}'
    )
    prompts = [probe.prompt for probe in probes_at(stream, 0)][:8]
    plain = load(str(checkpoint("llama")), stream, device="cpu")
    bent = load(str(folder), stream, device="cpu")
    said = [Prober(lm, ProbeSettings()).generate(prompts, 8) for lm in (plain, bent)]
    assert said[0] == said[1]


def test_a_longer_superseded_object_is_stale_and_kept_as_it_was_said(
    make_learner: MakeLearner,
) -> None:
    longer, shorter = "Acme Corp. Japan", "Acme Corp"
    key = ("Land 0", "ruler")
    updates = [
        Update(0, "base", [Fact(*key, longer), Fact("Land 1", "ruler", shorter)]),
        Update(1, "one", [Fact(*key, shorter)], [Fact("Land 1", "ruler", shorter)]),
    ]
    stream = Stream("acme", updates, make_wordings())
    learner = make_learner(lm="llama", of=stream, lr=1e-2, epochs=40)
    learner.fit([Fact(*key, longer), Fact("Land 1", "ruler", longer)])
    asked = [probe for probe in probes_at(stream, 1) if probe.form == "trained"]
    for known in (stream, None):
        rows = Prober(learner.lm, ProbeSettings(), known).ask(1, asked)
        assert [row["answer"] for row in rows] == [f" {longer}."] * 2
        assert [(row["group"], row["right"], row["stale"]) for row in rows] == [
            ("new", False, True),
            ("erased", False, False),
        ]
        assert [row["matched"] for row in rows] == [longer, None]
    learner.fit([Fact(*key, shorter), Fact("Land 1", "ruler", shorter)])
    rows = Prober(learner.lm, ProbeSettings(), stream).ask(1, asked)
    assert [(row["right"], row["stale"], row["matched"]) for row in rows] == [
        (True, False, shorter)
    ] * 2


def test_probabilities_that_are_not_numbers_are_no_answers(load_lm: LoadLM, stream: Stream) -> None:
    lm = load_lm("llama")
    with torch.no_grad():
        next(lm.model.parameters())[:] = float("nan")
    with pytest.raises(Diverged, match="not numbers"):
        ask(lm, probes_at(stream, 0)[:2])
