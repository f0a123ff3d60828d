"""The model that every cell of an experiment begins from."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from cltool import assemble
from cltool.atomic import write_json
from cltool.facts import Key
from cltool.lengths import fitting
from cltool.seeds import derive
from cltool.stream import Stream

if TYPE_CHECKING:
    from torch import Tensor

    from cltool.learner import Rebuild
    from cltool.lm.model import LanguageModel

Report = Callable[[int, int, str], None]
"""Progress: (done, of, what)."""


def prepare(
    stream: Stream, settings: assemble.Settings, report: Report | None = None
) -> tuple[LanguageModel, Stream]:
    """The model of ``settings``, and the stream as far as it fits into that model.

    The lengths are checked before anything is trained: the embedded model, or the base
    knowledge that a model is taught first where that is asked for.

    Raises:
        UserError: the model cannot be loaded, or facts are too long for it.
    """
    from cltool.lm import embedded, model

    chosen = settings.model
    if chosen.name == model.EMBEDDED:
        stream = fitting(
            stream,
            embedded.Recipe().context,
            lambda: embedded.coder(stream.updates[0].learn, stream.wordings),
        )
    lm = model.load(
        chosen.name,
        stream,
        device=chosen.device,
        dtype=chosen.dtype,
        reading=chosen.reading,
        report=report,
    )
    if chosen.name != model.EMBEDDED:
        stream = fitting(stream, lm.context, lambda: lm.coder)
        if chosen.teach_base:
            lm = _taught(lm, stream, settings, report)
    return lm, stream


def rebuilder(
    stream: Stream, settings: assemble.Settings, report: Report | None = None
) -> Rebuild | None:
    """What makes the base model of ``prepare`` anew without some facts, cached as that is.

    Only what cltool taught can be left out: a model that came with what it knows of the base
    facts cannot be rebuilt, and None is returned.

    Args:
        stream: as ``prepare`` gave it.
        settings: of the run.
        report: told how far the training is.
    """
    import torch

    from cltool.lm import embedded, model

    chosen = settings.model
    if chosen.name != model.EMBEDDED and not chosen.teach_base:
        return None

    def rebuild(without: Collection[Key]) -> tuple[Mapping[str, Tensor], int]:
        if chosen.name == model.EMBEDDED:
            folder = embedded.build(
                stream.updates[0].learn,
                stream.wordings,
                without=without,
                reading=chosen.reading,
                report=report,
            )
        else:
            # The seed of teaching is set anew, which must not show in what comes after.
            with torch.random.fork_rng(range(torch.cuda.device_count())):
                lm = model.load(chosen.name, stream, device=chosen.device, dtype=chosen.dtype)
                folder = _taught_folder(lm, stream, report, without)
        made = model.load(str(folder), stream, device="cpu").model
        return dict(made.named_parameters()), embedded.tokens_taken(folder)

    return rebuild


def _taught(
    lm: LanguageModel, stream: Stream, settings: assemble.Settings, report: Report | None
) -> LanguageModel:
    """The model after the base facts were trained into it; cached by all that made it."""
    from cltool.lm import model

    folder = _taught_folder(lm, stream, report)
    taught = model.load(
        str(folder), stream, device=settings.model.device, dtype=settings.model.dtype
    )
    taught.name = lm.name
    return taught


def _taught_folder(
    lm: LanguageModel, stream: Stream, report: Report | None, without: Collection[Key] = ()
) -> Path:
    """Where ``lm`` lies after it was taught the base facts but those of ``without``."""
    import torch

    from cltool.learner import Learner
    from cltool.lm import embedded, model

    learner_settings = assemble.resolve("naive").learner.model_copy(
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
    folder = embedded.cache_folder() / "taught" / key.hexdigest()[:20]
    if not (folder / "config.json").is_file():
        learner = Learner(
            lm=lm,
            stream=stream,
            settings=learner_settings,
            strategies=assemble.build(assemble.resolve("naive")),
        )
        learner.known.apply(base)
        torch.manual_seed(derive(0, "teach_base"))
        if report is not None:
            learner.progress = lambda done, of: report(done, of, "teaching the base facts")
        learner.fit(base.learn)
        partial = folder.with_name(f"{folder.name}.{os.getpid()}.partial")
        model.save_checkpoint(lm, partial)
        write_json(partial / embedded.COST, {"tokens": learner.tokens})
        embedded.publish(partial, folder)
    return folder
