"""The embedded model, built from a scenario's base knowledge."""
