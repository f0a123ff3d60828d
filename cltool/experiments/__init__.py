"""Drives runs: run, compare, tune, resume."""
