"""Relearning: does a little fine-tuning on other sentences bring erased facts back?

Hu et al. (2025), "Unlearning or Obfuscating? Jogging the Memory of Unlearned LLMs via Benign
Relearning". All weights are fine-tuned for some steps on other sentences, and the erased facts
that these do not teach are scored. Any training changes any model, so the reference is attacked
with the same batches: what it gains too is not residue.

If too few retained facts share nothing with an erased fact, the unrelated sentences are filled up
with plain ones that state no fact (`plain_text`).

For ``erased``, the model is trained twice, each time on one half of the erased facts, and the other
half is scored, so every erased fact is scored and none that is scored was trained on.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import torch
from torch import nn

from cltool.audit.attacks.case import Case
from cltool.audit.attacks.plain_text import PLAIN_TEXT
from cltool.audit.attacks.questions import right_answers
from cltool.audit.attacks.settings import AuditSettings
from cltool.audit.attacks.target import Outcome, Target
from cltool.audit.attacks.teacher_forcing import probabilities
from cltool.audit.attacks.weights import restored_afterwards
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
"""Maximum norm of a gradient, as in the learner's defaults."""

ERASED, RELATED, UNRELATED = "erased", "related", "unrelated"

Pairs = Sequence[tuple[str, str]]
"""(prompt, completion) of each sentence."""


def relearned_scores(target: Target, case: Case, settings: AuditSettings) -> dict[str, Outcome]:
    """Return ``relearn_erased``, ``…_related``, ``…_unrelated`` and their ``…_probability``.

    ``erased`` needs at least two erased facts, ``related`` at least one related fact.
    """
    found: dict[str, Outcome] = {}
    for kind, splits in _splits(case, settings).items():
        greedy, forced = Outcome({}), Outcome({})
        for taught, scored in splits:
            with restored_afterwards(target.lm.model):
                finetune(target.lm, target.lm.coder.pairs(taught), settings)
                said = right_answers(target, case, scored)
                greedy.scores.update(said.scores)
                greedy.answers.update(said.answers)
                forced.scores.update(probabilities(target, case, scored).scores)
        if greedy.scores:
            found |= {f"relearn_{kind}": greedy, f"relearn_{kind}_probability": forced}
    return found


def learning_rate(lm: LanguageModel, settings: AuditSettings) -> float:
    """Return the learning rate of the attack.

    Raises:
        UserError: it is not set, and the model's config does not give its width.
    """
    if settings.lr is not None:
        return settings.lr
    if not lm.width:
        raise UserError(
            "the model's config does not give its width, so there is no default learning rate",
            where=lm.source,
            hint="Set one with --set audit.lr=…",
        )
    return lm.default_rate


def finetune(lm: LanguageModel, examples: Sequence[Encoded], settings: AuditSettings) -> None:
    """Train all weights on ``examples`` with the steps and the rate of ``settings``.

    There is no dropout: two models differ only in their weights.

    Raises:
        UserError: see `learning_rate`.
    """
    if not settings.steps or not examples:
        return
    for parameter in lm.model.parameters():
        parameter.requires_grad_(parameter.is_floating_point())
    optimizer = optimizers.build(lm.model, "adamw", learning_rate(lm, settings), 0.0)
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
    """Return for each kind: what is trained, and which erased facts are scored after it."""
    erased = case.erased
    near = [fact for name in (SUBJECT, OBJECT, RELATION) for fact in case.groups[name]]
    related = case.sample(near, settings.relearned, "related")
    unrelated = case.sample(case.groups[OTHER], settings.relearned, "unrelated")
    shuffled = case.shuffled(erased, "halves")
    one, other = shuffled[: len(erased) // 2], shuffled[len(erased) // 2 :]
    halves = [(one, other), (other, one)] if len(erased) > 1 else []
    return {
        ERASED: [(_pairs(case, taught), scored) for taught, scored in halves],
        RELATED: [(_pairs(case, related), erased)] if related else [],
        UNRELATED: [(_filled(_pairs(case, unrelated)), erased)],
    }


def _filled(pairs: Pairs) -> Pairs:
    """Fill up with plain sentences, so that the model does not memorise a few sentences."""
    return [*pairs, *PLAIN_TEXT[len(pairs) :]]


def _pairs(case: Case, facts: Sequence[Fact]) -> Pairs:
    return [pair for fact in facts for pair in case.wordings.examples(fact)]
