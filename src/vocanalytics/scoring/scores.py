"""The totals of each theme, its first two scores, and the tiers in which it is a baseline expectation."""

from __future__ import annotations

import narwhals as nw
import polars as pl

from vocanalytics import formulas
from vocanalytics.errors import ScoringError
from vocanalytics.formulas import LARGEST_SUM_CENTS, ONE, Frame, derive
from vocanalytics.scoring.rules import Rules, as_factor
from vocanalytics.tables import dollars
from vocanalytics.vocabulary import THEME_SCORES, names

_MONEY = ("arr", "arr_signalled", "arr_at_risk", "expansion", "weighted")
_TOTALS = (
    "mentions",
    "accounts",
    "arr_exposed",
    "arr_signalled",
    "arr_at_risk",
    "expansion",
    "revenue",
    "weighted_count",
)


def score_themes(
    themes: pl.DataFrame, by_theme_account: pl.DataFrame, counted: pl.DataFrame, rules: Rules
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Run totals, the first two scores and the baselines on polars.

    Returns
    -------
    tuple
        One row per theme as `dimension_scores` returns it; and the baselines with `share`, the rounded decimal for
        display beside the two numbers it was read from.
    """
    accounts, behind = nw.from_native(counted, eager_only=True), nw.from_native(by_theme_account, eager_only=True)
    totals = theme_totals(nw.from_native(themes, eager_only=True), behind)
    baseline: pl.DataFrame = baselines(behind, accounts, rules).to_native()
    half_up = (pl.col("asking") * ONE * 2 + pl.col("of")) // (pl.col("of") * 2)
    return dimension_scores(totals, rules).to_native(), baseline.with_columns(share=as_factor(half_up))


def theme_scores(placed: pl.DataFrame) -> pl.DataFrame:
    """The table `theme_scores` as it is kept: exact decimal dollars, ranked themes first."""
    money = [column.name for column in THEME_SCORES if column.kind == "money"]
    return placed.select(names(THEME_SCORES)).with_columns(dollars(pl.col(name)).alias(name) for name in money)


def theme_totals(themes: Frame, by_theme_account: Frame) -> Frame:
    """Sum the accounts behind each theme, each account once; a theme without any stays, with zeros.

    Parameters
    ----------
    themes
        `theme_id, theme_name`.
    by_theme_account
        As `contributions` returns it.

    Returns
    -------
    narwhals.DataFrame
        `theme_id, theme_name` and the totals of `theme_scores` in whole cents, sorted by theme.

    Raises
    ------
    ScoringError
        When a sum is larger than a table can hold.
    """
    _summable(by_theme_account)
    sums = by_theme_account.group_by("theme_id").agg(
        nw.col("mentions").sum(),
        nw.len().alias("accounts"),
        nw.col("arr").sum().alias("arr_exposed"),
        nw.col("arr_signalled").sum(),
        nw.col("arr_at_risk").sum(),
        nw.col("expansion").sum(),
        nw.col("weighted").sum().alias("revenue"),
        nw.col("tier_weight").sum().alias("weighted_count"),
    )
    joined = themes.select("theme_id", "theme_name").join(sums, on="theme_id", how="left")
    return derive(joined, **{name: nw.col(name).fill_null(0) for name in _TOTALS}).sort("theme_id")


def _summable(by_theme_account: Frame) -> None:
    # Whole numbers wrap around silently; a float total is near enough to see it coming.
    for name in _MONEY:
        total = by_theme_account[name].cast(nw.Float64()).sum()
        if total > LARGEST_SUM_CENTS * 0.9:
            raise ScoringError(f"the sum of {name} is larger than a table can hold", found=f"about {total / 100:.3g}")


def dimension_scores(totals: Frame, rules: Rules) -> Frame:
    """Add the revenue score and the breadth score, from 1 to 5, read from fixed breakpoints, not from other themes."""
    return derive(
        totals,
        revenue_score=formulas.revenue_score(nw.col("revenue"), rules.revenue_breakpoints),
        breadth_score=formulas.breadth_score(nw.col("weighted_count"), rules.breadth_breakpoints),
    )


def baselines(by_theme_account: Frame, accounts: Frame, rules: Rules) -> Frame:
    """How many of all in-scope accounts of a tier ask for each theme, and whether that makes it a baseline expectation.

    Returns
    -------
    narwhals.DataFrame
        `theme_id, tier, asking, of, is_baseline`: 7 of 20 stays 7 of 20; sorted by theme and tier.
    """
    of_tier = accounts.group_by("tier").agg(nw.len().alias("of"))
    asking = by_theme_account.group_by("theme_id", "tier").agg(nw.len().alias("asking"))
    counted = derive(asking.join(of_tier, on="tier", how="inner"), asking=nw.col("asking"), of=nw.col("of"))
    flagged = derive(counted, is_baseline=formulas.is_baseline(nw.col("asking"), nw.col("of"), rules.baseline_share))
    return flagged.select("theme_id", "tier", "asking", "of", "is_baseline").sort("theme_id", "tier")
