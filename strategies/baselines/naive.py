"""Fine-tunes on each update, without protection against forgetting: the baseline to beat."""

from __future__ import annotations

from cltool.training.strategy import Strategy


class Naive(Strategy):
    """Trains on the facts of each update."""

    shares_weights = True
