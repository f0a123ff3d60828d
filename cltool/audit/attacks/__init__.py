"""Attacks on a model that erased facts: functions of (model, erased facts).

An attack gives a score for each fact and does not use the retrained model: both models are
attacked with the same questions, seeds and batches, and `cltool.audit.audit` compares the scores.
`catalogue` describes every score; `battery` runs all attacks on one model.
"""
