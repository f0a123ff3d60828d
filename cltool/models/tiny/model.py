"""``tiny``: the embedded model, as an entry of the registry."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING

from cltool.core.progress import QUIET, Progress
from cltool.models.model import Model
from cltool.models.tiny.build import Recipe, build, coder

if TYPE_CHECKING:
    from cltool.facts.facts import Key
    from cltool.facts.stream import Stream
    from cltool.lm.coder import Coder


class Tiny(Model):
    """The embedded model: a small Llama that is taught the stream's base facts."""

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
            progress=progress,
        )

    def coder(self, stream: Stream) -> Coder:
        """Return the tokenizer that is trained on the base facts of ``stream``."""
        return coder(stream.updates[0].learn, stream.wordings)
