"""Your own facts: a file or folder of files, one event per line, becomes a stream of updates.

See ``cltool.facts.files.events`` for the content of a line. Lines have an ``update`` number (0
is the base) or a ``date``. Dated lines are divided by cuts: everything before the first cut is
the base, each cut begins an update, and the last update contains everything that follows. The
cut "2012-12" is the first day of that month. Only the net change of a key within an update
counts.

Every line is checked against the lines before it: a stated ``old`` must be the value at that
time, and a key has one value at a time. On one date a key may change more than once if each line
states the ``old`` of the line before. All bad lines are reported together.
"""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Callable, Sequence
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, field_validator

from cltool.core.errors import UserError
from cltool.core.plurals import plural
from cltool.core.progress import heard
from cltool.core.similar import guess
from cltool.facts.facts import Key
from cltool.facts.files.bad_lines import bad_details, refusal
from cltool.facts.files.consistency import History
from cltool.facts.files.dates import parse_date
from cltool.facts.files.endings import table_name
from cltool.facts.files.events import QUESTION_RELATION, Event, Reading, read_events
from cltool.facts.files.filters import Condition, unused_values
from cltool.facts.files.hub_datasets import is_id
from cltool.facts.files.net_changes import NetChanges
from cltool.facts.files.parts import digest
from cltool.facts.files.shown import shown
from cltool.facts.files.spread import spread
from cltool.facts.forget_requests import with_requests
from cltool.facts.identity import name_identity
from cltool.facts.scenario import Scenario, ScenarioConfig
from cltool.facts.shapes.catalogue import AUTO, NAMES, OWN
from cltool.facts.stream import Stream
from cltool.facts.wordings import Wordings

_MAX_SHOWN = 50
_PERIODS = {"year": 4, "month": 7}
"""Calendar period → how much of an ISO date names it."""


def _as_cut(value: object) -> object:
    if isinstance(value, str):
        return value.strip() if value.strip() in _PERIODS else value.split(",")
    return value


def _as_list(value: object) -> object:
    return [value] if isinstance(value, str) else value


def _as_text(value: object) -> object:
    # A year is a number in TOML, YAML and JSON, and a day is a date in the first two.
    return str(value).strip() if isinstance(value, str | int | date) else value


class OwnFactsConfig(ScenarioConfig):
    """Options of ``file``: which file, and how it becomes a stream."""

    path: Path = Field(description="a file of facts or a folder of such files: one event per line")
    format: str = Field(AUTO, description=f"the shape of the rows: {', '.join(NAMES)}")
    updates: int | None = Field(
        None, ge=1, description="for lines without a time: divide them into this many updates"
    )
    cut: Annotated[
        Literal["year", "month"] | tuple[Annotated[str, BeforeValidator(_as_text)], ...] | None,
        BeforeValidator(_as_cut),
    ] = Field(None, description="for dated lines: year, month, or the dates at which updates begin")
    where: Annotated[tuple[str, ...], BeforeValidator(_as_list)] = Field(
        (), description="column=value,value: keep only these lines; all filters must match"
    )
    wordings: Path | None = Field(None, description="a TOML file with the wordings of relations")
    skip_bad: bool = Field(False, description="skip bad lines instead of refusing the file")
    max_chars: int = Field(
        2000, ge=1, description="longest subject, object or prompt, in characters"
    )
    forgotten: int = Field(
        0, ge=0, description="facts that each update asks to forget, besides the file's requests"
    )
    forgetting: int | None = Field(
        None, ge=0, description="how many updates ask for them, from the first on; all if not given"
    )

    @field_validator("cut")
    @classmethod
    def _check_cut(cls, cut: str | tuple[str, ...] | None) -> str | tuple[str, ...] | None:
        if isinstance(cut, tuple):
            starts = _starts(cut)
            if not starts:
                raise ValueError("needs a cut point: lines dated before the first are the base")
            if any(later <= earlier for earlier, later in pairwise(starts)):
                raise ValueError("the cut points must be in ascending order, each one once")
        return cut

    @field_validator("where")
    @classmethod
    def _check_where(cls, where: tuple[str, ...]) -> tuple[str, ...]:
        for text in where:
            Condition.parse(text)
        return where


