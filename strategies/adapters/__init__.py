"""Strategies that train a small part, or a subspace, of the weights."""
