"""Decisions of earlier sessions and what is reported about them: which files are read, and what their cells may say."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest
from contract_rows import Row, run

from vocanalytics import verbatims
from vocanalytics.contracts import account_for_rows, match_accounts, validate
from vocanalytics.errors import ContractError, SourceError
from vocanalytics.settings import Quarter, read_model
from vocanalytics.sources import Pulled, pull
from vocanalytics.sources.finding import find_files

QUARTER = Quarter(2026, 3)
ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with the smallest quarter that can be pulled; the current folder is its root."""
    monkeypatch.chdir(tmp_path)
    put(
        "data/raw/2026Q3/feedback.csv",
        "feedback_id,source,channel,account_id,created_at,verbatim\nt:1,t,survey,A,2026-07-01T00:00:00Z,slow\n",
    )
    put(
        "data/raw/2026Q3/accounts.csv",
        "account_id,account_name,lifecycle,tier,is_icp,arr,currency\nA,Alder,customer,smb,true,1200.00,USD\n",
    )
    return tmp_path


def put(path: str, content: str) -> None:
    file = Path(path)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(content, encoding="utf-8")


def decide(quarter: str, *rows: str, header: str = "theme,status") -> None:
    put(f"data/curated/{quarter}/decisions.csv", "\n".join([header, *rows, ""]))


def pulled() -> Pulled:
    return pull(QUARTER, Path("data/raw"), Path("data/curated"), Decimal("0.01"))


def test_decisions_of_four_quarters_are_read_newest_first(project: Path) -> None:
    for quarter in ("2026Q4", "2026Q3", "2026Q2", "2026Q1", "2025Q4", "2025Q3", "2025Q2"):
        decide(quarter, f"Theme of {quarter},decline")
    found = pulled().tables["decisions"].select("decided_in", "theme", "export", "export_row").rows()
    expected = ("2026Q2", "2026Q1", "2025Q4", "2025Q3")
    assert found == [(quarter, f"Theme of {quarter}", f"{quarter}/decisions.csv", 2) for quarter in expected]


def test_a_quarter_without_decisions_ends_nothing(project: Path) -> None:
    decide("2025Q3", "Old,decline")
    assert pulled().tables["decisions"]["decided_in"].to_list() == ["2025Q3"]


def test_the_run_depends_on_every_file_that_is_read(project: Path) -> None:
    decide("2026Q2", "A,decline")
    decide("2025Q4", "A,decline")
    put("data/curated/2026Q3/delivery.csv", "theme,status\nA,shipped\n")
    found = [(table, path.as_posix()) for table, path in find_files(QUARTER, Path("data/raw"), Path("data/curated"))[0]]
    assert found[2:] == [
        ("delivery", "data/curated/2026Q3/delivery.csv"),
        ("decisions", "data/curated/2026Q2/decisions.csv"),
        ("decisions", "data/curated/2025Q4/decisions.csv"),
    ]


def test_two_sheets_that_nobody_filled_in_may_be_the_same(project: Path) -> None:
    decide("2026Q2", "A,")
    decide("2026Q1", "A,")
    assert pulled().tables["decisions"].select("decided_in", "status").rows() == [("2026Q2", None), ("2026Q1", None)]


@pytest.mark.parametrize("written", ["2026Q2", " 2026Q2 ", ""])
def test_the_quarter_of_a_decision_is_that_of_its_folder(project: Path, written: str) -> None:
    decide("2026Q2", f"{written},A,decline", header="decided_in,theme,status")
    assert pulled().tables["decisions"]["decided_in"].to_list() == ["2026Q2"]


def test_a_decision_that_names_another_quarter_than_its_folder_stops_the_run(project: Path) -> None:
    decide("2026Q2", "2026Q2,A,decline", "2026Q1,B,decline", header="decided_in,theme,status")
    with pytest.raises(SourceError) as caught:
        pulled()
    assert str(caught.value) == (
        "data/curated/2026Q2/decisions.csv, line 3, decided_in: names another quarter than its folder (found '2026Q1', "
        "expected 2026Q2 or nothing). Move the file to the folder of its quarter, or correct decided_in."
    )


