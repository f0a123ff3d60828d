"""Which of Avalanche's plugins run on a language model, and why the others cannot.

This module does not import Avalanche, so plugins can be listed and refused quickly. The verdicts
cover every plugin in ``avalanche.training.plugins`` of avalanche-lib 0.6 (Carta et al. 2023).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from cltool.core.registry import Entry, Refusal

PREFIX = "avalanche:"
FAMILY = "avalanche"
SOURCE = "avalanche-lib"

RUNS = "runs"
WARNS = "runs with a warning"
CANNOT = "cannot"


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether one plugin runs on language models.

    Attributes:
        plugin: the name of the class.
        verdict: ``RUNS``, ``WARNS`` or ``CANNOT``.
        summary: what the plugin does, in one line.
        why: its behaviour on language models; the warning, or the reason why it cannot run.
        instead: the strategy or setting of cltool to use instead.
        defaults: constructor arguments for which Avalanche has no default, or no suitable one.
        base_epochs: passes over the base knowledge that its method needs.
        transient: attributes that it recreates before it reads them.
        resets: whether each update starts from the base weights.
    """

    plugin: str
    verdict: str
    summary: str
    why: str
    instead: str = ""
    defaults: Mapping[str, Any] = field(default_factory=dict)
    base_epochs: int = 0
    transient: tuple[str, ...] = ()
    resets: bool = False

    @property
    def name(self) -> str:
        """The name that users write."""
        return PREFIX + self.plugin


_KEEPS = (
    "Its memory stores sentences without their facts: sentences of superseded or erased facts "
    "stay in it and are still rehearsed"
)
_BATCH = "Importances are computed from gradients of batch means, so they depend on the batch size"
_HEAD = "It needs a nearest-class-mean classifier; a language model answers token by token."

_RUN = (
    Verdict(
        "SynapticIntelligencePlugin",
        WARNS,
        "synaptic intelligence: protects weights by their path integral",
        "Importances are capped at 0.001, which most weights reach when the optimizer's steps are "
        "small: it then protects all of them equally. On the CPU its copies of the weights are "
        "views of them, so in Avalanche itself every penalty is zero; here they are real copies. "
        "The path over the base knowledge is that of base_epochs passes.",
        instead="si",
        defaults={"si_lambda": 10.0},
        base_epochs=1,
    ),
    Verdict(
        "LwFPlugin",
        RUNS,
        "learning without forgetting: distils on the update's sentences",
        "Its old classes are the tokens of all answers taught so far, including the base "
        "knowledge, at every learned position.",
        instead="lwf",
    ),
    Verdict(
        "FeatureDistillationPlugin",
        RUNS,
        "keeps the last hidden states near those of the previous model",
        "Features are the last hidden states that predict learned tokens. `mode = "
        '"mse"` fails in Avalanche itself.',
    ),
    Verdict(
        "FromScratchTrainingPlugin",
        RUNS,
        "starts every update from the base weights",
        "Its `reset_optimizer` fails on parameter groups; the learner creates a new optimizer for "
        "every update anyway.",
        defaults={"reset_optimizer": False},
        resets=True,
    ),
    Verdict(
        "EWCPlugin",
        WARNS,
        "elastic weight consolidation on squared gradients of batches",
        f"{_BATCH}, and so does λ. With its default mode 'separate', every update adds a copy of "
        "all weights, and time to every step.",
        instead="ewc",
        defaults={"ewc_lambda": 3e4},
    ),
    Verdict(
        "MASPlugin",
        WARNS,
        "memory aware synapses: protects weights that change the logits",
        f"{_BATCH}. Norms are taken over the logits that predict learned tokens, without padding.",
        instead="mas",
        defaults={"lambda_reg": 0.001},
    ),
    Verdict(
        "RWalkPlugin",
        WARNS,
        "Riemannian walk: combines Fisher and path scores",
        f"{_BATCH}. Every step needs a second forward and backward pass, and training runs in "
        "evaluation mode, without dropout.",
        instead="rwalk",
        defaults={"ewc_lambda": 0.3},
        base_epochs=1,
    ),
    Verdict(
        "ReplayPlugin",
        WARNS,
        "rehearses stored sentences, equally many from each update",
        f"{_KEEPS}.",
        instead="replay",
    ),
    Verdict(
        "AGEMPlugin",
        WARNS,
        "projects gradients that conflict with those of a memory",
        f"{_KEEPS}. It projects the gradient, not the step that AdamW computes from it. "
        "sample_size must be at least the square of the number of updates.",
        instead="agem",
        defaults={"patterns_per_experience": 256, "sample_size": 256},
        transient=("buffer_dataloader", "buffer_dliter", "reference_gradients"),
    ),
    Verdict(
        "GEMPlugin",
        WARNS,
        "projects gradients by a quadratic program over all updates",
        f"{_KEEPS}. It projects the gradient, not the step that AdamW computes from it. Every "
        "update adds a forward and backward pass to every step, and one gradient to its memory.",
        instead="gem",
        defaults={"patterns_per_experience": 128, "memory_strength": 0.5},
        transient=("G",),
    ),
    Verdict(
        "MIRPlugin",
        WARNS,
        "rehearses the stored sentences whose loss a step would raise most",
        f"{_KEEPS}. The class by which it balances its memory is the first token of an answer, "
        "and classes in an update's last batch are missing in the next update. A step raises the "
        "loss most for the facts that the update supersedes, so it rehearses exactly those. "
        "Every step copies the model. An interrupted run cannot be resumed.",
        instead="mir",
        defaults={"batch_size_mem": 32},
    ),
    Verdict(
        "GDumbPlugin",
        WARNS,
        "trains the base model on a memory of stored sentences only",
        f"{_KEEPS}. It starts from the base model instead of random weights, and trains only the "
        "sentences of an update that its memory takes. The class of a sentence is the first token "
        "of its answer.",
        instead="joint",
        defaults={"mem_size": 2000},
        resets=True,
    ),
    Verdict(
        "LFLPlugin",
        WARNS,
        "less-forgetful learning: preserves hidden states, freezes the output layer",
        "After the base it freezes the last linear layer: the output layer (with tied weights "
        "also the embeddings), or, if there is an adapter, one of its matrices.",
        defaults={"lambda_e": 1.0},
    ),
)

