"""What each account adds to each theme: the reduction from mentions to (theme, account), on any data-frame engine."""

from __future__ import annotations

import datetime as dt

import narwhals as nw
import polars as pl

from vocanalytics import formulas
from vocanalytics.errors import ScoringError
from vocanalytics.formulas import Frame, derive
from vocanalytics.scoring.rules import Rules, as_factor, in_thousandths
from vocanalytics.tables import dollars
from vocanalytics.vocabulary import THEME_ACCOUNTS, names


def pairs(mentions: Frame) -> Frame:
    """Reduce mentions to one row per theme and account, so that a loud account weighs no more than a quiet one.

    Parameters
    ----------
    mentions
        `theme_id, account_id, churn_signal, dependency` (thousandths), one row per in-scope mention; the last two may
        be null where nothing was stated.

    Returns
    -------
    narwhals.DataFrame
        `theme_id, account_id, mentions, strength, dependency`: the strongest signal and dependency the account stated.
    """
    rated = derive(mentions, strength=formulas.signal_strength(nw.col("churn_signal")))
    reduced = rated.group_by("theme_id", "account_id").agg(
        nw.len().alias("mentions"), nw.col("strength").max(), nw.col("dependency").max()
    )
    return derive(reduced, mentions=nw.col("mentions"), dependency=nw.col("dependency").fill_null(0))


def contributions(by_pair: Frame, accounts: Frame, as_of: dt.date, rules: Rules) -> Frame:
    """Every figure of `theme_accounts`, in whole cents and thousandths, with what the theme's totals need beside it.

    Parameters
    ----------
    by_pair
        As `pairs` returns it.
    accounts
        Counted accounts in whole cents: `account_id, tier, health, renewal_date, seats_owned, seats_addressable, arr,
        headroom_arr`.
    as_of
        The day from which renewal days count.
    rules
        The model in whole numbers.

    Returns
    -------
    narwhals.DataFrame
        The columns of `theme_accounts`, and `tier`, `tier_weight`, `arr_signalled`; sorted by theme and account.

    Raises
    ------
    ScoringError
        When a pair has no counted account, or a value is missing that a formula cannot do without.
    """
    joined = by_pair.join(accounts, on="account_id", how="inner")
    if len(joined) != len(by_pair):
        raise ScoringError(
            "a mention belongs to no counted account", found=f"{len(joined)} pairs", expected=f"{len(by_pair)}"
        )
    days, signal, arr = nw.col("days_to_renewal"), nw.col("churn_signal"), nw.col("arr")
    dated = joined.with_columns(days_to_renewal=formulas.days_to_renewal(nw.col("renewal_date"), as_of))
    signalled = derive(dated, churn_signal=formulas.churn_signal(nw.col("strength"), nw.col("health")))
    weighed = derive(
        signalled,
        renewal_factor=formulas.renewal_factor(days, rules.renewal),
        churn_factor=formulas.churn_factor(signal, rules.churn),
        tier_weight=formulas.tier_weight(nw.col("tier"), rules.tier),
        arr_signalled=formulas.arr_signalled(arr, signal, days, rules.renewal.far_days),
        headroom_arr=formulas.headroom_arr(
            nw.col("headroom_arr"), arr, nw.col("seats_owned"), nw.col("seats_addressable")
        ),
    )
    valued = derive(
        weighed,
        arr_at_risk=formulas.arr_at_risk(arr, nw.col("renewal_factor"), nw.col("churn_factor")),
        expansion=formulas.expansion(nw.col("headroom_arr"), nw.col("dependency")),
    )
    summed = derive(valued, weighted=formulas.weighted(nw.col("arr_at_risk"), nw.col("expansion")))
    return summed.select(*names(THEME_ACCOUNTS), "tier", "tier_weight", "arr_signalled").sort("theme_id", "account_id")


def reduce_mentions(in_scope: pl.DataFrame, counted: pl.DataFrame, as_of: dt.date, rules: Rules) -> pl.DataFrame:
    """Run the reduction on polars: from in-scope mentions to one row per theme and account, in whole numbers.

    Parameters
    ----------
    in_scope
        As `scope.in_scope_mentions` returns it; `dependency` is decimal.
    counted
        As `inputs.counted_accounts` returns it.
    as_of
        The day from which renewal days count.
    rules
        The model in whole numbers.

    Returns
    -------
    polars.DataFrame
        As `contributions` describes it.
    """
    mentions = in_scope.with_columns(in_thousandths(pl.col("dependency")))
    reduced = pairs(nw.from_native(mentions, eager_only=True))
    figures: pl.DataFrame = contributions(reduced, nw.from_native(counted, eager_only=True), as_of, rules).to_native()
    return figures


def theme_accounts(by_theme_account: pl.DataFrame) -> pl.DataFrame:
    """The table `theme_accounts` as it is kept: exact decimal dollars and factors."""
    money = [column.name for column in THEME_ACCOUNTS if column.kind == "money"]
    factors = [column.name for column in THEME_ACCOUNTS if column.kind == "factor"]
    return by_theme_account.select(names(THEME_ACCOUNTS)).with_columns(
        *(dollars(pl.col(name)).alias(name) for name in money),
        *(as_factor(pl.col(name)).alias(name) for name in factors),
    )
