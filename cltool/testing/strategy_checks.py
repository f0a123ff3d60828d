"""The checks of strategies: complete, killed and resumed runs, and checks after every call."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import torch
from torch import nn

from cltool.core.progress import Progress
from cltool.core.settings import LearnerSettings
from cltool.experiments import run as experiment
from cltool.facts.facts import Fact, Update
from cltool.lm.token_count import passing
from cltool.testing.independence import (
    check_global_random,
    check_micro_batches,
    global_random_state,
)
from cltool.testing.material import (
    NAME,
    registered,
    small_learner,
    small_settings,
    small_stream,
)
from cltool.testing.suite import Suite
from cltool.training.strategy import State, Strategy, StrategyConfig, split_state


def check(
    cls: type[Strategy], config: StrategyConfig | None, with_: str = "", quick: bool = False
) -> None:
    """See `cltool.testing.check_strategy`."""
    suite = Suite(cls)
    suite.base_class(Strategy)
    settings: StrategyConfig = suite.config(StrategyConfig, config)
    suite.constructor(settings, {*vars(Strategy(settings))})
    with suite.during("reading its presets as learner settings"):
        LearnerSettings.model_validate(dict(cls.presets))
    with registered(cls), _one_thread(), tempfile.TemporaryDirectory() as scratch:
        own = settings.model_dump(mode="json", by_alias=True)
        tables = {**small_settings(cls), "strategy": {NAME: own}}
        strategy = f"{NAME}+{with_}" if with_ else NAME
        step_by_step = _StepByStep(suite, strategy, tables)
        before = global_random_state()
        step_by_step.check()
        drew = global_random_state() != before
        _check_walks(suite, strategy, tables, Path(scratch))
        if drew or not quick:
            check_global_random(suite, strategy, tables)
        if not quick:
            check_micro_batches(suite, strategy, tables)


@contextmanager
def _one_thread() -> Iterator[None]:
    """Use one thread inside the context: more are slower on such a small model."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(threads)


class _Killed(BaseException):
    """Raised in place of killing the process."""


def _kill_after_half(task: str, done: int, of: int, what: str) -> None:
    if 2 * done >= of:
        raise _Killed


def _check_walks(suite: Suite, strategy: str, tables: Mapping[str, Any], scratch: Path) -> None:
    """Check that a run that is killed half-way and resumed ends like a complete run."""

    def walk(name: str, **options: Any) -> dict[str, str]:
        with suite.during("the experiment"):
            experiment.run(
                small_stream(),
                strategy=strategy,
                settings=tables,
                out=scratch / name,
                keep_checkpoints=True,
                **options,
            )
        return _files(scratch / name)

    whole = walk("whole")
    with suppress(_Killed):
        walk("killed", progress=Progress(_kill_after_half))
    before = _files(scratch / "killed")
    hint = "Draw from learner.generator(purpose), or inside `with learner.seeded(purpose):`."
    differing = "two runs of one seed differ"
    suite.same(before, {name: whole.get(name, "") for name in before}, differing, hint)
    resumed = walk("killed")
    if resumed != whole:
        suite.same(whole, walk("again"), differing, hint)
    hint = "Return all that later updates need from state_dict(); restore it in load_state_dict()."
    what = "a run resumed from state_dict() differs from a run that was not interrupted"
    suite.same(whole, resumed, what, hint)


def _files(folder: Path) -> dict[str, str]:
    """Return the hashes of a run's answers and checkpoints, by name, in the order of steps."""
    found = [*folder.glob("answers/step-*"), *folder.glob("checkpoints/step-*/*")]
    names = {path.relative_to(folder).as_posix(): path for path in sorted(found)}
    return {name: hashlib.sha256(path.read_bytes()).hexdigest() for name, path in names.items()}


