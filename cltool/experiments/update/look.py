"""Loads the model that is to be updated, asks it, and measures how fast this machine is with it."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from cltool.core.errors import UserError
from cltool.core.plurals import plural
from cltool.core.progress import QUIET, Progress
from cltool.core.samples import fixed_sample
from cltool.core.settings import merge
from cltool.experiments import resolve
from cltool.experiments.update.asked import Answered, answered, ask
from cltool.experiments.update.estimate import Speed, measure
from cltool.experiments.update.facts_file import Taught
from cltool.experiments.update.folder import Start, opened
from cltool.experiments.update.listed import FactList, Listed, read_facts
from cltool.experiments.update.request import ANY_SHAPE, Request
from cltool.experiments.update.screen import (
    Lists,
    Screen,
    Screened,
    before_asking,
    judged,
    of_keys,
    refuse_protected,
    refuse_unasked,
    resolved,
)
from cltool.facts.facts import Fact, Key
from cltool.facts.files.events import QUESTION_RELATION

if TYPE_CHECKING:
    from cltool.facts.stream import Stream

GENERAL = 60
"""General questions that are protected where the user protects nothing."""


@dataclass(frozen=True)
class Look:
    """What is known before anything is trained.

    Attributes:
        start: the model that the update starts from.
        taught: what the model was taught before, with the wordings of this update.
        lists: what the update is given.
        screen: what the model says of it today.
        speed: how fast this machine is with the model.
        plain: whether neurons can be added to its MLPs.
        chat: whether the model is asked through its chat template.
        asked: a sentence about how the model is asked, if there was a choice.
        taken: a sentence for each file that has rows of another shape than those of docs/facts.md.
        warnings: sentences about the files and the model.
    """

    start: Start
    taught: Taught
    lists: Lists
    screen: Screen
    speed: Speed
    plain: bool
    chat: bool
    asked: str
    taken: tuple[str, ...]
    warnings: tuple[str, ...]


def look(request: Request, progress: Progress = QUIET) -> Look:
    """Read the lists, and ask the model about all facts.

    Raises:
        UserError: a file or a setting is wrong, or the model cannot be loaded.
    """
    start = opened(request.model)
    facts, protect, forget = (
        read_facts(path, erase=erase, shape=shape) if path is not None else FactList()
        for path, erase, shape in (
            (request.facts, False, request.format),
            (request.protect, False, ANY_SHAPE),
            (request.forget, True, ANY_SHAPE),
        )
    )
    lists = Lists(facts.learn, protect.learn, [*facts.erase, *forget.erase])
    if not lists.learn and not lists.erase:
        raise UserError("there is nothing to teach or to erase", where="facts")
    if not lists.protect and not start.taught.rows:
        given = {one.key for one in (*lists.learn, *lists.erase)}
        general = [one for one in general_facts(request.settings) if one.key not in given]
        lists = replace(lists, protect=general)
    taught = start.taught.with_wordings(request.wordings)
    lists = resolved(lists, taught)
    refuse_protected(lists)
    early = {id(one.listed): one for one in before_asking(lists)}
    open_lists = replace(lists, learn=[one for one in lists.learn if id(one) not in early])
    warnings = (*facts.warnings, *protect.warnings, *forget.warnings)
    with _stream(open_lists.as_taught(taught)) as stream:
        seen = _asked(request, (start, taught), lists, early, stream, warnings, progress)
    taken = (one.taken for one in (facts, protect, forget) if one.taken)
    return replace(seen, taken=tuple(taken))


@contextmanager
def _stream(taught: Taught) -> Iterator[Stream]:
    with TemporaryDirectory(prefix="cltool-") as folder:
        yield taught.stream(Path(folder))


def asking_settings(tables: Mapping[str, Any], start: Start) -> resolve.Settings:
    """Return the settings with which the model is loaded and asked.

    Raises:
        UserError: a setting is wrong.
    """
    return settings_of(start.model, tables, start.record.get("chat"))


def settings_of(
    model: Path | str, tables: Mapping[str, Any], chat: bool | None
) -> resolve.Settings:
    """Return the settings with which a model is loaded and asked.

    Args:
        model: the name or the folder of the model.
        tables: tables of settings, of which those of the model and of asking count.
        chat: whether it is asked through its chat template; None: as the tables say.

    Raises:
        UserError: a setting is wrong.
    """
    fixed = {} if chat is None else {"chat": "on" if chat else "off"}
    merged = merge(tables, {"model": {"name": str(model), **fixed}})
    used = {name: table for name, table in merged.items() if name in ("model", "probe")}
    return resolve.resolve("frozen", used)


def asked_of(
    start: Start,
    taught: Taught,
    lists: Lists,
    tables: Mapping[str, Any],
    progress: Progress = QUIET,
) -> dict[Key, Answered]:
    """Ask a model about facts, as if they were the next update.

    Args:
        start: the model.
        taught: what it was taught, with the wordings.
        lists: the facts.
        tables: tables of settings.
        progress: receives the progress.

    Returns:
        Key -> how the fact was answered; facts that do not fit into the model are left out.

    Raises:
        UserError: the model cannot be loaded, or a setting is wrong.
    """
    from cltool.experiments.base_model import prepare

    if not taught.rows and not lists.protect:
        lists = replace(lists, protect=general_facts(tables))
    settings = asking_settings(tables, start)
    with _stream(lists.as_taught(taught)) as stream:
        lm, fitting = prepare(stream, settings, progress)
        return answered(ask(lm, fitting, settings.probe))


def _asked(
    request: Request,
    begin: tuple[Start, Taught],
    lists: Lists,
    early: Mapping[int, Screened],
    stream: Stream,
    warnings: tuple[str, ...],
    progress: Progress,
) -> Look:
    from cltool.experiments.base_model import prepare
    from cltool.lm.feed_forward import can_widen

    start, taught = begin
    settings = asking_settings(request.settings, start)
    lm, fitting = prepare(stream, settings, progress)
    progress(1, 3, "asking the model about all facts")
    begun = time.perf_counter()
    rows = ask(lm, fitting, settings.probe)
    seconds = time.perf_counter() - begun
    progress(2, 3, "measuring this machine")
    speed = measure(lm, fitting, len(rows), seconds)
    found = answered(rows)
    refuse_unasked(lists, found)
    facts = [
        early[id(one)]
        if id(one) in early
        else judged(one, found.get(one.key), _skipped(fitting, one.key))
        for one in lists.learn
    ]
    screen = _screen(lists, facts, start, rows, seconds)
    lost = [one for one in lists.protect if one.key not in found]
    if lost:
        does = "does" if len(lost) == 1 else "do"
        warnings = (*warnings, f"{plural(len(lost), 'fact')} to protect {does} not fit into the"
                    f" model and cannot be kept: {lost[0].place} is the first.")  # fmt: skip
    progress(3, 3, "screened")
    return Look(
        start, taught, lists, screen, speed, can_widen(lm.model), lm.coder.chat is not None,
        lm.asked, (), (*warnings, *lm.warnings),
    )  # fmt: skip


def _skipped(stream: Stream, key: Key) -> str:
    """Return why a fact of the last update was left out of a stream; empty if it was not."""
    place = f"{stream.origins.get((len(stream) - 1, key), '')}: "
    found = (one for one in stream.skipped if one.startswith(place))
    return next(found, "").removeprefix(place)


def general_facts(settings: Mapping[str, Any], most: int | None = GENERAL) -> list[Listed]:
    """Return general questions as facts to protect, where the user names none.

    Args:
        settings: tables of settings; ``general.file`` may name other questions.
        most: how many, a fixed random sample; None: all.

    Raises:
        UserError: the user's questions cannot be read.
    """
    from cltool.evaluation.general.bank import read_bank

    file = settings.get("general", {}).get("file")
    bank = read_bank(None if file is None else Path(file).expanduser())
    return [
        Listed(Fact(one.text, QUESTION_RELATION, one.accepted[0], one.accepted[1:]), bank.name,
               "", (one.text,))
        for one in fixed_sample(bank.questions, most, 0, "update.protect")
    ]  # fmt: skip


def _screen(
    lists: Lists,
    facts: list[Screened],
    start: Start,
    rows: list[dict[str, Any]],
    seconds: float,
) -> Screen:
    found = answered(rows)
    taken = {one.key for one in (*lists.learn, *lists.erase)}
    protected = of_keys(found, [one.key for one in lists.protect if one.key not in taken])
    named = {*taken, *(one.key for one in lists.protect)}
    before = start.taught.keys()
    earlier = [key for key in found if key in before and key not in named]
    return Screen(
        facts,
        [one for one in protected if one.right > 0],
        [one for one in protected if one.right == 0],
        of_keys(found, [one.key for one in lists.erase]),
        of_keys(found, earlier),
        rows,
        seconds,
    )
