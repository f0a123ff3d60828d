"""What a model knew and did before the stream, and whether it still does.

It asks plain questions that no update teaches, and measures drift on a text, on instructions and on
requests. Data files of this package hold the questions and texts; `docs/general.md` explains them.
"""
