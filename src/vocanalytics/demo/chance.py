"""Chance with a name: each part of the demonstration draws from a sequence of its own, so that one may grow alone."""

from __future__ import annotations

from random import Random


def seeded(*parts: object) -> Random:
    """The sequence that belongs to a seed and to what is drawn, the same on every machine and version of Python."""
    return Random("/".join(str(part) for part in parts))  # noqa: S311  (nothing here is a secret)
