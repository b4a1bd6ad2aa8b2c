"""Decisions as people filled them in: a status in their words means the same as the word of the table."""

from __future__ import annotations

import polars as pl

from vocanalytics.errors import SettingsError
from vocanalytics.settings import Quarter
from vocanalytics.settings.decision_words import filled, status_of


def with_plain_statuses(decisions: pl.DataFrame) -> pl.DataFrame:
    """The rows of earlier sheets with each status as the word it means; one that means none is left for the suite.

    Parameters
    ----------
    decisions
        Text as it was pulled; `decided_in` is the quarter of the sheet, whose printed boxes name other quarters.
    """
    if "status" not in decisions.columns:
        return decisions
    rows = decisions.select("status", _decided_in(decisions)).iter_rows()
    words = [_word(status, decided_in) for status, decided_in in rows]
    return decisions.with_columns(pl.Series("status", words, dtype=pl.String))


def _decided_in(decisions: pl.DataFrame) -> pl.Expr:
    known = "decided_in" in decisions.columns
    return (pl.col("decided_in") if known else pl.lit(None, dtype=pl.String)).alias("decided_in")


def _word(cell: str | None, decided_in: str | None) -> str | None:
    said = filled(cell)
    meant = status_of(said, _quarter(decided_in)) if said else None
    return meant.value if meant else said


def _quarter(decided_in: str | None) -> Quarter | None:
    try:
        return Quarter.parse(decided_in or "")
    except SettingsError:
        return None
