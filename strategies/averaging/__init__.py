"""Strategies that average weights."""
