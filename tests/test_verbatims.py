"""When two verbatims are one mention, what the mention keeps of both, and what a reader gets to see."""

from __future__ import annotations

import datetime as dt
import unicodedata
from decimal import Decimal
from typing import Any

import polars as pl
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from vocanalytics.legible import visible
from vocanalytics.tables import conform
from vocanalytics.verbatims import Folded, fold_duplicates, normalised
from vocanalytics.vocabulary import FEEDBACK

SAME = {
    "case": "Exports ARE slow",
    "white space": "  exports\tare\n\nslow ",
    "no-break spaces": "exports\u00a0are\u2003slow",
    "full width": "ｅｘｐｏｒｔｓ are slow",
    "zero-width": "ex\u200bports \u2060are slow\ufeff",
    "soft hyphen": "ex\u00adports are slow",
    "right-to-left override": "\u202eexports are slow\u202c",
    "NUL": "exports are\0 slow",
    "tags": "exports are slow\U000e0041\U000e007f",
}


@pytest.mark.parametrize("case", SAME)
def test_what_makes_no_difference(case: str) -> None:
    assert normalised(pl.Series([SAME[case]])).to_list() == ["exports are slow"]


@pytest.mark.parametrize(
    ("left", "right", "same"),
    [
        ("Straße", "STRASSE", True),
        ("ΟΔΟΣ", "οδος", True),
        ("e\u0301te\u0301", "ÉTÉ", True),
        ("ﬁne ①", "fine 1", True),
        ("❤️", "❤", True),
        ("resume", "résumé", False),
        ("slow!", "slow", False),
        ("😀", "😁", False),
        ("a b", "ab", False),
    ],
)
def test_what_makes_a_difference(left: str, right: str, same: bool) -> None:
    both = normalised(pl.Series([left, right])).to_list()
    assert (both[0] == both[1]) is same


def test_nothing_left_is_null() -> None:
    texts = pl.Series("verbatim", [None, "", "   ", "\u200b\0", "\u00a0"])
    assert normalised(texts).to_list() == [None] * 5
    assert normalised(texts).name == "verbatim"
    assert normalised(pl.Series([], dtype=pl.String)).to_list() == []


TEXT = st.text(st.characters(codec="utf-8"), max_size=20)


@example("İ")
@example("\u1100\u200b\u1161")
@given(TEXT)
def test_normalising_twice_changes_nothing(text: str) -> None:
    once = normalised(pl.Series([text], dtype=pl.String))
    assert normalised(once).to_list() == once.to_list()


@given(TEXT)
def test_nothing_invisible_is_left(text: str) -> None:
    left = normalised(pl.Series([text], dtype=pl.String))[0] or ""
    assert not any(unicodedata.category(letter) in ("Cc", "Cf") for letter in left)
    assert left == " ".join(left.split())


def feedback(*rows: dict[str, Any]) -> pl.DataFrame:
    base = {
        "source": "zendesk",
        "channel": "survey",
        "created_at": dt.datetime(2026, 7, 1, tzinfo=dt.UTC),
        "verbatim": "Exports are slow",
        "account_id": "A",
        "export": "feedback.csv",
        "export_row": 2,
    }
    whole = [
        {column.name: None for column in FEEDBACK} | base | {"feedback_id": f"z:{i}"} | row
        for i, row in enumerate(rows)
    ]
    return conform(pl.DataFrame(whole, infer_schema_length=None), FEEDBACK, name="feedback")


def folded_ids(found: Folded) -> list[tuple[str, str]]:
    return found.duplicates.select("feedback_id", "duplicate_of").rows()


