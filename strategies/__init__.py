"""The strategies that come with cltool, by name. Importing this imports none of them."""

from __future__ import annotations

from cltool.avalanche import verdicts
from cltool.registry import Entry, Registry

STRATEGIES = Registry(
    "strategy",
    "cltool.strategies",
    (
        Entry(
            "frozen",
            "cltool.strategies.frozen:Frozen",
            "never updates: what staleness costs",
            family="baselines",
        ),
        Entry(
            "naive",
            "cltool.strategies.naive:Naive",
            "fine-tunes on each update, nothing else",
            family="baselines",
        ),
        Entry(
            "joint",
            "cltool.strategies.joint:Joint",
            "retrains from the base on all that is true now: the reference",
            family="baselines",
        ),
        Entry(
            "retrain",
            "cltool.strategies.retrain:Retrain",
            "the same from a base that was never taught what was erased: the exact reference",
            family="baselines",
        ),
        Entry(
            "cumulative",
            "cltool.strategies.cumulative:Cumulative",
            "trains on, from the last weights, with all that is true now",
            family="baselines",
        ),
        Entry(
            "replay",
            "cltool.strategies.replay:Replay",
            "rehearses a bounded sample of earlier facts",
            family="rehearsal",
        ),
        Entry(
            "der",
            "cltool.strategies.der:DER",
            "rehearses sentences with the logits that they had (DER, DER++)",
            family="rehearsal",
        ),
        Entry(
            "mir",
            "cltool.strategies.mir:MIR",
            "rehearses what the next step would harm most",
            family="rehearsal",
        ),
        Entry(
            "agem",
            "cltool.strategies.agem:AGEM",
            "takes out of the gradient what points against a memory's",
            family="rehearsal",
        ),
        Entry(
            "gem",
            "cltool.strategies.gem:GEM",
            "a gradient that points against no earlier update's (costs more each time)",
            family="rehearsal",
        ),
        Entry(
            "pseudo_replay",
            "cltool.strategies.pseudo_replay:PseudoReplay",
            "rehearses the model's own answers; stores prompts, or nothing",
            family="rehearsal",
        ),
        Entry(
            "recitation",
            "cltool.strategies.recitation:Recitation",
            "rehearses all that the model recites by itself; stores nothing, or a few facts",
            family="rehearsal",
        ),
        Entry(
            "ewc",
            "cltool.strategies.ewc:EWC",
            "holds weights in place by their Fisher information, online",
            family="regularisation",
        ),
        Entry(
            "kfac",
            "cltool.strategies.kfac:KFAC",
            "holds directions in place by Kronecker-factored curvature, online",
            family="regularisation",
        ),
        Entry(
            "si",
            "cltool.strategies.si:SI",
            "holds weights in place by what each did for the loss as it was learned",
            family="regularisation",
        ),
        Entry(
            "mas",
            "cltool.strategies.mas:MAS",
            "holds weights in place by how sensitive the output is to them",
            family="regularisation",
        ),
        Entry(
            "rwalk",
            "cltool.strategies.rwalk:RWalk",
            "holds weights in place by Fisher information and path score",
            family="regularisation",
        ),
        Entry(
            "l2_anchor",
            "cltool.strategies.l2_anchor:L2Anchor",
            "holds all weights in place alike",
            family="regularisation",
        ),
        Entry(
            "lora",
            "cltool.strategies.lora:LoRA",
            "trains a low-rank adapter (any PEFT config), the model stays",
            family="adapters",
        ),
        Entry(
            "lora_merge",
            "cltool.strategies.lora_merge:LoRAMerge",
            "trains a new LoRA on each update and merges it into the weights",
            family="adapters",
        ),
        Entry(
            "o_lora",
            "cltool.strategies.o_lora:OLoRA",
            "a new LoRA for each update, kept orthogonal to the earlier ones",
            family="adapters",
        ),
        Entry(
            "gradient_projection",
            "cltool.strategies.gradient_projection:GradientProjection",
            "steps orthogonal to the inputs of earlier facts (GPM, Adam-NSCL)",
            family="adapters",
        ),
        Entry(
            "osf",
            "cltool.strategies.osf:OSF",
            "trains each matrix's weak singular directions only",
            family="adapters",
        ),
        Entry(
            "lwf",
            "cltool.strategies.lwf:LwF",
            "distils from the model before the update, on the update's inputs",
            family="distillation",
        ),
        Entry(
            "self_distill",
            "cltool.strategies.self_distill:SelfDistill",
            "distils from the model before the update, on prompts of what it knew",
            family="distillation",
        ),
        Entry(
            "weight_average",
            "cltool.strategies.weight_average:WeightAverage",
            "averages weights: WiSE-FT, EMA, task arithmetic, TIES",
            family="averaging",
        ),
        Entry(
            "memit",
            "cltool.strategies.memit:MEMIT",
            "edits MLP output projections in closed form, many facts at once",
            family="editing",
        ),
        Entry(
            "alphaedit",
            "cltool.strategies.alphaedit:AlphaEdit",
            "the same edits in the null space of what was known, update after update",
            family="editing",
        ),
        Entry(
            "grace",
            "cltool.strategies.grace:GRACE",
            "a codebook of hidden states beside frozen weights",
            family="editing",
        ),
        Entry(
            "in_context",
            "cltool.strategies.in_context:InContext",
            "the newest facts stand before every prompt, as many as fit; nothing is trained",
            family="memory",
        ),
        Entry(
            "retrieval",
            "cltool.strategies.retrieval:Retrieval",
            "the facts that a prompt asks about are looked up and stand before it",
            family="memory",
        ),
        *verdicts.entries(),
    ),
    refused=verdicts.refusals(),
)
