"""Labels: what customers call a theme, in their own words.

Of all runs of words in a theme's verbatims the best stands near the theme's centre, is said often here and seldom
elsewhere, and reads as a phrase by itself. The best names the theme; two more that say something else stand beside it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import log, sqrt
from typing import TYPE_CHECKING, NamedTuple

from vocanalytics.themes.wording.forms import best_form
from vocanalytics.themes.wording.phrases import WORD, Saying, Stems, Usage, sayings, stems_in, stems_of
from vocanalytics.themes.wording.word_classes import VAGUE
from vocanalytics.vocabulary import folded

if TYPE_CHECKING:
    from vocanalytics.themes.encoding.vectors import Vectors

N_PHRASES = 3
#: So much is read that a hundred themes are judged by two hundred verbatims each, and a thousand take no longer.
_CHARACTERS_READ, _VERBATIMS_READ, _FEW_VERBATIMS = 500, 20_000, 20
_CHANCE = 0.95
_KEPT = 120
#: How much repeating the words of a phrase before it counts against the next one, and how good it must be at least.
_REPEATED, _LEAST = 0.6, 0.12
_VAGUE = frozenset(stem for word in VAGUE for stem in stems_of(word))


@dataclass(frozen=True, slots=True)
class Label:
    """A name for a theme and up to three phrases that set it apart, the most telling first."""

    name: str
    phrases: tuple[str, ...]


class _Phrase(NamedTuple):
    weight: float
    stems: Stems
    spelling: str


def label_themes(
    by_theme: Mapping[str, Sequence[str]],
    names: Mapping[str, str],
    *,
    encode: Callable[[Sequence[str]], Vectors] | None = None,
) -> dict[str, Label]:
    """Name the themes that have no name yet, and give each theme its phrases.

    Parameters
    ----------
    by_theme
        Distinct verbatims (or a sample of them) of each theme id, as customers wrote them, in canonical order.
    names
        Names that stand, by theme id: a name given by a person wins.
    encode
        Unit vectors of texts, where an encoder that knows meanings is at hand; without it the words alone decide.

    Returns
    -------
    dict
        Theme id to label. No two names consist of the same words, and no phrase is the name of another theme or a
        phrase of it.
    """
    most = max(_FEW_VERBATIMS, _VERBATIMS_READ // max(1, len(by_theme)))
    read = {theme_id: [text[:_CHARACTERS_READ] for text in texts[:most]] for theme_id, texts in by_theme.items()}
    words = _Words(read)
    usage = Usage(text for verbatims in read.values() for text in verbatims)
    ranked = {theme_id: _rank(theme_id, sayings(read[theme_id], usage), words, usage) for theme_id in read}
    if encode is not None:
        ranked = {theme_id: _by_meaning(phrases, read[theme_id], encode) for theme_id, phrases in ranked.items()}
    taken = {words_of(names[theme_id]) for theme_id in read if theme_id in names}
    named = _names(ranked, names, taken)
    return _labels(ranked, names, named, taken)


class _Words:
    """In which verbatims of which theme each stem stands; sets of verbatims are the bits of a number."""

    def __init__(self, by_theme: Mapping[str, Sequence[str]]) -> None:
        self.theme: dict[str, int] = {}
        self._among: Counter[str] = Counter()
        self._counts: dict[str, Counter[str]] = {}
        self._shares: Counter[str] = Counter()
        row = 1
        for theme_id, verbatims in by_theme.items():
            counts = self._counts[theme_id] = Counter()
            first = row
            for verbatim in verbatims:
                for stem in stems_in(verbatim):
                    self._among[stem] |= row
                    counts[stem] += 1
                row <<= 1
            self.theme[theme_id] = row - first
            self._shares.update(self._share(theme_id))
        self._rows = row.bit_length() - 1

    def _share(self, theme_id: str) -> dict[str, float]:
        """The share of a theme's verbatims in which each stem stands."""
        verbatims = self.theme[theme_id].bit_count()
        return {stem: count / verbatims for stem, count in self._counts[theme_id].items()}

    def centre(self, theme_id: str) -> dict[str, float]:
        """What sets a theme apart, a unit vector over stems: said in much of it, and in few other themes."""
        weights = {s: share * log(1 + 20 / self._shares[s]) for s, share in self._share(theme_id).items()}
        norm = sqrt(sum(weight * weight for weight in weights.values())) or 1.0
        return {stem: weight / norm for stem, weight in weights.items()}

    def holding(self, stems: Stems) -> int:
        """The verbatims in which all of these stems stand."""
        rows = -1
        for stem in stems:
            rows &= self._among[stem]
        return rows

    def rarity(self, stem: str) -> float:
        """How much a stem tells by being rare."""
        return log(1 + self._rows / self._among[stem].bit_count())


