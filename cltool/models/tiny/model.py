"""``tiny`` as an entry of the registry, and the base of other models with its recipe."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from copy import copy
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cltool.core.progress import QUIET, Progress
from cltool.models.model import Model
from cltool.models.tiny.architecture import Architecture
from cltool.models.tiny.build import LLAMA, build, coder
from cltool.models.tiny.recipe import Recipe

if TYPE_CHECKING:
    from cltool.facts.facts import Key
    from cltool.facts.stream import Stream
    from cltool.lm.coder import Coder


class Tiny(Model):
    """The embedded model: a small Llama that is taught the stream's base facts.

    Attributes:
        architecture: what the model is made of; a subclass with another one is another model.
    """

    architecture: Architecture = LLAMA
    context = Recipe().context
    knows_base = True

    def build(
        self,
        stream: Stream,
        *,
        without: Collection[Key] = (),
        reading: bool = True,
        progress: Progress = QUIET,
    ) -> Path:
        """Return the folder of the model that knows the base facts of ``stream``."""
        return build(
            stream.updates[0].learn,
            stream.wordings,
            without=without,
            reading=reading,
            architecture=self.architecture,
            progress=progress,
        )

    def with_options(self, options: Mapping[str, Any]) -> Tiny:
        """Return the model with other options of its architecture."""
        model = copy(self)
        model.architecture = self.architecture.with_options(options)
        return model

    def coder(self, stream: Stream) -> Coder:
        """Return the tokenizer that is trained on the base facts of ``stream``."""
        base = stream.updates[0].learn
        return coder(base, stream.wordings, architecture=self.architecture)
