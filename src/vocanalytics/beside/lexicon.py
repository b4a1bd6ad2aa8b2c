"""The words by which a verbatim is marked: four files that CS Ops can read and change, checked when they are loaded."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import NamedTuple

import polars as pl

from vocanalytics.beside.wording import END, spaced, token_of
from vocanalytics.errors import SettingsError

TONE_POINTS = ("angry", "delighted")
INSIGHT_POINTS = ("churn_reason", "pricing", "bug", "wish", "understanding_gap", "experience", "other")
REGISTER_POINTS = ("casual", "formal")
EFFECTS = ("negates", "strengthens", "weakens", "turns", "supposes", "ends")

_ALSO_SHOUTED = "ALL|ALWAYS|ANY|DAYS|EVER|EVERY|HOURS|NOW|STOP|WEEKS|WHAT|WHEN|WHY"
_ABBREVIATIONS = {"ASAP", "BTW", "CSM", "FYI", "IDK", "IMHO", "IMO", "NAN", "NGL", "TBH"}
_FOLDER = files("vocanalytics.beside").joinpath("lexicon")


class WordList(NamedTuple):
    """One file: the column that says what a cue stands for, the one that says how much, and what either may hold."""

    file: str
    means: str
    choices: tuple[str, ...]
    strength: str | None = None
    strongest: int = 0


WORD_LISTS = (
    WordList("tone.csv", "tone", (*TONE_POINTS, "neutral"), "strength", 3),
    WordList("insight.csv", "insight", INSIGHT_POINTS, "weight", 4),
    WordList("register.csv", "register", REGISTER_POINTS, "weight", 2),
    WordList("modifiers.csv", "effect", EFFECTS[:-1]),
)


@dataclass(frozen=True)
class Lexicon:
    """What each word or phrase stands for.

    Attributes
    ----------
    phrases
        Phrases of several words as they stand in spaced text, and the single token that takes their place.
    tokens
        One row per token: `token`, points for each tone, insight and register (thousandths), and the effects.
    shouted
        Pattern of the lexicon's words in capitals: a shout, not an abbreviation.
    """

    phrases: Mapping[str, str]
    tokens: pl.DataFrame
    shouted: str


@cache
def read_lexicon() -> Lexicon:
    """The lexicon of the package; a mistake in a file stops the run with its line.

    Raises
    ------
    SettingsError
        When a cue is empty or stands twice in a file, or a value is not one that the file may hold.
    """
    texts = {words.file: _FOLDER.joinpath(words.file).read_text(encoding="utf-8") for words in WORD_LISTS}
    return build_lexicon(texts)


def build_lexicon(texts: Mapping[str, str]) -> Lexicon:
    """A lexicon from the text of its four files.

    Parameters
    ----------
    texts
        Text of each file in `WORD_LISTS`, by file name.

    Raises
    ------
    SettingsError
        As `read_lexicon`.
    """
    points: dict[str, dict[str, int]] = {token_of(END): {"ends": 1}}
    cues: dict[str, str] = {}
    for words in WORD_LISTS:
        for cue, meaning, strength in _entries(words, texts[words.file]):
            cues[cue] = token_of(cue)
            points.setdefault(token_of(cue), {})[meaning] = strength
    columns = (*TONE_POINTS, *INSIGHT_POINTS, *REGISTER_POINTS, *EFFECTS)
    rows = [(token, *(held.get(column, 0) for column in columns)) for token, held in sorted(points.items())]
    schema = {"token": pl.String, **dict.fromkeys(columns, pl.Int32)}
    tokens = pl.DataFrame(rows, schema=schema, orient="row").with_columns(pl.col(*EFFECTS) > 0)
    phrases = {spaced(cue): spaced(token) for cue, token in sorted(cues.items(), key=_longest_first) if " " in cue}
    plain = {cue.upper() for cue in cues if cue.isascii() and cue.isalpha() and len(cue) > 2}
    shouted = "|".join(sorted(plain - _ABBREVIATIONS))
    return Lexicon(phrases, tokens, rf"\b(?:{shouted}|{_ALSO_SHOUTED})\b")


def _longest_first(item: tuple[str, str]) -> tuple[int, str]:
    return -len(item[0]), item[0]


def _entries(words: WordList, text: str) -> Iterator[tuple[str, str, int]]:
    seen: set[str] = set()
    for line, row in enumerate(csv.DictReader(text.splitlines()), start=2):
        where = f"beside/lexicon/{words.file}, line {line}"
        meaning, strength = _meaning(words, row, where)
        for written in (row["cue"] or "").split("|"):
            cue = spaced(written).strip().replace("  ", " ")
            if not cue or cue in seen:
                what = "a cue stands twice in the file" if cue else "a cue is empty"
                raise SettingsError(what, where=where, found=repr(written), advice="Keep it once")
            seen.add(cue)
            yield cue, meaning, strength


def _meaning(words: WordList, row: Mapping[str, str | None], where: str) -> tuple[str, int]:
    meaning, allowed = row.get(words.means), ", ".join(words.choices)
    if meaning not in words.choices:
        raise SettingsError(f"{words.means} is not known", where=where, found=repr(meaning), expected=allowed)
    if words.strength is None:
        return meaning, 1
    strength = row.get(words.strength)
    if strength not in {str(number) for number in range(words.strongest + 1)}:
        expected = f"a whole number from 0 to {words.strongest}"
        raise SettingsError(f"{words.strength} is off the scale", where=where, found=repr(strength), expected=expected)
    return meaning, int(strength) * 1000
