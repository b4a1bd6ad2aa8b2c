"""Composite, rank and start: the published rule that gives each theme its place before the session."""

from __future__ import annotations

import narwhals as nw
import polars as pl

from vocanalytics import formulas
from vocanalytics.settings import ReadingSettings
from vocanalytics.vocabulary import OverrideKind, Start

_ORDER = ("composite", "revenue_score", "revenue", "theme_id")
_DESCENDING = [True, True, True, False]


def place(themes: pl.DataFrame, reading: ReadingSettings) -> pl.DataFrame:
    """Give every theme its composite, its rank and its start; called again with one fact changed, it is a rescoring.

    Parameters
    ----------
    themes
        One row per theme: `theme_id, accounts, revenue` (cents), `revenue_score, breadth_score, alignment_score` (null
        while missing), `is_disputed, is_baseline`, and `override` (the kind of an approved one, else null).
    reading
        Thresholds of the starting positions.

    Returns
    -------
    polars.DataFrame
        The rows with `composite, trades_off_revenue, trades_off_breadth, rank, start`, ranked themes first. A theme
        that no account in scope asks for is tracked, not scored: it has no composite.
    """
    sums = formulas.composite(nw.col("revenue_score"), nw.col("breadth_score"), nw.col("alignment_score"))
    counts = nw.when(nw.col("accounts") > 0).then(sums)
    scored = nw.from_native(themes).with_columns(composite=counts).to_native()
    read = scored.with_columns(**_trade_offs(reading))
    return _in_order(_ranked(read).with_columns(start=_start(reading)))


def _trade_offs(reading: ReadingSettings) -> dict[str, pl.Expr]:
    high, low = reading.trade_off_high, reading.trade_off_low
    revenue, breadth, alignment = pl.col("revenue_score"), pl.col("breadth_score"), pl.col("alignment_score")
    return {
        "trades_off_revenue": ((revenue >= high) & (alignment <= low)).fill_null(False),
        "trades_off_breadth": (breadth >= high) & (revenue <= low),
    }


def _ranked(themes: pl.DataFrame) -> pl.DataFrame:
    escalated = (pl.col("override") == OverrideKind.COMPLIANCE.value).fill_null(False)
    order = (
        themes.filter(pl.col("composite").is_not_null() & ~escalated)
        .sort(_ORDER, descending=_DESCENDING)
        .select("theme_id")
        .with_row_index("rank", offset=1)
        .with_columns(pl.col("rank").cast(pl.Int64))
    )
    return themes.join(order, on="theme_id", how="left", maintain_order="left")


def _start(reading: ReadingSettings) -> pl.Expr:
    override, composite = pl.col("override"), pl.col("composite")
    unsettled = pl.any_horizontal("is_disputed", "is_baseline", "trades_off_revenue", "trades_off_breadth")
    return (
        pl.when(override == OverrideKind.COMPLIANCE.value)
        .then(pl.lit(Start.ESCALATE.value))
        .when(override.is_not_null())
        .then(pl.lit(Start.BUILD.value))
        .when(composite.is_null())
        .then(pl.lit(Start.UNSCORED.value))
        .when(composite >= reading.build_at)
        .then(pl.lit(Start.BUILD.value))
        .when(unsettled)
        .then(pl.lit(Start.SETTLE.value))
        .when(composite >= reading.defer_at)
        .then(pl.lit(Start.DEFER.value))
        .otherwise(pl.lit(Start.DECLINE.value))
    )


def _in_order(placed: pl.DataFrame) -> pl.DataFrame:
    # Unranked themes stand apart, in the order they would have without alignment.
    known = pl.col("revenue_score") + pl.col("breadth_score")
    escalated = pl.col("start") == Start.ESCALATE.value
    return placed.sort(
        "rank", escalated, known, "revenue_score", "revenue", "theme_id",
        descending=[False, True, True, True, True, False], nulls_last=True,
    )  # fmt: skip
