"""Themes that the machine had found and people have named since: their past goes on under the id of the codebook."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import polars as pl

from vocanalytics.scoring.history import PastQuarter
from vocanalytics.scoring.inputs import Inputs
from vocanalytics.vocabulary import folded

#: How the id of a theme begins that the machine found and nobody has taken into the codebook.
FOUND = "P-"


def adopted(inputs: Inputs) -> Inputs:
    """The same tables, in which a theme that people took into the codebook has its new id in earlier quarters too.

    The id of a found theme is made of words of its quarter, so that the next quarter does not have it again. Without
    this, what was decided about it would look as if nobody asked any more. Only a theme that people named, under the
    very name, is taken for it; a theme that is merely found again is not.

    Returns
    -------
    Inputs
        History, last quarter's scores, decisions and delivery with the ids of today.
    """
    ids = ids_given_since(inputs.history, inputs.themes)
    if not ids:
        return inputs
    history = tuple(_renamed(past, ids) for past in inputs.history)
    return replace(
        inputs,
        history=history,
        previous=history[0].theme_scores,
        decisions=_with_ids(inputs.decisions, ids, "theme_id", "theme"),
        delivery=_with_ids(inputs.delivery, ids, "theme_id", "theme"),
    )


def ids_given_since(history: Sequence[PastQuarter], themes: pl.DataFrame) -> dict[str, str]:
    """From the id of a theme as it was found to the one that people gave it, where the name tells which it is.

    Parameters
    ----------
    history
        The quarters before, newest first.
    themes
        `theme_id, theme_name, status` of this quarter.
    """
    now = set(themes["theme_id"])
    named = _ids_by_name(themes.filter(pl.col("status") != "proposed"))
    ids: dict[str, str] = {}
    for past in history:
        then = set(past.theme_scores["theme_id"])
        for name, theme_id in _ids_by_name(past.theme_scores).items():
            if theme_id.startswith(FOUND) and theme_id not in now and name in named and named[name] not in then:
                ids.setdefault(theme_id, named[name])
    return ids


def adoption_notes(history: Sequence[PastQuarter], themes: pl.DataFrame) -> Iterator[str]:
    """Which themes were taken by name for ones of earlier quarters, so that somebody can object."""
    ids = ids_given_since(history, themes)
    names = dict(themes.select("theme_id", "theme_name").iter_rows())
    for theme_id, found in sorted((theme_id, found) for found, theme_id in ids.items()):
        yield f"{names[theme_id]} ({theme_id}) goes on from {found}, which the machine had found under the same name."


def _ids_by_name(themes: pl.DataFrame) -> dict[str, str]:
    """Folded names that exactly one theme has."""
    rows = themes.select("theme_id", "theme_name").drop_nulls().rows()
    counts = Counter(folded(name) for _, name in rows)
    return {folded(name): theme_id for theme_id, name in rows if counts[folded(name)] == 1}


def _renamed(past: PastQuarter, ids: Mapping[str, str]) -> PastQuarter:
    return replace(
        past,
        theme_scores=_with_ids(past.theme_scores, ids, "theme_id"),
        override_status=_with_ids(past.override_status, ids, "theme_id"),
        delivery=_with_ids(past.delivery, ids, "theme_id", "theme"),
    )


def _with_ids(rows: pl.DataFrame, ids: Mapping[str, str], *columns: str) -> pl.DataFrame:
    return rows.with_columns(pl.col(name).replace(dict(ids)) for name in columns)
