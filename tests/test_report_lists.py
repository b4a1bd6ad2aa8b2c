"""The lists that leave the session, and the sheets of the workbook that show what the frames hold."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import polars as pl
import pytest
from report_runs import MODEL, THEMES, Spec, loaded, previous_scores

from vocanalytics.report import build_view, write_outputs
from vocanalytics.report.labels import label, yes_or_no
from vocanalytics.report.lists import CPO_COLUMNS, SALES_COLUMNS, cpo_csv, sales_csv
from vocanalytics.report.run import RunTables
from vocanalytics.report.safe_text import inert
from vocanalytics.report.workbook import workbook

FORMULA = '=HYPERLINK("https://other.example","open")'
#: Raw words of closed values that no cell of the new sheets may show.
RAW = ("csm_note", "support_ticket", "understanding_gap", "largest_accounts", "account_leaves", "signal_wrong",
       "score_point", "nps_group", "build_next_quarter", "defer_q_plus_2", "in_progress")  # fmt: skip
NEW_SHEETS = (
    "Firmness", "Scenarios", "Flips", "Beside the score", "Roadmap suggestions", "Sales list", "CPO list",
    "Decisions before",
)  # fmt: skip


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> RunTables:
    """A second quarter, with prospects whose deals are known, words of compliance, and decisions of the first."""
    folder = tmp_path_factory.mktemp("lists")
    words = pl.when(pl.col("feedback_id").str.ends_with("2")).then(pl.lit("GDPR asks for it.")).otherwise("verbatim")
    decisions = (
        {"theme": "T-0001", "status": "build_next_quarter", "owner": "P. Vance", "decided_in": "2026Q2"},
        {"theme": "T-0003", "status": "defer_q_plus_2", "rationale": "Small.", "decided_in": "2026Q2"},
        {"theme": "Saved views", "status": "decline", "decided_in": "2026Q2"},
    )
    shipped = {
        "theme": "T-0001", "decided_in": "2026Q2", "status": "in_progress", "evidence": "Half of it.",
        "delivered_on": None,
    }  # fmt: skip
    spec = Spec(
        previous=previous_scores(Spec(), folder / "before"),
        decisions=decisions,
        delivery=({name: value for name, value in shipped.items() if value},),
        suggestions=True,
        feedback_changes={"verbatim": words, "deal_outcome": pl.lit("lost"), "competitor": pl.lit("Rival & Co")},
    )
    return loaded(spec, folder / "now")


@pytest.fixture(scope="module")
def book(run: RunTables) -> Any:
    return opened(run)


def opened(run: RunTables) -> Any:
    """The workbook of a run as a spreadsheet program reads it."""
    content = workbook(build_view(run, MODEL), run, most_verbatims=50_000)
    return openpyxl.load_workbook(io.BytesIO(content))


def rows_of(book: Any, name: str) -> list[dict[str, Any]]:
    """The rows of a sheet by the titles of its columns, without the note below them."""
    head, *rows = book[name].iter_rows(values_only=True)
    return [dict(zip(head, row, strict=True)) for row in rows if row[list(head).index("Theme id")] is not None]


def number(value: Any) -> Any:
    """A value of a frame as a cell holds it."""
    if isinstance(value, Decimal):
        return float(value)
    return dt.datetime.combine(value, dt.time()) if isinstance(value, dt.date) else value


SAME = {
    "Firmness": (
        "rank_ranges",
        {"Rank": "rank", "Theme": "theme_name", "Best rank": "lowest", "Worst rank": "highest",
         "Scenarios": "scenarios", "Starts as build in": "builds", "Drawn again: 5th percentile": "bootstrap_low",
         "Drawn again: 95th percentile": "bootstrap_high", "Draws": "bootstraps", "Draws as build": "bootstrap_builds",
         "Theme id": "theme_id"},
    ),
    "Scenarios": (
        "sensitivity",
        {"Scenario": "label", "Composite": "composite", "Rank": "rank", "Scenario id": "scenario",
         "Theme id": "theme_id"},
    ),
    "Flips": (
        "flips",
        {"Rank": "rank", "Theme": "theme_name", "Composite": "composite", "Account": "account_name", "ARR": "arr",
         "Rank after": "rank_after", "Composite after": "composite_after", "Size of the fact": "size",
         "Theme id": "theme_id"},
    ),
    "Sales list": (
        "sales_list",
        {"Theme": "theme_name", "Prospects": "prospects", "Mentions": "mentions",
         "ARR of the prospects": "prospect_arr", "Deals won": "won", "Deals lost": "lost", "Deals open": "open",
         "Theme id": "theme_id"},
    ),
    "CPO list": (
        "cpo_list",
        {"Theme": "theme_name", "Reason": "reason", "Requested by": "requested_by", "Approved by": "approved_by",
         "Expires": "expires_on", "Mentions with them": "word_mentions", "Mentions": "mentions", "Accounts": "accounts",
         "ARR behind": "arr_exposed", "Rank": "rank", "Theme id": "theme_id"},
    ),
    "Decisions before": (
        "outcomes",
        {"Decided in": "decided_in", "Theme": "theme_name", "Delivered on": "delivered_on", "Evidence": "evidence",
         "Owner": "owner", "Rationale": "rationale", "ARR then": "arr_then", "ARR now": "arr_now",
         "Accounts then": "accounts_then", "Accounts now": "accounts_now", "Rank then": "rank_then",
         "Rank now": "rank_now", "Theme id": "theme_id"},
    ),
    "Roadmap suggestions": (
        "roadmap_suggestions",
        {"Theme": "theme_name", "Nearest roadmap theme": "roadmap_name", "Similarity, 0 to 1": "similarity",
         "Roadmap id": "roadmap_id", "Theme id": "theme_id"},
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", SAME)
def test_the_cells_are_the_frame(name: str, book: Any, run: RunTables) -> None:
    frame, columns = SAME[name]
    expected = [
        {title: number(row[column]) for title, column in columns.items()}
        for row in run.rows(frame)
        if row["theme_id"] is not None
    ]
    assert [{title: row[title] for title in columns} for row in rows_of(book, name)] == expected
    assert expected


def test_the_loudest_account_stands_beside_the_range(book: Any, run: RunTables) -> None:
    loudness = {row["theme_id"]: row for row in run.rows("loudness")}
    for row in rows_of(book, "Firmness"):
        loud = loudness[row["Theme id"]]
        assert row["Loudest account"] == loud["loudest_account_name"]
        assert row["Rank by loudest account"] == loud["rank_by_loudest"]


def test_every_scenario_stands_beside_the_published_place(book: Any, run: RunTables) -> None:
    published = dict(run["theme_scores"].select("theme_id", "rank").iter_rows())
    rows = rows_of(book, "Scenarios")
    assert {row["Kind"] for row in rows} == {
        "Published", "Threshold", "Factor or weight", "Alignment", "Largest accounts",
    }  # fmt: skip
    assert all(row["Rank as published"] == published[row["Theme id"]] for row in rows)


def test_beside_the_score_adds_up_to_the_frame(book: Any, run: RunTables) -> None:
    heat = {row["theme_id"]: row for row in run.rows("heat")}
    counts = {(row["theme_id"], row["measure"], row["value"]): row["mentions"] for row in run.rows("beside")}
    rows = rows_of(book, "Beside the score")
    assert len(rows) == len(heat)
    for row in rows:
        theme = row["Theme id"]
        assert (row["Mentions"], row["Tone: angry"]) == (heat[theme]["mentions"], heat[theme]["angry"])
        assert row["Heat, 0 to 10"] == number(heat[theme]["heat"])
        for title, key in (("Channel: survey", ("channel", "survey")), ("Channel: QBR", ("channel", "qbr"))):
            assert row[title] == counts.get((theme, *key), 0)
        voices = sum(many for title, many in row.items() if title.startswith("Voice: "))
        assert voices == row["Mentions"]


def test_at_most_twelve_values_of_a_measure_get_a_column(run: RunTables) -> None:
    many = pl.DataFrame(
        {"theme_id": "T-0001", "measure": "language", "value": [f"l{place:02d}" for place in range(20)],
         "mentions": list(range(20, 0, -1))}
    )  # fmt: skip
    head = next(opened(replace(run, reading={**run.reading, "beside": many}))["Beside the score"].values)
    assert [title for title in head if "Language" in title] == [f"Language: l{place:02d}" for place in range(12)]


def test_the_new_sheets_speak_to_people(book: Any) -> None:
    for name in NEW_SHEETS:
        assert book[name].freeze_panes == "C2" and book[name].auto_filter.ref
        cells = [str(cell.value) for row in book[name].iter_rows() for cell in row if cell.value is not None]
        assert not [cell for cell in cells if cell in RAW], name
        assert not [cell for row in book[name].iter_rows() for cell in row if cell.data_type == "f"]
    assert {row["Still heard"] for row in rows_of(book, "Decisions before")} <= {"Yes", "No"}
    assert {row["What became of it"] for row in rows_of(book, "Decisions before")} == {"In progress", "Waiting"}
    money = [cell.number_format for cell in book["Sales list"]["F"][1:2]]
    assert money == ["#,##0.00"]


def test_an_older_run_has_empty_sheets_and_lists(run: RunTables) -> None:
    older = replace(run, reading={name: pl.DataFrame() for name in run.reading})
    found = opened(older)
    assert all(rows_of(found, name) == [] for name in NEW_SHEETS)
    assert read(sales_csv(older)) == read(cpo_csv(older)) == []
    first = run.reading["sales_list"].select("theme_id", "theme_name", "prospects", "mentions", "is_repeated")
    earlier = replace(run, reading={**older.reading, "sales_list": first})
    assert {row["Deals won"] for row in rows_of(opened(earlier), "Sales list")} == {None}


def read(content: bytes) -> list[dict[str, str]]:
    """A CSV file as a spreadsheet reads it."""
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def as_text(value: Any) -> str:
    """A value of a frame as a file holds it."""
    return ", ".join(value) if isinstance(value, list) else "" if value is None else str(value)


@pytest.mark.parametrize(
    ("frame", "make", "columns"), [("sales_accounts", sales_csv, SALES_COLUMNS), ("cpo_list", cpo_csv, CPO_COLUMNS)]
)
def test_the_lists_are_the_frames(frame: str, make: Any, columns: tuple[str, ...], run: RunTables) -> None:
    named = {"theme": "theme_name", "account": "account_name"}
    of_frame = [name for name in columns if named.get(name, name) in run.reading[frame].columns]
    expected = [{name: as_text(row[named.get(name, name)]) for name in of_frame} for row in run.rows(frame)]
    found = read(make(run))
    assert [{name: row[name] for name in of_frame} for row in found] == expected
    assert [tuple(row) for row in found] == [columns] * len(found)
    assert set(columns) - set(of_frame) == ({"prospects", "is_repeated"} if frame == "sales_accounts" else set())
    assert len(expected) >= 2


def test_the_sales_list_says_how_deals_ended(run: RunTables) -> None:
    rows = read(sales_csv(run))
    assert {row["deal_outcome"] for row in rows} == {"lost"} and {row["competitor"] for row in rows} == {"Rival & Co"}
    assert all(row["verbatim"] and row["feedback_id"] for row in rows)


def test_each_row_for_sales_says_how_many_prospects_ask(run: RunTables) -> None:
    listed = run.reading["sales_list"].with_columns(prospects=pl.lit(2, pl.Int64), is_repeated=pl.lit(True))
    several = replace(run, reading={**run.reading, "sales_list": listed})
    assert {(row["prospects"], row["is_repeated"]) for row in read(sales_csv(run))} == {("1", "No")}
    assert {(row["prospects"], row["is_repeated"]) for row in read(sales_csv(several))} == {("2", "Yes")}
    asking = {row["theme_id"]: str(row["prospects"]) for row in run.rows("sales_list")}
    assert all(row["prospects"] == asking[row["theme_id"]] for row in read(sales_csv(run)))


@pytest.mark.parametrize(
    ("without", "said"),
    [
        (0, ""),
        (1, "One row of prospects is in no theme; the workbook has it, sheet Not counted."),
        (2, "Two rows of prospects are in no theme; the workbook has them, sheet Not counted."),
    ],
)
def test_prospects_without_a_theme_are_counted(without: int, said: str, run: RunTables) -> None:
    theirs = run["feedback"].filter(scope="prospect").head(without)
    fewer = replace(run, tables={**run.tables, "mentions": run["mentions"].join(theirs, on="feedback_id", how="anti")})
    note = build_view(fewer, MODEL).firmness.prospects_note
    beneath = list(opened(fewer)["Sales list"].iter_rows(values_only=True))[-1][0]
    assert "of prospects" not in note.replace(said, "") and "of prospects" not in beneath.replace(said, "")
    assert said in note and beneath.endswith(said or "sales_list.csv.")


@pytest.mark.parametrize("text", [FORMULA, "+1", "-1", "@x", "\tx", "＝1"])
def test_no_cell_of_a_list_acts(text: str, run: RunTables) -> None:
    frames = {
        "sales_accounts": run.reading["sales_accounts"].with_columns(verbatim=pl.lit(text), account_name=pl.lit(text)),
        "cpo_list": run.reading["cpo_list"].with_columns(reason=pl.lit(text), words=pl.lit([text])),
    }
    hostile = replace(run, reading={**run.reading, **frames})
    rows = [row for content in (sales_csv(hostile), cpo_csv(hostile)) for row in read(content)]
    cells = [cell for row in rows for cell in row.values() if cell]
    assert rows and not [cell for cell in cells if cell[0] in "=+-@\t＝"]


@pytest.mark.parametrize(
    ("value", "kept"), [("=1", "'=1"), ("a=1", "a=1"), (None, ""), (7, 7), ("", ""), ("＠x", "'＠x")]
)
def test_what_a_cell_holds(value: object, kept: object) -> None:
    assert inert(value) == kept


@pytest.mark.parametrize(
    ("value", "said"),
    [(None, None), ("in_progress", "In progress"), ("csm_note", "CSM note"), ("qbr", "QBR"), ("build", "Build"),
     ("defer_q_plus_2", "Defer to Q+2"), ("understanding_gap", "Understanding gap")],
)  # fmt: skip
def test_closed_values_are_read_as_words(value: str | None, said: str | None) -> None:
    assert label(value) == said


def test_truth_is_a_word_and_the_unknown_is_empty() -> None:
    assert [yes_or_no(value) for value in (True, False, None)] == ["Yes", "No", None]


def test_the_lists_are_written_beside_the_page(run: RunTables, tmp_path: Path) -> None:
    write_outputs(build_view(run, MODEL), run, MODEL, tmp_path)
    written: Mapping[str, bytes] = {
        name: (tmp_path / "report" / name).read_bytes() for name in ("sales_list.csv", "cpo_list.csv")
    }
    assert written == {"sales_list.csv": sales_csv(run), "cpo_list.csv": cpo_csv(run)}


def test_a_quarter_without_themes_has_both_lists(tmp_path: Path) -> None:
    empty = loaded(Spec(themes=()), tmp_path / "none")
    assert read(sales_csv(empty)) == read(cpo_csv(empty)) == []
    one = loaded(Spec(themes=THEMES[:1], overrides=False), tmp_path / "one")
    assert {row["theme"] for row in read(sales_csv(one))} == {THEMES[0][0]}
