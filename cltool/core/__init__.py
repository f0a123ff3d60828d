"""Shared basics: errors, registries, settings, files, workers, progress and seeds."""
