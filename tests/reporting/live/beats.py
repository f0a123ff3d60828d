"""Heartbeats of runs that go on, and of runs whose process was killed."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Any

from cltool.runs import heartbeat
from cltool.runs.heartbeat import TRAINING, Beat

KILLED = 2**22 + 1
"""A number that no process has: it is above the largest."""


def write_beat(folder: Path, **values: Any) -> Path:
    """Write the heartbeat of a run that trains; return its folder."""
    folder.mkdir(parents=True, exist_ok=True)
    fields: dict[str, Any] = {
        "strategy": "replay",
        "seed": 1,
        "step": 2,
        "steps": 8,
        "label": "2012-06",
        "phase": TRAINING,
        "share": 0.5,
        "done": 0.3,
        "tokens_per_second": 1234.5,
        "seconds_left": 61.0,
        "begun": time.time() - 10,
        "time": time.time(),
        "pid": os.getpid(),
        "host": os.uname().nodename,
    }
    heartbeat.write(folder, Beat(**fields | values))
    return folder
