"""Labels: what customers call a theme, in their own words.

Phrases are runs of words as they stand in the verbatims, weighed by how much more often they are said within the theme
than elsewhere (class-based TF-IDF).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import log

from vocanalytics.themes.encoders import stems
from vocanalytics.themes.stopwords import STOP_WORDS
from vocanalytics.vocabulary import folded

_CLAUSE = re.compile(r"[.,;:!?…(){}\[\]\"“”«»。、!?\n\r\t|/]+|\s[-–—]\s")
_WORD = re.compile(r"\w+(?:['’-]\w+)*")
_LONGEST = 5
#: Two or three words that mean something say more than one, and are easier to say than four.
_FIT = (0.5, 1.0, 1.0, 0.8, 0.6)
N_PHRASES = 3
_CHANCE = 0.95


@dataclass(frozen=True, slots=True)
class Label:
    """A name for a theme and up to three phrases that set it apart, the most telling first."""

    name: str
    phrases: tuple[str, ...]


def label_themes(by_theme: Mapping[str, Sequence[str]], names: Mapping[str, str]) -> dict[str, Label]:
    """Name the themes that have no name yet, and give each theme its phrases.

    Parameters
    ----------
    by_theme
        Distinct verbatims (or a sample of them) of each theme id, as customers wrote them, in canonical order.
    names
        Names that stand, by theme id: a name given by a person wins.

    Returns
    -------
    dict
        Theme id to label; no two names are alike, whatever their case.
    """
    said = {theme_id: _count(verbatims) for theme_id, verbatims in by_theme.items()}
    anywhere: Counter[str] = Counter()
    for counts in said.values():
        anywhere.update({key: number for key, (number, _) in counts.items()})
    mean = sum(anywhere.values()) / max(1, len(said))
    taken = {_name_key(name) for name in names.values()}
    labels = {}
    for theme_id, counts in said.items():
        ranked = _rank(counts, anywhere, mean, len(by_theme[theme_id]))
        name = names.get(theme_id) or _free_name(ranked, taken) or f"Theme {theme_id}"
        taken.add(_name_key(name))
        labels[theme_id] = Label(name, _diverse(ranked))
    return labels


def _count(verbatims: Sequence[str]) -> dict[str, tuple[int, str]]:
    """For each phrase, in how many verbatims it stands, and how it is written most often."""
    spellings: dict[str, Counter[str]] = {}
    for verbatim in verbatims:
        for key, spelling in dict(_phrases(verbatim)).items():
            spellings.setdefault(key, Counter())[spelling] += 1
    return {
        key: (sum(counter.values()), min(counter, key=lambda spelling: (-counter[spelling], spelling)))
        for key, counter in spellings.items()
    }


def _phrases(verbatim: str) -> Iterator[tuple[str, str]]:
    """Runs of words within a clause that begin and end with a word that means something, each with its key.

    The key is the stems of those words alone, so that "cancel a transfer" and "cancelled my transfer" count as one.
    """
    for clause in _CLAUSE.split(verbatim):
        words = _WORD.findall(clause)
        keys = [_key(word) for word in words]
        for first, key in enumerate(keys):
            for end in range(first + 1, min(first + _LONGEST, len(words)) + 1):
                if key and keys[end - 1]:
                    yield " ".join(filter(None, keys[first:end])), _said_quietly(" ".join(words[first:end]))


def _said_quietly(spelling: str) -> str:
    """Shouted sentences in lower case; a single word in capitals may be an abbreviation and stays."""
    return spelling.lower() if spelling.isupper() and " " in spelling else spelling


def _key(word: str) -> str:
    """The stem of a word that means something, else nothing."""
    plain = word.casefold().replace("’", "'")
    hollow = len(plain) < 2 or plain.split("'")[0] in STOP_WORDS or plain.replace("-", "").isdigit()
    return "" if hollow else " ".join(stems(plain))


def _rank(counts: Mapping[str, tuple[int, str]], anywhere: Counter[str], mean: float, n_verbatims: int) -> list[str]:
    """Spellings, the most telling phrase first; a phrase of a single verbatim hardly counts, it may be chance."""

    def weight(key: str) -> float:
        share = (counts[key][0] - _CHANCE) / n_verbatims
        return round(share * log(1 + mean / anywhere[key]) * _FIT[min(key.count(" "), len(_FIT) - 1)], 10)

    whole = counts.keys() - _parts(counts)
    return [counts[key][1] for key in sorted(whole, key=lambda key: (-weight(key), key))]


def _parts(counts: Mapping[str, tuple[int, str]]) -> set[str]:
    """Phrases that are mostly said as part of one longer phrase, such as "order a new" of "order a new card"."""
    parts = set()
    for key, (number, _) in counts.items():
        for part in {key.partition(" ")[2], key.rpartition(" ")[0]} & counts.keys():
            if 3 * number >= 2 * counts[part][0]:
                parts.add(part)
    return parts


def _diverse(ranked: Sequence[str]) -> tuple[str, ...]:
    """The first phrases that do not repeat each other: each brings mostly words of its own."""
    chosen: list[str] = []
    heard: set[str] = set()
    for phrase in ranked:
        words = set(_name_key(phrase).split())
        if words - heard and 2 * len(words & heard) <= len(words):
            chosen.append(phrase)
            heard |= words
        if len(chosen) == N_PHRASES:
            break
    return tuple(chosen)


def _free_name(ranked: Sequence[str], taken: set[str]) -> str | None:
    """The most telling phrase that names no other theme; a single word only where it comes first."""
    for place, phrase in enumerate(ranked):
        if _name_key(phrase) not in taken and (place == 0 or " " in phrase):
            return phrase[:1].upper() + phrase[1:]
    return next((phrase[:1].upper() + phrase[1:] for phrase in ranked if _name_key(phrase) not in taken), None)


def _name_key(name: str) -> str:
    """What two names that read alike have in common: the stems of their words."""
    return " ".join(filter(None, map(_key, _WORD.findall(name)))) or folded(name)
