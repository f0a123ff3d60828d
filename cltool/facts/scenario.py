"""The base class of scenarios: named recipes that make a stream."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any, ClassVar, Generic

from pydantic import BaseModel, ConfigDict
from typing_extensions import TypeVar

from cltool.core.settings import declared_config
from cltool.facts.stream import Stream


class ScenarioConfig(BaseModel):
    """Options of a scenario; unknown options are an error."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


C = TypeVar("C", bound=ScenarioConfig, default=ScenarioConfig)
"""The class of a scenario's options."""


class Scenario(ABC, Generic[C]):
    """A named recipe for a stream.

    Each file in ``scenarios/`` holds one scenario: its options, its class (``class World(
    Scenario[WorldConfig])``), and the source of its facts in the module docstring. The
    constructor only stores the options. The stream depends only on the options and the seed,
    and making it does not import torch.

    Attributes:
        Config: the class of its options, taken from ``Scenario[...]``.
        config: the options.
    """

    Config: ClassVar[type[ScenarioConfig]] = ScenarioConfig
    config: C

    def __init__(self, config: C) -> None:
        self.config = config

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        cls.Config = declared_config(cls, ScenarioConfig) or cls.Config

    @abstractmethod
    def stream(self, seed: int) -> Stream:
        """Make the stream.

        Raises:
            UserError: the source of the facts is missing or has errors.
        """
