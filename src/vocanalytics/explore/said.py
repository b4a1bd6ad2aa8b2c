"""What was said, one row a mention, with all that a person needs to judge it: words, account, ARR, theme."""

from __future__ import annotations

import polars as pl

from vocanalytics.explore.records import OnRecord
from vocanalytics.themes.codebook.fingerprints import fingerprints
from vocanalytics.themes.texts import lot, with_texts
from vocanalytics.vocabulary import Scope

#: Verbatims on the map; more of them hide each other and slow the page.
MAP_VERBATIMS = 3000
#: So many of each theme come onto the map first, so that a small theme is not lost to the lot.
_OF_EACH_THEME = 5
_SHOWN_CHARACTERS = 600


def read_said(record: OnRecord, *, clip_chars: int) -> pl.DataFrame:
    """Every verbatim of a run in the theme where the run put it, or in none.

    Parameters
    ----------
    record
        The run.
    clip_chars
        How much of a text counts when texts are compared; that of the run.

    Returns
    -------
    polars.DataFrame
        `feedback_id, theme_id` (null: in no theme), `similarity, assigned_by, verbatim` (its beginning), `said`
        (subject and verbatim, as a theme keeps it), `text` (the same, comparable), `sha256` (its fingerprint),
        `account_id, account_name, arr` (null where the account does not count), sorted by both ids.
    """
    in_none = record.unclustered.select("feedback_id").with_columns(theme_id=pl.lit(None, pl.String))
    placed = record.mentions.select("feedback_id", "theme_id", "similarity", "assigned_by")
    rows = pl.concat([placed, in_none], how="diagonal")
    words = with_texts(record.feedback, clip_chars=clip_chars).with_columns(
        said=pl.concat_str([pl.col("subject"), pl.col("verbatim")], separator=". ", ignore_nulls=True),
        counts=pl.col("scope").is_in([Scope.SCORED.value, Scope.COMPLIANCE.value]),
    )
    words = words.select("feedback_id", "verbatim", "said", "text", "account_id", "counts")
    named = record.accounts.select("account_id", "account_name", "arr")
    found = rows.join(words, on="feedback_id", how="inner").join(named, on="account_id", how="left")
    return (
        found.with_columns(
            pl.Series("sha256", fingerprints(found["said"]), dtype=pl.String),
            verbatim=pl.col("verbatim").str.head(_SHOWN_CHARACTERS),
            arr=pl.when("counts").then("arr"),
        )
        .drop("counts")
        .sort("feedback_id", "theme_id")
    )


def draw_for_map(by_said: pl.DataFrame, *, size: int = MAP_VERBATIMS) -> pl.DataFrame:
    """At most `size` rows, the same ones whatever their order: a few of each theme, then by lot."""
    lots = [lot(f"{row[0]}\n{row[1]}", seed=0) for row in by_said.select("feedback_id", "theme_id").iter_rows()]
    ordered = by_said.with_columns(pl.Series("lot", lots, dtype=pl.Binary)).sort("lot", "feedback_id", "theme_id")
    later = pl.int_range(pl.len()).over("theme_id") >= _OF_EACH_THEME
    drawn = ordered.with_columns(later=later).sort("later", "lot", "feedback_id", "theme_id").head(size)
    return drawn.drop("later", "lot").sort("feedback_id", "theme_id")