class OwnFacts(Scenario[OwnFactsConfig]):
    """A file of facts as a scenario; the seed chooses what ``forgotten`` asks to forget."""

    def stream(self, seed: int) -> Stream:
        """Make the stream of this file.

        Raises:
            UserError: the file cannot be read, has bad lines (all are named), has no base or no
                update that changes something, or has too few facts to forget.
        """
        options = self.config
        where = [Condition.parse(text) for text in options.where]
        dated = options.cut is not None
        reading = _read(options, where)
        _check_columns(reading, where, dated)
        doubts = unused_values(reading.path, where)
        wordings = Wordings({}) if options.wordings is None else Wordings.load(options.wordings)
        kept = _consistent(reading, options.cut)
        if reading.bad and not options.skip_bad:
            raise refusal(reading)
        labels, step_of = _steps(reading, kept, options.cut)
        collected, prompts = NetChanges(reading, labels, dated), _Prompts()
        for place in heard(kept, f"{reading.path.name}: making updates"):
            event = reading.events[place]
            collected.add(step_of(event.moment), event)
            prompts.add(event)
        collected.finish()
        _check_steps(reading, collected, len(kept))
        doubts += reading.warnings
        if options.wordings is not None:
            # The relation of question–answer pairs is an internal name.
            relations = prompts.relations - {QUESTION_RELATION}
            wordings.refuse_misspelt(relations, str(options.wordings))
            if not where:  # a filter may leave out all facts of a relation
                doubts += wordings.unused(relations, options.wordings.name)
        stream = Stream(
            name=table_name(options.path),
            updates=collected.steps,
            wordings=wordings.with_prompts(prompts.lists()),
            source=_source(options, reading, len(kept)),
            skipped=tuple(bad_details(reading)),
            warnings=tuple(doubts),
            origins=collected.origins,
            days=collected.days,
        )
        return with_requests(stream, seed, options.forgotten, options.forgetting)


def _read(options: OwnFactsConfig, where: Sequence[Condition]) -> Reading:
    """Read the file, and divide its lines into updates if the options ask for it."""

    def read(dated: bool | None) -> Reading:
        limit = options.max_chars
        return read_events(
            options.path, dated=dated, where=where, max_chars=limit, shape=options.format
        )

    reading = read(options.cut is not None)
    taken = reading.taken
    if options.updates is None:
        if not (taken.base or reading.times) and taken.taught:
            raise UserError(
                "the facts have no time, and nothing says what was true before them",
                where=str(reading.path),
                hint="Have them divided in their order into a base and updates:"
                " --set scenario.updates=4. Or write them into a file of facts with cltool facts"
                " convert, and give each line its update.",
            )
        return reading
    if taken.format == OWN and not reading.times:
        reading = read(None)
    spread(reading, options.updates)
    return reading


def _check_columns(reading: Reading, where: Sequence[Condition], dated: bool) -> None:
    path, columns = str(reading.path), reading.columns
    if not reading.lines:
        raise UserError("the file has no events", where=path)
    if not columns:
        return
    some = [shown(name) for name in columns][:_MAX_SHOWN]
    listed = f"The columns are: {', '.join(some)}."
    for condition in where:
        if condition.column_of(columns) is None:
            what = f"no line has the column {condition.column!r} of the filter"
            hint = f"{guess(condition.column, columns)} {listed}".strip()
            raise UserError(what, where=path, hint=hint)
    if "subject" not in columns and "prompt" not in columns:
        hint = f"Give subject, relation and new, or prompt and answer. {listed}"
        raise UserError("no line has a subject or a prompt", where=path, hint=hint)
    if not any(name in columns for name in ("new", "object", "answer")):
        hint = (
            f"Give the object of each fact as new, or the answer of each prompt as answer. {listed}"
        )
        raise UserError("no line has a new object or an answer", where=path, hint=hint)
    if dated and "date" not in columns:
        hint = "Remove the cut, or give each line a date."
        raise UserError("a cut needs dated lines, and no line has a date", where=path, hint=hint)
    if dated or "update" in reading.times:
        return
    if "date" in reading.times or len(reading.updates) < 2:
        if "date" in reading.times:
            what = "the lines have dates, but no cut says where updates begin"
            hint = "Use --cut year, --cut month, or dates, as in --cut 2012-12,2014-12,2016-12."
        else:
            what = "no line has an update number or a date"
            hint = "Add update to each line (0 for the base, then 1, 2, …), or date; or have the"
            hint += " lines divided in their order: --set scenario.updates=4."
        raise UserError(what, where=path, hint=hint)


def _starts(cuts: Sequence[str]) -> list[int]:
    """Return the first day of each cut.

    Raises:
        ValueError: one of them is not a date.
    """
    starts = []
    for text in cuts:
        try:
            starts.append(parse_date(text)[0])
        except ValueError as error:
            raise ValueError(f"bad cut point {text!r}: {error}") from error
    return starts


def _consistent(reading: Reading, cut: str | Sequence[str] | None) -> Sequence[int]:
    """Return the places of the events to use, in order of time.

    Events that contradict earlier ones become bad lines.
    """
    starts = _starts(cut) if cut is not None and not isinstance(cut, str) else []
    history = History(reading, dated=cut is not None)
    used = array("I")
    for place in heard(reading.events.in_time(), f"{reading.path.name}: comparing lines"):
        event = reading.events[place]
        reason = _too_coarse(event, cut, starts) or history.refuse(event)
        if not reason:
            history.add(event)
            if event.kept:
                used.append(place)
        elif event.kept:
            reading.bad[event.line] = reason
    return used


