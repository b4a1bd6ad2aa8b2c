"""What became of the decisions of earlier sessions: promises kept, deferrals due, requests that came back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import polars as pl

from vocanalytics.scoring.decided import Decided
from vocanalytics.scoring.history import PastQuarter
from vocanalytics.settings import Quarter
from vocanalytics.tables import dollars
from vocanalytics.vocabulary import Decision, Delivery

KEPT, UNREPORTED = "kept", "unreported"
WAITING, DUE = "waiting", "due"
QUIET, RETURNED = "quiet", "returned"
UNDECIDED = "undecided"

_COLUMNS = (
    "decided_in",
    "theme_id",
    "theme_name",
    "status",
    "owner",
    "rationale",
    "delivery",
    "delivered_on",
    "evidence",
    "verdict",
    "heard",
    "arr_then",
    "arr_now",
    "accounts_then",
    "accounts_now",
    "rank_then",
    "rank_now",
    "returned_with_more",
)
_FIGURES = {"arr_exposed": "arr", "accounts": "accounts", "rank": "rank"}
_THEN = pl.Schema(
    {
        "decided_in": pl.String(),
        "theme_id": pl.String(),
        "arr_then": pl.Decimal(18, 2),
        "accounts_then": pl.Int64(),
        "rank_then": pl.Int64(),
    }
)
_MAY_RETURN = (Decision.DEFER.value, Decision.DECLINE.value)


class _Case(NamedTuple):
    status: str | None
    delivery: str | None
    heard: bool
    is_due: bool


def verdict(status: str | None, delivery: str | None, *, heard: bool, is_due: bool) -> str:
    """What became of one decision, in one word.

    Parameters
    ----------
    status
        What was decided; None where the theme was left undecided.
    delivery
        What is reported about it; None where nothing is.
    heard
        Whether an account in scope asks for the theme this quarter.
    is_due
        Whether this quarter is two or more after the decision.

    Returns
    -------
    str
        For a build: kept, in_progress, slipped, dropped, unreported. For a deferral: waiting, then due; kept or dropped
        where that is reported. For a decline: quiet or returned. Else undecided.
    """
    match status:
        case None:
            return UNDECIDED
        case Decision.DECLINE:
            return RETURNED if heard else QUIET
        case Decision.DEFER if delivery not in (Delivery.SHIPPED, Delivery.DROPPED):
            return DUE if is_due else WAITING
    if delivery is None:
        return UNREPORTED
    return KEPT if delivery == Delivery.SHIPPED else str(delivery)


def outcomes(decided: Decided, placed: pl.DataFrame, history: Sequence[PastQuarter], quarter: Quarter) -> pl.DataFrame:
    """The decisions on record, the latest of each theme, with what became of them and who asks today.

    Parameters
    ----------
    decided
        Decisions and delivery of the earlier quarters, fitted to their themes.
    placed
        The themes of this quarter with rank, accounts, and `arr_exposed` in cents.
    history
        The quarters before: the figures of the quarter that decided are taken from its published run.
    quarter
        This quarter.

    Returns
    -------
    polars.DataFrame
        `decided_in, theme_id, theme_name, status, owner, rationale, delivery, delivered_on, evidence, verdict, heard,
        arr_then, arr_now, accounts_then, accounts_now, rank_then, rank_now, returned_with_more`. The figures of then
        are null where that run is not known; those of now are null for an unknown theme, and 0 where nobody in scope
        asks. `returned_with_more`: declined or deferred, heard now, and more ARR asks than then; null where that
        cannot be known. The latest session first, its themes in the order of their rank then.
    """
    rows = (
        decided.latest.join(_then(history), on=["decided_in", "theme_id"], how="left", maintain_order="left")
        .join(_now(placed), on="theme_id", how="left", maintain_order="left")
        .with_columns(_or_nothing("arr_now", pl.Decimal(18, 2)), _or_nothing("accounts_now", pl.Int64()))
        .with_columns(heard=(pl.col("accounts_now") > 0).fill_null(False))
    )
    cases = [
        _Case(row["status"], row["delivery"], row["heard"], _is_due(row["decided_in"], quarter))
        for row in rows.iter_rows(named=True)
    ]
    verdicts = [verdict(case.status, case.delivery, heard=case.heard, is_due=case.is_due) for case in cases]
    could_return = pl.col("status").is_in(_MAY_RETURN).fill_null(False) & pl.col("heard")
    return (
        rows.with_columns(
            pl.Series("verdict", verdicts, dtype=pl.String),
            returned_with_more=could_return & (pl.col("arr_now") > pl.col("arr_then")),
        )
        .sort("decided_in", "rank_then", "theme_id", "theme_name", descending=[True, *[False] * 3], nulls_last=True)
        .select(_COLUMNS)
    )


def _is_due(decided_in: str, quarter: Quarter) -> bool:
    return Quarter.parse(decided_in).next.next <= quarter


def _or_nothing(name: str, dtype: pl.DataType) -> pl.Expr:
    """0 where a theme that is known has no figure this quarter: nobody in scope asks for it."""
    return pl.when(pl.col("theme_id").is_not_null()).then(pl.col(name).fill_null(pl.lit(0).cast(dtype)).cast(dtype))


def _then(history: Sequence[PastQuarter]) -> pl.DataFrame:
    known = [
        past.theme_scores.filter(pl.col("theme_id").is_not_null()).select(
            pl.lit(str(past.quarter)).alias("decided_in"),
            "theme_id",
            *(pl.col(name).alias(f"{short}_then") for name, short in _FIGURES.items()),
        )
        for past in history
    ]
    return pl.concat([pl.DataFrame(schema=_THEN), *known])


def _now(placed: pl.DataFrame) -> pl.DataFrame:
    figures = placed.with_columns(dollars(pl.col("arr_exposed")).alias("arr_exposed"))
    return figures.select("theme_id", *(pl.col(name).alias(f"{short}_now") for name, short in _FIGURES.items()))
