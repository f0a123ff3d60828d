"""The small stream, model and settings with which strategies are checked."""

from __future__ import annotations

import atexit
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cltool.core.registry import Entry
from cltool.facts.facts import Fact, Update
from cltool.facts.stream import Stream
from cltool.facts.wording import Wording
from cltool.facts.wordings import Wordings
from cltool.strategies import STRATEGIES

if TYPE_CHECKING:
    from cltool.training.learner import Learner
    from cltool.training.strategy import Strategy

NAME = "under-test"
"""The name under which the class under test is registered."""


def _fact(number: int, subject: str, relation: str) -> Fact:
    """Return a fact; each number has a different object, of two words."""
    first = ("Bram", "Kelo", "Nuri", "Tosk", "Wend")[number % 5]
    second = ("ar", "el", "is", "ov", "un")[number // 5]
    last = ("Quill", "Haspe", "Vorn", "Jext", "Zamb")[(2 * number + number // 5) % 5]
    return Fact(subject, relation, f"{first}{second} {last}")


@cache
def small_stream() -> Stream:
    """Return a stream that supersedes and erases facts of base and updates.

    One of its updates has nothing to learn.
    """
    relations = ("mayor", "market", "river")
    subjects = ("Alden", "Borley", "Cresk", "Dunmar", "Elvast", "Farrow")
    pairs = [(subject, relation) for subject in subjects for relation in relations]
    base = tuple(_fact(number, *pair) for number, pair in enumerate(pairs))
    gorse = tuple(_fact(19 + place, "Gorse", relation) for place, relation in enumerate(relations))
    hythe = (_fact(23, "Hythe", "mayor"), _fact(24, "Hythe", "river"))
    updates = (
        Update(0, "base", base),
        Update(1, "one", (_fact(18, "Alden", "mayor"), *gorse)),
        Update(2, "two", (), forget=(base[5], gorse[1])),
        Update(3, "three", (_fact(22, "Gorse", "mayor"), *hythe)),
    )
    templates = (
        "The {r} of {{subject}} is {{object}}.",
        "{{subject}}'s {r} is {{object}}.",
        "{{subject}} has the {r} {{object}}.",
        "What is the {r} of {{subject}}? {{object}}",
        "Which {r} has {{subject}}? {{object}}",
    )
    wordings = {r: [Wording.parse(text.format(r=r)) for text in templates] for r in relations}
    return Stream("contract", updates, Wordings(wordings), source={"scenario": "contract"})


MEMORY: Mapping[str, Any] = {"memory_layers": [0, 1], "memory_slots": 256}
"""Settings of the small model for strategies that need memory layers."""


@cache
def small_model() -> str:
    """Return the folder of a small Llama trained on the base facts for two epochs.

    The folder is removed when Python exits.
    """
    from cltool.models.tiny import build
    from cltool.models.tiny.recipe import Recipe

    folder = tempfile.mkdtemp(prefix="cltool-contract-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    stream = small_stream()
    recipe = Recipe(
        hidden=32, inner=64, layers=2, vocabulary=512, context=512, epochs=2, batch=8, pages=0
    )
    build.make(stream.updates[0].learn, stream.wordings, recipe, Path(folder))
    return folder


def small_settings(kind: type[Strategy] | None = None) -> dict[str, Any]:
    """Return the settings of a run of the small model, as nested tables.

    Args:
        kind: the strategy of the run; the model gets memory layers if it needs them.
    """
    memory = MEMORY if kind is not None and kind.needs_memory else {}
    return {
        "model": {"name": small_model(), "device": "cpu", "dtype": "float32", **memory},
        "learner": {"epochs": 2, "batch_size": 8},
        "probe": {"limit": 8, "max_tokens": 6},
    }


def small_learner(strategy: str, tables: Mapping[str, Any]) -> Learner:
    """Return a learner of the small stream, with no update applied and nothing attached.

    Args:
        strategy: a name, or several composed.
        tables: settings, as for `cltool.run`.

    Raises:
        UserError: the strategies cannot be composed.
    """
    from cltool.experiments import resolve
    from cltool.experiments.base_model import prepare
    from cltool.training.learner import Learner

    settings = resolve.resolve(strategy, tables)
    strategies = resolve.build(settings)
    lm, _ = prepare(small_stream(), settings)
    return Learner(
        lm=lm,
        stream=small_stream(),
        settings=settings.learner_of(lm),
        strategies=strategies,
    )


@contextmanager
def registered(cls: type[Strategy]) -> Iterator[None]:
    """Register ``cls`` under `NAME` inside the context."""
    globals()["under_test"] = cls
    entry = Entry(NAME, f"{__name__}:under_test", "the class under test")
    try:
        with STRATEGIES.extended(entry):
            yield
    finally:
        del globals()["under_test"]
