"""What prospects ask for: beside the ranking, for Sales Ops and the PM lead."""

from __future__ import annotations

import polars as pl

from vocanalytics.vocabulary import Scope

_SEVERAL = 2


def sales_list(scoped: pl.DataFrame, mentions: pl.DataFrame, themes: pl.DataFrame) -> pl.DataFrame:
    """The themes that prospects raise, never scored: prospects want what they think they need.

    Parameters
    ----------
    scoped
        Feedback with its scope.
    mentions, themes
        As the run keeps them.

    Returns
    -------
    polars.DataFrame
        `theme_id, theme_name, prospects, mentions, is_repeated`: distinct prospect accounts, their mentions, and
        whether several of them ask; most prospects first.
    """
    of_prospects = scoped.filter(pl.col("scope") == Scope.PROSPECT.value).select("feedback_id", "account_id")
    return (
        mentions.select("feedback_id", "theme_id")
        .join(of_prospects, on="feedback_id", how="inner", maintain_order="left")
        .group_by("theme_id", maintain_order=True)
        .agg(
            pl.col("account_id").n_unique().cast(pl.Int64).alias("prospects"), pl.len().cast(pl.Int64).alias("mentions")
        )
        .join(themes.select("theme_id", "theme_name"), on="theme_id", how="left", maintain_order="left")
        .select(
            "theme_id", "theme_name", "prospects", "mentions", (pl.col("prospects") >= _SEVERAL).alias("is_repeated")
        )
        .sort("prospects", "mentions", "theme_id", descending=[True, True, False])
    )
