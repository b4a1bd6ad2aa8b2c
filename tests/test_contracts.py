"""Validation end to end: which rows are accepted, which are kept out and why, and what stops a run."""

from __future__ import annotations

import datetime as dt
import os
import subprocess
import sys
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from contract_rows import ROOT, Row, account, run, said
from test_contracts_suites import spoilt

from vocanalytics.contracts import Validated
from vocanalytics.errors import ContractError
from vocanalytics.vocabulary import ACCOUNTS, FEEDBACK, QUARANTINE, TOO_LATE, polars_schema

QUARTER_START, QUARTER_END = "2026-07-01T00:00:00Z", "2026-09-30T23:59:59.999999Z"

FEEDBACK_FAULTS: dict[str, tuple[dict[str, str | None], str, str]] = {
    "no id": ({"feedback_id": None}, "feedback_id", "feedback_id is missing"),
    "no source": ({"source": " "}, "source", "source is missing"),
    "no channel": ({"channel": None}, "channel", "channel is missing"),
    "channel": ({"channel": "fax"}, "channel", "channel is not a known value"),
    "voice": ({"voice": "robot"}, "voice", "voice is not a known value"),
    "role": ({"author_role": "boss"}, "author_role", "author_role is not a known value"),
    "no time": ({"created_at": None}, "created_at", "created_at is missing"),
    "time": ({"created_at": "yesterday"}, "created_at", "created_at: not a date and time"),
    "before": (
        {"created_at": "2026-06-30T23:59:59.999999Z"},
        "created_at",
        "created_at is outside the quarter, before 2026-07-01",
    ),
    "after": ({"created_at": "2026-10-01T00:00:00Z"}, "created_at", "created_at is in the future, after 2026-09-30"),
    "zone": (
        {"created_at": "2026-07-01T01:00:00+02:00"},
        "created_at",
        "created_at is outside the quarter, before 2026-07-01",
    ),
    "nps high": ({"nps": "11"}, "nps", "nps is not from 0 to 10"),
    "nps low": ({"nps": "-1"}, "nps", "nps is not from 0 to 10"),
    "nps text": ({"nps": "ten"}, "nps", "nps: not a whole number"),
    "csat": ({"csat": "-0.1"}, "csat", "csat is negative"),
    "signal": ({"churn_signal": "maybe"}, "churn_signal", "churn_signal is not a known value"),
    "dependency": ({"dependency": "0.7"}, "dependency", "dependency is not a known value"),
    "trend": ({"usage_trend": "up"}, "usage_trend", "usage_trend is not a known value"),
    "two in text": (
        {"created_at": "soon", "nps": "ten"},
        "created_at",
        "created_at: not a date and time; also nps: not a whole number",
    ),
    "two in values": (
        {"nps": "11", "channel": "fax"},
        "channel",
        "channel is not a known value; also nps is not from 0 to 10",
    ),
}

GOOD_FEEDBACK: dict[str, dict[str, str | None]] = {
    "first moment": {"created_at": QUARTER_START},
    "last moment": {"created_at": QUARTER_END},
    "nps 0": {"nps": "0"},
    "nps 10": {"nps": "10"},
    "cased": {"channel": "Support Ticket", "churn_signal": "EXPLICIT"},
    "half": {"dependency": "0.50"},
    "no words": {"verbatim": None},
    "no account": {"account_id": None},
}

ACCOUNT_FAULTS: dict[str, tuple[dict[str, str | None], str, str]] = {
    "name": ({"account_name": ""}, "account_name", "account_name is missing"),
    "lifecycle": ({"lifecycle": "lead"}, "lifecycle", "lifecycle is not a known value"),
    "no tier": ({"tier": None}, "tier", "tier is missing"),
    "tier": ({"tier": "Enterpise"}, "tier", "tier is not a known value"),
    "icp": ({"is_icp": None}, "is_icp", "is_icp is missing"),
    "no arr": ({"arr": None}, "arr", "arr is missing"),
    "negative arr": ({"arr": "(500)"}, "arr", "arr is negative"),
    "infinite arr": ({"arr": "inf"}, "arr", "arr: the amount is not finite"),
    "arr two ways": ({"arr": "1,200"}, "arr", "arr: the amount can be read in two ways"),
    "other currency": (
        {"arr": "€1200.00"},
        "arr",
        "arr: the amount is marked with another currency than its row",
    ),
    "no currency": ({"currency": None}, "currency", "currency is missing"),
    "renewal": (
        {"renewal_date": "31/12/2026"},
        "renewal_date",
        "renewal_date: the order of day and month is not stated",
    ),
    "seats": ({"seats_owned": "-1"}, "seats_owned", "seats_owned is negative"),
    "addressable": ({"seats_addressable": "-1"}, "seats_addressable", "seats_addressable is negative"),
    "headroom": ({"headroom_arr": "-0.01"}, "headroom_arr", "headroom_arr is negative"),
    "health": ({"health": "fine"}, "health", "health is not a known value"),
}


