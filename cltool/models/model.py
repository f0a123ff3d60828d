"""The interface of a registered model."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from cltool.core.errors import UserError
from cltool.core.progress import QUIET, Progress
from cltool.models.cache import cache_folder, cached

if TYPE_CHECKING:
    from cltool.facts.facts import Key
    from cltool.facts.stream import Stream
    from cltool.lm.coder import Coder


class Model(ABC):
    """A model that has a name in the registry; cltool builds it or finds its checkpoint.

    Attributes:
        context: longest sequence in tokens, if it is known before the model is built. Facts that
            are too long are then refused before the build. None: it is read from the model.
        knows_base: whether the model is taught the stream's base facts when it is built. Such a
            model can also be built without some of them, as exact retraining needs.
    """

    context: ClassVar[int | None] = None
    knows_base: ClassVar[bool] = False

    @abstractmethod
    def build(
        self,
        stream: Stream,
        *,
        without: Collection[Key] = (),
        reading: bool = True,
        progress: Progress = QUIET,
    ) -> Path:
        """Return the folder of the model's checkpoint; build the model if it does not exist.

        The folder holds an ordinary `transformers` checkpoint with safetensors weights.

        Args:
            stream: a model that ``knows_base`` is taught its base facts.
            without: keys of base facts to leave out; only for a model that ``knows_base``.
            reading: whether the model also learns to answer from facts in its prompt.
            progress: receives the progress of the build.

        Raises:
            UserError: the model cannot be built.
        """

    def with_options(self, options: Mapping[str, Any]) -> Model:
        """Return the model with other sizes.

        Args:
            options: setting → value.

        Raises:
            UserError: the model has no such option, or cannot have such a value.
        """
        raise UserError(
            "the model has no options",
            where="model.options",
            hint="Leave out model.options, or use a model whose name begins with tiny-.",
        )

    def cached(self, name: str, write: Callable[[Path], None], progress: Progress = QUIET) -> Path:
        """Return the folder ``name`` in the cache; call ``write`` to fill it if it is missing.

        Args:
            name: identifies the model and everything that its weights depend on.
            write: receives an empty folder, and writes the checkpoint into it.
            progress: is told if another process is building the model and is waited for.
        """
        return cached(cache_folder() / name, write, progress)

    def coder(self, stream: Stream) -> Coder:
        """Return the tokenizer without building the model; required if ``context`` is set."""
        raise NotImplementedError
