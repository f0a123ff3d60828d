"""`retrain`: nothing that was erased is in the weights, and what that costs is counted."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch

from cltool.core.errors import UserError
from cltool.core.progress import QUIET, Progress
from cltool.experiments import base_model, checkpoints, resolve
from cltool.experiments.run import run
from cltool.facts.facts import Fact, Update
from cltool.facts.stream import Stream
from cltool.models import load
from cltool.models.cache import training_tokens
from cltool.models.tiny import build
from cltool.models.tiny.recipe import Recipe
from cltool.runs.erasures import INEXACT
from cltool.runs.run import Run

from ...conftest import MakeLearner, apply, make_stream, make_wordings, weights

SHORT: dict[str, Any] = {
    "learner": {"epochs": 2, "batch_size": 8, "stop_at": 2},
    "model": {"device": "cpu"},
    "probe": {"limit": 4},
}


@pytest.fixture(autouse=True)
def short_base(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Embedded models that learn for a few steps only, in a cache of their own."""
    quick = Recipe(hidden=32, inner=64, epochs=1, steps=12, pages=0)
    monkeypatch.setattr(Recipe, "for_facts", classmethod(lambda cls, count, **options: quick))
    monkeypatch.setenv("CLTOOL_CACHE", str(tmp_path / "cache"))


def forgetful(swapped: bool = False) -> Stream:
    """Update 1 changes one capital, update 2 erases it and another, update 3 teaches one anew.

    ``swapped`` exchanges the two base objects, which leaves the tokenizer as it is.
    """
    plain = make_stream(6, name="forgetful")
    base = list(plain.updates[0].learn)
    one, other = base[0], base[2]
    if swapped:
        base[0], base[2] = replace(one, object=other.object), replace(other, object=one.object)
    changed = Fact(*one.key, "Zed")
    return Stream(
        "forgetful",
        [
            Update(0, "base", base),
            Update(1, "one", [changed, Fact("Isle 1", "ruler", "Momo")]),
            Update(2, "two", [Fact("Isle 2", "ruler", "Lulu")], [changed, base[2]]),
            Update(3, "three", [Fact(*one.key, "Bibi")]),
        ],
        make_wordings(),
        source={"scenario": "forgetful"},
    )


def settings_of(name: str, **options: Any) -> resolve.Settings:
    return resolve.resolve("retrain", {**SHORT, "model": {"name": name, **options}})


def learner_of(
    make_learner: MakeLearner, stream: Stream, settings: resolve.Settings | None = None
) -> Any:
    settings = settings or settings_of("tiny")
    lm, stream = base_model.prepare(stream, settings)
    learner = make_learner("retrain", lm=lm, of=stream, epochs=1, stop_at=2)
    learner.rebuild = base_model.rebuilder(stream, settings)
    return learner


def buffers(model: torch.nn.Module) -> dict[str, torch.Tensor]:
    return {name: buffer.clone() for name, buffer in model.named_buffers()}


def same(one: dict[str, Any], other: dict[str, Any]) -> bool:
    return all(torch.equal(tensor, other[name]) for name, tensor in one.items())


