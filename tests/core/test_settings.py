"""Settings: typed, merged, and all that is wrong said at once."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

import pytest
from pydantic import BaseModel, ConfigDict, Field

from cltool.core.errors import UserError
from cltool.core.settings import (
    LearnerSettings,
    ModelSettings,
    ProbeSettings,
    merge,
    parse_assignments,
    read_toml,
    validate,
)


def test_all_errors_are_reported_together() -> None:
    bad = {"epochs": 0, "optimiser": "sgd", "lr": "fast", "schedule": "step"}
    with pytest.raises(UserError, match="4 settings are wrong") as caught:
        validate(LearnerSettings, bad, "learner")
    details = "\n".join(caught.value.details)
    for name in ("learner.epochs = 0", "learner.lr = 'fast'", "learner.schedule = 'step'"):
        assert name in details
    assert "learner.optimiser: unknown; did you mean 'optimizer'?" in details
    assert "batch_size" in caught.value.hint


class Inner(BaseModel):
    model_config = ConfigDict(extra="forbid")
    rate: float = 0.0


class Odd(BaseModel):
    model_config = ConfigDict(extra="forbid")
    cut: Literal["year", "month"] | tuple[int, ...] | None = None
    parts: tuple[str, ...] = ()
    inner: Inner = Inner()
    flag: bool = False
    count: int = Field(1, gt=0, alias="number")


IN_WORDS = {
    "cut": (3, "s.cut = 3: needs 'year' or 'month' or a list"),
    "parts": (["a", 2], "s.parts.1 = 2: needs a text"),
    "inner": ({"rate": "x"}, "s.inner.rate = 'x': needs a number"),
    "flag": (7, "s.flag = 7: needs true or false"),
    "number": (0, "s.number = 0: needs to be more than 0"),
}


@pytest.mark.parametrize("name", IN_WORDS)
def test_what_is_wrong_is_said_in_words(name: str) -> None:
    value, told = IN_WORDS[name]
    with pytest.raises(UserError, match="1 setting is wrong") as caught:
        validate(Odd, {name: value}, "s")
    assert caught.value.details == (told,)


def test_a_misspelt_setting_of_a_part_is_guessed() -> None:
    with pytest.raises(UserError) as caught:
        validate(Odd, {"inner": {"rat": 1}}, "s")
    assert caught.value.details == ("s.inner.rat: unknown; did you mean 'rate'?",)


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        (LearnerSettings, {"batch_size": 0}),
        (LearnerSettings, {"micro_batch_size": 0}),
        (LearnerSettings, {"lr": -1}),
        (LearnerSettings, {"lr": float("inf")}),
        (LearnerSettings, {"weight_decay": float("nan")}),
        (LearnerSettings, {"clip": -0.1}),
        (LearnerSettings, {"loss": "some"}),
        (ProbeSettings, {"limit": 0}),
        (ProbeSettings, {"max_tokens": 0}),
        (ModelSettings, {"colour": "red"}),
    ],
)
def test_bounds(kind: Any, values: dict[str, Any]) -> None:
    with pytest.raises(UserError, match="1 setting is wrong"):
        validate(kind, values, "here")


@pytest.mark.parametrize("kind", [LearnerSettings, ProbeSettings, ModelSettings])
def test_defaults_are_valid_and_described_and_fixed(kind: Any) -> None:
    made = validate(kind, {}, "here")
    assert validate(kind, made.model_dump(), "here") == made
    with pytest.raises(Exception, match="frozen"):
        made.name = "x"


def test_a_forward_pass_has_a_micro_batch_or_a_batch() -> None:
    assert LearnerSettings(batch_size=8).forward_size == 8
    settings = LearnerSettings(batch_size=8, micro_batch_size=3)
    assert settings.forward_size == 3
    assert "forward_size" not in settings.model_dump()


def test_assignments() -> None:
    tables = parse_assignments(
        [
            "learner.epochs=3",
            "learner.lr = 1e-3",
            "strategy.ewc.lambda=50",
            "model.name=gpt2",
            'strategy.lora.options={r = 4, target_modules = ["q"]}',
            "learner.clip=0",
            "model.teach_base=true",
            "scenario.filter=a=b",
            "scenario.cut=2009,2019",
        ]
    )
    assert tables == {
        "learner": {"epochs": 3, "lr": 1e-3, "clip": 0},
        "strategy": {"ewc": {"lambda": 50}, "lora": {"options": {"r": 4, "target_modules": ["q"]}}},
        "model": {"name": "gpt2", "teach_base": True},
        "scenario": {"filter": "a=b", "cut": "2009,2019"},
    }


@pytest.mark.parametrize(
    "texts", [["epochs"], ["=3"], ["a..b=3"], ["a.=3"], ["a=1", "a.b=2"], ["a.b=2", "a=1"]]
)
def test_malformed_and_contradicting_assignments_are_refused(texts: list[str]) -> None:
    with pytest.raises(UserError) as caught:
        parse_assignments(texts)
    assert caught.value.where == "--set"


def test_the_last_assignment_counts() -> None:
    assert parse_assignments(["a.b=1", "a.b=2"]) == {"a": {"b": 2}}


def test_merging() -> None:
    first = {"a": {"x": 1, "y": {"z": 1}}, "b": 1}
    second = {"a": {"x": 0, "y": {"w": None}}, "b": {"c": 1}}
    assert merge(first, second) == {"a": {"x": 0, "y": {"z": 1, "w": None}}, "b": {"c": 1}}
    assert first == {"a": {"x": 1, "y": {"z": 1}}, "b": 1}
    assert merge() == {}


def test_files(tmp_path: Path) -> None:
    path = tmp_path / "s.toml"
    path.write_text("[learner]\nepochs = 3\n")
    assert read_toml(path) == {"learner": {"epochs": 3}}
    path.write_text("[learner")
    with pytest.raises(UserError, match="not a TOML file") as caught:
        read_toml(path)
    assert caught.value.where == str(path)
    with pytest.raises(UserError, match="does not exist"):
        read_toml(tmp_path / "none.toml")
    with pytest.raises(UserError):
        read_toml(tmp_path)


def test_values_that_are_nested_too_deep_are_refused(tmp_path: Path) -> None:
    deep = "[" * 5000 + "]" * 5000
    file = tmp_path / "settings.toml"
    file.write_text(f"[learner]\nlr = {deep}")
    for read in (lambda: read_toml(file), lambda: parse_assignments([f"learner.lr={deep}"])):
        with pytest.raises(UserError, match="nested too deep"):
            read()
