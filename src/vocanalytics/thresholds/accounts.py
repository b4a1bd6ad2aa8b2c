"""How the ARR of the in-scope accounts is spread: what breakpoints are proposed from, and what a person looks at."""

from __future__ import annotations

from fractions import Fraction

import narwhals as nw
import polars as pl

from vocanalytics import formulas
from vocanalytics.errors import ContractError
from vocanalytics.formulas import TierRule, derive
from vocanalytics.tables import cents, dollars
from vocanalytics.vocabulary import Lifecycle, Tier

#: The edges of the bins, in cents: 1, 2, 5 and 10 times each power of ten from a dollar to ten trillion.
_EDGES = tuple(step * 10**power for power in range(2, 15) for step in (1, 2, 5))


def in_scope(accounts: pl.DataFrame, rule: TierRule) -> pl.DataFrame:
    """The accounts whose feedback counts, customers inside the ICP, with their ARR in whole cents.

    Parameters
    ----------
    accounts
        The table `accounts` of a run.
    rule
        What one account of each tier adds to a weighted count.

    Returns
    -------
    polars.DataFrame
        `account_id, tier, arr` (cents) and `tier_weight`, sorted by account.

    Raises
    ------
    ContractError
        When no account is in scope: there is nothing to propose from.
    """
    counted = accounts.filter((pl.col("lifecycle") == Lifecycle.CUSTOMER.value) & pl.col("is_icp")).sort("account_id")
    if counted.is_empty():
        raise ContractError(
            "no account is in scope, so no breakpoints can be proposed",
            where="table accounts",
            expected="at least one customer inside the ICP",
        )
    whole = nw.from_native(counted.select("account_id", "tier", cents(pl.col("arr"))), eager_only=True)
    weighed: pl.DataFrame = derive(whole, tier_weight=formulas.tier_weight(nw.col("tier"), rule)).to_native()
    return weighed


def median_cents(counted: pl.DataFrame) -> Fraction:
    """The ARR with as many accounts above as below, exact: half a cent is possible between two accounts."""
    ordered = sorted(counted["arr"].to_list())
    return Fraction(ordered[(len(ordered) - 1) // 2] + ordered[len(ordered) // 2], 2)


def arr_tiers(counted: pl.DataFrame) -> pl.DataFrame:
    """What the customer base is made of.

    Returns
    -------
    polars.DataFrame
        `tier, accounts, median_arr, total_arr, weighted_count`, one row per tier; one without accounts has no median.
    """
    rows = [_tier(tier, counted.filter(pl.col("tier") == tier.value)) for tier in Tier]
    schema = {"tier": pl.String, "accounts": pl.Int64, "median": pl.Int64, "total": pl.Int64, "weighted": pl.Int64}
    return pl.DataFrame(rows, schema=schema, orient="row").select(
        "tier",
        "accounts",
        dollars(pl.col("median")).alias("median_arr"),
        dollars(pl.col("total")).alias("total_arr"),
        pl.col("weighted").alias("weighted_count"),
    )


def _tier(tier: Tier, counted: pl.DataFrame) -> tuple[str, int, int | None, int, int]:
    median = half_up(median_cents(counted)) if counted.height else None
    return tier.value, counted.height, median, int(counted["arr"].sum()), int(counted["tier_weight"].sum())


def arr_deciles(counted: pl.DataFrame) -> pl.DataFrame:
    """The ARR of the smallest account, of the largest, and of those that stand at each tenth between them.

    Returns
    -------
    polars.DataFrame
        `decile` (lowest, 10% to 90%, highest) and `arr`: always the ARR of an account, never a value between two.
    """
    ordered = counted["arr"].sort()
    places = [(2 * tenth * (counted.height - 1) + 10) // 20 for tenth in range(11)]
    names = ["lowest", *(f"{10 * tenth}%" for tenth in range(1, 10)), "highest"]
    return pl.DataFrame({"decile": names, "cents": ordered.gather(places)}).select(
        "decile", dollars(pl.col("cents")).alias("arr")
    )


def arr_bins(counted: pl.DataFrame) -> pl.DataFrame:
    """How many accounts of each tier lie between 1, 2, 5 and 10 times each power of ten; for the chart.

    Returns
    -------
    polars.DataFrame
        `tier, arr_from, arr_to, accounts`; accounts with less than a dollar are in none.
    """
    edges = pl.DataFrame({"edge": _EDGES[:-1], "next": _EDGES[1:]}, schema={"edge": pl.Int64, "next": pl.Int64})
    binned = (
        counted.filter(pl.col("arr") >= _EDGES[0])
        .sort("arr", "account_id")
        .join_asof(edges, left_on="arr", right_on="edge")
        .group_by("tier", "edge", "next")
        .agg(pl.len().cast(pl.Int64).alias("accounts"))
    )
    return binned.sort("tier", "edge").select(
        "tier", dollars(pl.col("edge")).alias("arr_from"), dollars(pl.col("next")).alias("arr_to"), "accounts"
    )


def half_up(value: Fraction) -> int:
    """The nearest whole number; a half goes up."""
    return (2 * value.numerator + value.denominator) // (2 * value.denominator)
