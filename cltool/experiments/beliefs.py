"""Asks a model who holds each key of a stream; nothing is trained."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cltool.core.errors import UserError
from cltool.core.progress import QUIET, Progress
from cltool.core.samples import fixed_sample
from cltool.evaluation.matchers import AUTO
from cltool.experiments import resolve
from cltool.experiments.belief_summary import Beliefs
from cltool.experiments.believe import Answerer, believe
from cltool.facts.holders import HeldKey, Rivals, held_keys
from cltool.facts.stream import Stream
from cltool.facts.wordings import TRAINED, Asking, Wordings

if TYPE_CHECKING:
    from cltool.core.settings import ProbeSettings
    from cltool.evaluation.matching import Answer
    from cltool.lm.language_model import LanguageModel

SENTENCE = 24
"""Tokens that an answer may have beyond the holder."""


def beliefs(
    model: str,
    stream: Stream | Path | str = "leaders",
    *,
    settings: Mapping[str, Any] | None = None,
    progress: Progress = QUIET,
) -> Beliefs:
    """Ask a model about each key of a stream that changes.

    Args:
        model: a registered model, the folder or hub name of a checkpoint, a GGUF file, or the
            folder of an adapter.
        stream: a stream, a scenario's name, or a path to a file of facts.
        settings: tables of settings: ``scenario``, ``model`` and ``probe``. ``probe.limit`` is the
            most keys that are asked about, a fixed random sample.
        progress: receives the progress of asking.

    Raises:
        UserError: a setting is wrong, the model cannot be loaded, no key of the stream has two
            holders, or there is no other object to compare them with.
        Diverged: the model's probabilities are not numbers.
    """
    tables = dict(settings or {})
    opened = resolve.as_stream(stream, tables.pop("scenario", {}))
    refuse_training(tables)
    tables["model"] = {**tables.get("model", {}), "name": model}
    resolved = resolve.resolve("naive", tables)
    changing, _ = _changing(opened)
    if not changing:
        raise UserError(
            "no key of this stream changes its object, so it cannot show how old knowledge is",
            where=opened.name,
            hint="Give facts whose objects change from one update to another.",
        )
    return _ask(opened, resolved, progress)


def refuse_training(tables: Mapping[str, Any]) -> None:
    """Raise a `UserError` for settings that change nothing: those of training and of scores."""
    unused = [name for name in tables if name not in ("model", "probe")]
    given = tables.get("model", {})
    if isinstance(given, Mapping) and given.get("teach_base"):
        unused.append("model.teach_base")
    asked = tables.get("probe", {})
    if isinstance(asked, Mapping) and asked.get("match", AUTO) != AUTO:
        unused.append("probe.match")
    if isinstance(asked, Mapping) and asked.get("sample"):
        unused.append("probe.sample")
    if unused:
        raise UserError(
            f"{', '.join(unused)}: nothing is trained or scored, so these settings have no effect",
            where="settings",
            hint="Leave them out. A model is asked as it is. probe.limit says about how many keys.",
        )


def _ask(stream: Stream, settings: resolve.Settings, progress: Progress) -> Beliefs:
    from cltool.evaluation.likely_names import NameScorer
    from cltool.evaluation.named_holder import HolderReader
    from cltool.experiments.base_model import prepare

    progress(0, 1, "loading libraries")
    lm, fitting = prepare(stream, settings, progress)
    changing, every = _changing(fitting)
    if not changing:
        raise UserError("no key that changes fits into the model's context", where=lm.name)
    chosen = fixed_sample(changing, settings.probe.limit, 0, "beliefs.limit")
    asked = [(held, _askings(fitting.wordings, held)) for held in chosen]
    found = believe(
        asked,
        Rivals(every),
        NameScorer(lm, settings.probe.batch_size),
        _answerer(lm, asked, settings.probe),
        HolderReader(every),
        progress,
    )
    single = len(every) - len(changing)
    labels = tuple(update.label for update in fitting)
    warnings = (*fitting.warnings, *lm.warnings)
    return Beliefs(
        lm.name, stream.name, labels, tuple(found), len(changing), single, lm.asked, warnings
    )


def _changing(stream: Stream) -> tuple[list[HeldKey], list[HeldKey]]:
    """Return the keys with at least two holders, and all keys."""
    every = held_keys(stream)
    return [held for held in every if len(held.holders) > 1], every


def _askings(wordings: Wordings, held: HeldKey) -> list[Asking]:
    """Return the held-out wordings of a key; all of them if none is held out."""
    every = wordings.askings(held.key)
    return [asking for asking in every if asking.form != TRAINED] or every


def _answerer(
    lm: LanguageModel,
    asked: Sequence[tuple[HeldKey, Sequence[Asking]]],
    settings: ProbeSettings,
) -> Answerer:
    """Return a function that asks ``lm`` and lets it answer by greedy decoding."""
    from cltool.evaluation.limits import longest_of
    from cltool.evaluation.prober import spoken
    from cltool.lm.sampling import Sampler

    sampler = Sampler(lm, settings.batch_size)
    names = {name for held, _ in asked for one in held.holders for name in one.fact.accepted}
    gaps = {asking.wording.gap for _, askings in asked for asking in askings}
    longest = longest_of(lm.coder, names) + longest_of(lm.coder, gaps) + SENTENCE
    limit = min(longest, settings.max_tokens or longest)

    def answers(askings: Sequence[Asking]) -> list[Answer]:
        prompts = lm.coder.prompts([asking.prompt for asking in askings])
        return [spoken(lm.coder, ids, limit) for ids in sampler.answers(prompts, limit)]

    return answers
