"""Applies an update in a folder of its own, and writes the ledger and the model there."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cltool.core.errors import UserError
from cltool.core.files import give_default_modes
from cltool.core.locks import Lock
from cltool.core.progress import Progress
from cltool.core.settings import merge
from cltool.experiments import resolve
from cltool.experiments.build_learner import build_watched
from cltool.experiments.general import Watch
from cltool.experiments.heartbeat import Heartbeat
from cltool.experiments.manifest import identity, manifest
from cltool.experiments.steps import Steps
from cltool.experiments.update.choose import LORA, PRETRAINED
from cltool.experiments.update.facts_file import KNOWN, PROTECTED, ROLE, Taught, row_key
from cltool.experiments.update.folder import INSIDE, RUN
from cltool.experiments.update.history import History
from cltool.experiments.update.look import Look
from cltool.experiments.update.screen import Lists
from cltool.experiments.update.text_losses import TextLosses, text_losses
from cltool.facts.facts import Key
from cltool.runs.record import ID
from cltool.runs.run import Run
from cltool.strategies import STRATEGIES

if TYPE_CHECKING:
    from cltool.training.learner import Learner

PRETRAINED_BATCH = 8
"""Sentences in a training step of a pretrained model, unless ``learner.batch_size`` is set."""


@dataclass(frozen=True)
class Way:
    """A way to apply an update.

    Attributes:
        strategy: the strategy, or several composed.
        settings: the tables of settings.
        goes_on: whether it goes on from the strategy's state after the last update.
        why: why it was chosen.
    """

    strategy: str
    settings: Mapping[str, Any]
    goes_on: bool
    why: str


@dataclass(frozen=True)
class Made:
    """An updated model that is not published yet.

    Attributes:
        folder: its folder.
        way: how it was made.
        run: its ledger.
        taught: all that it was taught.
        step: the step of the update in the ledger.
        texts: the losses of the general text, after the update and before the first one.
        base: the model that the ledger begins with: its name.
        chat: whether it is asked through its chat template.
        source: the model that the folder's history begins with, if it has a name or a place.
        built: whether cltool built the model that it goes back to.
    """

    folder: Path
    way: Way
    run: Run
    taught: Taught
    step: int
    texts: TextLosses
    base: str
    chat: bool
    source: str
    built: bool


def refuse_unshippable(strategy: str) -> None:
    """Refuse a strategy whose knowledge would not be in the files of the model.

    Raises:
        UserError: it keeps knowledge outside of the weights and cannot write it there.
    """
    from cltool.training.strategy import Strategy

    for name in resolve.strategy_names(strategy):
        kind = STRATEGIES.load(name)
        if kind.outside and kind.fold is Strategy.fold:
            raise UserError(
                f"{name} keeps {kind.outside} outside of the weights, so the model in a folder"
                " would lack what it was taught",
                where="--strategy",
                hint="Use patcher, lora, replay or another strategy that changes the model.",
            )


def teach(
    seen: Look, way: Way, seed: int, folder: Path, base: Path, lock: Lock, progress: Progress
) -> Made:
    """Apply the update, ask the model about all facts, and write it into ``folder``.

    Args:
        seen: what the screen found.
        way: how to apply it.
        seed: seed of the training.
        folder: receives the model; it does not exist.
        base: where the model that the ledger begins with may be written.
        lock: the lock of the updated model's folder.
        progress: receives the progress.

    Raises:
        UserError: a setting is wrong.
        Diverged: the training does not give finite numbers.
    """
    inside = folder / INSIDE
    inside.mkdir(parents=True)
    name, begin = _base(seen, way, base)
    taught = _lists(seen).as_taught(begin)
    stream = taught.stream(inside)
    fixed = {"model": {"name": name, "chat": "on" if seen.chat else "off"}}
    pretrained = seen.speed.parameters >= PRETRAINED
    own = {"learner": {"batch_size": PRETRAINED_BATCH}} if pretrained else {}
    settings = resolve.resolve(way.strategy, merge(own, way.settings, fixed))
    learner, drift = build_watched(stream, settings, seed, progress=progress)
    done = _done(seen, way, inside / RUN)
    run = Run(inside / RUN)
    requested = identity(stream, way.strategy, seed, settings)
    _write_record(run, seen, way, manifest(requested, settings, learner), done)
    losses = text_losses(learner.lm, settings.paragraphs)
    watch = None if drift is None else Watch(drift, run, learner)
    labels = [update.label for update in stream]
    with Heartbeat(run.folder, (way.strategy, seed), labels, lock) as beat:
        steps = Steps(learner, run, done, settings.probe, progress, lock, watch, beat)
        for step in range(done, len(stream)):
            steps.execute(step, frozenset())
        steps.warn()
    after = text_losses(learner.lm, settings.paragraphs)
    _export(learner, way, folder, adapts(seen, way, learner.lm.source))
    run.change_record(status="finished")
    return Made(
        folder, way, Run(run.folder), taught, len(stream) - 1, losses.paired(after), name,
        seen.chat, adapts(seen, way, learner.lm.source), learner.lm.built,
    )  # fmt: skip


def _lists(seen: Look) -> Lists:
    """Return what is taught, protected and erased after the screen."""
    right = {one.key for one in seen.screen.protected}
    protect = [one for one in seen.lists.protect if one.key in right]
    return Lists(seen.screen.to_teach, [*protect, *seen.screen.known], seen.lists.erase)


def _base(seen: Look, way: Way, place: Path) -> tuple[str, Taught]:
    """Return the name of the model that the ledger begins with, and what it was taught before."""
    start = seen.start
    if start.folder is None:
        return start.model, seen.taught
    if not way.goes_on:
        return str(start.folder), as_known(seen.taught)
    version = int(start.record["base"]["version"])
    history = History(start.folder)
    history.store.get_tree(history.version(version).model, place)
    return str(place), seen.taught


def as_known(taught: Taught) -> Taught:
    """Return what was taught so far as facts that a model knows before its first update."""
    valid: dict[Any, dict[str, Any]] = {}
    for row in taught.rows:
        key = row_key(row)
        if row.get("forget"):
            valid.pop(key, None)
        else:
            valid[key] = {**row, "update": 0, ROLE: row.get(ROLE, KNOWN)}
    return replace(taught, rows=[*valid.values()])


def _done(seen: Look, way: Way, folder: Path) -> int:
    """Copy the ledger and the strategy's state so far, and return the number of its steps."""
    start = seen.start
    if start.folder is None or not way.goes_on:
        return 0
    shutil.copytree(start.folder / INSIDE / RUN, folder)
    run, history = Run(folder), History(start.folder)
    last = int(start.record["step"])
    from cltool.experiments import checkpoints

    history.store.get_tree(history.version(start.version).state, checkpoints.folder(folder, last))
    return len(run.cost_rows())


