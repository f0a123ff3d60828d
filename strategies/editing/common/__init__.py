"""Shared parts of the editing strategies."""
