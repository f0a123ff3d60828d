"""The embedded model, built from the base facts of a stream."""