FOLDS = {
    "same account": ([{}, {}], 1),
    "same account, other words": ([{}, {"verbatim": "Imports are slow"}], 2),
    "same words, other account": ([{}, {"account_id": "B"}], 2),
    "no account, same hint": ([{"account_id": None, "account_hint": "a.example"}] * 2, 1),
    "no account, other hint": (
        [{"account_id": None, "account_hint": "a.example"}, {"account_id": None, "account_hint": "b.example"}],
        2,
    ),
    "no account, no hint": ([{"account_id": None}] * 2, 2),
    "an account and a hint that looks like it": ([{}, {"account_id": None, "account_hint": "A"}], 2),
    "no words": ([{"verbatim": " "}] * 2, 2),
    "only what cannot be seen": ([{"verbatim": "\u200b"}] * 2, 2),
    "emoji": ([{"verbatim": "😀"}] * 2, 1),
    "two themes": ([{"theme": "Exports"}, {"theme": "Speed"}], 2),
    "one theme written twice": ([{"theme": "Bulk_import"}, {"theme": "bulk  Import"}], 1),
    "a theme and none": ([{}, {"theme": "Exports"}, {"theme": "Speed"}, {}], 2),
}


@pytest.mark.parametrize("case", FOLDS)
def test_which_rows_are_one_mention(case: str) -> None:
    rows, mentions = FOLDS[case]
    found = fold_duplicates(feedback(*rows))
    assert found.feedback.height == mentions
    assert found.feedback.height + found.duplicates.height == len(rows)


def test_the_smallest_id_is_kept_with_every_link() -> None:
    found = fold_duplicates(
        feedback(
            {"feedback_id": "z:9", "url": "https://a.example/9", "export_row": 7},
            {"feedback_id": "b:1", "url": None},
            {"feedback_id": "c:1", "url": "https://a.example/1"},
            {"feedback_id": "d:1", "url": "https://a.example/1"},
            {"feedback_id": "x:1", "verbatim": "other", "url": None},
        )
    )
    assert found.feedback["feedback_id"].to_list() == ["b:1", "x:1"]
    assert found.feedback["links"].to_list() == [["https://a.example/1", "https://a.example/9"], []]
    assert found.feedback["url"].to_list() == ["https://a.example/1", None]
    assert folded_ids(found) == [("c:1", "b:1"), ("d:1", "b:1"), ("z:9", "b:1")]
    assert found.duplicates.columns == ["feedback_id", "duplicate_of", "export", "export_row"]
    assert found.duplicates["export_row"].to_list() == [2, 2, 7]


def test_nothing_that_scores_is_lost() -> None:
    found = fold_duplicates(
        feedback(
            {"churn_signal": None, "dependency": None},
            {"churn_signal": "none", "dependency": Decimal("0.5"), "competitor": "Contoso"},
            {"churn_signal": "explicit", "dependency": Decimal("0"), "competitor": "Northwind", "theme": "Exports"},
            {"churn_signal": "inferred", "dependency": Decimal("1"), "csm": "Ada"},
        )
    )
    kept = found.feedback.row(0, named=True)
    assert (kept["feedback_id"], kept["churn_signal"], kept["dependency"]) == ("z:0", "explicit", Decimal("1"))
    assert (kept["competitor"], kept["theme"], kept["csm"]) == ("Contoso", "Exports", "Ada")


def test_no_signal_stated_stays_unstated() -> None:
    kept = fold_duplicates(feedback({}, {})).feedback.row(0, named=True)
    assert (kept["churn_signal"], kept["dependency"], kept["theme"]) == (None, None, None)


def test_columns_and_types_stay_and_others_come_along() -> None:
    rows = feedback({}, {}, {"verbatim": "x"}).with_columns(account_match=pl.lit("id"))
    found = fold_duplicates(rows).feedback
    assert found.schema == {**rows.schema, "links": pl.List(pl.String)}
    assert found["account_match"].to_list() == ["id", "id"]
    assert fold_duplicates(rows.clear()).feedback.schema == found.schema


