"""Avalanche's own plugins, unmodified, as strategies: ``avalanche:EWCPlugin``.

`verdicts` says which of them can run on a language model, `plugins` makes strategies of them,
and `view` shows them the learner as the classifier that they were written for.
"""
