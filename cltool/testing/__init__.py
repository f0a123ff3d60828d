"""The contract suite: checks that your strategy, scenario or model keeps its contract.

    from cltool.testing import check_strategy

    def test_it_keeps_the_contract() -> None:
        check_strategy(MyStrategy)

If a class breaks its contract, the check raises a `ContractError` that says what is wrong and
how to fix it. A strategy is run over a small stream with a small model that is built for this
purpose: nothing is downloaded, and a check takes seconds. The built-in classes pass the same
checks.
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
        config: its settings; required if a setting has no default.
        with_: strategies to compose it with, such as ``replay`` or ``replay+ewc``; required if
            the class has ``requires``. All of them are checked together.
        quick: skip two checks, which need two more runs each: whether results depend on
            micro-batches and, if no global random generator has changed, on their state.

    Raises:
        ContractError: it breaks the contract, or cannot be composed with the others.
    """
    from cltool.testing import strategy_checks

    strategy_checks.check(cls, config, with_, quick)


def check_scenario(cls: type[Scenario], config: ScenarioConfig | None = None) -> None:
    """Check that ``cls`` keeps the contract of scenarios.

    Args:
        cls: the class.
        config: its options; required if an option has no default.

    Raises:
        ContractError: it breaks the contract.
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
