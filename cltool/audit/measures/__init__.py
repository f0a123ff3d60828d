"""Measures of selective forgetting: pure functions of arrays, with one number for each fact.

- `memorisation` and `truth_ratio`: what a model still knows.
- `membership`: whether a model shows that it was trained on a fact.
- `leakage`: what sampled answers reveal.
- `repetition`: whether generated texts are degenerate.
- `restoration`: how much an attack brings back.
- `intervals` and `verdict`: comparison with the retrained model, which is the target of erasing.

The published measures follow TOFU (Maini et al. 2024), MUSE (Shi et al. 2025) and the
implementation of both in open-unlearning (Dorna et al. 2025), including its epsilons. That
implementation uses all label tokens, with the end token, for `probability`, `truth_ratio` and the
attacks `loss`, `zlib` and `reference`; it leaves out the end token for `exact_memorisation`,
`extraction_strength`, `min_k` and `min_k_plus_plus`. The functions here use all tokens they are
given (`cltool.lm.token_scores.TokenScores.answer` leaves out the end token).
"""
