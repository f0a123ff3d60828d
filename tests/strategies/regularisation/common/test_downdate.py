"""Erased facts are subtracted from importances, exactly if the weights have not moved."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
import torch
from torch import Tensor

from cltool.facts.facts import Fact, Update
from cltool.facts.stream import Stream
from cltool.strategies.adapters.gradient_projection import (
    second_moments,
    strong_directions,
    trained_layers,
)
from cltool.strategies.regularisation.common.downdate import without_negative
from cltool.strategies.regularisation.common.kronecker import kronecker_factors
from cltool.strategies.regularisation.common.penalty import in_batches, sample_batches
from cltool.training.learner import Learner
from cltool.training.strategy import INSEPARABLE

from ....conftest import MakeLearner, apply

ALL = 10_000


def state(learner: Learner) -> dict[str, Tensor]:
    (found,) = learner.strategies.states().values()
    return {name: t.clone() for name, t in found.items() if isinstance(t, Tensor)}


def importance(learner: Learner, prefix: str = "importance") -> dict[str, Tensor]:
    start = f"{prefix}."
    return {n.removeprefix(start): t for n, t in state(learner).items() if n.startswith(start)}


def purge(learner: Learner, facts: Sequence[Fact]) -> dict[str, str]:
    (report,) = learner.strategies.purge(learner, facts).values()
    return report


def near(found: dict[str, Tensor], expected: dict[str, Tensor], to: dict[str, Tensor]) -> None:
    """Equal up to rounding of numbers as large as those of ``to``."""
    assert found.keys() == expected.keys()
    for name, tensor in found.items():
        scale = 1e-4 * float(to[name].abs().max()) + 1e-12
        torch.testing.assert_close(tensor, expected[name], rtol=1e-3, atol=scale, msg=name)


@pytest.mark.parametrize("name", ["ewc", "mas"])
def test_after_a_purge_the_sum_over_the_other_facts_is_left(
    name: str, make_learner: MakeLearner, stream: Stream
) -> None:
    learner = make_learner(name, strategy={"normalise": False, "samples": ALL})
    base = list(stream.updates[0].learn)
    gone, others = base[3:9], [*base[:3], *base[9:]]
    before, tokens = importance(learner), learner.tokens
    report = purge(learner, gone)
    strategy: Any = learner.strategies.parts[name]
    mean, count = strategy.importances(learner, others)
    of = len(learner.examples(base))
    near(importance(learner), {n: t * count / of for n, t in mean.items()}, before)
    sentences = len(learner.examples(gone))
    (text,) = report.values()
    assert text.startswith(f"down-dated: it held {sentences} of {sentences} sentences; ")
    total, left = (sum(float(t.sum()) for t in f.values()) for f in (before, importance(learner)))
    assert f"{1 - left / total:.2%} of it" in text
    assert learner.tokens - tokens >= sum(map(len, learner.examples(gone)))


@pytest.mark.parametrize("name", ["ewc", "mas", "rwalk"])
@pytest.mark.parametrize("samples", [ALL, 20])
def test_when_all_facts_are_purged_nothing_is_left(
    name: str, samples: int, make_learner: MakeLearner, stream: Stream
) -> None:
    options = {"samples": samples, **({"base_steps": 2} if name == "rwalk" else {})}
    learner = make_learner(name, strategy=options)
    prefix = "fisher" if name == "rwalk" else "importance"
    before = importance(learner, prefix)
    base = list(stream.updates[0].learn)
    report = [purge(learner, part) for part in (base[:10], base[10:])]
    near(importance(learner, prefix), {n: 0 * t for n, t in before.items()}, before)
    words = [next(iter(one.values())) for one in report]
    held = sum(int(text.split()[3]) for text in words)
    assert held == min(samples, len(learner.examples(base)))


@pytest.mark.parametrize(("name", "options"), [("ewc", {}), ("mas", {}), ("rwalk", {})])
def test_an_update_is_subtracted_with_its_weight(
    name: str, options: dict[str, Any], make_learner: MakeLearner, stream: Stream
) -> None:
    more = {"base_steps": 2} if name == "rwalk" else {}
    learner = make_learner(name, strategy={"decay": 0.25, "lambda": 0, **more}, epochs=1, lr=1e-6)
    prefix = "fisher" if name == "rwalk" else "importance"
    before = importance(learner, prefix)
    apply(learner, stream.updates[1])
    after = importance(learner, prefix)
    assert not torch.allclose(*(next(iter(one.values())) for one in (before, after)))
    purge(learner, stream.updates[1].learn)
    near(importance(learner, prefix), {n: 0.25 * t for n, t in before.items()}, after)
    # What is purged is not held any more: rwalk's penalty is that of what is left.
    if name == "rwalk":
        scores = importance(learner, "score")
        for part, tensor in learner.strategies.parts["rwalk"]._quadratic.importance.items():  # type: ignore[attr-defined]
            torch.testing.assert_close(tensor, importance(learner, prefix)[part] + scores[part])


def test_sums_stay_non_negative_when_the_weights_have_moved(
    make_learner: MakeLearner, stream: Stream
) -> None:
    learner = make_learner("ewc", lr=0.05, epochs=6)
    apply(learner, stream.updates[1])
    apply(learner, stream.updates[2])
    before = importance(learner)
    purge(learner, [f for f in learner.known.valid() if f in stream.updates[0].learn])
    for name, tensor in importance(learner).items():
        assert bool((tensor >= 0).all())
        assert bool((tensor <= before[name]).all())


def test_sums_over_other_facts_are_unchanged_and_reported(
    make_learner: MakeLearner, stream: Stream
) -> None:
    learner = make_learner("cumulative+ewc", epochs=1)
    apply(learner, stream.updates[1])
    states = learner.strategies.states()["ewc"]
    before = {name: tensor.clone() for name, tensor in states.items()}
    report = learner.strategies.purge(learner, [stream.updates[1].learn[0]])
    assert report["ewc"]["Fisher information"].startswith(INSEPARABLE)
    assert all(torch.equal(before[name], t) for name, t in states.items())


@pytest.mark.parametrize("name", ["ewc", "kfac", "mas"])
def test_facts_that_stay_in_sums_are_reported(
    name: str, make_learner: MakeLearner, stream: Stream
) -> None:
    learner = make_learner(f"cumulative+{name}", epochs=1)
    fact = stream.updates[0].learn[2]
    alone = learner.strategies.purge(learner, [fact])[name]
    assert alone and all(report.startswith("down-dated") for report in alone.values())
    assert not any("still contain" in report for report in alone.values())
    apply(learner, stream.updates[1])
    apply(learner, stream.updates[2])
    for report in learner.strategies.purge(learner, [fact])[name].values():
        assert report.startswith("down-dated")
        assert report.endswith("the sums of 2 updates over all facts still contain the fact")
    again = make_learner(f"cumulative+{name}", epochs=1)
    again.strategies.load_states(learner.strategies.states())
    for report in again.strategies.purge(again, [fact])[name].values():
        assert "2 updates" in report
    # What an update taught by itself is nowhere else.
    plain = make_learner(name, epochs=1)
    apply(plain, stream.updates[1])
    for report in plain.strategies.purge(plain, [fact])[name].values():
        assert report.startswith("down-dated") and "still contain" not in report


@pytest.mark.parametrize("widest", [1024, 32])  # 32: longer sides keep their diagonal
def test_kfac_factors_equal_those_of_the_other_facts(
    make_learner: MakeLearner, stream: Stream, widest: int
) -> None:
    settings = {"normalise": False, "samples": ALL, "widest": widest}
    learner = make_learner("kfac", strategy=settings)
    base = list(stream.updates[0].learn)
    gone, others = base[:8], base[8:]
    whole = state(learner)
    report = purge(learner, gone)
    assert set(report) == {"factors", "diagonal"}
    assert all(text.startswith("down-dated: ") for text in report.values())
    batches = sample_batches(learner, others, ALL)
    left = kronecker_factors(learner.model, learner.score, batches, widest)
    share = len(learner.examples(others)) / len(learner.examples(base))
    for name, factors in left.items():
        tokens = factors.tokens / float(whole[f"tokens.{name}"][0])
        for kind, expected in (
            ("inputs", tokens * factors.inputs),
            ("outputs", share * factors.outputs),
        ):
            found = state(learner)[f"{kind}.{name}"]
            scale = 1e-3 * float(whole[f"{kind}.{name}"].abs().max())
            torch.testing.assert_close(found, expected, rtol=1e-2, atol=scale)
    purge(learner, others)
    for name, tensor in state(learner).items():
        if name.startswith(("inputs.", "outputs.", "importance.")):
            assert float(tensor.abs().max()) <= 1e-3 * float(whole[name].abs().max())


def test_kfac_subtracts_an_update_with_its_weight(
    make_learner: MakeLearner, stream: Stream
) -> None:
    learner = make_learner("kfac", strategy={"decay": 0.5, "lambda": 0}, epochs=1, lr=1e-6)
    before = state(learner)
    apply(learner, stream.updates[1])
    after = state(learner)
    purge(learner, stream.updates[1].learn)
    left = state(learner)
    for name, tensor in before.items():
        kind = name.partition(".")[0]
        # A is the mean: of weights 1 and γ = 0.5 the base's keeps a third.
        factor = {"inputs": 0.5 / 1.5, "outputs": 0.5, "importance": 0.5}.get(kind)
        if factor is not None:
            scale = 1e-3 * float(after[name].abs().max())
            torch.testing.assert_close(left[name], factor * tensor, rtol=1e-2, atol=scale)


def test_null_space_is_recomputed_without_the_facts(
    make_learner: MakeLearner, stream: Stream
) -> None:
    learner = make_learner("gradient_projection", strategy={"method": "null_space"})
    base = list(stream.updates[0].learn)
    report = purge(learner, base[:12])
    assert report["covariance"].startswith("down-dated: ")
    assert report["protected directions"].startswith("recomputed")
    moments, count = second_moments(learner, trained_layers(learner), base[12:])
    left = state(learner)
    # What of a sentence reaches the head depends on the others of its batch.
    for name in moments.keys() - {"lm_head"}:
        expected = moments[name] / count
        torch.testing.assert_close(left[f"moment.{name}"], expected, rtol=1e-4, atol=1e-6)
        size = left[f"basis.{name}"].shape[1]
        assert size == strong_directions(left[f"moment.{name}"], 10.0).shape[1]


def test_gpm_and_path_integrals_report_that_facts_are_inseparable(
    make_learner: MakeLearner, stream: Stream
) -> None:
    options: dict[str, dict[str, Any]] = {
        "gradient_projection": {"method": "gpm"},
        "si": {"base_steps": 2},
        "weight_average": {"method": "ties"},
        "l2_anchor": {"anchor": "base"},
        "joint": {},
    }
    for name, strategy in options.items():
        learner = make_learner(name, strategy=strategy)
        before = state(learner)
        report = purge(learner, stream.updates[0].learn[:1])
        assert report and all(text.startswith(INSEPARABLE) for text in report.values()), name
        assert all(torch.equal(before[n], t) for n, t in state(learner).items())


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("naive", {}),
        ("replay", {}),
        ("weight_average", {"method": "wise_ft"}),
        ("l2_anchor", {"anchor": "last"}),
        ("lwf", {}),
        ("o_lora", {}),
    ],
)
def test_strategies_that_keep_nothing_have_nothing_to_purge(
    name: str, options: dict[str, Any], make_learner: MakeLearner, stream: Stream
) -> None:
    learner = make_learner(name, strategy=options)
    assert purge(learner, stream.updates[0].learn[:1]) == {}


def test_editors_lose_the_keys_of_the_facts(make_learner: MakeLearner, stream: Stream) -> None:
    base = list(stream.updates[0].learn)
    memit = make_learner("memit")
    report = purge(memit, base[:10])
    assert list(report) == ["keys of the base"]
    editor = memit.strategies.parts["memit"]._editor  # type: ignore[attr-defined]
    batches = in_batches(memit, memit.examples(base[10:]))
    for number, moment in zip(editor.layers, editor.moments(batches), strict=True):
        found = state(memit)[f"moment.{number}"]
        torch.testing.assert_close(found, moment, rtol=1e-4, atol=1e-4 * float(moment.max()))
    assert purge(memit, [stream.updates[1].learn[3]]) == {}
    # A key that an earlier update asked to forget has left the moment before.
    again = make_learner("memit")
    for update in stream.updates[1:]:
        again.known.apply(update)
    gone = stream.updates[3].forget[0]
    again.known.apply(Update(4, "four", (gone,)))
    assert purge(again, [gone]) == {}

    alpha = make_learner("alphaedit", strategy={"rounds": 1})
    apply(alpha, stream.updates[1])
    before = state(alpha)
    report = purge(alpha, stream.updates[1].learn)
    assert list(report) == ["keys of earlier edits"]
    for name, tensor in state(alpha).items():
        if name.startswith("earlier."):
            assert float(tensor.abs().max()) <= 1e-4 * float(before[name].abs().max())
    assert purge(alpha, base[2:3])["null space"].startswith(INSEPARABLE)


def test_without_negative_sets_negative_eigenvalues_to_zero() -> None:
    moment = torch.tensor([[2.0, 0.0], [0.0, -1.0]])
    assert torch.equal(without_negative(moment), torch.tensor([[2.0, 0.0], [0.0, 0.0]]))
    random = torch.randn(6, 6, generator=torch.Generator().manual_seed(0)).double()
    sound = random @ random.T
    torch.testing.assert_close(without_negative(sound), sound)
    assert torch.equal(without_negative(torch.tensor([1.0, -2.0])), torch.tensor([1.0, 0.0]))
