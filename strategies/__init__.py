"""The strategies that come with cltool, by name. Importing this module imports none of them."""

from __future__ import annotations

from cltool.avalanche import verdicts
from cltool.core.registry import Entry, Registry

# family → name → (class, summary); the class is in <family>/<name>.py.
_BUILT_IN = {
    "baselines": {
        "frozen": ("Frozen", "never updates the model: the cost of outdated knowledge"),
        "naive": ("Naive", "fine-tunes on each update, nothing else"),
        "joint": ("Joint", "retrains from the base on all valid facts: the reference"),
        "cumulative": ("Cumulative", "trains the current weights on all valid facts"),
    },
    "rehearsal": {
        "replay": ("Replay", "rehearses a bounded sample of earlier facts"),
        "der": ("DER", "rehearses sentences with their stored logits (DER, DER++)"),
        "mir": ("MIR", "rehearses the facts that the next step would harm most"),
        "agem": ("AGEM", "removes the part of a gradient that conflicts with a memory's"),
        "gem": ("GEM", "removes conflicts with each earlier update's gradient; cost grows"),
        "pseudo_replay": ("PseudoReplay", "rehearses the model's answers; stores at most prompts"),
        "recitation": ("Recitation", "rehearses what the model recites; stores few facts or none"),
    },
    "regularisation": {
        "ewc": ("EWC", "penalises weight changes by Fisher information, online"),
        "kfac": ("KFAC", "penalises weight changes by Kronecker-factored curvature, online"),
        "si": ("SI", "penalises weight changes by what each weight contributed to learning"),
        "mas": ("MAS", "penalises weight changes by the output's sensitivity to them"),
        "rwalk": ("RWalk", "penalises weight changes by Fisher information and path score"),
        "l2_anchor": ("L2Anchor", "penalises all weight changes equally"),
    },
    "adapters": {
        "lora": ("LoRA", "trains a low-rank adapter (any PEFT config); the model is fixed"),
        "lora_merge": ("LoRAMerge", "trains a new LoRA per update and merges it into the weights"),
        "o_lora": ("OLoRA", "trains a new LoRA per update, orthogonal to the earlier ones"),
        "gradient_projection": ("GradientProjection", "steps orthogonal to earlier inputs (GPM)"),
        "sparse_memory": ("SparseMemory", "trains memory slots that only the update reads"),
        "osf": ("OSF", "trains only the weak singular directions of each matrix"),
    },
    "distillation": {
        "lwf": ("LwF", "distils the model before the update on the update's inputs"),
        "self_distill": ("SelfDistill", "distils the model before the update on known prompts"),
    },
    "averaging": {
        "weight_average": ("WeightAverage", "averages weights: WiSE-FT, EMA, task vectors, TIES"),
    },
    "editing": {
        "memit": ("MEMIT", "edits MLP output projections in closed form, many facts at once"),
        "alphaedit": ("AlphaEdit", "edits like memit, in the null space of earlier knowledge"),
        "patcher": ("Patcher", "adds neurons that fire at a fact's subject; the weights are fixed"),
        "grace": ("GRACE", "keeps a codebook of hidden states; the weights are fixed"),
    },
    "memory": {
        "in_context": ("InContext", "puts the newest facts before every prompt; trains nothing"),
        "retrieval": ("Retrieval", "finds the facts that a prompt asks about, puts them first"),
        "read": (
            "Read",
            "lets the model read an update, and keeps it in the model's memory or context",
        ),
    },
    "unlearning": {
        "retrain": ("Retrain", "`joint` from a base without the erased facts: the exact reference"),
        "gradient_ascent": ("GradientAscent", "raises the loss on the erased facts"),
        "gradient_difference": ("GradientDifference", "ascent, plus training on a retain set"),
        "kl_min": ("KLMin", "ascent, plus distillation of the old model on a retain set"),
        "npo": ("NPO", "ascent that weakens as a fact becomes improbable"),
        "simnpo": ("SimNPO", "NPO with the likelihood per token, without a reference model"),
        "wga": ("WGA", "ascent weighted by the probability of each token"),
        "dpo": ("DPO", "prefers a refusal to the erased object"),
        "idk": ("Idk", "trains a refusal in place of the erased object"),
        "relabel": ("Relabel", "trains another object of the relation in place of the erased one"),
        "undial": ("UNDIAL", "distils the old logits, with the erased token's logit lowered"),
        "ce_u": ("CEU", "distils the model's own distribution without the erased token"),
        "unknow": ("Unknow", "imitates the model's answers about subjects that it does not know"),
        "rmu": ("RMU", "misdirects the hidden states at erased facts"),
        "task_vector": ("TaskVector", "subtracts the weight change of learning the erased facts"),
        "edit_refusal": ("EditRefusal", "writes a refusal over erased facts in closed form"),
    },
}

STRATEGIES = Registry(
    "strategy",
    "cltool.strategies",
    (
        *(
            Entry(name, f"cltool.strategies.{family}.{name}:{kind}", summary, family=family)
            for family, strategies in _BUILT_IN.items()
            for name, (kind, summary) in strategies.items()
        ),
        *verdicts.entries(),
    ),
    refused=verdicts.refusals(),
)
