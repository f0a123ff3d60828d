"""Strategies that erase facts from the model."""
