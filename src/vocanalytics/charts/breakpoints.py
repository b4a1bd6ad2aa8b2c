"""Charts for whoever chooses breakpoints: where the accounts lie, and how many themes have each score."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from vocanalytics.charts.palette import GROW, INK_SECOND, NAVY, RISK, RULE_DARK
from vocanalytics.vocabulary import Tier

if TYPE_CHECKING:
    import altair as alt
    import polars as pl

_WIDTH, _ROW = 560, 90
_PRESENT, _PROPOSED = "present", "proposed"
_TIERS = {Tier.ENTERPRISE.value: "Enterprise", Tier.MID_MARKET.value: "Mid-Market", Tier.SMB.value: "SMB"}


def arr_by_tier(bins: pl.DataFrame, breakpoints: pl.DataFrame, currency: str) -> alt.FacetChart:
    """How many accounts of each tier have how much ARR, with the breakpoints of revenue on the same scale.

    Parameters
    ----------
    bins
        `tier, arr_from, arr_to, accounts`.
    breakpoints
        `revenue` and `revenue_proposed`, one row per score from 2 to 5.
    currency
        For the axis.

    Returns
    -------
    altair.FacetChart
        A row per tier; dashed rules are the present breakpoints, solid ones those proposed.
    """
    import altair as alt

    bars, rules = _plain(bins), _rules(breakpoints)
    x = alt.X("arr_from:Q", scale=alt.Scale(type="log", nice=False), axis=alt.Axis(format="~s", tickCount=6))
    y = alt.Y("accounts:Q", title=None, axis=alt.Axis(tickMinStep=1, tickCount=4))
    drawn = alt.Chart().mark_rect(color=GROW, opacity=0.8, stroke="white")
    drawn = drawn.encode(x=x.title(f"ARR, {currency} (logarithmic)"), x2="arr_to:Q", y=y, y2=alt.datum(0))
    layers = [drawn.transform_filter(alt.datum.accounts > 0), *(_rule(kind) for kind in (_PRESENT, _PROPOSED))]
    rows = [{**row, "tier": _TIERS[row["tier"]]} for row in bars]
    rows += [{**rule, "tier": tier} for rule in rules for tier in _TIERS.values()]
    chart = alt.layer(*layers, data=alt.Data(values=rows)).properties(width=_WIDTH, height=_ROW)
    return chart.facet(row=alt.Row("tier:N", title="Accounts", sort=list(_TIERS.values())))


def score_distributions(scores: pl.DataFrame) -> alt.FacetChart:
    """How many themes of each quarter have each score, under the present and under the proposed breakpoints.

    Parameters
    ----------
    scores
        `quarter, dimension, breakpoints, score, themes`, newest quarter first.

    Returns
    -------
    altair.FacetChart
        A row per quarter, a column per dimension.
    """
    import altair as alt

    colors = alt.Scale(domain=[_PRESENT, _PROPOSED], range=[RULE_DARK, NAVY])
    bars = alt.Chart().mark_bar().encode(
        x=alt.X("score:O", title="Score", axis=alt.Axis(labelAngle=0)),
        xOffset=alt.XOffset("breakpoints:N", sort=[_PRESENT, _PROPOSED]),
        y=alt.Y("themes:Q", title="Themes"),
        color=alt.Color("breakpoints:N", scale=colors, title="Breakpoints"),
    )  # fmt: skip
    counts = alt.Chart().mark_text(dy=-6, color=INK_SECOND, fontSize=10).encode(
        x="score:O", xOffset=alt.XOffset("breakpoints:N", sort=[_PRESENT, _PROPOSED]), y="themes:Q", text="themes:Q"
    )  # fmt: skip
    rows = _plain(scores)
    quarters = list(dict.fromkeys(row["quarter"] for row in rows))
    chart = alt.layer(bars, counts, data=alt.Data(values=rows)).properties(width=_WIDTH // 2, height=110)
    return chart.facet(
        row=alt.Row("quarter:N", title=None, sort=quarters),
        column=alt.Column("dimension:N", title=None, sort=["revenue", "breadth"]),
    )


def _plain(frame: pl.DataFrame) -> list[dict[str, Any]]:
    """Rows that a chart can hold: it knows no decimals, and a picture needs no cents."""
    import polars.selectors as cs

    return frame.with_columns(cs.decimal().cast(float)).to_dicts()


def _rules(breakpoints: pl.DataFrame) -> list[dict[str, Any]]:
    both = ((_PRESENT, "revenue"), (_PROPOSED, "revenue_proposed"))
    return [{"kind": kind, "point": float(point)} for kind, name in both for point in breakpoints[name]]


def _rule(kind: str) -> alt.Chart:
    import altair as alt

    dash, color = ([4, 3], RISK) if kind == _PRESENT else ([1, 0], NAVY)
    rule = alt.Chart().mark_rule(strokeDash=dash, color=color, strokeWidth=1.5)
    return rule.transform_filter(alt.datum.kind == kind).encode(x="point:Q", tooltip=["kind:N", "point:Q"])
