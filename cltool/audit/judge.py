"""Verdicts: the scores of attacked models against those of retrained models."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cltool.audit.attacks.battery import Findings
from cltool.audit.attacks.catalogue import ATTACKS, FAMILIES, MEMBERSHIP_ATTACKS, NEIGHBOURS, Attack
from cltool.audit.attacks.general import LINE
from cltool.audit.attacks.membership import LOSS, REFERENCE, Membership
from cltool.audit.attacks.settings import AuditSettings
from cltool.audit.attacks.teacher_forcing import RIGHT, WRONG
from cltool.audit.measures.intervals import Interval, auc_difference, paired_difference
from cltool.audit.measures.membership import privacy_leakage
from cltool.audit.measures.ragged import Values
from cltool.audit.measures.restoration import restored
from cltool.audit.measures.truth_ratio import forget_quality, truth_ratio
from cltool.audit.measures.verdict import Verdict, decide
from cltool.audit.pooling import pooled
from cltool.core.seeds import derive
from cltool.facts.facts import Key


@dataclass(frozen=True, slots=True)
class Row:
    """One attack with its verdict.

    Attributes:
        attack: the score.
        figure: of the model: a mean over facts, or an AUC.
        reference: of the retrained model.
        before: of the model before the erasing, over facts that it was taught, without attacks
            on its weights; None if that model was not attacked.
        difference: ``figure`` minus ``reference``, with its interval.
        tolerance: largest difference that counts as equal.
        verdict: the verdict.
        notes: name → a further number, such as the restored share.
    """

    attack: Attack
    figure: float
    reference: float
    before: float | None
    difference: Interval
    tolerance: float
    verdict: Verdict
    notes: Mapping[str, float]

    @property
    def word(self) -> str:
        """Name of the verdict for this score."""
        return self.attack.word(self.verdict)

    @property
    def within(self) -> float:
        """Smallest tolerance at which the two models would be indistinguishable."""
        return max(abs(self.difference.low), abs(self.difference.high))

    def as_json(self) -> dict[str, Any]:
        """Return plain JSON values; null for missing ones."""
        return {
            "attack": self.attack.name,
            "family": self.attack.family,
            "title": self.attack.title,
            "verdict": self.word,
            "figure": _plain(self.figure),
            "reference": _plain(self.reference),
            "before": _plain(self.before),
            "difference": _plain(self.difference.estimate),
            "low": _plain(self.difference.low),
            "high": _plain(self.difference.high),
            "n": self.difference.n,
            "tolerance": self.tolerance,
            "within": _plain(self.within),
            "notes": {name: _plain(value) for name, value in self.notes.items()},
        }


ENOUGH = 10
"""Minimum number of retained facts for a share of what was known before."""

Seeds = Sequence[Findings]
"""Findings of one model for each seed, in the order of the seeds."""


def rows(
    models: Seeds,
    references: Seeds,
    settings: AuditSettings,
    before: Seeds = (),
    taught: Collection[Key] = (),
) -> list[Row]:
    """Judge every attack that was run on all models, in the catalogue's order.

    With several seeds, a fact's score is its mean over them and an AUC the mean of their AUCs;
    intervals are over facts, each with all of its seeds (cluster bootstrap).

    Args:
        models: findings of the models that erased the facts.
        references: findings of the retrained models, seed by seed.
        settings: tolerances, confidence and seed.
        before: findings of the models before the erasing; empty if they were not attacked.
        taught: the erased and retained facts that the models before were taught.
    """
    model, reference = pooled(models), pooled(references)
    earlier = pooled(before) if before else None
    found: list[Row] = []
    for attack in ATTACKS:
        scores = [side.outcomes.get(attack.name) for side in (model, reference)]
        if scores[0] is not None and scores[1] is not None:
            pair = scores[0].scores, scores[1].scores
            sides = model, reference, earlier
            if not pair[0].keys().isdisjoint(pair[1]):
                found.append(_row(attack, *pair, sides, settings, taught))
    found += _members(models, references, before, settings)
    return sorted(found, key=lambda row: FAMILIES.index(row.attack.family))


def figures(sides: Seeds, references: Seeds) -> dict[str, float]:
    """Return attack → the figure that `rows` gives for a model.

    Args:
        sides: findings of the model, seed by seed.
        references: findings of the retrained models, seed by seed.
    """
    found: dict[str, float] = {}
    side, reference = pooled(sides), pooled(references)
    for attack in ATTACKS:
        one, other = (which.outcomes.get(attack.name) for which in (side, reference))
        if one is not None and other is not None:
            chosen = [value for key, value in one.scores.items() if key in other.scores]
            if chosen:
                found[attack.name] = sum(chosen) / len(chosen)
    members = _with_references(sides, references)
    for attack in MEMBERSHIP_ATTACKS:
        each = _of_all(members, attack)
        if each:
            found[attack.name] = _auc(each)
    return found


def retained_of_before(
    side: Findings, before: Findings | None, taught: Collection[Key]
) -> float | None:
    """Return right answers on retained facts as a share of those before the erasing.

    Args:
        side: findings of a model.
        before: findings of the model before the erasing.
        taught: the facts that it was taught; other facts do not count.

    Returns:
        Mean over the facts, divided by their mean before. None if that is 0 or unknown, or there
        are fewer than `ENOUGH` such facts: few facts of a long stream's base stay true.
    """
    if before is None or len(_retained(side).keys() & _retained(before) & set(taught)) < ENOUGH:
        return None
    means = []
    for one, other in ((side, before), (before, side)):
        scores, others = _retained(one), _retained(other)
        chosen = [value for key, value in scores.items() if key in taught and key in others]
        means.append(sum(chosen) / len(chosen) if chosen else 0.0)
    return means[0] / means[1] if means[1] > 0 else None


def _retained(side: Findings) -> dict[Key, float]:
    names = [attack.name for attack in ATTACKS if attack.family == NEIGHBOURS]
    asked = [side.outcomes[name].scores for name in names if name in side.outcomes]
    return {key: value for scores in asked for key, value in scores.items()}


def _row(
    attack: Attack,
    values: Mapping[Key, float],
    others: Mapping[Key, float],
    sides: tuple[Findings, Findings, Findings | None],
    settings: AuditSettings,
    taught: Collection[Key],
) -> Row:
    keys = [key for key in values if key in others]
    one, two = [values[key] for key in keys], [others[key] for key in keys]
    low, high = attack.span
    difference = paired_difference(
        # A loss may be infinite.
        [min(max(value, low), high) for value in one],
        [min(max(value, low), high) for value in two],
        seed=derive(settings.seed, "audit", attack.name),
        confidence=settings.confidence,
        span=attack.span,
    )
    tolerance = float(getattr(settings.tolerances, attack.tolerance))
    verdict = decide(difference, tolerance, attack.leak)
    figure, reference = sum(one) / len(one), sum(two) / len(two)
    earlier = _earlier(attack, sides[2], taught)
    notes: dict[str, float] = {}
    if attack.unattacked and earlier is not None:
        plain = sides[0].outcomes[attack.unattacked].scores
        # Facts that were not known before cannot be restored, so they do not count.
        means = [_mean_of(scores, taught) for scores in (plain, values, others)]
        share = restored(earlier, *means)
        notes |= {"restored": share.of_drop, "beyond the reference": share.beyond_reference}
    if attack.name == "truth_ratio":
        notes["forget quality (p)"] = forget_quality(*map(_ratios, sides[:2])).p
    if attack.name == "loss_general":
        notes |= {"perplexity": sides[0].perplexity, "the reference's": sides[1].perplexity}
    return Row(attack, figure, reference, earlier, difference, tolerance, verdict, notes)


def _earlier(attack: Attack, before: Findings | None, taught: Collection[Key]) -> float | None:
    """Return the score of the model before the erasing, without attacks on its weights."""
    outcome = None if before is None else before.outcomes.get(attack.unattacked or attack.name)
    if outcome is None:
        return None
    scores = [one for key, one in outcome.scores.items() if key in taught or key[1] == LINE]
    return sum(scores) / len(scores) if scores else None


def _mean_of(scores: Mapping[Key, float], taught: Collection[Key]) -> float:
    chosen = [value for key, value in scores.items() if key in taught]
    return sum(chosen) / len(chosen) if chosen else math.nan


def _ratios(side: Findings) -> Values:
    """Return TOFU's truth ratios, fact by fact."""
    logs = [[[one] for one in side.outcomes[name].scores.values()] for name in (RIGHT, WRONG)]
    return truth_ratio(*logs)


