"""Amounts of money: read exactly, or refused; never silently wrong."""

from __future__ import annotations

import json
import re
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vocanalytics.contracts.money import read_money
from vocanalytics.contracts.reading import tidy

CENT = Decimal("0.01")


def read(texts: list[str | None], currency: str | None = "USD") -> list[tuple[Decimal | None, str | None]]:
    """Value and reason for each text."""
    frame = pl.DataFrame({"text": texts}, schema={"text": pl.String})
    reading = read_money(tidy(pl.col("text")), pl.lit(currency, dtype=pl.String))
    return frame.select(reading.value.alias("value"), reading.reason.alias("reason")).rows()


ACCEPTED = {
    "0": "0",
    "1200": "1200",
    "1200.00": "1200",
    "1200.5": "1200.5",
    "1,200.50": "1200.50",
    "1.200,50": "1200.50",
    "1,200,000": "1200000",
    "1.200.000": "1200000",
    "1 200": "1200",
    "1\u00a0200,50": "1200.50",
    "1\u202f200\u202f000": "1200000",
    "1'200.50": "1200.50",
    "1200,5": "1200.5",
    "0.500": "0.5",
    "1200.125": "1200.13",
    "0.005": "0.01",
    "0.004999": "0",
    "999,999.995": "1000000",
    "0.30000000000000004": "0.3",
    "$1,200": "1200",
    "$1,200.00": "1200",
    "US$ 80K": "80000",
    "USD 80K": "80000",
    "80k USD": "80000",
    "80K": "80000",
    "1.5M": "1500000",
    "1.5m": "1500000",
    "2B": "2000000000",
    "0.001K": "1",
    "1.23456K": "1234.56",
    "(500)": "-500",
    "($500)": "-500",
    "(500) USD": "-500",
    "-500": "-500",
    "-$500": "-500",
    "$-500": "-500",
    "\u2212500": "-500",
    "  1200 ": "1200",
    "1\u200b200": "1200",
    "9999999999999.99": "9999999999999.99",
}

TWO_WAYS = ["1,200", "1.200", "12.345", "999,999", "$1.200", "€1,200", "1,200 USD", "USD 1.200", "1.200K", "(1,200)"]
NOT_MONEY = [
    "abc", "-", "1e", ".5", "5.", "007", "1,2,3", "1,20,000", "1,200.50.1", "1.2.3", "1200,500", "80 K", "80KK", "80T",
    "500-", "- 500", "(-500)", "(500", "500)", "((500))", "$(500)", "$$5", "$5 USD", "5%", "1200 USD/yr", "½",
    "１２００", "1'200,000'0", "12 34", "1  ,200", "#N/A", "0x10", "1_000",
]  # fmt: skip


@pytest.mark.parametrize(("text", "amount"), ACCEPTED.items())
def test_a_clear_amount_is_read_to_the_cent(text: str, amount: str) -> None:
    assert read([text]) == [(Decimal(amount).quantize(CENT), None)]


@pytest.mark.parametrize(
    ("texts", "reason"),
    [
        (TWO_WAYS, "the amount can be read in two ways"),
        (NOT_MONEY, "not an amount of money"),
        (["inf", "-Infinity", "∞", "NaN"], "the amount is not finite"),
        (["1.2E+06", "1e5"], "the amount is in scientific notation, which hides digits"),
        (["EUR 80", "€80", "80 GBP", "AU$5", "£1,200"], "the amount is marked with another currency than its row"),
        (["10000000000000", "10000B", "9" * 40], "the amount is too large to be true"),
    ],
)
def test_anything_else_is_refused_with_the_reason(texts: list[str], reason: str) -> None:
    assert dict(zip(texts, read(texts), strict=True)) == dict.fromkeys(texts, (None, reason))


def test_an_empty_cell_is_neither_a_value_nor_a_fault() -> None:
    assert read([None, "", "  ", "\u200b"]) == [(None, None)] * 4


