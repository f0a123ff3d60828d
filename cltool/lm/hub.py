"""Finds the checkpoint of a hub name: in the hub's cache, or by download if the hub answers."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path

from cltool.core.errors import UserError
from cltool.core.reachable import WAIT, answers

FILES = ["*.json", "*.safetensors", "*.jinja", "*.txt", "*.model", "*.tiktoken"]
OTHER_FORMATS = ["original/*", "onnx/*", "openvino/*", "coreml/*", "checkpoint-*/*"]


ALLOW = "CLTOOL_ALLOW_DOWNLOAD"
"""The environment variable that allows downloads of models that a run's record names."""

_recorded: ContextVar[bool] = ContextVar("recorded", default=False)


@contextmanager
def named_by_a_record() -> Iterator[None]:
    """Start no download inside: names of models come from a run's record, not from the user.

    The folder may be somebody else's. `ALLOW` lifts this.
    """
    token = _recorded.set(True)
    try:
        yield
    finally:
        _recorded.reset(token)


def snapshot(name: str) -> Path:
    """Return the folder of the checkpoint of a hub name.

    If the hub does not answer within seconds, only its cache on this machine is searched: the
    hub's own client would try again for minutes.

    Raises:
        UserError: there is no such name, or it is not on this machine and the hub is out of reach.
    """
    from huggingface_hub import constants, snapshot_download
    from huggingface_hub.errors import HfHubHTTPError, HFValidationError, LocalEntryNotFoundError

    offline = bool(constants.HF_HUB_OFFLINE)
    silent = _recorded.get() and os.environ.get(ALLOW) != "1"
    local = offline or silent or not answers(constants.ENDPOINT)
    try:
        return Path(
            snapshot_download(
                name,
                allow_patterns=FILES,
                ignore_patterns=OTHER_FORMATS,
                local_files_only=local,
                etag_timeout=WAIT,
            )
        )
    except HFValidationError as error:
        raise UserError(
            "the model cannot be used: there is no such folder, and it is not a hub name",
            where=name,
            hint=_HINT,
        ) from error
    except LocalEntryNotFoundError as error:
        if silent and not offline:
            raise UserError(
                "the record of the run names this model, which is not on this machine, and a"
                " record alone starts no download",
                where=name,
                hint=f"To allow it: cltool audit --allow-download, or {ALLOW}=1.",
            ) from error
        why = "the hub is switched off (HF_HUB_OFFLINE)" if offline else "the hub does not answer"
        raise UserError(
            "the model cannot be used: there is no such folder, it is not in the hub's cache on "
            f"this machine, and {why}",
            where=name,
            hint=_HINT,
        ) from error
    except (HfHubHTTPError, OSError, ValueError) as error:
        first = str(error).strip().split("\n", 1)[0]
        raise UserError(
            "the model cannot be used: there is no such folder, and the hub does not give a model "
            f"of this name: {first}",
            where=name,
            hint=_HINT,
        ) from error


_HINT = (
    "Give the folder of a checkpoint, the name of a public model on the hub (ORG/NAME), or a name "
    "that `cltool list models` shows."
)
