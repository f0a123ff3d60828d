"""A requested rewrite: how CounterFact and MQuAKE write the change of one fact."""

from __future__ import annotations

from collections.abc import Mapping

from cltool.facts.shapes.cells import filled, part, text
from cltool.facts.shapes.shape import EDIT, ShapeError


def rewrite(value: Mapping[str, object]) -> dict[str, object]:
    """Return the cells of the fact that a rewrite teaches, with its prompt and its old object.

    Args:
        value: ``subject``, ``prompt`` with ``{}`` for the subject, ``relation_id``, and
            ``target_new`` and ``target_true``, each an object with ``str``.

    Raises:
        ShapeError: one of them is missing.
    """
    subject, template = (
        text(part(value, "subject"), "subject"),
        text(part(value, "prompt"), "prompt"),
    )
    if "{}" not in template:
        raise ShapeError("prompt has no {} for the subject")
    return {
        "subject": subject,
        "relation": text(part(value, "relation_id"), "relation_id"),
        "new": text(part(part(value, "target_new"), "str"), "target_new"),
        "old": text(part(part(value, "target_true"), "str"), "target_true"),
        "prompts": [filled(template, subject)],
        "part": EDIT,
    }
