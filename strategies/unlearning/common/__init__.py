"""Shared parts of the unlearning strategies."""