@pytest.fixture(scope="module")
def validated() -> Validated:
    """One run over a row for every rule, and enough good rows that no share is large."""
    feedback = [said(f"bad:{name}") | changes for name, (changes, _, _) in FEEDBACK_FAULTS.items()]
    feedback += [said(f"good:{name}") | changes for name, changes in GOOD_FEEDBACK.items()]
    feedback += [said("twice:1"), said("twice:1", verbatim="Otherwise"), said("same:1"), said("same:1")]
    accounts = [account(f"bad {name}") | changes for name, (changes, _, _) in ACCOUNT_FAULTS.items()]
    accounts += [account("A1", arr="$80K", renewal_date="9999-12-31"), account("A2", csm="x"), account("A2", csm="y")]
    accounts += [account("A3", domains="a.example; b.example"), account("A3", domains="a.example;b.example")]
    accounts += [account("A4", arr="abc"), account("A4")]
    accounts += [account(f"B{number}") for number in range(200)]
    return run(feedback=feedback, accounts=accounts)


def lines(validated: Validated, table: str) -> dict[int, dict[str, Any]]:
    """Quarantine lines by the row of the export."""
    found = validated.quarantine.filter(pl.col("table") == table)
    assert found["export_row"].is_unique().all()
    return {line["export_row"]: line for line in found.iter_rows(named=True)}


@pytest.mark.parametrize(("place", "name"), [*enumerate(FEEDBACK_FAULTS, start=2)])
def test_a_faulty_row_of_feedback_has_one_line_in_quarantine(validated: Validated, place: int, name: str) -> None:
    changes, column, reason = FEEDBACK_FAULTS[name]
    line = lines(validated, "feedback")[place]
    assert (line["column"], line["reason"]) == (column, reason)
    assert line["value"] == changes[column]
    assert line["advice"]


@pytest.mark.parametrize(("place", "name"), [*enumerate(ACCOUNT_FAULTS, start=2)])
def test_a_faulty_account_has_one_line_in_quarantine(validated: Validated, place: int, name: str) -> None:
    changes, column, reason = ACCOUNT_FAULTS[name]
    line = lines(validated, "accounts")[place]
    assert (line["column"], line["reason"]) == (column, reason)
    assert line["value"] == changes[column]
    assert line["advice"]


def test_good_rows_are_accepted(validated: Validated) -> None:
    accepted = validated.accepted["feedback"]
    assert set(accepted["feedback_id"]) == {*(f"good:{name}" for name in GOOD_FEEDBACK), "twice:1", "same:1"}
    cased = accepted.row(by_predicate=pl.col("feedback_id") == "good:cased", named=True)
    assert (cased["channel"], cased["churn_signal"]) == ("support_ticket", "explicit")
    first = accepted.row(by_predicate=pl.col("feedback_id") == "good:first moment", named=True)
    assert first["created_at"] == dt.datetime(2026, 7, 1, tzinfo=dt.UTC)


def test_accepted_tables_have_the_types_of_the_vocabulary(validated: Validated) -> None:
    assert validated.accepted["feedback"].schema == polars_schema(FEEDBACK)
    assert validated.accepted["accounts"].schema == polars_schema(ACCOUNTS)
    assert validated.quarantine.schema == polars_schema(QUARANTINE)
    assert all(frame.is_empty() for name, frame in validated.accepted.items() if name not in ("feedback", "accounts"))
    assert validated.accepted["accounts"].row(0, named=True)["arr"] == Decimal("80000.00")


