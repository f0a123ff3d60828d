"""Settings of learner, probes and model; reading of settings files and ``--set`` values."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Literal, TypeVar, get_args

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from cltool.core.errors import UserError
from cltool.core.validation import field_names as field_names
from cltool.core.validation import problems

Config = TypeVar("Config", bound=BaseModel)


class LearnerSettings(BaseModel):
    """How the model is trained on an update."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    epochs: int | None = Field(
        None,
        ge=1,
        description="maximum passes over an update; none: training goes on while it makes"
        " progress, and for at least 12 passes and 150 steps unless the update is learned earlier"
        " (with a schedule that falls to zero, no longer than that)",
    )
    tokens: int | None = Field(
        None,
        ge=1,
        description="training tokens of each update, equal for all strategies: strategies that"
        " train use all of them and ignore epochs and stop_at, strategies that edit weights may"
        " use fewer; what an update spends beyond it is deducted from later updates; none: no"
        " budget",
    )
    steps: int | None = Field(
        None,
        ge=1,
        description="training steps of each update, in place of tokens; work outside of training"
        " steps is not counted",
    )
    seconds: float | None = Field(
        None,
        gt=0,
        description="seconds of each update, in place of tokens; such a run cannot be repeated"
        " exactly, because machines differ in speed",
    )
    batch_size: int = Field(32, ge=1, description="sequences in a training step")
    micro_batch_size: int | None = Field(
        None,
        ge=1,
        description="sequences in a forward pass; a training step adds up the gradients of"
        " several; none: batch_size; where memory runs out, an update goes on with half as many",
    )
    gradient_checkpointing: bool = Field(
        False,
        description="compute activations again in the backward pass in place of keeping them:"
        " less memory, and one more forward pass in each step; gradients are the same",
    )
    optimizer: Literal["adamw", "adamw8bit", "adafactor", "muon", "sgd"] = Field(
        "adamw",
        description="optimizer; bytes of its state for each trained parameter: adamw 8, adafactor"
        " nearly 0, adamw8bit 2 (on an NVIDIA GPU, with bitsandbytes), muon 4 for the matrices in"
        " the blocks and 8 for the others, sgd 0",
    )
    lr: float | None = Field(
        None,
        ge=0,
        description="learning rate; none: 0.128 divided by the model's width, times lr_scale; a"
        " tenth of it for a model of at least 20 million parameters, which is taken to be"
        " pretrained",
    )
    lr_scale: float = Field(
        1.0, gt=0, description="factor of the default learning rate, used if lr is not given"
    )
    weight_decay: float = Field(0.0, ge=0, description="decoupled weight decay, on matrices only")
    schedule: Literal["constant", "linear", "cosine"] = Field(
        "constant", description="schedule of the learning rate, over the maximum steps of an update"
    )
    warmup: int = Field(0, ge=0, description="steps of linear warm-up of the learning rate")
    clip: float = Field(1.0, ge=0, description="maximum norm of the gradient; 0: no clipping")
    loss: Literal["answer", "all"] = Field(
        "answer",
        description="answer: learn only what follows the prompt; all: learn the whole sentence",
    )
    stop_at: float = Field(
        0.98,
        ge=0,
        description="stop after an epoch in which the model completed this share of the update's"
        " sentences correctly, each just before it was trained on; small updates: over the last"
        " epochs that fill twelve batches together; above 1: never stop early",
    )
    order: Literal["given", "easy_first", "hard_first", "spaced"] = Field(
        "given",
        description="order of an update's sentences: given (random batches of similar length),"
        " easy_first or hard_first (the first epoch by the loss of the model before the update, the"
        " others as given), or spaced (an epoch has only the sentences that are due: after 1, 2, 4,"
        " … epochs while the model completes a sentence correctly, else in the next)",
    )

    @property
    def forward_size(self) -> int:
        """Largest number of sequences in a forward pass."""
        return self.micro_batch_size or self.batch_size

    @model_validator(mode="after")
    def _one_budget(self) -> LearnerSettings:
        given = [name for name in ("tokens", "steps", "seconds") if getattr(self, name) is not None]
        if len(given) > 1:
            raise ValueError(f"{' and '.join(given)} are both given; give only one of them")
        return self


