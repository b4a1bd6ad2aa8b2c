"""Names of customers in words that other customers will hear."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import polars as pl

_TOKEN = re.compile(r"[^\W_]+")
_ENDING = re.compile(r"[.!?:;]\s*[\"'”’)]*\s*$")
_LEGAL_FORMS = frozenset(
    [
        *("inc", "incorporated", "ltd", "limited", "llc", "llp", "plc", "corp", "corporation", "co", "company", "pty"),
        *("pte", "gmbh", "ag", "kg", "se", "sa", "sas", "sarl", "srl", "spa", "bv", "nv", "ab", "as", "aps", "oy"),
    ]
)
#: A name this short is an abbreviation like many others.
_SHORT = 3
#: Words such as "on time" and "go live" are in many texts; in small letters they need not be a name.
_COMMON = 4
_NEXT_SENTENCE = re.compile(r"[.!?;]\s")
_LONGEST = 8
#: Months, days and small words: in small letters never a name, in capitals at most perhaps one.
_ORDINARY = frozenset(
    [
        *("january", "february", "march", "april", "may", "june", "july", "august", "september", "october"),
        *("november", "december", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"),
        *("your", "yours", "ours", "that", "this", "these", "they", "them", "then", "there", "what", "when", "with"),
        *("will", "have", "from", "into", "next", "other", "some", "more", "every", "until", "good", "also", "just"),
    ]
)


class Named(NamedTuple):
    """A customer's name in a text, the accounts that have it, whether it can be nothing else, and whether it is likely.

    It is likely when it is written with a capital and is neither the subject nor a word such as June.
    """

    name: str
    account_ids: frozenset[str]
    certain: bool
    likely: bool


class CustomerNames:
    """Names and aliases of every account of a run, found in a text as whole words.

    A name of several words counts however it is cased, unless all are short and in small letters, as in "on time".
    A single word counts as certain only as the accounts write it and inside a sentence: at its start or in another
    case it may be an ordinary word. A name of three letters or fewer is found only as the accounts write it: IT is
    not "it", and AT&T is not "at T".
    """

    def __init__(self, accounts: pl.DataFrame) -> None:
        self._ids: defaultdict[tuple[str, ...], set[str]] = defaultdict(set)
        self._written: dict[tuple[str, ...], set[str]] = defaultdict(set)
        self._longest: dict[str, int] = {}
        for account_id, name, aliases in accounts.select("account_id", "account_name", "aliases").iter_rows():
            for said in {name, *(aliases or ())}:
                self._learn(account_id, said)

    def _learn(self, account_id: str, name: str) -> None:
        plain = unicodedata.normalize("NFKC", name or "")
        tokens = list(_TOKEN.finditer(plain))
        for length in {len(tokens), _without_legal_form([token[0] for token in tokens])}:
            key = tuple(token[0].casefold() for token in tokens[:length])
            if 0 < len(key) <= _LONGEST and len("".join(key)) > 1:
                self._ids[key].add(account_id)
                self._written[key].add(plain[tokens[0].start() : tokens[length - 1].end()])
                self._longest[key[0]] = max(length, self._longest.get(key[0], 0))

    def find(self, text: str, *, ordinary: Iterable[str] = (), own: Iterable[str] = ()) -> tuple[Named, ...]:
        """The customers that a text names, the longest name at each place, in the order of the text.

        Parameters
        ----------
        text
            Words for customers, or what a customer said.
        ordinary
            Texts whose words mean the subject and not a customer, such as the name of the theme.
        own
            Accounts whose names may stand there.
        """
        plain = unicodedata.normalize("NFKC", text)
        tokens = list(_TOKEN.finditer(plain))
        subject = [" ".join(["", *(word.casefold() for word in _words(said)), ""]) for said in ordinary]
        found: list[Named] = []
        place = 0
        while place < len(tokens):
            name = self._at(tokens, place, plain, subject)
            if name is not None and not name.account_ids & set(own):
                found.append(name)
            place += len(_words(name.name)) if name else 1
        return tuple(dict.fromkeys(found))

    def _at(self, tokens: list[re.Match[str]], place: int, text: str, subject: Sequence[str]) -> Named | None:
        longest = self._longest.get(tokens[place][0].casefold(), 0)
        for length in range(min(longest, len(tokens) - place), 0, -1):
            part = tokens[place : place + length]
            key = tuple(token[0].casefold() for token in part)
            if key in self._ids and (name := self._named(key, part, text, subject)):
                return name
        return None

    def _named(
        self, key: tuple[str, ...], part: Sequence[re.Match[str]], text: str, subject: Sequence[str]
    ) -> Named | None:
        written = text[part[0].start() : part[-1].end()]
        as_written = written in self._written[key]
        small = written == written.lower()
        short, ordinary = len("".join(key)) <= _SHORT, len(key) == 1 and key[0] in _ORDINARY
        runs_on = bool(_NEXT_SENTENCE.search(written))
        if ((short or runs_on) and not as_written) or (ordinary and small):
            return None
        ordinary |= small and all(len(word) <= _COMMON for word in key)
        meant = any(f" {' '.join(key)} " in said for said in subject)
        alone = as_written and not small and not short and not ordinary and not _starts(text[: part[0].start()])
        certain, likely = (len(key) > 1 or alone) and not (meant or ordinary), not (small or ordinary or meant)
        words = " ".join(token[0] for token in part)
        return Named(words, frozenset(self._ids[key]), certain, certain or likely)


def _starts(before: str) -> bool:
    """Whether a sentence starts after this text, so that its first word has a capital anyway."""
    return not before.strip() or bool(_ENDING.search(before))


def _words(text: str) -> list[str]:
    return _TOKEN.findall(unicodedata.normalize("NFKC", text or ""))


def _without_legal_form(words: list[str]) -> int:
    """How many words of a name people say, without Inc. or GmbH; all of them where hardly anything would remain."""
    kept = list(words)
    while len(kept) > 1 and kept[-1].casefold() in _LEGAL_FORMS:
        kept.pop()
    only_small = len(kept) == 1 and kept[0].casefold() in _ORDINARY
    says_much = len("".join(kept)) > _SHORT and not only_small
    return len(kept) if says_much else len(words)
