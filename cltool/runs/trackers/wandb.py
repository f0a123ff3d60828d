"""Weights & Biases, as the user set it up; offline if they have not logged in.

``WANDB_MODE``, ``WANDB_PROJECT``, ``WANDB_DIR`` and its other variables and files hold. Without an
API key wandb would ask for one; a run is then written to ``wandb/`` in its offline mode, and
``wandb sync`` uploads it later.
"""

from __future__ import annotations

import netrc
import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import urlsplit

from cltool.runs.trackers.tracker import PROJECT, Logged

SERVER = "https://api.wandb.ai"


class Wandb:
    """Logs to a run of wandb, which is continued with the run."""

    package: ClassVar[str] = "wandb"
    install: ClassVar[str] = "pip install wandb"
    _run: Any

    def begin(self, run: Logged) -> str:
        """Begin or continue the run of wandb; return its id."""
        if not _logged_in():
            # Offline, wandb would still report its own errors to its makers.
            os.environ.setdefault("WANDB_ERROR_REPORTING", "false")
        import wandb

        self._run = wandb.init(
            project=os.environ.get("WANDB_PROJECT") or PROJECT,
            name=run.name,
            group=run.group,
            config=dict(run.config),
            id=run.known or None,
            resume="allow" if run.known else None,
            mode=_mode(),
            # What the command prints is not the tool's business.
            settings=wandb.Settings(console="off"),
        )
        return str(self._run.id)

    def log(self, step: int, values: Mapping[str, float]) -> None:
        """Log the numbers as one step."""
        self._run.log(dict(values), step=step)

    def end(self, finished: bool) -> None:
        """Finish the run of wandb, which uploads what is left if it is online."""
        self._run.finish(exit_code=0 if finished else 1)


def _mode() -> Any:
    """Return ``offline`` if the user has not set wandb up, else None: as it is set up."""
    import wandb

    chosen = wandb.setup().settings.mode
    return None if chosen != "online" or os.environ.get("WANDB_MODE") or _logged_in() else "offline"


def _logged_in() -> bool:
    """Return whether there is an API key for the server, which nobody is asked for then."""
    if os.environ.get("WANDB_API_KEY") or os.environ.get("WANDB_IDENTITY_TOKEN_FILE"):
        return True
    host = urlsplit(os.environ.get("WANDB_BASE_URL") or SERVER).hostname
    own = os.environ.get("NETRC")
    for file in [Path(own)] if own else [Path.home() / name for name in (".netrc", "_netrc")]:
        with suppress(OSError, netrc.NetrcParseError):
            if host is not None and netrc.netrc(file).authenticators(host) is not None:
                return True
    return False
