"""Reads files of facts: rows, events, forget lists, and their consistency."""
