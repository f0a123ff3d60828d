"""Turns names and tables of settings into streams, strategies and resolved settings."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cltool.core.errors import UserError
from cltool.core.settings import (
    GeneralSettings,
    LearnerSettings,
    ModelSettings,
    ProbeSettings,
    field_names,
    merge,
    validate,
)
from cltool.core.similar import guess
from cltool.facts.files.hub_datasets import PREFIX as HUB
from cltool.facts.stream import Stream
from cltool.scenarios import SCENARIOS
from cltool.strategies import STRATEGIES

if TYPE_CHECKING:
    from cltool.evaluation.general.bank import Bank
    from cltool.lm.language_model import LanguageModel
    from cltool.training.strategy import Strategies, Strategy, StrategyConfig

SECTIONS = ("scenario", "model", "learner", "strategy", "probe", "general")
"""Names of the tables of settings."""

_TABLE_HINT = "Set single settings: --set strategy.NAME.SETTING=VALUE."


@dataclass(frozen=True)
class Settings:
    """Resolved settings of one run.

    Attributes:
        model: the model and its device.
        learner: how to train. ``lr`` may be None; the learner then derives it from the model.
        probe: how the model is asked.
        strategy: strategy name → its settings, in the order of composition.
        general: what is asked beside the stream.
    """

    model: ModelSettings
    learner: LearnerSettings
    probe: ProbeSettings
    strategy: Mapping[str, StrategyConfig]
    general: GeneralSettings

    @cached_property
    def questions(self) -> Bank:
        """The general questions. The user's file is read once, so that all of a run uses the same.

        Raises:
            UserError: the file cannot be read, or has bad lines.
        """
        from cltool.evaluation.general.bank import read_bank

        file = self.general.file
        return read_bank(None if file is None else Path(file).expanduser())

    @cached_property
    def paragraphs(self) -> list[str]:
        """The paragraphs of the general text; the user's file is read once.

        Raises:
            UserError: the file cannot be read, or has no text.
        """
        from cltool.evaluation.general.text import paragraphs

        file = self.general.text
        return paragraphs(None if file is None else Path(file).expanduser())

    def learner_of(self, lm: LanguageModel) -> LearnerSettings:
        """Return how to train ``lm``, with the learning rate filled in.

        Raises:
            UserError: no learning rate is set, and there is no default.
        """
        kinds = [STRATEGIES.load(name) for name in self.strategy]
        scale = max((kind.pretrained_scale for kind in kinds), default=1.0)
        return lm.with_rate(self.learner, scale if lm.pretrained else 1.0)

    def as_tables(self) -> dict[str, Any]:
        """Return the settings as nested tables, for the run's record."""
        return {
            "model": self.model.model_dump(),
            "learner": self.learner.model_dump(),
            "probe": self.probe.model_dump(),
            "general": self.general.model_dump(),
            "strategy": {
                name: config.model_dump(mode="json", by_alias=True)
                for name, config in self.strategy.items()
            },
        }


def names_a_file(scenario: str, folder: Path | None = None) -> bool:
    """Return whether a scenario is a file or folder of facts, or a data set of the hub.

    Args:
        scenario: the name or path.
        folder: what the path is relative to; the working folder if not given.
    """
    if scenario.startswith(HUB):
        return True
    path = (folder or Path()) / scenario
    named = bool(path.suffix) or len(Path(scenario).parts) > 1
    with suppress(OSError):
        return scenario not in SCENARIOS and (named or path.is_dir())
    return False


def open_stream(scenario: str, options: Mapping[str, Any] | None = None) -> Stream:
    """Return the stream of a scenario, or of a file of facts.

    Args:
        scenario: a name, or the path of a file of facts, or of a folder of such files.
        options: the scenario's options; ``seed`` (default 0) is the seed of the stream.

    Raises:
        UserError: the name is unknown, an option is wrong, or the file has bad lines.
    """
    values = dict(options or {})
    seed = values.pop("seed", 0)
    if not isinstance(seed, int):
        raise UserError(f"scenario.seed = {seed!r} is not a whole number", where="scenario")
    name = scenario
    if names_a_file(scenario):
        name, values = "file", {"path": scenario, **values}
    kind = SCENARIOS.load(name)
    config = validate(kind.Config, values, "scenario")
    stream: Stream = kind(config).stream(seed)
    return stream


