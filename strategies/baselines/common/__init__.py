"""Shared parts of the adapter strategies."""
