"""Names of customers in words that other customers will hear."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable
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
_LONGEST = 8


class Named(NamedTuple):
    """A customer's name in a text: the name, the accounts that have it, and whether it can be nothing else."""

    name: str
    account_ids: frozenset[str]
    certain: bool


class CustomerNames:
    """Names and aliases of every account of a run, found in a text as whole words.

    A name of several words counts however it is cased. A single word counts as certain only as the accounts write it
    and inside a sentence: at its start, in another case, or with three letters or fewer, it may be an ordinary word.
    """

    def __init__(self, accounts: pl.DataFrame) -> None:
        self._ids: defaultdict[tuple[str, ...], set[str]] = defaultdict(set)
        self._written: dict[tuple[str, ...], set[str]] = defaultdict(set)
        for account_id, name, aliases in accounts.select("account_id", "account_name", "aliases").iter_rows():
            for said in {name, *(aliases or ())}:
                self._learn(account_id, said)

    def _learn(self, account_id: str, name: str) -> None:
        words = _words(name)
        for form in (words, _without_legal_form(words)):
            key = tuple(word.casefold() for word in form)
            if 0 < len(key) <= _LONGEST and len("".join(key)) > 1:
                self._ids[key].add(account_id)
                self._written[key].add(" ".join(form))

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
        subject = {word.casefold() for said in ordinary for word in _words(said)}
        found: list[Named] = []
        place = 0
        while place < len(tokens):
            name = self._at(tokens, place, plain, subject)
            if name is not None and not name.account_ids & set(own):
                found.append(name)
            place += len(_words(name.name)) if name else 1
        return tuple(dict.fromkeys(found))

    def _at(self, tokens: list[re.Match[str]], place: int, text: str, subject: set[str]) -> Named | None:
        for length in range(min(_LONGEST, len(tokens) - place), 0, -1):
            words = [token[0] for token in tokens[place : place + length]]
            key = tuple(word.casefold() for word in words)
            if key in self._ids:
                certain = length > 1 or self._is_certain(words[0], key, text[: tokens[place].start()], subject)
                return Named(" ".join(words), frozenset(self._ids[key]), certain)
        return None

    def _is_certain(self, word: str, key: tuple[str, ...], before: str, subject: set[str]) -> bool:
        starts = not before.strip() or bool(_ENDING.search(before))
        as_written = word in self._written[key] and word != word.lower()
        return as_written and not starts and len(word) > _SHORT and word.casefold() not in subject


def _words(text: str) -> list[str]:
    return _TOKEN.findall(unicodedata.normalize("NFKC", text or ""))


def _without_legal_form(words: list[str]) -> list[str]:
    """A name as people say it, without Inc. or GmbH; left alone where hardly anything would remain."""
    kept = list(words)
    while len(kept) > 1 and kept[-1].casefold() in _LEGAL_FORMS:
        kept.pop()
    return kept if len("".join(kept)) > _SHORT else words