def test_the_nearest_known_value_is_suggested(validated: Validated) -> None:
    advice = lines(validated, "accounts")[2 + list(ACCOUNT_FAULTS).index("tier")]["advice"]
    assert advice == "Did you mean enterprise? Use one of enterprise, mid_market, smb"
    nothing_near = lines(validated, "feedback")[2 + list(FEEDBACK_FAULTS).index("channel")]["advice"]
    assert nothing_near.startswith("Use one of support_ticket, ")


def test_an_id_that_stands_twice_keeps_its_first_row(validated: Validated) -> None:
    feedback = validated.accepted["feedback"].filter(pl.col("feedback_id") == "twice:1")
    assert feedback["verbatim"].to_list() == ["It is slow"]
    second = validated.quarantine.filter(pl.col("value") == "twice:1")
    assert second["reason"].to_list() == ["feedback_id stands twice with different content"]
    assert validated.accepted["accounts"].filter(pl.col("account_id") == "A2")["csm"].to_list() == ["x"]


def test_rows_that_say_the_same_are_declared_duplicates(validated: Validated) -> None:
    assert validated.duplicates.select("table", "key", "duplicate_of").rows() == [
        ("feedback", "same:1", "same:1"),
        ("accounts", "A3", "A3"),
    ]
    kept = validated.accepted["accounts"].filter(pl.col("account_id") == "A3")["domains"].to_list()
    assert kept == [["a.example", "b.example"]]


def test_accounts_kept_out_are_known_by_name(validated: Validated) -> None:
    assert set(validated.arr_unknown_ids) == {f"bad {name}" for name in ACCOUNT_FAULTS}
    assert "A4" in set(validated.accepted["accounts"]["account_id"])


def test_every_check_is_listed_with_its_numbers(validated: Validated) -> None:
    by_check = {
        (row["table"], row["expectation"], row["column"]): row for row in validated.checks.iter_rows(named=True)
    }
    read = by_check["feedback", "read_as_integer", "nps"]
    assert (read["suite"], read["rows"], read["failed"], read["success"]) == ("types", 7, 2, False)
    arr = by_check["accounts", "expect_column_values_to_not_be_null", "arr"]
    assert (arr["suite"], arr["failed"], arr["success"], arr["message"]) == ("accounts", 1, False, "arr is missing")
    assert by_check["accounts", "expect_column_values_to_be_null", "conflict"]["success"]


def test_notes_say_what_should_be_looked_at(validated: Validated) -> None:
    notes = "\n".join(validated.notes)
    assert "accounts: renewal_date is not a plausible day (1 of " in notes
    assert "roadmap: the roadmap does not hold three to five themes (found 0)" in notes
    assert "feedback.csv: 20 of 32 rows (62.5%) are in quarantine, more than 1.0%" in notes
    assert "feedback_id is not written as source:native_id" not in notes


def test_rows_after_an_early_as_of_date_are_late_and_not_lost() -> None:
    rows = [said(f"desk:{number}", created_at=f"2026-0{7 + number // 5}-10T09:00:00Z") for number in range(10)]
    found = run(feedback=rows, as_of=dt.date(2026, 7, 31))
    assert set(found.quarantine["reason"].str.slice(0, len(TOO_LATE))) == {TOO_LATE}
    notes = "\n".join(found.notes)
    assert "feedback.csv: 5 of 10 rows are dated after the as-of date, so they do not count yet." in notes
    assert "before trusting" not in notes


def test_reasons_are_counted(validated: Validated) -> None:
    top = validated.reasons.row(0, named=True)
    assert (top["reason"], top["rows"]) == ("created_at is outside the quarter, before 2026-07-01", 2)
    assert validated.reasons["rows"].sum() == len(validated.quarantine)


ALIGNED: Row = {"theme": "Slow", "relation": "direct", "score_cs": "4", "rationale_cs": "x"}

