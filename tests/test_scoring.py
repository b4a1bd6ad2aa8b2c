"""Scope, order of the themes, and what scoring relies on: each rule by a small quarter made for it."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from quarters import AS_OF, MODEL, Rows, account, aligned, in_days, inputs, overridden, said, scored
from scoring_cases import changed, large, quarter, ranked_pair, small, theme, with_others

from vocanalytics.errors import ContractError, ScoringError
from vocanalytics.scoring import Inputs, read_inputs, score, write_scored
from vocanalytics.scoring.scope import scope_summary
from vocanalytics.tables import read_table, write_table
from vocanalytics.vocabulary import SCOPED_FEEDBACK, THEME_ACCOUNTS, THEME_SCORES, names, polars_schema


def test_the_seed_table() -> None:
    regional = [account(f"E-{n}", tier="enterprise", arr="400000.00", renewal_date=in_days(60)) for n in range(2)]
    hubspot = [account("M-1", arr="200000.00", renewal_date=in_days(120))]
    bulk = [
        account(f"S-{n}", tier="smb", arr="12000.00", renewal_date=in_days(120), health="at_risk") for n in range(10)
    ]
    rows = quarter({"Bulk user import": bulk, "Native HubSpot integration": hubspot, "Regional filtering": regional})
    explicit = [
        {**row, "churn_signal": "explicit"} if row["account_id"].startswith(("E", "M")) else row
        for row in rows.feedback
    ]
    alignment = [
        aligned("Regional filtering", "adjacent", "3", "3"),
        aligned("native hubspot integration", "direct", "5", "5"),
        aligned("Bulk_user_import", "adjacent", "2", "2"),
    ]
    found = scored(with_others(replace(rows, feedback=explicit, alignment=alignment)))
    columns = ["theme_name", "revenue_score", "breadth_score", "alignment_score", "composite", "rank"]
    assert found.theme_scores.select(columns).rows() == [
        ("Regional filtering", 5, 4, 3, 12, 1),
        ("Native HubSpot integration", 3, 2, 5, 10, 2),
        ("Bulk user import", 2, 5, 2, 9, 3),
    ]
    assert found.theme_scores["start"].to_list() == ["build", "defer", "settle"]


def test_the_tables_have_the_columns_and_types_of_the_vocabulary() -> None:
    found = scored(quarter({"T": small(2)}))
    for frame, table in ((found.theme_accounts, THEME_ACCOUNTS), (found.theme_scores, THEME_SCORES)):
        assert tuple(frame.columns) == names(table)
        assert dict(frame.schema) == polars_schema(table)
    assert set(found.feedback.columns) == set(names(SCOPED_FEEDBACK))


def test_every_scope_is_counted_and_adds_up() -> None:
    rows = quarter(
        {
            "T": [
                account("in"),
                account("prospect", lifecycle="prospect", arr="0.00", is_icp="false"),
                account("gone", lifecycle="churned", is_icp="false"),
                account("outside", is_icp="false", arr="70000.00"),
            ],
            "GDPR": [account("in")],
        },
        overrides=[overridden("GDPR", "compliance")],
    )
    lost = [said("x:1", ""), said("x:2", "A-none"), said("x:3", "outside")]
    found = scored(replace(rows, feedback=[*rows.feedback, *lost]))
    assert found.scope_summary.rows() == [
        ("scored", 1, 1, Decimal("100000.00")),
        ("prospect", 1, 1, Decimal("0.00")),
        ("non_icp", 2, 1, Decimal("70000.00")),
        ("churned", 1, 1, Decimal("100000.00")),
        ("unmatched", 2, 1, None),
        ("compliance", 1, 1, Decimal("100000.00")),
    ]
    assert found.feedback["feedback_id"].to_list() == [row["feedback_id"] for row in [*rows.feedback, *lost]]
    assert found.feedback["scope_reason"].null_count() == 0
    assert theme(found, "T")["accounts"] == 1


def test_rows_that_do_not_add_up_stop_the_run() -> None:
    found = scored(quarter({"T": [account("in")]}))
    with pytest.raises(ScoringError, match=r"in and out do not add up \(found 0, expected 1 rows\)"):
        scope_summary(found.feedback.with_columns(scope=pl.lit("elsewhere")), inputs(quarter({})).accounts)


def test_a_reason_stands_beside_each_unmatched_row() -> None:
    given = inputs(quarter({"T": [account("in")]}))
    reasons = {
        ("none", None): "neither an account id nor a hint",
        ("ambiguous", None): "the hint fits several accounts",
        ("unknown", None): "the hint fits no account",
        ("unknown", "A-4410"): "no account has this id",
        ("arr_unknown", None): "ARR unknown: the account is in quarantine",
    }
    rows = [
        given.feedback.with_columns(
            feedback_id=pl.lit(f"{match} {account_id}"),
            account_match=pl.lit(match),
            account_id=pl.lit(account_id, dtype=pl.String),
        )
        for match, account_id in reasons
    ]
    found = score(replace(given, feedback=pl.concat(rows), mentions=given.mentions.clear()), AS_OF, MODEL)
    assert found.feedback["scope_reason"].to_list() == list(reasons.values())


def test_a_row_with_another_theme_beside_compliance_still_counts() -> None:
    rows = quarter({"GDPR": [account("in")], "T": []}, overrides=[overridden("GDPR", "compliance")])
    found = scored(replace(rows, mentions={"GDPR/in": ["GDPR", "T"]}))
    assert found.feedback["scope"].to_list() == ["scored"]
    assert theme(found, "T")["accounts"] == 1


def test_prospects_make_the_sales_list_and_no_score() -> None:
    prospects = [account(f"P-{n}", lifecycle="prospect") for n in range(2)]
    found = scored(quarter({"T": prospects, "U": prospects[:1], "V": [account("in")]}))
    asked = found.sales_list.select("theme_id", "theme_name", "prospects", "mentions", "is_repeated").rows()
    assert asked == [("T", "T", 2, 2, True), ("U", "U", 1, 1, False)]
    assert theme(found, "T")["accounts"] == 0
    assert found.theme_accounts["account_id"].to_list() == ["in"]


def test_ranks_follow_composite_then_revenue_score_then_revenue_then_id() -> None:
    behind = {
        "breadth": small(10, "B"),  # 1 + 5
        "c-poor": large("c1", "c2", "c3"),  # 3 + 4
        "b-same": large("b1"),  # 2 + 3
        "a-same": large("a1"),
        "rich": large("r1", health="at_risk"),  # 4 + 3
    }
    scores = {"breadth": "2", "c-poor": "1", "b-same": "3", "a-same": "3", "rich": "1"}
    relations = {"1": "none", "2": "adjacent", "3": "adjacent"}
    alignment = [aligned(name, relations[given], "", given) for name, given in scores.items()]
    found = scored(with_others(quarter(behind, alignment=alignment)))
    columns = ["theme_id", "revenue_score", "composite", "rank"]
    assert found.theme_scores.select(columns).rows() == [
        ("rich", 4, 8, 1),
        ("c-poor", 3, 8, 2),
        ("a-same", 2, 8, 3),
        ("b-same", 2, 8, 4),
        ("breadth", 1, 8, 5),
    ]


def test_more_revenue_wins_where_scores_are_equal() -> None:
    behind = {"a": large("a1"), "b": [*large("b1"), *small(1)]}
    alignment = [aligned("a", "adjacent", "3"), aligned("b", "adjacent", "3")]
    found = scored(with_others(quarter(behind, alignment=alignment)), changed("breadth", breakpoints=(1, 5, 6, 7)))
    columns = ["theme_id", "composite", "revenue_score", "revenue", "rank"]
    assert found.theme_scores.select(columns).rows() == [
        ("b", 7, 2, Decimal("100060.00"), 1),
        ("a", 7, 2, Decimal("100000.00"), 2),
    ]


def test_a_loud_account_weighs_no_more_than_a_quiet_one() -> None:
    """Of all it says, the strongest signal and the strongest dependency count, each once."""
    rows = quarter({"T": [account("a")]})
    stated = [("none", "0"), ("inferred", "1"), ("", "0.5")]
    loud = [said(f"x:{n}", "a", churn_signal=signal, dependency=on) for n, (signal, on) in enumerate(stated)]
    mentions = rows.mentions | {row["feedback_id"]: ["T"] for row in loud}
    found = scored(replace(rows, feedback=[*rows.feedback, *loud], mentions=mentions))
    pair = found.theme_accounts.row(0, named=True)
    assert (pair["mentions"], pair["churn_signal"], pair["dependency"]) == (4, "inferred", Decimal("1.000"))
    assert (theme(found, "T")["accounts"], theme(found, "T")["mentions"]) == (1, 4)


TWICE = [
    ("accounts", "table accounts: account_id stand twice"),
    ("themes", "table themes: theme_id stand twice"),
    ("feedback", "table feedback: feedback_id stand twice"),
    ("mentions", r"feedback_id and theme_id stand twice \(found T/a / T\)"),
]
LOST = [
    ("feedback", r"feedback_id is not in the table feedback \(found T/a\)"),
    ("themes", r"theme_id is not in the table themes \(found T\)"),
]
WRONG = [
    ("feedback", {"churn_signal": "maybe"}, "strength cannot be computed: an input is missing or unknown"),
    ("accounts", {"tier": "giant"}, "tier_weight cannot be computed"),
    ("accounts", {"arr": Decimal("-0.01")}, r"arr cannot be counted exactly \(found a, expected 0 to a trillion"),
    ("accounts", {"arr": Decimal("1000000000000.01")}, "arr cannot be counted exactly"),
    ("accounts", {"headroom_arr": Decimal("1000000000000.01")}, "headroom_arr cannot be counted exactly"),
    ("accounts", {"seats_owned": 10**10}, "seats_owned cannot be counted exactly"),
    ("accounts", {"seats_owned": 1, "seats_addressable": 10**9}, "headroom_arr cannot be counted exactly"),
]


def one_mention() -> Inputs:
    """One account of $100,000,000 that says one thing."""
    return inputs(quarter({"T": [account("a", arr="100000000.00")]}))


@pytest.mark.parametrize(("table", "message"), TWICE)
def test_a_key_that_stands_twice_stops_the_run(table: str, message: str) -> None:
    rows = getattr(one_mention(), table)
    with pytest.raises(ScoringError, match=message):
        score(replace(one_mention(), **{table: pl.concat([rows, rows])}), AS_OF, MODEL)


@pytest.mark.parametrize(("table", "message"), LOST)
def test_a_mention_that_leads_nowhere_stops_the_run(table: str, message: str) -> None:
    with pytest.raises(ScoringError, match=message):
        score(replace(one_mention(), **{table: getattr(one_mention(), table).clear()}), AS_OF, MODEL)


@pytest.mark.parametrize(("table", "values", "message"), WRONG)
def test_a_value_that_cannot_be_counted_stops_the_run(table: str, values: dict[str, Any], message: str) -> None:
    frame = getattr(one_mention(), table)
    wrong = frame.with_columns(pl.lit(value).cast(frame.schema[name]).alias(name) for name, value in values.items())
    with pytest.raises(ScoringError, match=message):
        score(replace(one_mention(), **{table: wrong}), AS_OF, MODEL)


def test_an_empty_quarter_scores_nothing_and_does_not_fail() -> None:
    found = scored(Rows(feedback=[], accounts=[], themes={}, mentions={}))
    assert found.theme_scores.is_empty()
    assert found.theme_accounts.is_empty()
    assert found.scope_summary["rows"].sum() == 0


def test_a_score_is_kept_and_read_in_the_folder_of_a_run(tmp_path: Path) -> None:
    given = inputs(replace(ranked_pair(overridden("second", "compliance")), previous=["first"]))
    run, before = tmp_path / "run", tmp_path / "before"
    for name in ("accounts", "mentions", "roadmap", "alignment", "overrides"):
        write_table(run, name, getattr(given, name))
    write_table(run, "accepted_feedback", given.feedback)
    write_table(run, "themes", given.themes.with_columns(status=pl.lit("active"), mentions=pl.lit(1)))
    with pytest.raises(ContractError, match="the run has no such table"):
        read_inputs(run, before)
    found = score(read_inputs(run, ""), AS_OF, MODEL)
    write_scored(found, run)
    assert read_table(run, "theme_scores").equals(found.theme_scores)
    assert read_table(run, "feedback").height == found.feedback.height
    assert pl.read_parquet(run / "reading/override_status.parquet").equals(found.override_status)
    assert "fewer than the 3 to 5" in (run / "scoring.json").read_text(encoding="utf-8")
    again = score(read_inputs(run, run), AS_OF, MODEL)
    assert not any("emerging" in flags for flags in again.theme_scores["flags"])
