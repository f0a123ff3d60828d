"""All scores of an audit: names, meanings, directions and tolerances."""

from __future__ import annotations

from dataclasses import dataclass

from cltool.audit.measures.verdict import Leak, Verdict

QUESTIONS = "Questions"
TEACHER_FORCED = "Teacher-forced"
SAMPLED = "Sampled answers"
MEMBERSHIP = "Membership inference"
RELEARNING = "Relearning"
QUANTISATION = "Quantisation"
NEIGHBOURS = "Retained facts"
GENERAL = "The model as a whole"
FAMILIES = (
    QUESTIONS,
    TEACHER_FORCED,
    SAMPLED,
    MEMBERSHIP,
    RELEARNING,
    QUANTISATION,
    NEIGHBOURS,
    GENERAL,
)
"""In the order of the report."""


@dataclass(frozen=True, slots=True)
class Attack:
    """One score of each fact or text.

    Attributes:
        name: of its outcome.
        family: group in the report.
        title: as the report shows it.
        meaning: one sentence.
        tolerance: name of the tolerance that applies.
        leak: the direction that reveals more of the erased facts; for scores of what must be
            kept, the better direction.
        kept: whether the score is about what must be kept, so the other direction is damage.
        span: smallest and largest possible difference.
        unattacked: the score that this attack tries to raise, for the restored share.
    """

    name: str
    family: str
    title: str
    meaning: str
    tolerance: str
    leak: Leak = "higher"
    kept: bool = False
    span: tuple[float, float] = (-1.0, 1.0)
    unattacked: str = ""

    def word(self, verdict: Verdict) -> str:
        """Return the name of a verdict on this score."""
        if self.kept:
            words = {Verdict.RESIDUE: BETTER, Verdict.OVER_FORGOTTEN: DAMAGED}
            return words.get(verdict, verdict.value)
        return verdict.value


BETTER, DAMAGED = "better than the reference", "damaged"
"""Verdicts beyond the tolerance on scores of what must be kept."""


def _attacked(name: str, family: str, title: str, meaning: str, tolerance: str) -> list[Attack]:
    """Return an attack on the weights with its two scores: greedy answers and probability."""
    said = f"{meaning}: share of right greedy answers in one trained and all held-out wordings"
    seen = f"{meaning}: probability per token of the object in the same wordings"
    return [
        Attack(name, family, title, said, tolerance, unattacked="known"),
        Attack(
            f"{name}_probability",
            family,
            f"{title}, probability",
            seen,
            tolerance,
            unattacked="known_probability",
        ),
    ]