def _write_record(run: Run, seen: Look, way: Way, record: dict[str, Any], done: int) -> None:
    """Write ``run.json``; the model has the name that the user gave it, wherever it was loaded."""
    name = seen.start.record.get("base", {}).get("name", seen.start.model)
    record["model"] = name if way.goes_on else seen.start.model
    for part in ("requested", "settings"):
        record[part]["model"]["name"] = record["model"]
    if done:
        # The digests of the files that are there are of this id.
        record[ID] = run.id
        record["warnings"] = list(dict.fromkeys([*run.record["warnings"], *record["warnings"]]))
    run.folder.mkdir(parents=True, exist_ok=True)
    run.write_record(record)


def adapts(seen: Look, way: Way, source: str) -> str:
    """Return the model that an adapter would name as its base; empty if there is none to name.

    The folder of an updated model is none: it changes with the next update.
    """
    if seen.start.folder is None:
        place = Path(source).expanduser()
        return str(place.resolve()) if place.exists() else source
    return str(seen.start.record["base"].get("source", "")) if way.goes_on else ""


def _export(learner: Learner, way: Way, folder: Path, base: str) -> None:
    """Write into ``folder`` the adapter of `lora` if its base has a name, or else all weights.

    Raises:
        UserError: knowledge stays outside of the weights.
    """
    from cltool.lm.language_model import save_checkpoint

    lacking = learner.strategies.fold(learner)
    if lacking:
        raise UserError(
            f"the model cannot be written with what it was taught: {', '.join(lacking.values())}"
            f" {'is' if len(lacking) == 1 else 'are'} kept outside of the weights",
            where="--strategy",
            hint="Use another strategy, such as replay or lora.",
        )
    if way.strategy == LORA and base and hasattr(learner.model, "get_base_model"):
        _save_adapter(learner, folder, base)
        return
    part = folder / INSIDE / "export"
    save_checkpoint(learner.lm, part)
    for file in sorted(part.iterdir()):
        file.rename(folder / file.name)
    part.rmdir()


def _save_adapter(learner: Learner, folder: Path, base: str) -> None:
    """Write the adapter as PEFT does, with the tokenizer of its base."""
    model: Any = learner.model
    for settings in model.peft_config.values():
        settings.base_model_name_or_path = base
    model.save_pretrained(folder)
    learner.lm.coder.tokenizer.save_pretrained(folder)
    if learner.lm.companions.files:
        learner.lm.companions.write(folder, learner.lm.coder.eos)
    give_default_modes(folder)


def kept(taught: Taught) -> list[Key]:
    """Return the keys that are protected, in the order of the file of facts."""
    roles = (PROTECTED, KNOWN)
    return [row_key(row) for row in taught.rows if row.get(ROLE) in roles]
