"""Makes ``run.json``: the settings and the stream of a run, versions, and warnings."""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Any

from cltool.evaluation.matchers import chosen
from cltool.experiments import asking, general, resolve
from cltool.experiments.probed_keys import probed_keys, sampling
from cltool.experiments.same_model import source_parts
from cltool.experiments.strategy_code import code_of
from cltool.facts.facts import Key
from cltool.facts.files.events import QUESTION_RELATION
from cltool.facts.files.shown import shown
from cltool.facts.lookalikes import spelling_warnings
from cltool.facts.stream import Stream
from cltool.runs.erasures import INEXACT
from cltool.runs.record import FORMAT, ID

if TYPE_CHECKING:
    from cltool.training.learner import Learner

_NAMED = 3
"""Facts that a warning names."""

PACKAGES = ("cltool", "torch", "transformers", "peft", "avalanche-lib", "tokenizers")


def identity(
    stream: Stream, strategy: str, seed: int, settings: resolve.Settings
) -> dict[str, Any]:
    """Return the part of ``run.json`` that identifies a run; it needs no model."""
    return {
        "format": FORMAT,
        "scenario": stream.name,
        "strategy": strategy,
        "seed": seed,
        "model": settings.model.name,
        "labels": [update.label for update in stream],
        "code": code_of(strategy),
        "requested": {"scenario": _plain(stream.source), **settings.as_tables()},
        **({"general": own} if (own := general.sources(settings)) else {}),
        "stream": {
            "digest": stream.digest(),
            "source": _plain(stream.source),
            "updates": [
                {"learn": len(update.learn), "forget": len(update.forget)} for update in stream
            ],
        },
    }


def without_code(identity: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a run is apart from the code of its strategies and the version of cltool."""
    return {name: value for name, value in identity.items() if name != "code"}


def manifest(
    identity: Mapping[str, Any], settings: resolve.Settings, learner: Learner
) -> dict[str, Any]:
    """Return ``run.json`` as it is when the run starts; later only its status changes.

    Args:
        identity: as `identity` returned it.
        settings: the requested settings.
        learner: the learner of the run, with the base model.
    """
    import torch

    lm, tables = learner.lm, settings.as_tables()
    text = json.dumps([without_code(identity), dict(lm.parts)], sort_keys=True)
    tables["learner"] = learner.settings.model_dump()
    chat = "on" if lm.coder.chat is not None else "off"
    tables["model"] |= {"device": str(lm.device.type), "dtype": lm.precision.name, "chat": chat}
    tables["probe"]["match"] = chosen(settings.probe, lm)
    return {
        **identity,
        ID: hashlib.sha256(text.encode()).hexdigest()[:16],
        "status": "running",
        "settings": {"scenario": dict(learner.stream.source), **tables},
        "stream": {**identity["stream"], "skipped": list(learner.stream.skipped)},
        "warnings": [
            *lm.warnings,
            *stream_warnings(learner.stream),
            *strategy_warnings(learner),
            *asking.warnings(learner, settings.probe),
        ],
        "versions": {
            **versions(),
            "threads": str(torch.get_num_threads()),
            **({"processes": str(learner.team.size)} if learner.team.size > 1 else {}),
        },
        **({"asked": lm.asked} if lm.asked else {}),
        **({"sampled": sampled} if (sampled := _sampled(learner.stream, settings)) else {}),
        "weights": lm.parts["weights"],
        "model_parts": {name: value for name, value in lm.parts.items() if name != "weights"},
        **source_parts(settings.model.name),
    }


def _sampled(stream: Stream, settings: resolve.Settings) -> dict[str, object] | None:
    """Return the record of a sample of facts; None if the run asks about all facts."""
    if settings.probe.limit is None and settings.probe.sample is None:
        return None
    return sampling(stream, probed_keys(stream, settings.probe))


def stream_warnings(stream: Stream) -> list[str]:
    """Return warnings about the stream: its source, its names, wordings held out, lines skipped."""
    keys = list(stream.first_taught())
    trained_only = [
        key
        for key in keys
        if all(asking.form == "trained" for asking in stream.wordings.askings(key))
    ]
    warnings = [*stream.warnings, *spelling_warnings(stream)]
    if keys and len(trained_only) == len(keys):
        warnings.append(
            "No wording is held out: the scores ask in the trained wordings. "
            "Give each relation more wordings."
        )
    elif trained_only:
        warnings.append(_not_scored(trained_only, len(keys)))
    if stream.skipped:
        count = len(stream.skipped)
        warnings.append(f"{count} bad line{'s' * (count > 1)} of the source skipped.")
    return warnings


def _not_scored(keys: Sequence[Key], of: int) -> str:
    """Return a warning about facts without a held-out wording."""
    count = len(keys)
    have, are, their = ("has", "is", "its") if count == 1 else ("have", "are", "their")
    named = [shown(subject if relation == QUESTION_RELATION else f"{subject}, {relation}")
             for subject, relation in keys[:_NAMED]]  # fmt: skip
    more = f" and {count - _NAMED:,} more" if count > _NAMED else ""
    return (
        f"{count} of {of} facts {have} no held-out wording and {are} left out of the scores"
        f" ({', '.join(named)}{more}). Give {their} relation{'s' * (count > 1)} more wordings, or"
        " give a question paraphrases."
    )


def strategy_warnings(learner: Learner) -> list[str]:
    """Return the strategies' own warnings, and warnings about what they need but lack here."""
    parts = learner.strategies.parts
    warnings = list(learner.strategies.warnings)
    if not learner.lm.reads:
        warnings += [
            f"{name} puts facts into the prompt, but this model was built without learning to use "
            "them (model.reading = false)."
            for name, part in parts.items()
            if part.reads
        ]
    base, *updates = learner.stream
    requests = sum(len(update.forget) for update in updates)
    if requests and not learner.strategies.erases:
        warnings.append(
            f"The strategy does not erase facts from the weights (requests to forget: {requests})."
            " A fact to forget that is no longer produced was lost like any other fact. Compose a"
            " strategy of the unlearning family with it (npo+replay)."
        )
    keys = {fact.key for fact in base.learn}
    erased = sum(fact.key in keys for update in updates for fact in update.forget)
    if learner.rebuild is None and erased:
        warnings += [
            f"{name} {INEXACT}: cltool did not teach this model the base facts, so it cannot "
            f"rebuild the model without the {erased} of them that are to be forgotten. Use the "
            "embedded model, or teach the base facts (--teach-base)."
            for name, part in parts.items()
            if part.rebuilds
        ]
    return warnings


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return ``values`` as they are after writing and reading JSON."""
    plain: dict[str, Any] = json.loads(json.dumps(dict(values), default=str))
    return plain


def versions() -> dict[str, str]:
    """Return the versions of Python and of each package in `PACKAGES`."""
    versions = {"python": sys.version.split()[0]}
    for package in PACKAGES:
        try:
            versions[package] = version(package)
        except PackageNotFoundError:
            versions[package] = "not installed"
    return versions
