"""The rows of the demonstration that a reader must survive: without an account, odd, doubled, broken."""

from __future__ import annotations

from collections import Counter

import pytest
from demo_quarters import (
    BOUNDS,
    STRENGTH,
    Row,
    accepted_accounts,
    accepted_feedback,
    behind,
    exports,
    match,
    planted,
)

from vocanalytics.demo import QUARTERS
from vocanalytics.demo.texts import pool


@pytest.mark.parametrize("quarter", QUARTERS)
def test_feedback_of_every_scope_and_every_way_to_match(quarter: str) -> None:
    accounts = accepted_accounts(quarter)
    rows = accepted_feedback(quarter)
    matched = [accounts[key] for row in rows if (key := match(row, accounts))]
    assert {account["lifecycle"] for account in matched} == {"customer", "prospect", "churned"}
    assert {account["is_icp"] for account in matched} == {"true", "false"}
    nameless = [row for row in rows if not row["account_id"]]
    assert any(match(row, accounts) and "." in row["account_hint"] for row in nameless)
    assert any(match(row, accounts) and "." not in row["account_hint"] for row in nameless)
    assert any(row["account_hint"] == "Larkrise" and not match(row, accounts) for row in nameless)
    assert any(not row["account_hint"] for row in nameless)
    assert any(row["account_id"] == "A-4410" for row in rows)


def test_one_account_is_behind_its_theme_only_by_its_hint() -> None:
    rows = behind("2026Q3")["T-0003"]["A-1069"]
    assert rows and not any(row["account_id"] for row in rows)


def test_bad_rows_are_there_and_below_one_percent_of_each_file() -> None:
    rows = exports("2026Q3", "feedback")
    bad = [(kind, row["export"]) for at, row in enumerate(rows) if (kind := fault(row, rows[:at]))]
    assert Counter(kind for kind, _ in bad) == dict.fromkeys(FAULTS, 1)
    sizes = Counter(row["export"] for row in rows)
    assert all(count / sizes[export] < 0.01 for export, count in Counter(export for _, export in bad).items())


def test_one_row_is_repeated_whole() -> None:
    rows = [row for row in exports("2026Q3", "feedback") if row["export"] == "feedback_tickets.csv"]
    assert sum(row in rows[:at] for at, row in enumerate(rows)) == 1


FAULTS = ("ragged", "no such day", "before the quarter", "after the quarter", "unknown signal", "reused id")


def fault(row: Row, before: list[Row]) -> str | None:
    """What is wrong with a row of feedback, if anything."""
    first, last = (day.isoformat() for day in BOUNDS["2026Q3"])
    day = row["created_at"][:10]
    same_id = [other["verbatim"] for other in before if other["feedback_id"] == row["feedback_id"]]
    found = (
        None in row,
        day[5:7] > "12",
        day < first,
        day > last and day[5:7] <= "12",
        row.get("churn_signal", "") not in ("", *STRENGTH),
        bool(same_id) and row["verbatim"] not in same_id,
    )
    return FAULTS[found.index(True)] if any(found) else None


def test_two_accounts_must_not_pass_and_both_have_feedback() -> None:
    ruled_out = {row["account_id"] for row in exports("2026Q3", "accounts")} - accepted_accounts("2026Q3").keys()
    assert ruled_out == {"A-1119", "A-1120"}
    assert ruled_out <= {row["account_id"] for row in accepted_feedback("2026Q3")}


def test_odd_texts_are_there() -> None:
    texts = [row["verbatim"] for row in accepted_feedback("2026Q3")]
    assert any("Ã¼" in text for text in texts), "decoded wrongly before us"
    assert any(len(text) > 1200 and "\n" in text for text in texts)
    assert any("<script>" in row["verbatim"] for quarter in QUARTERS for row in exports(quarter, "feedback"))
    assert any(text in ("👍", "ok", ".") for text in texts)
    assert any("\u200b" in text for text in texts)
    assert not any("{" in text for text in texts), "a module's name was not filled in"


def test_messages_with_two_requests_come_from_accounts_behind_both() -> None:
    truth, found = planted()["2026Q3"], behind("2026Q3")
    double = {key: both for key, both in truth.items() if len(both) == 2}
    assert len(double) >= 20 and len(pool("two_requests")) >= 25
    alone = {
        theme: {key for key, rows in by_account.items() if any(len(truth[row["feedback_id"]]) == 1 for row in rows)}
        for theme, by_account in found.items()
    }
    accounts = accepted_accounts("2026Q3")
    for row in (row for row in accepted_feedback("2026Q3") if row["feedback_id"] in double):
        assert all(match(row, accounts) in alone[theme] for theme in double[row["feedback_id"]])