_CANNOT = (
    Verdict(
        "CWRStarPlugin",
        CANNOT,
        "copies the output layer's rows for each class",
        "Before an update it sets the output row of every token that begins none of its answers "
        "to zero, which would destroy the vocabulary.",
    ),
    Verdict(
        "GSS_greedyPlugin",
        CANNOT,
        "a memory of samples with diverse gradients",
        "It stores one class label per sample; a sentence has a label at every learned token.",
        instead="replay",
    ),
    Verdict(
        "CoPEPlugin",
        CANNOT,
        "continual prototype evolution",
        f"It replaces the output layer by class prototypes. {_HEAD}",
    ),
    Verdict(
        "GenerativeReplayPlugin",
        CANNOT,
        "rehearses samples of a generator",
        "It needs a generator object with its own training strategy, and adds its samples to a "
        "batch as tensors of one shape.",
        instead="pseudo_replay",
    ),
    Verdict(
        "TrainGeneratorAfterExpPlugin",
        CANNOT,
        "trains the generator of GenerativeReplayPlugin",
        "It only works with GenerativeReplayPlugin, which cannot run.",
        instead="pseudo_replay",
    ),
    Verdict(
        "BiCPlugin",
        CANNOT,
        "corrects the bias between old and new classes",
        "Its bias layer for groups of classes is not part of the model that answers, and it passes "
        "an argument to PyTorch's scheduler that no longer exists.",
        instead="replay",
    ),
    Verdict(
        "RARPlugin",
        CANNOT,
        "rehearses adversarial variants of stored samples",
        "It adds gradients to inputs; tokens are whole numbers and have none.",
        instead="replay",
    ),
    Verdict(
        "EarlyStoppingPlugin",
        CANNOT,
        "stops when a metric on a validation stream stops rising",
        "Training and probing are separate: Avalanche computes no metric while an update trains.",
        instead="learner.stop_at",
    ),
    Verdict(
        "LRSchedulerPlugin",
        CANNOT,
        "steps a learning-rate scheduler",
        "A scheduler belongs to one optimizer, and every update has a new optimizer.",
        instead="learner.schedule",
    ),
    *(
        Verdict(plugin, CANNOT, summary, _HEAD)
        for plugin, summary in (
            ("CurrentDataNCMUpdate", "class means from the update's data"),
            ("MemoryNCMUpdate", "class means from a memory"),
            ("NCMOracle", "class means from all data"),
            ("CurrentDataFeCAMUpdate", "class means and covariances from the update's data"),
            ("MemoryFeCAMUpdate", "class means and covariances from a memory"),
            ("FeCAMOracle", "class means and covariances from all data"),
        )
    ),
)

VERDICTS: Mapping[str, Verdict] = {one.plugin: one for one in (*_RUN, *_CANNOT)}
"""By the plugin's name."""


def entries() -> tuple[Entry, ...]:
    """Return the registry's entries: the plugins that run."""
    return tuple(
        Entry(one.name, f"cltool.avalanche.plugins:{one.plugin}", one.summary, SOURCE, FAMILY)
        for one in _RUN
    )


def refusals() -> dict[str, Refusal]:
    """Return the plugins that the registry refuses, with the reasons."""
    return {one.name: Refusal(one.why, _hint(one)) for one in _CANNOT}


def _hint(one: Verdict) -> str:
    if one.instead.startswith("learner."):
        return f"Set {one.instead} instead."
    if one.instead:
        return f"Use cltool's own {one.instead!r} instead."
    return "docs/avalanche.md lists the plugins that run."
