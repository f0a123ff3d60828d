"""Requirements: bounds on scores, and whether what was measured meets them.

`bounds` has the grammar, `runs` checks a bound against the values of seeds, and `items` against the
answers of one model, paired with those of the model before.
"""
