"""What other breakpoints would have done to a quarter: its themes scored again from the exact totals that it kept."""

from __future__ import annotations

from decimal import Decimal

import narwhals as nw
import polars as pl

from vocanalytics import formulas
from vocanalytics.tables import cents
from vocanalytics.thresholds.proposing import Breakpoints
from vocanalytics.vocabulary import Flag

_ORDER = ("composite", "revenue_score", "revenue", "theme_id")
_DESCENDING = [True, True, True, False]
#: An approved override of these kinds starts a theme as build, whatever its score.
_BUILDS = (Flag.OVERRIDE_LOGO.value, Flag.OVERRIDE_COMPETITIVE.value)


def rescore(theme_scores: pl.DataFrame, points: Breakpoints, build_at: int) -> pl.DataFrame:
    """The first two scores, composite and rank that the themes of a quarter have under given breakpoints.

    Parameters
    ----------
    theme_scores
        The table of a run; its totals and alignment scores are taken as they were recorded.
    points
        Revenue in dollars, breadth in weighted accounts.
    build_at
        The composite from which a theme starts as build.

    Returns
    -------
    polars.DataFrame
        `theme_id, theme_name, revenue_score, breadth_score, composite, rank, is_shortlisted`, ranked themes first;
        themes that no account in scope asks for are left out.
    """
    counted = theme_scores.filter(pl.col("accounts") > 0).with_columns(cents(pl.col("revenue")).alias("revenue"))
    revenue, breadth = [formulas.cents(Decimal(point)) for point in points.revenue], points.breadth
    totals = nw.from_native(counted.drop("revenue_score", "breadth_score", "composite"), eager_only=True)
    scored = formulas.derive(
        totals,
        revenue_score=formulas.revenue_score(nw.col("revenue"), revenue),
        breadth_score=formulas.breadth_score(nw.col("weighted_count"), breadth),
    )
    sums = formulas.composite(nw.col("revenue_score"), nw.col("breadth_score"), nw.col("alignment_score"))
    return _ranked(scored.with_columns(composite=sums).to_native(), build_at)


def _ranked(scored: pl.DataFrame, build_at: int) -> pl.DataFrame:
    # Which themes are ranked does not depend on breakpoints, so the record says it.
    ranked = scored.filter(pl.col("rank").is_not_null()).sort(_ORDER, descending=_DESCENDING)
    ranks = ranked.select("theme_id", pl.int_range(1, pl.len() + 1, dtype=pl.Int64).alias("rank"))
    overridden = pl.col("flags").list.set_intersection(pl.lit(list(_BUILDS))).list.len() > 0
    reaches = pl.col("rank").is_not_null() & (pl.col("composite") >= build_at)
    return (
        scored.drop("rank")
        .join(ranks, on="theme_id", how="left", maintain_order="left")
        .with_columns((overridden | reaches.fill_null(False)).alias("is_shortlisted"))
        .sort("rank", "theme_id", nulls_last=True)
        .select("theme_id", "theme_name", "revenue_score", "breadth_score", "composite", "rank", "is_shortlisted")
    )


def score_counts(rescored: pl.DataFrame) -> pl.DataFrame:
    """How many themes have each score: breakpoints that put them all into one tell nobody anything.

    Returns
    -------
    polars.DataFrame
        `dimension` (revenue, breadth), `score` (1 to 5), `themes`.
    """
    rows = [
        (dimension, score, rescored.filter(pl.col(f"{dimension}_score") == score).height)
        for dimension in ("revenue", "breadth")
        for score in range(1, 6)
    ]
    return pl.DataFrame(rows, schema={"dimension": pl.String, "score": pl.Int64, "themes": pl.Int64}, orient="row")


def changes(now: pl.DataFrame, proposed: pl.DataFrame) -> pl.DataFrame:
    """The themes of a quarter whose composite, rank or place on the shortlist the proposal would have changed.

    Parameters
    ----------
    now, proposed
        As `rescore` returns them, of the same quarter.

    Returns
    -------
    polars.DataFrame
        `theme_id, theme_name`, then each of `composite, rank, is_shortlisted` now and `…_proposed`; in order of rank.
    """
    compared = ("composite", "rank", "is_shortlisted")
    other = proposed.select("theme_id", pl.col(compared).name.suffix("_proposed"))
    both = now.join(other, on="theme_id", how="left", maintain_order="left")
    differs = [pl.col(name).ne_missing(pl.col(f"{name}_proposed")) for name in compared]
    pairs = [column for name in compared for column in (name, f"{name}_proposed")]
    return both.filter(pl.any_horizontal(differs)).select("theme_id", "theme_name", *pairs)


def shortlists(now: pl.DataFrame, proposed: pl.DataFrame) -> tuple[list[str], list[str]]:
    """Who is on the shortlist of a quarter under the present and the proposed breakpoints, in order of rank."""
    first, second = (rescored.filter("is_shortlisted")["theme_name"].to_list() for rescored in (now, proposed))
    return first, second
