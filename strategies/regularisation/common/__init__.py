"""Shared parts of the regularisation strategies."""
