"""Strategies that distil from the model before the update."""
