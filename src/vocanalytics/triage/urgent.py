"""Every account behind every theme, and which of these pairs the month must look at."""

from __future__ import annotations

import datetime as dt

import polars as pl

from vocanalytics.errors import ScoringError
from vocanalytics.triage.mentions import PAIR, contacts, latest_words, moments, pair_mentions
from vocanalytics.vocabulary import ChurnSignal

URGENT = "urgent"
RENEWAL_UNKNOWN = "renewal_unknown"
RENEWAL_LATER = "renewal_later"
NO_SIGNAL = "no_signal"
CASES = (URGENT, RENEWAL_UNKNOWN, RENEWAL_LATER, NO_SIGNAL)

COLUMNS = (
    "theme_id",
    "theme_name",
    "account_id",
    "account_name",
    "tier",
    "arr",
    "renewal_date",
    "days_to_renewal",
    "is_overdue",
    "churn_signal",
    "csm",
    "is_referenceable",
    "new_this_month",
    "mentions",
    "reported_at",
    "feedback_id",
    "verbatim",
    "voice",
    "said_on",
    "source",
    "channel",
)


def case_of(renewal_days: int) -> pl.Expr:
    """What makes a pair urgent, or why it is not: a churn signal, and a renewal that is overdue or near enough.

    Parameters
    ----------
    renewal_days
        The last day counts: with 90, a renewal in 90 days is urgent and one in 91 is not.
    """
    return (
        pl.when(pl.col("churn_signal") == ChurnSignal.NONE.value)
        .then(pl.lit(NO_SIGNAL))
        .when(pl.col("days_to_renewal").is_null())
        .then(pl.lit(RENEWAL_UNKNOWN))
        .when(pl.col("days_to_renewal") > renewal_days)
        .then(pl.lit(RENEWAL_LATER))
        .otherwise(pl.lit(URGENT))
    )


def sorted_pairs(
    theme_accounts: pl.DataFrame,
    accounts: pl.DataFrame,
    themes: pl.DataFrame,
    heard: pl.DataFrame,
    mentions: pl.DataFrame,
    *,
    month_start: dt.date,
    renewal_days: int,
) -> pl.DataFrame:
    """Each pair with its case and what the meeting needs to know, in the order in which the meeting takes them.

    The account that renews first comes first, so what is longest overdue leads; on the same day the larger ARR. An
    account's themes stay together, an explicit signal before an inferred one; the theme id makes the order total.

    Returns
    -------
    polars.DataFrame
        `COLUMNS` and `case`, one of `CASES`.

    Raises
    ------
    ScoringError
        When the pairs were not made from this feedback.
    """
    said = pair_mentions(heard, mentions)
    _same_mentions(theme_accounts, said)
    known = accounts.select("account_id", "account_name", "tier", "renewal_date", _flag("is_referenceable"))
    figures = theme_accounts.select(*PAIR, "arr", "days_to_renewal", "churn_signal", "mentions")
    joined = figures.join(themes.select("theme_id", "theme_name"), on="theme_id", how="left", maintain_order="left")
    for other in (known, contacts(accounts, heard)):
        joined = joined.join(other, on="account_id", how="left", maintain_order="left")
    for other in (latest_words(said), moments(said, month_start)):
        joined = joined.join(other, on=PAIR, how="left", maintain_order="left")
    is_overdue = (pl.col("days_to_renewal") < 0).fill_null(False).alias("is_overdue")
    whole = joined.with_columns(is_overdue, case_of(renewal_days).alias("case")).select(*COLUMNS, "case")
    weakness = pl.col("churn_signal").replace_strict({signal.value: n for n, signal in enumerate(ChurnSignal)})
    return whole.sort(
        "days_to_renewal",
        "arr",
        "account_id",
        weakness,
        "theme_id",
        descending=[False, True, False, False, False],
        nulls_last=True,
    )


def _same_mentions(theme_accounts: pl.DataFrame, said: pl.DataFrame) -> None:
    counted = said.group_by(PAIR).agg(pl.len().cast(pl.Int64).alias("mentions"))
    if not theme_accounts.select(*PAIR, "mentions").sort(PAIR).equals(counted.sort(PAIR)):
        raise ScoringError(
            "the pairs do not belong to this feedback",
            where="table theme_accounts",
            found=f"{theme_accounts.height} pairs with {theme_accounts['mentions'].sum()} mentions",
            expected=f"{counted.height} with {said.height}",
        )


def _flag(name: str) -> pl.Expr:
    return pl.col(name).fill_null(False)
