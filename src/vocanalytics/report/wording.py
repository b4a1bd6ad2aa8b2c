"""Words for numbers, money, dates and lists, so that every sentence of the pre-read is put the same way."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

from vocanalytics.settings.month import MONTH_NAMES

_NUMBERS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_SIGNS = {"USD": "$", "EUR": "€", "GBP": "£"}
_STEPS = ((Decimal(1), "1", ""), (Decimal(10**3), "1", "K"), (Decimal(10**6), "0.1", "M"), (Decimal(10**9), "0.1", "B"))

POINT_WORDS = 25
HEADING_WORDS = 18
CHART_TITLE_WORDS = 10


def number(value: int) -> str:
    """A count in prose: a word up to nine, digits from ten."""
    return _NUMBERS[value] if 0 <= value < len(_NUMBERS) else f"{value:,}"


def counted(value: int, noun: str, plural: str | None = None) -> str:
    """A count with its noun: "one account", "three accounts", "no account"."""
    said = "no" if value == 0 else number(value)
    return f"{said} {noun if value <= 1 else plural or noun + 's'}"


def tallied(value: int, noun: str) -> str:
    """A count with its noun in digits, for tables and summaries: "1 account", "12 accounts"."""
    return f"{value:,} {noun}{'' if value == 1 else 's'}"


def verb(value: int, singular: str, plural: str) -> str:
    """The form of a verb that agrees with a count as `counted` says it: no account asks, two accounts ask."""
    return singular if value <= 1 else plural


def joined(items: Sequence[str]) -> str:
    """A list in prose: "A", "A and B", "A, B and C"."""
    return " and ".join([", ".join(items[:-1]), items[-1]]) if len(items) > 1 else "".join(items)


def joined_up_to(items: Sequence[str], limit: int) -> str:
    """A list in prose that names at most `limit` items and counts the others."""
    left = len(items) - limit
    return joined(items) if left <= 0 else joined([*items[:limit], counted(left, "other")])


def elsewhere(left_out: int, noun: str, place: str) -> str:
    """Where what is not shown can be found: "five more accounts are in the workbook"."""
    return f"{counted(left_out, f'more {noun}')} {verb(left_out, 'is', 'are')} in {place}"


def capital(text: str) -> str:
    """A sentence start; the rest of the text stays as it is."""
    return text[:1].upper() + text[1:]


def sentence(text: str) -> str:
    """A remark as a sentence: with a full stop, unless it ends in a mark of its own."""
    return f"{text}." if text and text[-1] not in ".!?…" else text


def percent(part: int, whole: int) -> str:
    """A share without decimals, rounded half up; nothing of nothing is 0%."""
    return f"{(200 * part + whole) // (2 * whole) if whole else 0}%"


def plain_number(value: Decimal) -> str:
    """A factor as it is written, without zeros that say nothing: 1.5, not 1.500."""
    return f"{value.normalize():f}"


def whole_percent(share: Decimal) -> str:
    """A share of the model as a percentage: 30%, 12.5%."""
    return f"{plain_number(share * 100)}%"


def percent_beside(part: int, whole: int, threshold: Decimal) -> str:
    """A share with as many decimals as it takes to see on which side of a threshold it stands: 30.3%, not 30%."""
    exact = 100 * Decimal(part) / Decimal(whole) if whole else Decimal(0)
    limit = 100 * threshold
    forms = [exact.quantize(Decimal(places), ROUND_HALF_UP) for places in ("1", "0.1", "0.01", "0.001")]
    return f"{next((form for form in forms if form.compare(limit) == exact.compare(limit)), forms[-1])}%"


def as_read(name: str) -> str:
    """A name as people read it: a tag such as `card_not_working` or `phone|broken_screen` gets its spaces back."""
    parts = [part.strip() for part in name.split("|")]
    spaced = [part if " " in part else " ".join(part.split("_")).strip() for part in parts]
    said = " | ".join(part for part in spaced if part)
    if not said or said == name:
        return name
    return capital(said) if said.split()[0].islower() else said


def clip(text: str, characters: int) -> str:
    """A text of at most so many characters, cut at a word where possible and marked with an ellipsis."""
    if len(text) <= characters:
        return text
    cut = text[: characters - 1]
    head, space, _ = cut.rpartition(" ")
    return (head if space and len(head) > characters // 2 else cut).rstrip(" ,;:.") + "…"


def word_count(text: str) -> int:
    """How many words a reader meets."""
    return len(text.split())


def fitting(limit: int, *candidates: str) -> str:
    """The first wording within a word limit; the last one is cut when even that is too long."""
    for candidate in candidates:
        if word_count(candidate) <= limit:
            return candidate
    return " ".join(candidates[-1].split()[:limit]).rstrip(" ,;:.") + "…"


def thousands(amount: Decimal) -> str:
    """A $K column: whole thousands, a dash for nothing, "<1" for what would round to nothing."""
    if amount == 0:
        return "–"
    whole = (amount / 1000).quantize(Decimal(1), ROUND_HALF_UP)
    return f"{whole:,}" if whole else "<1"


def full_day(value: dt.date) -> str:
    """A date with its month in full, such as 30 September 2026."""
    return f"{value.day} {MONTH_NAMES[value.month - 1]} {value.year}"


class Words(NamedTuple):
    """The two things that wording depends on: the reporting currency and the day on which the clock stands."""

    currency: str
    as_of: dt.date

    @property
    def sign(self) -> str:
        """What stands before an amount."""
        return _SIGNS.get(self.currency, f"{self.currency} ")

    def money(self, amount: Decimal) -> str:
        """An amount in prose: $950, $620K, $1.8M."""
        forms = [((amount / size).quantize(Decimal(places), ROUND_HALF_UP), letter) for size, places, letter in _STEPS]
        scaled, letter = next((form for form in forms if form[0] < 1000), forms[-1])
        return f"{self.sign}{scaled:,}{letter}"

    def day(self, value: dt.date | None) -> str:
        """A date as 2 Oct, with the year when it is not the year of the as-of date."""
        if value is None:
            return "not recorded"
        year = "" if value.year == self.as_of.year else f" {value.year}"
        return f"{value.day} {MONTH_NAMES[value.month - 1][:3]}{year}"
