"""What is quoted: whole sentences of different accounts, nothing hollow, nothing that identifies a person."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from vocanalytics.themes.wording.quotable import fitness, line_of, sentences
from vocanalytics.themes.wording.quotes import Candidate, choose_quotes, describe_in_a_line
from vocanalytics.themes.wording.redacting import NAME, holds_personal, redactor


def _candidate(
    number: int, verbatim: str, *, is_customer: bool = True, account: str | None = None, language: str | None = None
) -> Candidate:
    return Candidate(f"f:{number}", verbatim, verbatim.lower(), is_customer, account, language)


GOOD = "We need a dark mode for the night shift."


@pytest.mark.parametrize(
    "worse",
    [
        "dark mode",
        "Hello!",
        "Any update?",
        "Thanks in advance. Kind regards, the team",
        "Dark mode. I am out of the office until Monday, this is an automatic reply.",
        "Traceback (most recent call last): dark mode night shift error.",
        "Dark mode night shift {{customer.first_name}} need a mode.",
        "We need a dark mode for the night shift, call +44 1632 960 118.",
        "We need a dark mode for the night shift, write to edda@example.com.",
        "We need a dark mode for the night shift: https://example.com/?token=abc",
        "WE NEED A DARK MODE FOR THE NIGHT SHIFT!!!",
        "dark mode " * 90,
    ],
)
def test_what_reads_badly_or_names_somebody_is_quoted_after_what_does_not(worse: str) -> None:
    assert fitness(worse) < fitness(GOOD) == 1.0
    assert choose_quotes({"t": [_candidate(0, worse), _candidate(1, GOOD)]})["t"][0] == "f:1"


@pytest.mark.parametrize(
    "hollow",
    ["Any update?", "Hi there team", "Thanks!", "Kind regards", "Please advise.", "+1", "n/a", "Following up on this"],
)
def test_greetings_thanks_and_bare_questions_are_no_sentences(hollow: str) -> None:
    assert sentences(f"{hollow}\n{GOOD}") == [GOOD]


def test_a_quote_that_must_not_be_shown_stands_only_where_nothing_else_does() -> None:
    personal = _candidate(0, "Card 4000 0000 0000 0002 was declined, call me on 555-0136.")
    assert choose_quotes({"t": [personal]})["t"] == ["f:0"]
    plain = [_candidate(number, f"The payment number {number} was declined at the till.") for number in (1, 2, 3)]
    assert "f:0" not in choose_quotes({"t": [personal, *plain]})["t"]
    assert describe_in_a_line({"t": [personal]}, {"t": ["f:0"]}) == {}


def test_quotes_come_from_different_accounts_where_there_are_some() -> None:
    same = [_candidate(number, f"We need a dark mode for shift {number}.", account="A") for number in range(4)]
    others = [
        _candidate(8, "A dark theme would spare our eyes.", account="B"),
        _candidate(9, "Dark mode, please, and soon.", account="C"),
    ]
    chosen = choose_quotes({"t": [*same, *others]})["t"]
    assert {"f:8", "f:9"} < set(chosen)


def test_the_language_of_most_is_quoted_and_a_customer_before_a_paraphrase() -> None:
    german = _candidate(0, "Wir brauchen einen dunklen Modus in der Nacht.", language="de")
    english = [_candidate(n, f"We need a dark mode at night in hall {n}.", language="en") for n in (1, 2, 3)]
    assert "f:0" not in choose_quotes({"t": [german, *english]})["t"]
    pair = [_candidate(0, "They need a dark mode at night.", is_customer=False), _candidate(1, GOOD)]
    assert choose_quotes({"t": pair})["t"][0] == "f:1"


def test_what_was_placed_least_surely_is_not_quoted() -> None:
    said = ("We need a dark mode.", "A dark screen for the night, please.", "The night shift asks for a dark screen.")
    sure = [_candidate(number, verbatim) for number, verbatim in enumerate(said, start=1)]
    words = "We need a dark mode, a dark screen for the night shift."
    stray = Candidate("f:0", words, words.lower(), is_customer=True, account_id=None, similarity=0.3)
    assert "f:0" not in choose_quotes({"t": [*sure, stray]})["t"]
    assert "f:0" in choose_quotes({"t": [*sure[:2], stray]})["t"]


def test_at_most_three_quotes_and_none_without_candidates() -> None:
    many = [_candidate(number, f"Dark mode for the tablet of crew {number}, please.") for number in range(9)]
    assert len(choose_quotes({"t": many})["t"]) == 3
    assert choose_quotes({"t": []}) == {"t": []}
    assert choose_quotes({}) == {}
    assert choose_quotes({"t": [_candidate(0, "???")]}) == {"t": ["f:0"]}


@pytest.mark.parametrize(
    ("sentence", "line"),
    [
        ("We need a dark mode.", "We need a dark mode."),
        ("As I said: the board is slow today.", "The board is slow today."),
        ("Hi all, the board is slow today.", "The board is slow today."),
        ("Dark mode", None),
        ("THE BOARD IS SLOW EVERY MORNING", None),
        ("The board is slow, call +44 1632 960 118.", None),
        (f"The board is slow in the morning, {'and it is slow at noon ' * 8}", "The board is slow in the morning …"),
        ("word " * 40, None),
    ],
)
def test_a_line_is_a_sentence_or_its_first_clauses(sentence: str, line: str | None) -> None:
    assert line_of(sentence) == line


def test_a_theme_is_described_by_a_sentence_of_a_customer_and_never_by_a_paraphrase() -> None:
    found = [
        _candidate(0, "The board is slow every morning."),
        _candidate(1, "Why is the board so slow in the morning?"),
    ]
    assert (
        describe_in_a_line({"t": found}, {"t": ["f:0"]})["t"]
        == "Customers say: “Why is the board so slow in the morning?”"
    )
    told = [_candidate(0, "They say the board is slow every morning.", is_customer=False)]
    assert describe_in_a_line({"t": told}, {"t": []}) == {}


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("Write to edda.klom@example.com today", "Write to [e-mail] today"),
        ("Card 4000 0000 0000 0002 failed", "Card [card] failed"),
        ("Call +44 1632 960 118 now", "Call [number] now"),
        ("IBAN DE89 3704 0044 0532 0130 00 is mine", "IBAN [account number] is mine"),
        ("See https://example.com/?token=a1 there", "See [link] there"),
        ("SSN 531-21-7351", "SSN [number]"),
        ("from 58.74.121.78", "from [number]"),
        ("key sk4f9a8b7c6d5e4f3a2b1c", "key [number]"),
        ("Order 20260930 is late", "Order [number] is late"),
        ("Mrs. Edda Klom waited", f"Mrs. {NAME} waited"),
        ("Our firm Harbour Lifts pays, HARBOUR LIFTS GmbH too", f"Our firm {NAME} pays, {NAME} GmbH too"),
        ("Since 2026-09-30 it costs 1,250,000.00 and 12 500", "Since 2026-09-30 it costs 1,250,000.00 and 12 500"),
        ("ISO 27001 in 2026, 300 jobs, version 4.0.1", "ISO 27001 in 2026, 300 jobs, version 4.0.1"),
        ("Hi, today it failed", "Hi, today it failed"),
    ],
)
def test_masking(text: str, masked: str) -> None:
    assert redactor(["Harbour Lifts", "AB", None])(text) == masked


STRUCTURED = {
    "PHONE_NUMBER": 10,
    "CREDIT_CARD": 10,
    "EMAIL_ADDRESS": 2,
    "US_SSN": 3,
    "IP_ADDRESS": 2,
    "DOMAIN_NAME": 3,
}


@pytest.mark.parametrize(("kind", "number"), STRUCTURED.items())
def test_every_structured_item_of_a_public_collection_is_masked(shared: Path, kind: str, number: int) -> None:
    cases = json.loads((shared / "cases/presidio/generated_small.json").read_text(encoding="utf-8"))
    redact = redactor()
    spans = [(span, redact(case["full_text"])) for case in cases for span in case["spans"]]
    items = [(span["entity_value"], masked) for span, masked in spans if span["entity_type"] == kind]
    assert len(items) == number
    assert [value for value, masked in items if value in masked] == []
    assert all(holds_personal(value) for value, _ in items)


@pytest.mark.parametrize("sign", ["(", "+", "a.", "www.", "1.1.", "- ", "1-", "(1", "@", "AA11 ", "'", "Hi A"])
def test_no_text_takes_long_to_judge_or_to_mask(sign: str) -> None:
    text = (sign * 50_000)[:50_000]
    begun = time.perf_counter()
    fitness(text)
    redactor(["Harbour Lifts GmbH"])(text)
    assert time.perf_counter() - begun < 4
