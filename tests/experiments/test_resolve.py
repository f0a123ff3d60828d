"""Names and tables of settings become streams, strategies and resolved settings."""

from __future__ import annotations

from pathlib import Path

import pytest

from cltool.core.errors import UserError
from cltool.experiments import resolve as assemble
from cltool.experiments.resolve import build, open_stream, resolve, strategy_names
from cltool.lm import language_model
from cltool.strategies import STRATEGIES
from cltool.strategies.regularisation.ewc import EWC, EWCConfig
from cltool.strategies.rehearsal.replay import Replay, ReplayConfig

from ..conftest import LoadLM

# Strategies.


def test_names_are_composed_in_their_order() -> None:
    assert strategy_names("replay + ewc") == ["replay", "ewc"]
    parts = build(resolve("replay+ewc")).parts
    assert [type(part) for part in parts.values()] == [Replay, EWC]
    assert list(parts) == ["replay", "ewc"]


@pytest.mark.parametrize(
    ("text", "message"),
    [("replay+replay", "twice"), ("replay+", "unknown strategy"), ("evc", "unknown strategy")],
)
def test_bad_compositions(text: str, message: str) -> None:
    with pytest.raises(UserError, match=message):
        strategy_names(text)


def test_plain_settings_apply_to_every_strategy_that_has_them() -> None:
    tables = {"strategy": {"lambda": 7, "mix": 2.0}}
    settings = resolve("replay+ewc", tables)
    assert settings.strategy["ewc"] == EWCConfig(strength=7)
    assert settings.strategy["replay"] == ReplayConfig(mix=2.0)
    part = build(settings).parts["ewc"]
    assert part.config == EWCConfig(strength=7)


def test_a_strategys_own_table_overrides_plain_settings() -> None:
    tables = {"strategy": {"lambda": 7, "ewc": {"lambda": 0}, "lora": {"rank": 99}}}
    found = resolve("ewc", tables).strategy
    assert found == {"ewc": EWCConfig(strength=0)}


def test_presets_override_defaults_and_settings_override_presets() -> None:
    defaults = resolve("naive").learner
    for name in STRATEGIES.names():
        presets = STRATEGIES.load(name).presets
        assert resolve(name).learner == defaults.model_copy(update=dict(presets))
    assert STRATEGIES.load("lora").presets["lr_scale"] == resolve("replay+lora").learner.lr_scale
    assert resolve("lora", {"learner": {"lr": 1e-5}}).learner.lr == 1e-5


def test_all_wrong_settings_are_listed_at_once() -> None:
    with pytest.raises(UserError, match="settings are wrong") as caught:
        resolve(
            "replay+ewc",
            {
                "learner": {"epochs": 0},
                "probe": {"limit": -1},
                "model": {"nmae": "x"},
                "strategy": {"gamma": 3, "replay": {"share": 2}},
                "learnr": {},
            },
        )
    details = "\n".join(caught.value.details)
    for part in ("learner.epochs", "probe.limit", "model.nmae", "gamma", "replay.share", "learnr"):
        assert part in details, part


def test_an_unknown_setting_names_the_known_ones() -> None:
    with pytest.raises(UserError, match="unknown setting 'lamda'") as caught:
        resolve("ewc", {"strategy": {"lamda": 3}})
    assert "lambda" in caught.value.hint


@pytest.mark.parametrize("section", ["learner", "model", "probe", "strategy"])
def test_a_section_that_is_not_a_table_is_refused(section: str) -> None:
    with pytest.raises(UserError):
        resolve("naive", {section: 3})


@pytest.mark.parametrize("name", STRATEGIES.names())
def test_resolved_settings_resolve_to_themselves(name: str) -> None:
    first = resolve(name)
    tables = first.as_tables()
    assert resolve(name, tables) == first
    assert list(build(first).parts) == [name]


# Streams.


def test_a_scenario_by_name() -> None:
    small = {"entities": 8, "relations": 2, "updates": 2, "changed": 3, "new": 1, "forgotten": 0}
    one, again, other = (open_stream("world", {**small, "seed": seed}) for seed in (1, 1, 2))
    assert len(one) == 3
    spelled = [[list(update.learn) for update in stream] for stream in (one, again, other)]
    assert spelled[0] == spelled[1] != spelled[2]


def test_a_file_by_its_path(tmp_path: Path) -> None:
    path = tmp_path / "facts.csv"
    path.write_text("subject,relation,object,update\nA,is,a,0\nA,is,b,1\n")
    stream = open_stream(str(path))
    assert [len(update.learn) for update in stream] == [1, 1]


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("wrold", {}),
        ("world", {"entitties": 3}),
        ("world", {"seed": "one"}),
        ("/no/such/facts.jsonl", {}),
    ],
)
def test_a_wrong_scenario_is_refused(name: str, options: dict[str, object]) -> None:
    with pytest.raises(UserError):
        open_stream(name, options)


def test_the_sections_are_those_of_the_settings() -> None:
    settings = resolve("naive", {"general": {"limit": 10}})
    assert set(settings.as_tables()) | {"scenario"} == set(assemble.SECTIONS)


def test_settings_override_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CLTOOL_READING", raising=False)
    assert assemble.resolve("naive").model.reading
    monkeypatch.setenv("CLTOOL_READING", "0")
    assert not assemble.resolve("naive").model.reading
    assert assemble.resolve("naive", {"model": {"reading": True}}).model.reading
    assert not assemble.resolve("naive", {"model": {"name": "my/model"}}).model.reading


def test_a_pretrained_model_is_trained_more_gently(
    load_lm: LoadLM, monkeypatch: pytest.MonkeyPatch
) -> None:
    small, large = load_lm("llama"), load_lm("llama")
    assert not small.pretrained
    monkeypatch.setattr(language_model, "PRETRAINED", 1)
    assert large.pretrained
    rates = [resolve("naive").learner_of(one).lr for one in (small, large)]
    assert rates == pytest.approx([0.128 / 32, 0.0128 / 32])
    assert resolve("lora").learner_of(small).lr == pytest.approx(1.5 * 0.128 / 32)
    lora = resolve("lora")
    assert lora.learner_of(large).lr == pytest.approx(9 * 0.0128 / 32)
    # A run is repeated from what its record has.
    assert resolve("lora", lora.as_tables()).learner_of(large) == lora.learner_of(large)
    assert resolve("replay+lora").learner_of(large).lr == lora.learner_of(large).lr
    doubled = resolve("lora", {"learner": {"lr_scale": 3.0}}).learner_of(large)
    assert doubled.lr == pytest.approx(18 * 0.0128 / 32)
    assert resolve("lora", {"learner": {"lr": 0.5}}).learner_of(large).lr == 0.5
