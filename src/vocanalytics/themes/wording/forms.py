"""Forms: of all the ways to say the same, the one that reads best by itself, and how well it reads."""

from __future__ import annotations

from itertools import pairwise
from math import sqrt

from vocanalytics.themes.wording.phrases import Saying, Usage
from vocanalytics.themes.wording.word_classes import BEFORE_VERBS, DETERMINERS, NEGATIONS, OBJECTS, PREPOSITIONS, plain

#: Two to four words are easy to say and mean something.
_FIT = (0.5, 1.0, 1.05, 1.0, 0.9, 0.75)
_HOLDS_ON = PREPOSITIONS | DETERMINERS | BEFORE_VERBS


def best_form(saying: Saying, usage: Usage) -> tuple[float, str]:
    """How well the best way to say it reads, and that way; 0 where it is never said as a phrase by itself.

    What most say with "not" is said with "not", what few do without.
    """
    best = (0.0, "")
    for spelling, whole in sorted(saying.whole.items()):
        if _is_negated(spelling) == (2 * saying.negated > saying.said):
            share = (whole + 0.3) / (whole + saying.cut[spelling] + 0.6)
            reads = share * _reads(spelling, usage)
            if (value := round(sqrt(whole) * reads, 10)) > best[0]:
                best, form = (value, spelling), reads
    return (form, best[1]) if best[0] else best


def _is_negated(spelling: str) -> bool:
    return not NEGATIONS.isdisjoint(map(plain, spelling.split(" ")))


def _reads(spelling: str, usage: Usage) -> float:
    """How well a run of words reads by itself, from 0 to about 1."""
    words = [plain(word) for word in spelling.split(" ")]
    fit = _FIT[len(words) - 1]
    opens = usage.noun_share(words[0])
    if len(words) == 1:
        return fit * (1.0 if opens > 0.5 else 0.8 if opens == 0.5 else 0.3)  # a verb alone names nothing
    fit *= 0.75 ** sum(word in OBJECTS or word in ("and", "or") for word in words[1:-1])
    if words[1] == "to" and opens > 0.5:
        fit *= 0.6  # "card to arrive" waits for something
    for before, word in pairwise(words):
        joined = before in _HOLDS_ON
        if word in DETERMINERS and word != "no" and not joined and usage.noun_share(before) >= 0.5:
            fit *= 0.25  # "cash the exchange rate" is two phrases
    return fit
