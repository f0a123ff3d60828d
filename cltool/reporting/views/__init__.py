"""The views of the forgetting report: one file each, and their order on the page.

To add a view, write ``views/NAME.py`` with the members of `View`, usually with a template
``views/NAME.html``, and add NAME to `VIEWS`.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Any, Protocol, cast

from markupsafe import Markup

from cltool.runs.groups import Group

VIEWS = [
    "verdict",
    "scores",
    "front",
    "over_updates",
    "harness",
    "accuracy_matrix",
    "forgetting",
    "transitions",
    "updates",
    "lost_facts",
    "training",
    "settings",
]
"""The views in the order of the page."""


class View(Protocol):
    """A module that makes one section of the report."""

    @property
    def TITLE(self) -> str:
        """The heading of the section."""
        ...

    def data(self, group: Group) -> Any:
        """Return what the view shows, as plain JSON values (None for a missing number)."""
        ...

    def render(self, data: Any, group: Mapping[str, Any]) -> Markup:
        """Return the content of the section; if it is empty, the page leaves the section out.

        Args:
            data: what `data` returned.
            group: what all views share (`cltool.reporting.report_data.group_data`).
        """
        ...


def views() -> dict[str, View]:
    """Return each view under its name, in the order of the page."""
    return {name: cast(View, import_module(f"{__name__}.{name}")) for name in VIEWS}
