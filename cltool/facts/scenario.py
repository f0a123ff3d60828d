"""What a scenario is: a named recipe that makes a stream."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import ClassVar

from pydantic import BaseModel, ConfigDict

from cltool.facts.stream import Stream


class ScenarioConfig(BaseModel):
    """Options of a scenario; unknown ones are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Scenario(ABC):
    """One file in ``scenarios/`` holds one: its config, its class, its source in the docstring.

    The constructor only stores its config. ``stream`` is deterministic in the config and
    the seed, and imports no torch.
    """

    Config: ClassVar[type[ScenarioConfig]] = ScenarioConfig

    def __init__(self, config: ScenarioConfig) -> None:
        self.config = config

    @abstractmethod
    def stream(self, seed: int) -> Stream:
        """The stream of this recipe.

        Raises:
            UserError: the source of the facts is missing or not clean.
        """
