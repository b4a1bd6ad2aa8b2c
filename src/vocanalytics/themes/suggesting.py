"""The nearest bet: which theme of the published roadmap speaks most like a theme of the quarter, for people to judge.

A suggestion saves a search and decides nothing: no score is read from it. Where nothing is near, nothing is said.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Sequence

import numpy as np
import polars as pl
from sklearn.feature_extraction.text import TfidfVectorizer

from vocanalytics.themes.encoding.encoders import Vectors, stems
from vocanalytics.themes.texts import comparable
from vocanalytics.themes.wording.stopwords import STOP_WORDS

#: Below this nothing is suggested. In the demonstration quarters direct fits begin at 0.20 and chance ends at 0.14.
MIN_SIMILARITY = 0.2
#: Two bets that are about equally near suggest neither: the nearest must lead by this much.
MIN_LEAD = 0.02

_WORD = re.compile(r"\w+")
_CHARACTERS_READ = 10_000
_SUGGESTIONS = {
    "theme_id": pl.String,
    "theme_name": pl.String,
    "roadmap_id": pl.String,
    "roadmap_name": pl.String,
    "similarity": pl.Float64,
}


def suggest(
    themes: pl.DataFrame, feedback: pl.DataFrame, roadmap: pl.DataFrame, session_day: dt.date | None = None
) -> pl.DataFrame:
    """See `vocanalytics.themes.suggest_roadmap`."""
    in_time = roadmap if session_day is None else roadmap.filter(pl.col("published_on") <= session_day)
    bets = in_time.sort("roadmap_id").select("roadmap_id", "name", text=_joined("name", "description"))
    named = themes.sort("theme_id").select(
        "theme_id", "theme_name", text=_joined("theme_name", "description", pl.col("phrases").list.join(". "))
    )
    spoken = named.join(_quotes(themes, feedback), on="theme_id", how="left", maintain_order="left")
    quoted = spoken.select(text=_joined("text", "quotes"))
    near = _similarities((named["text"], quoted["text"]), bets["text"])
    rows = [
        (*theme, *bets.row(place)[:2], similarity)
        for theme, similarities in zip(named.select("theme_id", "theme_name").iter_rows(), near, strict=True)
        for place, similarity in _clearly_nearest(similarities.tolist())
    ]
    return pl.DataFrame(rows, schema=_SUGGESTIONS, orient="row")


def _joined(*parts: str | pl.Expr) -> pl.Expr:
    return comparable(pl.concat_str(*parts, separator=". ", ignore_nulls=True), clip_chars=_CHARACTERS_READ)


def _quotes(themes: pl.DataFrame, feedback: pl.DataFrame) -> pl.DataFrame:
    """What customers say in the quotes of each theme: `theme_id, quotes`."""
    quoted = themes.select("theme_id", feedback_id=pl.col("quotes")).explode("feedback_id")
    said = quoted.join(feedback.select("feedback_id", "verbatim"), on="feedback_id", maintain_order="left")
    return said.group_by("theme_id", maintain_order=True).agg(quotes=pl.col("verbatim").str.join(". "))


def _similarities(themes: Sequence[pl.Series], bets: pl.Series) -> Vectors:
    """Cosines of each theme and each bet, shape (themes, bets), the mean over the ways in which a theme is worded.

    What people call a theme names it in few words, what customers say holds more of them and more that lead astray.
    """
    cosines = [_cosines(texts.to_list(), bets.to_list()) for texts in themes]
    mean: Vectors = np.mean(cosines, axis=0)
    return mean


def _cosines(themes: list[str], bets: list[str]) -> Vectors:
    if not themes or not any(map(_telling, bets)):
        return np.zeros((len(themes), len(bets)))
    weigh = TfidfVectorizer(analyzer=_telling, sublinear_tf=True).fit(themes + bets)
    cosines: Vectors = (weigh.transform(themes) @ weigh.transform(bets).T).toarray()
    return cosines


def _telling(text: str) -> list[str]:
    """The stems of the words that mean something."""
    return stems(" ".join(word for word in _WORD.findall(text) if word not in STOP_WORDS))


def _clearly_nearest(similarities: list[float]) -> Iterator[tuple[int, float]]:
    """The place and similarity of the one bet that is near and clearly nearer than the next; else nothing."""
    ranked = sorted(((round(similarity, 3), place) for place, similarity in enumerate(similarities)), reverse=True)
    for similarity, place in ranked[:1]:
        next_best = ranked[1][0] if len(ranked) > 1 else 0.0
        if similarity >= MIN_SIMILARITY and round(similarity - next_best, 3) >= MIN_LEAD:
            yield place, similarity
