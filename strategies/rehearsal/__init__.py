"""Strategies that rehearse earlier facts together with the update."""