STOPS: dict[str, tuple[dict[str, list[Row]], str]] = {
    "conflicting ARR": (
        {"accounts": [account("A1"), account("A2"), account("A1", arr="1300", export="more.csv")]},
        r"accounts\.csv row 2, more\.csv row 4: the same account stands twice with different figures "
        r"\(found arr 1200\.00 or 1300\.00\)",
    ),
    "conflicting tier and renewal": (
        {"accounts": [account("A1"), account("A1", tier="enterprise", renewal_date="2026-12-01")]},
        r"found tier smb or enterprise; renewal_date empty or 2026-12-01",
    ),
    "several currencies": (
        {"accounts": [account("A1"), account("A2", currency="EUR")]},
        r"accounts\.csv row 3: ARR is not all in USD, and there is no rate table \(found EUR\)",
    ),
    "a score out of range": (
        {"alignment": [ALIGNED, ALIGNED | {"score_product": "6"}]},
        r"alignment\.csv row 3: score_product is not from 1 to 5 \(found 6\)",
    ),
    "a score of zero": ({"alignment": [ALIGNED | {"score_cs": "0"}]}, r"score_cs is not from 1 to 5 \(found 0\)"),
    "an unreadable score": (
        {"alignment": [ALIGNED | {"score_cs": "four"}]},
        r"alignment\.csv row 2: score_cs: not a whole number \(found four\)",
    ),
    "a relation that is none": (
        {"alignment": [ALIGNED | {"relation": "close"}]},
        r"alignment\.csv row 2: relation is not a known value \(found close\)\. Use one of direct, adjacent, none",
    ),
    "a theme without a name": ({"alignment": [ALIGNED | {"theme": ""}]}, r"theme is missing \(found nothing\)"),
    "dates of unstated order": (
        {"feedback": [said("a:1"), *(said(f"b:{number}", created_at="03/04/2026") for number in range(4))]},
        r"feedback\.csv row 3, .* row 4, .* row 5 and 1 more: created_at: the order of day and month is not stated "
        r"\(found 03/04/2026\)\. Write dates as YYYY-MM-DD, such as 2026-09-30",
    ),
    "an override of no known kind": (
        {"overrides": [{"theme": "Slow", "kind": "mood"}]},
        r"overrides\.csv row 2: kind is not a known value \(found mood\)\. Use one of referenceable_logo, compliance",
    ),
    "no feedback left": (
        {"feedback": [said("a:1", channel="fax"), said("a:2", channel="fax"), said("a:3", nps="11")]},
        r"feedback\.csv: no row of feedback was accepted \(found in 2 of 3 rows: channel is not a known value\)",
    ),
    "no accounts left": ({"accounts": [account("A1", arr="")]}, r"no row of accounts was accepted .*arr is missing"),
    "no feedback at all": ({"feedback": []}, r"feedback holds no rows"),
}


@pytest.mark.parametrize("name", STOPS)
def test_what_stops_a_run_is_said_in_a_line(name: str) -> None:
    rows, message = STOPS[name]
    with pytest.raises(ContractError, match=message) as stopped:
        run(**rows)
    assert "\n" not in str(stopped.value)


def test_few_dates_of_unstated_order_are_only_kept_out() -> None:
    rows = [said(f"a:{number}", export_row=str(number + 2)) for number in range(100)]
    one = run(feedback=[rows[0] | {"created_at": "03/04/2026"}, *rows[1:]])
    assert len(one.quarantine) == 1
    with pytest.raises(ContractError, match="the order of day and month is not stated"):
        run(feedback=[row | {"created_at": "03/04/2026"} for row in rows[:2]] + rows[2:])


def test_the_as_of_date_may_stand_inside_the_quarter_or_after_it() -> None:
    rows = [said("a:1"), said("a:2", created_at="2026-09-01T00:00:00Z"), said("a:3", created_at="2026-10-01T00:00:00Z")]
    early = run(feedback=rows, as_of=dt.date(2026, 8, 31))
    assert early.quarantine["reason"].to_list() == ["created_at is in the future, after 2026-08-31"] * 2
    late = run(feedback=rows, as_of=dt.date(2026, 10, 15))
    assert late.quarantine["reason"].to_list() == ["created_at is outside the quarter, after 2026-09-30"]


