"""How scores are read: start, flags, named cases, notes."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import polars as pl
import pytest
from quarters import MODEL, Rows, account, aligned, in_days, inputs, overridden, scored
from scoring_cases import changed, large, quarter, small, theme, with_others

from vocanalytics.scoring import score
from vocanalytics.vocabulary import Flag

COMPOSITE_8 = (large("a"), [aligned("T", "adjacent", "3", "3")])  # 2 + 3 + 3


@pytest.mark.parametrize(("build_at", "defer_at", "start"), [(8, 7, "build"), (9, 8, "defer"), (12, 9, "decline")])
def test_start_by_composite_alone(build_at: int, defer_at: int, start: str) -> None:
    rows = with_others(quarter({"T": COMPOSITE_8[0]}, alignment=COMPOSITE_8[1]))
    found = scored(rows, changed("reading", build_at=build_at, defer_at=defer_at))
    assert (theme(found, "T")["composite"], theme(found, "T")["start"]) == (8, start)


def test_what_is_open_is_settled_below_the_build_threshold_only() -> None:
    rows = with_others(quarter({"T": COMPOSITE_8[0]}, alignment=[aligned("T", "adjacent", "5", "3")]))
    assert theme(scored(rows), "T")["start"] == "settle"
    assert theme(scored(rows, changed("reading", build_at=8)), "T")["start"] == "build"


def test_trade_offs() -> None:
    behind = {"far": large("a", health="at_risk"), "many": small(6), "near": large("b", health="at_risk")}
    alignment = [aligned("far", "adjacent", "2"), aligned("many", "adjacent", "3"), aligned("near", "adjacent", "3")]
    found = scored(with_others(quarter(behind, alignment=alignment)))
    assert [theme(found, name)["start"] for name in ("far", "many", "near")] == ["settle", "settle", "defer"]
    assert "trade_off_revenue" in theme(found, "far")["flags"]
    assert "trade_off_breadth" in theme(found, "many")["flags"]
    assert theme(found, "near")["flags"] == ["preliminary_alignment", "isolated"]


@pytest.mark.parametrize(
    ("intent", "words"),
    [("grow_smb", "speaks for it"), ("move_upmarket", "speaks against it"), ("neutral", "none is stated")],
)
def test_the_reading_of_a_trade_off_depends_on_the_stated_intent(intent: str, words: str) -> None:
    found = scored(with_others(quarter({"many": small(10)})), changed("reading", intent=intent))
    case = found.named_cases.row(by_predicate=pl.col("case") == "trade_off_breadth", named=True)
    assert words in case["reading"]


def test_baseline_counts_all_in_scope_accounts_of_the_tier() -> None:
    silent = [account(f"q-{n}", tier="smb") for n in range(13)]
    outside = [account(f"o-{n}", tier="smb", is_icp="false") for n in range(50)]
    six = quarter({"T": small(6), "U": small(7)}, alignment=[aligned("T", "none", "1"), aligned("U", "none", "1")])
    found = scored(replace(six, accounts=[*six.accounts, *silent, *outside]))
    assert found.baseline.rows() == [
        ("T", "smb", 6, 20, False, Decimal("0.300")),
        ("U", "smb", 7, 20, True, Decimal("0.350")),
    ]
    assert ["baseline_smb" in theme(found, name)["flags"] for name in ("T", "U")] == [False, True]


@pytest.mark.parametrize(
    ("tier", "flag"), [("enterprise", "baseline_enterprise"), ("mid_market", "baseline_mid_market")]
)
def test_a_baseline_expectation_is_settled(tier: str, flag: str) -> None:
    asking = [account(f"a-{n}", tier=tier, arr="10.00") for n in range(2)]
    rows = quarter({"T": asking}, alignment=[aligned("T", "none", "1", "1")])
    calm = changed("reading", trade_off_high=5)
    row = theme(scored(rows, calm), "T")
    assert (row["start"], row["flags"]) == ("settle", [f"baseline_{tier}"])
    row = theme(scored(with_others(rows), calm), "T")
    assert (row["start"], row["flags"]) == ("decline", [])


def test_isolated_and_emerging() -> None:
    rows = quarter({"one": small(1), "two": small(2), "old": []})
    first = scored(rows)
    assert ["isolated" in theme(first, name)["flags"] for name in rows.themes] == [True, False, False]
    assert not any("emerging" in flags for flags in first.theme_scores["flags"])
    later = scored(replace(rows, previous=["old"]))
    assert ["emerging" in theme(later, name)["flags"] for name in rows.themes] == [True, True, False]
    assert later.named_cases.filter(pl.col("case") == "emerging")["theme_id"].to_list() == ["two", "one"]


def test_flags_stand_in_the_order_of_the_vocabulary() -> None:
    rows = quarter({"T": small(1)}, alignment=[aligned("T", "adjacent", "4", "2")], previous=[])
    flags = theme(scored(replace(rows, overrides=[overridden("T", "referenceable_logo", reason="")])), "T")["flags"]
    assert flags == ["disputed_score", "baseline_smb", "isolated", "emerging", "override_not_applied"]
    assert [Flag(flag) for flag in flags] == [flag for flag in Flag if flag in flags]


def builds(count: int, **changes: Any) -> Rows:
    """So many themes at 2 + 3 + 5, and one behind them."""
    behind = {f"T{n}": large(f"a{n}") for n in range(count)} | {"next": large("n")}
    alignment = [aligned(name, "direct", "5", "5") for name in behind if name != "next"]
    return with_others(quarter(behind, alignment=[*alignment, aligned("next", "none", "1", "1")], **changes))


@pytest.mark.parametrize(
    ("count", "note"),
    [
        (0, "No themes start as build, fewer than the 3 to 5 of a shortlist; next in line: next."),
        (1, "1 theme starts as build, fewer than the 3 to 5 of a shortlist; next in line: next."),
        (2, "2 themes start as build, fewer than the 3 to 5 of a shortlist; next in line: next."),
        (6, "6 themes start as build, more than the 3 to 5 of a shortlist; beyond it: T5."),
    ],
)
def test_a_shortlist_outside_its_size_is_said_and_never_stretched(count: int, note: str) -> None:
    assert note in scored(builds(count), changed("reading", build_at=10)).notes


@pytest.mark.parametrize("count", [3, 5])
def test_a_shortlist_of_the_right_size_is_no_note(count: int) -> None:
    assert not any("shortlist" in note for note in scored(builds(count), changed("reading", build_at=10)).notes)


def test_more_than_a_quarter_overridden_means_recalibrate() -> None:
    model = changed("reading", build_at=10)
    one = [overridden("T0", "referenceable_logo")]
    assert not any("Recalibrate" in note for note in scored(builds(4, overrides=one), model).notes)  # exactly a quarter
    note = "Recalibrate the model: 1 of 3 on the shortlist is overridden, more than 25%."
    assert note in scored(builds(3, overrides=one), model).notes


def test_what_is_unknown_of_the_accounts_is_counted() -> None:
    unknown = [account("a", renewal_date=in_days(-1)), account("b", renewal_date="", headroom_arr="5.00")]
    notes = scored(with_others(quarter({"T": unknown, "U": unknown[:1]}))).notes
    assert (
        "Overdue: 1 of the 2 accounts behind the themes has a renewal date in the past, which counts as due." in notes
    )
    assert any(
        note.startswith("Renewal unknown: 1 of the 2 accounts behind the themes has no renewal date") for note in notes
    )
    assert any(note.startswith("Headroom unknown: 1 of the 2 accounts behind the themes has neither") for note in notes)


def test_a_theme_that_no_account_in_scope_asks_for_is_tracked_and_not_scored() -> None:
    behind = {"inside": small(1, "I"), "outside": small(2, "O", lifecycle="prospect")}
    alignment = [aligned(name, "direct", "5", "5") for name in behind]
    found = scored(with_others(quarter(behind, alignment=alignment)))
    outside = theme(found, "outside")
    assert [outside[name] for name in ("accounts", "composite", "rank", "start")] == [0, None, None, "unscored"]
    assert outside["alignment_score"] == 5
    assert outside["flags"] == ["out_of_scope"]
    assert theme(found, "inside")["rank"] == 1
    assert "Asked for by no account in scope, so tracked and not scored: outside." in found.notes
    assert not any(note.startswith("Open work") for note in found.notes)


def test_an_alignment_that_a_found_theme_took_by_name_is_said() -> None:
    rows = with_others(quarter({"Bulk export": small(1)}, alignment=[aligned("bulk_export", "none", "1", "1")]))
    known = inputs(rows)
    found = replace(known, themes=known.themes.with_columns(status=pl.lit("proposed")))
    said = "The alignment of 1 theme found by the machine was taken by name; check that the name means the same"
    assert any(note.startswith(said) for note in score(found, rows.as_of, MODEL).notes)
    assert not any(note.startswith(said) for note in score(known, rows.as_of, MODEL).notes)
