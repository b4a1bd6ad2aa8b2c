"""Days, months and quarters in the words for customers: what a customer would take for a promise."""

from __future__ import annotations

import re

from vocanalytics.settings import Quarter

_MONTHS = (
    ("January", "Jan"),
    ("February", "Feb"),
    ("March", "Mar"),
    ("April", "Apr"),
    ("May",),
    ("June", "Jun"),
    ("July", "Jul"),
    ("August", "Aug"),
    ("September", "Sept", "Sep"),
    ("October", "Oct"),
    ("November", "Nov"),
    ("December", "Dec"),
)
_NUMBER = {form: number for number, forms in enumerate(_MONTHS, start=1) for form in forms}
_NAMES = "|".join(sorted({*_NUMBER, *(form.upper() for form in _NUMBER if form != "May")}, key=len, reverse=True))
#: As a person in a hurry writes them; "may" and "march" in small letters are verbs.
_HASTY = "|".join(forms[0].lower() for forms in _MONTHS if forms[0] not in ("March", "May"))
#: "may" and "march" are verbs as well: only with a capital letter, and never before a pronoun as in "May I".
_MONTH = re.compile(rf"\b(?P<month>(?!May\s+(?:I|we|you|they|it|he|she)\b)(?:{_NAMES}))\b")
_LOWER = re.compile(
    rf"\b({_HASTY})\b|"
    r"\b(?:in|by|until|before|after|from|early|late|mid|next|this)[ -]"
    r"(march|may|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec)\b(?!\s+(?:i|we|you|they|it)\b)"
)
#: Months that people are called too: Jan Novak and April Jones are no dates, unless a word such as "in" comes before.
_PERSON = re.compile(
    r"(?<!\bin )(?<!\bby )(?<!\bof )(?<!\buntil )(?<!\bfrom )(?<!\bbefore )(?<!\bafter )(?<!\blate )(?<!\bmid )"
    r"(?<!\bearly )(?<!\bnext )(?<!\bthis )\b(?:Jan|April|May|June|August)\s+(?=[A-Z][a-z])"
)
_DAYS = r"(?:0?[1-9]|[12][0-9]|3[01])"
_DAY = re.compile(
    r"\b[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}\b"
    rf"|\b{_DAYS}[./]{_DAYS}[./][0-9]{{2,4}}\b|\b(?:by|on|until|from|before|after)\s+{_DAYS}/{_DAYS}\b"
    rf"|\b{_DAYS}(?:st|nd|rd|th)?\.?(?:\s+of)?\s+(?:{_NAMES}|{_HASTY})\b"
    rf"|\b(?:{_NAMES}|{_HASTY})\.?\s+{_DAYS}(?:st|nd|rd|th)?\b"
)
_MONTH_AND_YEAR = re.compile(rf"\b((?:{_NAMES}|{_HASTY})\.?),?\s+20[0-9]{{2}}\b")
_YEAR = re.compile(r"\b20[0-9]{2}\b")
_YEARS_AHEAD = 10
_QUARTER = re.compile(
    r"\b(?:[Qq](?P<a>[1-4])|(?P<b>[1-4])[Qq])(?:\s*[/-]?\s*(?P<long>20[0-9]{2})|[/’'-](?P<short>[0-9]{2}))?\b"
    r"|\b(?P<before>20[0-9]{2})[ -]?[Qq](?P<c>[1-4])\b|\bH[12]\b"
)
_SOON = re.compile(
    r"\b(?:tomorrow|tonight|monday|tuesday|wednesday|thursday|friday|saturday|sunday|"
    r"(?:this|next)\s+(?:week|month|year)|year[ -]end|eo[ymq]|christmas|"
    r"(?:this|next|in|by|before|until|over)\s+(?:the\s+)?(?:spring|summer|autumn|fall|winter|holidays)|"
    r"(?:first|second|third|fourth|1st|2nd|3rd|4th)\s+(?:quarter|half)|by\s+[0-9]{1,2}\.[0-9]{1,2}\b|"
    r"end of (?:the |this |next )?(?:week|month|quarter|year)|"
    r"(?:in|within)\s+(?:the next\s+)?(?:a|an|one|two|three|four|five|six|[0-9]+)\s+"
    r"(?:day|week|month|quarter|year)s?)\b",
    re.IGNORECASE,
)


def months_in(text: str) -> tuple[int, ...]:
    """The months a text names, as numbers from 1; verbs such as "may" and people such as Jan Novak are none."""
    said = _PERSON.sub("", text)
    named = [_NUMBER[match["month"].capitalize()] for match in _MONTH.finditer(said)]
    named += [_NUMBER[(match[1] or match[2]).capitalize()] for match in _LOWER.finditer(said)]
    return tuple(sorted(set(named)))


def days_in(text: str) -> tuple[str, ...]:
    """Calendar days a text names, as written."""
    return tuple(match[0] for match in _DAY.finditer(text))


def years_in(text: str, this: int) -> tuple[str, ...]:
    """Years to come that a text names, this one included, as written; 2000 rows and SQL Server 2022 are none."""
    return tuple(match[0] for match in _YEAR.finditer(text) if this <= int(match[0]) <= this + _YEARS_AHEAD)


def without_years_of_months(text: str) -> str:
    """The text with the years after its months left out: "in December 2026" says no more than its month."""
    return _MONTH_AND_YEAR.sub(r"\1", text)


def month_name(number: int) -> str:
    """The name of a month, from 1."""
    return _MONTHS[number - 1][0]


def quarters_in(text: str, allowed: Quarter | None = None) -> tuple[str, ...]:
    """Quarters and half-years a text names, as written; the one that the decision itself is about may be allowed."""
    return tuple(match[0] for match in _QUARTER.finditer(text) if allowed is None or not _is(match, allowed))


def without_quarter(text: str, allowed: Quarter) -> str:
    """The text without mentions of one quarter, so that its year is not taken for a date."""
    return _QUARTER.sub(lambda match: "" if _is(match, allowed) else match[0], text)


def soon_in(text: str) -> tuple[str, ...]:
    """Words for a time to come that may or may not promise a delivery, as written."""
    return tuple(match[0] for match in _SOON.finditer(text))


def _is(match: re.Match[str], quarter: Quarter) -> bool:
    number = match["a"] or match["b"] or match["c"]
    year = match["long"] or match["short"] or match["before"]
    return number == str(quarter.number) and (year is None or int(year) % 100 == quarter.year % 100)