def as_stream(given: Stream | Path | str, options: Mapping[str, Any] | None = None) -> Stream:
    """Return ``given`` if it is a stream, else open the scenario or file that it names.

    Raises:
        UserError: as `open_stream`, or ``options`` are given with a stream.
    """
    if not isinstance(given, Stream):
        return open_stream(str(given), options)
    if options:
        raise UserError(
            f"options of a scenario are given for a stream: {', '.join(options)}",
            where=f"stream {given.name}",
            hint="Give them to cltool.scenario when you make the stream.",
        )
    return given


def strategy_names(text: str) -> list[str]:
    """Return the names in a composition such as ``replay+ewc``.

    Raises:
        UserError: a strategy is unknown or named twice.
    """
    if not isinstance(text, str):
        kind = text if isinstance(text, type) else type(text)
        raise UserError(
            f"a strategy is given by its name, not as {kind.__qualname__}",
            where="strategy",
            hint="Register your class with an entry point of the group cltool.strategies"
            " (docs/hooks.md), and give its name.",
        )
    names = [name.strip() for name in text.split("+")]
    families = {entry.family for entry in STRATEGIES.entries()} | {"all"}
    for name in names:
        if name in families and name not in STRATEGIES:
            raise UserError(
                f"{name!r} is a family of strategies",
                where="strategy",
                hint=f"Name one of its strategies (cltool list strategies --family {name}), or"
                f" compare all of them: cltool compare --strategies {name}.",
            )
        if "," in name:
            raise UserError(
                f"{name!r} is more than one strategy",
                where="strategy",
                hint="Compose them with a plus sign, or give the list to cltool compare.",
            )
        STRATEGIES.entry(name)
    if len(set(names)) < len(names):
        raise UserError(f"{text!r} names a strategy twice", where="strategy")
    return names


def resolve(strategy: str, tables: Mapping[str, Any] | None = None) -> Settings:
    """Return the settings of a run: the defaults, then the strategy's presets, then ``tables``.

    Later ones override earlier ones.

    Args:
        strategy: a name, or several composed.
        tables: a table for each section. ``tables["strategy"]`` may hold a table for each
            strategy's name, and plain values, which apply to every composed strategy that has
            such a setting.

    Raises:
        UserError: settings are wrong; it lists all of them.
    """
    errors: list[UserError] = []
    given: dict[str, Mapping[str, Any]] = {}
    for name, table in dict(tables or {}).items():
        if isinstance(table, Mapping):
            given[name] = table
        else:
            errors.append(UserError(f"{name} = {table!r} is not a table", where="settings"))
    unknown = [name for name in given if name not in SECTIONS]
    if unknown:
        errors.append(
            UserError(
                f"unknown section: {', '.join(unknown)}",
                where="settings",
                hint=f"{guess(unknown[0], SECTIONS)} There are: {', '.join(SECTIONS)}.".lstrip(),
            )
        )
    kinds = {name: STRATEGIES.load(name) for name in strategy_names(strategy)}
    presets = merge(*(kind.presets for kind in kinds.values()))
    own, more = _strategy_tables(kinds, given.get("strategy", {}))
    errors += more
    model = _try(ModelSettings, {**_environment(), **given.get("model", {})}, "model", errors)
    learner = _try(LearnerSettings, merge(presets, given.get("learner", {})), "learner", errors)
    probe = _try(ProbeSettings, given.get("probe", {}), "probe", errors)
    beside = {**_general_environment(given), **given.get("general", {})}
    general = _try(GeneralSettings, beside, "general", errors)
    if errors:
        raise _together(errors)
    return Settings(model, learner, probe, own, general)


def _environment() -> dict[str, Any]:
    """Return the model settings from environment variables; ``tables`` override them."""
    return {"reading": False} if os.environ.get("CLTOOL_READING") == "0" else {}


