"""Themes: which request or complaint each verbatim belongs to, and what the theme is called.

Tags given by people come first, then the known themes of the codebook; only what is left is clustered and proposed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from vocanalytics.themes.codebook.book import Codebook, CodebookTheme, Exemplar, Pin
from vocanalytics.themes.codebook.curation import Curation
from vocanalytics.themes.codebook.fingerprints import fingerprint, whole_text
from vocanalytics.themes.codebook.reading import read_codebook
from vocanalytics.themes.codebook.remembering import read_remembered, remember
from vocanalytics.themes.codebook.replaying import Operation, replay
from vocanalytics.themes.result import ThemesResult
from vocanalytics.themes.writing import write_themes

if TYPE_CHECKING:
    import datetime as dt
    from pathlib import Path

    import polars as pl

    from vocanalytics.settings import ThemeSettings

__all__ = [
    "Codebook",
    "CodebookTheme",
    "Curation",
    "Exemplar",
    "Operation",
    "Pin",
    "ThemesResult",
    "find_themes",
    "fingerprint",
    "read_codebook",
    "read_remembered",
    "remember",
    "replay",
    "suggest_roadmap",
    "use_suggested_names",
    "whole_text",
    "write_themes",
]


def find_themes(
    by_feedback: pl.DataFrame, codebook: Codebook, settings: ThemeSettings, remembered: pl.DataFrame | None = None
) -> ThemesResult:
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
    remembered
        From `remember`: words that were in a theme of an earlier run stay in it.

    Returns
    -------
    ThemesResult
        Mentions, themes, unclustered verbatims and a summary. Each row of the input is in a theme or unclustered; one
        that makes two requests is in two themes.

    Raises
    ------
    ThemeError
        When the chosen encoder is not available in this installation.
    """
    from vocanalytics.themes.finding import find

    return find(by_feedback, codebook, settings, remembered)


def use_suggested_names(
    found: ThemesResult, feedback: pl.DataFrame, accounts: pl.DataFrame, settings: ThemeSettings, curated: Path
) -> ThemesResult:
    """New themes under the names that a model suggested earlier, where `themes.naming` is set; nobody is asked here.

    Parameters
    ----------
    found
        The themes of the quarter; one that a person named keeps its name.
    feedback, accounts
        The rows of the run, for what was asked and for the names that were masked in it.
    settings
        Without `naming` nothing changes.
    curated
        The folder that holds `naming/answers.jsonl`.

    Returns
    -------
    ThemesResult
        The same themes; the summary says which names were suggested and by which model.

    Raises
    ------
    ThemeError
        When a line of the answers is not one.
    """
    if settings.naming is None:
        return found
    from vocanalytics.themes.naming.files import read_answers
    from vocanalytics.themes.naming.names import with_suggested_names

    return with_suggested_names(found, feedback, accounts, settings.naming, read_answers(curated))


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
