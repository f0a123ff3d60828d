"""Attacks on a model that erased facts, each a function of (model, what is audited).

An attack gives a score for each fact and knows nothing of the retrained model: the same attack is
made on both with the same questions, seeds and batches, and `cltool.audit.audit` compares them.
`catalogue` says what each score is, `battery` makes them all on one model.
"""