def _general_environment(given: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """Return the same for ``general``; tables that set anything of it override them."""
    off = os.environ.get("CLTOOL_GENERAL") == "0" and not given.get("general")
    return {"ask": "off"} if off else {}


def build(settings: Settings) -> Strategies:
    """Return the composed strategies of ``settings``.

    Raises:
        UserError: they cannot be composed.
    """
    from cltool.training.strategy import Strategies

    parts = {}
    for name, config in settings.strategy.items():
        kind: type[Strategy[Any]] = STRATEGIES.load(name)
        parts[name] = kind(config)
    entries = (*STRATEGIES.entries(), *(STRATEGIES.entry(name) for name in parts))
    return Strategies(parts, {entry.name: entry.family for entry in entries})


def _strategy_tables(
    kinds: Mapping[str, type[Strategy[Any]]], given: Mapping[str, Any]
) -> tuple[dict[str, StrategyConfig], list[UserError]]:
    """Return strategy name → its settings, and the errors found.

    Args:
        kinds: strategy name → its class.
        given: the section ``strategy``: a table for each strategy, and plain values.
    """
    errors: list[UserError] = []
    plain = {
        name: value
        for name, value in given.items()
        if not (isinstance(value, Mapping) and _names_a_strategy(name, kinds))
    }
    used: set[str] = set()
    resolved: dict[str, StrategyConfig] = {}
    for name, kind in kinds.items():
        fields = field_names(kind.Config)
        shared = {key: value for key, value in plain.items() if key in fields}
        used |= set(shared)
        own = given.get(name, given.get(_short(name), {}))
        if not isinstance(own, Mapping):
            errors.append(
                UserError(f"{own!r} is not a table", where=f"strategy.{name}", hint=_TABLE_HINT)
            )
            continue
        table = merge(shared, own)
        config = _try(kind.Config, table, f"strategy.{name}", errors)
        if config is not None:
            resolved[name] = config
    for name in plain:
        if name not in used:
            choices = {
                f"{part}: {', '.join(field_names(kinds[part].Config)) or 'no settings'}"
                for part in kinds
            }
            errors.append(
                UserError(
                    f"unknown setting {name!r}",
                    where=f"strategy.{'+'.join(kinds)}",
                    hint=f"There are: {'; '.join(sorted(choices))}.",
                )
            )
    return resolved, errors


def refuse_unused_tables(tables: Mapping[str, Any], strategies: Sequence[str]) -> None:
    """Raise a `UserError` if ``tables`` has a table of a strategy not in ``strategies``."""
    parts = {part for text in strategies for part in strategy_names(text)}
    given = tables.get("strategy", {})
    for name, value in given.items() if isinstance(given, Mapping) else ():
        used = any(name in (part, _short(part)) for part in parts)
        if isinstance(value, Mapping) and not used and _names_a_strategy(name, {}):
            raise UserError(
                f"settings of {name!r} are given, but this strategy does not run",
                where=f"strategy.{name}",
                hint=f"Strategies that run: {', '.join(strategies)}.",
            )


def tables_for(
    tables: Mapping[str, Any], strategy: str, strategies: Sequence[str]
) -> dict[str, Any]:
    """Return the tables of ``strategy``, without plain settings that only other strategies have.

    A plain setting that no strategy has is kept, so that `resolve` refuses it. So is what is not a
    table.

    Args:
        tables: settings for all ``strategies``.
        strategy: one of them.
        strategies: all that run with these settings.
    """
    given = tables.get("strategy", {})
    if not isinstance(given, Mapping):
        return dict(tables)
    fields: dict[str, set[str]] = {}
    for name in {*strategies, strategy}:
        kinds = [STRATEGIES.load(part) for part in strategy_names(name)]
        fields[name] = {field for kind in kinds for field in field_names(kind.Config)}
    known = set().union(*fields.values())
    kept = {
        key: value
        for key, value in given.items()
        if isinstance(value, Mapping) or key in fields[strategy] or key not in known
    }
    return {**tables, "strategy": kept}


def _short(name: str) -> str:
    """Return the short name of a table: ``EWCPlugin`` for ``avalanche:EWCPlugin``."""
    return name.rpartition(":")[2]


def _names_a_strategy(table: str, kinds: Mapping[str, type[Strategy[Any]]]) -> bool:
    return any(table in (name, _short(name)) for name in (*kinds, *STRATEGIES.names()))


def _try(kind: Any, table: Mapping[str, Any], where: str, errors: list[UserError]) -> Any:
    """Return ``table`` as settings of class ``kind``; if it is wrong, None, and add the error."""
    try:
        if not isinstance(table, Mapping):
            raise UserError(f"{where} is not a table", where=where)
        return validate(kind, table, where)
    except UserError as error:
        errors.append(error)
        return None


def _together(errors: Sequence[UserError]) -> UserError:
    """Return one error that lists all ``errors``."""
    if len(errors) == 1:
        return errors[0]
    details: list[str] = []
    for error in errors:
        details += error.details or [f"{error.where}: {error.what}"]
    hints = " ".join(error.hint for error in errors if error.hint)
    return UserError(
        f"{len(details)} settings are wrong", where="settings", details=details, hint=hints
    )
