"""Options of an audit that are not settings of the attacks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cltool.core.errors import UserError


@dataclass(frozen=True)
class AuditRequest:
    """Options of an audit, besides the models and the settings of the attacks.

    Attributes:
        scenario: a scenario's name or file; for a run, used if the run's own cannot be found.
        options: of the scenario.
        forget: a file of facts to forget, used in place of the run's requests to forget.
        step: for a run: the step to audit; None: the last one.
        device: where checkpoints are loaded.
        dtype: number format of checkpoints.
        fresh: attack every model, even if its findings are stored.
    """

    scenario: str | None = None
    options: Mapping[str, Any] = field(default_factory=dict)
    forget: Path | None = None
    step: int | None = None
    device: str = "auto"
    dtype: str = "auto"
    fresh: bool = False

    def listed(self) -> Path:
        """Return the file of facts to forget, which an audit of models needs.

        Raises:
            UserError: there is none.
        """
        if self.forget is None:
            raise UserError(
                "there is no list of the facts that had to be forgotten",
                where="--forget",
                hint="Give a file with subject, relation and object on each line.",
            )
        return self.forget
