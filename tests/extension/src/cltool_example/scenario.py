"""``harbours``: every update, some harbours get another harbour master; made up."""

from __future__ import annotations

import random

from pydantic import Field

from cltool import Fact, Scenario, ScenarioConfig, Stream, Update, Wording, Wordings

_TOWNS = [
    "Ardle",
    "Brine",
    "Corven",
    "Dorsk",
    "Eskby",
    "Fenmouth",
    "Grell",
    "Hask",
    "Inver",
    "Jarl",
    "Kessel",
    "Lorne",
]
_FIRST = ["Ada", "Bruno", "Carla", "Dario", "Edda", "Felix", "Greta", "Hugo", "Ines", "Jonas"]
_LAST = ["Abel", "Brandt", "Castor", "Dietz", "Ekman", "Falk", "Grimm", "Hauser", "Iversen", "Juhl"]
_WORDINGS = {
    "harbour_master": [
        "The harbour master of {subject} is {object}.",
        "{subject}'s harbour master is {object}.",
        "The harbour of {subject} is run by {object}.",
        "Who is the harbour master of {subject}? {object}",
        "Who runs the harbour of {subject}? {object}",
    ]
}


class HarboursConfig(ScenarioConfig):
    """Options of `harbours`."""

    updates: int = Field(default=2, ge=1, description="updates after the base knowledge")
    changed: int = Field(default=3, ge=1, le=12, description="harbours that each update changes")


class Harbours(Scenario[HarboursConfig]):
    """Twelve towns and their harbour masters."""

    def stream(self, seed: int) -> Stream:
        """The stream of this seed."""
        options = self.config
        chance = random.Random(seed)
        names = [f"{first} {last}" for first in _FIRST for last in _LAST]
        chance.shuffle(names)
        updates = [Update(0, "base", [self._fact(town, names) for town in _TOWNS])]
        for step in range(1, options.updates + 1):
            towns = chance.sample(_TOWNS, options.changed)
            updates.append(Update(step, f"year {step}", [self._fact(t, names) for t in towns]))
        wordings = {r: [Wording.parse(t) for t in texts] for r, texts in _WORDINGS.items()}
        source = {"scenario": "harbours", "seed": seed, **options.model_dump()}
        return Stream("harbours", updates, Wordings(wordings), source=source)

    def _fact(self, town: str, names: list[str]) -> Fact:
        return Fact(town, "harbour_master", names.pop())
