"""Quarters scored again under other breakpoints: the same as scoring them anew, and what is said about it."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from quarters import MODEL, Rows, account, aligned, frame, inputs, overridden, scored, seeded
from scoring_cases import quarter

from vocanalytics import charts
from vocanalytics.errors import ContractError
from vocanalytics.settings import Model, Quarter
from vocanalytics.tables import write_table
from vocanalytics.thresholds import (
    Breakpoints,
    Recorded,
    read_accounts,
    read_recorded,
    readable,
    rescore,
    study,
    written,
)
from vocanalytics.thresholds.rescoring import changes, score_counts, shortlists
from vocanalytics.vocabulary import ACCOUNTS

Q3 = Quarter(2026, 3)
OTHERS = (
    written(MODEL),
    Breakpoints((Decimal("0.01"), Decimal(1_000), Decimal("33333.33"), Decimal(10**9)), (1, 2, 4, 20)),
    Breakpoints((Decimal(10**6), Decimal(10**7), Decimal(10**8), Decimal(10**9)), (20, 30, 60, 100)),
)
BUILD_AT = MODEL.reading.build_at


def _model(points: Breakpoints) -> Model:
    revenue = MODEL.revenue.model_copy(update={"breakpoints": points.revenue})
    breadth = MODEL.breadth.model_copy(update={"breakpoints": points.breadth})
    return MODEL.model_copy(update={"revenue": revenue, "breadth": breadth})


def _recorded(rows: Rows) -> Recorded:
    return Recorded(Q3, "2026Q3-0123456789ab", scored(rows).theme_scores)


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("points", OTHERS, ids=["present", "low", "high"])
def test_rescoring_a_record_equals_scoring_the_quarter_with_that_model(seed: int, points: Breakpoints) -> None:
    rows = seeded(seed)
    anew = scored(rows, _model(points)).theme_scores.filter(pl.col("accounts") > 0)
    again = rescore(scored(rows).theme_scores, points, BUILD_AT)
    compared = ("theme_id", "revenue_score", "breadth_score", "composite", "rank")
    expected = anew.select(*compared, (pl.col("start") == "build").alias("is_shortlisted")).sort("theme_id")
    assert again.drop("theme_name").sort("theme_id").equals(expected)
    assert again["rank"].drop_nulls().to_list() == list(range(1, again["rank"].count() + 1))


def _three() -> Rows:
    """Wide is asked for by many, rich by one large account; odd has no alignment, and law is on the CPO list."""
    many = [account(f"S{number}", tier="smb", arr="1000.00") for number in range(12)]
    rich = [account("E", tier="enterprise", arr="2000000.00", health="at_risk")]
    return quarter(
        {"wide": many, "rich": rich, "odd": many[:2], "law": many[:3], "logo": many[:1]},
        alignment=[aligned(name, "direct", "5", "5", roadmap_id="R1") for name in ("wide", "rich", "law", "logo")],
        overrides=[overridden("law", "compliance"), overridden("logo", "referenceable_logo")],
        roadmap=[{"roadmap_id": "R1", "name": "A bet", "published_on": "2026-07-01"}],
    )


def test_what_a_proposal_would_have_changed() -> None:
    scores = scored(_three()).theme_scores
    now = rescore(scores, written(MODEL), BUILD_AT)
    low = rescore(scores, Breakpoints(MODEL.revenue.breakpoints, (20, 30, 40, 50)), BUILD_AT)
    assert now.select("theme_id", "composite", "rank", "is_shortlisted").rows() == [
        ("rich", 12, 1, True), ("wide", 11, 2, False), ("logo", 7, 3, True), ("law", 9, None, False),
        ("odd", None, None, False),
    ]  # fmt: skip
    assert changes(now, low).rows() == [
        ("rich", "rich", 12, 10, 1, 1, True, False),
        ("wide", "wide", 11, 7, 2, 2, False, False),
        ("law", "law", 9, 7, None, None, False, False),
    ]
    assert shortlists(now, low) == (["rich", "logo"], ["logo"])
    assert changes(now, now).is_empty()
    assert score_counts(low).filter(pl.col("dimension") == "breadth")["themes"].to_list() == [5, 0, 0, 0, 0]


def _study(rows: Rows, **changed: Any) -> Any:
    return study(inputs(rows).accounts, [replace(_recorded(rows), **changed), _recorded(seeded(3))], MODEL)


def test_a_study_shows_present_and_proposed_side_by_side() -> None:
    found = _study(_three())
    proposal = found.proposal
    assert found.breakpoints["revenue"].to_list() == list(MODEL.revenue.breakpoints)
    assert found.breakpoints["revenue_proposed"].to_list() == list(proposal.breakpoints.revenue)
    assert found.breakpoints["breadth_proposed"].to_list() == list(proposal.breakpoints.breadth)
    assert found.breakpoints["revenue_rule"][2] == "8 × USD 154,769"
    assert found.breakpoints["breadth_rule"][2] == "3.5% of 15, at least 6 SMB"
    assert found.scores.height == 2 * 2 * 2 * 5
    assert found.scores.filter(pl.col("quarter") == "2026Q3")["themes"].sum() > 0
    assert found.quarters["themes"][0] == 5
    assert not found.is_written
    changed = found.quarters.row(0, named=True)
    assert changed["composites_changed"] <= found.changes.height
    assert changed["shortlist"] == ["rich", "logo"]


def test_a_study_counts_each_change_of_each_quarter() -> None:
    rows = seeded(5)
    found = study(inputs(rows).accounts, [_recorded(rows), replace(_recorded(seeded(3)), quarter=Q3.previous)], MODEL)
    for line in found.quarters.iter_rows(named=True):
        here = found.changes.filter(pl.col("quarter") == line["quarter"])
        for name in ("composite", "rank"):
            moved = here.filter(pl.col(name).ne_missing(pl.col(f"{name}_proposed"))).height
            assert line[f"{name}s_changed"] == moved
    assert found.quarters["quarter"].to_list() == ["2026Q3", "2026Q2"]
    totals = found.scores.group_by("quarter", "dimension", "breakpoints").agg(pl.col("themes").sum())
    assert dict(totals.select("quarter", "themes").rows()) == dict(found.quarters.select("quarter", "themes").rows())


@pytest.mark.parametrize(("broad", "said"), [(1, "9 of 10 themes"), (2, "8 of 10 themes"), (3, None)])
def test_scores_that_hardly_tell_themes_apart_are_said(broad: int, said: str | None) -> None:
    many = [account(f"S{number}", tier="smb") for number in range(10)]
    rows = quarter({f"theme {number}": many if number < broad else many[number:][:1] for number in range(10)})
    even = quarter({f"theme {number}": many[: 2 * number + 1] for number in range(5)})
    found = study(inputs(rows).accounts, [_recorded(rows), replace(_recorded(even), quarter=Q3.previous)], MODEL)
    expected = (
        f"With the proposal {said} would score 1 in breadth, which hardly tells them apart: look at the scores before "
        "accepting."
    )
    assert [note for note in found.notes if "breadth" in note] == ([expected] if said else [])


def test_a_proposal_that_is_written_already_is_known() -> None:
    accounts = frame([account(f"A{number}", arr="50000.00") for number in range(60)], ACCOUNTS)
    found = study(accounts, [_recorded(_three())], MODEL)
    assert found.is_written
    assert found.changes.is_empty()
    assert found.quarters["ranks_changed"].to_list() == [0]


def test_tables_that_were_cleared_away_are_named(tmp_path: Path) -> None:
    run_dir = tmp_path / "2026Q3-0123456789ab"
    write_table(run_dir, "theme_scores", scored(_three()).theme_scores)
    assert read_recorded(run_dir, run_dir.name, Q3).theme_scores.height == 5
    with pytest.raises(ContractError) as caught:
        read_accounts(run_dir, run_dir.name, Q3)
    assert str(caught.value) == (
        "data/processed/2026Q3-0123456789ab: the run 2026Q3-0123456789ab has no table accounts: its tables were "
        "cleared away. Run make quarterly QUARTER=2026Q3 again, or name another quarter."
    )


def test_tables_are_shown_as_people_read_them() -> None:
    found = _study(_three())
    tiers = readable(found.tiers)
    assert tiers.columns == ["Tier", "Accounts", "Median ARR", "Total ARR", "Weighted count"]
    assert tiers.rows() == [
        ("Enterprise", 1, "2,000,000", "2,000,000", 3),
        ("Mid-Market", 0, None, "0", 0),
        ("SMB", 12, "1,000", "12,000", 12),
    ]
    quarters = readable(found.quarters)
    assert quarters["Shortlist"][0] == "rich, logo"
    assert quarters["Run"][0] == "2026Q3-0123456789ab"
    assert readable(found.changes).columns[:2] == ["Quarter", "Theme name"]
    assert set(readable(found.changes)["Shortlisted"]) <= {"yes", "no"}


def test_the_charts_hold_every_bin_and_every_score() -> None:
    found = _study(_three())
    drawn = charts.arr_by_tier(found.bins, found.breakpoints, found.currency).to_dict()
    values = next(iter(drawn["datasets"].values())) if "datasets" in drawn else drawn["data"]["values"]
    bars, rules = [row for row in values if "accounts" in row], [row for row in values if "point" in row]
    assert {(row["tier"], row["arr_from"], row["accounts"]) for row in bars} == {
        ("Enterprise", 2e6, 1), ("SMB", 1e3, 12)
    }  # fmt: skip
    assert {row["point"] for row in rules if row["kind"] == "present"} == {5e4, 1.5e5, 4e5, 1e6}
    assert len(rules) == 3 * 8
    themes = charts.score_distributions(found.scores).to_dict()
    assert len(themes["data"]["values"]) == found.scores.height
