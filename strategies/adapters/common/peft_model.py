"""A PEFT adapter around the learner's model, and its way back into the model's weights."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, cast

import torch

from cltool.core.errors import UserError

if TYPE_CHECKING:
    from torch import nn

    from cltool.training.learner import Learner


ONE_UPDATE: Mapping[str, str] = {
    "regularisation": "what an update trains is new and gone after it, so there is nothing to "
    "hold in place",
    "adapters": "what an update trains is new and gone after it, so nothing else can rely on it",
    "averaging": "what an update trains is new and gone after it, so there is nothing to "
    "average it with",
}
"""Families that cannot be composed with an adapter which lasts for one update, and why."""


class Adapter:
    """The learner's model, wrapped; what is trained from here on is the adapter alone.

    Args:
        learner: its model is replaced by the wrapper, in the mode in which it stands.
        method: of PEFT, by the name that PEFT gives it, in any case.
        usual: options that are passed on where the method has such options.
        options: further options, passed on as they are.
        where: the settings' place, for error messages.

    Raises:
        UserError: PEFT knows no such method, refuses its options, or what it makes of this
            model cannot be trained.
    """

    def __init__(
        self,
        learner: Learner,
        method: str,
        usual: Mapping[str, Any],
        options: Mapping[str, Any],
        where: str,
    ) -> None:
        import peft
        from peft.mapping import PEFT_TYPE_TO_CONFIG_MAPPING

        methods = cast(Any, PEFT_TYPE_TO_CONFIG_MAPPING)
        name = method.upper()
        if name not in methods:
            names = sorted(str(getattr(one, "value", one)) for one in methods)
            raise UserError(
                f"PEFT has no method {method!r}",
                where=f"{where}.peft",
                hint=f"It has: {', '.join(names)}.",
            )
        self._learner = learner
        self._trained: list[nn.Parameter] = list(learner.trainable().values())
        training = learner.model.training
        known = methods[name].__dataclass_fields__
        chosen = {option: value for option, value in usual.items() if option in known}
        try:
            with warnings.catch_warnings(), learner.seeded("global"):
                # It tells of what it mends by itself, once for every layer.
                warnings.simplefilter("ignore")
                settings = methods[name](**{"task_type": "CAUSAL_LM", **chosen, **options})
                wrapped = peft.get_peft_model(cast(Any, learner.model), settings)
            learner.replace_model(wrapped)
            _try(learner)
        except (
            *(ArithmeticError, AssertionError, AttributeError, ImportError, LookupError),
            *(NotImplementedError, RuntimeError, TypeError, ValueError),
        ) as error:
            raise UserError(
                f"PEFT refuses {name}: {error}",
                where=where,
                hint=f"Set {where}.target_modules to modules that it can adapt, and what "
                f"else it needs with --set {where}.options.NAME=VALUE.",
            ) from error
        learner.model.train(training)

    def merge(self) -> None:
        """Add the adapter to the weights; the model is again the one that was wrapped."""
        wrapped: Any = self._learner.model
        self._learner.replace_model(wrapped.merge_and_unload())
        for parameter in self._trained:
            parameter.requires_grad_(True)


@torch.no_grad()
def _try(learner: Learner) -> None:
    """Some methods ask for more than a batch, and say so only in their forward pass."""
    if not learner.trainable():
        raise ValueError("it finds nothing to train in this model")
    learner.score(learner.collate(learner.examples(learner.known.valid()[:1])))
