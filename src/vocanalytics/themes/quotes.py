"""Quotes: two or three verbatims that let a theme speak for itself."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.preprocessing import normalize

from vocanalytics.themes.encoders import stems

N_QUOTES = 3
_SENTENCE = re.compile(r"^[\"“'(¿¡]?\w.*[.!?…。!?][\"”')]?$", re.DOTALL)
_FEW_WORDS, _FEW_CHARACTERS = 5, 40
_LONG, _TOO_LONG = 280, 600
#: How much being unlike the quotes before it counts against being central.
_UNLIKE = 0.6


@dataclass(frozen=True, slots=True)
class Candidate:
    """A verbatim that may be quoted."""

    feedback_id: str
    verbatim: str
    text: str
    is_customer: bool
    account_id: str | None


def choose_quotes(by_theme: dict[str, list[Candidate]]) -> dict[str, list[str]]:
    """Feedback ids of up to three quotes a theme, the most central first.

    Central verbatims share the words of their theme; each further quote should be unlike the ones before it and come
    from another account. Complete sentences of a readable length win over fragments and over walls of text, a
    customer's words over a colleague's paraphrase.

    Parameters
    ----------
    by_theme
        Candidates with distinct texts, in canonical order.

    Returns
    -------
    dict
        Theme id to feedback ids.
    """
    texts = [candidate.text for candidates in by_theme.values() for candidate in candidates]
    if not texts:
        return {theme_id: [] for theme_id in by_theme}
    weights = TfidfVectorizer(analyzer=stems, sublinear_tf=True).fit_transform(texts)
    chosen, start = {}, 0
    for theme_id, candidates in by_theme.items():
        rows = weights[start : start + len(candidates)]
        start += len(candidates)
        chosen[theme_id] = _choose(candidates, rows) if candidates else []
    return chosen


def _choose(candidates: Sequence[Candidate], rows: Any) -> list[str]:
    centre = normalize(np.asarray(rows.mean(axis=0)).reshape(1, -1))
    central = np.asarray(rows @ centre.T).ravel()
    worth = (central * np.array([_form(candidate) for candidate in candidates])).round(9)
    chosen: list[int] = []
    nearest, accounts = np.zeros(len(candidates)), set[str | None]()
    for _ in range(min(N_QUOTES, len(candidates))):
        repeated = np.array([candidate.account_id in accounts for candidate in candidates])
        score = (worth * np.where(repeated, 0.7, 1.0) - _UNLIKE * nearest * worth.max()).round(9)
        score[chosen] = -np.inf
        chosen.append(int(score.argmax()))
        latest = candidates[chosen[-1]]
        accounts |= {latest.account_id} if latest.account_id else set()
        nearest = np.maximum(nearest, (rows @ rows[[chosen[-1]]].T).toarray().ravel())
    return [candidates[at].feedback_id for at in chosen]


def _form(candidate: Candidate) -> float:
    """How well a verbatim reads as a quote, from 0 to 1."""
    words, length = len(candidate.verbatim.split()), len(candidate.verbatim)
    form = 1.0 if _SENTENCE.match(candidate.verbatim.strip()) else 0.8
    # Scripts without spaces make long words: there the characters tell whether it is more than a fragment.
    form *= min(1.0, max(words / _FEW_WORDS, length / _FEW_CHARACTERS))
    form *= 1.0 if length <= _LONG else 0.7 if length <= _TOO_LONG else 0.3
    return form if candidate.is_customer else form * 0.7
