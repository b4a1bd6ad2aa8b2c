"""Words, money and dates as the pre-read writes them, and text from outside made harmless."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vocanalytics.report import wording
from vocanalytics.report.safe_text import anchors, in_sentence, link, one_line, visible
from vocanalytics.vocabulary import folded

WORDS = wording.Words("USD", dt.date(2026, 9, 30))


@pytest.mark.parametrize(
    ("amount", "said"),
    [
        ("0", "$0"),
        ("949.50", "$950"),
        ("999.49", "$999"),
        ("999.50", "$1K"),
        ("620000", "$620K"),
        ("950000", "$950K"),
        ("999499.99", "$999K"),
        ("999500", "$1.0M"),
        ("1849999", "$1.8M"),
        ("1850000", "$1.9M"),
        ("999950000", "$1.0B"),
    ],
)
def test_money_in_prose(amount: str, said: str) -> None:
    assert WORDS.money(Decimal(amount)) == said


def test_other_currencies_and_sizes() -> None:
    assert wording.Words("EUR", WORDS.as_of).money(Decimal(5000)) == "€5K"
    assert wording.Words("CHF", WORDS.as_of).money(Decimal(5000)) == "CHF 5K"
    assert WORDS.money(Decimal("123456789012.00")) == "$123.5B"


@given(st.decimals(min_value=0, max_value=10**15, places=2))
def test_money_is_never_off_by_more_than_its_last_digit(amount: Decimal) -> None:
    said = WORDS.money(amount).removeprefix("$")
    scale = {"K": 10**3, "M": 10**6, "B": 10**9}.get(said[-1], 1)
    value = Decimal(said.rstrip("KMB").replace(",", "")) * scale
    step = Decimal(scale) / (10 if said[-1] in "MB" else 1)
    assert abs(value - amount) <= step / 2


def test_thousands_never_turn_something_into_nothing() -> None:
    assert wording.thousands(Decimal("0.00")) == "–"
    assert wording.thousands(Decimal("499.99")) == "<1"
    assert wording.thousands(Decimal("500")) == "1"
    assert wording.thousands(Decimal("1838400")) == "1,838"


def test_counts_agree_with_their_nouns() -> None:
    assert [wording.counted(count, "account") for count in (0, 1, 3, 12, 1200)] == [
        "no account", "one account", "three accounts", "12 accounts", "1,200 accounts",
    ]  # fmt: skip
    assert [wording.verb(count, "asks", "ask") for count in (0, 1, 2)] == ["asks", "asks", "ask"]
    assert wording.tallied(1, "row") == "1 row"
    assert wording.tallied(2000, "row") == "2,000 rows"


def test_lists() -> None:
    assert wording.joined([]) == ""
    assert wording.joined(["A"]) == "A"
    assert wording.joined(["A", "B", "C"]) == "A, B and C"
    assert wording.joined_up_to(["A", "B", "C", "D"], 2) == "A, B and two others"
    assert wording.joined_up_to(["A", "B", "C"], 2) == "A, B and one other"


def test_dates_carry_the_year_only_when_it_is_another() -> None:
    assert WORDS.day(dt.date(2026, 10, 2)) == "2 Oct"
    assert WORDS.day(dt.date(2027, 1, 31)) == "31 Jan 2027"
    assert WORDS.day(None) == "not recorded"


@pytest.mark.parametrize(
    ("part", "whole", "said"), [(7, 20, "35%"), (1, 8, "13%"), (1, 3, "33%"), (0, 5, "0%"), (0, 0, "0%")]
)
def test_shares_are_rounded_half_up(part: int, whole: int, said: str) -> None:
    assert wording.percent(part, whole) == said


@pytest.mark.parametrize(
    ("part", "whole", "said"),
    [(7, 20, "35%"), (3, 10, "30%"), (10, 33, "30.3%"), (8, 27, "29.6%"), (301, 1003, "30.01%"), (0, 0, "0%")],
)
def test_a_share_never_looks_as_if_it_were_on_the_other_side(part: int, whole: int, said: str) -> None:
    assert wording.percent_beside(part, whole, Decimal("0.3")) == said


@given(st.integers(0, 500), st.integers(1, 500), st.decimals("0.05", "0.95", places=2))
def test_a_share_and_its_threshold_compare_as_they_read(part: int, whole: int, threshold: Decimal) -> None:
    said = Decimal(wording.percent_beside(part, whole, threshold).rstrip("%")) / 100
    assert (said > threshold) == (part > threshold * whole)
    assert (said < threshold) == (part < threshold * whole)


@pytest.mark.parametrize(
    ("tag", "said"),
    [
        ("Refund_not_showing_up", "Refund not showing up"),
        ("unable_to_verify_identity_document", "Unable to verify identity document"),
        ("Huawei|problem_report|28", "Huawei | problem report | 28"),
        ("Huawei|problem report|28", "Huawei | problem report | 28"),
        ("iOS_app", "iOS app"),
        ("Rename user_id in exports", "Rename user_id in exports"),
        ("dark mode", "dark mode"),
        ("___", "___"),
        ("", ""),
    ],
)
def test_a_tag_is_read_as_words(tag: str, said: str) -> None:
    assert wording.as_read(tag) == said


@given(st.text(alphabet="aB_| 1é"))
def test_reading_a_tag_loses_no_letter(tag: str) -> None:
    letters = lambda text: [letter.casefold() for letter in text if letter.isalnum()]  # noqa: E731
    assert letters(wording.as_read(tag)) == letters(tag)


def test_what_is_elsewhere_is_a_sentence() -> None:
    assert wording.elsewhere(1, "account", "appendix B") == "one more account is in appendix B"
    assert wording.elsewhere(5, "account", "appendix B") == "five more accounts are in appendix B"


@given(st.text(), st.text(), st.integers(1, 30))
def test_the_word_limit_always_holds(first: str, last: str, limit: int) -> None:
    assert wording.word_count(wording.fitting(limit, first, last)) <= limit


def test_the_first_wording_that_fits_is_taken() -> None:
    assert wording.fitting(3, "one two three four", "one two three", "one") == "one two three"
    assert wording.fitting(2, "one two three,") == "one two…"


@given(st.text(), st.integers(2, 60))
def test_clipped_texts_are_as_short_as_promised(text: str, characters: int) -> None:
    clipped = wording.clip(text, characters)
    assert len(clipped) <= characters
    assert clipped == text or clipped.endswith("…")


def test_what_hides_is_shown() -> None:
    assert visible("pay\u202edaolyap") == "pay⟨U+202E⟩daolyap"
    assert visible("a\x00b\x1b[31m\u200bc") == "a␀b␛[31m⟨U+200B⟩c"
    assert visible("line\nline\ttab") == "line\nline\ttab"
    assert one_line(" two\n lines ") == "two lines"
    assert visible(None) == ""


def test_scripts_that_read_from_the_right_stay_as_they_are() -> None:
    assert visible("תכנון משמרות") == "תכנון משמרות"
    assert in_sentence("תכנון") == "\u2068תכנון\u2069"
    assert in_sentence("Planning") == "Planning"
    assert visible("👩\u200d🔧") == "👩\u200d🔧"


@given(st.text())
def test_nothing_invisible_is_left(text: str) -> None:
    assert not any(ord(character) < 9 or "\u202a" <= character <= "\u202e" for character in visible(text))


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        " javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "java\nscript:alert(1)",
        "data:text/html,x",
        "vbscript:x",
        "//other.example/x",
        "https:",
        "https://",
        "https://user:secret@desk.example/x",
        "https://desk.example/\u202etxt",
        'https://desk.example/"onclick=x',
        "https://desk.example/<script>",
        "https://[broken",
        "ftp://desk.example",
        "file:///etc/passwd",
        "https://desk.example/" + "x" * 3000,
        "",
        None,
    ],
)
def test_links_that_are_not_kept(url: str | None) -> None:
    assert link(url) is None


def test_links_that_are_kept() -> None:
    assert link("https://desk.example/tickets/7?a=b&c=d#e") == "https://desk.example/tickets/7?a=b&c=d#e"
    assert link("http://desk.example:8080/x") == "http://desk.example:8080/x"


@given(st.lists(st.text(), unique=True, max_size=30))
def test_every_theme_has_an_address_of_its_own(theme_ids: list[str]) -> None:
    given_anchors = anchors(theme_ids)
    assert len(set(given_anchors.values())) == len(theme_ids)
    assert all(set(anchor) <= set("abcdefghijklmnopqrstuvwxyz0123456789-") for anchor in given_anchors.values())


def test_names_are_compared_as_people_mean_them() -> None:
    assert folded("Bulk_user  Import") == folded(" bulk user import ")
