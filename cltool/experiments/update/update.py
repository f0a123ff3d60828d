"""Updates a model: screen, teach, gate, and publish or refuse."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from glob import escape
from pathlib import Path
from typing import Any

from cltool.core.errors import Diverged, UserError
from cltool.core.files import remove
from cltool.core.locks import Lock, file_lock
from cltool.core.progress import QUIET, Progress
from cltool.core.settings import field_names, merge
from cltool.core.swap import recover
from cltool.experiments import resolve
from cltool.experiments.update.choose import others
from cltool.experiments.update.facts_file import PROTECTED
from cltool.experiments.update.folder import is_updated
from cltool.experiments.update.gate import Gate, judge, requirements
from cltool.experiments.update.look import Look, look
from cltool.experiments.update.measure import Audit, measure
from cltool.experiments.update.plan import Plan, plan
from cltool.experiments.update.publish import publish
from cltool.experiments.update.request import AUTO, Request
from cltool.experiments.update.teach import Made, Way, refuse_unshippable, teach
from cltool.strategies import STRATEGIES

CAPACITY = 10_000
"""Most facts that a strategy stores to rehearse them, unless its own setting says otherwise."""


@dataclass(frozen=True)
class Attempt:
    """One way that was tried.

    Attributes:
        way: the way.
        gate: the result; None if the training diverged.
        failed: why there is no result; empty if there is one.
        doubts: what readers of the result must know.
    """

    way: Way
    gate: Gate | None
    failed: str = ""
    doubts: Sequence[str] = ()

    def as_json(self) -> dict[str, Any]:
        """Return plain JSON values."""
        return {
            "strategy": self.way.strategy,
            "settings": dict(self.way.settings),
            "failed": self.failed,
            "doubts": [*self.doubts],
            **({} if self.gate is None else self.gate.as_json()),
        }


@dataclass(frozen=True)
class Outcome:
    """What became of an update.

    Attributes:
        seen: what the screen found.
        plan: how the update was to be applied.
        folder: the folder of the updated model; None if nothing was written.
        record: the record of the new version; empty without one.
        attempts: the ways that were tried.
        nothing: whether there was nothing to teach and nothing to erase.
    """

    seen: Look
    plan: Plan
    folder: Path | None = None
    record: dict[str, Any] = field(default_factory=dict)
    attempts: Sequence[Attempt] = ()
    nothing: bool = False

    @property
    def shipped(self) -> bool:
        """Whether the model may be used from here on: it was updated, or knew everything."""
        return self.folder is not None or self.nothing

    @property
    def gate(self) -> Gate | None:
        """The gate of the way that was shipped, or of the first one that was refused."""
        gates = [one.gate for one in self.attempts if one.gate is not None]
        if not gates:
            return None
        return gates[-1] if self.folder is not None else gates[0]

    def as_json(self) -> dict[str, Any]:
        """Return plain JSON values."""
        return {
            "shipped": self.shipped,
            "folder": None if self.folder is None else str(self.folder),
            "version": self.record.get("version"),
            "strategy": self.plan.choice.strategy,
            "why": self.plan.choice.why,
            "taken": [*self.seen.taken],
            "screen": self.seen.screen.as_json(),
            "attempts": [one.as_json() for one in self.attempts],
            "warnings": [*self.seen.warnings],
        }


Judged = Callable[[Made, Gate], None]
"""Is told of each model that was made, and what the gate says of it."""


@dataclass(frozen=True)
class Hooks:
    """What is done with an updated model before it is shipped or refused.

    Attributes:
        audit: attacks the erased facts; without it, they are only asked.
        judged: is told what the gate says.
    """

    audit: Audit | None = None
    judged: Judged | None = None


def update(request: Request, hooks: Hooks | None = None, progress: Progress = QUIET) -> Outcome:
    """Update a model, and write it only if it meets all requirements.

    Args:
        request: what is asked for.
        hooks: what is done with the updated model before.
        progress: receives the progress.

    Raises:
        UserError: a file, a setting or a folder is wrong, or facts contradict each other.
    """
    bounds = requirements(request.require)
    if request.strategy != AUTO:
        refuse_unshippable(request.strategy)
    place = place_of(request)
    with held(place) as lock:
        _refuse_taken(place, request)
        seen = look(request, progress.part(0, 4, "screen"))
        seen.screen.refuse_contradictions()
        chosen = plan(request, seen)
        if not seen.screen.to_teach and not seen.lists.erase:
            return Outcome(seen, chosen, nothing=True)
        _refuse_without_base(seen)
        with workplace(place) as work:
            places = place, work, lock
            return _try_all(request, seen, chosen, bounds, hooks or Hooks(), places, progress)


def _try_all(
    request: Request,
    seen: Look,
    chosen: Plan,
    bounds: Sequence[Any],
    hooks: Hooks,
    places: tuple[Path, Path, Lock],
    progress: Progress,
) -> Outcome:
    place, work, lock = places
    attempts: list[Attempt] = []
    for number, way in enumerate(ways(request, seen, chosen)):
        part = progress.part(1 + min(number, 2), 4, way.strategy)
        new, base = work / f"new-{number}", work / f"base-{number}"
        try:
            made = teach(seen, way, request.seed, new, base, lock, part)
        except Diverged as error:
            attempts.append(Attempt(way, None, error.what))
            remove(new)
            continue
        gate = judge(bounds, measure(seen, made, hooks.audit), made.texts)
        if hooks.judged is not None:
            hooks.judged(made, gate)
        attempts.append(Attempt(way, gate, "", made.run.record["warnings"]))
        if gate.ships(request.accept_undecided):
            record = publish(request, seen, made, gate, place)
            return Outcome(seen, chosen, place, record, attempts)
        remove(new)
    return Outcome(seen, chosen, None, {}, attempts)


def ways(request: Request, seen: Look, chosen: Plan) -> Iterator[Way]:
    """Yield the ways that are tried, one after the other, until one is shipped."""
    strategy = chosen.choice.strategy
    refuse_unshippable(strategy)
    yield Way(strategy, _settings(request, strategy, {}), chosen.goes_on, chosen.choice.why)
    tried = 0
    for name, settings in others(strategy):
        if tried == request.retry:
            return
        if name != strategy and (seen.lists.erase or not _possible(name, seen)):
            continue
        tried += 1
        goes_on = chosen.goes_on and name == strategy
        why = "another strategy" if name != strategy else "the same with a smaller effect"
        yield Way(name, _settings(request, name, settings), goes_on, why)


def _possible(strategy: str, seen: Look) -> bool:
    return strategy != "patcher" or seen.plain


def _settings(request: Request, strategy: str, more: dict[str, Any]) -> dict[str, Any]:
    plain = [strategy, *(name for name, _ in others(strategy))]
    return merge(
        _rehearsed(strategy), resolve.tables_for(merge(request.settings, more), strategy, plain)
    )


def _rehearsed(strategy: str) -> dict[str, Any]:
    """Return settings with which strategies keep all facts that they may rehearse."""
    kinds = {name: STRATEGIES.load(name) for name in resolve.strategy_names(strategy)}
    sized = [name for name, kind in kinds.items() if "capacity" in field_names(kind.Config)]
    return {"strategy": {name: {"capacity": CAPACITY} for name in sized}} if sized else {}


def place_of(request: Request) -> Path:
    """Return the folder of the updated model.

    Raises:
        UserError: none is given, and the model is not in a folder of this kind.
    """
    if request.out is not None:
        return Path(os.path.realpath(request.out))
    folder = Path(request.model).expanduser()
    if is_updated(folder):
        return Path(os.path.realpath(folder))
    raise UserError(
        "no folder is named for the updated model",
        where="--out",
        hint="Name one: --out updated. MODEL itself is not changed.",
    )


@contextmanager
def held(place: Path) -> Iterator[Lock]:
    """Keep other commands out of the folder, and end what an interrupted one began."""
    place.parent.mkdir(parents=True, exist_ok=True)
    with file_lock(place.with_name(f".{place.name}.lock")) as lock:
        recover(place)
        for left in place.parent.glob(f".{escape(place.name)}.update.*.partial"):
            remove(left)
        yield lock


@contextmanager
def workplace(place: Path) -> Iterator[Path]:
    """Yield a hidden folder beside ``place``, which is removed afterwards."""
    work = place.with_name(f".{place.name}.update.{os.getpid()}.partial")
    work.mkdir()
    try:
        yield work
    finally:
        remove(work)


def _refuse_taken(place: Path, request: Request) -> None:
    """Refuse a folder that holds something else than the model that is updated."""
    if not place.exists() or (place.is_dir() and not any(place.iterdir())):
        return
    if is_updated(place):
        model = Path(request.model).expanduser()
        if model.is_dir() and os.path.realpath(model) == str(place):
            return
        raise UserError(
            "the folder holds an updated model",
            where=str(place),
            hint=f"To update it further, name it as MODEL: cltool update {place} FACTS. Or choose"
            " another folder with --out.",
        )
    raise UserError(
        "the folder is not empty, and holds no model that cltool update wrote",
        where=str(place),
        hint="Choose another folder with --out.",
    )


def _refuse_without_base(seen: Look) -> None:
    known = (*seen.screen.protected, *seen.screen.known, *seen.lists.erase)
    replaced = any(one.old for one in seen.screen.to_teach)
    if known or replaced or seen.start.taught.rows:
        return
    lost = len(seen.screen.unprotected)
    raise UserError(
        f"the model answers none of the {lost} facts to protect" if lost else
        "no fact is protected, so nothing would show what the model forgets",
        where="--protect",
        hint=f"Give facts that it answers ({PROTECTED}): cltool protect MODEL --from FILE finds"
        " them.",
    )  # fmt: skip