class ProbeSettings(BaseModel):
    """How the probes are asked."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    batch_size: int = Field(128, ge=1, description="prompts in a forward pass")
    max_tokens: int | None = Field(
        None,
        ge=1,
        description="maximum length of an answer, in tokens; none: that of the longest object of"
        " the stream, and a few more",
    )
    limit: int | None = Field(
        None, ge=1, description="number of keys to ask about, a fixed random sample; none: all"
    )
    sample: int | None = Field(
        None,
        ge=2,
        description="number of keys to ask about, the same at every step: a sample stratified by"
        " what happens to a key (kept, added, changed, erased), its relation and the step that"
        " first teaches it; intervals are widened for it; none: all",
    )
    sample_seed: int = Field(0, description="seed of that sample")
    match: Literal["auto", "exact", "contains", "choice"] = Field(
        "auto",
        description="when an answer is right: exact (it is the object and nothing else), contains"
        " (its first sentence names the object), choice (the object is more probable than others of"
        " its relation), or auto (exact for a model that cltool made, else contains)",
    )

    @model_validator(mode="after")
    def _one_sample(self) -> ProbeSettings:
        if self.limit is not None and self.sample is not None:
            raise ValueError("limit and sample are both given; give only one of them")
        return self


class ModelSettings(BaseModel):
    """Which model is used, and where it runs."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    name: str = Field("tiny", description="tiny, or the path or hub name of a causal LM")
    device: str = Field("auto", description="device: auto, cpu, cuda or mps")
    dtype: str = Field("auto", description="number format: auto, float32 or bfloat16")
    weights: Literal["float32", "bfloat16", "4bit"] = Field(
        "float32",
        description="number format in which the model's own weights are kept: float32; or, for"
        " strategies that train only an adapter, such as lora, bfloat16 (2 bytes a parameter) or"
        " 4bit (about half a byte; on an NVIDIA GPU, with bitsandbytes); the adapter is float32",
    )
    reading: bool = Field(
        True,
        description="the embedded model also learns to answer from facts in its prompt; this takes"
        " one to ten minutes, once, and longer with more facts; the environment variable"
        " CLTOOL_READING=0 changes the default",
    )
    chat: Literal["auto", "on", "off"] = Field(
        "auto",
        description="teach and ask facts through the model's chat template: on, off, or auto (on"
        " if the model answers its base facts at least as well this way; off for the embedded"
        " model)",
    )
    system: str | None = Field(
        None,
        description="text of a system turn in each chat; none: what the template writes by itself",
    )
    teach_base: bool = Field(
        False, description="first train the base facts into a model that is not the embedded one"
    )
    options: dict[str, Any] = Field(
        {},
        description="sizes of a model that cltool builds, such as window=32 of tiny-window; a model"
        " with other options is another model, built at first use",
    )
    memory_layers: list[int] = Field(
        [],
        description="numbers of blocks that get a product-key memory beside their feed-forward"
        " part, negative from the last; it is empty at first, so that the model answers as before",
    )
    memory_slots: int = Field(
        16_384, ge=4, description="number of values of each memory; a square number"
    )
    memory_heads: int = Field(4, ge=1, description="number of queries of a token in a memory")
    memory_top: int = Field(8, ge=1, description="number of values that each query reads")
    memory_key: int = Field(64, ge=2, description="width of a query; an even number")

    @model_validator(mode="after")
    def _writes_the_system_turn(self) -> ModelSettings:
        if self.chat == "off" and self.system is not None:
            raise ValueError("chat is off, so system would have no effect")
        return self


