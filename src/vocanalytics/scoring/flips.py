"""The smallest single fact that would move a theme onto the shortlist or off it, searched for among all of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import polars as pl

from vocanalytics.scoring.candidates import DIMENSIONS, candidates, stand
from vocanalytics.scoring.footing import Footing, Whole, weighted
from vocanalytics.scoring.rules import Rules, rules
from vocanalytics.scoring.shaking import STARTS, Facts, Totals, disputed, facts, places, totals
from vocanalytics.settings import Model
from vocanalytics.tables import dollars
from vocanalytics.vocabulary import Start

_CELLS = 1_000_000  # themes times facts that are ranked at a time
_SHOWN = (
    *("theme_id", "theme_name", "rank", "start", "composite", "direction", "kind", "dimension", "account_id"),
    *("account_name", "from_value", "to_value", "arr", "rank_after", "start_after", "composite_after", "size"),
)


def flips(ground: Footing, model: Model) -> pl.DataFrame:
    """For every ranked theme the smallest fact that, were it otherwise, would move it onto the shortlist or off it.

    Parameters
    ----------
    ground
        The scored quarter.
    model
        The model it was scored by.

    Returns
    -------
    polars.DataFrame
        `theme_id, theme_name, rank, start, composite, direction, kind, dimension, account_id, account_name,
        from_value, to_value, arr, rank_after, start_after, composite_after, size`, in the order of rank. `direction`
        is the way out of the theme's place, `in` or `out` of the shortlist; where no single fact takes it, or an
        approved override holds the theme, all columns after it are null.
    """
    smallest = _smallest(candidates(ground, rules(model)), ground, model)
    found = smallest.with_columns(_places_after(smallest, ground, model)).with_columns(
        dollars(pl.col("arr")).alias("arr"), ground.themes["theme_id"].gather(smallest["theme"])
    )
    on_it = pl.col("start") == Start.BUILD.value
    return (
        ground.themes.filter(pl.col("rank").is_not_null())
        .with_columns(pl.when(on_it).then(pl.lit("out")).otherwise(pl.lit("in")).alias("direction"))
        .join(found, on="theme_id", how="left", maintain_order="left")
        .sort("rank")
        .select(_SHOWN)
    )


def _smallest(every: pl.DataFrame, ground: Footing, model: Model) -> pl.DataFrame:
    """The first fact per theme that flips it, in the published order: size, then ARR, then account id or dimension."""
    was_built = (ground.themes["start"] == Start.BUILD.value).gather(every["theme"]).alias("was_built")
    dimension = pl.col("dimension").replace_strict(DIMENSIONS, range(len(DIMENSIONS)), return_dtype=pl.Int64)
    behind = ground.pairs.select(
        pl.int_range(pl.len(), dtype=pl.Int64).alias("pair"), "account_id", "account_name", "arr"
    )
    return (
        every.with_columns(was_built)
        .filter((pl.col("composite_after").fill_null(0) >= model.reading.build_at) != pl.col("was_built"))
        .join(behind, on="pair", how="left", maintain_order="left")
        .sort("theme", "size", "arr", "account_id", dimension, nulls_last=True)
        .unique("theme", keep="first", maintain_order=True)
    )


def _places_after(smallest: pl.DataFrame, ground: Footing, model: Model) -> list[pl.Series]:
    """Rank and start of each theme in a ranking in which its fact, and nothing else, is otherwise."""
    ranks, starts = [np.zeros(0, dtype=np.int64)], [np.zeros(0, dtype=np.int64)]
    for facts_at_once in smallest.iter_slices(max(1, _CELLS // max(1, ground.themes.height))):
        after = places(_facts_after(facts_at_once, ground, model), ground, model.reading)
        theme, column = facts_at_once["theme"].to_numpy(), np.arange(facts_at_once.height)
        ranks.append(after.rank[theme, column])
        starts.append(after.start[theme, column])
    return [
        pl.Series("rank_after", np.concatenate(ranks)).replace(0, None),
        pl.Series("start_after", [STARTS[start] for start in np.concatenate(starts)], dtype=pl.String),
    ]


def _facts_after(smallest: pl.DataFrame, ground: Footing, model: Model) -> Facts:
    """One column per smallest fact, in which that fact is otherwise and all else is as published."""
    numbers = rules(model)
    alignment, product = _alignment_after(smallest, ground)
    is_disputed = disputed(ground, product, model.alignment.dispute_difference)
    known = facts(_totals_after(smallest, ground, numbers), [numbers], alignment, is_disputed)
    for column, row in _of_kind(smallest, "score_point"):
        if row["dimension"] != "alignment":
            getattr(known, f"{row['dimension']}_score")[row["theme"], column] = int(row["to_value"])
    return known


def _totals_after(smallest: pl.DataFrame, ground: Footing, numbers: Rules) -> Totals:
    worth = stand(ground, numbers).weighted
    times = np.ones((ground.accounts.height, smallest.height), dtype=np.int64)
    for column, row in _of_kind(smallest, "account_leaves"):
        times[ground.account[row["pair"]], column] = 0
    found = totals(ground, worth[:, np.newaxis], times)
    wrong = smallest.with_row_index("column").filter(pl.col("kind") == "signal_wrong")
    pair = wrong["pair"].to_numpy()
    otherwise = ground.pairs[pair].with_columns(wrong["to_value"].alias("churn_signal"))
    found.revenue[wrong["theme"].to_numpy(), wrong["column"].to_numpy()] += weighted(otherwise, numbers) - worth[pair]
    return found


def _alignment_after(smallest: pl.DataFrame, ground: Footing) -> tuple[Whole, Whole]:
    """The alignment that counts, and the one that Product gave, for the dispute is read anew."""
    counts, product = (
        np.repeat(ground.whole(name)[:, np.newaxis], smallest.height, axis=1)
        for name in ("alignment_score", "alignment_product")
    )
    for column, row in _of_kind(smallest, "score_point"):
        if row["dimension"] == "alignment":
            counts[row["theme"], column] = int(row["to_value"])
    return counts, np.where(product > 0, counts, 0)


def _of_kind(smallest: pl.DataFrame, kind: str) -> Iterator[tuple[int, dict[str, Any]]]:
    return ((column, row) for column, row in enumerate(smallest.iter_rows(named=True)) if row["kind"] == kind)