@pytest.mark.parametrize(
    "kind", ["tiny", pytest.param("tiny-memory-layer", marks=pytest.mark.slow), "taught"]
)
def test_the_weights_do_not_depend_on_erased_objects(
    kind: str,
    make_learner: MakeLearner,
    checkpoint: Callable[[str], Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    taught = settings_of(str(checkpoint("llama")), teach_base=True)
    settings = taught if kind == "taught" else settings_of(kind)
    found, bases = [], []
    for swapped in (False, True):
        # Each builds its own: that both come from one cache would prove nothing.
        monkeypatch.setenv("CLTOOL_CACHE", str(tmp_path / str(swapped)))
        stream = forgetful(swapped)
        learner = learner_of(make_learner, stream, settings)
        bases.append(weights(learner.model))
        states = []
        for update in stream.updates[1:]:
            apply(learner, update)
            states.append(weights(learner.model) | buffers(learner.model))
        found.append(states)
    assert not same(bases[0], bases[1])
    before, after, again = zip(*found, strict=True)
    assert not same(*before)
    assert same(*after)
    assert same(*again)
    assert not same(after[0], again[0])


def test_it_trains_from_the_rebuilt_base_like_joint(make_learner: MakeLearner) -> None:
    stream = forgetful()
    learner = learner_of(make_learner, stream)
    for update in stream.updates[1:3]:
        apply(learner, update)
    gone = [fact.key for fact in stream.updates[2].forget]
    rebuilt, _ = learner.rebuild(gone, QUIET)
    lm, _ = base_model.prepare(stream, settings_of("tiny"))
    with torch.no_grad():
        for name, parameter in lm.model.named_parameters():
            parameter.copy_(rebuilt[name])
    direct = make_learner("naive", lm=lm, of=stream, epochs=1, stop_at=2)
    for update in stream.updates[1:3]:
        direct.known.apply(update)
    direct.fit(direct.known.valid())
    assert same(weights(learner.model), weights(direct.model))


def test_the_base_is_rebuilt_only_after_a_request(make_learner: MakeLearner) -> None:
    stream = forgetful()
    learner = learner_of(make_learner, stream)
    asked: list[Sequence[Any]] = []
    rebuild = learner.rebuild

    def watched(keys: Sequence[Any], progress: Progress) -> Any:
        asked.append([*keys])
        return rebuild(keys, progress)

    learner.rebuild = watched
    tokens = []
    for update in stream.updates[1:]:
        before = learner.tokens
        apply(learner, update)
        tokens.append(learner.tokens - before - sum(map(len, learner.loader.own)))
    assert asked == [[fact.key for fact in stream.updates[2].forget]]
    # The base's tokens count with the update that made another base necessary.
    assert tokens == [0, rebuild(asked[0], QUIET)[1], 0]
    sentences = learner.examples([f for f in stream.updates[0].learn if f.key not in asked[0]])
    epochs = Recipe.for_facts(12).plan(len(sentences))[0]
    assert tokens[1] == epochs * sum(map(len, sentences))


def test_a_cached_base_costs_as_much(make_learner: MakeLearner, tmp_path: Path) -> None:
    costs = []
    for _ in range(2):
        learner = learner_of(make_learner, forgetful())
        for update in forgetful().updates[1:3]:
            apply(learner, update)
        costs.append(learner.tokens)
    assert costs[0] == costs[1]
    # The base, and the base without two facts.
    assert len([*(tmp_path / "cache" / "embedded").iterdir()]) == 2


def test_a_rebuilt_model_has_the_tokenizer_and_shapes_of_the_base() -> None:
    stream = forgetful()
    base, wordings = stream.updates[0].learn, stream.wordings
    whole = build.build(base, wordings, reading=False)
    part = build.build(base, wordings, without=[base[0].key], reading=False)
    for name in ("config.json", "tokenizer.json"):
        assert (whole / name).read_bytes() == (part / name).read_bytes()
    names = [dict(load(str(p), stream).model.named_parameters()) for p in (whole, part)]
    assert {n: p.shape for n, p in names[0].items()} == {n: p.shape for n, p in names[1].items()}
    assert build.build(base, wordings, without=[], reading=False) == whole
    assert build.build(base, wordings, without=[("No", "body")], reading=False) == whole
    assert build.build(base, wordings, without=[base[1].key], reading=False) not in (whole, part)
    # As the tokenizer differs, so does the model that is taught the same.
    assert build.build(base[1:], wordings, reading=False) != part
    assert training_tokens(part) < training_tokens(whole)


def start(out: Path, name: str = "tiny", **options: Any) -> Run:
    settings = {**SHORT, "model": {"device": "cpu", **options}}
    return run(forgetful(), strategy="retrain", model=name, out=out, settings=settings)


def test_an_interrupted_run_ends_with_the_same_bytes_and_costs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = start(tmp_path / "whole")
    assert not any(INEXACT in text for text in whole.record["warnings"])
    keep = checkpoints.keep_only

    def trap(folder: Path, step: int, *others: Any) -> None:
        keep(folder, step, *others)
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(checkpoints, "keep_only", trap)
        for _ in whole.record["labels"]:
            with pytest.raises(KeyboardInterrupt):
                start(tmp_path / "broken")
    broken = start(tmp_path / "broken")
    assert list(broken.costs["tokens"]) == list(whole.costs["tokens"])
    for file in (tmp_path / "whole").rglob("step-*/*"):
        other = tmp_path / "broken" / file.relative_to(tmp_path / "whole")
        assert file.read_bytes() == other.read_bytes(), file
    for file in (tmp_path / "whole").glob("answers/*"):
        assert file.read_bytes() == (tmp_path / "broken" / "answers" / file.name).read_bytes()


def test_with_a_given_base_model_the_record_says_it_is_not_a_reference(
    tmp_path: Path, checkpoint: Callable[[str], Path]
) -> None:
    source = str(checkpoint("llama"))
    told = start(tmp_path / "plain", source).record["warnings"]
    (text,) = [text for text in told if INEXACT in text]
    assert text.startswith("retrain is no exact reference here")
    assert "2 of them that are to be forgotten" in text and "--teach-base" in text
    taught = start(tmp_path / "taught", source, teach_base=True).record["warnings"]
    assert not any(INEXACT in text for text in taught)


@pytest.mark.parametrize("other", ["joint", "replay", "ewc", "lora", "weight_average", "lwf"])
def test_compositions_that_keep_erased_facts_are_refused(other: str) -> None:
    for name in (f"retrain+{other}", f"{other}+retrain"):
        with pytest.raises(UserError, match="cannot be composed"):
            resolve.build(resolve.resolve(name))


def test_it_trains_as_long_as_joint() -> None:
    assert resolve.resolve("retrain").learner == resolve.resolve("joint").learner
