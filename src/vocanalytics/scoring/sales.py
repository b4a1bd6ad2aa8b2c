"""What prospects ask for: beside the ranking, for Sales Ops and the PM lead, with how their deals stand."""

from __future__ import annotations

import polars as pl

from vocanalytics.tables import cents, dollars
from vocanalytics.vocabulary import DealOutcome, Scope

_SEVERAL = 2
_STATED = ("deal_outcome", "competitor")
_OF_ACCOUNT = ("account_id", "account_name", "arr")
_LATEST_LAST = ("theme_id", "account_id", "created_at", "feedback_id")


def sales_accounts(
    scoped: pl.DataFrame, accounts: pl.DataFrame, mentions: pl.DataFrame, themes: pl.DataFrame
) -> pl.DataFrame:
    """Each prospect behind each theme, with the state of its deal and its latest words, so that Sales can follow up.

    Parameters
    ----------
    scoped
        Feedback with its scope.
    accounts
        Accepted accounts, for names and ARR (usually 0 for a prospect).
    mentions, themes
        As the run keeps them.

    Returns
    -------
    polars.DataFrame
        `theme_id, theme_name, account_id, account_name, arr, mentions, deal_outcome, competitor, verbatim,
        feedback_id`. `deal_outcome` and `competitor` are the latest that a mention of the pair states, by `created_at`
        and then `feedback_id`, null where none does; `verbatim` and `feedback_id` are those of the latest mention.
        By theme, most ARR first.
    """
    of_prospects = scoped.filter(pl.col("scope") == Scope.PROSPECT.value).select(
        "feedback_id", "account_id", "created_at", "verbatim", *_STATED
    )
    heard = mentions.select("feedback_id", "theme_id").join(of_prospects, on="feedback_id", maintain_order="left")
    pairs = (
        heard.sort(_LATEST_LAST)
        .group_by("theme_id", "account_id", maintain_order=True)
        .agg(
            pl.len().cast(pl.Int64).alias("mentions"),
            *(pl.col(name).drop_nulls().last() for name in _STATED),
            pl.col("verbatim", "feedback_id").last(),
        )
    )
    return (
        pairs.join(themes.select("theme_id", "theme_name"), on="theme_id", how="left", maintain_order="left")
        .join(accounts.select(_OF_ACCOUNT), on="account_id", how="left", maintain_order="left")
        .select("theme_id", "theme_name", *_OF_ACCOUNT, "mentions", *_STATED, "verbatim", "feedback_id")
        .sort("theme_id", "arr", "account_id", descending=[False, True, False])
    )


def sales_list(by_theme_account: pl.DataFrame) -> pl.DataFrame:
    """The themes that prospects raise, never scored: prospects want what they think they need.

    Parameters
    ----------
    by_theme_account
        As `sales_accounts` returns it.

    Returns
    -------
    polars.DataFrame
        `theme_id, theme_name, prospects, mentions, is_repeated, prospect_arr, won, lost, open`: distinct prospects,
        their mentions, whether several of them ask, their ARR (each prospect once), and how many of their deals were
        won, lost or are open; the others say nothing of a deal. Most prospects first.
    """
    deals = [
        (pl.col("deal_outcome") == outcome.value).sum().cast(pl.Int64).alias(outcome.value) for outcome in DealOutcome
    ]
    return (
        by_theme_account.group_by("theme_id", "theme_name", maintain_order=True)
        .agg(
            pl.len().cast(pl.Int64).alias("prospects"),
            pl.col("mentions").sum(),
            (pl.len() >= _SEVERAL).alias("is_repeated"),
            dollars(cents(pl.col("arr")).sum()).alias("prospect_arr"),
            *deals,
        )
        .sort("prospects", "mentions", "theme_id", descending=[True, True, False])
    )
