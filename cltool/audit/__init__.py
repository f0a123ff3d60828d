"""Audits of erased facts: attacks, measures, and a verdict on each score."""