class GeneralSettings(BaseModel):
    """What is asked beside the stream: what the model knew and did before it."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    ask: Literal["auto", "on", "off"] = Field(
        "auto",
        description="ask questions that no update teaches: on, off, or auto (on, unless cltool"
        " built the model; off if the environment variable CLTOOL_GENERAL is 0)",
    )
    file: str | None = Field(
        None, description="JSON lines with questions of your own; none: those of cltool"
    )
    text: str | None = Field(
        None, description="text file for perplexity and KL; none: that of cltool"
    )
    protect: bool = Field(
        False,
        description="give the strategy half of the questions that the model answers, with its"
        " answers, as base facts; otherwise the strategy gets none of the questions",
    )
    limit: int | None = Field(
        200,
        ge=2,
        description="number of questions to ask again after each update, from those that the model"
        " answered before; half of them are protected; none: all",
    )

    @model_validator(mode="after")
    def _asks_what_is_given(self) -> GeneralSettings:
        given = [name for name in ("file", "text", "protect") if getattr(self, name)]
        if self.ask == "off" and given:
            raise ValueError(f"ask is off, so {' and '.join(given)} would have no effect")
        return self


ADDED: dict[str, Any] = {
    "learner.gradient_checkpointing": False,
    "learner.order": "given",
    "model.chat": "auto",
    "model.system": None,
    "model.options": {},
    "model.memory_layers": [],
    "model.memory_slots": 16_384,
    "model.memory_heads": 4,
    "model.memory_top": 8,
    "model.memory_key": 64,
    "probe.match": "auto",
    "probe.sample": None,
    "probe.sample_seed": 0,
    "model.weights": "float32",
    **{f"general.{name}": one.default for name, one in GeneralSettings.model_fields.items()},
}
"""Settings that records of earlier versions lack, with their defaults."""


def without_added(tables: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    """Return ``tables`` without the settings of `ADDED` that have their defaults."""
    kept = {
        section: {
            name: value
            for name, value in table.items()
            if f"{section}.{name}" not in ADDED or ADDED[f"{section}.{name}"] != value
        }
        for section, table in tables.items()
    }
    return {section: table for section, table in kept.items() if table or not tables[section]}


def declared_config(cls: type, base: type[BaseModel]) -> type[Any] | None:
    """Return the class of settings that ``cls`` names in brackets after a base class.

    If it names a type variable, that is the variable's default. None if it names no subclass of
    ``base``.
    """
    found = None
    for parent in cls.__dict__.get("__orig_bases__", ()):
        for argument in get_args(parent):
            kind = getattr(argument, "__default__", argument)
            if isinstance(kind, type) and issubclass(kind, base):
                found = kind
    return found


def read_toml(path: Path) -> dict[str, Any]:
    """Read the tables of a settings file.

    Raises:
        UserError: the file is missing, or not TOML.
    """
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise UserError("the settings file does not exist", where=str(path)) from error
    except OSError as error:
        raise UserError(f"the file cannot be read: {error.strerror}", where=str(path)) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UserError(f"not a TOML file in UTF-8: {error}", where=str(path)) from error
    except RecursionError as error:
        raise UserError("the values are nested too deep", where=str(path)) from error


def parse_assignments(assignments: Iterable[str]) -> dict[str, Any]:
    """Return ``["strategy.lambda=50"]`` as nested tables; values are TOML, or else plain text.

    Raises:
        UserError: an assignment has no ``=``, or contradicts another.
    """
    tables: dict[str, Any] = {}
    for text in assignments:
        path, found, value = text.partition("=")
        names = path.strip().split(".")
        if not found or not all(names):
            raise UserError(f"not of the form NAME=VALUE: {text!r}", where="--set")
        place = tables
        for name in names[:-1]:
            place = place.setdefault(name, {})
            if not isinstance(place, dict):
                raise UserError(f"{text!r} sets a part of a value that has no parts", where="--set")
        new = _value(value.strip())
        if isinstance(place.get(names[-1]), dict) and not isinstance(new, dict):
            raise UserError(f"{text!r} sets a plain value where a table is needed", where="--set")
        place[names[-1]] = new
    return tables


def merge(*tables: Mapping[str, Any]) -> dict[str, Any]:
    """Merge nested tables; values of later ones replace those of earlier ones."""
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
    """Return ``values`` as a config of type ``kind``.

    Raises:
        UserError: values are wrong; there is one line for each.
    """
    try:
        return kind.model_validate(dict(values))
    except ValidationError as error:
        details = problems(kind, error, where)
        raise UserError(
            f"{len(details)} setting{'s are' if len(details) > 1 else ' is'} wrong",
            where=where,
            details=details,
            hint=f"{where} has: {', '.join(field_names(kind))}.",
        ) from None


def _value(text: str) -> Any:
    try:
        return tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        return text
    except RecursionError as error:
        raise UserError(f"the value is nested too deep: {text:.40}…", where="--set") from error
