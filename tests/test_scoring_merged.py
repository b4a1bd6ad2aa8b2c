"""Themes that people merged, renamed or confirmed keep their past, and what was written about them before."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import polars as pl
import pytest
from quarters import AS_OF, MODEL, Row, Rows, account, aligned, inputs
from scoring_cases import quarter, theme, with_others
from test_scoring_adopting import past

from vocanalytics.errors import ScoringError
from vocanalytics.scoring import Scored, score

A, B = {"theme_id": "T-0001", "theme_name": "Bulk export"}, {"theme_id": "T-0004", "theme_name": "Export for auditors"}
MERGED = [("T-0004", "T-0001"), ("Export for auditors", "T-0001")]


def this_quarter(
    *before: dict[str, Any],
    aliases: list[tuple[str, str]] = MERGED,
    alignment: list[Row] | None = None,
    decisions: list[Row] | None = None,
) -> Scored:
    """T-0001 and T-0002 of this quarter, after the themes `before`."""
    found: Rows = quarter(
        {"T-0001": [account("A", tier="enterprise", arr="900000.00")], "T-0002": [account("B", arr="10.00")]},
        themes={"T-0001": "Bulk export", "T-0002": "Dark mode"},
    )
    history = (past(*before),)
    rows = replace(
        found, alignment=alignment or [aligned("T-0001", "none", "1", "1")], decisions=decisions or [], history=history
    )
    given = replace(inputs(with_others(rows)), previous=history[0].theme_scores)
    held = pl.DataFrame(aliases, schema={"alias": pl.String, "theme_id": pl.String}, orient="row")
    return score(replace(given, aliases=held, themes=given.themes.with_columns(status=pl.lit("active"))), AS_OF, MODEL)


def declined(theme: str, **more: str) -> Row:
    """A decline of the quarter before."""
    return {"decided_in": "2026Q2", "status": "decline", "owner": "pm", "theme": theme, **more}


@pytest.mark.parametrize(
    "names", [{"theme": "T-0004"}, {"theme": "export FOR auditors"}, {"theme": "x", "theme_id": "T-0004"}]
)
def test_what_was_decided_on_a_merged_theme_is_followed_where_it_went(names: dict[str, str]) -> None:
    found = this_quarter(B, decisions=[declined(**names)])
    row = found.outcomes.row(0, named=True)
    assert (row["theme_id"], row["verdict"], row["rank_then"]) == ("T-0001", "returned", 1)
    first = found.recurrence.filter(pl.col("theme_id") == "T-0001").row(0, named=True)
    assert (first["first_heard"], first["is_new"], first["rank_before"]) == ("2026Q2", False, 1)
    assert "Export for auditors (T-0004) is part of Bulk export (T-0001) now." in found.notes


def test_the_theme_that_stays_keeps_its_own_past() -> None:
    found = this_quarter(A | {"rank": 3}, B, decisions=[declined("T-0004")])
    recurring = found.recurrence.filter(pl.col("theme_id") == "T-0001")
    assert recurring["rank_before"].to_list() == [3]
    assert found.outcomes["theme_id"].to_list() == ["T-0001"]
    note = "Export for auditors (T-0004) is part of Bulk export (T-0001) now; its past figures are its own."
    assert note in found.notes


def test_two_decisions_on_what_is_one_theme_now_do_not_stop_the_run() -> None:
    found = this_quarter(A, B, decisions=[declined("T-0004"), declined("bulk_export")])
    assert sorted(found.outcomes["theme_id"]) == ["T-0001", "T-0004"]
    assert any(note.endswith("each decision is followed under its own id.") for note in found.notes)


@pytest.mark.parametrize("written", ["T-0004", "Export_for_auditors", "bulk export", "T-0001"])
def test_an_alignment_may_name_a_merged_theme(written: str) -> None:
    found = this_quarter(A, alignment=[aligned(written, "none", "1", "1")])
    assert theme(found, "T-0001")["alignment_score"] == 1


def test_two_alignments_of_what_is_one_theme_now_stop_the_run() -> None:
    both = [aligned("T-0001", "none", "1", "1"), aligned("Export for auditors", "none", "1", "1")]
    with pytest.raises(ScoringError, match="the same theme stands twice"):
        this_quarter(A, alignment=both)


def test_a_confirmed_theme_goes_on_from_what_the_machine_had_found_whatever_it_is_called_now() -> None:
    before = {"theme_id": "P-4c0aff", "theme_name": "Everything at once"}
    found = this_quarter(before, aliases=[("P-4c0aff", "T-0001")], decisions=[declined("everything at ONCE")])
    assert found.outcomes.select("theme_id", "verdict").row(0) == ("T-0001", "returned")
    assert "Bulk export (T-0001) goes on from P-4c0aff, which the machine had found." in found.notes


def test_a_word_that_a_theme_of_this_quarter_has_is_its_own() -> None:
    found = this_quarter(A, aliases=[("Dark mode", "T-0001")], alignment=[aligned("dark mode", "none", "1", "1")])
    assert theme(found, "T-0002")["alignment_score"] == 1
    assert theme(found, "T-0001")["alignment_score"] is None
