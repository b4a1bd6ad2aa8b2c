"""This quarter beside the ones before: challenges, expired overrides, what became of decisions, who came back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from quarters import AS_OF, MODEL, Row, Rows, account, aligned, in_days, inputs, overridden, scored
from scoring_cases import changed, large, quarter, small, theme, with_others

from vocanalytics.errors import ScoringError
from vocanalytics.scoring import Scored, read_inputs, score, write_scored
from vocanalytics.scoring.history import OVERRIDE_STATUS, PastQuarter, read_history
from vocanalytics.scoring.outcomes import verdict
from vocanalytics.settings import Quarter
from vocanalytics.tables import empty, write_frame, write_table
from vocanalytics.vocabulary import DELIVERY, THEME_SCORES, polars_schema

NOW = Quarter(2026, 3)
LAST = Quarter(2026, 2)
BEFORE = Quarter(2026, 1)
MONEY = pl.Decimal(18, 2)


def past(quarter: Quarter, themes: Sequence[dict[str, Any]], overrides: Sequence[dict[str, Any]] = ()) -> PastQuarter:
    """An earlier quarter that knows of its themes what is given."""
    rows = [{"theme_name": row["theme_id"], "flags": [], **row} for row in themes]
    return PastQuarter(
        quarter=quarter,
        theme_scores=pl.DataFrame(rows, schema=polars_schema(THEME_SCORES)),
        override_status=pl.DataFrame(overrides, schema=OVERRIDE_STATUS, orient="row"),
    )


def was(theme_id: str, alignment: int | None = None, arr: str | None = None, **more: Any) -> dict[str, Any]:
    """What an earlier quarter knew of a theme."""
    exposed = None if arr is None else Decimal(arr)
    return {"theme_id": theme_id, "alignment_score": alignment, "arr_exposed": exposed, **more}


def held(theme_id: str, expires_on: str, kind: str = "referenceable_logo", status: str = "approved") -> dict[str, Any]:
    """An override of an earlier quarter."""
    day = dt.date.fromisoformat(expires_on)
    return {"theme_id": theme_id, "theme_name": theme_id, "kind": kind, "status": status, "expires_on": day}


def decided(theme_id: str, status: str, decided_in: str = "2026Q2", **changes: str) -> Row:
    """A row of an earlier decision sheet."""
    where = {"export": f"{decided_in}/decisions.csv", "export_row": "2"}
    return {"theme": theme_id, "status": status, "decided_in": decided_in, "owner": "pm", **where, **changes}


def reported(theme_id: str, status: str, **changes: str) -> Row:
    """A row of the delivery file."""
    return {"theme": theme_id, "status": status, "export": "delivery.csv", "export_row": "2", **changes}


def outcome(found: Scored, theme_name: str) -> dict[str, Any]:
    """What became of the decision on a theme."""
    return found.outcomes.row(by_predicate=pl.col("theme_name") == theme_name, named=True)


def asked(*names: str, **changes: Any) -> Rows:
    """A quarter in which one account of $100,000 asks for each theme."""
    return with_others(quarter({name: [account(f"A-{name}")] for name in names}, **changes))


CHALLENGED = "500000.00"


def unconnected(arr: str, *, score_now: str = "1", score_before: int | None = 1) -> Scored:
    """A theme with one account of an ARR, and alignment scores now and in the quarter before."""
    relation = {"1": "none", "2": "adjacent", "": "none"}[score_now]
    rows = quarter(
        {"T": [account("a", tier="enterprise", arr=arr)]},
        alignment=[aligned("T", relation, score_now, score_now)],
        history=(past(LAST, [was("T", score_before, "480000.00")]),),
    )
    return scored(with_others(rows))


@pytest.mark.parametrize(
    ("arr", "score_now", "score_before", "is_challenge"),
    [
        ("499999.99", "1", 1, False),
        (CHALLENGED, "1", 1, True),
        ("900000.00", "1", 1, True),
        (CHALLENGED, "2", 1, False),
        (CHALLENGED, "1", 2, False),
        (CHALLENGED, "1", None, False),
        (CHALLENGED, "", 1, False),
    ],
)
def test_a_challenge_needs_alignment_1_twice_and_high_arr(
    arr: str, score_now: str, score_before: int | None, is_challenge: bool
) -> None:
    found = unconnected(arr, score_now=score_now, score_before=score_before)
    assert ("challenge_to_leadership" in theme(found, "T")["flags"]) == is_challenge
    assert found.challenges.height == int(is_challenge)
    assert ("challenge_to_leadership" in found.named_cases["case"]) == is_challenge


def test_a_challenge_shows_what_leadership_must_know_and_changes_no_place() -> None:
    rows = quarter(
        {"T": large("a", health="at_risk"), "U": large("b", "c")},
        alignment=[aligned("T", "none", "1", "1"), aligned("U", "none", "1", "1")],
        history=(
            past(LAST, [was("T", 1, "700000.00"), was("U", 1)]),
            past(BEFORE, [was("T", 1), was("U", 2)]),
            past(BEFORE.previous, [was("U", 1)]),
        ),
    )
    found, without = scored(with_others(rows)), scored(with_others(replace(rows, history=())))
    assert found.challenges.rows() == [
        ("U", "U", 2, Decimal("2000000.00"), None, 2, 8, "seen by CS", "seen by Product"),
        ("T", "T", 3, Decimal("1000000.00"), Decimal("700000.00"), 1, 8, "seen by CS", "seen by Product"),
    ]
    places = ("theme_id", "composite", "rank", "start")
    assert found.theme_scores.select(places).equals(without.theme_scores.select(places))
    assert without.challenges.is_empty()
    assert without.challenges.schema == found.challenges.schema


def test_a_theme_on_the_cpo_list_may_still_challenge() -> None:
    rows = quarter(
        {"T": large("a")},
        alignment=[aligned("T", "none", "1")],
        overrides=[overridden("T", "compliance")],
        history=(past(LAST, [was("T", 1)]),),
    )
    assert scored(with_others(rows)).challenges.select("theme_id", "rank").rows() == [("T", None)]


def expired(before: list[dict[str, Any]], *overrides: Row) -> list[tuple[str, str, dt.date]]:
    rows = asked("T", overrides=list(overrides), history=(past(LAST, [was("T"), was("Gone")], before),))
    return scored(rows).overrides_expired.select("theme_id", "kind", "expires_on").rows()


def test_an_override_expires_the_day_after_its_last() -> None:
    ended = in_days(-1)
    assert expired([held("T", ended)]) == [("T", "referenceable_logo", dt.date.fromisoformat(ended))]
    assert expired([held("T", in_days(0))]) == []
    assert expired([held("T", ended, status="not_applied")]) == []


def test_an_override_that_was_renewed_has_not_expired() -> None:
    ended = held("T", in_days(-1))
    assert expired([ended], overridden("T", "referenceable_logo")) == []
    assert len(expired([ended], overridden("T", "referenceable_logo", expires_on=in_days(-1)))) == 1
    assert len(expired([ended], overridden("T", "compliance"))) == 1


def test_expired_overrides_are_said_with_the_place_of_today() -> None:
    before = past(LAST, [was("T")], [held("T", in_days(-1)), held("Gone", in_days(-9))])
    found = scored(asked("T", alignment=[aligned("T", "none", "1")], history=(before,)))
    assert found.overrides_expired.select("theme_id", "rank", "start").rows() == [
        ("Gone", None, None),
        ("T", 1, "decline"),
    ]
    note = (
        "Expired since last quarter: 2 overrides that nobody renewed: Gone (referenceable_logo, until 2026-09-21), "
        "T (referenceable_logo, until 2026-09-29)."
    )
    assert note in found.notes


def test_an_expired_override_is_said_under_the_name_that_the_theme_has_now() -> None:
    before = past(LAST, [was("T", theme_name="Old name")], [held("T", in_days(-1)) | {"theme_name": "Old name"}])
    found = scored(replace(asked("T"), themes={"T": "New name"}, history=(before,)))
    assert found.overrides_expired["theme_name"].to_list() == ["New name"]


LOGO = ["override_referenceable_logo"]


@pytest.mark.parametrize(
    ("now", "history", "quarters"),
    [
        (True, [True, True], 3),
        (True, [True, True, True], 4),
        (True, [True], None),
        (True, [True, False, True], None),
        (False, [True, True, True], None),
        (True, [], None),
    ],
)
def test_overrides_in_three_quarters_running_mean_recalibrate(
    now: bool, history: list[bool], quarters: int | None
) -> None:
    days, before = [LAST, BEFORE, BEFORE.previous], []
    for day, was_overridden in zip(days, history, strict=False):
        before.append(past(day, [was("T")], [held("T", in_days(90))] if was_overridden else []))
    overrides = [overridden("T", "referenceable_logo")] if now else [overridden("T", "compliance", reason="")]
    notes = scored(asked("T", overrides=overrides, history=tuple(before))).notes
    found = [note for note in notes if "running" in note]
    said = [f"Recalibrate the model: overrides in {quarters} quarters running, this one included."]
    assert found == (said if quarters else [])


def test_an_older_run_shows_its_overrides_by_their_flags() -> None:
    assert past(LAST, [was("T", flags=LOGO)]).was_overridden
    assert not past(LAST, [was("T", flags=["override_not_applied", "isolated"])]).was_overridden
    assert not past(LAST, []).was_overridden
    overrides = [overridden("T", "referenceable_logo")]
    history = (past(LAST, [was("T", flags=LOGO)]), past(BEFORE, [was("T", flags=LOGO)]))
    assert any("3 quarters running" in note for note in scored(asked("T", overrides=overrides, history=history)).notes)


OUTCOMES = pl.Schema(
    {
        "decided_in": pl.String(),
        "theme_id": pl.String(),
        "theme_name": pl.String(),
        "status": pl.String(),
        "owner": pl.String(),
        "rationale": pl.String(),
        "delivery": pl.String(),
        "delivered_on": pl.Date(),
        "evidence": pl.String(),
        "verdict": pl.String(),
        "heard": pl.Boolean(),
        "arr_then": MONEY,
        "arr_now": MONEY,
        "accounts_then": pl.Int64(),
        "accounts_now": pl.Int64(),
        "rank_then": pl.Int64(),
        "rank_now": pl.Int64(),
        "returned_with_more": pl.Boolean(),
    }
)
BUILD, DEFER, DECLINE = "build_next_quarter", "defer_q_plus_2", "decline"


@pytest.mark.parametrize(
    ("status", "delivery", "heard", "is_due", "word"),
    [
        (BUILD, "shipped", False, False, "kept"),
        (BUILD, "shipped", True, True, "kept"),
        (BUILD, "in_progress", True, False, "in_progress"),
        (BUILD, "slipped", True, False, "slipped"),
        (BUILD, "dropped", False, True, "dropped"),
        (BUILD, None, True, True, "unreported"),
        (DEFER, None, True, False, "waiting"),
        (DEFER, None, False, True, "due"),
        (DEFER, "in_progress", True, False, "waiting"),
        (DEFER, "slipped", True, True, "due"),
        (DEFER, "shipped", True, True, "kept"),
        (DEFER, "dropped", True, True, "dropped"),
        (DECLINE, None, False, True, "quiet"),
        (DECLINE, None, True, False, "returned"),
        (DECLINE, "shipped", True, False, "returned"),
        (None, None, True, True, "undecided"),
        (None, "shipped", False, False, "undecided"),
    ],
)
def test_the_verdict_on_a_decision(
    status: str | None, delivery: str | None, heard: bool, is_due: bool, word: str
) -> None:
    assert verdict(status, delivery, heard=heard, is_due=is_due) == word


@pytest.mark.parametrize(
    ("decided_in", "word"), [("2026Q2", "waiting"), ("2026Q1", "due"), ("2025Q4", "due"), ("2025Q3", "due")]
)
def test_a_deferred_theme_is_due_two_quarters_after_its_session(decided_in: str, word: str) -> None:
    found = scored(asked("T", decisions=[decided("T", DEFER, decided_in)]))
    assert outcome(found, "T")["verdict"] == word
    said = "Due now: 1 deferred theme to decide on anew: T (deferred in 2026Q1)."
    assert (said in found.notes) == (decided_in == "2026Q1")


def test_the_outcome_of_a_decision_shows_then_and_now() -> None:
    before = past(LAST, [was("T", arr="60000.00", accounts=1, rank=4)])
    found = scored(
        asked(
            "T",
            alignment=[aligned("T", "none", "1")],
            decisions=[decided("t", DECLINE, rationale="no bet")],
            history=(before,),
        )
    )
    assert found.outcomes.row(0, named=True) == {
        "decided_in": "2026Q2",
        "theme_id": "T",
        "theme_name": "T",
        "status": "decline",
        "owner": "pm",
        "rationale": "no bet",
        "delivery": None,
        "delivered_on": None,
        "evidence": None,
        "verdict": "returned",
        "heard": True,
        "arr_then": Decimal("60000.00"),
        "arr_now": Decimal("100000.00"),
        "accounts_then": 1,
        "accounts_now": 1,
        "rank_then": 4,
        "rank_now": 1,
        "returned_with_more": True,
    }
    said = "Back with more ARR behind it: 1 declined or deferred theme: T (60,000 USD in 2026Q2, 100,000 USD now)."
    assert said in found.notes
    assert found.outcomes.schema == scored(asked("T")).outcomes.schema == OUTCOMES


def test_amounts_that_differ_by_a_cent_are_said_to_the_cent() -> None:
    history = (past(LAST, [was("T", arr="99999.99")]),)
    notes = scored(asked("T", decisions=[decided("T", DEFER)], history=history)).notes
    assert any("T (99,999.99 USD in 2026Q2, 100,000.00 USD now)" in note for note in notes)


@pytest.mark.parametrize(
    ("status", "then", "expected"),
    [
        (DECLINE, "99999.99", True),
        (DECLINE, "100000.00", False),
        (DEFER, "99999.99", True),
        (DEFER, None, None),
        (BUILD, "1.00", False),
        ("", "1.00", False),
    ],
)
def test_back_with_more_means_more_arr_to_the_cent(status: str, then: str | None, expected: bool | None) -> None:
    history = () if then is None else (past(LAST, [was("T", arr=then)]),)
    found = scored(asked("T", decisions=[decided("T", status)], history=history))
    assert outcome(found, "T")["returned_with_more"] is expected
    assert any(note.startswith("Back with more") for note in found.notes) == bool(expected)


def test_a_theme_that_nobody_in_scope_asks_for_has_not_come_back() -> None:
    behind = {"T": [account("p", lifecycle="prospect")], "U": small(1)}
    rows = quarter(
        behind,
        decisions=[decided("T", DECLINE), decided("Gone", DECLINE), decided("Never", DECLINE)],
        history=(past(LAST, [was("T", arr="0.00"), was("Gone", arr="5.00")]),),
    )
    found = scored(with_others(rows))
    columns = ("theme_id", "verdict", "heard", "arr_now", "accounts_now", "returned_with_more")
    nothing = Decimal("0.00")
    assert {row["theme_name"]: tuple(row[name] for name in columns) for row in found.outcomes.to_dicts()} == {
        "T": ("T", "quiet", False, nothing, 0, False),
        "Gone": ("Gone", "quiet", False, nothing, 0, False),
        "Never": (None, "quiet", False, None, None, False),
    }
    said = "Earlier decisions name 1 theme that no quarter on record has: 'Never' of 2026Q2 (2026Q2/decisions.csv"
    assert any(note.startswith(said) for note in found.notes)


def test_a_later_decision_supersedes_an_earlier_one_and_an_empty_row_does_not() -> None:
    sheets = [
        decided("T", DECLINE, "2025Q4"),
        decided("T", BUILD, "2026Q1"),
        decided("T", "", "2026Q2"),
        decided("U", "", "2026Q1"),
        decided("U", "", "2026Q2"),
    ]
    for decisions in (sheets, sheets[::-1]):
        found = scored(asked("T", "U", decisions=decisions))
        assert found.outcomes.select("theme_name", "decided_in", "verdict").rows() == [
            ("U", "2026Q2", "undecided"),
            ("T", "2026Q1", "unreported"),
        ]


@pytest.mark.parametrize(
    "changes",
    [{"theme": "T-1"}, {"theme": "regional_FILTERING"}, {"theme": "any name", "theme_id": "T-1"}],
)
def test_decisions_and_delivery_name_themes_by_id_or_by_name(changes: dict[str, str]) -> None:
    rows = replace(asked("T-1"), themes={"T-1": "Regional filtering"}, decisions=[decided("", BUILD) | changes])
    for name in ("T-1", " Regional filtering"):
        found = scored(replace(rows, delivery=[reported(name, "shipped", delivered_on="2026-08-14", evidence="notes")]))
        row = found.outcomes.row(0, named=True)
        assert (row["theme_id"], row["theme_name"], row["verdict"]) == ("T-1", "Regional filtering", "kept")
        assert (row["delivered_on"], row["evidence"]) == (dt.date(2026, 8, 14), "notes")


def test_a_name_means_the_theme_that_had_it_when_it_was_decided_on() -> None:
    """T-1 has been renamed since, and another theme has its old name now."""
    rows = replace(asked("T-1", "T-2"), themes={"T-1": "Export to disk", "T-2": "Export"})
    before = past(LAST, [was("T-1", theme_name="Export"), was("T-3", theme_name="Gone")])
    found = scored(replace(rows, decisions=[decided("export", DECLINE), decided("gone", DECLINE)], history=(before,)))
    assert found.outcomes.select("theme_id", "theme_name").rows() == [("T-1", "Export to disk"), ("T-3", "Gone")]
    unknown = scored(replace(rows, decisions=[decided("export", DECLINE, "2026Q1")], history=(before,)))
    assert unknown.outcomes["theme_id"].to_list() == ["T-2"]


@pytest.mark.parametrize("table", ["decisions", "delivery"])
def test_the_same_theme_twice_for_a_quarter_stops_the_run(table: str) -> None:
    make = {"decisions": decided, "delivery": reported}[table]
    rows = [make("T", "decline"), make(" t ", "decline", export_row="9")]
    with pytest.raises(ScoringError, match=r"line 9: the same theme stands twice for the same quarter .*line 2"):
        scored(asked("T", **{table: rows}))
    scored(asked("T", **{table: [rows[0], rows[1] | {"decided_in": "2026Q1"}]}))


def test_delivery_counts_for_the_quarter_it_names_and_else_for_the_one_before() -> None:
    decisions = [decided("T", BUILD, "2026Q1"), decided("U", BUILD, "2026Q2")]
    bare = scored(asked("T", "U", decisions=decisions, delivery=[reported("T", "shipped"), reported("U", "slipped")]))
    assert [outcome(bare, name)["verdict"] for name in ("T", "U")] == ["unreported", "slipped"]
    said = "The delivery file reports on 1 theme not decided on in that quarter: 'T' of 2026Q2 (delivery.csv, line 2)."
    assert said in bare.notes
    named = scored(asked("T", "U", decisions=decisions, delivery=[reported("T", "shipped", decided_in="2026Q1")]))
    assert [outcome(named, name)["verdict"] for name in ("T", "U")] == ["kept", "unreported"]
    assert not any(note.startswith("The delivery file") for note in named.notes)


def test_a_report_on_a_decision_that_was_taken_anew_is_said_not_lost() -> None:
    decisions = [decided("T", BUILD, "2026Q1"), decided("T", BUILD, "2026Q2")]
    found = scored(asked("T", decisions=decisions, delivery=[reported("T", "shipped", decided_in="2026Q1")]))
    assert outcome(found, "T")["verdict"] == "unreported"
    said = "The delivery file reports on 1 theme decided on anew since"
    assert [note.endswith("'T' of 2026Q1 (delivery.csv, line 2).") for note in found.notes if said in note] == [True]
    latest = scored(asked("T", decisions=decisions, delivery=[reported("T", "shipped", decided_in="2026Q2")]))
    assert outcome(latest, "T")["verdict"] == "kept"
    assert not any(note.startswith("The delivery file") for note in latest.notes)


def test_what_nobody_decided_on_cannot_be_delivered() -> None:
    found = scored(asked("T", decisions=[decided("T", "")], delivery=[reported("T", "shipped")]))
    assert outcome(found, "T")["verdict"] == "undecided"
    assert any(note.startswith("The delivery file reports on 1 theme not decided on") for note in found.notes)


@pytest.mark.parametrize(
    ("then", "now", "word"),
    [
        ("shipped", None, "kept"),
        ("dropped", None, "dropped"),
        ("in_progress", None, "unreported"),
        ("slipped", None, "unreported"),
        ("shipped", "slipped", "slipped"),
    ],
)
def test_a_report_of_an_earlier_quarter_lasts_if_it_was_final(then: str, now: str | None, word: str) -> None:
    row = {"theme": "T", "status": then, "export": "delivery.csv", "export_row": 2}
    before = replace(past(LAST, [was("T")]), delivery=pl.DataFrame([row], schema=polars_schema(DELIVERY)))
    delivery = [reported("T", now, decided_in="2026Q1")] if now else []
    found = scored(asked("T", decisions=[decided("T", BUILD, "2026Q1")], delivery=delivery, history=(before,)))
    assert outcome(found, "T")["verdict"] == word


def test_new_and_recurring_themes() -> None:
    history = (
        past(LAST, [was("every", rank=2), was("back")]),
        past(BEFORE, [was("every"), was("paused")]),
        past(BEFORE.previous, [was("every"), was("back")]),
    )
    rows = asked("every", "back", "paused", "new", alignment=[aligned("every", "none", "1")])
    found = scored(replace(rows, history=history)).recurrence
    assert found.rows() == [
        ("every", "every", "2025Q4", 4, False, 2, 1),
        ("back", "back", "2025Q4", 2, False, None, None),
        ("new", "new", "2026Q3", 1, True, None, None),
        ("paused", "paused", "2026Q1", 1, False, None, None),
    ]
    first = scored(rows).recurrence
    assert set(first.select("first_heard", "quarters_heard", "is_new").rows()) == {("2026Q3", 1, False)}
    assert first.schema == found.schema


def _publish(folder: Path, *themes: str) -> Path:
    rows = [{"theme_name": name, "start": "defer", "flags": [], **was(name, 1, "5.00")} for name in themes]
    zero = {"mentions": 1, "accounts": 1, "weighted_count": 1, "revenue_score": 1, "breadth_score": 1}
    money = dict.fromkeys(("arr_signalled", "arr_at_risk", "expansion", "revenue"), Decimal("0.00"))
    table = pl.DataFrame([zero | money | row for row in rows], schema=polars_schema(THEME_SCORES))
    write_table(folder, "theme_scores", table)
    return folder


def test_the_history_is_read_from_the_folders_of_published_runs(tmp_path: Path) -> None:
    folders = [_publish(tmp_path / f"{name}-0123456789ab", name) for name in ("2026Q2", "2026Q1", "2025Q4")]
    write_frame(
        folders[0] / "reading/override_status.parquet", pl.DataFrame([held("T", "2026-09-01")], schema=OVERRIDE_STATUS)
    )
    write_table(folders[1], "delivery", empty(DELIVERY))
    found = read_history(",".join(map(str, folders)), NOW)
    assert [str(one.quarter) for one in found] == ["2026Q2", "2026Q1", "2025Q4"]
    assert [one.theme_scores["theme_id"].to_list() for one in found] == [["2026Q2"], ["2026Q1"], ["2025Q4"]]
    assert [one.was_overridden for one in found] == [True, False, False]
    (folders[1] / "theme_scores.parquet").unlink()
    assert [str(one.quarter) for one in read_history(",".join(map(str, folders)), NOW)] == ["2026Q2"]
    assert read_history("") == ()


def test_what_an_older_run_lacks_is_unknown(tmp_path: Path) -> None:
    folder = tmp_path / "2026Q2-0123456789ab"
    write_frame(folder / "theme_scores.parquet", pl.DataFrame({"theme_id": ["T"], "rank": [1], "old": ["x"]}))
    write_frame(folder / "reading/override_status.parquet", pl.DataFrame({"theme_id": ["T"], "status": ["approved"]}))
    history = read_history(str(folder), NOW)
    rows = asked("T", alignment=[aligned("T", "none", "1", "1")], decisions=[decided("T", DECLINE)], history=history)
    found = scored(rows, changed("reading", challenge_arr=Decimal(0)))
    assert found.challenges.is_empty()
    assert found.overrides_expired.is_empty()
    row = outcome(found, "T")
    assert (row["verdict"], row["rank_then"], row["arr_then"], row["returned_with_more"]) == ("returned", 1, None, None)
    assert found.recurrence.select("quarters_heard", "rank_before").row(0) == (2, 1)


@pytest.mark.parametrize(
    ("names", "message"),
    [
        (("2026Q1-a", "2025Q4-a"), r"history_dirs: the quarters do not follow each other.*2026Q1, expected 2026Q2"),
        (("2026Q2-a", "2025Q4-a"), "found 2025Q4, expected 2026Q1"),
        (("2026Q2-a", "2026Q2-b"), "found 2026Q2, expected 2026Q1"),
        (("scratch",), "not the tables of a run .found .*scratch"),
    ],
)
def test_a_history_that_is_none_stops_the_run(tmp_path: Path, names: tuple[str, ...], message: str) -> None:
    with pytest.raises(ScoringError, match=message):
        read_history(",".join(str(tmp_path / name) for name in names), NOW)


def test_a_broken_table_of_an_earlier_run_is_named_in_one_line(tmp_path: Path) -> None:
    folder = _publish(tmp_path / "2026Q2-0123456789ab", "T")
    (folder / "theme_scores.parquet").write_bytes(b"no parquet")
    with pytest.raises(ScoringError, match=r"theme_scores.parquet: a table of an earlier run cannot be read") as caught:
        read_history(str(folder))
    assert "\n" not in str(caught.value)


def test_the_frames_are_kept_and_the_history_is_read_with_the_inputs(tmp_path: Path) -> None:
    run, before = tmp_path / "run", _publish(tmp_path / "2026Q2-0123456789ab", "T")
    given = inputs(asked("T", "U", decisions=[decided("T", DECLINE)], delivery=[reported("T", "dropped")]))
    for name in ("accounts", "mentions", "roadmap", "alignment", "overrides", "decisions", "delivery"):
        write_table(run, name, getattr(given, name))
    write_table(run, "accepted_feedback", given.feedback)
    write_table(run, "themes", given.themes.with_columns(status=pl.lit("active"), mentions=pl.lit(1)))
    read = read_inputs(run, before, str(before), NOW)
    assert read.previous is not None
    assert read.previous["theme_id"].to_list() == ["T"]
    found = score(read, AS_OF, MODEL)
    assert ["emerging" in theme(found, name)["flags"] for name in ("T", "U")] == [False, True]
    write_scored(found, run)
    for name in ("challenges", "overrides_expired", "outcomes", "recurrence"):
        assert pl.read_parquet(run / f"reading/{name}.parquet").equals(getattr(found, name))
    row = outcome(found, "T")
    assert (row["arr_then"], row["delivery"], row["verdict"]) == (Decimal("5.00"), "dropped", "returned")


def test_the_quarter_is_the_one_given_and_else_that_of_the_as_of_date() -> None:
    given = inputs(asked("T", decisions=[decided("T", DEFER, "2026Q2")]))
    assert score(given, AS_OF, MODEL).outcomes["verdict"].to_list() == ["waiting"]
    assert score(given, dt.date(2026, 10, 15), MODEL).outcomes["verdict"].to_list() == ["due"]
    named = replace(given, quarter=NOW)
    assert score(named, dt.date(2026, 10, 15), MODEL).outcomes["verdict"].to_list() == ["waiting"]


def test_the_order_of_rows_changes_no_frame() -> None:
    decisions = [decided(name, status, day) for name, status, day in [
        ("T", DECLINE, "2026Q2"), ("U", DEFER, "2026Q1"), ("V", BUILD, "2026Q2"), ("W", "", "2026Q2"),
    ]]  # fmt: skip
    history = (past(LAST, [was("T", 1), was("U", 1), was("V", 1)], [held("U", "2026-08-01"), held("T", "2026-08-01")]),)
    rows = asked("T", "U", "V", "W", decisions=decisions, history=history)
    turned = replace(rows, decisions=decisions[::-1], feedback=rows.feedback[::-1], accounts=rows.accounts[::-1])
    one, two = scored(rows), scored(turned)
    for name in ("challenges", "overrides_expired", "outcomes", "recurrence"):
        assert getattr(one, name).equals(getattr(two, name)), name
