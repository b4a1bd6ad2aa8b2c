"""The themes that curated files mean: by id, or by name as people write it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any, NamedTuple

import polars as pl

from vocanalytics.errors import ScoringError
from vocanalytics.vocabulary import folded


class Fitted(NamedTuple):
    """The rows of a curated file that mean a theme of this quarter, and those that mean none."""

    rows: pl.DataFrame
    unknown: tuple[str, ...]


def where_of(row: Mapping[str, Any], table: str) -> str:
    """Where a row of a curated file stands, as a person looks for it."""
    line = row.get("export_row")
    return f"{row.get('export') or table}" + (f", line {line}" if line is not None else "")


def fit_themes(rows: pl.DataFrame, themes: pl.DataFrame, table: str, *, repeats: bool = False) -> Fitted:
    """Give each row of a curated file the id of the theme it names.

    Parameters
    ----------
    rows
        A curated table with `theme`: a theme id, or a name in any case and spacing.
    themes
        `theme_id, theme_name` of the quarter.
    table
        Name of the curated table, for messages.
    repeats
        Whether several rows may mean the same theme.

    Returns
    -------
    Fitted
        The rows with `theme_id` and `theme_name`; the names that fit no theme with where they stand, for a note.

    Raises
    ------
    ScoringError
        When a name fits two themes, or two rows mean the same theme.
    """
    fits = _ids_by_name(themes)
    seen: dict[str, str] = {}
    ids: list[str | None] = []
    unknown: list[str] = []
    for row in rows.iter_rows(named=True):
        theme_id = _only(fits, row, table)
        if theme_id is None:
            unknown.append(f"{row['theme']!r} ({where_of(row, table)})")
        elif theme_id in seen and not repeats:
            raise ScoringError(
                "the same theme stands twice",
                where=where_of(row, table),
                found=f"{row['theme']!r}, also at {seen[theme_id]}",
                advice="Keep one of the rows",
            )
        else:
            seen[theme_id] = where_of(row, table)
        ids.append(theme_id)
    fitted = rows.with_columns(pl.Series("theme_id", ids, dtype=pl.String)).filter(pl.col("theme_id").is_not_null())
    named = fitted.join(themes.select("theme_id", "theme_name"), on="theme_id", how="left", maintain_order="left")
    return Fitted(named, tuple(unknown))


def _ids_by_name(themes: pl.DataFrame) -> dict[str, set[str]]:
    fits: defaultdict[str, set[str]] = defaultdict(set)
    for theme_id, theme_name in themes.select("theme_id", "theme_name").iter_rows():
        fits[theme_id].add(theme_id)
        fits[folded(theme_name)].add(theme_id)
    return dict(fits)


def _only(fits: Mapping[str, set[str]], row: Mapping[str, Any], table: str) -> str | None:
    written = str(row["theme"]).strip()
    if written in fits.get(written, set()):
        return written
    candidates = sorted(fits.get(folded(written), set()))
    if len(candidates) > 1:
        raise ScoringError(
            "the name fits more than one theme",
            where=where_of(row, table),
            found=f"{written!r}, which fits {', '.join(candidates)}",
            expected="a theme id, or a name that one theme has",
            advice="Name the theme by its id",
        )
    return candidates[0] if candidates else None
