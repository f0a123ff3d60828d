"""The model that every cell of an experiment begins from."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from typing import TYPE_CHECKING

from cltool import assemble
from cltool.errors import UserError
from cltool.stream import Stream

if TYPE_CHECKING:
    from cltool.lm.model import LanguageModel

Report = Callable[[int, int, str], None]
"""Progress: (done, of, what)."""


def load_model(
    stream: Stream, settings: assemble.Settings, report: Report | None = None
) -> LanguageModel:
    """The model of ``settings``; taught the base knowledge first where that is asked for."""
    from cltool.lm import model

    chosen = settings.model
    lm = model.load(chosen.name, stream, device=chosen.device, dtype=chosen.dtype, report=report)
    if chosen.teach_base and chosen.name != model.EMBEDDED:
        lm = _taught(lm, stream, settings, report)
    return lm


def _taught(
    lm: LanguageModel, stream: Stream, settings: assemble.Settings, report: Report | None
) -> LanguageModel:
    """The model after the base facts were trained into it; cached by all that made it."""
    from cltool.learner import Learner
    from cltool.lm import model
    from cltool.lm.embedded import cache_folder

    learner_settings = assemble.resolve("naive").learner.model_copy(
        update={"lr": 0.128 / max(lm.width, 1), "epochs": 40, "schedule": "linear"}
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
        if report is not None:
            learner.progress = lambda done, of: report(done, of, "teaching the base facts")
        learner.fit(base.learn)
        model.save_checkpoint(lm, folder)
    taught = model.load(
        str(folder), stream, device=settings.model.device, dtype=settings.model.dtype
    )
    taught.name = lm.name
    return taught


def check_lengths(stream: Stream, lm: LanguageModel) -> None:
    """Make sure that every sentence fits into the model.

    Raises:
        UserError: some do not; each is named with where it comes from.
    """
    limit = lm.context
    bad: list[str] = []
    for update in stream:
        for fact in update.learn:
            pairs = [
                (asking.prompt, target)
                for asking in stream.wordings.askings(fact.key)
                for target in (asking.wording.target(fact.object),)
                # A token is at least a byte, so shorter texts need no tokenising.
                if len((asking.prompt + target).encode()) + 8 > limit
            ]
            longest = max((len(one) for one in lm.coder.pairs(pairs)), default=0)
            if longest > limit:
                where = stream.origins.get((update.step, fact.key), f"update {update.label}")
                bad.append(
                    f"{where}: {longest} tokens, the model takes {limit}: {fact.key[0][:60]!r}"
                )
    if bad:
        raise UserError(
            f"{len(bad)} fact{'s are' if len(bad) > 1 else ' is'} too long for the model",
            where=stream.name,
            details=bad[:50] + ([f"… and {len(bad) - 50} more"] if len(bad) > 50 else []),
            hint="Shorten them, or use a model with a longer context.",
        )
