"""The peak memory of this process or of its GPU."""

from __future__ import annotations

import resource
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cltool.lm.language_model import LanguageModel


def peak_memory(lm: LanguageModel) -> int:
    """Return the peak memory so far in bytes: of the GPU if the model is there, else resident."""
    import torch

    if lm.device.type == "cuda":
        return int(torch.cuda.max_memory_allocated(lm.device))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024
