"""``docs/hooks.md`` has the hooks in the order in which they run."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

from cltool.experiments.apply_update import apply
from cltool.testing.material import NAME, registered, small_learner, small_settings, small_stream
from cltool.training.learner import Learner
from cltool.training.strategy import Strategy
from tools.hooks_page import CALLBACKS, RUN, hooks_page

PAGE = Path(__file__).parents[2] / "docs" / "hooks.md"

CALLED: list[str] = []
"""Every hook of `Recording`, in the order of the calls."""


class Recording(Strategy):
    """Notes which hook is called."""

    def settled(self, learner: Learner) -> bool:
        CALLED.append("settled")
        return False

    def frame(self, prompt: str) -> str:
        CALLED.append("frame")
        return prompt


def _note(name: str) -> Any:
    def hook(self: Strategy, *arguments: Any, **kwargs: Any) -> Any:
        CALLED.append(name)
        return getattr(Strategy, name)(self, *arguments, **kwargs)

    return hook


for _name in {*RUN, *CALLBACKS} - {"settled", "frame"}:
    setattr(Recording, _name, _note(_name))


def test_the_page_has_the_hooks_in_the_order_in_which_they_run() -> None:
    """One update of 11 sentences in steps of 8, in micro-batches of 4; it asks to forget."""
    CALLED.clear()
    stream = small_stream()
    settings = small_settings()
    settings["learner"] |= {"micro_batch_size": 4, "stop_at": 0.0}
    with registered(Recording):
        learner = small_learner(NAME, settings)
    learner.known.apply(stream.updates[0])
    learner.strategies.attach(learner)
    forgotten = stream.updates[2].forget[:1]
    apply(learner, type(stream.updates[1])(1, "one", stream.updates[1].learn, forgotten))
    learner.strategies.frame("Alden has")
    learner.strategies.given("Alden has")
    learner.strategies.fold(learner)

    first = list(dict.fromkeys(CALLED))
    assert [name for name in first if name in RUN] == list(RUN)
    assert [name for name in first if name in CALLBACKS] == list(CALLBACKS)
    counts = Counter(CALLED)
    once = {"a call of `fit`": 1, "epoch": 2, "step": 2 * 2, "micro-batch": 2 * 3}
    assert {n: counts[n] for n in CALLBACKS} == {n: once[o] for n, (o, _) in CALLBACKS.items()}


def test_the_tables_are_made_from_the_code() -> None:
    page = hooks_page()
    assert PAGE.read_text(encoding="utf-8") == page, "run python -m tools.docs"
    assert "`trainable() → dict[str, nn.Parameter]`" in page
    assert "| `known` |" in page and "| `excludes` |" in page
    # The learner inherits it from another class of cltool.
    assert "`losses() → Tensor`" in page
    # What Avalanche's template has is not repeated.
    assert "`make_train_dataloader" not in page and "`forward(" not in page