ROW = st.fixed_dictionaries(
    {
        "account_id": st.sampled_from([None, "A", "B"]),
        "account_hint": st.sampled_from([None, "a.example"]),
        "verbatim": st.sampled_from(["Slow", "slow ", "fast", "", "\u200b"]),
        "theme": st.sampled_from([None, "X", "Y"]),
        "churn_signal": st.sampled_from([None, "none", "inferred", "explicit"]),
    }
)


@given(st.lists(ROW, max_size=12), st.randoms(use_true_random=False))
def test_every_row_is_kept_or_folded_whatever_the_order(rows: list[dict[str, Any]], random: Any) -> None:
    whole = feedback(*rows) if rows else feedback({}).clear()
    found = fold_duplicates(whole)
    ids = found.feedback["feedback_id"].to_list()
    assert ids == sorted(ids)
    assert sorted([*ids, *found.duplicates["feedback_id"]]) == sorted(whole["feedback_id"])
    assert set(found.duplicates["duplicate_of"]) <= set(ids)
    order = random.sample(range(whole.height), whole.height)
    shuffled = fold_duplicates(whole[order])
    assert shuffled.feedback.equals(found.feedback)
    assert shuffled.duplicates.equals(found.duplicates)
    again = fold_duplicates(found.feedback.drop("links"))
    assert again.duplicates.is_empty()


SEEN = {
    "plain": ("Exports are slow,\n\tsadly.", "Exports are slow,\n\tsadly."),
    "NUL": ("a\0b", "a␀b"),
    "escape": ("\x1b[31m", "␛[31m"),
    "delete": ("a\x7f", "a␡"),
    "control of the second kind": ("a\x9bb", "a⟨U+009B⟩b"),
    "zero-width space": ("a\u200bb", "a⟨U+200B⟩b"),
    "byte-order mark": ("\ufeffa", "⟨U+FEFF⟩a"),
    "right-to-left override": ("a\u202egnp.exe", "a⟨U+202E⟩gnp.exe"),
    "isolates": ("\u2066a\u2069", "⟨U+2066⟩a⟨U+2069⟩"),
    "joiner in a word": ("pass\u200dword", "pass⟨U+200D⟩word"),
    "joiners in a row": ("é\u200d\u200dé", "é⟨U+200D⟩⟨U+200D⟩é"),
    "a family": ("👨\u200d👩\u200d👧", "👨\u200d👩\u200d👧"),
    "a burning heart": ("❤\ufe0f\u200d🔥", "❤\ufe0f\u200d🔥"),
    "Persian": ("می\u200cخواهم", "می\u200cخواهم"),
    "Hebrew": ("שלום\u200f!", "שלום⟨U+200F⟩!"),
    "a regional flag": (
        "🏴\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f",
        "🏴\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f",
    ),
    "words in tags": ("a\U000e0069\U000e0067", "a⟨U+E0069⟩⟨U+E0067⟩"),
    "variants in a row": ("a\ufe00\ufe01", "a\ufe00⟨U+FE01⟩"),
    "Japanese variant": ("葛\U000e0100", "葛\U000e0100"),
    "hidden variants": ("a\U000e0100", "a⟨U+E0100⟩"),
}


@pytest.mark.parametrize("case", SEEN)
def test_what_a_reader_sees(case: str) -> None:
    text, expected = SEEN[case]
    assert visible(text) == expected


@given(TEXT)
def test_showing_twice_changes_nothing_and_turns_nothing_round(text: str) -> None:
    shown = visible(text)
    assert visible(shown) == shown
    assert not set(shown) & set("\0\u200b\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff")


def test_borrowed_naughty_strings_are_shown_and_normalised(shared: Any) -> None:
    lines = (shared / "cases" / "blns").glob("*.txt")
    texts = [line for path in lines for line in path.read_text(encoding="utf-8").splitlines()]
    assert len(texts) > 400
    once = normalised(pl.Series(texts))
    assert normalised(once).equals(once)
    assert all(visible(visible(text)) == visible(text) for text in texts)
