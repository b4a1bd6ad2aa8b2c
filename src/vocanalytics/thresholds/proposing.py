"""Which breakpoints fit a company: revenue by the ARR of a typical account, breadth by the customer base."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

import polars as pl

from vocanalytics.formulas import TierRule
from vocanalytics.settings import Model
from vocanalytics.thresholds.accounts import half_up, in_scope, median_cents
from vocanalytics.vocabulary import Tier

#: A theme scores 2, 3, 4 and 5 in revenue when it weighs as much as this many typical accounts.
TYPICAL_ACCOUNTS = (1, 3, 8, 20)
#: A theme scores 2, 3, 4 and 5 in breadth when this many thousandths of the weighted customer base ask ...
BASE_THOUSANDTHS = (10, 20, 35, 60)
#: ... but never fewer than the weight of this many SMB accounts: below that, one account would decide a score.
AT_LEAST_SMB = (2, 3, 6, 10)
#: Revenue breakpoints are figures that people remember: 1, 1.5, 2, 2.5, 3, 4, 5 or 7.5 times a power of ten.
_FIGURES = (10, 15, 20, 25, 30, 40, 50, 75, 100)

_SMALLEST, _LARGEST = 10, 5 * 10**10
_MOST_WEIGHTED = 1_000_000


class Breakpoints(NamedTuple):
    """The four breakpoints of revenue, in dollars, and the four of breadth, in weighted accounts."""

    revenue: tuple[Decimal, ...]
    breadth: tuple[int, ...]


@dataclass(frozen=True)
class Proposal:
    """Breakpoints proposed from the accounts of a run, and what they were read from.

    Attributes
    ----------
    breakpoints
        Revenue in whole dollars, breadth in weighted accounts, each rising.
    typical_arr
        The ARR of a typical account, to the cent.
    accounts, weighted_count
        In-scope accounts, and their weighted count.
    notes
        What was left as it is, and why.
    """

    breakpoints: Breakpoints
    typical_arr: Decimal
    accounts: int
    weighted_count: int
    notes: tuple[str, ...]


def written(model: Model) -> Breakpoints:
    """The breakpoints that runs use now."""
    return Breakpoints(model.revenue.breakpoints, model.breadth.breakpoints)


def tier_rule(model: Model) -> TierRule:
    """What one account of each tier adds to a weighted count."""
    weight = model.breadth.tier_weight
    return TierRule(weight.enterprise, weight.mid_market, weight.smb)


def propose(accounts: pl.DataFrame, model: Model) -> Proposal:
    """The breakpoints that fit the company, read from its accounts alone and never from the themes of a run.

    Parameters
    ----------
    accounts
        The table `accounts` of a run.
    model
        Its tier weights count; its breakpoints stay where none can be proposed.

    Returns
    -------
    Proposal
        The same accounts give the same proposal; see `docs/thresholds.md`.

    Raises
    ------
    ContractError
        When no account is in scope.
    """
    counted, now = in_scope(accounts, tier_rule(model)), written(model)
    typical, base = typical_arr(counted), int(counted["tier_weight"].sum())
    revenue, breadth = revenue_breakpoints(typical), breadth_breakpoints(base, model.breadth.tier_weight.smb)
    notes = []
    if revenue is None:
        notes.append("The ARR of a typical account is outside $10 to $50 billion: the revenue breakpoints stay.")
    if breadth is None:
        notes.append("The weighted customer base is too large for breakpoints: those of breadth stay.")
    return Proposal(
        breakpoints=Breakpoints(revenue or now.revenue, breadth or now.breadth),
        typical_arr=Decimal(half_up(typical * 100)).scaleb(-2),
        accounts=counted.height,
        weighted_count=base,
        notes=tuple(notes),
    )


def typical_arr(counted: pl.DataFrame) -> Fraction:
    """The ARR of a typical account in dollars: the median of each tier, weighed by how many accounts the tier has.

    One very large account hardly moves it, and a customer base of many small accounts does not hide the large ones.
    """
    tiers = [counted.filter(pl.col("tier") == tier.value) for tier in Tier]
    return sum((median_cents(tier) * tier.height for tier in tiers if tier.height), Fraction()) / counted.height / 100


def revenue_breakpoints(typical: Fraction) -> tuple[Decimal, ...] | None:
    """What 1, 3, 8 and 20 typical accounts come to, as figures that people remember; None outside $10 to $50 billion.

    Ten times the ARR gives ten times the breakpoints.
    """
    if not _SMALLEST <= typical <= _LARGEST:
        return None
    return tuple(Decimal(memorable(typical * many)) for many in TYPICAL_ACCOUNTS)


def memorable(amount: Fraction) -> int:
    """The nearest of 1, 1.5, 2, 2.5, 3, 4, 5, 7.5 times a power of ten; of two that are as near, the higher one.

    Parameters
    ----------
    amount
        Dollars, at least 10, so that the result is whole.
    """
    unit: int = 10 ** (len(str(int(amount))) - 2)
    return min((figure * unit for figure in _FIGURES), key=lambda figure: (abs(figure - amount), -figure))


def breadth_breakpoints(weighted_count: int, smb: int) -> tuple[int, ...] | None:
    """What 1%, 2%, 3.5% and 6% of the customer base come to, never fewer than 2, 3, 6 and 10 SMB accounts weigh.

    Parameters
    ----------
    weighted_count
        Of all in-scope accounts, each weighed by its tier.
    smb
        The weight of an SMB account.

    Returns
    -------
    tuple of int, or None
        Whole numbers, from 100 on with two significant digits; None where the largest is beyond a million.
    """
    shares = (two_digits(half_up(Fraction(weighted_count * share, 1000))) for share in BASE_THOUSANDTHS)
    points = tuple(max(share, least * smb) for share, least in zip(shares, AT_LEAST_SMB, strict=True))
    return points if points[-1] <= _MOST_WEIGHTED else None


def two_digits(count: int) -> int:
    """A count as people say it: whole below 100, from there with two significant digits; a half goes up."""
    unit: int = 10 ** max(0, len(str(count)) - 2)
    return half_up(Fraction(count, unit)) * unit
