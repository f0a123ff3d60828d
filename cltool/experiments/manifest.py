"""What a run's record says of what was asked for, and what whoever reads the run must know."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Any

from cltool.experiments import resolve
from cltool.facts.stream import Stream
from cltool.runs.erasures import INEXACT
from cltool.runs.run import FORMAT

if TYPE_CHECKING:
    from cltool.training.learner import Learner

PACKAGES = ("cltool", "torch", "transformers", "peft", "avalanche-lib", "tokenizers")


def request(stream: Stream, strategy: str, seed: int, settings: resolve.Settings) -> dict[str, Any]:
    """Return the part of ``run.json`` that identifies a run, known before a model is loaded."""
    return {
        "format": FORMAT,
        "scenario": stream.name,
        "strategy": strategy,
        "seed": seed,
        "model": settings.model.name,
        "labels": [update.label for update in stream],
        "requested": {"scenario": _plain(stream.source), **settings.as_tables()},
        "stream": {
            "digest": stream.digest(),
            "source": _plain(stream.source),
            "updates": [
                {"learn": len(update.learn), "forget": len(update.forget)} for update in stream
            ],
        },
    }


def manifest(
    asked: Mapping[str, Any], settings: resolve.Settings, learner: Learner
) -> dict[str, Any]:
    """Return ``run.json`` as it is when the run starts; later only its status changes.

    Args:
        asked: as `request` returned it.
        settings: as they were requested.
        learner: of the run, on the base model.
    """
    import torch

    lm, tables = learner.lm, settings.as_tables()
    tables["learner"] = learner.settings.model_dump()
    tables["model"] |= {"device": str(lm.device.type), "dtype": lm.precision.name}
    return {
        **asked,
        "status": "running",
        "settings": {"scenario": dict(learner.stream.source), **tables},
        "stream": {**asked["stream"], "skipped": list(learner.stream.skipped)},
        "warnings": [*stream_warnings(learner.stream), *strategy_warnings(learner)],
        "versions": {**versions(), "threads": str(torch.get_num_threads())},
        "weights": lm.digest(),
    }


def stream_warnings(stream: Stream) -> list[str]:
    """Why the stream's scores may say less than they seem to."""
    keys = stream.first_taught()
    bare = sum(
        all(asking.form == "trained" for asking in stream.wordings.askings(key)) for key in keys
    )
    found = []
    if bare == len(keys):
        found.append(
            "No wording is held out: the scores ask in the very words that were trained. "
            "Give each relation more wordings."
        )
    elif bare:
        found.append(
            f"{bare} of {len(keys)} facts have no held-out wording and are left out of the "
            "scores. Give their relations more wordings, or their questions paraphrases."
        )
    if stream.skipped:
        count = len(stream.skipped)
        found.append(f"{count} bad line{'s' * (count > 1)} of the source skipped.")
    return found


def strategy_warnings(learner: Learner) -> list[str]:
    """What the run's strategies say themselves, and what they need and do not have."""
    parts = learner.strategies.parts
    found = list(learner.strategies.warnings)
    if not learner.lm.reads:
        found += [
            f"{name} puts facts into the prompt, but this model was built without learning to use "
            "them (model.reading = false)."
            for name, part in parts.items()
            if part.reads
        ]
    base, *updates = learner.stream
    requests = sum(len(update.forget) for update in updates)
    if requests and not learner.strategies.erases:
        found.append(
            f"{' + '.join(parts)} takes nothing out of the weights: what is to be forgotten "
            f"({requests}) and is no longer said was lost like any other fact. Compose one of the "
            "unlearning family with it (npo+replay)."
        )
    keys = {fact.key for fact in base.learn}
    erased = sum(fact.key in keys for update in updates for fact in update.forget)
    if learner.rebuild is None and erased:
        found += [
            f"{name} {INEXACT}: cltool did not teach this model the base facts, "
            f"of which {erased} are to be forgotten, so it cannot rebuild it without them. Use "
            "the embedded model, or teach the base facts (--teach-base)."
            for name, part in parts.items()
            if part.rebuilds
        ]
    return found


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    plain: dict[str, Any] = json.loads(json.dumps(dict(values), default=str))
    return plain


def versions() -> dict[str, str]:
    """Python's version, and that of each of `PACKAGES` that is installed."""
    found = {"python": sys.version.split()[0]}
    for package in PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            found[package] = "not installed"
    return found
