"""Which of Avalanche's plugins run on a language model, and why the others cannot.

Imports nothing of Avalanche: names are listed and refused from here. Each verdict is of
avalanche-lib 0.6 (Carta et al. 2023), of every plugin that ``avalanche.training.plugins`` has.
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
    """What becomes of one plugin.

    Attributes:
        plugin: the class's name.
        verdict: ``RUNS``, ``WARNS`` or ``CANNOT``.
        summary: what the plugin does, one line.
        why: what holds on language models; the warning, or the reason why it cannot run.
        instead: what cltool has in its place.
        defaults: constructor arguments that Avalanche has no default for, or none that fits.
        base_epochs: passes over the base knowledge that its mathematics needs.
        transient: attributes that it makes anew before it reads them.
        resets: each update begins from the base weights.
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
        """As users write it."""
        return PREFIX + self.plugin


_KEEPS = (
    "Its memory holds sentences and knows nothing of facts: what was superseded or erased "
    "stays in it and is rehearsed on"
)
_BATCH = "Importances are taken from gradients of batch means, so they depend on the batch size"
_HEAD = "It belongs to classifiers by nearest class mean; a language model answers token by token."

_RUN = (
    Verdict(
        "SynapticIntelligencePlugin",
        WARNS,
        "synaptic intelligence: holds weights by their path integral",
        "Importances are cut off at 0.001, which most weights reach when an optimizer's steps are "
        "small: there it holds all of them alike. On the CPU its copies of the weights are views "
        "of them, so that in Avalanche alone every penalty is zero; here they are parted. The "
        "path over the base knowledge is that of base_epochs passes.",
        instead="si",
        defaults={"si_lambda": 10.0},
        base_epochs=1,
    ),
    Verdict(
        "LwFPlugin",
        RUNS,
        "learning without forgetting: distils on the update's sentences",
        "Its old classes are the tokens of all answers taught so far, at every learned position; "
        "the base knowledge counts.",
        instead="lwf",
    ),
    Verdict(
        "FeatureDistillationPlugin",
        RUNS,
        "holds the last hidden states near those of the model before",
        "Features are the last hidden states where a learned token is predicted. `mode = "
        '"mse"` fails in Avalanche itself.',
    ),
    Verdict(
        "FromScratchTrainingPlugin",
        RUNS,
        "begins every update from the base weights",
        "Its `reset_optimizer` fails on parameter groups; the learner's optimizer is new for "
        "every update anyhow.",
        defaults={"reset_optimizer": False},
        resets=True,
    ),
    Verdict(
        "EWCPlugin",
        WARNS,
        "elastic weight consolidation on squared gradients of batches",
        f"{_BATCH}, and λ with them; with mode 'separate', its default, every update adds a copy "
        "of all weights, and time to every step.",
        instead="ewc",
        defaults={"ewc_lambda": 3e4},
    ),
    Verdict(
        "MASPlugin",
        WARNS,
        "memory aware synapses: holds weights that move the logits",
        f"{_BATCH}. Norms are of the logits that predict learned tokens; padding has none.",
        instead="mas",
        defaults={"lambda_reg": 0.001},
    ),
    Verdict(
        "RWalkPlugin",
        WARNS,
        "Riemannian walk: Fisher and path scores together",
        f"{_BATCH}. Every step costs a second forward and backward pass, and training goes on in "
        "evaluation mode, without dropout.",
        instead="rwalk",
        defaults={"ewc_lambda": 0.3},
        base_epochs=1,
    ),
    Verdict(
        "ReplayPlugin",
        WARNS,
        "rehearses stored sentences, as many from each update",
        f"{_KEEPS}.",
        instead="replay",
    ),
    Verdict(
        "AGEMPlugin",
        WARNS,
        "projects gradients that point against those of a memory",
        f"{_KEEPS}. It projects the gradient; the step that AdamW makes of it is another. "
        "sample_size must be at least the square of the number of updates.",
        instead="agem",
        defaults={"patterns_per_experience": 256, "sample_size": 256},
        transient=("buffer_dataloader", "buffer_dliter", "reference_gradients"),
    ),
    Verdict(
        "GEMPlugin",
        WARNS,
        "projects gradients by a quadratic program over all updates",
        f"{_KEEPS}. It projects the gradient, not AdamW's step. Every update adds a forward and "
        "backward pass to every step, and one gradient to its memory.",
        instead="gem",
        defaults={"patterns_per_experience": 128, "memory_strength": 0.5},
        transient=("G",),
    ),
    Verdict(
        "MIRPlugin",
        WARNS,
        "rehearses the stored sentences that a step would hurt most",
        f"{_KEEPS}. The class by which it balances its memory is the first token of an answer, "
        "and classes in an update's last batch are left out of the next update. Of its memory, "
        "what an update supersedes is what a step hurts most, so that it holds on to just that. "
        "Every step copies the model. A broken-off run cannot be resumed.",
        instead="mir",
        defaults={"batch_size_mem": 32},
    ),
    Verdict(
        "GDumbPlugin",
        WARNS,
        "trains the base on a memory of stored sentences, nothing else",
        f"{_KEEPS}. It begins from the base model rather than from random weights; of an update "
        "it trains only what its memory takes. The class of a sentence is the first token of its "
        "answer.",
        instead="joint",
        defaults={"mem_size": 2000},
        resets=True,
    ),
    Verdict(
        "LFLPlugin",
        WARNS,
        "less-forgetful learning: holds hidden states, freezes the output layer",
        "After the base the last linear layer is frozen: the output layer, with tied weights the "
        "embeddings too, with an adapter one of its matrices.",
        defaults={"lambda_e": 1.0},
    ),
)

