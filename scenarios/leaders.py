"""``leaders``: real office holders around the world and how they changed, 2010 to 2024.

Heads of state and government, ministers, central bankers, chief executives, heads of
international bodies and of regions and cities. ``leaders.csv`` has one row for each term, with
the day (or month) of taking office; ``leaders.toml`` has the wordings. You can correct both by
hand; they are read like a user's own dated file.

Someone who takes and leaves office between two cuts does not appear in the stream. A few offices
never change hands, so some facts must be retained although no update mentions them.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Annotated

from pydantic import BeforeValidator, Field, ValidationError, field_validator

from cltool.core.errors import UserError
from cltool.facts.scenario import Scenario, ScenarioConfig
from cltool.facts.stream import Stream
from cltool.facts.wordings import Wordings
from cltool.scenarios.own_facts import OwnFacts, OwnFactsConfig

FACTS = Path(__file__).with_name("leaders.csv")
WORDINGS = Path(__file__).with_name("leaders.toml")
CUT = ("2010-01", "2013-01", "2015-01", "2017-01", "2019-01", "2021-01", "2023-01")


def _as_tuple(value: object) -> object:
    return tuple(part.strip() for part in value.split(",")) if isinstance(value, str) else value


class LeadersConfig(ScenarioConfig):
    """Options of ``leaders``: the cuts, and which offices."""

    cut: Annotated[tuple[str, ...], BeforeValidator(_as_tuple)] = Field(
        CUT, description="the dates at which updates begin"
    )
    relations: Annotated[tuple[str, ...], BeforeValidator(_as_tuple)] = Field(
        (), description="only these offices, by their names in leaders.toml; all if not given"
    )
    forgotten: int = Field(0, ge=0, description="number of facts that each update asks to forget")
    forgetting: int | None = Field(
        None,
        ge=0,
        description="how many updates ask to forget facts, from the first on; all if not given",
    )

    @field_validator("cut")
    @classmethod
    def _check_cut(cls, cut: tuple[str, ...]) -> tuple[str, ...]:
        try:
            OwnFactsConfig(path=FACTS, cut=cut)
        except ValidationError as error:
            messages = [item["msg"].removeprefix("Value error, ") for item in error.errors()]
            raise ValueError("; ".join(messages)) from None
        return cut


class Leaders(Scenario[LeadersConfig]):
    """Who holds which office; the seed chooses the facts that ``forgotten`` asks to forget."""

    def stream(self, seed: int) -> Stream:
        """Make the stream of these cuts.

        Raises:
            UserError: a relation is unknown, nothing changes between the cuts, there are too
                few facts to forget, or an edit of ``leaders.csv`` introduced errors.
        """
        options = self.config
        known = Wordings.load(WORDINGS).relations()
        if unknown := [name for name in options.relations if name not in known]:
            raise UserError(
                f"no such relation: {', '.join(unknown)}",
                where="scenario leaders, relations",
                hint=f"There are: {', '.join(sorted(known))}.",
            )
        where = (f"relation={','.join(options.relations)}",) if options.relations else ()
        config = OwnFactsConfig(
            path=FACTS,
            cut=options.cut,
            where=where,
            wordings=WORDINGS,
            forgotten=options.forgotten,
            forgetting=options.forgetting,
        )
        stream = OwnFacts(config).stream(seed)
        return replace(stream, name="leaders", source={**stream.source, "scenario": "leaders"})
