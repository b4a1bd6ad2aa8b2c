"""Themes that people merged, renamed or confirmed: what was written under other ids and names means them now."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace

import polars as pl

from vocanalytics.scoring.adopting import FOUND
from vocanalytics.scoring.history import PastQuarter
from vocanalytics.scoring.inputs import Inputs
from vocanalytics.vocabulary import folded


def resolved(inputs: Inputs) -> Inputs:
    """The same tables, in which every other word for a theme of the codebook is its id.

    A quarter in which both themes of a merge stood keeps the figures of the one that stays: accounts behind both cannot
    be told from scores. Where both were decided on in the same quarter, each decision is followed under its own id.

    Returns
    -------
    Inputs
        Alignment, overrides, decisions, delivery and history with the ids of today.
    """
    given = _given(inputs)
    if not given:
        return inputs
    apart = _decided_apart(inputs, given)
    history = tuple(_past(past, given, apart) for past in inputs.history)
    return replace(
        inputs,
        alignment=_renamed(inputs.alignment, given, "theme"),
        overrides=_renamed(inputs.overrides, given, "theme"),
        decisions=_renamed(inputs.decisions, _without(given, apart), "theme_id", "theme"),
        delivery=_renamed(inputs.delivery, _without(given, apart), "theme_id", "theme"),
        history=history,
        previous=history[0].theme_scores if history else inputs.previous,
    )


def merge_notes(inputs: Inputs) -> Iterator[str]:
    """Which themes of the quarter before are part of another one now, so that nobody misses them."""
    given = _given(inputs)
    apart = _decided_apart(inputs, given)
    names = dict(inputs.themes.select("theme_id", "theme_name").iter_rows())
    for past in inputs.history[:1]:
        then = dict(past.theme_scores.select("theme_id", "theme_name").sort("theme_id").iter_rows())
        for theme_id, name in then.items():
            target = given.get(folded(theme_id))
            if target in names and theme_id.startswith(FOUND):
                yield f"{names[target]} ({target}) goes on from {theme_id}, which the machine had found."
            elif target in names:
                own = "; its past figures are its own" if target in then else ""
                decided = "; each decision is followed under its own id" if folded(theme_id) in apart else ""
                yield f"{name} ({theme_id}) is part of {names[target]} ({target}) now{own}{decided}."


def _given(inputs: Inputs) -> dict[str, str]:
    """From a folded word to the id that it means; words that a theme of this quarter has are its own."""
    own = {folded(word) for row in inputs.themes.select("theme_id", "theme_name").rows() for word in row if word}
    pairs = ((folded(alias), theme_id) for alias, theme_id in inputs.aliases.iter_rows())
    return {alias: theme_id for alias, theme_id in pairs if alias not in own}


def _decided_apart(inputs: Inputs, given: Mapping[str, str]) -> frozenset[str]:
    """Words for themes that were decided on in a quarter in which the theme they mean now was decided on, too."""
    names = {folded(name): theme_id for theme_id, name in inputs.themes.select("theme_id", "theme_name").iter_rows()}
    said = [
        (row["decided_in"], folded(row["theme_id"] or row["theme"] or ""))
        for row in inputs.decisions.select("decided_in", "theme_id", "theme").iter_rows(named=True)
    ]
    meant = Counter((quarter, given.get(word) or names.get(word) or word.upper()) for quarter, word in said)
    return frozenset(word for quarter, word in said if word in given and meant[quarter, given[word]] > 1)


def _without(given: Mapping[str, str], words: frozenset[str]) -> dict[str, str]:
    return {word: theme_id for word, theme_id in given.items() if word not in words}


def _renamed(rows: pl.DataFrame, given: Mapping[str, str], *columns: str) -> pl.DataFrame:
    for column in columns:
        written = rows[column].drop_nulls().unique()
        ids = {word: given[folded(word)] for word in written if folded(word) in given}
        rows = rows.with_columns(pl.col(column).replace(ids)) if ids else rows
    return rows


def _past(past: PastQuarter, given: Mapping[str, str], apart: frozenset[str]) -> PastQuarter:
    """An earlier quarter in which a theme that was merged is the one it went into, if that did not stand by itself."""
    known = _without(given, apart)
    there = set(past.theme_scores["theme_id"])
    gone = [held for held in sorted(there) if known.get(folded(held)) in there]
    scores = past.theme_scores.filter(~pl.col("theme_id").is_in(gone))
    renamed = _renamed(scores, known, "theme_id").unique("theme_id", keep="first", maintain_order=True)
    return replace(
        past,
        theme_scores=renamed,
        override_status=_renamed(past.override_status, known, "theme_id"),
        delivery=_renamed(past.delivery, known, "theme_id", "theme"),
    )
