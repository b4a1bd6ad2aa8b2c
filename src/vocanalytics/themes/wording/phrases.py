"""Phrases: runs of words as they stand in verbatims, each with how often it is said and whether it stands whole."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from vocanalytics.themes.encoding.encoders import stems
from vocanalytics.themes.wording.word_classes import (
    AFTER_PARTICLES,
    BEFORE_VERBS,
    CLAUSE_OPENERS,
    DETERMINERS,
    HELPERS,
    NEGATIONS,
    OBJECTS,
    OPENING_NEGATIONS,
    PARTICLES,
    PREPOSITIONS,
    VERB_PARTICLES,
    is_hollow,
    plain,
)

WORD = re.compile(r"\w+(?:['’-]\w+)*")
_CLAUSE = re.compile(r"[.,;:!?…(){}\[\]\"“”«»。、！？\n\r\t|/<>*_=]+|\s[-–—]+\s|\s-|\bhttps?\b")
_SENTENCE = re.compile(r"[.!?…。！？\n]+")
LONGEST = 6
_MOST_STEMS = 4

Stems = tuple[str, ...]


class Run(NamedTuple):
    """A run of words within a clause that begins and ends with a word that means something.

    `stems` are those of its telling words, sorted; `whole` says that it was not cut out of a longer phrase there.
    """

    stems: Stems
    spelling: str
    negated: bool
    whole: bool


@dataclass(slots=True)
class Saying:
    """All the ways in which the same words are said within a theme: "charged a fee", "fee was charged"."""

    said: int = 0
    negated: int = 0
    whole: Counter[str] = field(default_factory=Counter)
    cut: Counter[str] = field(default_factory=Counter)


def clauses(verbatim: str) -> Iterator[list[str]]:
    """The words of each clause."""
    yield from filter(None, map(WORD.findall, _CLAUSE.split(verbatim)))


@lru_cache(maxsize=1 << 14)
def stems_of(word: str) -> Stems:
    """The stems of a plain word that means something, else nothing; two of "top-up"."""
    return () if is_hollow(word) else tuple(stems(word))


def stems_in(text: str) -> frozenset[str]:
    """The stems of all words of a text that mean something."""
    return frozenset(stem for words in clauses(text) for word in words for stem in stems_of(plain(word)))


def sayings(verbatims: Iterable[str], usage: Usage) -> dict[Stems, Saying]:
    """What is said in verbatims, by the stems of the words; a verbatim counts once for each."""
    found: dict[Stems, Saying] = {}
    for verbatim in verbatims:
        heard: set[Stems] = set()
        for run in dict.fromkeys(runs(verbatim)):
            saying = found.setdefault(run.stems, Saying())
            saying.said += run.stems not in heard
            saying.negated += run.negated and run.stems not in heard
            heard.add(run.stems)
            (saying.whole if run.whole else saying.cut)[usage.written(run.spelling)] += 1
    return found


def runs(verbatim: str) -> Iterator[Run]:
    """Every run of a verbatim that could be a phrase."""
    for words in clauses(verbatim):
        said = [plain(word) for word in words]
        telling = [stems_of(word) for word in said]
        for first in range(len(words)):
            if (telling[first] and said[first] not in PARTICLES) or said[first] in OPENING_NEGATIONS:
                yield from _runs_from(first, words, said, telling)


def _runs_from(first: int, words: Sequence[str], said: Sequence[str], telling: Sequence[Stems]) -> Iterator[Run]:
    begins = first == 0 or not (telling[first - 1] or said[first - 1] in NEGATIONS)
    found: list[str] = []
    for end in range(first + 1, min(first + LONGEST, len(words)) + 1):
        last = said[end - 1]
        if last in CLAUSE_OPENERS or last in HELPERS or last.isdigit():
            return
        found += telling[end - 1]
        if len(set(found)) < len(found) or len(found) > _MOST_STEMS:
            return
        if telling[end - 1] or (end - 1 > first and _is_particle(end - 1, said, telling)):
            ends = end == len(words) or _may_end_before(end, said, telling)
            negated = not NEGATIONS.isdisjoint(said[first:end])
            yield Run(tuple(sorted(found)), " ".join(words[first:end]), negated, begins and ends)


def _may_end_before(at: int, said: Sequence[str], telling: Sequence[Stems]) -> bool:
    """Whether a phrase can end before this word; before "the", "it" or a telling word it waits for more."""
    word = said[at]
    waits = word in DETERMINERS or word in OBJECTS or word in NEGATIONS or _is_particle(at, said, telling)
    return not (telling[at] or waits)


def _is_particle(at: int, said: Sequence[str], telling: Sequence[Stems]) -> bool:
    """Whether "in" or "on" belongs to the word before it, as in "log in today", since nothing it could hold follows."""
    if said[at] not in VERB_PARTICLES or not at or not telling[at - 1]:
        return False
    after = said[at + 1] if at + 1 < len(said) else None
    return after is None or after in PREPOSITIONS or after in CLAUSE_OPENERS or after in AFTER_PARTICLES


class Usage:
    """How words are written and used in these verbatims, learnt from where they stand."""

    def __init__(self, verbatims: Iterable[str]) -> None:
        self._spellings: dict[str, Counter[str]] = {}
        self._as_noun: Counter[str] = Counter()
        self._as_verb: Counter[str] = Counter()
        for verbatim in verbatims:
            for sentence in _SENTENCE.split(verbatim):
                self._note_spellings(WORD.findall(sentence))
            for words in clauses(verbatim):
                self._note_uses([plain(word) for word in words])

    def _note_spellings(self, words: Sequence[str]) -> None:
        """Capitals tell something inside a sentence that is not shouted, and nothing at its beginning."""
        inside = words[1:]
        if 3 * sum(word[0].isupper() for word in inside) <= 2 * len(inside):
            for word in inside:
                self._spellings.setdefault(word.casefold(), Counter())[word] += 1

    def _note_uses(self, words: Sequence[str]) -> None:
        for before, word in pairwise(words):
            if before in DETERMINERS or (before in PREPOSITIONS and before != "to"):
                self._as_noun[word] += 1
            elif before in BEFORE_VERBS:
                self._as_verb[word] += 1

    def written(self, spelling: str) -> str:
        """A run with each word as customers write it in the middle of a sentence."""
        shouted = spelling.isupper() and " " in spelling
        return " ".join(map(self._word, (spelling.lower() if shouted else spelling).split(" ")))

    def _word(self, word: str) -> str:
        spellings = self._spellings.get(word.casefold())
        if spellings:
            return min(spellings, key=lambda spelling: (-spellings[spelling], spelling))
        is_name = word[1:] != word[1:].lower() and not (word.isupper() and len(word) > 5)
        return word if is_name else word.lower()

    def noun_share(self, word: str) -> float:
        """How often a plain word stands where nouns stand, of the times that tell; a half where nothing is known."""
        as_noun, as_verb = self._as_noun[word], self._as_verb[word]
        return (as_noun + 1) / (as_noun + as_verb + 2)
