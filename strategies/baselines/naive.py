"""Fine-tunes on each update and does nothing against forgetting: what the others must beat."""

from __future__ import annotations

from cltool.training.strategy import Strategy


class Naive(Strategy):
    """Trains on what each update teaches."""
