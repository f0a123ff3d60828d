"""What an embedded model is made of; the recipe of its training is the same for all."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Protocol, Self, get_type_hints

from pydantic import ConfigDict, Field, create_model

from cltool.core.digests import code_digest
from cltool.core.errors import UserError
from cltool.core.settings import validate
from cltool.models.tiny.reading import Exercises
from cltool.models.tiny.recipe import Recipe

if TYPE_CHECKING:
    from transformers import PreTrainedModel

    from cltool.facts.facts import Fact
    from cltool.facts.wordings import Wordings
    from cltool.lm.coder import Coder


AtLeastOne = Annotated[int, Field(ge=1)]
NotNegative = Annotated[int, Field(ge=0)]

STRICT = ConfigDict(extra="forbid", allow_inf_nan=False)


class SideTraining(Protocol):
    """Trains some weights of a model with a loss and an optimizer of their own."""

    def step(self) -> None:
        """Make one step; called before each step of the other weights, on the same passes."""

    def end(self) -> None:
        """Freeze the weights that were trained."""


@dataclass(frozen=True)
class Architecture(ABC):
    """Makes the untrained model of a recipe. The fields of a subclass are its options.

    Attributes:
        code: modules and packages on which the weights depend, beside `cltool.models.tiny` and the
            module of the class.
    """

    code: ClassVar[tuple[str, ...]] = ()

    def with_options(self, options: Mapping[str, Any]) -> Self:
        """Return the architecture with other values of some fields.

        Raises:
            UserError: there is no such field, or it cannot have such a value.
        """
        kinds = get_type_hints(type(self), include_extras=True)
        own: dict[str, Any] = {
            field.name: (kinds[field.name], getattr(self, field.name)) for field in fields(self)
        }
        if not own:
            raise UserError("the model has no options", where="model.options")
        kind = create_model("Options", __config__=STRICT, **own)
        return replace(self, **dict(validate(kind, options, "model.options")))

    def recipe(self, facts: int, *, reading: bool = True) -> Recipe:
        """Return the size and training of a model of this architecture that knows ``facts``."""
        return Recipe.for_facts(facts, reading=reading)

    @abstractmethod
    def new_model(self, coder: Coder, recipe: Recipe) -> PreTrainedModel:
        """Return the untrained model; uses torch's global random generator.

        The model takes ``input_ids`` and ``attention_mask``, and has ``get_decoder()`` and
        ``get_output_embeddings()``. Right padding must not change the logits before it.

        Args:
            coder: its tokenizer.
            recipe: its size; with ``pages``, it will learn to read its prompt.
        """

    def exercises(
        self, facts: Sequence[Fact], wordings: Wordings, coder: Coder, recipe: Recipe, seed: int
    ) -> Exercises:
        """Return the reading exercises of the model.

        Args:
            facts: the base facts.
            wordings: how facts are stated and asked for.
            coder: the model's tokenizer.
            recipe: the size and training of the model.
            seed: of the exercises.
        """
        return Exercises(facts, wordings, coder, recipe.page, seed, recipe.restarts)

    def side_training(self, model: PreTrainedModel) -> SideTraining | None:
        """Return what trains parts of ``model`` with a loss of their own; None: there is nothing.

        It is called after the optimizer of the other weights has been made. So it can enable the
        gradients of the weights that it trains.
        """
        return None

    def identity(self) -> list[Any]:
        """Return as JSON what the weights depend on beside the recipe and the facts."""
        kind = type(self)
        code = code_digest((*self.code, kind.__module__))
        return [f"{kind.__module__}:{kind.__qualname__}", asdict(self), code]


@dataclass(frozen=True)
class Llama(Architecture):
    """A Llama: full attention in every block."""

    def new_model(self, coder: Coder, recipe: Recipe) -> PreTrainedModel:
        """Return the untrained Llama."""
        from transformers import LlamaForCausalLM

        from cltool.models.tiny.llama import new_model

        return new_model(LlamaForCausalLM, coder, recipe)
