"""Strategies that put facts into the prompt."""