_CANNOT = (
    Verdict(
        "CWRStarPlugin",
        CANNOT,
        "copies the output layer's rows of each class",
        "Before an update it sets to zero the output rows of all tokens that begin no answer of "
        "it: the vocabulary would be gone.",
    ),
    Verdict(
        "GSS_greedyPlugin",
        CANNOT,
        "a memory of samples with diverse gradients",
        "It stores one class label a sample; a sentence has a label at every learned token.",
        instead="replay",
    ),
    Verdict(
        "CoPEPlugin",
        CANNOT,
        "continual prototype evolution",
        f"It puts class prototypes in the output layer's place. {_HEAD}",
    ),
    Verdict(
        "GenerativeReplayPlugin",
        CANNOT,
        "rehearses what a generator makes",
        "It needs a generator object with its own training strategy, and joins its samples to a "
        "batch as tensors of one shape.",
        instead="pseudo_replay",
    ),
    Verdict(
        "TrainGeneratorAfterExpPlugin",
        CANNOT,
        "trains the generator of GenerativeReplayPlugin",
        "GenerativeReplayPlugin, which it belongs to, cannot run.",
        instead="pseudo_replay",
    ),
    Verdict(
        "BiCPlugin",
        CANNOT,
        "corrects the bias between old and new classes",
        "Its bias layer, made for groups of classes, is no part of the model that answers; and it "
        "passes PyTorch's scheduler an argument that is gone.",
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
        "Learner and prober are apart: no metric of Avalanche is taken while an update trains.",
        instead="learner.stop_at",
    ),
    Verdict(
        "LRSchedulerPlugin",
        CANNOT,
        "steps a learning-rate scheduler",
        "A scheduler is bound to one optimizer; every update has one of its own.",
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
    """What the registry lists: the plugins that run."""
    return tuple(
        Entry(one.name, f"cltool.avalanche.plugins:{one.plugin}", one.summary, SOURCE, FAMILY)
        for one in _RUN
    )


def refusals() -> dict[str, Refusal]:
    """What the registry refuses, and why."""
    return {one.name: Refusal(one.why, _hint(one)) for one in _CANNOT}


def _hint(one: Verdict) -> str:
    if one.instead.startswith("learner."):
        return f"Set {one.instead} instead."
    if one.instead:
        return f"Use cltool's own {one.instead!r} instead."
    return "docs/avalanche.md says which plugins run."