def _too_coarse(event: Event, cut: str | Sequence[str] | None, starts: Sequence[int]) -> str:
    """Return why the event's step is not certain, or ``""``."""
    if event.moment == event.until or cut is None:
        return ""
    text = _iso(event.moment)[: 7 if _iso(event.moment)[:7] == _iso(event.until)[:7] else 4]
    if isinstance(cut, str):
        fits = len(text) >= _PERIODS[cut]
        return "" if fits else f"bad date {text!r}: not precise enough for --cut {cut}"
    place = bisect_right(starts, event.moment)
    if place == len(starts) or event.until < starts[place]:
        return ""
    return f"bad date {text!r}: it can be before or after the cut point {cut[place]}"


def _iso(day: int) -> str:
    return date.fromordinal(day).isoformat()


def _steps(
    reading: Reading, kept: Sequence[int], cut: str | Sequence[str] | None
) -> tuple[list[str], Callable[[int], int]]:
    """Return the labels of the steps, and what returns the step of a moment."""
    if cut is None:
        _check_gaps(reading)
        return ["base", *(str(step) for step in range(1, len(reading.updates)))], int
    if isinstance(cut, str):
        width = _PERIODS[cut]
        days = dict.fromkeys(map(reading.events.moment, kept))
        numbers = {label: n for n, label in enumerate(dict.fromkeys(_iso(d)[:width] for d in days))}
        return list(numbers), lambda moment: numbers[_iso(moment)[:width]]
    starts = _starts(cut)
    return ["base", *cut], lambda moment: bisect_right(starts, moment)


def _check_gaps(reading: Reading) -> None:
    numbers = sorted(reading.updates)
    for expected, number in enumerate(numbers):
        if number != expected:
            what = f"update {expected} is missing"
            if not expected:
                what = "update 0, the base knowledge, is missing"
            raise UserError(
                f"{what}: the file has update {number}, and updates up to {numbers[-1]}",
                where=str(reading.path),
                hint="Number the updates 0, 1, 2, … without gaps.",
            )


def _check_steps(reading: Reading, collected: NetChanges, used: int) -> None:
    path, updates = str(reading.path), collected.updates
    counts = f"{plural(reading.lines, 'line')}, {reading.filtered_out:,} filtered out, "
    counts += f"{len(reading.bad):,} bad"
    if not used:
        raise UserError(
            f"no usable event ({counts})",
            where=path,
            hint="Check the filter and the first lines of the file.",
        )
    if not updates[0].learn:
        raise UserError(
            f"the base is empty ({counts})",
            where=path,
            hint="Put the facts that the model knows already into update 0, use a later first cut,"
            " or, if the lines have no time, have them divided: --set scenario.updates=4.",
        )
    if not any(update.learn or update.forget or update.restated for update in updates[1:]):
        same = collected.restatements
        lines = "1 line restates" if same == 1 else f"{same:,} lines restate"
        counts += f"; {lines} what holds: {', '.join(collected.restated)}" if same else ""
        raise UserError(
            f"nothing changes after the base ({counts})",
            where=path,
            hint="A stream needs at least one update: give later lines another update or date,"
            " or use other cuts.",
        )


class _Prompts:
    """Collects the prompts of question–answer pairs; a repeated question can add paraphrases.

    Attributes:
        relations: the relations of all events.
    """

    def __init__(self) -> None:
        self.relations: set[str] = set()
        self._found: dict[Key, dict[str, str]] = {}

    def add(self, event: Event) -> None:
        self.relations.add(event.key[1])
        if event.prompts:
            known = self._found.setdefault(event.key, {})
            for prompt in event.prompts:
                known.setdefault(name_identity(prompt), prompt)

    def lists(self) -> dict[Key, list[str]]:
        return {key: list(items.values()) for key, items in self._found.items()}


def _source(options: OwnFactsConfig, reading: Reading, used: int) -> dict[str, object]:
    source: dict[str, object] = {
        "scenario": "file",
        "file": str(options.path) if is_id(options.path) else options.path.name,
        "sha256": digest(reading.path),
        "cut": options.cut
        if options.cut is None or isinstance(options.cut, str)
        else [*options.cut],
        "where": [*options.where],
        "wordings": options.wordings and options.wordings.name,
        "wordings_sha256": options.wordings and digest(options.wordings),
        "skip_bad": options.skip_bad,
        "max_chars": options.max_chars,
        "lines": reading.lines,
        "filtered_out": reading.filtered_out,
        "bad": len(reading.bad),
        "events": used,
    }
    if options.updates is not None:
        source["updates"] = options.updates
    if reading.taken.format != OWN:
        source |= {
            "format": reading.taken.format,
            "taken": reading.taken.in_words(reading.path.name),
        }
    return source
