"""Torture: kills, damaged files, odd inputs, two processes at once and full disks.

``make torture`` runs all of it and prints a table; ``python -m tools.torture --help`` says how to
run a part of it, or one case again.
"""
