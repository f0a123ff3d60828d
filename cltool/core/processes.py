"""Whether a process of this machine is running."""

from __future__ import annotations

import os


def is_running(pid: int) -> bool:
    """Return whether a process of this machine has the number ``pid``."""
    try:
        os.kill(pid, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except OSError:
        pass
    return True
