"""Strategies that edit weights in closed form, or store edits beside the weights."""
