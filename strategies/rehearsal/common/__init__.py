"""Shared parts of the rehearsal strategies."""
