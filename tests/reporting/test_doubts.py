"""Which comparisons are in doubt, and which are not."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from cltool.reporting.doubts import by_text, doubts, with_warnings
from cltool.reporting.report_data import page_data
from cltool.reporting.report_page import render
from cltool.runs.groups import group_runs

from .conftest import Make


def doubts_of(*runs: Any) -> str:
    (group,) = group_runs(runs)
    return " ".join(doubts(group))


def test_no_doubts_where_intervals_separate_the_strategies(make: Make) -> None:
    runs = [make(strategy="naive", seed=seed, keep=0.6, gain=1.0) for seed in range(3)]
    runs += [make(strategy="replay", seed=seed, keep=1.0, gain=0.9) for seed in range(3)]
    assert doubts_of(*runs) == ""
    assert "Before you conclude" not in render(page_data(runs))


def test_a_base_that_was_not_known(make: Make) -> None:
    assert "Before the first update" in doubts_of(make(gain=0.5), make(gain=0.5, seed=1))
    assert "Before the first update" not in doubts_of(make(gain=1.0), make(gain=1.0, seed=1))


def test_naive_that_hardly_forgets(make: Make) -> None:
    assert "hardly anything" in doubts_of(make(strategy="naive", keep=1.0))
    assert "hardly anything" not in doubts_of(make(strategy="naive", keep=0.7))
    assert "hardly anything" not in doubts_of(make(strategy="ewc", keep=1.0))


def test_a_comparison_in_which_nobody_learned(make: Make) -> None:
    frozen = make(strategy="frozen", gain=0.03)
    assert "No strategy learned" in doubts_of(frozen, make(strategy="naive", gain=0.03))
    assert "No strategy learned" in doubts_of(make(strategy="naive", gain=0.03))
    assert "No strategy learned" not in doubts_of(frozen, make(strategy="naive", gain=0.9))
    assert "No strategy learned" not in doubts_of(frozen)  # which does not mean to learn


def test_warnings_of_runs_are_told_with_the_runs_that_they_are_about(make: Make) -> None:
    runs = [make(seed=seed, record={"warnings": ["lr is high", f"no {seed}"]}) for seed in (0, 1)]
    (group,) = group_runs(runs)
    told = with_warnings(group)
    assert "lr is high (all runs)" in told
    assert "no 1 (naive, seed 1)" in told


def test_a_warning_about_all_runs_of_a_strategy_names_the_strategy(make: Make) -> None:
    runs = [
        make(strategy=name, seed=seed, record={"warnings": [text]})
        for name, text in (("naive", "not erased"), ("replay", "not erased"), ("ewc", "other"))
        for seed in (0, 1)
    ]
    (group,) = group_runs(runs)
    assert "not erased (naive; replay)" in with_warnings(group)
    assert "not erased" in render(page_data(runs)) and "naive; replay" in render(page_data(runs))
    (alone,) = group_runs(runs[:1])
    assert "not erased (naive)" in with_warnings(alone)


def test_what_a_doubt_says_is_not_told_again_as_a_warning(make: Make) -> None:
    warning = "Before the first update, none of 12 answers about base facts is right."
    unknown, known = (
        group_runs([make(gain=gain, record={"warnings": [warning]})])[0] for gain in (0.1, 1.0)
    )
    assert [text[:24] for text in with_warnings(unknown)].count("Before the first update,") == 1
    assert f"{warning} (naive)" in with_warnings(known)


def test_differences_within_the_noise(make: Make) -> None:
    pair = [make(strategy="naive"), make(strategy="ewc")]
    assert "With one seed" in doubts_of(*pair)
    assert "With one seed" not in doubts_of(pair[0])
    alike = [
        make(strategy=name, seed=seed, keep=0.8, facts=200)
        for name in ("naive", "ewc")
        for seed in range(3)
    ]
    assert "larger than the noise" in doubts_of(*alike)


def test_no_noise_is_told_where_only_one_strategy_can_be_the_best(make: Make) -> None:
    lost = {"status": "diverged", "diverged": {"step": 1}}
    runs = [
        make(strategy=name, seed=seed, keep=keep)
        for name, keep in (("naive", 0.2), ("ewc", 1.0))
        for seed in range(3)
    ]
    assert "No difference in new is larger than the noise" in doubts_of(*runs)
    runs.append(make(strategy="ewc", seed=3, done=1, record=lost))
    assert "larger than the noise" not in doubts_of(*runs)


def test_wordings_that_were_all_trained(make: Make) -> None:
    assert "was also trained" not in doubts_of(make())
    run = make()
    run.__dict__["answers"] = run.answers[run.answers["form"] == "trained"]
    assert "was also trained" in doubts_of(run)


def test_seeds_of_one_variant_from_several_devices(make: Make) -> None:
    runs = [
        make(seed=seed, settings={"model": {"device": device}}, record={"variant": "naive"})
        for seed, device in enumerate(("cpu", "cuda", "cpu"))
    ]
    (group,) = group_runs(runs)
    assert [(one.label, len(one.runs)) for one in group.variants] == [("naive", 3)]
    assert "different devices (cpu, cuda)" in doubts_of(*runs)
    assert "different devices" not in doubts_of(runs[0], runs[2])


def test_an_upgrade_of_cltool_is_no_change_of_a_strategy(make: Make) -> None:
    def made(digest: str, origin: str, seed: int) -> Any:
        return make(seed=seed, record={"code": {"naive": {"digest": digest, "from": origin}}})

    first = made("a", "cltool 0.9", 0)
    assert "different code" not in doubts_of(first, made("a", "cltool 1.0", 1))
    assert "different code of naive" in doubts_of(first, made("b", "cltool 1.0", 1))


def test_strategies_on_different_streams(make: Make) -> None:
    runs = [make(strategy=name, record={"stream": {"digest": name}}) for name in ("naive", "ewc")]
    assert "on different streams (naive on 1 of 2, ewc on 1 of 2)" in doubts_of(*runs)


def test_doubts_are_on_the_page(make: Make) -> None:
    page = render(page_data([make(strategy="naive"), make(strategy="ewc")]))
    assert "Before you conclude" in page
    assert "With one seed" in page


def test_runs_of_several_streams_are_named_with_their_stream() -> None:
    runs = [
        SimpleNamespace(stream=str(seed), stream_seed=seed, run=SimpleNamespace(seed=0))
        for seed in (0, 1)
    ]
    variant = SimpleNamespace(label="naive", runs=runs)
    group: Any = SimpleNamespace(runs=runs, variants=[variant])
    (told,) = by_text(group, lambda one: ["text"])
    assert told["runs"] == ["naive, stream 0, seed 0", "naive, stream 1, seed 0"]
    variant.runs = group.runs = runs[:1]
    assert by_text(group, lambda one: ["text"])[0]["runs"] == ["naive, seed 0"]
