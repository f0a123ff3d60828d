"""Size and training of an embedded model."""

from __future__ import annotations

from dataclasses import dataclass, replace

FIRST = 0.4
"""Pages in the first training step, relative to the mean of all steps; the last has 2 − FIRST."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """Size and training of an embedded model: everything that determines it except the facts.

    Attributes:
        hidden: width of the residual stream.
        inner: width of the MLP.
        layers: number of transformer blocks.
        vocabulary: size of the tokenizer's vocabulary.
        context: longest sequence, in tokens.
        page: longest reading exercise, in tokens.
        restarts: share of the reading exercises in which each question begins like a new text. A
            model that keeps what it has read is asked in this way.
        epochs: maximum number of epochs over the base sentences, unless ``steps`` or ``pages``
            need more.
        steps: minimum number of steps; with few base facts, more epochs are planned to reach it.
        batch: base sentences per step.
        lr: learning rate of AdamW; Muon's is 20/3 of it.
        pages: reading exercises in total, spread over all steps; 0: the model does not learn to
            read.
        page_batch: maximum mean number of pages per step; more pages need more steps.
        known: without reading exercises, training stops after an epoch in which this share of the
            base sentences is completed correctly.
        format: version of the recipe; raise it when the same recipe gives other weights for a
            reason outside the code that `cltool.models.tiny.build.digest` hashes.
    """

    hidden: int = 96
    inner: int = 256
    layers: int = 2
    vocabulary: int = 1536
    context: int = 256
    page: int = 256
    restarts: float = 0.0
    epochs: int = 10
    steps: int = 300
    batch: int = 32
    lr: float = 3e-3
    pages: int = 20_000
    page_batch: int = 20
    known: float = 0.999
    format: int = 2

    @classmethod
    def for_facts(cls, count: int, *, reading: bool = True) -> Recipe:
        """Return a recipe with enough capacity for ``count`` facts.

        A model stores about one bit per parameter if it sees each fact 100 times.
        """
        if count <= 700:
            recipe = cls()
        elif count <= 2_000:
            recipe = cls(hidden=128, inner=384)
        else:
            hidden = 256 if count <= 20_000 else 512
            recipe = cls(hidden=hidden, inner=3 * hidden, layers=4, vocabulary=4096, batch=64)
        # With more facts in the weights, the model needs more pages to learn to prefer the prompt.
        return replace(recipe, pages=16_000 + 16 * min(count, 2_000) if reading else 0)

    def plan(self, sentences: int) -> tuple[int, int]:
        """Return (epochs, steps in total) for a base of ``sentences`` training sentences."""
        batches = -(-sentences // self.batch)
        epochs = max(self.epochs, -(-max(self.steps, self.pages // self.page_batch) // batches))
        return epochs, epochs * batches

    def pages_at(self, step: int, steps: int) -> int:
        """Return the number of pages in ``step`` (from 0) of ``steps``.

        It grows linearly: a noisy gradient is good enough in the first steps, while the last
        steps need the mean over many pages.
        """

        def pages_before(end: int) -> int:
            share = end / steps
            return round(self.pages * share * (FIRST + (1 - FIRST) * share))

        return pages_before(step + 1) - pages_before(step)
