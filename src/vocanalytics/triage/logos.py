"""Referenceable logos at risk: who must answer, where, and by when."""

from __future__ import annotations

import polars as pl

from vocanalytics.settings import FastPath


def on_path(reported: str, path: FastPath) -> list[pl.Expr]:
    """Path, channel and the hour of the answer; the clock runs from the data, so the same data give the same hour."""
    return [
        pl.lit(path.path).alias("path"),
        pl.lit(path.channel).alias("channel"),
        pl.lit(path.hours, dtype=pl.Int64).alias("hours"),
        (pl.col(reported) + pl.duration(hours=path.hours)).alias("due_at"),
    ]


def logos_at_risk(urgent: pl.DataFrame, path: FastPath) -> pl.DataFrame:
    """Referenceable accounts behind these pairs, in their order; the latest signal starts the clock.

    Parameters
    ----------
    urgent
        The urgent pairs in their order, and those with a churn signal whose renewal date nobody recorded.
    path
        Whom it goes to, through which channel, within how many hours.

    Returns
    -------
    polars.DataFrame
        `account_id, account_name, tier, arr, renewal_date, days_to_renewal, is_overdue, churn_signal` (the strongest),
        `csm, themes` (names), `theme_ids, reported_at, path, channel, hours, due_at`; one row an account.
    """
    once = ("account_name", "tier", "arr", "renewal_date", "days_to_renewal", "is_overdue", "churn_signal", "csm")
    return (
        urgent.filter("is_referenceable")
        .group_by("account_id", maintain_order=True)
        .agg(
            # The strongest signal stands first within an account.
            *(pl.col(name).first() for name in once),
            pl.col("theme_name").alias("themes"),
            pl.col("theme_id").alias("theme_ids"),
            pl.col("reported_at").max(),
        )
        .with_columns(on_path("reported_at", path))
    )
