"""Loads or builds the base model that every run of an experiment starts from."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from cltool import models
from cltool.core.digests import SHORT, code_digest
from cltool.core.errors import Diverged
from cltool.core.progress import QUIET, Progress
from cltool.core.seeds import derive
from cltool.experiments import resolve
from cltool.experiments.asked_by_chat import choose, with_choice
from cltool.facts.facts import Key
from cltool.facts.stream import Stream
from cltool.models.cache import cache_folder, cached, rebuilt, training_tokens, write_cost
from cltool.models.lengths import fit_to_context, fit_to_model
from cltool.models.spelling import subject_warnings

if TYPE_CHECKING:
    from torch import Tensor

    from cltool.lm.language_model import LanguageModel
    from cltool.training.learner import Rebuild

TEACHING = ("cltool.training", "cltool.lm", "cltool.strategies.baselines.naive")
"""The code on which a model that was taught the base facts depends."""

CALIBRATED = 200
"""Base facts whose sentences tell memory layers which states there are, beside general text."""


def prepare(
    stream: Stream, settings: resolve.Settings, progress: Progress = QUIET
) -> tuple[LanguageModel, Stream]:
    """Return the model of ``settings``, and the part of ``stream`` that fits into it.

    Lengths and letters of the facts are checked before anything is trained. The model's warnings
    name the damaged models that were built again.

    Raises:
        UserError: the model cannot be loaded, or facts are too long for it.
    """
    with rebuilt() as sentences:
        lm, stream = _prepare(stream, settings, progress)
        lm = _with_memory(lm, stream, settings)
    return replace(lm, warnings=(*lm.warnings, *sentences)), stream


def _prepare(
    stream: Stream, settings: resolve.Settings, progress: Progress
) -> tuple[LanguageModel, Stream]:
    chosen = settings.model
    registered = models.registered(chosen.name, chosen.options)
    if registered is not None and registered.context is not None:
        whole = stream
        stream = fit_to_context(whole, registered.context, lambda: registered.coder(whole))
        lm, stream = _asked(_load(stream, settings, progress), stream, settings, progress)
    else:
        lm, stream = _asked(_load(stream, settings, progress), stream, settings, progress)
        stream = fit_to_model(stream, lm.context, lm.coder)
        lm = replace(lm, warnings=(*lm.warnings, *subject_warnings(stream, lm.coder)))
    if chosen.teach_base and not (registered is not None and registered.knows_base):
        exact = lm
        if chosen.weights != "float32":
            exact = replace(lm, model=_load(stream, settings, QUIET, weights="float32").model)
        folder = _taught_folder(exact, stream, progress)
        taught = _load(stream, settings, progress, name=str(folder))
        coder = taught.coder.with_chat(lm.coder.chat)
        lm = replace(
            taught,
            name=lm.name,
            warnings=lm.warnings,
            coder=coder,
            asked=lm.asked,
            built=lm.built,
        )
    return lm, stream


def _with_memory(lm: LanguageModel, stream: Stream, settings: resolve.Settings) -> LanguageModel:
    """Return the model with the memory layers of ``settings``; it answers as before.

    Raises:
        UserError: the model cannot get them.
    """
    chosen = settings.model
    if not chosen.memory_layers:
        return lm
    from cltool.lm import memory_layers
    from cltool.lm.product_keys import MemorySize

    size = MemorySize(
        chosen.memory_slots, chosen.memory_heads, chosen.memory_top, chosen.memory_key
    )
    memory_layers.attach(lm.model, chosen.memory_layers, size)
    facts, wordings = stream.updates[0].learn[:CALIBRATED], stream.wordings
    sentences = [prompt + said for fact in facts for prompt, said in wordings.examples(fact)]
    memory_layers.calibrate(lm, [*settings.paragraphs, *sentences])
    return replace(lm, parts={**lm.parts, "weights": lm.digest()})


def _asked(
    lm: LanguageModel, stream: Stream, settings: resolve.Settings, progress: Progress
) -> tuple[LanguageModel, Stream]:
    """Return the model and the stream for asking as ``model.chat`` says."""
    registered = models.registered(settings.model.name, settings.model.options)
    built = registered is not None and registered.knows_base
    choice = choose(lm, stream, settings.model, built=built, progress=progress)
    return with_choice(lm, stream, choice)


def rebuilder(stream: Stream, settings: resolve.Settings) -> Rebuild | None:
    """Return a function that builds the base model of ``prepare`` without some facts.

    The models that it builds are cached. Only facts that cltool taught can be left out: the
    result is None for a model that was loaded and not taught the base facts.

    Args:
        stream: as ``prepare`` returned it.
        settings: the settings of the run.
    """
    import torch

    from cltool.lm.token_count import set_aside

    chosen = settings.model
    registered = models.registered(chosen.name, chosen.options)
    built = registered if registered is not None and registered.knows_base else None
    if built is None and not chosen.teach_base:
        return None

    def rebuild(without: Collection[Key], progress: Progress) -> tuple[Mapping[str, Tensor], int]:
        with set_aside() as count:
            if built is not None:
                folder = built.build(
                    stream, without=without, reading=chosen.reading, progress=progress
                )
            else:
                # Teaching sets torch's global seed; later random numbers must not depend on it.
                with torch.random.fork_rng(range(torch.cuda.device_count())):
                    lm = _load(stream, settings, QUIET, weights="float32")
                    lm, _ = _asked(lm, stream, settings, QUIET)
                    folder = _taught_folder(lm, stream, progress, without)
            loaded = models.load(str(folder), stream, device="cpu")
            model = _with_memory(loaded, stream, settings).model
            tokens = training_tokens(folder)
            count(tokens)
        return {**dict(model.named_parameters()), **dict(model.named_buffers())}, tokens

    return rebuild


def _load(
    stream: Stream,
    settings: resolve.Settings,
    progress: Progress,
    *,
    name: str | None = None,
    weights: str | None = None,
) -> LanguageModel:
    chosen = settings.model
    return models.load(
        name or chosen.name,
        stream,
        device=chosen.device,
        dtype=chosen.dtype,
        weights=weights or chosen.weights,
        reading=chosen.reading,
        options=chosen.options if name is None else None,
        progress=progress,
    )


def _taught_folder(
    lm: LanguageModel, stream: Stream, progress: Progress, without: Collection[Key] = ()
) -> Path:
    """Return the folder of ``lm`` after training on the base facts except those in ``without``.

    It is in the cache, named by a hash of everything that it depends on.
    """
    import torch

    from cltool.lm.language_model import save_checkpoint
    from cltool.training.divergence import refuse_not_finite
    from cltool.training.learner import Learner

    learner_settings = resolve.resolve("naive").learner.model_copy(
        update={"lr": lm.default_rate, "epochs": 40, "schedule": "linear"}
    )
    base = replace(
        stream.updates[0], learn=[f for f in stream.updates[0].learn if f.key not in without]
    )
    key = hashlib.sha256(json.dumps([lm.parts, code_digest(TEACHING)]).encode())
    key.update(learner_settings.model_dump_json().encode())
    if lm.coder.chat is not None:
        key.update(json.dumps([lm.coder.chat.before, lm.coder.chat.after]).encode())
    for fact in base.learn:
        key.update(json.dumps([fact.key, stream.wordings.examples(fact)]).encode())
    if without:
        key.update(b"rebuilt")
    folder = cache_folder() / "taught" / key.hexdigest()[:SHORT]

    def write(place: Path) -> None:
        learner = Learner(
            lm=lm,
            stream=stream,
            settings=learner_settings,
            strategies=resolve.build(resolve.resolve("naive")),
        )
        learner.known.apply(base)
        torch.manual_seed(derive(0, "teach_base"))
        learner.progress = progress.part(0, 1, "teaching the base facts")
        try:
            learner.fit(base.learn)
            refuse_not_finite(lm.model, "the base facts were taught", lm.default_rate)
        except Diverged as error:
            raise Diverged(
                f"the base facts cannot be taught to this model: {error.what}",
                where=lm.name,
                hint="The learning rate of the base follows from the model's width; learner.lr does"
                " not change it. Use another checkpoint, or teach the base facts elsewhere and"
                " leave out --teach-base.",
            ) from error
        save_checkpoint(lm, place)
        write_cost(place, learner.tokens)

    return cached(folder, write, progress)
