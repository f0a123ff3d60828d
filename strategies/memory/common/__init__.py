"""Shared parts of the memory strategies."""
