"""What an audit is asked to look at, beside the models; nothing here loads one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cltool.core.errors import UserError


@dataclass(frozen=True)
class Asked:
    """What an audit is asked to look at, beside the models.

    Attributes:
        scenario: a scenario's name or file; of a run, where its own cannot be found.
        options: of the scenario.
        forget: a file of facts to forget, in place of the run's requests.
        step: of a run: after which step; None: the last one.
        device: where checkpoints are loaded.
        dtype: their arithmetic.
        fresh: attack every model, whatever was found out of it earlier.
    """

    scenario: str | None = None
    options: Mapping[str, Any] = field(default_factory=dict)
    forget: Path | None = None
    step: int | None = None
    device: str = "auto"
    dtype: str = "auto"
    fresh: bool = False

    def listed(self) -> Path:
        """The file of facts to forget, which an audit of models cannot go without.

        Raises:
            UserError: there is none.
        """
        if self.forget is None:
            raise UserError(
                "which facts were to be forgotten is not said",
                where="--forget",
                hint="Give a file with subject, relation and object, a line each.",
            )
        return self.forget