def test_curated_tables_come_through() -> None:
    curated = run(
        roadmap=[{"roadmap_id": f"R{n}", "name": "x", "published_on": "2026-07-01"} for n in range(3)],
        alignment=[ALIGNED],
        overrides=[{"theme": "Slow", "kind": "Compliance"}],
        decisions=[{"theme": "Slow", "status": "decline"}],
    )
    sizes = {name: len(frame) for name, frame in curated.accepted.items()}
    assert sizes == {
        "feedback": 1,
        "accounts": 1,
        "roadmap": 3,
        "alignment": 1,
        "overrides": 1,
        "decisions": 1,
        "delivery": 0,
    }
    assert curated.quarantine.is_empty()
    assert not any(note.startswith("roadmap") for note in curated.notes)


def first(suite: dict[str, Any]) -> dict[str, Any]:
    """The expectation on which a test plays."""
    found: dict[str, Any] = suite["expectations"][0]
    return found


SPOILT: dict[str, tuple[Callable[[dict[str, Any]], object], str]] = {
    "one that raises": (
        lambda suite: first(suite).update(
            type="expect_column_values_to_be_between", kwargs={"column": "account_name", "min_value": 3}
        ),
        r"suite accounts, expect_column_values_to_be_between account_name: the expectation could not be evaluated: .*"
        r"this is not a fault of the data",
    ),
    "one that does not exist": (
        lambda suite: first(suite).update(type="expect_the_unexpected"),
        r"suite accounts, expectation 1 \(expect_the_unexpected\): Great Expectations does not accept the expectation: "
        "expect_the_unexpected not found",
    ),
    "one with a wrong argument": (
        lambda suite: first(suite)["kwargs"].update(mostly=7),
        r"expectation 1 \(expect_column_values_to_not_be_null\): Great Expectations does not accept",
    ),
    "a whole table in quarantine": (
        lambda suite: first(suite).update(type="expect_table_row_count_to_be_between", kwargs={"min_value": 99}),
        "an expectation about a whole table cannot quarantine rows",
    ),
    "one taken out": (
        lambda suite: suite.update(expectations=[item for item in suite["expectations"] if "tier" not in str(item)]),
        "suite accounts lets through a value that the vocabulary does not know .found gold",
    ),
}


@pytest.mark.parametrize("name", SPOILT)
def test_a_suite_that_cannot_be_evaluated_is_told_apart_from_one_that_fails(tmp_path: Path, name: str) -> None:
    change, message = SPOILT[name]
    folder = spoilt(ROOT, tmp_path / "expectations", change)
    with pytest.raises(ContractError, match=message):
        run(folder, accounts=[account("A1", tier="gold")] if "taken" in name else [account("A1")])


def test_the_metadata_of_the_suite_decides(tmp_path: Path) -> None:
    def stop_at_negative(suite: dict[str, Any]) -> None:
        (expectation,) = [item for item in suite["expectations"] if item["meta"]["reason"] == "arr is negative"]
        expectation["meta"]["on_failure"] = "stop"

    folder = spoilt(ROOT, tmp_path / "expectations", stop_at_negative)
    with pytest.raises(ContractError, match=r"accounts\.csv row 3: arr is negative \(found -1\.00\)"):
        run(folder, accounts=[account("A1"), account("A2", arr="-1")])


WATCHED = """
import sys
written = []
def watch(event, args):
    if event in ("socket.connect", "socket.getaddrinfo", "socket.sendto"):
        raise RuntimeError(f"{event} {args}")
    if event == "open" and isinstance(args[1], str) and set(args[1]) & set("wax+") and args[0] != "/dev/null":
        written.append(str(args[0]))
    if event in ("os.mkdir", "os.rename"):
        written.append(str(args[0]))
sys.addaudithook(watch)
from contract_rows import run
import vocanalytics.contracts
assert not {"great_expectations", "pandas", "sklearn"} & set(sys.modules), "imported before it was needed"
run()
assert "great_expectations" in sys.modules
print(written)
"""


def test_nothing_goes_over_the_network_or_to_disk(root: Path, tmp_path: Path) -> None:
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("COV")},
        "PYTHONPATH": os.pathsep.join((str(root / "src"), str(root / "tests"))),
        "PYTHONDONTWRITEBYTECODE": "1",
        "HOME": str(tmp_path),
        "GX_ANALYTICS_ENABLED": "True",
    }
    done = subprocess.run(
        [sys.executable, "-c", WATCHED], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout == "[]\n"
    assert done.stderr == ""
    assert not list(tmp_path.iterdir())
