"""What a scenario is: a named recipe that makes a stream."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any, ClassVar, Generic, get_args

from pydantic import BaseModel, ConfigDict
from typing_extensions import TypeVar

from cltool.facts.stream import Stream


class ScenarioConfig(BaseModel):
    """Options of a scenario; unknown ones are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


C = TypeVar("C", bound=ScenarioConfig, default=ScenarioConfig)
"""The class of a scenario's options."""


class Scenario(ABC, Generic[C]):
    """A named recipe for a stream.

    One file in ``scenarios/`` holds one: its options, its class (``class World(
    Scenario[WorldConfig])``), and its source in the module docstring. The constructor only
    stores the options. ``stream`` depends on the options and the seed alone, and does not
    import torch.

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
        for base in cls.__dict__.get("__orig_bases__", ()):
            for argument in get_args(base):
                if isinstance(argument, type) and issubclass(argument, ScenarioConfig):
                    cls.Config = argument

    @abstractmethod
    def stream(self, seed: int) -> Stream:
        """The stream of this recipe.

        Raises:
            UserError: the source of the facts is missing or not clean.
        """
