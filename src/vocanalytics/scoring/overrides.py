"""Overrides: people set the ranking aside, on the record or not at all."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any, NamedTuple

import polars as pl

from vocanalytics.scoring.curated import fit_themes
from vocanalytics.vocabulary import OverrideKind

APPROVED = "approved"
NOT_APPLIED = "not_applied"

_NEEDED = {"reason": "no reason", "requested_by": "nobody requested it", "approved_by": "nobody approved it"}
_KEPT = ("theme_id", "theme_name", "kind", "reason", "requested_by", "approved_by", "expires_on")


class Overridden(NamedTuple):
    """One row per override of a theme of this quarter, with its status, and the names that fit no theme."""

    by_theme: pl.DataFrame
    unknown: tuple[str, ...]

    @property
    def compliance(self) -> frozenset[str]:
        """Themes on the CPO list: approved compliance overrides take them out of the ranking."""
        approved = self.by_theme.filter(
            (pl.col("status") == APPROVED) & (pl.col("kind") == OverrideKind.COMPLIANCE.value)
        )
        return frozenset(approved["theme_id"].to_list())


def override(rows: pl.DataFrame, themes: pl.DataFrame, as_of: dt.date) -> Overridden:
    """Which overrides hold on the as-of date: those with reason, requester, approver and an expiry that is not past.

    Parameters
    ----------
    rows
        The curated table `overrides`.
    themes
        `theme_id, theme_name` of the quarter.
    as_of
        The day on which an override must still hold; the day of expiry itself counts.

    Returns
    -------
    Overridden
        `theme_id, theme_name, kind, reason, requested_by, approved_by, expires_on, status, why`.

    Raises
    ------
    ScoringError
        When a name fits two themes, or a theme has two overrides that both hold.
    """
    holds = pl.Series([_why_not(row, as_of) is None for row in rows.iter_rows(named=True)], dtype=pl.Boolean)
    fit_themes(rows.filter(holds), themes, "overrides")  # two that hold would contradict each other
    fitted = fit_themes(rows, themes, "overrides", repeats=True)
    whys = [_why_not(row, as_of) for row in fitted.rows.iter_rows(named=True)]
    why = pl.Series("why", whys, dtype=pl.String)
    status = pl.Series("status", [NOT_APPLIED if said else APPROVED for said in whys], dtype=pl.String)
    return Overridden(fitted.rows.select(_KEPT).with_columns(status, why), fitted.unknown)


def overrides_expired(
    before: pl.DataFrame, overridden: pl.DataFrame, placed: pl.DataFrame, as_of: dt.date
) -> pl.DataFrame:
    """The overrides that held a quarter ago and hold no more: the next session renews each, or lets the ranking speak.

    Parameters
    ----------
    before
        The override status of the quarter before.
    overridden
        The overrides of this quarter with their status.
    placed
        Themes as `place` returns them.
    as_of
        The day before which an expiry is past; the day of expiry itself still counts.

    Returns
    -------
    polars.DataFrame
        `theme_id, theme_name, kind, reason, approved_by, expires_on, rank, start`: without those that an approved
        override of the same kind renews; name, rank and start of now, the last two null for a theme that this quarter
        does not have.
        First expired, first listed.
    """
    held = before.filter((pl.col("status") == APPROVED) & (pl.col("expires_on") < as_of))
    renewed = overridden.filter(pl.col("status") == APPROVED).select("theme_id", "kind")
    now = placed.select("theme_id", "rank", "start", name_now="theme_name")
    return (
        held.join(renewed, on=["theme_id", "kind"], how="anti")
        .join(now, on="theme_id", how="left", maintain_order="left")
        .with_columns(pl.coalesce("name_now", "theme_name").alias("theme_name"))
        .select("theme_id", "theme_name", "kind", "reason", "approved_by", "expires_on", "rank", "start")
        .sort("expires_on", "theme_id", "kind")
    )


def _why_not(row: Mapping[str, Any], as_of: dt.date) -> str | None:
    lacks = [said for name, said in _NEEDED.items() if not (row[name] or "").strip()]
    expires_on: dt.date | None = row["expires_on"]
    if expires_on is None:
        lacks.append("no expiry")
    elif expires_on < as_of:
        lacks.append(f"expired on {expires_on.isoformat()}")
    return "; ".join(lacks) or None