class _StepByStep:
    """A walk through the stream that checks the strategy after every call."""

    def __init__(self, suite: Suite, strategy: str, tables: Mapping[str, Any]) -> None:
        self.suite = suite
        with suite.during(f"composing {strategy}"):
            self.learner = small_learner(strategy, tables)
        self.strategies = self.learner.strategies
        self.forgotten: dict[str, list[list[int]]] = {}
        self.hooks = 0

    def check(self) -> None:
        """Attach the strategy, apply every update, then an empty one."""
        self.learner.known.apply(small_stream().updates[0])
        with self._counting("attach()"), self.suite.during("attach()"):
            self.strategies.attach(self.learner)
        self.hooks = _hooks(self.learner.model)
        self._check_all("attach()")
        empty = Update(len(small_stream()), "empty", ())
        for update in (*small_stream().updates[1:], empty):
            name = f"update {update.step}" if update is not empty else "an empty update"
            with self._counting(name):
                self._apply(update, name)
        self._check_folded()

    @contextmanager
    def _counting(self, name: str) -> Iterator[None]:
        """Check that the tokens which pass through a model inside are those that are counted."""
        before = self.learner.tokens
        with passing(self.learner.lm.coder) as passed:
            yield
        counted = self.learner.tokens - before
        self.suite.expect(
            passed.tokens <= counted <= passed.tokens + passed.written,
            f"{passed.tokens} tokens pass through the model in {name}, but {counted} are counted",
            "Run the model with learner.score(batch), which counts, or call learner.spend(tokens)"
            " with the number of tokens that the model, or a copy of it, reads and writes.",
        )

    def _apply(self, update: Update, name: str) -> None:
        learner = self.learner
        superseded = learner.known.superseded_by(update)
        learner.known.apply(update)
        with self.suite.during(f"forget(), before {name},"):
            self.strategies.forget(superseded)
            self.strategies.forget([Fact("Nowhere", "mayor", "Never Known")])
        for fact in superseded:
            ids = learner.lm.coder.pairs([("x", f" {fact.object}")])[0]
            self.forgotten[fact.object] = [
                list(ids.ids[ids.start : -1]),
                list(fact.object.encode()),
            ]
        self._check_forgotten("forget()")
        with self.suite.during(f"begin_update() of {name}"):
            self.strategies.begin_update(learner, update)
        self._check_all("begin_update()")
        self._purge(superseded, update, name)
        beliefs = [*learner.known.beliefs()]
        with self.suite.during(name):
            self.strategies.update(learner, update)
            self.strategies.erase(learner, update)
        self.suite.expect(
            beliefs == [*learner.known.beliefs()],
            f"{name} changes learner.known",
            "Do not change learner.known: the experiment maintains it.",
        )
        self._check_all(name)

    def _purge(self, superseded: Sequence[Fact], update: Update, name: str) -> None:
        asked = {fact.key for fact in update.forget}
        with self.suite.during(f"purge(), before {name},"):
            erased = [fact for fact in superseded if fact.key in asked]
            purged = self.strategies.purge(self.learner, erased) if erased else {}
        for stores in purged.values():
            self.suite.expect(
                all(isinstance(text, str) for pair in stores.items() for text in pair),
                f"purge() before {name} returns {stores!r}",
                "Return a mapping from store to what was done there, both as text.",
            )
        self._check_all("purge()")

    def _check_all(self, after: str) -> None:
        """Check what must hold after every call."""
        model = self.learner.model
        expect = self.suite.expect
        expect(
            self.learner.lm.model is model,
            f"after {after}, learner.lm.model is not learner.model",
            "Use learner.replace_model(model).",
        )
        expect(
            not any(module.training for module in model.modules()),
            f"{after} leaves the model in training mode",
            "Call learner.model.eval() when done.",
        )
        expect(
            all(parameter.grad is None for parameter in model.parameters()),
            f"{after} leaves gradients behind",
            "Use torch.autograd.grad, or zero_grad(set_to_none=True) when done.",
        )
        expect(
            _hooks(model) == self.hooks,
            f"{after} changes the hooks on the model that attach() left",
            "Call remove() on what register_…_hook returned, in a finally block.",
        )
        expect(
            all(bool(torch.isfinite(parameter).all()) for parameter in model.parameters()),
            f"after {after}, weights are not finite",
            "Look for a division by zero, or a step that is too large.",
        )
        self._check_state(after)
        self._check_forgotten(after)
        self._check_frame(after)

    def _check_state(self, after: str) -> None:
        for method, called in self._states():
            name = f"{called} after {after}"
            with self.suite.during(name):
                state, again = method(), method()
                (tensors, values), (more, others) = split_state(state), split_state(again)
            plain = {key: value for key, value in state.items() if key not in tensors}
            hint = "Keep tensors at the top level of the state; the rest must be JSON values."
            self.suite.expect(_plain(plain), f"{name} is not plain JSON beside tensors", hint)
            same = tensors.keys() == more.keys() and values == others
            self.suite.expect(
                same and all(torch.equal(tensor, more[key]) for key, tensor in tensors.items()),
                f"{name} returns two different states when called twice",
                "Return the state without changing it, and without NaN (NaN != NaN).",
            )
        size = self.strategies.stored_bytes()
        self.suite.expect(
            isinstance(size, int) and size >= 0, f"stored_bytes is {size!r}", "Fix stored()."
        )

    def _states(self) -> Iterator[tuple[Callable[[], State], str]]:
        """Iterate over the methods that return a state, with their names for messages."""
        for name, part in self.strategies.parts.items():
            whose = "" if name == NAME else f"{name}."
            for method in (part.state_dict, part.stored):
                yield method, f"{whose}{method.__name__}()"

    def _check_forgotten(self, after: str) -> None:
        """Check that no state contains the object of a fact that was superseded or erased."""
        for method, called in self._states():
            with self.suite.during(f"{called} after {after}"):
                texts, numbers = _contents(method())
            for item, codes in self.forgotten.items():
                runs = [" ".join(["", *map(str, code), ""]) for code in codes]
                held = any(item.casefold() in text.casefold() for text in texts)
                self.suite.expect(
                    not held and not any(run in row for row in numbers for run in runs),
                    f"{called} still contains the object {item!r} after {after}, "
                    "though its fact was superseded or erased",
                    "Remove everything that was derived from these facts in forget(facts).",
                )

    def _check_folded(self) -> None:
        """Check that the model answers as before when it has been made ready to be saved."""
        before = self._logits()
        with self.suite.during("fold()"):
            self.strategies.fold(self.learner)
        after = self._logits()
        self.suite.expect(
            torch.allclose(before, after, rtol=1e-2, atol=1e-2),
            "fold() changes what the model answers",
            "Write into the weights exactly what the strategy adds to the model's answers, and"
            " add it no longer.",
        )

    @torch.no_grad()
    def _logits(self) -> torch.Tensor:
        learner = self.learner
        examples = learner.examples(small_stream().updates[0].learn)
        return learner.score(learner.collate(examples)).logits

    def _check_frame(self, after: str) -> None:
        lm = self.learner.lm
        for key in small_stream().first_taught():
            prompt = small_stream().wordings.askings(key)[0].prompt
            with self.suite.during(f"frame({prompt!r}) after {after}"):
                framed = self.strategies.frame(prompt)
            self.suite.expect(
                isinstance(framed, str),
                f"frame() returns {type(framed).__name__} after {after}",
                "Return the text that the model should continue.",
            )
            size = len(lm.coder.prompts([framed])[0])
            self.suite.expect(
                size < lm.context,
                f"frame() makes a prompt of {size} tokens; the model's context has {lm.context}",
                "Put fewer facts into the prompt, so that it fits: see learner.lm.context.",
            )
            shown = [item for item in self.forgotten if item.casefold() in framed.casefold()]
            self.suite.expect(
                not shown,
                f"frame() still shows the model {shown} after {after}",
                "Remove superseded and erased facts in forget(facts).",
            )
            self._check_given(prompt, framed, after)

    def _check_given(self, prompt: str, framed: str, after: str) -> None:
        """Check that the facts that are said to be before a prompt are there."""
        with self.suite.during(f"given({prompt!r}) after {after}"):
            given = self.strategies.given(prompt) or ()
        words = " ".join(framed.split())
        for fact in given:
            self.suite.expect(
                isinstance(fact, Fact),
                f"given() returns {type(fact).__name__} among the facts after {after}",
                "Return facts (cltool.Fact).",
            )
            self.suite.expect(
                " ".join(fact.object.split()) in words,
                f"given() returns a fact whose object {fact.object!r} is not in what frame()"
                f" returns after {after}",
                "Return the facts that frame() puts before the same prompt, and no others.",
            )


