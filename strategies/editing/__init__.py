"""Strategies that edit weights in closed form or beside them."""