def _members(models: Seeds, references: Seeds, before: Seeds, settings: AuditSettings) -> list[Row]:
    """Judge the membership attacks; `reference` is computed from the losses of both models."""
    found = []
    sides = [_with_references(side, references) for side in (models, references)]
    earlier = _with_references(before, references) if before else []
    for attack in MEMBERSHIP_ATTACKS:
        one, two = (_of_all(side, attack) for side in sides)
        if not one or not two:
            continue
        difference = auc_difference(
            [(each.erased, each.unseen) for each in one],
            [(each.erased, each.unseen) for each in two],
            seed=derive(settings.seed, "audit", attack.name),
            confidence=settings.confidence,
            # The reference's own AUC is 0.5 by definition.
            span=(-0.5, 0.5) if attack.name == f"membership_{REFERENCE}" else (-1.0, 1.0),
        )
        tolerance = float(getattr(settings.tolerances, attack.tolerance))
        figure, reference = _auc(one), _auc(two)
        # It divides by 1 - AUC of the reference.
        notes = {"PrivLeak (%)": privacy_leakage(figure, reference)} if reference < 1 else {}
        old = _of_all(earlier, attack)
        verdict = decide(difference, tolerance, attack.leak)
        known = _auc(old) if old else None
        found.append(Row(attack, figure, reference, known, difference, tolerance, verdict, notes))
    return found


def _with_references(sides: Seeds, references: Seeds) -> list[dict[str, Membership]]:
    found = []
    for side, retrained in zip(sides, references, strict=True):
        members = dict(side.members)
        if LOSS in members and LOSS in retrained.members:
            members[REFERENCE] = members[LOSS].less(retrained.members[LOSS])
        found.append(members)
    return found


def _of_all(seeds: Sequence[Mapping[str, Membership]], attack: Attack) -> list[Membership]:
    """Return the attack's scores seed by seed; empty if one seed has none."""
    name = attack.name.removeprefix("membership_")
    found = [members[name] for members in seeds if name in members]
    return found if len(found) == len(seeds) else []


def _auc(seeds: Sequence[Membership]) -> float:
    return sum(one.auc for one in seeds) / len(seeds)


def tally(found: Sequence[Row]) -> dict[str, int]:
    """Count how often each verdict was given; verdicts that were not given are left out."""
    return dict(Counter(row.word for row in found))


def _plain(value: float | None) -> float | None:
    return None if value is None or not math.isfinite(value) else float(value)
