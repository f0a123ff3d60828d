"""Avalanche's own plugins, unmodified, as strategies: ``avalanche:EWCPlugin``.

`verdicts` says which of them can run on a language model, `plugins` turns them into strategies,
and `view` presents the learner to them as the classifier that they expect.
"""
