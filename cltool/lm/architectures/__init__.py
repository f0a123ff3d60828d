"""Architectures that `transformers` does not have; their classes are registered with it here."""

from __future__ import annotations

from importlib import import_module

ARCHITECTURES = {
    "cltool-window": "cltool.lm.architectures.window",
    "cltool-compressive": "cltool.lm.architectures.compressive",
    "cltool-hierarchical": "cltool.lm.architectures.hierarchical",
    "cltool-memory-layer": "cltool.lm.architectures.memory_layer",
    "cltool-dnc": "cltool.lm.architectures.dnc",
}
"""``model_type`` of a config → the module with its ``CONFIG`` and ``CAUSAL_LM`` classes."""


def register(kind: object) -> bool:
    """Register the architecture ``kind`` with `transformers`; return whether it is one of these.

    From then on, ``AutoConfig`` and ``AutoModelForCausalLM`` know it. Registering twice changes
    nothing.

    Args:
        kind: the ``model_type`` of a config, as its file has it.
    """
    if not isinstance(kind, str) or kind not in ARCHITECTURES:
        return False
    from transformers import AutoConfig, AutoModelForCausalLM

    module = import_module(ARCHITECTURES[kind])
    AutoConfig.register(kind, module.CONFIG, exist_ok=True)
    AutoModelForCausalLM.register(module.CONFIG, module.CAUSAL_LM, exist_ok=True)
    return True
