"""Checkpoints of a run: the model's weights and the strategies' states after a step."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cltool.core import digests
from cltool.core.errors import UserError
from cltool.core.files import remove, whole_file, write_json
from cltool.evaluation import ledger
from cltool.lm.language_model import load_weights, save_weights
from cltool.runs.run import Run, file_name
from cltool.training.strategy import Strategies, split_state

if TYPE_CHECKING:
    from torch import nn

WEIGHTS = "model.safetensors"
"""The file of the model's weights in a checkpoint."""


def folder(run: Path, step: int) -> Path:
    """Return the folder of the checkpoint after ``step`` in the run folder ``run``."""
    return run / "checkpoints" / f"step-{step:03d}"


def save(run: Path, step: int, model: nn.Module, strategies: Strategies) -> None:
    """Write the checkpoint after ``step`` atomically, as safetensors and JSON files."""
    from safetensors.torch import save_file

    place = folder(run, step)
    partial = place.with_name(f".{place.name}.partial")
    remove(partial)
    partial.mkdir(parents=True)
    save_weights(model, partial / WEIGHTS, trainable_only=_is_adapter(model))
    for name, state in strategies.states().items():
        tensors, values = split_state(state)
        write_json(partial / f"{file_name(name)}.json", values)
        if tensors:
            with whole_file(partial / f"{file_name(name)}.safetensors") as file:
                save_file(tensors, file)
    digests.write_digests(partial, Run(run).owner(step))
    _discard(place)
    if not place.is_dir():
        partial.rename(place)
        return
    # Files of others are in the way. The weights come last: without them it is no checkpoint.
    for file in sorted(partial.iterdir(), key=lambda file: file.name == WEIGHTS):
        file.rename(place / file.name)
    partial.rmdir()


def give_parts(model: nn.Module) -> None:
    """Give this process's parts of sharded weights to process 0, which calls `save`."""
    from cltool.lm.sharding import is_sharded, saved_tensors

    if is_sharded(model):
        for _ in saved_tensors(model, _is_adapter(model)):
            pass


def load(
    run: Path, step: int, model: nn.Module, strategies: Strategies, *, checked: bool = False
) -> None:
    """Load the weights and the strategies' states after ``step``.

    Args:
        run: the run folder.
        step: a step that has a checkpoint.
        model: receives the weights.
        strategies: receive their states.
        checked: the files were compared with their digests already, as `last` does.

    Raises:
        UserError: the checkpoint is damaged, or does not fit the model.
    """
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    place = folder(run, step)
    if not checked and (found := damage(Run(run), step)):
        raise UserError(
            f"the checkpoint is damaged: {'; '.join(found)}",
            where=str(place),
            hint=way_on(run, step),
        )
    try:
        load_weights(model, place / WEIGHTS)
    except UserError as error:
        raise UserError(error.what, where=error.where, hint=way_on(run, step)) from error
    states: dict[str, dict[str, Any]] = {}
    for name in strategies.parts:
        file = place / f"{file_name(name)}.json"
        try:
            states[name] = json.loads(file.read_text(encoding="utf-8"))
        except (OSError, ValueError, RecursionError) as error:
            raise UserError(
                f"the checkpoint's state of {name} cannot be read: {error}",
                where=str(place),
                hint=way_on(run, step),
            ) from error
        tensors = file.with_suffix(".safetensors")
        if tensors.is_file():
            # Loaded tensors may be unaligned in memory, so that matrix products round differently.
            try:
                loaded = load_file(tensors)
                states[name] |= {key: tensor.clone() for key, tensor in loaded.items()}
            except (SafetensorError, OSError, TypeError) as error:
                raise UserError(
                    f"the checkpoint's state of {name} cannot be read: {error}",
                    where=str(tensors),
                    hint=way_on(run, step),
                ) from error
    strategies.load_states(states)


def damage(run: Run, step: int) -> list[str]:
    """Return what is wrong with the checkpoint after ``step``, one sentence part for each file."""
    return digests.damage(folder(run.folder, step), run.owner(step))


def last(run: Path, before: int) -> int:
    """Return the latest step before step ``before`` that has an undamaged checkpoint, or -1."""
    opened = Run(run)
    for step in reversed(steps(run)):
        if step < before and not damage(opened, step):
            return step
    return -1


