"""Strategies that penalise changes of important weights."""