def _rank(theme_id: str, said: Mapping[Stems, Saying], words: _Words, usage: Usage) -> list[_Phrase]:
    """The phrases of a theme that read well, the most telling first."""
    inside = words.theme[theme_id]
    centre = words.centre(theme_id)
    found = []
    for stems, saying in said.items():
        form, spelling = best_form(saying, usage)
        if form:
            everywhere = words.holding(stems)
            here = (everywhere & inside).bit_count()
            often = sqrt((saying.said - _CHANCE) * (here - _CHANCE)) / inside.bit_count()
            only_here = here / everywhere.bit_count()
            vague = 0.3 if _VAGUE.issuperset(stems) else 1.0
            weight = _central(stems, centre, words) ** 1.5 * often**0.4 * only_here**0.3 * form * vague
            found.append(_Phrase(round(weight, 10), stems, spelling))
    return sorted(found, key=lambda phrase: (-phrase.weight, phrase.stems))[:_KEPT]


def _by_meaning(
    ranked: Sequence[_Phrase], verbatims: Sequence[str], encode: Callable[[Sequence[str]], Vectors]
) -> list[_Phrase]:
    """The same phrases, those first that also mean what the verbatims of the theme mean on the whole."""
    if not ranked:
        return []
    centre = encode([text.lower() for text in verbatims]).mean(axis=0)
    cosines = encode([phrase.spelling.lower() for phrase in ranked]) @ centre
    weighed = [
        phrase._replace(weight=round(phrase.weight * max(0.0, float(cosine)), 10))
        for phrase, cosine in zip(ranked, cosines, strict=True)
    ]
    return sorted(weighed, key=lambda phrase: (-phrase.weight, phrase.stems))


def _central(stems: Stems, centre: Mapping[str, float], words: _Words) -> float:
    """Cosine of a phrase with the centre of its theme."""
    rarity = [words.rarity(stem) for stem in stems]
    along = sum(centre[stem] * weight for stem, weight in zip(stems, rarity, strict=True))
    return along / sqrt(sum(weight * weight for weight in rarity))


def _names(
    ranked: Mapping[str, Sequence[_Phrase]], names: Mapping[str, str], taken: set[frozenset[str]]
) -> dict[str, _Phrase]:
    """Names for the themes without one: where two want the same, the one that it fits better gets it.

    A name may say more than another name ("transfer fee" beside "transfer"), never less.
    """
    wishes = [(phrase, theme_id) for theme_id, phrases in ranked.items() if theme_id not in names for phrase in phrases]
    named: dict[str, _Phrase] = {}
    for phrase, theme_id in sorted(wishes, key=lambda wish: (-wish[0].weight, wish[1], wish[0].stems)):
        words = frozenset(phrase.stems)
        if theme_id not in named and not any(words <= other for other in taken):
            named[theme_id] = phrase
            taken.add(words)
    return named


def _labels(
    ranked: Mapping[str, Sequence[_Phrase]],
    names: Mapping[str, str],
    named: Mapping[str, _Phrase],
    taken: set[frozenset[str]],
) -> dict[str, Label]:
    labels = {}
    for theme_id, phrases in ranked.items():
        first = named.get(theme_id)
        chosen = _diverse(first, phrases, taken)
        taken |= {frozenset(phrase.stems) for phrase in chosen}
        name = names.get(theme_id) or (_capital(first.spelling) if first else f"Theme {theme_id}")
        labels[theme_id] = Label(name, tuple(phrase.spelling for phrase in chosen))
    return labels


def _diverse(first: _Phrase | None, ranked: Sequence[_Phrase], taken: set[frozenset[str]]) -> list[_Phrase]:
    """The name and further phrases, each weighed against what the ones before it say already."""
    chosen = [first] if first else []
    free = [phrase for phrase in ranked if frozenset(phrase.stems) not in taken]
    for may_extend in (False, True):
        while len(chosen) < N_PHRASES:
            adds = {phrase: _adds(phrase, chosen, ranked[0].weight, may_extend=may_extend) for phrase in free}
            worth = {phrase: added for phrase, added in adds.items() if added is not None}
            if not worth:
                break
            chosen.append(min(worth, key=lambda phrase: (-worth[phrase], phrase.stems)))
    return chosen


def _adds(phrase: _Phrase, chosen: Sequence[_Phrase], best: float, *, may_extend: bool) -> float | None:
    """What a phrase adds to those chosen; nothing where it is too weak, or repeats one of them."""
    if phrase.weight < _LEAST * best:
        return None
    words = set(phrase.stems)
    overlaps = []
    for other in (set(earlier.stems) for earlier in chosen):
        if words <= other or (other <= words and len(other) > 1 and not may_extend):
            return None
        overlaps.append(len(words & other) / len(words | other))
    return round(phrase.weight / best - _REPEATED * max(overlaps, default=0.0), 10)


def _capital(phrase: str) -> str:
    return phrase[:1].upper() + phrase[1:]


def words_of(name: str) -> frozenset[str]:
    """What two names that read alike have in common: the stems of their words."""
    return stems_in(name) or frozenset(folded(word) for word in WORD.findall(name)) or frozenset({folded(name)})
