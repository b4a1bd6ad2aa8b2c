"""What would change: each dispute and each override taken alone, computed by scoring again, never estimated."""

from __future__ import annotations

import polars as pl

from vocanalytics.scoring.overrides import APPROVED
from vocanalytics.scoring.ranks import place
from vocanalytics.settings import ReadingSettings

_DISPUTE = ("theme_id", "theme_name", "score_cs", "score_product", "rationale_cs", "rationale_product")
_OVERRIDE_ORDER = ("kind", "status", "why", "reason", "requested_by", "approved_by", "expires_on")
_NOW = ("composite", "rank", "start")


def disputes(placed: pl.DataFrame, alignment: pl.DataFrame, reading: ReadingSettings) -> pl.DataFrame:
    """The themes on which CS and Product differ, with both rationales and what the room's choice would do.

    Parameters
    ----------
    placed
        Themes as `place` returns them, with `alignment_cs` and `alignment_product`.
    alignment
        `theme_id, rationale_cs, rationale_product`.
    reading
        Thresholds of the starting positions.

    Returns
    -------
    polars.DataFrame
        `theme_id, theme_name, score_cs, score_product, rationale_cs, rationale_product, composite, rank, start`; then
        `composite_cs, rank_cs, start_cs` if CS's score counted and `start_product` if Product's were confirmed: a
        choice closes the dispute, so neither is held open by it. In the order of rank.
    """
    disputed = placed.filter("is_disputed")
    settled = [_settled(placed, row, reading) for row in disputed.iter_rows(named=True)]
    effect = {"composite_cs": pl.Int64, "rank_cs": pl.Int64, "start_cs": pl.String, "start_product": pl.String}
    return (
        disputed.join(alignment, on="theme_id", how="left", maintain_order="left")
        .rename({"alignment_cs": "score_cs", "alignment_product": "score_product"})
        .select(*_DISPUTE, *_NOW)
        .hstack(pl.DataFrame(settled, schema=effect, orient="row"))
    )


def _settled(placed: pl.DataFrame, row: dict[str, object], reading: ReadingSettings) -> tuple[object, ...]:
    theme_id = str(row["theme_id"])
    closed = {"is_disputed": pl.lit(False)}
    cs = _placed_with(placed, theme_id, reading, alignment_score=pl.col("alignment_cs"), **closed)
    product = _placed_with(placed, theme_id, reading, **closed)
    return cs["composite"], cs["rank"], cs["start"], product["start"]


def override_status(placed: pl.DataFrame, overridden: pl.DataFrame, reading: ReadingSettings) -> pl.DataFrame:
    """Every override with its status, and the place of its theme with and without it.

    Parameters
    ----------
    placed
        Themes as `place` returns them.
    overridden
        As `override` returns it, one row per override.
    reading
        Thresholds of the starting positions.

    Returns
    -------
    polars.DataFrame
        The columns of `overridden`, then `rank, start, rank_without, start_without`; one that is not applied has the
        same place twice.
    """
    without = []
    for row in overridden.iter_rows(named=True):
        change = {"override": pl.lit(None, dtype=pl.String)} if row["status"] == APPROVED else {}
        theme = _placed_with(placed, row["theme_id"], reading, **change)
        without.append((theme["rank"], theme["start"]))
    schema = {"rank_without": pl.Int64, "start_without": pl.String}
    return (
        overridden.join(placed.select("theme_id", "rank", "start"), on="theme_id", how="left", maintain_order="left")
        .hstack(pl.DataFrame(without, schema=schema, orient="row"))
        .sort("rank", "theme_id", *_OVERRIDE_ORDER, nulls_last=True)
    )


def _placed_with(
    placed: pl.DataFrame, theme_id: str, reading: ReadingSettings, **changes: pl.Expr
) -> dict[str, object]:
    themes = placed.drop("composite", "trades_off_revenue", "trades_off_breadth", "rank", "start")
    here = pl.col("theme_id") == theme_id
    changed = themes.with_columns(
        pl.when(here).then(value).otherwise(pl.col(name)).alias(name) for name, value in changes.items()
    )
    return place(changed, reading).row(by_predicate=here, named=True)
