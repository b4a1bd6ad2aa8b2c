"""Composite, rank and start: the published rule that gives each theme its place before the session."""

from __future__ import annotations

import narwhals as nw
import polars as pl

from vocanalytics import formulas
from vocanalytics.formulas import Frame
from vocanalytics.settings import ReadingSettings
from vocanalytics.vocabulary import OverrideKind, Start

_MADE = ("composite", "trades_off_revenue", "trades_off_breadth", "rank", "start")
_DESCENDING = (True, True, True, True, True, False)


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
    placed: pl.DataFrame = positions(nw.from_native(themes, eager_only=True), reading).to_native()
    return placed


def positions(themes: Frame, reading: ReadingSettings) -> Frame:
    """The same places on any data-frame engine: what `place` gives on polars, pandas gives to the last row."""
    sums = formulas.composite(nw.col("revenue_score"), nw.col("breadth_score"), nw.col("alignment_score"))
    counts = nw.when(nw.col("accounts") > 0).then(sums)
    scored = themes.with_columns(composite=counts, **_trade_offs(reading))
    return _ranked(scored.with_columns(start=_start(reading))).select(*themes.columns, *_MADE)


def _trade_offs(reading: ReadingSettings) -> dict[str, nw.Expr]:
    high, low = reading.trade_off_high, reading.trade_off_low
    revenue, breadth, alignment = nw.col("revenue_score"), nw.col("breadth_score"), nw.col("alignment_score")
    return {
        "trades_off_revenue": (revenue >= high) & (alignment <= low).fill_null(False),
        "trades_off_breadth": (breadth >= high) & (revenue <= low),
    }


def _ranked(themes: Frame) -> Frame:
    # Unranked themes stand apart, the CPO list first, in the order they would have without alignment.
    escalated = nw.col("start") == Start.ESCALATE.value
    ranked = ~nw.col("composite").is_null() & ~escalated
    known = nw.col("revenue_score") + nw.col("breadth_score")
    total = nw.when(ranked).then(nw.col("composite")).otherwise(known)
    in_order = themes.with_columns(_ranked=ranked, _escalated=escalated, _total=total).sort(
        "_ranked", "_escalated", "_total", "revenue_score", "revenue", "theme_id", descending=_DESCENDING
    )
    numbered = in_order.with_row_index("rank")
    return numbered.with_columns(rank=nw.when(nw.col("_ranked")).then(nw.col("rank").cast(nw.Int64()) + 1))


def _start(reading: ReadingSettings) -> nw.Expr:
    override, composite = nw.col("override"), nw.col("composite")
    unsettled = nw.any_horizontal(
        "is_disputed", "is_baseline", "trades_off_revenue", "trades_off_breadth", ignore_nulls=True
    )
    return (
        nw.when(override == OverrideKind.COMPLIANCE.value)
        .then(nw.lit(Start.ESCALATE.value))
        .when(~override.is_null())
        .then(nw.lit(Start.BUILD.value))
        .when(composite.is_null())
        .then(nw.lit(Start.UNSCORED.value))
        .when(composite >= reading.build_at)
        .then(nw.lit(Start.BUILD.value))
        .when(unsettled)
        .then(nw.lit(Start.SETTLE.value))
        .when(composite >= reading.defer_at)
        .then(nw.lit(Start.DEFER.value))
        .otherwise(nw.lit(Start.DECLINE.value))
    )
