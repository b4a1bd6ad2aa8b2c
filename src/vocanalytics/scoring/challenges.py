"""Challenge to leadership: much ARR asks, two quarters running, for what the roadmap has no place for."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from vocanalytics.formulas import cents
from vocanalytics.scoring.history import PastQuarter, running
from vocanalytics.settings import ReadingSettings
from vocanalytics.tables import dollars

#: The alignment score that says: no connection with the roadmap.
NO_CONNECTION = 1


def is_challenge(history: Sequence[PastQuarter], reading: ReadingSettings) -> pl.Expr:
    """Whether a theme has alignment 1 now and in the quarter before, with at least `challenge_arr` in scope behind it.

    Parameters
    ----------
    history
        The quarters before, newest first; without one nothing is a challenge.
    reading
        `challenge_arr`, from which on ARR is high.

    Returns
    -------
    polars.Expr
        True or false over `theme_id, alignment_score, arr_exposed` (cents), never null.
    """
    before = sorted(_unconnected(history[0])) if history else []
    unconnected = (pl.col("alignment_score") == NO_CONNECTION).fill_null(False)
    again = pl.col("theme_id").is_in(pl.Series(before, dtype=pl.String).implode())
    return unconnected & again & (pl.col("arr_exposed") >= cents(reading.challenge_arr))


def _unconnected(past: PastQuarter) -> frozenset[str]:
    return frozenset(past.theme_scores.filter(pl.col("alignment_score") == NO_CONNECTION)["theme_id"].drop_nulls())


def challenges(placed: pl.DataFrame, alignment: pl.DataFrame, history: Sequence[PastQuarter]) -> pl.DataFrame:
    """The themes with which the session turns to leadership: the roadmap is confirmed, or it changes.

    Parameters
    ----------
    placed
        Themes with `is_challenge`, their rank, and `arr_exposed` in cents.
    alignment
        `theme_id, rationale_cs, rationale_product`.
    history
        The quarters before, newest first.

    Returns
    -------
    polars.DataFrame
        `theme_id, theme_name, quarters, arr_exposed, arr_before, rank, composite, rationale_cs, rationale_product`;
        `quarters` counts those running with alignment 1, this one included; most ARR first.
    """
    found = placed.filter("is_challenge")
    unconnected = [_unconnected(past) for past in history]
    quarters = [running(theme_id, unconnected) for theme_id in found["theme_id"]]
    money = pl.Decimal(18, 2)
    earlier = history[0].theme_scores if history else pl.DataFrame(schema={"theme_id": pl.String, "arr_exposed": money})
    before = earlier.select("theme_id", pl.col("arr_exposed").alias("arr_before"))
    return (
        found.with_columns(
            pl.Series("quarters", quarters, dtype=pl.Int64), dollars(pl.col("arr_exposed")).alias("arr_exposed")
        )
        .join(before, on="theme_id", how="left", maintain_order="left")
        .join(
            alignment.select("theme_id", "rationale_cs", "rationale_product"),
            on="theme_id",
            how="left",
            maintain_order="left",
        )
        .select(
            "theme_id",
            "theme_name",
            "quarters",
            "arr_exposed",
            "arr_before",
            "rank",
            "composite",
            "rationale_cs",
            "rationale_product",
        )
        .sort("arr_exposed", "theme_id", descending=[True, False])
    )
