"""What would have led if the loudest had been heard first: shown beside the score, never part of it."""

from __future__ import annotations

import polars as pl

from vocanalytics.scoring.footing import Footing


def loudness(ground: Footing) -> pl.DataFrame:
    """Where each theme would stand by votes, and by its loudest account, beside where the score puts it.

    Parameters
    ----------
    ground
        The scored quarter.

    Returns
    -------
    polars.DataFrame
        `theme_id, theme_name, mentions, rank, rank_by_mentions, loudest_account_id, loudest_account_name,
        loudest_mentions, rank_by_loudest`, ranked themes only, in the order of rank. Ties: by all mentions, then by id.
    """
    loudest = (
        ground.pairs.sort("theme_id", "mentions", "account_id", descending=[False, True, False])
        .unique("theme_id", keep="first", maintain_order=True)
        .select(
            "theme_id", *(pl.col(name).alias(f"loudest_{name}") for name in ("account_id", "account_name", "mentions"))
        )
    )
    heard = (
        ground.themes.filter(pl.col("rank").is_not_null())
        .select("theme_id", "theme_name", "mentions", "rank")
        .join(loudest, on="theme_id", how="left", maintain_order="left")
    )
    by_mentions = _ranked(heard, "rank_by_mentions", "mentions")
    by_loudest = _ranked(by_mentions, "rank_by_loudest", "loudest_mentions", "mentions")
    return by_loudest.sort("rank").select(
        "theme_id", "theme_name", "mentions", "rank", "rank_by_mentions", "loudest_account_id", "loudest_account_name",
        "loudest_mentions", "rank_by_loudest",
    )  # fmt: skip


def _ranked(heard: pl.DataFrame, rank: str, *loudest_first: str) -> pl.DataFrame:
    order = heard.sort(*loudest_first, "theme_id", descending=[*(True for _ in loudest_first), False])
    return order.with_row_index(rank, offset=1).with_columns(pl.col(rank).cast(pl.Int64))