def test_every_decision_is_accounted_for_by_its_quarter(project: Path) -> None:
    decide("2026Q2", "A,decline", "B,", "C,perhaps")
    decide("2026Q1", "A,decline")
    put("data/curated/2026Q3/delivery.csv", "theme,status,delivered_on\nA,shipped,2026-08-14\n")
    found, model = pulled(), read_model(ROOT / "pipelines/model.yml")
    validated = validate(found.tables, ROOT / "expectations", QUARTER, dt.date(2026, 9, 30), model)
    lines = account_for_rows(found, validated, verbatims.fold_duplicates(match_accounts(validated)))
    assert lines.filter(pl.col("table").is_in(["decisions", "delivery"])).rows() == [
        ("decisions", "2026Q1/decisions.csv", 1, 1, 0, 0),
        ("decisions", "2026Q2/decisions.csv", 3, 2, 1, 0),
        ("delivery", "delivery.csv", 1, 1, 0, 0),
    ]
    assert lines.filter(pl.col("table") == "feedback")["export"].to_list() == ["feedback.csv"]
    assert validated.quarantine.select("export", "export_row", "column", "value").rows() == [
        ("2026Q2/decisions.csv", 4, "status", "perhaps")
    ]


def test_the_figures_printed_on_the_sheet_are_left_out_without_a_word(project: Path) -> None:
    decide("2026Q2", "A,3,build,12,decline", header="theme,rank,start,composite,status")
    assert not any("left out" in note for note in pulled().notes)
    decide("2026Q2", "A,decline,me", header="theme,status,written_by")
    assert any("columns left out: written_by" in note for note in pulled().notes)


def test_a_theme_without_a_status_is_undecided_and_kept() -> None:
    found = run(decisions=[{"theme": "A", "status": None}, {"theme": "B", "status": "Build next quarter"}])
    assert found.accepted["decisions"]["status"].to_list() == [None, "build_next_quarter"]
    assert found.quarantine.is_empty()


@pytest.mark.parametrize(
    ("said", "decided_in", "status"),
    [
        ("Build", "2026Q2", "build_next_quarter"),
        ("Build in Q3 2026", "2026Q2", "build_next_quarter"),
        ("Defer to Q4 2026 (Q+2)", "2026Q2", "defer_q_plus_2"),
        ("declined", None, "decline"),
        ("TBD", "2026Q2", None),
    ],
)
def test_a_status_may_be_in_the_words_of_the_printed_sheet(
    said: str, decided_in: str | None, status: str | None
) -> None:
    found = run(decisions=[{"theme": "A", "status": said, "decided_in": decided_in}])
    assert found.accepted["decisions"]["status"].to_list() == [status]
    assert found.quarantine.is_empty()


def test_a_box_of_another_quarter_is_no_status_of_this_one() -> None:
    line = run(decisions=[{"theme": "A", "status": "Build in Q4 2026", "decided_in": "2026Q2"}]).quarantine
    assert line["value"].to_list() == ["Build in Q4 2026"]


def test_a_status_that_is_no_word_of_decisions_goes_to_quarantine_with_the_nearest() -> None:
    line = run(decisions=[{"theme": "A", "status": "declin"}, {"theme": "B", "status": "shipped"}]).quarantine
    words = "Use one of build_next_quarter, defer_q_plus_2, decline"
    assert line["reason"].to_list() == ["status is not a known value"] * 2
    assert line["advice"].to_list() == [f"Did you mean decline? {words}", words]


def test_delivery_comes_through_with_its_dates() -> None:
    rows: list[Row] = [
        {"theme": "A", "status": "Shipped", "decided_in": "2026Q1", "delivered_on": "2026-08-14", "evidence": "notes"},
        {"theme": "B", "status": "in progress", "theme_id": "T-2"},
    ]
    columns = ("theme_id", "theme", "decided_in", "status", "delivered_on", "evidence")
    assert run(delivery=rows).accepted["delivery"].select(columns).rows() == [
        (None, "A", "2026Q1", "shipped", dt.date(2026, 8, 14), "notes"),
        ("T-2", "B", None, "in_progress", None, None),
    ]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"decided_in": "Q2 2026"}, "delivery.csv row 2: decided_in is not a quarter .found Q2 2026"),
        ({"decided_in": "2026Q5"}, "decided_in is not a quarter"),
        ({"decided_in": "12026Q2"}, "decided_in is not a quarter"),
        ({"status": "done"}, "status is not a known value"),
        ({"status": None}, "status is missing"),
        ({"theme": " "}, "theme is missing"),
        ({"delivered_on": "soon"}, "delivered_on: not a date"),
    ],
)
def test_a_delivery_report_that_cannot_be_read_stops_the_run(changes: Row, message: str) -> None:
    with pytest.raises(ContractError, match=message):
        run(delivery=[{"theme": "A", "status": "shipped"} | changes])
