"""The verdicts of audits, in the order in which pages and tables list them."""

from __future__ import annotations

BAD = ("residue", "over-forgotten", "damaged")
"""The model certainly differs from the reference."""

WORDS = (*BAD, "undecided", "indistinguishable", "better than the reference")
"""Every verdict, the worst first."""
