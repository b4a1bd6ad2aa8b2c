"""The demonstration quarters hold every case of the domain: checked on the written files."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from decimal import Decimal

import pytest
import yaml
from demo_quarters import (
    Row,
    accepted_accounts,
    accepted_feedback,
    behind,
    by_theme,
    churn_signal,
    curated,
    days_left,
    files,
    headroom,
    is_scored,
    match,
    scores,
)

from vocanalytics.demo import QUARTERS
from vocanalytics.demo.texts import themes

PLANNED = {  # theme: revenue, breadth, alignment
    "T-0001": (5, 5, 4),
    "T-0002": (4, 5, 4),
    "T-0003": (3, 5, 2),
    "T-0004": (4, 4, 3),
    "T-0005": (4, 4, 3),
    "T-0006": (3, 4, 5),
    "T-0007": (2, 4, 2),
    "T-0008": (2, 4, 3),
    "T-0009": (3, 4, 2),
    "T-0010": (3, 3, 4),
    "T-0011": (1, 4, 1),
    "T-0012": (4, 5, 2),
    "T-0013": (2, 3, 3),
    "T-0014": (5, 4, 1),
    "T-0015": (1, 2, 1),
    "T-0016": (2, 4, None),
    "T-0017": (3, 3, 3),
    "T-0018": (2, 3, 2),
    "new": (3, 4, None),
}


@pytest.mark.parametrize("seed", [7, 1, 2, 3])
def test_scores_come_out_as_planned_whatever_the_seed(seed: int) -> None:
    found = {key: (s.revenue_score, s.breadth_score, s.alignment) for key, s in scores("2026Q3", seed).items()}
    assert found == PLANNED


def test_composites_spread_and_three_to_five_themes_start_as_build() -> None:
    applied = {applied_to(row) for row in curated("2026Q3", "overrides") if row["approved_by"]}
    compliance = {applied_to(row) for row in curated("2026Q3", "overrides") if row["kind"] == "compliance"}
    composites = {key: s.composite for key, s in scores("2026Q3").items() if s.composite and key not in compliance}
    assert min(composites.values()) == 4 and max(composites.values()) == 14
    assert len(set(composites.values())) >= 8
    assert 3 <= len({key for key, value in composites.items() if value >= 12} | (applied - compliance)) <= 5


def applied_to(override: Row) -> str:
    return next(key for key, texts in themes().items() if override["theme"] in (texts.theme_id, texts.name))


def test_no_revenue_stands_within_two_percent_of_a_breakpoint() -> None:
    for key, score in scores("2026Q3").items():
        assert all(abs(score.revenue - point) > point / 50 for point in (50_000, 150_000, 400_000, 1_000_000)), key


def test_every_band_of_renewal_occurs_behind_a_theme_in_both_quarters() -> None:
    for quarter in QUARTERS:
        accounts = accepted_accounts(quarter)
        asking = {key for by_account in behind(quarter).values() for key in by_account if is_scored(accounts[key])}
        left = {days_left(accounts[key], quarter) for key in asking}
        assert {89, 90, 180, 181, None} <= left
        assert min(day for day in left if day is not None) < 0


def test_contracts_move_between_the_quarters() -> None:
    before, after = accepted_accounts("2026Q2"), accepted_accounts("2026Q3")
    churned = [key for key in after if before[key]["lifecycle"] == "customer" and after[key]["lifecycle"] == "churned"]
    rolled = [key for key in after if before[key]["renewal_date"] < after[key]["renewal_date"]]
    drifted = [key for key in after if Decimal(before[key]["arr"]) != Decimal(after[key]["arr"])]
    assert churned == ["A-1045"] and "A-1023" in rolled and 20 < len(drifted) < 90
    ratios = [float(before[key]["arr"]) / float(after[key]["arr"]) for key in drifted]
    assert min(ratios) > 0.85 and max(ratios) < 1.15


def test_churn_signals_stated_absent_and_contradicting_health() -> None:
    accounts = accepted_accounts("2026Q3")
    at_risk = [
        (churn_signal(accounts[key], rows), any(row.get("churn_signal") for row in rows))
        for by_account in behind("2026Q3").values()
        for key, rows in by_account.items()
        if is_scored(accounts[key]) and accounts[key]["health"] == "at_risk"
    ]
    assert ("none", True) in at_risk and ("inferred", False) in at_risk
    assert ("explicit", True) in at_risk and ("inferred", True) in at_risk


def test_dependencies_and_the_three_kinds_of_headroom() -> None:
    rows = [row for row in accepted_feedback("2026Q3") if row.get("dependency")]
    assert {Decimal(row["dependency"]) for row in rows} == {Decimal(0), Decimal("0.5"), Decimal(1)}
    accounts = accepted_accounts("2026Q3")
    stating = [accounts[key] for row in rows if Decimal(row["dependency"]) and (key := match(row, accounts))]
    assert any(account["headroom_arr"] for account in stating)
    assert any(not account["headroom_arr"] and headroom(account) > 0 for account in stating)
    assert any(not account["headroom_arr"] and not account["seats_owned"] for account in accounts.values())


def test_trade_offs_isolated_and_baseline() -> None:
    found = scores("2026Q3")
    off_the_roadmap = {k for k, s in found.items() if s.alignment in (1, 2)}
    assert {k for k in off_the_roadmap if found[k].revenue_score >= 4} == {"T-0012", "T-0014"}
    assert {k for k, s in found.items() if s.breadth_score >= 4 and s.revenue_score <= 2} >= {"T-0008", "T-0011"}
    assert [k for k, s in found.items() if len(s.signals) == 1] == ["T-0015"]
    tiers = Counter(a["tier"] for a in accepted_accounts("2026Q3").values() if is_scored(a))
    assert tiers == {"enterprise": 10, "mid_market": 30, "smb": 53}
    assert found["T-0001"].by_tier["enterprise"] == 5
    assert found["T-0002"].by_tier["enterprise"] == 3  # exactly 30%: not flagged
    assert found["T-0003"].by_tier["mid_market"] == 10


def test_counting_votes_would_mislead() -> None:
    found = scores("2026Q3")
    by_votes = sorted(found, key=lambda key: -found[key].mentions)
    assert by_votes.index("T-0011") <= 1
    scored = sorted((k for k in found if found[k].composite), key=lambda k: -(found[k].composite or 0))
    assert scored.index("T-0011") >= len(scored) - 2


def test_emerging_new_and_unscored_themes() -> None:
    assert {"T-0018", "new"} == set(scores("2026Q3")) - set(scores("2026Q2"))
    assert {key for key, score in scores("2026Q3").items() if score.alignment is None} == {"T-0016", "new"}
    assert scores("2026Q3")["new"].mentions >= 25
    codebook = yaml.safe_load(files()["data/curated/codebook.yml"])["themes"]
    assert [entry["theme_id"] for entry in codebook] == [f"T-{number:04d}" for number in range(1, 19)]
    assert all(8 <= len(entry["exemplars"]) <= 12 and entry["status"] == "active" for entry in codebook)


@pytest.mark.parametrize("quarter", QUARTERS)
def test_alignment_agrees_with_its_relation_and_its_roadmap(quarter: str) -> None:
    published = {row["roadmap_id"] for row in curated(quarter, "roadmap")}
    assert 3 <= len(published) <= 5
    for row in curated(quarter, "alignment"):
        score = int(row["score_product"] or row["score_cs"])
        assert row["relation"] == ("direct" if score >= 4 else "adjacent" if score >= 2 else "none"), row
        assert (row["roadmap_id"] in published) == (score > 1), row
        assert row["rationale_cs"] and (row["rationale_product"] or not row["score_product"])


def test_disputes_preliminary_alignment_and_the_challenge_to_leadership() -> None:
    rows = by_theme("2026Q3", "alignment")
    both = {key: row for key, row in rows.items() if row["score_product"]}
    disputed = {key for key, row in both.items() if abs(int(row["score_cs"]) - int(row["score_product"])) >= 2}
    assert disputed == {"T-0004", "T-0012", "T-0018"}
    assert set(rows) - set(both) == {"T-0017"}
    ones = [{k for k, s in scores(quarter).items() if s.alignment == 1} for quarter in QUARTERS]
    assert "T-0014" in ones[0] & ones[1] and scores("2026Q3")["T-0014"].arr > 800_000
    for quarter in QUARTERS:
        named = [row["theme"].startswith("T-") for row in curated(quarter, "alignment")]
        assert any(named) and not all(named)


def test_overrides_of_every_kind_and_one_without_an_approver() -> None:
    rows = curated("2026Q3", "overrides")
    assert {row["kind"] for row in rows if row["approved_by"]} == {
        "referenceable_logo",
        "compliance",
        "competitive_emergency",
    }
    assert [row["theme"] for row in rows if not row["approved_by"]] == ["Webhooks and API limits"]
    assert all(row["reason"] and row["requested_by"] and row["expires_on"] > "2026-09-30" for row in rows)
    logo = accepted_accounts("2026Q3")["A-1010"]
    assert logo["is_referenceable"] == "true" and logo["health"] == "at_risk"
    assert scores("2026Q3")["T-0010"].signals["A-1010"] == "explicit"
    assert any(row["expires_on"] <= "2026-09-30" for row in curated("2026Q2", "overrides"))


def test_a_competitor_is_named_by_high_arr_accounts_within_two_weeks() -> None:
    accounts = accepted_accounts("2026Q3")
    rows = [row for row in accepted_feedback("2026Q3") if row.get("competitor")]
    dates = sorted(row["created_at"][:10] for row in rows)
    assert (dt.date.fromisoformat(dates[-1]) - dt.date.fromisoformat(dates[0])).days <= 14
    named_by = {row["account_id"] for row in rows}
    assert len(named_by) >= 3 and all(Decimal(accounts[key]["arr"]) > 150_000 for key in named_by)
    assert {row["competitor"] for row in rows} == {"Kuvero"} and all("Kuvero" in row["verbatim"] for row in rows)


def test_prospects_ask_for_a_theme_with_win_and_loss() -> None:
    accounts = accepted_accounts("2026Q3")
    asking = [key for key in behind("2026Q3")["T-0004"] if accounts[key]["lifecycle"] == "prospect"]
    assert len(asking) >= 4
    said = " ".join(row["verbatim"] for key in asking for row in behind("2026Q3")["T-0004"][key])
    assert re.search(r"\b(lost|loss|won|chose)\b", said, re.IGNORECASE)
    outcomes = Counter(row.get("deal_outcome", "") for key in asking for row in behind("2026Q3")["T-0004"][key])
    assert outcomes["lost"] and outcomes["open"]


def test_what_became_of_the_builds_is_reported() -> None:
    builds = {key for key, row in by_theme("2026Q2", "decisions").items() if row["status"] == "build_next_quarter"}
    delivered = by_theme("2026Q3", "delivery")
    assert {row["status"] for row in delivered.values()} == {"shipped", "in_progress", "slipped"}
    assert set(delivered) < builds, "one build is not reported on"
    assert all(row["decided_in"] == "2026Q2" and row["evidence"] for row in delivered.values())
    assert delivered["T-0009"]["delivered_on"]


def test_every_theme_of_2026q2_was_decided() -> None:
    decided = by_theme("2026Q2", "decisions")
    rows = decided.values()
    assert set(decided) == set(scores("2026Q2")) and len(decided) == len(curated("2026Q2", "decisions"))
    status = Counter(row["status"] for row in rows)
    assert 3 <= status["build_next_quarter"] <= 5
    assert set(status) == {"build_next_quarter", "defer_q_plus_2", "decline"}
    assert all(row["owner"] and row["rationale"] and 8 <= len(row["csm_words"].split()) <= 40 for row in rows)
    declined = {key for key, row in decided.items() if row["status"] == "decline"}
    came_back = {key for key in declined if scores("2026Q3")[key].arr > scores("2026Q2")[key].arr}
    assert "T-0014" in came_back
    assert "data/curated/2026Q3/decisions.csv" not in files()


@pytest.mark.parametrize("quarter", QUARTERS)
def test_session_is_what_the_masthead_reads(quarter: str) -> None:
    session = yaml.safe_load(files()[f"data/curated/{quarter}/session.yml"])
    assert list(session) == ["day", "when", "decides", "brings_facts", "company", "mark"]
    day = session.pop("day")
    assert all(isinstance(line, str) and line for line in session.values())
    assert f"{day:%a} {day.day} {day:%B} {day.year}" in session["when"]
    published = [dt.date.fromisoformat(row["published_on"]) for row in curated(quarter, "roadmap")]
    assert max(published) < day
