"""Section 5: whether promises were kept, what came back, and what is new, each sentence and each fallback."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

import polars as pl
import pytest
from report_runs import MODEL, Spec, loaded, previous_scores

from vocanalytics.report import build_view
from vocanalytics.report.changes import Changes, changes
from vocanalytics.report.facts import gather
from vocanalytics.report.ranking import ranking
from vocanalytics.report.rendering import render
from vocanalytics.report.run import RunTables
from vocanalytics.report.verdicts import VERDICTS, headline
from vocanalytics.report.wording import HEADING_WORDS, word_count

BUILD, DEFER, DECLINE = "build_next_quarter", "defer_q_plus_2", "decline"
MONEY = pl.Decimal(18, 2)
OUTCOME: dict[str, Any] = {
    "decided_in": pl.String, "theme_id": pl.String, "theme_name": pl.String, "status": pl.String, "owner": pl.String,
    "rationale": pl.String, "delivery": pl.String, "delivered_on": pl.Date, "evidence": pl.String,
    "verdict": pl.String, "heard": pl.Boolean, "arr_then": MONEY, "arr_now": MONEY, "accounts_then": pl.Int64,
    "accounts_now": pl.Int64, "rank_then": pl.Int64, "rank_now": pl.Int64, "returned_with_more": pl.Boolean,
}  # fmt: skip
HOSTILE = "<script>x</script>‮"


def outcome(status: str | None, verdict: str, **changed: Any) -> dict[str, Any]:
    """One row of the frame: a theme heard as much as before."""
    row = {
        "decided_in": "2026Q2", "theme_id": "T-0001", "theme_name": "Offline", "status": status, "verdict": verdict,
        "heard": True, "arr_then": Decimal("100000.00"), "arr_now": Decimal("100000.00"), "accounts_then": 3,
        "accounts_now": 3, "rank_then": 2, "rank_now": 2, "returned_with_more": False,
    }  # fmt: skip
    return row | changed


def returned(status: str = DECLINE, more: bool | None = True, **changed: Any) -> dict[str, Any]:
    """A theme that was turned down and is heard again, with $30K more unless said otherwise."""
    now = {"arr_now": Decimal("130000.00")} if more else {}
    return outcome(status, "returned" if status == DECLINE else "waiting", returned_with_more=more, **now) | changed


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> RunTables:
    """A run with an earlier one."""
    folder = tmp_path_factory.mktemp("changes")
    return loaded(Spec(previous=previous_scores(Spec(), folder / "before")), folder / "now")


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> RunTables:
    """A first quarter."""
    return loaded(Spec(), tmp_path_factory.mktemp("first"))


def having(run: RunTables, **frames: pl.DataFrame | None) -> RunTables:
    """A run with other frames for reading; None takes a frame away, as in a run of an older version."""
    kept = {name: frame for name, frame in {**run.reading, **frames}.items() if frame is not None}
    return replace(run, reading=kept)


def decided(run: RunTables, *rows: Mapping[str, Any]) -> Changes:
    """Section 5 with these outcomes."""
    frame = pl.DataFrame(list(rows), schema=OUTCOME, orient="row") if rows else pl.DataFrame(schema=OUTCOME)
    return changes(gather(having(run, outcomes=frame), MODEL))


HEADINGS: Sequence[tuple[list[dict[str, Any]], str]] = [
    ([outcome(BUILD, "kept")], "The one build shipped"),
    ([outcome(BUILD, "slipped")], "The one build slipped"),
    ([outcome(BUILD, "dropped")], "The one build was dropped"),
    ([outcome(BUILD, "in_progress")], "The one build is in progress"),
    ([outcome(BUILD, "unreported")], "The one build has no report"),
    ([outcome(BUILD, "kept")] * 3, "All three builds shipped"),
    ([outcome(BUILD, "kept")] * 2, "Both builds shipped"),
    ([outcome(BUILD, "in_progress")] * 2, "None of two builds shipped"),
    (
        [outcome(BUILD, each) for each in ("kept", "slipped", "slipped", "dropped", "unreported", "in_progress")],
        "One of six builds shipped, two slipped, one was dropped, one has no report",
    ),
    (
        [outcome(BUILD, each) for each in ("kept", "slipped", "in_progress", "in_progress", "unreported")]
        + [returned()] * 2 + [returned(DEFER)] * 2,
        "One of five builds shipped, one slipped; four declined or deferred themes came back with more ARR",
    ),
    ([returned()], "One declined theme came back with more ARR"),
    ([returned(DEFER), returned(DEFER)], "Two deferred themes came back with more ARR"),
    ([returned(), returned(DEFER, more=False)], "One declined theme came back with more ARR"),
    ([returned(more=False), returned(DEFER, more=False)], "No declined or deferred theme came back with more ARR"),
    ([returned(more=None), returned(heard=False, more=False)], "Customers still ask for one of two declined themes"),
    ([outcome(None, "undecided")], "One theme was left undecided"),
    ([outcome(None, "undecided")] * 2, "Two themes were left undecided"),
    ([], ""),
]  # fmt: skip


@pytest.mark.parametrize(("rows", "heading"), HEADINGS)
def test_the_heading_answers_whether_we_kept_our_word(rows: list[dict[str, Any]], heading: str) -> None:
    assert headline(rows) == heading
    assert word_count(headline(rows)) <= HEADING_WORDS


VERDICT_ROWS: Sequence[tuple[dict[str, Any], dict[str, Any]]] = [
    (outcome(BUILD, "kept", delivered_on=dt.date(2026, 8, 27), evidence="Release 8.4"),
     {"decision": "Build", "verdict": "Shipped 27 Aug", "good": True, "late": False, "evidence": "Release 8.4."}),
    (outcome(BUILD, "kept"), {"verdict": "Shipped", "good": True}),
    (outcome(BUILD, "in_progress"), {"verdict": "In progress", "good": False, "late": False}),
    (outcome(BUILD, "slipped"), {"verdict": "Slipped", "late": True}),
    (outcome(BUILD, "dropped"), {"verdict": "Dropped", "late": True}),
    (outcome(BUILD, "unreported"), {"verdict": "Not reported", "late": True, "evidence": ""}),
    (outcome(DEFER, "waiting"), {"decision": "Defer to Q4 2026", "verdict": "Waiting", "late": False, "more": ""}),
    (outcome(DEFER, "due", decided_in="2026Q1"), {"decision": "Defer to Q3 2026", "verdict": "Due now", "late": True}),
    (returned(), {"decision": "Decline", "verdict": "Returned", "more": "Back with $30K more ARR."}),
    (returned(more=False), {"verdict": "Returned", "more": ""}),
    (returned(more=None, arr_then=None), {"verdict": "Returned", "more": "", "arr_then": None}),
    (returned(arr_now=Decimal("100000.40")), {"more": "Back with a little more ARR."}),
    (outcome(DECLINE, "quiet", heard=False), {"verdict": "Quiet", "late": False}),
    (outcome(None, "undecided"), {"decision": "No decision", "verdict": "Undecided", "late": True}),
]  # fmt: skip


@pytest.mark.parametrize(("row", "expected"), VERDICT_ROWS)
def test_each_verdict_has_its_words(run: RunTables, row: dict[str, Any], expected: dict[str, Any]) -> None:
    (shown,) = decided(run, row).kept.rows
    assert {name: getattr(shown, name) for name in expected} == expected


def test_every_verdict_is_looked_at() -> None:
    assert {row["verdict"] for row, _ in VERDICT_ROWS} == set(VERDICTS)


STANDINGS: Sequence[tuple[dict[str, Any], str]] = [
    ({}, "Rank 2, as before; 3 accounts, as before."),
    ({"rank_then": 5, "accounts_then": 1}, "Rank 5 to 2; 3 accounts, 1 before."),
    ({"rank_then": None, "accounts_now": 1}, "Rank 2 now; 1 account, 3 before."),
    ({"rank_now": None}, "Not ranked now; 3 accounts, as before."),
    ({"theme_id": "T-0007", "rank_now": None}, "On the CPO list; 3 accounts, as before."),
    ({"accounts_then": None, "rank_then": None}, "Rank 2 now; 3 accounts."),
    ({"theme_id": None, "theme_name": "Saved views", "heard": False}, "Not heard this quarter."),
    ({"heard": False, "accounts_now": 0}, "Asked for only outside the scope."),
]


@pytest.mark.parametrize(("changed", "standing"), STANDINGS)
def test_who_asks_then_and_now(run: RunTables, changed: dict[str, Any], standing: str) -> None:
    (shown,) = decided(run, outcome(BUILD, "kept", **changed)).kept.rows
    assert shown.standing == standing


def test_builds_stand_first_then_what_came_back_then_what_is_due(run: RunTables) -> None:
    rows = [
        outcome(DECLINE, "quiet"), outcome(DEFER, "waiting"), returned(more=False), outcome(None, "undecided"),
        outcome(DEFER, "due", decided_in="2026Q1"), returned(), outcome(BUILD, "slipped"), outcome(BUILD, "kept"),
    ]  # fmt: skip
    kept = decided(run, *rows).kept
    said = [row.verdict for row in kept.rows]
    assert said == ["Slipped", "Shipped", "Returned", "Due now", "Returned", "Waiting", "Quiet", "Undecided"]
    assert kept.title == "What became of seven decisions and one theme left undecided"
    assert kept.decided == 7
    assert {row.decision for row in kept.rows if row.verdict == "Due now"} == {"Defer to Q3 2026, Q1 2026"}


@pytest.mark.parametrize(
    ("rows", "title"),
    [
        ([], ""),
        ([outcome(BUILD, "kept")], "What became of one decision of Q2 2026"),
        ([outcome(None, "undecided")] * 2, "What became of two themes left undecided in Q2 2026"),
    ],
)
def test_the_table_says_whose_decisions_it_shows(run: RunTables, rows: list[dict[str, Any]], title: str) -> None:
    assert decided(run, *rows).kept.title == title


@pytest.mark.parametrize(
    ("many", "left_out"),
    [
        (24, ""),
        (25, "One more row is in the workbook."),
        (30, "Six more rows are in the workbook."),
    ],
)
def test_a_long_record_says_how_much_is_left_out(run: RunTables, many: int, left_out: str) -> None:
    kept = decided(run, *[outcome(DEFER, "waiting")] * many).kept
    assert (len(kept.rows), kept.decided, kept.left_out) == (min(many, 24), many, left_out)


@pytest.mark.parametrize(
    ("rows", "note"),
    [
        ([outcome(BUILD, "kept")], ""),
        ([outcome(BUILD, "unreported")], "One build has no delivery report: the PM lead reports on it in the room."),
        (
            [outcome(BUILD, "unreported")] * 2,
            "Two builds have no delivery report: the PM lead reports on them in the room.",
        ),
        ([outcome(BUILD, "kept", arr_then=None)], "A dash: no ARR, or none on record."),
    ],
)
def test_what_nobody_reported_is_asked_for(run: RunTables, rows: list[dict[str, Any]], note: str) -> None:
    assert decided(run, *rows).kept.note == note


def test_a_first_quarter_has_nothing_to_compare(first: RunTables) -> None:
    section = changes(gather(first, MODEL))
    assert section.heading == "First quarter: nothing to compare"
    assert section.nothing.startswith("No earlier run and no earlier decisions are on record")
    assert (section.moves.rows, section.heard, section.expired, section.kept.rows) == ((), "", "", ())


def test_decisions_without_an_earlier_run_are_shown_without_ranks(first: RunTables) -> None:
    section = decided(first, outcome(BUILD, "kept", arr_then=None, accounts_then=None, rank_then=None))
    assert section.heading == "The one build shipped"
    assert section.nothing == "The run of last quarter was not found, so ranks cannot be compared."
    assert decided(first, outcome(BUILD, "kept")).nothing == section.nothing


def test_a_run_of_an_older_version_says_that_it_did_not_follow_up(run: RunTables) -> None:
    older = having(run, outcomes=None, recurrence=None, overrides_expired=None)
    row = {"theme": "T-0001", "status": BUILD}
    two = pl.DataFrame([row, row | {"theme": "T-0002"}])
    notes = {
        2: "Two decisions of last quarter were not followed up.",
        1: "One decision of last quarter was not followed up.",
        0: "",
    }
    for many, note in notes.items():
        decisions = two.head(many)
        section = changes(gather(replace(older, tables={**older.tables, "decisions": decisions}), MODEL))
        assert section.kept.note == note
        assert section.expired == ""
        assert {row.quarters for row in section.moves.rows} == {"–"}


RECURRENCE: dict[str, Any] = {
    "theme_id": pl.String, "theme_name": pl.String, "first_heard": pl.String, "quarters_heard": pl.Int64,
    "is_new": pl.Boolean, "rank_before": pl.Int64, "rank": pl.Int64,
}  # fmt: skip


def heard(run: RunTables, **changed: tuple[str, int, bool]) -> Changes:
    """Section 5 where every theme was heard twice, but for those named: first heard, quarters running, is new."""
    rows = [
        (theme_id, theme_id, *changed.get(theme_id.replace("-", "_"), ("2026Q2", 2, False)), None, None)
        for theme_id in run["theme_scores"]["theme_id"]
    ]
    frame = pl.DataFrame(rows, schema=RECURRENCE, orient="row")
    return changes(gather(having(run, recurrence=frame), MODEL))


def test_new_returning_and_lasting_themes_are_named(run: RunTables) -> None:
    new, back, long = ("2026Q3", 1, True), ("2025Q4", 1, False), ("2026Q1", 3, False)
    assert heard(run).heard.startswith("No theme is new this quarter. ")
    said = heard(run, T_0012=new, T_0001=long).heard
    assert said == (
        "New this quarter: Chat notifications. 11 themes were heard last quarter too. "
        "Heard three quarters running or more: Offline mode for inspectors."
    )
    # The theme that the earlier run did not have, but one before it did.
    assert "Back after at least one quarter without: Chat notifications." in heard(run, T_0012=back).heard


def test_moves_say_how_often_a_theme_was_heard(run: RunTables) -> None:
    spec = {"T_0001": ("2025Q4", 4, False)}
    rows = {row.theme.theme_id: row for row in heard(run, **spec).moves.rows if row.theme}
    assert rows["T-0001"].quarters == "4"
    assert {row.quarters for key, row in rows.items() if key != "T-0001"} == {"2"}


@pytest.mark.parametrize(
    ("is_new", "moved"), [(True, "new"), (False, "back, first heard in Q4 2025")], ids=["new", "back"]
)
def test_a_theme_without_a_rank_then_is_new_or_back(run: RunTables, is_new: bool, moved: str) -> None:
    theme = run["theme_scores"].filter(rank=1)["theme_id"][0]
    without = run.previous.filter(pl.col("theme_id") != theme)  # type: ignore[union-attr]
    section = heard(replace(run, previous=without), **{theme.replace("-", "_"): ("2025Q4", 1, is_new)})
    assert {row.moved for row in section.moves.rows if row.theme and row.theme.theme_id == theme} == {moved}


@pytest.mark.parametrize(("is_new", "moved"), [(True, "new"), (False, "back")])
def test_the_matrix_says_the_same_as_section_5(run: RunTables, is_new: bool, moved: str) -> None:
    theme = run["theme_scores"].filter(rank=1)["theme_id"][0]
    rows = [
        (each, each, "2025Q4", 1 if each == theme else 2, is_new and each == theme, None, None)
        for each in run["theme_scores"]["theme_id"]
    ]
    facts = gather(having(run, recurrence=pl.DataFrame(rows, schema=RECURRENCE, orient="row")), MODEL)
    assert {row.moved for row in ranking(facts).rows if row.theme.theme_id == theme} == {moved}


def test_a_found_theme_that_people_have_named_since_is_not_gone(run: RunTables) -> None:
    now = run["theme_scores"].filter(rank=1)
    before = run.previous.filter(pl.col("theme_id") != now["theme_id"][0])  # type: ignore[union-attr]
    found = now.with_columns(theme_id=pl.lit("P-4c0aff"), theme_name=pl.col("theme_name").str.to_uppercase())
    was = replace(run, previous=pl.concat([before, found.cast(before.schema)]))  # type: ignore[arg-type]
    assert "not heard" not in {row.moved for row in heard(was).moves.rows}
    as_other = replace(run, previous=pl.concat([before, found.with_columns(theme_name=pl.lit("Something else"))]))
    assert [row.name for row in heard(as_other).moves.rows if row.moved == "not heard"] == ["Something else"]


def test_expired_overrides_are_told_here_too(run: RunTables) -> None:
    row = {"theme_id": "T-0001", "theme_name": "x", "kind": "compliance", "approved_by": "V", "rank": 1}
    frame = pl.DataFrame([row] * 2).with_columns(start=pl.lit("build"), expires_on=pl.lit(dt.date(2026, 9, 1)))
    ended = [having(run, overrides_expired=frame.head(many)) for many in (1, 2)]
    said = [changes(gather(each, MODEL)).expired for each in ended]
    assert said == [
        "One override of last quarter expired and was not renewed; its theme starts without it now.",
        "Two overrides of last quarter expired and were not renewed; their themes start without them now.",
    ]


def test_hostile_words_of_people_are_text_and_the_numbers_are_in_the_json(run: RunTables) -> None:
    rows = [
        outcome(BUILD, "kept", theme_id=None, theme_name=HOSTILE, evidence=HOSTILE, owner=HOSTILE, rationale=HOSTILE),
        returned(),
    ]
    frame = pl.DataFrame(rows, schema=OUTCOME, orient="row")
    view = build_view(having(run, outcomes=frame), MODEL)
    section = render("changes", view)
    assert section.count("&lt;script&gt;x&lt;/script&gt;⟨U+202E⟩") == 4
    assert "Back with $30K more ARR." in section
    assert "<script" not in section
    assert json.loads(view.model_dump_json())["changes"]["kept"]["rows"][1]["arr_now"] == "130000.00"
