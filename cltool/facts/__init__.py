"""Facts, updates, streams, wordings, and files of facts."""