@pytest.mark.parametrize(
    ("text", "currency", "fits"),
    [("€80", "EUR", True), ("$80", "CAD", True), ("$80", "EUR", False), ("£1,200", "GBP", True), ("$80", None, False)],
)
def test_a_mark_must_be_able_to_mean_the_currency_of_the_row(text: str, currency: str | None, fits: bool) -> None:
    ((value, _),) = read([text], currency)
    assert (value is not None) == fits


def test_no_real_price_string_is_read_wrongly(shared: Path) -> None:
    """Amounts that the authors of the strings expect; what is not an amount to us is refused."""
    prices = json.loads((shared / "cases/price-parser/prices.json").read_text(encoding="utf-8"))
    accepted = 0
    for currency in ("USD", "EUR", "GBP"):
        for price, (value, _) in zip(prices, read([price["price_raw"] for price in prices], currency), strict=True):
            if value is not None:
                amount = re.search(r"[0-9.]+", price["amount"] or "")
                assert amount, price
                assert value == Decimal(amount[0]).quantize(CENT, ROUND_HALF_UP), price
                accepted += 1
    assert accepted > 500


amounts = st.integers(min_value=0, max_value=10**14 - 1)


def written(cents: int) -> dict[str, str]:
    """An amount in every form that says exactly one thing."""
    whole, rest = divmod(cents, 100)
    grouped = f"{whole:,}"
    return {
        "plain": f"{whole}.{rest:02d}",
        "grouped": f"{grouped}.{rest:02d}",
        "continental": f"{grouped.replace(',', '.')},{rest:02d}",
        "spaced": f"{grouped.replace(',', ' ')},{rest:02d}",
        "swiss": f"{grouped.replace(',', chr(39))}.{rest:02d}",
        "thousands": f"{cents // 100_000}.{cents % 100_000:05d}K",
        "marked": f"USD {whole}.{rest:02d}",
        "dollars": f"${grouped}.{rest:02d}",
    }


@settings(deadline=None)
@given(st.lists(amounts, min_size=1, max_size=30))
def test_every_form_of_an_amount_round_trips(cents: list[int]) -> None:
    forms = [(form, text, Decimal(number) / 100) for number in cents for form, text in written(number).items()]
    values = read([text for _, text, _ in forms])
    assert [(form, value, reason) for (form, _, _), (value, reason) in zip(forms, values, strict=True)] == [
        (form, amount, None) for form, _, amount in forms
    ]
    negative = read([f"({text})" for _, text, _ in forms])
    assert [value for value, _ in negative] == [-amount for _, _, amount in forms]


def meanings(text: str) -> set[Decimal]:
    """Every amount that a text of digits and separators can mean, found the slow way."""
    found = set()
    for decimal_mark, group_marks in ((".", ",' "), (",", ".' ")):
        whole, _, rest = text.partition(decimal_mark)
        marks = {character for character in whole if not character.isdigit()}
        groups = re.split(r"[^0-9]", whole)
        head, *tail = groups
        sound = not tail or (0 < len(head) <= 3 and head[0] != "0" and all(len(group) == 3 for group in tail))
        if sound and len(marks) <= 1 and marks <= set(group_marks) and whole and (rest.isdigit() or not rest):
            found.add(Decimal(f"{''.join(groups)}.{rest or 0}").quantize(CENT, ROUND_HALF_UP))
    return found


grouped = st.from_regex(r"[0-9]{1,4}([.,' ][0-9]{2,3}){0,3}([.,][0-9]{0,3})?", fullmatch=True)
jumbled = st.text("0123456789.,' ", min_size=1, max_size=12)


@settings(deadline=None)
@given(st.lists(grouped | jumbled, min_size=1, max_size=50))
def test_what_is_accepted_has_exactly_one_meaning(texts: list[str]) -> None:
    for text, (value, _) in zip(texts, read(list(texts)), strict=True):
        if value is not None:
            assert meanings(re.sub(" +", " ", text.strip())) == {value}, text
