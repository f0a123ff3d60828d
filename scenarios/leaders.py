"""``leaders``: the real world's changing office holders, 2010 to 2024.

Heads of state and government, ministers, central bankers, chief executives, heads of
international bodies and of regions and cities. ``leaders.csv`` has one row a term, with the
day (or month) of taking office; ``leaders.toml`` has the wordings. Both are plain files that
can be mended by hand; they are read exactly as a user's own dated file is.

Someone who takes and leaves office between two cuts never appears in the stream. A few
offices never change hands, so that some facts have to be kept without ever being touched.
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
    """When the world is looked at, and which offices."""

    cut: Annotated[tuple[str, ...], BeforeValidator(_as_tuple)] = Field(
        CUT, description="the dates at which the updates begin"
    )
    relations: Annotated[tuple[str, ...], BeforeValidator(_as_tuple)] = Field(
        (), description="only these offices, as leaders.toml names them; all if not given"
    )
    forgotten: int = Field(0, ge=0, description="facts that each update asks to forget")
    forgetting: int | None = Field(
        None, ge=0, description="of `forgotten`: the first how many updates ask; all if not given"
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
    """Who holds which office; the seed draws what ``forgotten`` asks to forget."""

    def stream(self, seed: int) -> Stream:
        """The stream of these cuts.

        Raises:
            UserError: a relation is unknown, nothing changes between the cuts, there are too
                few facts to forget, or ``leaders.csv`` was mended wrongly.
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
