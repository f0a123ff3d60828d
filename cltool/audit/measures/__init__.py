"""Measures of selective forgetting: pure functions of arrays, a number for each fact.

`memorisation` and `truth_ratio` say what a model still knows, `membership` whether it betrays
that it was trained on a fact, `leakage` what sampled answers let out, `repetition` whether
they are still text, `restoration` what an attack brings back. `intervals` and `verdict`
compare any of them with the retrained model, which is the target of erasing.

The published measures are those of TOFU (Maini et al. 2024), MUSE (Shi et al. 2025) and their
common implementation, open-unlearning (Dorna et al. 2025), to the epsilons. That implementation
takes all label tokens, the end token included, for `probability`, `truth_ratio` and the attacks
`loss`, `zlib` and `reference`, and leaves the last one, the end token, out for
`exact_memorisation`, `extraction_strength`, `min_k` and `min_k_plus_plus`; what is given here is
counted as it is given (see `cltool.lm.token_scores.TokenScores.answer`).
"""
