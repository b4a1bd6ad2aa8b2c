"""Quotes: two or three verbatims that let a theme speak for itself, and one line that says what it is about."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.preprocessing import normalize

from vocanalytics.themes.encoding.encoders import stems
from vocanalytics.themes.encoding.vectors import Vectors
from vocanalytics.themes.wording.quotable import fitness, line_of, line_worth, sentences

Flags = NDArray[np.bool_]

N_QUOTES = 3
#: How much being unlike the quotes before it counts against being central.
_UNLIKE = 0.6
#: Of several verbatims that say the same, one that can be quoted is there; below this share of the best none is taken.
_LEAST = 0.2
#: A verbatim this much less central than the most central one may be unlike because it is in the wrong theme.
_NEAR = 0.35
_UNSURE = 0.25
_PARAPHRASED, _FOREIGN, _SAME_ACCOUNT, _QUOTED = 0.6, 0.5, 0.35, 0.8


@dataclass(frozen=True, slots=True)
class Candidate:
    """A verbatim that may be quoted.

    `language` is None where nobody said which it is; `similarity` is how near its theme it was placed.
    """

    feedback_id: str
    verbatim: str
    text: str
    is_customer: bool
    account_id: str | None
    language: str | None = None
    similarity: float = 1.0


def choose_quotes(by_theme: Mapping[str, Sequence[Candidate]]) -> dict[str, list[str]]:
    """Feedback ids of up to three quotes a theme, the most central first.

    Central verbatims share the words of their theme; each further quote should be unlike the ones before it and come
    from another account. Complete sentences of a readable length win over fragments and walls of text, the language of
    most of the theme over others, a customer's words over a colleague's paraphrase. Greetings, automatic replies,
    stack traces and whatever holds an address, a phone number or a link stand only where there is nothing else.

    Parameters
    ----------
    by_theme
        Candidates with distinct texts, in canonical order.

    Returns
    -------
    dict
        Theme id to feedback ids.
    """
    spaces = _spaces({theme_id: [candidate.text for candidate in found] for theme_id, found in by_theme.items()})
    return {theme_id: _choose(found, spaces[theme_id]) if found else [] for theme_id, found in by_theme.items()}


def describe_in_a_line(
    by_theme: Mapping[str, Sequence[Candidate]], quoted: Mapping[str, Sequence[str]]
) -> dict[str, str]:
    """What customers say about a theme in one sentence of theirs, so that its name is not all there is to go by.

    It is the most central sentence that fits a line, shortened at the end of a clause where it must be, from a verbatim
    that is not quoted where there is one. A theme without a customer's sentence that may be shown has none.

    Parameters
    ----------
    by_theme
        Candidates as for `choose_quotes`.
    quoted
        The feedback ids of the quotes.

    Returns
    -------
    dict
        Theme id to line.
    """
    said = {theme_id: _lines(found, quoted[theme_id]) for theme_id, found in by_theme.items()}
    spaces = _spaces({theme_id: [line.casefold() for line in lines] for theme_id, lines in said.items()})
    found = {}
    for theme_id, lines in said.items():
        if lines:
            worth = (_central(spaces[theme_id]) * np.array(list(lines.values()))).round(9)
            found[theme_id] = f"Customers say: “{list(lines)[int(worth.argmax())]}”"
    return found


def _lines(candidates: Sequence[Candidate], quoted: Sequence[str]) -> dict[str, float]:
    """Sentences of customers that fit a line, each with how much else speaks for it."""
    lines: dict[str, float] = {}
    majority = majority_language(candidates)
    for candidate in candidates:
        if candidate.is_customer and candidate.language in (majority, None):
            for line in filter(None, map(line_of, sentences(candidate.verbatim))):
                quoted_share = _QUOTED if candidate.feedback_id in quoted else 1.0
                lines.setdefault(line, quoted_share * line_worth(line))
    return lines


def majority_language(candidates: Sequence[Candidate]) -> str | None:
    """The language of most verbatims of a theme, the first in the alphabet of several; None where none is known."""
    known = Counter(candidate.language for candidate in candidates if candidate.language)
    return min(known, key=lambda language: (-known[language], language), default=None)


def _spaces(by_theme: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """TF-IDF rows of each theme's texts, weighed over all themes."""
    texts = [text for found in by_theme.values() for text in found]
    if not any(map(stems, texts)):
        return {theme_id: np.zeros((len(found), 1)) for theme_id, found in by_theme.items()}
    weights = TfidfVectorizer(analyzer=stems, sublinear_tf=True).fit_transform(texts)
    spaces, start = {}, 0
    for theme_id, found in by_theme.items():
        spaces[theme_id] = weights[start : start + len(found)]
        start += len(found)
    return spaces


def _central(rows: Any) -> Vectors:
    """The cosine of each row to the middle of all."""
    centre = normalize(np.asarray(rows.mean(axis=0)).reshape(1, -1))
    central: Vectors = np.asarray(rows @ centre.T).ravel()
    return central


def _cosines(rows: Any, to: int) -> Vectors:
    product = rows @ rows[[to]].T
    cosines: Vectors = np.asarray(product if isinstance(product, np.ndarray) else product.toarray()).ravel()
    return cosines


def _choose(candidates: Sequence[Candidate], rows: Any) -> list[str]:
    fit = np.array(_fits(candidates))
    central = _central(rows)
    worth = ((central + 1e-3) * fit).round(9)
    enough = fit >= _LEAST * fit.max()
    enough &= central.round(9) >= _NEAR * central[enough].max().round(9)
    enough = _well_placed(candidates, enough)
    chosen: list[int] = []
    nearest, accounts = np.zeros(len(candidates)), set[str | None]()
    for _ in range(min(N_QUOTES, int(enough.sum()))):
        repeated = np.array([candidate.account_id in accounts for candidate in candidates])
        score = (worth * np.where(repeated, _SAME_ACCOUNT, 1.0) - _UNLIKE * nearest * worth.max()).round(9)
        score[chosen] = -np.inf
        score[~enough] = -np.inf
        chosen.append(int(score.argmax()))
        latest = candidates[chosen[-1]]
        accounts |= {latest.account_id} if latest.account_id else set()
        nearest = np.maximum(nearest, _cosines(rows, chosen[-1]))
    return [candidates[at].feedback_id for at in chosen]


def _well_placed(candidates: Sequence[Candidate], enough: Flags) -> Flags:
    """Without the quarter of a theme that was placed least surely, where enough is left."""
    similarity = np.array([candidate.similarity for candidate in candidates])
    sure: Flags = enough & (similarity >= np.quantile(similarity, _UNSURE, method="higher"))
    return sure if sure.sum() >= N_QUOTES else enough


def _fits(candidates: Sequence[Candidate]) -> list[float]:
    """How well each verbatim reads as a quote of the theme, from 0 to 1."""
    majority = majority_language(candidates)
    return [
        fitness(candidate.verbatim)
        * (1.0 if candidate.is_customer else _PARAPHRASED)
        * (1.0 if candidate.language in (majority, None) else _FOREIGN)
        for candidate in candidates
    ]
