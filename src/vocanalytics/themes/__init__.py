"""Themes: which request or complaint each verbatim belongs to, and what the theme is called.

Tags given by people come first, then the known themes of the codebook; only what is left is clustered and proposed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from vocanalytics.themes.codebook import Codebook, CodebookTheme, Exemplar, read_codebook
from vocanalytics.themes.result import ThemesResult
from vocanalytics.themes.writing import write_themes

if TYPE_CHECKING:
    import polars as pl

    from vocanalytics.settings import ThemeSettings

__all__ = ["Codebook", "CodebookTheme", "Exemplar", "ThemesResult", "find_themes", "read_codebook", "write_themes"]


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
