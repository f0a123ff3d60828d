"""Shapes of rows that other people's files of facts have, and how each becomes facts."""
