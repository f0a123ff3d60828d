"""Every setting that changes a result, typed and checked; errors are reported all at once."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from cltool.core.errors import UserError

Config = TypeVar("Config", bound=BaseModel)


class LearnerSettings(BaseModel):
    """How an update is trained."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    epochs: int | None = Field(
        None,
        ge=1,
        description="most passes over an update; none: 12, or as many as make 150 steps",
    )
    tokens: int | None = Field(
        None,
        ge=1,
        description="training tokens that every update gets, whatever the strategy: what trains"
        " spends them all, epochs and stop_at do not count; what edits may stop before; none: as"
        " many as it takes",
    )
    steps: int | None = Field(
        None, ge=1, description="the same in training steps; what does not take steps is free"
    )
    seconds: float | None = Field(
        None,
        gt=0,
        description="the same in seconds, which no two machines count alike: such a run"
        " cannot be repeated exactly",
    )
    batch_size: int = Field(32, ge=1, description="sequences a step")
    micro_batch_size: int | None = Field(
        None, ge=1, description="sequences a forward pass; a step accumulates them"
    )
    optimizer: Literal["adamw", "muon", "sgd"] = Field("adamw", description="adamw, muon or sgd")
    lr: float | None = Field(
        None, ge=0, description="learning rate; none: 0.128 over the model's width, times lr_scale"
    )
    lr_scale: float = Field(
        1.0, gt=0, description="multiple of the default learning rate, where lr is not given"
    )
    weight_decay: float = Field(0.0, ge=0, description="decoupled, on matrices")
    schedule: Literal["constant", "linear", "cosine"] = Field(
        "constant", description="of the learning rate over the most steps an update may take"
    )
    warmup: int = Field(0, ge=0, description="steps of linear warm-up")
    clip: float = Field(1.0, ge=0, description="largest gradient norm; 0 does not clip")
    loss: Literal["answer", "all"] = Field("answer", description="tokens learned")
    stop_at: float = Field(
        0.98,
        ge=0,
        description="stop when, over an epoch, this share of the update's sentences was completed"
        " right before each was trained; above 1 never stops early",
    )

    @model_validator(mode="after")
    def _one_budget(self) -> LearnerSettings:
        given = [name for name in ("tokens", "steps", "seconds") if getattr(self, name) is not None]
        if len(given) > 1:
            raise ValueError(f"{' and '.join(given)} are both given; a budget is one of them")
        return self


class ProbeSettings(BaseModel):
    """How the model is asked."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    batch_size: int = Field(128, ge=1, description="prompts a forward pass")
    max_tokens: int = Field(48, ge=1, description="longest answer, in tokens")
    limit: int | None = Field(
        None, ge=1, description="ask about a fixed random sample of this many keys; none: all"
    )


class ModelSettings(BaseModel):
    """Which model, where."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field("tiny", description="tiny, or a path or hub name of a causal LM")
    device: str = Field("auto", description="auto, cpu, cuda, mps")
    dtype: str = Field("auto", description="auto, float32, bfloat16")
    reading: bool = Field(
        True,
        description="the embedded model also learns to answer from facts in its prompt, which"
        " takes one to ten minutes once, more with more facts; CLTOOL_READING=0 in the environment"
        " changes the default",
    )
    teach_base: bool = Field(
        False, description="train the base facts into a model that is not the embedded one"
    )


def read_toml(path: Path) -> dict[str, Any]:
    """The tables of a settings file.

    Raises:
        UserError: the file is missing, or not TOML.
    """
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise UserError("the settings file is not there", where=str(path)) from error
    except OSError as error:
        raise UserError(f"cannot be read: {error.strerror}", where=str(path)) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UserError(f"not a TOML file in UTF-8: {error}", where=str(path)) from error


def parse_assignments(assignments: Iterable[str]) -> dict[str, Any]:
    """``["strategy.lambda=50"]`` as nested tables; values are TOML, or else plain text.

    Raises:
        UserError: an assignment has no ``=``, or contradicts another.
    """
    tables: dict[str, Any] = {}
    for text in assignments:
        path, found, value = text.partition("=")
        names = path.strip().split(".")
        if not found or not all(names):
            raise UserError(f"{text!r} is not NAME=VALUE", where="--set")
        place = tables
        for name in names[:-1]:
            place = place.setdefault(name, {})
            if not isinstance(place, dict):
                raise UserError(f"{text!r} sets a part of a plain value", where="--set")
        new = _value(value.strip())
        if isinstance(place.get(names[-1]), dict) and not isinstance(new, dict):
            raise UserError(f"{text!r} sets a plain value that has parts", where="--set")
        place[names[-1]] = new
    return tables


def merge(*tables: Mapping[str, Any]) -> dict[str, Any]:
    """Later tables over earlier ones, table by table; falsy values count as set."""
    merged: dict[str, Any] = {}
    for table in tables:
        for name, value in table.items():
            held = merged.get(name)
            if isinstance(value, Mapping) and isinstance(held, Mapping):
                merged[name] = merge(held, value)
            else:
                merged[name] = value
    return merged


def validate(kind: type[Config], values: Mapping[str, Any], where: str) -> Config:
    """``values`` as a config of type ``kind``.

    Raises:
        UserError: all that is wrong with them, a line each.
    """
    try:
        return kind.model_validate(dict(values))
    except ValidationError as error:
        details = [_explain(kind, item, where) for item in error.errors()]
        raise UserError(
            f"{len(details)} setting{'s are' if len(details) > 1 else ' is'} wrong",
            where=where,
            details=details,
            hint=f"{where} has: {', '.join(field_names(kind))}.",
        ) from None


def field_names(kind: type[BaseModel]) -> list[str]:
    """The names of a config's fields, as users write them."""
    return [field.alias or name for name, field in kind.model_fields.items()]


def _explain(kind: type[BaseModel], item: Any, where: str) -> str:
    path = ".".join([where, *map(str, item["loc"])])
    if item["type"] == "extra_forbidden":
        import difflib

        near = difflib.get_close_matches(str(item["loc"][-1]), field_names(kind), n=1)
        return f"{path}: unknown" + (f"; did you mean {near[0]!r}?" if near else "")
    return f"{path} = {item['input']!r}: {item['msg'].removeprefix('Value error, ')}"


def _value(text: str) -> Any:
    try:
        return tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        return text
