"""The workbook as evidence: every figure beside its inputs, every row that does not count, every curated line."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import openpyxl
import polars as pl
import pytest
from report_runs import AS_OF, MODEL, RUN_ID, THEMES, Spec, loaded

from vocanalytics.report import build_view
from vocanalytics.report.book_accounts import STATED
from vocanalytics.report.book_accounts import traced as read_back
from vocanalytics.report.facts import gather
from vocanalytics.report.run import RunTables
from vocanalytics.report.votes import votes
from vocanalytics.report.workbook import workbook
from vocanalytics.tables import conform
from vocanalytics.vocabulary import TABLES

#: Themes enough for a test that gives every account and every row the same facts.
TWO = THEMES[:2]
COUNTS = ("scored", "compliance")


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> RunTables:
    """The standard run: overrides, a CPO list, prospects, churned and unmatched rows."""
    return loaded(Spec(), tmp_path_factory.mktemp("traced"))


@pytest.fixture(scope="module")
def book(run: RunTables) -> Any:
    return opened(run)


def opened(run: RunTables, most: int = 50_000) -> Any:
    """The workbook of a run as a spreadsheet program reads it."""
    content = workbook(build_view(run, MODEL), run, most_verbatims=most)
    return openpyxl.load_workbook(io.BytesIO(content))


def rows_of(book: Any, name: str, key: str) -> list[dict[str, Any]]:
    """The rows of a sheet by the titles of its columns, without the note below them."""
    head, *rows = book[name].iter_rows(values_only=True)
    return [dict(zip(head, row, strict=True)) for row in rows if row[list(head).index(key)] is not None]


def note_of(book: Any, name: str) -> str:
    """What stands below the rows of a sheet."""
    return str(list(book[name].iter_rows(values_only=True))[-1][0])


def having(run: RunTables, **tables: pl.DataFrame) -> RunTables:
    return replace(run, tables={**run.tables, **tables})


def traced(changes: Mapping[str, Any], said: Mapping[str, Any], folder: Path) -> list[dict[str, Any]]:
    """The sheet of accounts of a run with these facts on every account and every feedback row."""
    run = loaded(Spec(themes=TWO, overrides=False, account_changes=changes, feedback_changes=said), folder)
    return rows_of(opened(run), "Accounts per theme", "Account id")


SIGNALS = [
    ("explicit", "healthy", "explicit", "Stated"),
    ("inferred", "healthy", "inferred", "Stated"),
    ("none", "at_risk", "none", "Stated"),
    (None, "at_risk", "inferred", "Account health"),
    (None, "healthy", "none", "Account health"),
    (None, "unknown", "none", "Nothing stated"),
    (None, None, "none", "Nothing stated"),
]


@pytest.mark.parametrize(("stated", "health", "signal", "source"), SIGNALS)
def test_a_signal_says_where_it_is_from(
    stated: str | None, health: str | None, signal: str, source: str, tmp_path: Path
) -> None:
    rows = traced(
        {"health": pl.lit(health, pl.String)}, {"churn_signal": pl.lit(stated, pl.String)}, tmp_path
    )  # fmt: skip
    assert {(row["Churn signal"], row["Signal from"]) for row in rows} == {(signal, source)}
    shown = None if health is None else health.replace("_", " ").capitalize()
    assert {row["Health"] for row in rows} == {shown}


def test_a_signal_counts_as_stated_only_on_its_theme_and_in_scope(run: RunTables, book: Any) -> None:
    feedback = {row["feedback_id"]: row for row in run["feedback"].iter_rows(named=True)}
    stated = {
        (row["theme_id"], feedback[row["feedback_id"]]["account_id"])
        for row in run["mentions"].iter_rows(named=True)
        if feedback[row["feedback_id"]]["churn_signal"] and feedback[row["feedback_id"]]["scope"] in COUNTS
    }
    names = dict(run["themes"].select("theme_name", "theme_id").iter_rows())
    rows = rows_of(book, "Accounts per theme", "Account id")
    found = {(names[row["Theme"]], row["Account id"]) for row in rows if row["Signal from"] == "Stated"}
    pairs = set(run["theme_accounts"].select("theme_id", "account_id").iter_rows())
    assert found == stated & pairs
    by_account = {}
    for theme_id, account_id in pairs:
        by_account.setdefault(account_id, set()).add((theme_id, account_id) in stated)
    assert {True, False} in by_account.values()
    assert any(row["Churn signal"] == "inferred" and row["Signal from"] == "Account health" for row in rows)


def test_what_is_said_outside_the_scope_states_nothing(run: RunTables) -> None:
    assert STATED in read_back(run)["signal_from"]
    outside = having(run, feedback=run["feedback"].with_columns(scope=pl.lit("non_icp")))
    assert STATED not in read_back(outside)["signal_from"]


MONEY = pl.Decimal(18, 2)
HEADROOM = [
    ("0.00", 10, 30, 0.0, "Export"),
    ("5000.00", 10, 30, 5000.0, "Export"),
    ("5000.00", None, None, 5000.0, "Export"),
    (None, 10, 30, 2000.0, "Seats"),
    (None, 10, 10, 0.0, "Seats"),
    (None, 0, 30, 0.0, "Unknown"),
    (None, 10, None, 0.0, "Unknown"),
    (None, None, 30, 0.0, "Unknown"),
    (None, None, None, 0.0, "Unknown"),
]


@pytest.mark.parametrize(("given", "owned", "addressable", "headroom", "source"), HEADROOM)
def test_headroom_says_what_it_was_read_from(
    given: str | None, owned: int | None, addressable: int | None, headroom: float, source: str, tmp_path: Path
) -> None:
    changes = {
        "arr": pl.lit("1000.00").cast(MONEY),
        "headroom_arr": pl.lit(given, pl.String).cast(MONEY),
        "seats_owned": pl.lit(owned, pl.Int64),
        "seats_addressable": pl.lit(addressable, pl.Int64),
    }
    rows = traced(changes, {}, tmp_path)
    names = ("Headroom ARR", "Headroom from", "Seats owned", "Seats addressable")
    assert {tuple(row[name] for name in names) for row in rows} == {(headroom, source, owned, addressable)}


@pytest.mark.parametrize(
    ("days", "mark"), [(-1, "Overdue"), (0, None), (30, None), (900, None), (None, "Renewal unknown")]
)
def test_a_renewal_that_is_past_or_unknown_is_marked(days: int | None, mark: str | None, tmp_path: Path) -> None:
    renewal = None if days is None else AS_OF + dt.timedelta(days=days)
    rows = traced({"renewal_date": pl.lit(renewal, pl.Date)}, {}, tmp_path)
    assert {(row["Days to renewal"], row["Renewal mark"]) for row in rows} == {(days, mark)}


def test_every_row_that_does_not_count_is_listed_with_its_reason(run: RunTables, book: Any) -> None:
    rows = {row["Feedback id"]: row for row in rows_of(book, "Not counted", "Verbatim")}
    out = {row["feedback_id"]: row for row in run["feedback"].filter(pl.col("scope") != "scored").to_dicts()}
    assert set(rows) == set(out) and len(rows) >= 6
    assert {row["Scope"] for row in rows.values()} >= {"Prospect", "Churned", "Non-ICP", "Unmatched", "Compliance"}
    names = dict(run["themes"].select("theme_id", "theme_name").iter_rows())
    themes = {row["feedback_id"]: names[row["theme_id"]] for row in run["mentions"].iter_rows(named=True)}
    for feedback_id, row in rows.items():
        source = out[feedback_id]
        for title, name in (("Source", "source"), ("Account id", "account_id"), ("Account hint", "account_hint")):
            assert row[title] == source[name]
        assert (row["Reason"], row["Verbatim"]) == (source["scope_reason"], source["verbatim"])
        assert row["Date"].date() == source["created_at"].date()
        assert row["Theme, if any"] == themes[feedback_id]
    assert note_of(book, "Not counted") == (
        "Every accepted row that is not in the scope scored, and every row without a theme."
    )


def test_a_row_without_a_theme_is_listed_even_where_its_account_counts(run: RunTables) -> None:
    gone = run["feedback"].filter(scope="scored").head(2)["feedback_id"].to_list()
    prospect = run["feedback"].filter(scope="prospect")["feedback_id"][0]
    reasons = {gone[0]: "too_short", prospect: "nothing_like_it"}
    unclustered = pl.DataFrame({"feedback_id": list(reasons), "reason": list(reasons.values())})
    without = having(
        run,
        mentions=run["mentions"].filter(~pl.col("feedback_id").is_in([*gone, prospect])),
        unclustered=conform(unclustered, TABLES["unclustered"], name="unclustered"),
    )
    rows = {row["Feedback id"]: row for row in rows_of(opened(without), "Not counted", "Verbatim")}
    assert [rows[name]["Reason"] for name in (*gone, prospect)] == [
        "without a theme: too short", "without a theme",
        "a prospect: on the Sales list; without a theme: nothing like it",
    ]  # fmt: skip
    assert {rows[name]["Theme, if any"] for name in (*gone, prospect)} == {None}
    assert len(rows) == run["feedback"].filter(pl.col("scope") != "scored").height + 2


def test_rows_of_several_themes_stand_once(run: RunTables) -> None:
    prospect = run["mentions"].join(run["feedback"].filter(scope="prospect"), on="feedback_id", how="semi").head(1)
    other = prospect.with_columns(theme_id=pl.lit("T-0002"))
    rows = rows_of(opened(having(run, mentions=pl.concat([run["mentions"], other]))), "Not counted", "Verbatim")
    (row,) = [row for row in rows if row["Feedback id"] == prospect["feedback_id"][0]]
    assert sorted(row["Theme, if any"].split("; ")) == sorted((THEMES[0][0], THEMES[1][0]))


def test_rows_that_do_not_count_are_limited_and_the_others_said(run: RunTables) -> None:
    book, out = opened(run, most=2), run["feedback"].filter(pl.col("scope") != "scored").height
    assert len(rows_of(book, "Not counted", "Verbatim")) == 2
    assert note_of(book, "Not counted").endswith(
        f" {out - 2} more rows are in the table feedback of the run {RUN_ID}."
    )  # fmt: skip


def test_alignment_shows_both_scores_with_their_reasons(run: RunTables, book: Any) -> None:
    rows = {row["Theme id"]: row for row in rows_of(book, "Alignment", "Theme id")}
    themes = build_view(run, MODEL).themes
    assert list(rows) == [theme.theme_id for theme in themes]
    bets = dict(run["roadmap"].select("roadmap_id", "name").iter_rows())
    for theme in themes:
        row = rows[theme.theme_id]
        shown = tuple(row[name] for name in ("Rank", "CS score", "Product score", "Score that counts"))
        assert shown == (theme.rank, theme.alignment_cs, theme.alignment_product, theme.alignment_score)
        assert (row["CS rationale"] is None) == (theme.alignment_cs is None)
        assert (row["Product rationale"] is None) == (theme.alignment_product is None)
        assert row["Roadmap theme"] == bets.get(row["Roadmap id"])
        expected = None if theme.alignment_score is None else "No" if theme.alignment_product else "Yes"
        assert row["Preliminary"] == expected
    assert {row["Preliminary"] for row in rows.values()} == {"Yes", "No", None}
    assert {row["Relation"] for row in rows.values()} >= {"Direct", "Adjacent", "None"}


def test_an_alignment_that_fits_no_theme_is_shown_and_counts_for_nothing(run: RunTables) -> None:
    stray = run["alignment"].head(1).with_columns(theme=pl.lit("Saved views"))
    book = opened(having(run, alignment=pl.concat([run["alignment"], stray])))
    row = rows_of(book, "Alignment", "Theme")[-2]  # the last one is the note
    assert (row["Theme"], row["Theme id"], row["Score that counts"], row["Preliminary"]) == (
        "Saved views", None, None, None,
    )  # fmt: skip
    assert row["CS score"] == stray["score_cs"][0]


def test_overrides_show_every_column_with_both_places(run: RunTables, book: Any) -> None:
    frame = run.reading["override_status"]
    names = {
        "Theme": "theme_name", "Kind": "kind", "Status": "status", "Reason": "reason", "Requested by": "requested_by",
        "Approved by": "approved_by", "Expires": "expires_on", "Why not applied": "why", "Rank with it": "rank",
        "Start with it": "start", "Rank without it": "rank_without", "Start without it": "start_without",
        "Theme id": "theme_id",
    }  # fmt: skip
    rows = rows_of(book, "Overrides", "Theme id")
    assert set(names) == set(rows[0]) and set(names.values()) == set(frame.columns)
    for row, source in zip(rows, frame.iter_rows(named=True), strict=True):
        for title, name in names.items():
            shown, kept = row[title], source[name]
            if name in ("kind", "status", "start", "start_without"):
                kept = kept.replace("_", " ").capitalize()
            assert (shown.date() if isinstance(shown, dt.datetime) else shown) == kept
    assert {row["Status"] for row in rows} == {"Approved", "Not applied"}
    assert any(row["Start with it"] != row["Start without it"] for row in rows)


def test_the_place_by_mentions_is_one_number_everywhere(run: RunTables) -> None:
    tied = run["theme_scores"].with_columns(mentions=pl.when(pl.col("rank") <= 3).then(9).otherwise("mentions"))
    level = having(run, theme_scores=conform(tied, TABLES["theme_scores"], name="theme_scores"))
    places = {row["theme_id"]: row["rank_by_mentions"] for row in run.rows("loudness")}
    assert sorted(places.values()) == list(range(1, len(places) + 1))
    for each in (run, level):
        view = build_view(each, MODEL)
        sheet = {row["Theme id"]: row["Rank by mentions"] for row in rows_of(opened(each), "Firmness", "Theme id")}
        page = {theme.theme_id: theme.rank_by_mentions for theme in view.themes if theme.rank}
        table = {vote.theme.theme_id: vote.by_mentions for vote in view.firmness.votes.rows}
        assert page == sheet == places and table.items() <= page.items()
        said = [f"Place {file.theme.rank_by_mentions} by mentions" in file.note for file in view.theme_files]
        assert sum(said) == len(page)


def test_an_older_run_counts_the_places_by_mentions(run: RunTables) -> None:
    older = replace(run, reading={name: frame for name, frame in run.reading.items() if name != "loudness"})
    places = [(theme.mentions, theme.rank_by_mentions) for theme in build_view(older, MODEL).themes if theme.rank]
    assert all(place == 1 + sum(other > mentions for other, _ in places) for mentions, place in places)


def test_level_leaders_by_mentions_are_no_leader(run: RunTables) -> None:
    facts = gather(run, MODEL)
    level = tuple(theme.model_copy(update={"mentions": 9}) for theme in facts.themes)
    assert votes(replace(facts, themes=level)).title == "Mentions alone would not even name a leader"
