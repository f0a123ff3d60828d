"""Relearning: whether a little fine-tuning on something else brings erased facts back.

Hu et al. (2025), "Unlearning or Obfuscating? Jogging the Memory of Unlearned LLMs via Benign
Relearning". All weights are fine-tuned for some steps on other sentences, and erased facts
that they do not teach are scored. Any training moves any model, so the reference is attacked with
the same batches: what it gains as well is not residue.

Where few retained facts share nothing with an erased one, or none, the unrelated sentences are
filled up with plain ones, which are about no fact at all (`plain_text`).

On ``erased`` facts training goes twice, each time on one half, and scores the other, so that
every erased fact is scored and none was trained on.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import torch
from torch import nn

from cltool.audit.attacks.asking import briefly
from cltool.audit.attacks.case import Case
from cltool.audit.attacks.forcing import probable
from cltool.audit.attacks.plain_text import PLAIN_TEXT
from cltool.audit.attacks.settings import AuditSettings
from cltool.audit.attacks.target import Outcome, Target
from cltool.audit.attacks.weights import put_back
from cltool.core.errors import UserError
from cltool.core.seeds import derive
from cltool.facts.facts import Fact
from cltool.facts.overlap import OBJECT, OTHER, RELATION, SUBJECT
from cltool.lm import optimizers
from cltool.lm.batches import bucketed, collate
from cltool.lm.coder import Encoded
from cltool.lm.language_model import LanguageModel
from cltool.lm.scoring import score

CLIP = 1.0
"""Largest norm of a gradient, as in the learner's defaults."""

ERASED, RELATED, UNRELATED = "erased", "related", "unrelated"

Pairs = Sequence[tuple[str, str]]
"""(prompt, completion) of each sentence."""


def relearned(target: Target, case: Case, settings: AuditSettings) -> dict[str, Outcome]:
    """``relearn_erased``, ``…_related``, ``…_unrelated`` and their ``…_probability``.

    Without ``erased`` where there is only one, and ``related`` where no fact is.
    """
    found: dict[str, Outcome] = {}
    for kind, splits in _splits(case, settings).items():
        greedy, forced = Outcome({}), Outcome({})
        for taught, scored in splits:
            with put_back(target.lm.model):
                tune(target.lm, target.lm.coder.pairs(taught), settings)
                said = briefly(target, case, scored)
                greedy.scores.update(said.scores)
                greedy.answers.update(said.answers)
                forced.scores.update(probable(target, case, scored).scores)
        if greedy.scores:
            found |= {f"relearn_{kind}": greedy, f"relearn_{kind}_probability": forced}
    return found


def rate_of(lm: LanguageModel, settings: AuditSettings) -> float:
    """The learning rate of the attack.

    Raises:
        UserError: none is set, and the model's config does not say how wide it is.
    """
    if settings.lr is not None:
        return settings.lr
    if not lm.width:
        raise UserError(
            "the model's config does not tell its width, so there is no default rate to relearn at",
            where=lm.source,
            hint="Set one with --set audit.lr=…",
        )
    return lm.default_rate


def tune(lm: LanguageModel, examples: Sequence[Encoded], settings: AuditSettings) -> None:
    """Train all weights on ``examples``, for the steps and with the rate of ``settings``.

    Without dropout, as everything is the same for both models but their weights.

    Raises:
        UserError: see `rate_of`.
    """
    if not settings.steps or not examples:
        return
    for parameter in lm.model.parameters():
        parameter.requires_grad_(parameter.is_floating_point())
    optimizer = optimizers.build(lm.model, "adamw", rate_of(lm, settings), 0.0)
    lm.model.eval()
    batches = _batches(examples, settings)
    for _ in range(settings.steps):
        chosen = next(batches)
        batch = collate(chosen, lm.coder.pad)
        with lm.precision.autocast():
            scored = score(lm.model, {name: one.to(lm.device) for name, one in batch.items()})
        optimizer.zero_grad()
        (scored.loss_sum() / scored.tokens().clamp(min=1)).backward()  # type: ignore[no-untyped-call]
        trained = [p for p in lm.model.parameters() if p.grad is not None]
        nn.utils.clip_grad_norm_(trained, CLIP)
        optimizer.step()


def _batches(examples: Sequence[Encoded], settings: AuditSettings) -> Iterator[list[Encoded]]:
    generator = torch.Generator().manual_seed(derive(settings.seed, "audit", "batches"))
    lengths = [len(example) for example in examples]
    while True:
        for places in bucketed(lengths, settings.batch_size, generator):
            yield [examples[place] for place in places]


def _splits(case: Case, settings: AuditSettings) -> dict[str, list[tuple[Pairs, Sequence[Fact]]]]:
    """Kind → what is trained, and which erased facts are scored then."""
    erased = case.erased
    near = [fact for name in (SUBJECT, OBJECT, RELATION) for fact in case.groups[name]]
    related = case.drawn(near, settings.relearned, "related")
    unrelated = case.drawn(case.groups[OTHER], settings.relearned, "unrelated")
    shuffled = case.shuffled(erased, "halves")
    one, other = shuffled[: len(erased) // 2], shuffled[len(erased) // 2 :]
    halves = [(one, other), (other, one)] if len(erased) > 1 else []
    return {
        ERASED: [(_pairs(case, taught), scored) for taught, scored in halves],
        RELATED: [(_pairs(case, related), erased)] if related else [],
        UNRELATED: [(_filled(_pairs(case, unrelated)), erased)],
    }


def _filled(pairs: Pairs) -> Pairs:
    """At least as many as there are plain sentences, so that few are not learned by heart."""
    return [*pairs, *PLAIN_TEXT[len(pairs) :]]


def _pairs(case: Case, facts: Sequence[Fact]) -> Pairs:
    return [pair for fact in facts for pair in case.wordings.examples(fact)]
