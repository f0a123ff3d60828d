"""Several strategies as one: who erases, and when."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, ClassVar, cast

import pytest
from typing_extensions import TypeVar

from cltool.core.errors import UserError
from cltool.facts.facts import Fact, Update
from cltool.training.strategy import Strategies, Strategy, StrategyConfig

if TYPE_CHECKING:
    from cltool.training.learner import Learner


class Eraser(Strategy):
    """Notes what it was asked to erase."""

    def __init__(self) -> None:
        super().__init__(StrategyConfig())
        self.erased: list[Fact] = []

    def erase(self, learner: Learner, update: Update) -> None:
        self.erased += update.forget


NOBODY: Any = None
FACT = Fact("Alden", "mayor", "Bram Quill")


def test_facts_to_forget_are_erased() -> None:
    eraser = Eraser()
    together = Strategies({"plain": Strategy(StrategyConfig()), "eraser": eraser})
    together.erase(NOBODY, Update(1, "one", (), forget=(FACT,)))
    assert eraser.erased == [FACT]


def test_erase_is_not_called_without_facts_to_forget() -> None:
    class Refuses(Strategy):
        def erase(self, learner: Learner, update: Update) -> None:
            pytest.fail("asked to erase nothing")

    part = cast(Strategy, Refuses(StrategyConfig()))
    Strategies({"refuses": part}).erase(NOBODY, Update(1, "one", (FACT,)))


def test_two_strategies_that_erase_are_refused() -> None:
    with pytest.raises(UserError, match="one and two cannot be composed: each erases facts"):
        Strategies({"one": Eraser(), "two": Eraser()})


class Config(StrategyConfig):
    """Settings of a base class of strategies."""


class OwnConfig(Config):
    """Settings of one strategy."""


C = TypeVar("C", bound=Config, default=Config)


class Generic(Strategy[C]):
    """A base class of strategies."""


class Named(Generic[OwnConfig]):
    """Names its settings."""


class Unnamed(Generic):
    """Names no settings."""


class Further(Named):
    """Derives from a strategy."""


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        (Strategy, StrategyConfig),
        (Generic, Config),
        (Named, OwnConfig),
        (Unnamed, Config),
        (Further, OwnConfig),
    ],
)
def test_the_class_of_the_settings(kind: type[Strategy], expected: type[StrategyConfig]) -> None:
    assert kind.Config is expected


class Needy(Strategy):
    requires: ClassVar[Mapping[str, str]] = {"rehearsal": "it weighs what is rehearsed"}


@pytest.mark.parametrize(
    ("name", "families"),
    [("replay", {"replay": "rehearsal"}), ("rehearsal", {})],
    ids=["by its family", "by its name"],
)
def test_a_required_strategy_may_be_given_by_name_or_family(
    name: str, families: dict[str, str]
) -> None:
    parts = {"needy": Needy(StrategyConfig()), name: Strategy(StrategyConfig())}
    assert Strategies(parts, families).parts.keys() == {"needy", name}


@pytest.mark.parametrize("parts", [{}, {"plain": Strategy(StrategyConfig())}])
@pytest.mark.parametrize(
    ("families", "hint"),
    [
        ({}, "Run needy+rehearsal."),
        (
            {"plain": "other", "replay": "rehearsal"},
            "of the family rehearsal, such as needy+replay.",
        ),
    ],
    ids=["a strategy", "a family"],
)
def test_a_strategy_without_its_required_one_is_refused(
    families: dict[str, str], hint: str, parts: dict[str, Strategy]
) -> None:
    what = "needy needs rehearsal: it weighs what is rehearsed"
    with pytest.raises(UserError, match=what) as caught:
        Strategies({"needy": Needy(StrategyConfig()), **parts}, families)
    assert caught.value.hint.endswith(hint)


@pytest.mark.parametrize("excluded", ["one", "family of one"])
def test_a_strategy_or_a_family_is_excluded(excluded: str) -> None:
    class Picky(Strategy):
        excludes: ClassVar[Mapping[str, str]] = {excluded: "it would undo it"}

    parts = {"one": Strategy(StrategyConfig()), "picky": Picky(StrategyConfig())}
    with pytest.raises(UserError, match="one and picky cannot be composed: it would undo it"):
        Strategies(parts, {"one": "family of one"})


class Wrong(Strategy):
    """Returns what a hook must not return."""

    def frame(self, prompt: str) -> Any:
        return None

    def stored(self) -> Any:
        return 5

    def state_dict(self) -> Any:
        return [1]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda parts: parts.frame("one"), "frame returned NoneType in place of str"),
        (lambda parts: parts.stored_bytes(), "stored returned int in place of dict"),
        (lambda parts: parts.states(), "state_dict returned list in place of dict"),
    ],
)
def test_a_hook_that_returns_something_else_is_named(
    call: Callable[[Strategies], Any], message: str
) -> None:
    with pytest.raises(UserError, match=message) as caught:
        call(Strategies({"wrong": cast(Strategy, Wrong(StrategyConfig()))}))
    assert caught.value.where == "strategy 'wrong'"
