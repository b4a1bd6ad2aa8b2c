"""What in-scope accounts said up to the as-of day: the words, the moment, and the CSM who can call them."""

from __future__ import annotations

import datetime as dt

import polars as pl

from vocanalytics.vocabulary import ChurnSignal, Scope

PAIR = ("theme_id", "account_id")
IN_SCOPE = (Scope.SCORED.value, Scope.COMPLIANCE.value)

_SAID = ("feedback_id", "account_id", "created_at", "verbatim", "voice", "source", "channel", "churn_signal", "csm")


def heard_until(feedback: pl.DataFrame, as_of: dt.date) -> pl.DataFrame:
    """The rows that were there on a day, the day itself included; days are days of UTC."""
    return feedback.filter(pl.col("created_at").dt.date() <= as_of)


def in_scope_rows(heard: pl.DataFrame) -> pl.DataFrame:
    """The rows of customers inside the ideal customer profile."""
    return heard.filter(pl.col("scope").is_in(IN_SCOPE))


def pair_mentions(heard: pl.DataFrame, mentions: pl.DataFrame) -> pl.DataFrame:
    """One row for each in-scope verbatim and theme, with what a reader wants to know about it."""
    rows = in_scope_rows(heard).select(_SAID)
    return mentions.select("feedback_id", "theme_id").join(rows, on="feedback_id", how="inner", maintain_order="left")


def latest_words(said: pl.DataFrame) -> pl.DataFrame:
    """The verbatim to read out for each pair: the customer's own latest words, a paraphrase only where there are none.

    Returns
    -------
    polars.DataFrame
        `theme_id, account_id, feedback_id, verbatim, voice, said_on, source, channel`.
    """
    best = said.sort(
        pl.col("voice").eq_missing("paraphrase"), "created_at", "feedback_id", descending=[False, True, False]
    ).unique(PAIR, keep="first", maintain_order=True)
    said_on = pl.col("created_at").dt.date().alias("said_on")
    return best.select(*PAIR, "feedback_id", "verbatim", "voice", said_on, "source", "channel")


def moments(said: pl.DataFrame, month_start: dt.date) -> pl.DataFrame:
    """When each pair reported its signal last, and whether it was heard within the month.

    The moment is that of the latest mention that states a signal, or of the latest mention where only the account's
    health speaks.

    Returns
    -------
    polars.DataFrame
        `theme_id, account_id, reported_at, new_this_month`.
    """
    signals = (ChurnSignal.EXPLICIT.value, ChurnSignal.INFERRED.value)
    created = pl.col("created_at")
    stated = created.filter(pl.col("churn_signal").is_in(signals)).max()
    return said.group_by(PAIR, maintain_order=True).agg(
        pl.coalesce(stated, created.max()).alias("reported_at"),
        (created.dt.date() >= month_start).any().alias("new_this_month"),
    )


def contacts(accounts: pl.DataFrame, heard: pl.DataFrame) -> pl.DataFrame:
    """Whom to ask about an account: its CSM, or else the CSM of its latest feedback that names one.

    Returns
    -------
    polars.DataFrame
        `account_id, csm`, null where nobody is named.
    """
    named = in_scope_rows(heard).filter(pl.col("csm").is_not_null())
    latest = (
        named.sort("created_at", "feedback_id", descending=[True, False])
        .unique("account_id", keep="first", maintain_order=True)
        .select("account_id", pl.col("csm").alias("_latest"))
    )
    joined = accounts.select("account_id", "csm").join(latest, on="account_id", how="left", maintain_order="left")
    return joined.select("account_id", pl.coalesce("csm", "_latest").alias("csm"))
