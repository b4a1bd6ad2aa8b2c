"""A run's themes as the codebook says them today: what people have changed since, laid over what was published."""

from __future__ import annotations

import polars as pl

from vocanalytics.themes import Codebook
from vocanalytics.themes.codebook.pinning import pinned
from vocanalytics.vocabulary import AssignedBy


def stands_for(codebook: Codebook) -> dict[str, str]:
    """The theme of today for ids that are no longer used: proposals since confirmed, themes since merged."""
    roots = {theme.theme_id: root.theme_id for theme in codebook.themes if (root := codebook.root(theme.theme_id))}
    found = {former: roots[theme.theme_id] for theme in codebook.themes for former in theme.found_as}
    return found | {former: today for former, today in roots.items() if former != today}


def themes_today(by_said: pl.DataFrame, codebook: Codebook) -> list[str | None]:
    """The theme of each mention as it stands after every change so far, row by row.

    Where people placed a verbatim, it belongs there; one that carries a tag of the export stays with its tag; next come
    words that are an example of a theme; anything else stays where the run put it, under the id of today.

    Parameters
    ----------
    by_said
        `feedback_id`, `theme_id` and `assigned_by` of the run, `said` (the whole words) and their fingerprint `sha256`.
    codebook
        As it stands.
    """
    former, examples = stands_for(codebook), _examples(codebook)
    placed = pinned(by_said.select("feedback_id", text="said").unique(), codebook)
    pins: dict[str, str | None] = dict(placed.iter_rows())

    def today(feedback_id: str, theme_id: str | None, assigned_by: str | None, words: str) -> str | None:
        if feedback_id in pins:
            return pins[feedback_id]
        if words in examples and assigned_by != AssignedBy.PERSON.value:
            return examples[words]
        return former.get(theme_id, theme_id) if theme_id else None

    return [today(*row) for row in by_said.select("feedback_id", "theme_id", "assigned_by", "sha256").iter_rows()]


def _examples(codebook: Codebook) -> dict[str, str]:
    """The theme of words that are an example of one theme, and of no other."""
    owners: dict[str, set[str]] = {}
    for theme in codebook.themes:
        root = codebook.root(theme.theme_id)
        if root is not None and codebook.lives(theme.theme_id):
            for exemplar in theme.exemplars:
                owners.setdefault(exemplar.words, set()).add(root.theme_id)
    return {words: min(themes) for words, themes in owners.items() if len(themes) == 1}
