"""Asking the model, matching its answers, the ledger, and the scores."""
