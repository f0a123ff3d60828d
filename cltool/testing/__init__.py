"""The contract suite: what every strategy and every scenario promises, checked on your class.

    from cltool.testing import check_strategy

    def test_it_keeps_the_contract() -> None:
        check_strategy(MyStrategy)

A class that breaks a promise gets a `ContractError`, which says which one and how to mend it.
A strategy is walked through a small stream on a small model that is made for it: nothing is
downloaded, and it takes seconds. The built-in ones pass the same checks.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cltool.testing.suite import ContractError

if TYPE_CHECKING:
    from cltool.facts.scenario import Scenario, ScenarioConfig
    from cltool.models.model import Model
    from cltool.training.strategy import Strategy, StrategyConfig

__all__ = ["ContractError", "check_model", "check_scenario", "check_strategy"]


def check_strategy(
    cls: type[Strategy],
    config: StrategyConfig | None = None,
    *,
    with_: str = "",
    quick: bool = False,
) -> None:
    """Check that ``cls`` keeps the contract of strategies.

    Args:
        cls: the class.
        config: its settings; needed where a setting has no default.
        with_: strategies that it is composed with, such as ``replay`` or ``replay+ewc``; needed
            where the class says what it ``requires``. All of them are checked together.
        quick: leave out the check of micro-batches, which takes two more runs.

    Raises:
        ContractError: it breaks a promise, or cannot be composed with the others.
    """
    from cltool.testing import strategy_checks

    strategy_checks.check(cls, config, with_, quick)


def check_scenario(cls: type[Scenario], config: ScenarioConfig | None = None) -> None:
    """Check that ``cls`` keeps the contract of scenarios.

    Args:
        cls: the class.
        config: its options; needed where an option has no default.

    Raises:
        ContractError: it does not.
    """
    from cltool.testing import scenario_checks

    scenario_checks.check(cls, config)


def check_model(cls: type[Model]) -> None:
    """Check that ``cls`` keeps the contract of registered models.

    It is built in an empty cache folder, from a small stream.

    Args:
        cls: the class.

    Raises:
        ContractError: it does not.
    """
    from cltool.testing import model_checks

    model_checks.check(cls)
