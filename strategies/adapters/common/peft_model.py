"""A PEFT adapter around the learner's model, and its merging into the model's weights."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any, cast

import torch
from pydantic import Field

from cltool.core.errors import UserError

if TYPE_CHECKING:
    from torch import nn

    from cltool.training.learner import Learner


ONE_UPDATE: Mapping[str, str] = {
    "regularisation": "the parameters that an update trains exist only during it, so a penalty "
    "has nothing to hold",
    "adapters": "the parameters that an update trains exist only during it, so another adapter "
    "cannot use them",
    "averaging": "the parameters that an update trains exist only during it, so there is nothing "
    "to average them with",
}
"""Families that cannot be composed with an adapter that lasts for one update, and why."""

TargetModules = Annotated[
    str | list[str], Field(description="the modules that are adapted, as in PEFT")
]


class Adapter:
    """Wraps the learner's model; from then on only the adapter is trained.

    Args:
        learner: its model is replaced by the wrapper, in the same mode (training or evaluation).
        method: name of the PEFT method, in upper or lower case.
        usual: options that are passed on if the method has them.
        options: further options, passed on unchanged.
        where: the settings' section, for error messages.

    Raises:
        UserError: PEFT has no such method, rejects its options, or the wrapped model cannot be
            trained.
    """

    def __init__(
        self,
        learner: Learner,
        method: str,
        usual: Mapping[str, Any],
        options: Mapping[str, Any],
        where: str,
    ) -> None:
        self._learner = learner
        self._trained: list[nn.Parameter] = list(learner.trainable().values())
        training = learner.model.training
        with _refusals(method, where):
            # PEFT draws from the global generator. Its state is not restored afterwards:
            # otherwise dropout and Avalanche would draw the same numbers again.
            torch.manual_seed(learner.generator("global").initial_seed())
            learner.replace_model(_wrapped(learner, method, usual, options, where))
            _try(learner)
        learner.model.train(training)

    def merge(self) -> None:
        """Add the adapter to the weights and restore the model without the wrapper."""
        wrapped: Any = self._learner.model
        self._learner.replace_model(wrapped.merge_and_unload())
        for parameter in self._trained:
            parameter.requires_grad_(True)


def refuse_unfit(
    learner: Learner,
    method: str,
    usual: Mapping[str, Any],
    options: Mapping[str, Any],
    where: str,
) -> None:
    """Raise what `Adapter` would raise for the model's modules; the model stays as it is.

    A strategy that adds its adapter when an update begins calls this before the first update.

    Raises:
        UserError: PEFT has no such method, or rejects the model or the options.
    """
    trained = learner.trainable()
    with learner.seeded("adapter"), _refusals(method, where):
        _wrapped(learner, method, usual, options, where).unload()
    for parameter in trained.values():
        parameter.requires_grad_(True)


def _wrapped(
    learner: Learner,
    method: str,
    usual: Mapping[str, Any],
    options: Mapping[str, Any],
    where: str,
) -> Any:
    """Return the learner's model in a PEFT wrapper, as the arguments of `Adapter` say."""
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
    known = methods[name].__dataclass_fields__
    chosen = {option: value for option, value in usual.items() if option in known}
    with warnings.catch_warnings():
        # PEFT warns about settings that it corrects itself, once per layer.
        warnings.simplefilter("ignore")
        settings = methods[name](**{"task_type": "CAUSAL_LM", **chosen, **options})
        wrapped = peft.get_peft_model(cast(Any, learner.model), settings)
    if not any(parameter.requires_grad for parameter in wrapped.parameters()):
        raise ValueError("it has no trainable parameters in this model")
    return wrapped


@contextmanager
def _refusals(method: str, where: str) -> Iterator[None]:
    """Turn the errors of PEFT into a `UserError`."""
    try:
        yield
    except (
        *(ArithmeticError, AssertionError, AttributeError, ImportError, LookupError),
        *(NotImplementedError, RuntimeError, TypeError, ValueError),
    ) as error:
        raise UserError(
            f"PEFT refuses {method.upper()}: {error}",
            where=where,
            hint=f"Set {where}.target_modules to modules that it can adapt, and other "
            f"options with --set {where}.options.NAME=VALUE.",
        ) from error


@torch.no_grad()
def _try(learner: Learner) -> None:
    """Do one forward pass: some methods report missing inputs only there."""
    examples = learner.examples(learner.known.valid()[:1])
    # A stream of documents may have no base.
    examples = examples or learner.lm.coder.pairs([("", "One forward pass.")])
    learner.score(learner.collate(examples))
