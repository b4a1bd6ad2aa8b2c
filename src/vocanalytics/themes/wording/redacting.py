"""What identifies a person or an account, found by its form: masked before anything leaves, avoided in quotes.

Forms are found by rules: addresses, numbers, links. A name has no form, so names are masked where the tables know them
or the words around them give them away; other names stay, which is why a payload is shown before it is sent.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

#: What stands in the place of what was masked; nothing else is ever written there.
EMAIL, LINK, ACCOUNT_NUMBER, CARD, NUMBER, NAME = (
    "[e-mail]",
    "[link]",
    "[account number]",
    "[card]",
    "[number]",
    "[name]",
)

_LINK = re.compile(r"(?i)\b(?:[a-z][a-z0-9+.-]{1,15}://|www\.)[^\s<>\"'\])]+")
_EMAIL = re.compile(
    r"(?i)[\w.+%'-]{1,64}\s?(?:@|\(at\)|\[at\])\s?[\w-]{1,63}(?:\s?(?:\.|\(dot\)|\[dot\])\s?[\w-]{2,63}){1,4}"
)
_IBAN = re.compile(r"\b[A-Z]{2}\d{2}(?:[ -]?[A-Z0-9]{2,4}){3,8}\b")
#: A run of digits as people write phones, cards and ids: at least seven of them, broken by at most two signs at a time.
_DIGITS = re.compile(r"(?<![\w.,])[+(]{0,3}\d(?:[\s()./-]{0,2}\d){6,24}(?:\s?x\.?\s?\d{1,6})?(?!\w)")
_IP = re.compile(r"\b(?:\d{1,3}\.){3}\d{1,3}\b|\b(?:[0-9a-fA-F]{1,4}:){4,7}[0-9a-fA-F]{1,4}\b")
_NATIONAL_ID = re.compile(r"\b\d{3}-\d{2}-\d{4}\b")
#: Letters and digits mixed as nobody talks: keys, tokens, order and device numbers.
_TOKEN = re.compile(r"\b(?=\w*\d)(?=\w*[A-Za-z])[\w-]{12,}\b|\b[0-9a-fA-F]{16,}\b|\b\d{6,}\b")
_DATE = re.compile(r"\d{4}-\d{1,2}-\d{1,2}|\d{1,2}[./]\d{1,2}[./]\d{2,4}")
_AMOUNT = re.compile(r"\d{1,3}(?:[.,\s]\d{3})+(?:[.,]\d{1,2})?|\d+[.,]\d{1,2}")
#: Words that give a name away, and the name behind them.
_INTRODUCED = re.compile(
    r"(?P<cue>\b(?:[Mm]y name is|[Tt]his is|I am|I'm|[Mm]rs?\.?|[Mm]s\.?|[Mm]iss|[Dd]r\.?|Herrn?|Frau|Monsieur|Madame|"
    r"[Dd]ear|[Hh]i|[Hh]ello|[Rr]egards|[Cc]heers|[Tt]hanks|[Ss]incerely|[Gg]rüße|[Cc]ordialement|[Ss]aludos)[,.!]?\s+)"
    r"(?P<name>[A-ZÀ-Þ][\w'’-]+(?:\s+[A-ZÀ-Þ][\w'’-]+){0,2})"
)
_OTHER_WORDS = """
team all there everyone support sir madam the we i it this please can could our my for to about today last one when what
why how is are do does you just sorry very so much and but not from in on at after again app
"""
_NOT_NAMES = frozenset(_OTHER_WORDS.split())
_LEGAL_FORM = re.compile(
    r"(?i)[\s,]+(?:inc|llc|ltd|limited|gmbh|ag|plc|corp|corporation|co|sa|srl|spa|bv|ab|oy|kg)\.?$"
)
_SHORTEST_NAME = 3


def holds_personal(text: str) -> bool:
    """Whether a text holds an address, a number, a link or an introduced name: not shown where it can be avoided."""
    return _INTRODUCED.sub(_mask_introduced, _mask_forms(text)) != text


def redactor(names: Iterable[str | None] = ()) -> Callable[[str], str]:
    """A function that masks what identifies a person or an account.

    Parameters
    ----------
    names
        Names known from the tables: accounts, their aliases and domains, people. Whole words, whatever their case;
        a company also without its legal form.
    """
    known = _pattern(names)

    def redact(text: str) -> str:
        masked = _INTRODUCED.sub(_mask_introduced, _mask_forms(text))
        return known.sub(NAME, masked) if known else masked

    return redact


def _mask_forms(text: str) -> str:
    masked = _EMAIL.sub(EMAIL, _LINK.sub(LINK, text))
    masked = _IBAN.sub(_mask_iban, masked)
    masked = _IP.sub(NUMBER, _NATIONAL_ID.sub(NUMBER, masked))
    return _TOKEN.sub(NUMBER, _DIGITS.sub(_mask_digits, masked))


def _mask_iban(match: re.Match[str]) -> str:
    """Two letters and two digits begin many things; an account number has at least fifteen characters."""
    return ACCOUNT_NUMBER if sum(map(str.isalnum, match[0])) >= 15 else match[0]


def _mask_digits(match: re.Match[str]) -> str:
    """Dates and amounts of money stay, whatever their length."""
    if _DATE.fullmatch(match[0].strip()) or _AMOUNT.fullmatch(match[0].strip()):
        return match[0]
    digits = [int(sign) for sign in match[0] if sign.isdigit()]
    return CARD if 13 <= len(digits) <= 19 and _is_card(digits) else NUMBER


def _is_card(digits: list[int]) -> bool:
    """Whether the check digit holds (Luhn)."""
    doubled = [digit if place % 2 == 0 else sum(divmod(2 * digit, 10)) for place, digit in enumerate(reversed(digits))]
    return sum(doubled) % 10 == 0


def _mask_introduced(match: re.Match[str]) -> str:
    first = match["name"].split()[0].casefold().replace("’", "'").split("'")[0]
    return match[0] if first in _NOT_NAMES else f"{match['cue']}{NAME}"


def _pattern(names: Iterable[str | None]) -> re.Pattern[str] | None:
    whole = {" ".join(name.split()) for name in names if name}
    whole |= {_LEGAL_FORM.sub("", name) for name in whole}
    longest_first = sorted((name for name in whole if len(name) >= _SHORTEST_NAME), key=lambda name: (-len(name), name))
    if not longest_first:
        return None
    alternatives = "|".join(re.escape(name).replace(r"\ ", r"\s+") for name in longest_first)
    return re.compile(rf"(?i)(?<!\w)(?:{alternatives})(?!\w)")
