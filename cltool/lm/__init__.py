"""Language models: building the embedded one, loading any other, encoding, scoring, saving."""
