"""What the triage asks somebody to put right."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import polars as pl

_NAMED = 5


def notes_of(urgent: pl.DataFrame, unknown: pl.DataFrame, later: int, as_of: dt.date) -> Iterator[str]:
    """Sentences about renewal dates and CSMs that are missing, and about rows written after the as-of day."""
    undated = _names(unknown)
    if undated:
        yield f"No renewal date is recorded for {_listed(undated)}; they signal churn, so they are listed apart."
    alone = _names(urgent.filter(pl.col("csm").is_null()))
    if alone:
        yield f"No CSM is named for {_listed(alone)}."
    if later:
        rows = "1 row of feedback was" if later == 1 else f"{later} rows of feedback were"
        yield f"{rows} written after {as_of.isoformat()} and left out."


def _names(pairs: pl.DataFrame) -> list[str]:
    return pairs.unique("account_id", keep="first", maintain_order=True)["account_name"].to_list()


def _listed(names: list[str]) -> str:
    more = len(names) - _NAMED
    return ", ".join(names[:_NAMED]) + (f" and {more} more" if more > 0 else "")
