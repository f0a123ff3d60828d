"""Strategies that rehearse earlier facts beside the update."""
