"""Strategies that hold important weights in place."""
