"""Runs experiments: single runs, comparisons, searches of settings, and committed experiments."""
