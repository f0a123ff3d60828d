"""The views of the forgetting report, one file each, and their order on the page.

To add a view, write ``views/NAME.py`` with `View`'s members, usually with a template
``views/NAME.html``, and add it to `VIEWS`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from markupsafe import Markup

from cltool.reporting.views import (
    accuracy_matrix,
    lost_facts,
    over_updates,
    scores,
    settings,
    transitions,
)
from cltool.runs.groups import Group


class View(Protocol):
    """A module that makes one section of the report."""

    @property
    def TITLE(self) -> str:
        """The heading of the section."""

    def data(self, group: Group) -> Any:
        """Return what the view shows, as plain JSON values (None where there is no number)."""

    def render(self, data: Any, group: Mapping[str, Any]) -> Markup:
        """Return the section's content.

        Args:
            data: what `data` returned.
            group: what all views share (`cltool.reporting.data.group_data`).
        """


VIEWS: Mapping[str, View] = {
    "scores": scores,
    "over_updates": over_updates,
    "accuracy_matrix": accuracy_matrix,
    "transitions": transitions,
    "lost_facts": lost_facts,
    "settings": settings,
}
"""Every view under the name of its data, in the order of the page."""