def way_on(run: Path, step: int) -> str:
    """Return what users can do about a damaged or missing checkpoint after ``step``.

    Finished steps are never lost: the run goes on from an earlier checkpoint or from the base.
    """
    record = Run(run).record
    if step < len(record["labels"]) - 1 and record.get("status") == "finished":
        return (
            "Choose another step that has a checkpoint, or make all of them in another folder:"
            " run with --keep-checkpoints and --out."
        )
    earlier = last(run, step)
    begin = f"step {earlier}" if earlier >= 0 else "the base model"
    again = " with --save-model DIR" if record.get("status") == "finished" else ""
    return (
        f"Delete the folder {folder(run, step)} if it is there, and give the command of the run"
        f" again{again}: it goes on from {begin}, and makes this checkpoint again."
    )


def damaged(run: Path, begin: int, end: int) -> list[str]:
    """Return a sentence about each damaged checkpoint of the steps ``begin`` to ``end`` - 1.

    It is also about that of step ``end`` - 1 if it is missing. If the answers after step ``end``
    were lost, it is about them, because only the checkpoint of the last step is kept.
    """
    opened = Run(run)
    found = {
        step: f"was damaged ({'; '.join(broken)})"
        for step in steps(run)
        if begin <= step < end and (broken := damage(opened, step))
    }
    went_on = f"from step {begin - 1}." if begin else "from the base model."
    lost = []
    if len(opened.cost_rows()) > end:
        file = ledger.step_file(run, end)
        lost = [f"{file.relative_to(run)} is missing, so the run went on {went_on}"]
    elif begin < end and end - 1 not in steps(run):
        found[end - 1] = "is missing"
    return [
        *lost,
        *(
            f"The checkpoint after step {step} {what}, so the run went on {went_on}"
            for step, what in found.items()
        ),
    ]


def keep_only(run: Path, step: int, others: Collection[int] = ()) -> None:
    """Remove the checkpoints of all steps except ``step`` and ``others``."""
    _remove(run, {*_numbers(run)} - {step, *others})


def steps(run: Path) -> list[int]:
    """Return the steps that have a checkpoint in the run folder ``run``."""
    return [step for step in _numbers(run) if (folder(run, step) / WEIGHTS).is_file()]


def files(run: Path) -> list[Path]:
    """Return the files of all checkpoints in the run folder ``run``."""
    places = [folder(run, step) for step in _numbers(run)]
    return [file for place in places if place.is_dir() for file in _files(place)]


def digest(run: Path, step: int) -> str:
    """Return a hash of all files of the checkpoint after ``step``."""
    hasher = hashlib.sha256()
    for file in sorted(folder(run, step).iterdir()):
        hasher.update(file.name.encode())
        with file.open("rb") as handle:
            hasher.update(hashlib.file_digest(handle, "sha256").digest())
    return hasher.hexdigest()


def weights_changed(run: Path, step: int) -> bool:
    """Return whether the weights after ``step`` differ from those before; False if not known."""
    pair = [digests.written(folder(run, one), WEIGHTS) for one in (step - 1, step)]
    return None not in pair and pair[0] != pair[1]


def drop_before(run: Path, step: int) -> None:
    """Remove the checkpoints of all steps before ``step``."""
    _remove(run, {earlier for earlier in _numbers(run) if earlier < step})


def clear(run: Path) -> None:
    """Remove all checkpoints; files that `save` did not write stay, and the folders with them."""
    _remove(run, _numbers(run))


def _numbers(run: Path) -> list[int]:
    """Return the steps that have a folder, whether a whole checkpoint is in it or not."""
    names = (place.name.partition("-")[2] for place in (run / "checkpoints").glob("step-*"))
    return sorted(int(name) for name in names if name.isdecimal())


def _files(place: Path) -> list[Path]:
    """Return the files of a checkpoint: those that its digests name.

    Without digests, they are those that are named like them.
    """
    known = digests.names(place)
    return [
        file
        for file in place.iterdir()
        if (known is None and file.suffix in (".json", ".safetensors"))
        or file.name in {WEIGHTS, *(known or ())}
    ]


def _remove(run: Path, unwanted: Collection[int]) -> None:
    for step in unwanted:
        _discard(folder(run, step))


def _discard(place: Path) -> None:
    """Remove what `save` wrote into ``place``; a part of a checkpoint is never left under its name.

    Files of others stay.
    """
    if place.is_symlink() or not place.is_dir():
        place.unlink(missing_ok=True)
        return
    # A checkpoint without its weights is none. The digests name what is still to be removed.
    last = {WEIGHTS: 0, digests.FILE: 2}
    for file in sorted(_files(place), key=lambda file: last.get(file.name, 1)):
        if not file.is_dir():
            file.unlink()
    with suppress(OSError):
        place.rmdir()


def _is_adapter(model: nn.Module) -> bool:
    # After merging, other attributes of the PEFT wrapper may remain on the model, but not this.
    return hasattr(model, "get_base_model")
