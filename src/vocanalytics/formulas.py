"""The arithmetic of the scoring model: whole cents and whole thousandths in, whole numbers out.

Each function is named after the column it makes, takes narwhals expressions and plain integers, and knows no file, no
clock and no settings; pandas (nullable or Arrow types) and polars give the same cents. `docs/formulas.md` derives them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from functools import reduce
from operator import add
from typing import Any, NamedTuple

import narwhals as nw

from vocanalytics.errors import ScoringError
from vocanalytics.vocabulary import ChurnSignal, Health, Tier

Frame = nw.DataFrame[Any]

#: The largest amount of one account, a trillion dollars: any product with two factors of at most 10 stays exact.
LARGEST_CENTS = 10**14
#: The largest number of seats, so that seats times a remainder of cents stays exact.
LARGEST_SEATS = 10**9
#: The largest sum of money that a table can hold, in cents.
LARGEST_SUM_CENTS = 10**18 - 1

ONE = 1_000  # one, in thousandths

_STRENGTH = {ChurnSignal.NONE: 1, ChurnSignal.INFERRED: 2, ChurnSignal.EXPLICIT: 3}


class RenewalRule(NamedTuple):
    """The bands of days to renewal and the factor of each, in thousandths."""

    near_days: int
    far_days: int
    overdue: int
    near: int
    middle: int
    far: int
    unknown: int


class ChurnRule(NamedTuple):
    """The factor of each churn signal, in thousandths."""

    explicit: int
    inferred: int
    none: int


class TierRule(NamedTuple):
    """How much one account of each tier adds to the weighted count."""

    enterprise: int
    mid_market: int
    smb: int


def thousandths(value: Decimal) -> int:
    """A factor or share of the model as a whole number of thousandths, never rounded."""
    return _whole(value, 3)


def cents(value: Decimal) -> int:
    """An amount of the model as a whole number of cents, never rounded."""
    return _whole(value, 2)


def _whole(value: Decimal, places: int) -> int:
    scaled = value.scaleb(places)
    if scaled != scaled.to_integral_value():
        raise ScoringError("a number is finer than it is counted", found=str(value), expected=f"{places} decimals")
    return int(scaled)


def derive(frame: Frame, **columns: nw.Expr) -> Frame:
    """Add columns that every row must have; a row that lacks an input stops the run instead of scoring as nothing.

    Parameters
    ----------
    frame
        Eager frame of any engine.
    columns
        Name of each new column and the expression that makes it; numbers become 64-bit integers.

    Raises
    ------
    ScoringError
        When a new column is null anywhere; the message names the column and counts the rows.
    """
    made = frame.with_columns(**columns)
    for name in columns:
        absent = int(made[name].null_count())
        if absent:
            raise ScoringError(
                f"{name} cannot be computed: an input is missing or unknown", found=f"{absent} of {len(made)} rows"
            )
    words = (nw.String, nw.Boolean)
    return made.with_columns(nw.col(name).cast(nw.Int64()) for name in columns if made.schema[name] not in words)


def days_to_renewal(renewal_date: nw.Expr, as_of: dt.date) -> nw.Expr:
    """Days from the as-of date to the renewal: negative when overdue, null when the date is unknown."""
    day = renewal_date.dt.timestamp("ms") // 86_400_000
    return day - (as_of - dt.date(1970, 1, 1)).days


def renewal_factor(days: nw.Expr, rule: RenewalRule) -> nw.Expr:
    """How much the renewal date makes ARR weigh, in thousandths; both bounds belong to the middle band."""
    return (
        nw.when(days.is_null())
        .then(_integer(rule.unknown))
        .when(days < 0)
        .then(_integer(rule.overdue))
        .when(days < rule.near_days)
        .then(_integer(rule.near))
        .when(days <= rule.far_days)
        .then(_integer(rule.middle))
        .otherwise(_integer(rule.far))
    )


def signal_strength(stated: nw.Expr) -> nw.Expr:
    """A stated churn signal as a number to take the maximum of: 0 not stated, 1 none, 2 inferred, 3 explicit."""
    ranks = nw.when(stated.is_null()).then(_integer(0))
    for signal, strength in _STRENGTH.items():
        ranks = ranks.when(stated == signal.value).then(_integer(strength))
    return ranks.otherwise(nw.lit(None))


def churn_signal(strength: nw.Expr, health: nw.Expr) -> nw.Expr:
    """The signal that counts: the strongest one stated, and the account's health only where none was stated."""
    return (
        nw.when(strength == _STRENGTH[ChurnSignal.EXPLICIT])
        .then(nw.lit(ChurnSignal.EXPLICIT.value))
        .when(strength == _STRENGTH[ChurnSignal.INFERRED])
        .then(nw.lit(ChurnSignal.INFERRED.value))
        .when(strength == _STRENGTH[ChurnSignal.NONE])
        .then(nw.lit(ChurnSignal.NONE.value))
        .when(health == Health.AT_RISK.value)
        .then(nw.lit(ChurnSignal.INFERRED.value))
        .otherwise(nw.lit(ChurnSignal.NONE.value))
    )


