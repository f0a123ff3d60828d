"""What a strategy declares decides whether it works in several processes."""

from __future__ import annotations

from typing import Any

import pytest

from cltool.core.errors import UserError
from cltool.core.team import ALONE, Team
from cltool.training import several
from cltool.training.learner import Learner
from cltool.training.strategy import Strategies, Strategy


class Later(Strategy):
    """Sees only the whole gradient."""

    def after_backward(self, learner: Learner, **kwargs: Any) -> None:
        """See it."""


class Within(Strategy):
    """Sees the batch."""

    def before_backward(self, learner: Learner, **kwargs: Any) -> None:
        """See it."""


class Declared(Within):
    """Sees the batch, and says that a share of it is enough."""

    shares_batches = True


class Refusing(Later):
    """Says that it does not work."""

    shares_batches = False


class Two(Team):
    size = 2


class TwoParts(Two):
    sharded = True


@pytest.mark.parametrize("kind", [Later, Declared])
def test_hooks_that_see_what_all_processes_see(kind: type[Strategy]) -> None:
    several.refuse(Strategies({"it": kind(kind.Config())}), Two())


@pytest.mark.parametrize("kind", [Within, Refusing])
def test_hooks_that_see_a_share_of_a_batch_are_refused(kind: type[Strategy]) -> None:
    strategies = Strategies({"good": Later(Later.Config()), "it": kind(kind.Config())})
    several.refuse(strategies, ALONE)
    with pytest.raises(UserError, match="it needs whole batches in one process"):
        several.refuse(strategies, Two())


def test_sharded_weights_have_to_be_declared() -> None:
    class Sharing(Later):
        shares_weights = True

    several.refuse(Strategies({"it": Sharing(Sharing.Config())}), TwoParts())
    with pytest.raises(UserError, match="it needs all weights in each process"):
        several.refuse(Strategies({"it": Later(Later.Config())}), TwoParts())
    with pytest.raises(UserError, match="it needs whole batches"):
        several.refuse(Strategies({"it": Within(Within.Config())}), TwoParts())
