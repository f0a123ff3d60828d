"""The model that every cell of an experiment begins from."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Collection, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from cltool.core.files import write_json
from cltool.core.progress import QUIET, Progress
from cltool.core.seeds import derive
from cltool.experiments import resolve
from cltool.facts.facts import Key
from cltool.facts.stream import Stream
from cltool.models.lengths import fitting

if TYPE_CHECKING:
    from torch import Tensor

    from cltool.lm.language_model import LanguageModel
    from cltool.training.learner import Rebuild


def prepare(
    stream: Stream, settings: resolve.Settings, progress: Progress = QUIET
) -> tuple[LanguageModel, Stream]:
    """The model of ``settings``, and the stream as far as it fits into that model.

    The lengths are checked before anything is trained: the embedded model, or the base
    knowledge that a model is taught first where that is asked for.

    Raises:
        UserError: the model cannot be loaded, or facts are too long for it.
    """
    from cltool.lm import language_model
    from cltool.models.tiny import build

    chosen = settings.model
    if chosen.name == language_model.EMBEDDED:
        stream = fitting(
            stream,
            build.Recipe().context,
            lambda: build.coder(stream.updates[0].learn, stream.wordings),
        )
    lm = language_model.load(
        chosen.name,
        stream,
        device=chosen.device,
        dtype=chosen.dtype,
        reading=chosen.reading,
        progress=progress,
    )
    if chosen.name != language_model.EMBEDDED:
        stream = fitting(stream, lm.context, lambda: lm.coder)
        if chosen.teach_base:
            lm = _taught(lm, stream, settings, progress)
    return lm, stream


def rebuilder(
    stream: Stream, settings: resolve.Settings, progress: Progress = QUIET
) -> Rebuild | None:
    """What makes the base model of ``prepare`` anew without some facts, cached as that is.

    Only what cltool taught can be left out: a model that came with what it knows of the base
    facts cannot be rebuilt, and None is returned.

    Args:
        stream: as ``prepare`` gave it.
        settings: of the run.
        progress: receives the progress of the training.
    """
    import torch

    from cltool.lm import language_model
    from cltool.models.tiny import build

    chosen = settings.model
    if chosen.name != language_model.EMBEDDED and not chosen.teach_base:
        return None

    def rebuild(without: Collection[Key]) -> tuple[Mapping[str, Tensor], int]:
        if chosen.name == language_model.EMBEDDED:
            folder = build.build(
                stream.updates[0].learn,
                stream.wordings,
                without=without,
                reading=chosen.reading,
                progress=progress,
            )
        else:
            # The seed of teaching is set anew, which must not show in what comes after.
            with torch.random.fork_rng(range(torch.cuda.device_count())):
                lm = language_model.load(
                    chosen.name, stream, device=chosen.device, dtype=chosen.dtype
                )
                folder = _taught_folder(lm, stream, progress, without)
        made = language_model.load(str(folder), stream, device="cpu").model
        return dict(made.named_parameters()), build.tokens_taken(folder)

    return rebuild


def _taught(
    lm: LanguageModel, stream: Stream, settings: resolve.Settings, progress: Progress
) -> LanguageModel:
    """The model after the base facts were trained into it; cached by all that made it."""
    from cltool.lm import language_model

    folder = _taught_folder(lm, stream, progress)
    taught = language_model.load(
        str(folder), stream, device=settings.model.device, dtype=settings.model.dtype
    )
    taught.name = lm.name
    return taught


def _taught_folder(
    lm: LanguageModel, stream: Stream, progress: Progress, without: Collection[Key] = ()
) -> Path:
    """Where ``lm`` lies after it was taught the base facts but those of ``without``."""
    import torch

    from cltool.lm import language_model
    from cltool.models.tiny import build
    from cltool.training.learner import Learner

    learner_settings = resolve.resolve("naive").learner.model_copy(
        update={"lr": lm.default_rate, "epochs": 40, "schedule": "linear"}
    )
    base = replace(
        stream.updates[0], learn=[f for f in stream.updates[0].learn if f.key not in without]
    )
    key = hashlib.sha256(lm.digest().encode())
    key.update(learner_settings.model_dump_json().encode())
    for fact in base.learn:
        key.update(json.dumps([fact.key, stream.wordings.examples(fact)]).encode())
    if without:
        key.update(b"rebuilt")
    folder = build.cache_folder() / "taught" / key.hexdigest()[:20]
    if not (folder / "config.json").is_file():
        learner = Learner(
            lm=lm,
            stream=stream,
            settings=learner_settings,
            strategies=resolve.build(resolve.resolve("naive")),
        )
        learner.known.apply(base)
        torch.manual_seed(derive(0, "teach_base"))
        learner.progress = progress.part(0, 1, "teaching the base facts")
        learner.fit(base.learn)
        partial = folder.with_name(f"{folder.name}.{os.getpid()}.partial")
        language_model.save_checkpoint(lm, partial)
        write_json(partial / build.COST, {"tokens": learner.tokens})
        build.publish(partial, folder)
    return folder
