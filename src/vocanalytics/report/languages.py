"""What the reader is told about languages: how much is not English, and what the machine makes of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from vocanalytics.report.facts import Facts
from vocanalytics.report.method_beyond import Rule
from vocanalytics.report.wording import capital, counted, joined, percent, tallied, verb
from vocanalytics.vocabulary import UNDETERMINED

#: From so many verbatims, or from this share of a hundred, other languages are spoken of.
_ENOUGH_VERBATIMS, _ENOUGH_PERCENT = 5, 1
_NAMED = 3

#: What the encoder of the run compares. None of them knows that words of two languages mean the same.
_COMPARES = {
    "lexical": "The lexical encoder compares words",
    "static": "The static encoder compares words as English uses them",
    "sentence": "The sentence encoder learnt from English sentences",
}
_APART = "a request in another language forms a theme of its own unless the codebook has examples in that language"


class Spoken(NamedTuple):
    """How many verbatims are in one language, of all verbatims of the run."""

    name: str
    verbatims: int


class Spread(NamedTuple):
    """The languages beside English, most verbatims first, and how many verbatims nobody could tell."""

    others: tuple[Spoken, ...]
    unknown: int
    of: int

    @property
    def not_english(self) -> int:
        """Verbatims known to be in another language."""
        return sum(spoken.verbatims for spoken in self.others)


def spread(facts: Facts) -> Spread | None:
    """The languages beside English; none where they are too few to speak of, or the run did not tell them."""
    rows = facts.run.rows("languages")
    known = [row for row in rows if row["language"] not in ("en", UNDETERMINED)]
    others = tuple(Spoken(row["name"], row["verbatims"]) for row in known)
    unknown = sum(row["verbatims"] for row in rows if row["language"] == UNDETERMINED)
    found = Spread(others, unknown, sum(row["verbatims"] for row in rows))
    enough = found.not_english >= _ENOUGH_VERBATIMS or 100 * found.not_english >= _ENOUGH_PERCENT * found.of
    return found if others and enough else None


def language_rules(facts: Facts) -> Iterator[Rule]:
    """One row of the method: the share of each language, what its requests get, and what is read in English only."""
    if found := spread(facts):
        compares = _COMPARES.get(str(facts.run.theme_summary.get("encoder")), "Themes are found by their words")
        yield Rule(
            name="Languages",
            value=f"{_shares(found)}. {compares}, so {_APART}. A tag in an export holds in every language. Tone, "
            "register and kind of insight are read in English only",
        )


def _shares(found: Spread) -> str:
    """Each language with its share: 4% of verbatims are in German, 1% in Spanish and 1% in two other languages."""
    named, left = found.others[:_NAMED], found.others[_NAMED:]
    parts = [(spoken.verbatims, f"in {spoken.name}") for spoken in named]
    if left:
        where = f"in {counted(len(left), 'other language')}"
        parts.append((sum(spoken.verbatims for spoken in left), where))
    shares = [f"{_share(many, found.of)} {where}" for many, where in parts]
    first, _, where = shares[0].partition(" in ")
    said = capital(joined([f"{first} of verbatims are in {where}", *shares[1:]]))
    return f"{said}; the language of {tallied(found.unknown, 'verbatim')} is unknown" if found.unknown else said


def _share(part: int, whole: int) -> str:
    return "under 1%" if 200 * part < whole else percent(part, whole)


def others_said(found: Spread) -> str:
    """The other languages with their verbatims, for a cell: "German 40, Spanish 8 and two others"."""
    named = [f"{spoken.name} {spoken.verbatims:,}" for spoken in found.others[:_NAMED]]
    left = len(found.others) - _NAMED
    return joined([*named, counted(left, "other")]) if left > 0 else joined(named)


def one_language_themes(facts: Facts) -> Mapping[str, Mapping[str, Any]]:
    """Found themes that hold one minority language, by id; such a group may be a language rather than a request."""
    rows = facts.run.rows("one_language_themes")
    return {row["theme_id"]: row for row in rows if row["theme_id"] in facts.named}


def one_language_note(row: Mapping[str, Any]) -> str:
    """What the file of such a theme says."""
    many, of = row["verbatims"], row["of"]
    all_of = f"All {of:,}" if many == of else f"{many:,} of {of:,}"
    return f"{all_of} verbatims {verb(of, 'is', 'are')} in {row['name']}: it may be that language, not one request."
