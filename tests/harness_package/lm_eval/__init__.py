"""Stands for EleutherAI's lm-eval: the same names and results, without its tasks and packages."""

from __future__ import annotations

import sys
from typing import Any

CALLS: list[dict[str, Any]] = []
"""What `simple_evaluate` was asked for, newest last."""

BROKEN: list[str] = []
"""Tasks that fail while they are evaluated."""


def simple_evaluate(
    model: Any,
    *,
    tasks: list[str],
    task_manager: Any,
    limit: int | None = None,
    apply_chat_template: bool = False,
    system_instruction: str | None = None,
    log_samples: bool = True,
) -> dict[str, Any]:
    CALLS.append({"tasks": tasks, "limit": limit, "chat": apply_chat_template,
                  "system": system_instruction, "model": model})  # fmt: skip
    print("to stdout")
    print(" 42%|####  | 42/100", file=sys.stderr)
    names = list(task_manager.load(tasks)["tasks"])
    if broken := [name for name in names if name in BROKEN]:
        raise RuntimeError(f"cannot evaluate {broken[0]}")
    size = float(sum(one.detach().double().abs().sum() for one in model.model.parameters()))
    # A share that needs all digits of a float, and differs between models.
    values = {
        "acc,none": size % 1 / 3,
        "acc_stderr,none": 1 / 3,
        "em,strict": float("nan"),
        "alias": "x",
    }
    return {
        "results": {name: {**values, "name": name, "sample_len": 4} for name in names},
        "n-samples": {name: {"original": 100, "effective": limit or 100} for name in names},
        "n-shot": dict.fromkeys(names, 5),
        "versions": dict.fromkeys(names, 1.0),
        "higher_is_better": {name: {"acc": True} for name in names},
    }