def _hooks(model: nn.Module) -> int:
    kinds = ("_forward_hooks", "_forward_pre_hooks", "_backward_hooks", "_backward_pre_hooks")
    on_modules = sum(len(getattr(module, k)) for module in model.modules() for k in kinds)
    return on_modules + sum(len(p._backward_hooks or ()) for p in model.parameters())


def _plain(value: object) -> bool:
    """Return whether ``value`` is the same after a JSON round trip (tuples may become lists)."""
    if isinstance(value, dict):
        return all(isinstance(key, str) and _plain(item) for key, item in value.items())
    if isinstance(value, list | tuple):
        return all(map(_plain, value))
    return value is None or isinstance(value, str | int | float)


def _contents(state: object) -> tuple[list[str], list[str]]:
    """Return all texts of a state, and all rows of whole numbers in it, as ``" 1 2 3 "``."""
    if isinstance(state, torch.Tensor):
        whole = not (state.is_floating_point() or state.is_complex())
        state = state.flatten().tolist() if whole else None
    if isinstance(state, str):
        return [state], []
    items = [*state, *state.values()] if isinstance(state, dict) else state
    if not isinstance(items, list | tuple):
        return [], []
    parts = [_contents(item) for item in items if not isinstance(item, int)]
    row = " ".join(["", *(str(item) for item in items if isinstance(item, int)), ""])
    texts = [text for found, _ in parts for text in found]
    return texts, [row, *(text for _, found in parts for text in found)]
