"""Themes: which request or complaint each verbatim belongs to, and what the theme is called.

Tags given by people come first, then the known themes of the codebook; only what is left is clustered and proposed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from vocanalytics.themes.codebook import Codebook, CodebookTheme, Exemplar, read_codebook
from vocanalytics.themes.result import ThemesResult
from vocanalytics.themes.writing import write_themes

if TYPE_CHECKING:
    import datetime as dt

    import polars as pl

    from vocanalytics.settings import ThemeSettings

__all__ = [
    "Codebook",
    "CodebookTheme",
    "Exemplar",
    "ThemesResult",
    "find_themes",
    "read_codebook",
    "suggest_roadmap",
    "write_themes",
]


def find_themes(by_feedback: pl.DataFrame, codebook: Codebook, settings: ThemeSettings) -> ThemesResult:
    """Put every verbatim into a theme, or say why it is in none.

    Parameters
    ----------
    by_feedback
        One row per verbatim: `feedback_id` (unique), `verbatim`, `subject`, `theme`, `voice`, `language`, `account_id`;
        a filled `theme` is a person's word and stands.
    codebook
        The themes known so far; they are asked before new ones are looked for.
    settings
        Encoder, granularity, sample and thresholds. The same rows, codebook and settings give the same result,
        whatever the order of the rows and the number of threads.

    Returns
    -------
    ThemesResult
        Mentions, themes, unclustered verbatims and a summary, each row of the input in exactly one place.

    Raises
    ------
    ThemeError
        When the chosen encoder is not available in this installation.
    """
    from vocanalytics.themes.finding import find

    return find(by_feedback, codebook, settings)


def suggest_roadmap(
    themes: pl.DataFrame, feedback: pl.DataFrame, roadmap: pl.DataFrame, session_day: dt.date | None = None
) -> pl.DataFrame:
    """The bet of the published roadmap that a theme may belong to, so that nobody has to search; never a score.

    Parameters
    ----------
    themes
        `theme_id, theme_name, description, phrases, quotes`.
    feedback
        `feedback_id, verbatim`, for the words of the quotes.
    roadmap
        The bets, with `roadmap_id, name, description, published_on`.
    session_day
        Bets published after this day are not suggested; None where nobody wrote it down.

    Returns
    -------
    polars.DataFrame
        `theme_id, theme_name, roadmap_id, roadmap_name, similarity` (cosine, three decimals), sorted by theme. At most
        one row a theme, and none where no bet is near or two are about equally near.
    """
    from vocanalytics.themes.suggesting import suggest

    return suggest(themes, feedback, roadmap, session_day)