def churn_factor(signal: nw.Expr, rule: ChurnRule) -> nw.Expr:
    """How much the churn signal makes ARR weigh, in thousandths; null for a signal that is not in the vocabulary."""
    return (
        nw.when(signal == ChurnSignal.EXPLICIT.value)
        .then(_integer(rule.explicit))
        .when(signal == ChurnSignal.INFERRED.value)
        .then(_integer(rule.inferred))
        .when(signal == ChurnSignal.NONE.value)
        .then(_integer(rule.none))
        .otherwise(nw.lit(None))
    )


def arr_at_risk(arr: nw.Expr, renewal: nw.Expr, churn: nw.Expr) -> nw.Expr:
    """Weighted cents at risk: ARR times both factors, rounded half up once; a weight, not money that could be lost."""
    return _share(arr, renewal * churn, _integer(ONE * ONE))


def headroom_arr(given: nw.Expr, arr: nw.Expr, seats_owned: nw.Expr, seats_addressable: nw.Expr) -> nw.Expr:
    """Cents of ARR that the account could still buy: as given, else its untapped seats at today's price per seat.

    Never below 0, and 0 where nothing is known.
    """
    owned = nw.when(seats_owned > 0).then(seats_owned).otherwise(_integer(1)).cast(nw.Int64())
    untapped = (
        nw.when(seats_owned <= 0)
        .then(_integer(0))
        .when(seats_addressable > seats_owned)
        .then(seats_addressable - seats_owned)
        .otherwise(_integer(0))
        .cast(nw.Int64())
    )
    return nw.when(given > 0).then(given).when(given <= 0).then(_integer(0)).otherwise(_share(arr, untapped, owned))


def expansion(headroom: nw.Expr, dependency: nw.Expr) -> nw.Expr:
    """Cents of expansion that wait for the theme: headroom times the dependency the account stated, half up."""
    return _share(headroom, dependency, _integer(ONE))


def weighted(at_risk: nw.Expr, expansion: nw.Expr) -> nw.Expr:
    """What one account adds to the revenue of a theme, in weighted cents."""
    return at_risk + expansion


def arr_signalled(arr: nw.Expr, signal: nw.Expr, days: nw.Expr, far_days: int) -> nw.Expr:
    """Plain ARR of an account that signals churn and is overdue or renews soon enough, else 0; unknown dates are 0."""
    near = nw.when(signal == ChurnSignal.NONE.value).then(_integer(0)).when(days <= far_days).then(arr)
    return near.otherwise(_integer(0))


def tier_weight(tier: nw.Expr, rule: TierRule) -> nw.Expr:
    """What one account adds to the weighted count of a theme; null for a tier that is not in the vocabulary."""
    return (
        nw.when(tier == Tier.ENTERPRISE.value)
        .then(_integer(rule.enterprise))
        .when(tier == Tier.MID_MARKET.value)
        .then(_integer(rule.mid_market))
        .when(tier == Tier.SMB.value)
        .then(_integer(rule.smb))
        .otherwise(nw.lit(None))
    )


def revenue_score(revenue: nw.Expr, breakpoints: Sequence[int]) -> nw.Expr:
    """Dimension 1, from 1 to 5: one more for each breakpoint (in cents) that the weighted revenue reaches."""
    return _reached(revenue, breakpoints)


def breadth_score(weighted_count: nw.Expr, breakpoints: Sequence[int]) -> nw.Expr:
    """Dimension 2, from 1 to 5: one more for each breakpoint that the weighted count of accounts reaches."""
    return _reached(weighted_count, breakpoints)


def is_baseline(asking: nw.Expr, of: nw.Expr, share: int) -> nw.Expr:
    """Whether more than a share (in thousandths) of a tier asks; compared in whole numbers, so 30% is not above 30%."""
    return asking * ONE > of * share


def composite(revenue: nw.Expr, breadth: nw.Expr, alignment: nw.Expr) -> nw.Expr:
    """The sum of the three scores, from 3 to 15; null while alignment is missing, for there is no default."""
    return revenue + breadth + alignment


def _integer(value: int) -> nw.Expr:
    return nw.lit(value, dtype=nw.Int64())


def _reached(value: nw.Expr, breakpoints: Sequence[int]) -> nw.Expr:
    return reduce(add, ((value >= point).cast(nw.Int64()) for point in breakpoints), _integer(1))


def _share(whole: nw.Expr, numerator: nw.Expr, denominator: nw.Expr) -> nw.Expr:
    """Whole times numerator over denominator, half up, without a product that could leave 64 bits."""
    quotient = whole // denominator
    remainder = whole - quotient * denominator
    return quotient * numerator + (remainder * numerator * 2 + denominator) // (denominator * 2)