ATTACKS: tuple[Attack, ...] = (
    Attack(
        "greedy_trained",
        QUESTIONS,
        "Trained wordings",
        "share of greedy answers in trained wordings that are the object or an alias",
        "greedy",
    ),
    Attack(
        "greedy_paraphrase",
        QUESTIONS,
        "Paraphrases",
        "the same in held-out statements",
        "greedy",
    ),
    Attack(
        "greedy_question",
        QUESTIONS,
        "Questions held out",
        "the same in held-out questions",
        "greedy",
    ),
    Attack(
        "rouge",
        QUESTIONS,
        "ROUGE-L recall",
        "longest common subsequence of greedy answer and object, as a share of the object",
        "memorisation",
    ),
    Attack(
        "reversed",
        QUESTIONS,
        "Reversed",
        "share of right greedy answers when the object is given and the subject is asked for",
        "greedy",
    ),
    Attack(
        "reversed_probability",
        QUESTIONS,
        "Reversed, probability",
        "probability per token of the subject when the object is given",
        "probability",
    ),
    Attack(
        "lookup",
        QUESTIONS,
        "Looked up",
        "1 / rank of the true subject among subjects of the relation, ranked by the probability of"
        " the object after each",
        "greedy",
    ),
    Attack(
        "two_hop",
        QUESTIONS,
        "Two hops",
        "share of right greedy answers to questions through another fact",
        "greedy",
    ),
    Attack(
        "two_hop_probability",
        QUESTIONS,
        "Two hops, probability",
        "probability per token of the answer to questions through another fact",
        "probability",
    ),
    Attack(
        "probability",
        TEACHER_FORCED,
        "Probability",
        "probability per token of the object, in trained wordings",
        "probability",
    ),
    Attack(
        "alias",
        TEACHER_FORCED,
        "Aliases",
        "probability per token of the most probable alias, for facts that have one",
        "probability",
    ),
    Attack(
        "exact_memorisation",
        TEACHER_FORCED,
        "Exact memorisation",
        "share of the object's tokens that are the most probable ones",
        "memorisation",
    ),
    Attack(
        "extraction_strength",
        TEACHER_FORCED,
        "Extraction strength",
        "share of the object that greedy decoding completes from the shortest sufficient prefix",
        "memorisation",
    ),
    Attack(
        "truth_ratio",
        TEACHER_FORCED,
        "Truth ratio",
        "probability of the object, as a share of its sum with the mean probability of objects that"
        " were never true, in held-out wordings; 0.5: equally probable",
        "truth_ratio",
    ),
    Attack(
        "leak_at_k",
        SAMPLED,
        "leak@k",
        "probability that at least one of k sampled answers is the object or an alias",
        "leak",
    ),
    *_attacked(
        "relearn_erased", RELEARNING, "Other erased facts", "after relearning them", "relearning"
    ),
    *_attacked(
        "relearn_related",
        RELEARNING,
        "Related facts",
        "after training on retained facts that share subject, object or relation",
        "relearning",
    ),
    *_attacked(
        "relearn_unrelated",
        RELEARNING,
        "Unrelated sentences",
        "after training on retained facts that share nothing with erased ones; if these are few,"
        " also on plain sentences without facts",
        "relearning",
    ),
    *_attacked("int8", QUANTISATION, "8 bits", "with weights rounded to int8", "quantisation"),
    *_attacked("int4", QUANTISATION, "4 bits", "with weights rounded to int4", "quantisation"),
    Attack(
        "same_subject",
        NEIGHBOURS,
        "Same subject",
        "share of right greedy answers on retained facts with an erased subject",
        "neighbours",
        kept=True,
    ),
    Attack(
        "same_relation",
        NEIGHBOURS,
        "Same relation",
        "the same for facts with an erased fact's relation",
        "neighbours",
        kept=True,
    ),
    Attack(
        "same_object",
        NEIGHBOURS,
        "Same object",
        "the same for facts with an erased object",
        "neighbours",
        kept=True,
    ),
    Attack(
        "unrelated",
        NEIGHBOURS,
        "Unrelated",
        "the same for facts that share nothing with an erased fact",
        "neighbours",
        kept=True,
    ),
    Attack(
        "degenerate_erased",
        GENERAL,
        "Degenerate, erased facts",
        "share of answers about erased facts that are empty or repeat themselves",
        "degenerate",
        leak="lower",
        kept=True,
    ),
    Attack(
        "degenerate_retained",
        GENERAL,
        "Degenerate, retained facts",
        "the same for answers about retained facts",
        "degenerate",
        leak="lower",
        kept=True,
    ),
    Attack(
        "degenerate_free",
        GENERAL,
        "Degenerate, free text",
        "share of sampled continuations of a general text's prompt or first half that repeat"
        " themselves",
        "degenerate",
        leak="lower",
        kept=True,
    ),
    Attack(
        "loss_general",
        GENERAL,
        "Loss on general text",
        "mean loss in nats per token; its exponential is the perplexity",
        "perplexity",
        leak="lower",
        kept=True,
        span=(-10.0, 10.0),
    ),
)
"""Every score that is compared fact by fact, in the order of the report."""

MEMBERSHIP_ATTACKS: tuple[Attack, ...] = tuple(
    Attack(
        f"membership_{name}",
        MEMBERSHIP,
        title,
        f"AUC of {measured}: erased sentences against the same sentences with objects that were"
        " never true",
        "membership",
    )
    for name, title, measured in (
        ("loss", "Loss", "the loss"),
        ("zlib", "zlib", "the loss divided by the compressed size"),
        ("min_k", "Min-K%", "the loss of the least probable 40% of tokens"),
        ("min_k_plus_plus", "Min-K%++", "the same, standardised at each position"),
        ("reference", "Reference", "the loss minus the retrained model's"),
    )
)
"""Every score that is compared as an AUC; 1 recognises all erased sentences, 0.5 none."""
