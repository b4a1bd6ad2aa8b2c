"""Words for customers: what a CSM may say after the session, and what would do harm."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from vocanalytics.decisions import word_dates
from vocanalytics.decisions.customer_names import CustomerNames
from vocanalytics.decisions.findings import shown
from vocanalytics.settings import Quarter
from vocanalytics.vocabulary import Decision, folded

#: A customer hears out forty words.
MOST_WORDS = 40
#: A reason and a workaround do not fit into fewer.
FEWEST_WORDS_OF_A_DECLINE = 8

_FIRST_PERSON = re.compile(r"\b(?:i|we|my|our|ours|me|us|mine)\b", re.IGNORECASE)
_ABBREVIATED_US = re.compile(r"\bU\.?S\.?(?:A\.?)?(?![a-z])|\bI/O\b")
_CONFIRMED = re.compile(r"\bengineering\s+(?:has\s+)?confirm(?:ed|s)\b", re.IGNORECASE)
_BLAME = re.compile(
    r"\b(?:fault|blame[ds]?|careless|incompetent|user error|your (?:mistake|error)|you should have|(?:i|we) told you|"
    r"misused?|(?:sales|support|product|engineering|legal|finance) (?:promised|refused|failed|forgot|messed)|"
    r"because of (?:sales|support|product|engineering|legal|finance))\b",
    re.IGNORECASE,
)
#: Right for a build, and a promise nobody made for a defer.
_A_NEXT_QUARTER = re.compile(r"\b(?:this|next|coming) quarter\b", re.IGNORECASE)
#: What a customer would take for a promise in a month that was meant for the review.
_DELIVERED = re.compile(
    r"\b(?:ship(?:s|ped|ping)?|launch(?:es|ing)?|releas(?:es|ing)|deliver(?:s|ing)?|go(?:es)? live|"
    r"will (?:release|build|have it)|(?:is|be) (?:ready|available|there|live|done|out) (?:in|by))\b",
    re.IGNORECASE,
)
#: No customer should hear these; a theme may be about one of them.
_INTERNAL = re.compile(r"\b(?:ARR|MRR|NRR|(?i:churn(?:s|ed|ing)?|churn (?:risk|signal)s?))\b")
_MAYBE_INTERNAL = re.compile(
    r"(?:[$€£]|\b(?:USD|EUR|GBP)\b)\s?\d[\d.,]*\s?[KMkm]?\b|"
    r"\b(?i:your renewal|renew(?:s|al date)|composite|ranked|shortlist|overrid(?:e|es|den)|at risk|alignment score|"
    r"(?:revenue|breadth) score|health score|expansion)\b"
)
#: A reason of so many words does not get into the words for customers by chance.
_LONG_REASON = 5
_SENTENCE = re.compile(r"[.!?;](?=\s|$)")


class Fault(NamedTuple):
    """A rule that some words break, and what to do about it."""

    rule: str
    what: str
    found: str | None
    expected: str | None
    advice: str


class Spoken(NamedTuple):
    """One decision as the rules for words see it."""

    status: Decision
    words: str
    rationale: str
    theme_name: str
    decided_in: Quarter
    company: str = ""


def word_count(text: str) -> int:
    """How many words a customer hears; signs that stand alone are none."""
    return sum(any(character.isalnum() for character in token) for token in text.split())


def faults_of(spoken: Spoken, names: CustomerNames) -> Iterator[Fault]:
    """Every rule for customers' words that a decision breaks, those that software can only suspect among them."""
    yield from _form(spoken)
    yield from _dates(spoken)
    yield from _customers(spoken, names)
    yield from _internal(spoken)
    if spoken.status is Decision.DECLINE:
        yield from _decline(spoken)
    blame = [match[0] for match in _BLAME.finditer(spoken.words)]
    if blame:
        advice = "Say what happens next; leave out whose doing it was"
        yield Fault("words_blame", "the words for CSMs sound like blame", _quoted(blame), None, advice)


def _form(spoken: Spoken) -> Iterator[Fault]:
    count = word_count(spoken.words)
    if count > MOST_WORDS:
        yield Fault(
            "words_long",
            "the words for CSMs are too long",
            f"{count} words",
            f"at most {MOST_WORDS}",
            "Keep what was decided, what happens next and when they hear",
        )
    if not _FIRST_PERSON.search(_ABBREVIATED_US.sub("", spoken.words)):
        yield Fault(
            "words_not_first_person",
            "the words for CSMs are not in the first person",
            shown(spoken.words),
            "I, we, my or our",
            "Write them as the CSM will say them",
        )
    if _repeats(spoken.words, spoken.rationale):
        yield Fault(
            "words_copy_rationale",
            "the words for CSMs repeat the internal rationale",
            shown(spoken.words),
            None,
            "Write what a customer may hear; the rationale stays inside",
        )


def _repeats(words: str, rationale: str) -> bool:
    """Whether the words are the rationale, or hold the whole of it; signs and case do not count."""
    said, reason = (" ".join(["", *re.findall(r"[^\W_]+", folded(text)), ""]) for text in (words, rationale))
    return said == reason or (word_count(rationale) >= _LONG_REASON and reason in said)


