"""One row per theme with every fact that decides its place: scores, baselines, alignment, overrides, history."""

from __future__ import annotations

import polars as pl

from vocanalytics.scoring.alignment import Aligned
from vocanalytics.scoring.overrides import APPROVED, NOT_APPLIED, Overridden
from vocanalytics.vocabulary import Tier


def gather(
    by_theme: pl.DataFrame,
    baseline: pl.DataFrame,
    aligned: Aligned,
    overridden: Overridden,
    previous: pl.DataFrame | None,
    challenge: pl.Expr,
) -> pl.DataFrame:
    """Bring together what accounts, Product, the session and last quarter say about each theme.

    Parameters
    ----------
    by_theme
        Totals and the first two scores, one row per theme.
    baseline
        `theme_id, tier, is_baseline`.
    aligned, overridden
        The curated files, already fitted to the themes.
    previous
        `theme_scores` of the quarter before, or None: then no theme is new.
    challenge
        Which themes challenge leadership, as `is_challenge` reads it off the history.

    Returns
    -------
    polars.DataFrame
        The rows of `by_theme` with what `place` and `flagged` need; every mark is true or false, never null.
    """
    alignment = aligned.by_theme.drop("theme_name", "rationale_cs", "rationale_product", "by_id", "is_found")
    facts = by_theme.join(alignment, on="theme_id", how="left", maintain_order="left")
    facts = facts.join(_override_marks(overridden), on="theme_id", how="left", maintain_order="left")
    marked = facts.with_columns(
        pl.col("is_preliminary", "is_disputed", "has_override_not_applied").fill_null(False),
        *(_baseline_mark(baseline, tier) for tier in Tier),
        is_emerging=_is_emerging(previous),
        is_challenge=challenge,
    )
    return marked.with_columns(is_baseline=pl.any_horizontal(f"baseline_{tier.value}" for tier in Tier))


def _override_marks(overridden: Overridden) -> pl.DataFrame:
    status = pl.col("status")
    return overridden.by_theme.group_by("theme_id", maintain_order=True).agg(
        pl.col("kind").filter(status == APPROVED).first().alias("override"),
        (status == NOT_APPLIED).any().alias("has_override_not_applied"),
    )


def _baseline_mark(baseline: pl.DataFrame, tier: Tier) -> pl.Expr:
    expected = baseline.filter((pl.col("tier") == tier.value) & pl.col("is_baseline"))["theme_id"]
    return pl.col("theme_id").is_in(expected.implode()).alias(f"baseline_{tier.value}")


def _is_emerging(previous: pl.DataFrame | None) -> pl.Expr:
    if previous is None:
        return pl.lit(False)
    return ~pl.col("theme_id").is_in(previous["theme_id"].implode())
