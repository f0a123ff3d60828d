"""What tests of broken contracts share."""

from __future__ import annotations


def class_name(value: object) -> str:
    return value.__name__ if isinstance(value, type) else ""


class NoStrategy:
    pass
