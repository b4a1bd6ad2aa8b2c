"""Memory: words that were in a theme last quarter stay in it, as long as people keep the theme."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from vocanalytics.themes.codebook.book import Codebook
from vocanalytics.themes.codebook.fingerprints import fingerprints
from vocanalytics.themes.texts import with_texts
from vocanalytics.vocabulary import AssignedBy

if TYPE_CHECKING:
    from vocanalytics.settings import ThemeSettings
    from vocanalytics.themes.codebook.lineage import Lineage

_SCHEMA = {"text_sha256": pl.String, "theme_id": pl.String, "similarity": pl.Float64}


def remember(mentions: pl.DataFrame, feedback: pl.DataFrame, codebook: Codebook, clip_chars: int) -> pl.DataFrame:
    """Which words an earlier run put into themes that people keep today.

    Only what the machine placed counts: a tag or a pin speaks for itself, each time anew. A theme that the machine had
    proposed counts if somebody confirmed it (`found_as`); one that is retired, or in nobody's codebook, does not.

    Parameters
    ----------
    mentions
        Of the earlier run: `feedback_id, theme_id, similarity, assigned_by`.
    feedback
        Of the earlier run: `feedback_id, verbatim, subject`.
    codebook
        As it stands now.
    clip_chars
        From the settings of the themes.

    Returns
    -------
    polars.DataFrame
        `text_sha256, theme_id, similarity`: fingerprint of the words, the entry of the codebook (perhaps merged since),
        and how near they lay. Distinct in the first two, sorted by them.
    """
    entries = {call: theme.theme_id for theme in codebook.themes for call in theme.calls}
    kept = {call: entry for call, entry in entries.items() if codebook.lives(entry)}
    by_machine = mentions.filter(pl.col("assigned_by") == AssignedBy.MACHINE.value)
    known = by_machine.with_columns(pl.col("theme_id").replace_strict(kept, default=None, return_dtype=pl.String))
    said = with_texts(feedback.select("feedback_id", "verbatim", "subject"), clip_chars=clip_chars)
    rows = known.drop_nulls("theme_id").join(said, on="feedback_id", maintain_order="left")
    nearest = rows.group_by("text", "theme_id").agg(pl.col("similarity").max()).sort("text", "theme_id")
    marked = nearest.with_columns(pl.Series("text_sha256", fingerprints(nearest["text"]), dtype=pl.String))
    return marked.select(list(_SCHEMA)).cast(pl.Schema(_SCHEMA)).sort("text_sha256", "theme_id")


def read_remembered(history_dirs: str, codebook: Codebook, clip_chars: int) -> pl.DataFrame | None:
    """As `remember`, from the tables of the nearest earlier run; None where there is none or its tables are gone.

    Parameters
    ----------
    history_dirs
        Table folders of published runs, nearest first, joined by commas; empty in a first quarter.
    codebook, clip_chars
        As in `remember`.
    """
    from pathlib import Path

    folder = Path(history_dirs.split(",")[0].strip())
    paths = [folder / f"{name}.parquet" for name in ("mentions", "accepted_feedback")]
    if not history_dirs.strip() or not all(path.is_file() for path in paths):
        return None
    mentions, feedback = (pl.read_parquet(path) for path in paths)
    return remember(mentions, feedback, codebook, clip_chars)


def recalled(
    by_text: pl.DataFrame, remembered: pl.DataFrame, lineage: Lineage, settings: ThemeSettings
) -> pl.DataFrame:
    """For texts that are remembered, their themes now: `text, theme_id, similarity`, the entry perhaps merged since.

    What was split since is told apart anew; a text that had two themes, because it makes two requests, keeps both.
    """
    texts = by_text.select("text").unique().sort("text")
    marked = texts.with_columns(pl.Series("text_sha256", fingerprints(texts["text"]), dtype=pl.String))
    similarity = pl.col("similarity") if "similarity" in remembered.columns else pl.lit(None, pl.Float64)
    before = remembered.select("text_sha256", "theme_id", similarity.alias("similarity"))
    living = [theme.theme_id for theme in lineage.codebook.themes if lineage.codebook.lives(theme.theme_id)]
    known = marked.join(before.filter(pl.col("theme_id").is_in(living)), on="text_sha256").drop("text_sha256")
    there = set(before["theme_id"])
    since = [theme_id for theme_id in lineage.children if not set(lineage.children[theme_id]) <= there]
    again = pl.col("theme_id").is_in([theme_id for theme_id in since if lineage.words.get(theme_id)])
    apart = lineage.told_apart(known.filter(again), settings)
    return pl.concat([known.filter(~again), apart]).sort("text", "theme_id")