def _internal(spoken: Spoken) -> Iterator[Fault]:
    theme = f" {folded(spoken.theme_name)} "
    for rule, pattern, what, advice in (
        ("words_internal", _INTERNAL, "the words for CSMs tell an internal figure", "Take it out; it stays inside"),
        ("words_maybe_internal", _MAYBE_INTERNAL, "the words for CSMs may tell an internal figure",
         "Take it out unless customers know it"),
    ):  # fmt: skip
        found = [match[0] for match in pattern.finditer(spoken.words) if f" {folded(match[0])} " not in theme]
        if found:
            yield Fault(rule, what, _quoted(found), None, advice)


def _dates(spoken: Spoken) -> Iterator[Fault]:
    if spoken.status is Decision.BUILD and not _CONFIRMED.search(spoken.rationale):
        yield from _dates_of_a_build(spoken)
    if spoken.status is Decision.DEFER:
        yield from _dates_of_a_defer(spoken)
    soon = [*word_dates.soon_in(spoken.words)]
    if spoken.status is Decision.DEFER:
        soon += [match[0] for pattern in (_A_NEXT_QUARTER, _DELIVERED) for match in pattern.finditer(spoken.words)]
    if soon and spoken.status is not Decision.DECLINE:
        advice = "Make sure that it does not promise a delivery"
        yield Fault("words_time", "the words for CSMs name a time", _quoted(soon), None, advice)


def _dates_of_a_build(spoken: Spoken) -> Iterator[Fault]:
    coming = spoken.decided_in.next
    text = word_dates.without_quarter(spoken.words, coming)
    dates = [
        *word_dates.days_in(text),
        *word_dates.quarters_in(text),
        *word_dates.years_in(text, spoken.decided_in.year),
    ]
    if dates or word_dates.months_in(text):
        yield Fault(
            "words_date",
            "the words for CSMs name a date that engineering has not confirmed",
            _quoted(dates) or shown(spoken.words),
            f"no day, month or year; {coming.label} is fine",
            "Take the date out, or have the rationale say that engineering confirmed it",
        )


def _dates_of_a_defer(spoken: Spoken) -> Iterator[Fault]:
    text = word_dates.without_years_of_months(spoken.words)
    dates = [
        *word_dates.days_in(text),
        *word_dates.quarters_in(text),
        *word_dates.years_in(text, spoken.decided_in.year),
    ]
    if dates:
        yield Fault(
            "words_date",
            "the words for CSMs name a date for what was deferred",
            _quoted(dates),
            "the month of the review only",
            "Take the date out; nothing is promised for a defer",
        )
    if not _review(spoken):
        yield Fault(
            "words_no_review_month",
            "the words for CSMs do not say when the theme is looked at again",
            shown(spoken.words),
            f"the month of the review, such as {_example(spoken.decided_in)}",
            "Name the month in which you come back with an answer",
        )
    elif not set(_review(spoken)) <= set(_open_months(spoken.decided_in)):
        yield Fault(
            "words_review_month",
            "the review month lies outside of the two quarters to come",
            shown(spoken.words),
            f"a month of {spoken.decided_in.next.label} or {spoken.decided_in.next.next.label}",
            "Check the month",
        )


def _review(spoken: Spoken) -> tuple[int, ...]:
    return word_dates.months_in(spoken.words)


def _open_months(decided_in: Quarter) -> tuple[int, ...]:
    """The months of the two quarters after the one decided on: a defer is looked at again within them."""
    return tuple(3 * quarter.number - back for quarter in (decided_in.next, decided_in.next.next) for back in (2, 1, 0))


def _example(decided_in: Quarter) -> str:
    return word_dates.month_name(decided_in.next.next.last_day.month)


def _customers(spoken: Spoken, names: CustomerNames) -> Iterator[Fault]:
    found = names.find(spoken.words, ordinary=(spoken.theme_name, spoken.company))
    certain = [name.name for name in found if name.certain]
    perhaps = [name.name for name in found if not name.certain]
    if certain:
        advice = "Take the name out: every customer of the theme will hear these words"
        yield Fault("words_customer", "the words for CSMs name a customer", _quoted(certain), None, advice)
    if perhaps:
        advice = "Take it out if the customer is meant"
        yield Fault("words_maybe_customer", "a word may be the name of a customer", _quoted(perhaps), None, advice)


def _decline(spoken: Spoken) -> Iterator[Fault]:
    count = word_count(spoken.words)
    if count < FEWEST_WORDS_OF_A_DECLINE:
        yield Fault(
            "words_decline_short",
            "the words for a decline cannot hold a reason and a workaround",
            f"{count} {'word' if count == 1 else 'words'}",
            f"at least {FEWEST_WORDS_OF_A_DECLINE}",
            "Say why, and what the customer can do instead",
        )
    elif len(_SENTENCE.findall(spoken.words.rstrip(".!?") + ".")) < 2:
        advice = "Check that they give both the reason and a workaround"
        yield Fault("words_one_sentence", "the words for a decline are a single sentence", None, None, advice)


def _quoted(found: list[str] | tuple[str, ...]) -> str | None:
    return ", ".join(shown(item) for item in dict.fromkeys(found)) or None
