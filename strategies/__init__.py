"""The strategies that come with cltool, by name. Importing this imports none of them."""

from __future__ import annotations

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
            "replay",
            "cltool.strategies.replay:Replay",
            "rehearses a bounded sample of earlier facts",
            family="rehearsal",
        ),
        Entry(
            "ewc",
            "cltool.strategies.ewc:EWC",
            "holds weights in place by their Fisher information, online",
            family="regularisation",
        ),
        Entry(
            "lora",
            "cltool.strategies.lora:LoRA",
            "trains a low-rank adapter (any PEFT config), the model stays",
            family="adapters",
        ),
    ),
)
