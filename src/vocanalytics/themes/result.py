"""What the themes stage hands on: four tables' worth of answers that add up to the rows that came in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import polars as pl

    from vocanalytics.themes.languages import Languages

Summary = dict[str, str | int | float | None]


@dataclass(frozen=True, slots=True)
class ThemesResult:
    """Where every verbatim of a quarter went.

    Attributes
    ----------
    mentions
        A verbatim in a theme: `feedback_id, theme_id, similarity, assigned_by`, sorted by both ids. One that makes two
        requests stands in two themes, in none twice.
        Similarity is the cosine to the centre of the theme, six decimals; 1.0 where a person tagged the verbatim or
        its words are those of an example.
    themes
        A theme with at least one mention: `theme_id, theme_name, description, status, phrases, quotes, mentions`,
        sorted by id; `quotes` are feedback ids.
    unclustered
        A verbatim in no theme: `feedback_id, reason` (`too_short`, `nothing_like_it`, `set_aside`), sorted by id.
    summary
        Counts, the encoder, how many new themes were found and by what, the share unclustered.
    languages
        Who speaks what, and what each language got.
    aliases
        `alias, theme_id`: every other word by which people may mean a theme of the codebook: earlier names, ids and
        names of themes merged into it, ids under which it was found.
    """

    mentions: pl.DataFrame
    themes: pl.DataFrame
    unclustered: pl.DataFrame
    summary: Summary
    languages: Languages | None = None
    aliases: pl.DataFrame | None = None
