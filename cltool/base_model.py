"""The model that every cell of an experiment begins from."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from typing import TYPE_CHECKING

from cltool import assemble
from cltool.lengths import fitting
from cltool.seeds import derive
from cltool.stream import Stream

if TYPE_CHECKING:
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


def _taught(
    lm: LanguageModel, stream: Stream, settings: assemble.Settings, report: Report | None
) -> LanguageModel:
    """The model after the base facts were trained into it; cached by all that made it."""
    import torch

    from cltool.learner import Learner
    from cltool.lm import model
    from cltool.lm.embedded import cache_folder

    learner_settings = assemble.resolve("naive").learner.model_copy(
        update={"lr": lm.default_rate, "epochs": 40, "schedule": "linear"}
    )
    base = stream.updates[0]
    key = hashlib.sha256(lm.digest().encode())
    key.update(learner_settings.model_dump_json().encode())
    for fact in base.learn:
        key.update(json.dumps([fact.key, stream.wordings.examples(fact)]).encode())
    folder = cache_folder() / "taught" / key.hexdigest()[:20]
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
        model.save_checkpoint(lm, folder)
    taught = model.load(
        str(folder), stream, device=settings.model.device, dtype=settings.model.dtype
    )
    taught.name = lm.name
    return taught
