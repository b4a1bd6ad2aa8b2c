"""The scoring model in the whole numbers that the formulas count in."""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple

import polars as pl

from vocanalytics.formulas import ChurnRule, RenewalRule, TierRule, cents, thousandths
from vocanalytics.settings import Model, RevenueSettings


class Rules(NamedTuple):
    """Bands, factors and breakpoints of one run: factors and shares in thousandths, money in cents."""

    renewal: RenewalRule
    churn: ChurnRule
    tier: TierRule
    revenue_breakpoints: tuple[int, ...]
    breadth_breakpoints: tuple[int, ...]
    baseline_share: int


def rules(model: Model) -> Rules:
    """What the formulas need from a model, exactly as it is written down."""
    weight = model.breadth.tier_weight
    return Rules(
        renewal=_renewal(model.revenue),
        churn=ChurnRule(**{name: thousandths(value) for name, value in model.revenue.churn_factor}),
        tier=TierRule(weight.enterprise, weight.mid_market, weight.smb),
        revenue_breakpoints=tuple(cents(point) for point in model.revenue.breakpoints),
        breadth_breakpoints=model.breadth.breakpoints,
        baseline_share=thousandths(model.breadth.baseline_share),
    )


def _renewal(revenue: RevenueSettings) -> RenewalRule:
    factors = {name: thousandths(value) for name, value in revenue.renewal_factor}
    return RenewalRule(near_days=revenue.near_days, far_days=revenue.far_days, **factors)


def in_thousandths(factor: pl.Expr) -> pl.Expr:
    """A decimal factor of a table as whole thousandths."""
    return (factor.cast(pl.Decimal(38, 3)) * pl.lit(1000).cast(pl.Decimal(38, 0))).cast(pl.Int64)


def as_factor(whole_thousandths: pl.Expr) -> pl.Expr:
    """Whole thousandths as the exact decimal factor of a table."""
    return (whole_thousandths.cast(pl.Decimal(35, 0)) * pl.lit(Decimal("0.001"))).cast(pl.Decimal(6, 3))
