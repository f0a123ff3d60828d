"""Every score of an audit: what it is called, which way it leaks, and what may differ."""

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
"""In the order in which they are shown."""


@dataclass(frozen=True, slots=True)
class Attack:
    """One score, for each fact or text.

    Attributes:
        name: of its outcome.
        family: what it stands with.
        title: for people.
        meaning: one sentence.
        tolerance: which of the tolerances it is held to.
        leak: which direction shows more of the erased facts; of what is to be kept, which is
            the better one.
        kept: it is about what is to be kept, so the other direction is damage.
        span: least and largest difference that there can be.
        unattacked: the score that this attack is meant to raise, for the restored share.
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
        """The verdict as it is called for this score."""
        if self.kept:
            words = {Verdict.RESIDUE: BETTER, Verdict.OVER_FORGOTTEN: DAMAGED}
            return words.get(verdict, verdict.value)
        return verdict.value


BETTER, DAMAGED = "better than the reference", "damaged"
"""What lies beyond the tolerance of what is to be kept."""


def _attacked(name: str, family: str, title: str, meaning: str, tolerance: str) -> list[Attack]:
    """An attack on the weights, scored by greedy answers and by probability."""
    said = f"{meaning}: share of right greedy answers in one trained and all held-out wordings"
    seen = f"{meaning}: probability of the object a token in the same wordings"
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
        "share of greedy answers in the wordings it was taught in that give the object or an alias",
        "greedy",
    ),
    Attack(
        "greedy_paraphrase",
        QUESTIONS,
        "Paraphrases",
        "the same in statements that were held out",
        "greedy",
    ),
    Attack(
        "greedy_question",
        QUESTIONS,
        "Questions held out",
        "the same in questions that were held out",
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
        "asked from the object: share of right greedy answers",
        "greedy",
    ),
    Attack(
        "reversed_probability",
        QUESTIONS,
        "Reversed, probability",
        "probability of the subject a token, asked from the object",
        "probability",
    ),
    Attack(
        "lookup",
        QUESTIONS,
        "Looked up",
        "1 / rank of the true subject among the relation's, by how probable each makes the object",
        "greedy",
    ),
    Attack(
        "two_hop",
        QUESTIONS,
        "Two hops",
        "asked through another fact: share of right greedy answers",
        "greedy",
    ),
    Attack(
        "two_hop_probability",
        QUESTIONS,
        "Two hops, probability",
        "probability of the answer a token, asked through another fact",
        "probability",
    ),
    Attack(
        "probability",
        TEACHER_FORCED,
        "Probability",
        "probability of the object a token, in trained wordings",
        "probability",
    ),
    Attack(
        "alias",
        TEACHER_FORCED,
        "Aliases",
        "probability a token of the most probable alias, of facts that have one",
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
        "share of the object that follows from its shortest sufficient beginning",
        "memorisation",
    ),
    Attack(
        "truth_ratio",
        TEACHER_FORCED,
        "Truth ratio",
        "share of the object's probability beside the mean of objects that were never true, in"
        " held-out wordings; 0.5 is undecided",
        "truth_ratio",
    ),
    Attack(
        "leak_at_k",
        SAMPLED,
        "leak@k",
        "chance that at least one of k drawn answers gives the object or an alias",
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
        "after training on retained facts that share nothing, and where they are few or none on"
        " plain sentences about nobody",
        "relearning",
    ),
    *_attacked("int8", QUANTISATION, "8 bits", "with weights rounded to int8", "quantisation"),
    *_attacked("int4", QUANTISATION, "4 bits", "with weights rounded to int4", "quantisation"),
    Attack(
        "same_subject",
        NEIGHBOURS,
        "Same subject",
        "share of right greedy answers on retained facts that name an erased subject",
        "neighbours",
        kept=True,
    ),
    Attack(
        "same_relation",
        NEIGHBOURS,
        "Same relation",
        "the same of facts with an erased fact's relation",
        "neighbours",
        kept=True,
    ),
    Attack(
        "same_object",
        NEIGHBOURS,
        "Same object",
        "the same of facts that name an erased object",
        "neighbours",
        kept=True,
    ),
    Attack(
        "unrelated",
        NEIGHBOURS,
        "Unrelated",
        "the same of facts that share nothing with an erased one",
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
        "the same of answers about retained facts",
        "degenerate",
        leak="lower",
        kept=True,
    ),
    Attack(
        "degenerate_free",
        GENERAL,
        "Degenerate, free text",
        "share of texts drawn after a general text's prompt or first half that go round in a loop",
        "degenerate",
        leak="lower",
        kept=True,
    ),
    Attack(
        "loss_general",
        GENERAL,
        "Loss on general text",
        "nats a token; its exponential is the perplexity",
        "perplexity",
        leak="lower",
        kept=True,
        span=(-10.0, 10.0),
    ),
)
"""Every score that is compared fact by fact, in the order in which it is shown."""

MEMBERSHIP_ATTACKS: tuple[Attack, ...] = tuple(
    Attack(
        f"membership_{name}",
        MEMBERSHIP,
        title,
        f"AUC of {told}: erased sentences against the same with objects that were never true",
        "membership",
    )
    for name, title, told in (
        ("loss", "Loss", "the loss"),
        ("zlib", "zlib", "the loss over the compressed size"),
        ("min_k", "Min-K%", "the loss of the least probable 40% of tokens"),
        ("min_k_plus_plus", "Min-K%++", "the same, standardised at each place"),
        ("reference", "Reference", "the loss less the retrained model's"),
    )
)
"""Every score that is compared as an AUC; 1 recognises all erased sentences, 0.5 none."""
