"""A theme that the machine found and people have named keeps its past; one that is merely found again does not."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import polars as pl
import pytest
from quarters import AS_OF, MODEL, Row, Rows, account, aligned, inputs
from scoring_cases import quarter, theme, with_others

from vocanalytics.scoring import Scored, score
from vocanalytics.scoring.history import OVERRIDE_STATUS, PastQuarter
from vocanalytics.settings import Quarter
from vocanalytics.vocabulary import THEME_SCORES, polars_schema

LAST = Quarter(2026, 2)
NOTE = "Slow board (T-0007) goes on from P-4c0aff, which the machine had found under the same name."


def past(*themes: dict[str, Any], quarter: Quarter = LAST) -> PastQuarter:
    """What the run of an earlier quarter found."""
    known = {"flags": [], "alignment_score": 1, "arr_exposed": Decimal("600000.00"), "rank": 1}
    rows = [known | row for row in themes]
    held = {"theme_id": "P-4c0aff", "theme_name": "Slow board", "kind": "referenceable_logo", "status": "approved"}
    return PastQuarter(
        quarter=quarter,
        theme_scores=pl.DataFrame(rows, schema=polars_schema(THEME_SCORES)),
        override_status=pl.DataFrame([held | {"expires_on": AS_OF.replace(day=1)}], schema=OVERRIDE_STATUS),
    )


FOUND = {"theme_id": "P-4c0aff", "theme_name": "Slow board"}


def decision(**names: str) -> Row:
    """A decline of the quarter before."""
    return {"decided_in": "2026Q2", "status": "decline", "owner": "pm", **names}


def this_quarter(theme_id: str, name: str, *history: PastQuarter, decided: Row, status: str = "active") -> Scored:
    """One theme of $900,000 and what was decided on the theme that the machine had found."""
    rows: Rows = quarter({theme_id: [account("A", tier="enterprise", arr="900000.00")]}, themes={theme_id: name})
    rows = replace(rows, alignment=[aligned(theme_id, "none", "1", "1")], decisions=[decided], history=history)
    given = replace(inputs(with_others(rows)), previous=history[0].theme_scores)
    return score(replace(given, themes=given.themes.with_columns(status=pl.lit(status))), AS_OF, MODEL)


@pytest.mark.parametrize(
    "names",
    [
        {"theme_id": "P-4c0aff", "theme": "Slow board"},
        {"theme_id": "P-4c0aff", "theme": "Slow board of dispatchers"},
        {"theme": "P-4c0aff"},
        {"theme": "slow_BOARD"},
    ],
)
def test_what_was_decided_on_a_found_theme_is_followed_once_people_named_it(names: dict[str, str]) -> None:
    found = this_quarter("T-0007", "Slow Board", past(FOUND), decided=decision(**names))
    row = found.outcomes.row(0, named=True)
    assert (row["theme_id"], row["verdict"], row["returned_with_more"]) == ("T-0007", "returned", True)
    assert (row["arr_then"], row["arr_now"], row["rank_then"]) == (Decimal("600000.00"), Decimal("900000.00"), 1)
    assert found.recurrence.select("first_heard", "is_new", "rank_before").row(0) == ("2026Q2", False, 1)
    flags = theme(found, "T-0007")["flags"]
    assert ("emerging" in flags, "challenge_to_leadership" in flags) == (False, True)
    assert found.overrides_expired["theme_id"].to_list() == ["T-0007"]
    assert NOTE.replace("board", "Board") in found.notes


@pytest.mark.parametrize(
    ("theme_id", "name", "status", "before"),
    [
        ("P-999999", "Slow board", "proposed", [FOUND]),  # found again, and perhaps another one
        ("T-0007", "Slow boards", "active", [FOUND]),  # another name
        ("T-0007", "Slow board", "active", [FOUND, FOUND | {"theme_id": "P-1"}]),  # the name says not which
        ("T-0007", "Slow board", "active", [FOUND, {"theme_id": "T-0007", "theme_name": "Board"}]),  # both were there
        ("T-0007", "Slow board", "active", [FOUND | {"theme_id": "T-0004"}]),  # people told the two apart
    ],
)
def test_only_a_name_that_people_gave_makes_two_themes_one(
    theme_id: str, name: str, status: str, before: list[dict[str, Any]]
) -> None:
    decided = decision(theme_id=before[0]["theme_id"], theme="Slow board")
    found = this_quarter(theme_id, name, past(*before), decided=decided, status=status)
    assert found.outcomes["theme_id"].to_list() == [before[0]["theme_id"]]
    assert not any("goes on from" in note for note in found.notes)


def test_a_theme_found_in_two_quarters_is_followed_through_both() -> None:
    earlier = past(FOUND | {"theme_id": "P-aaaaaa"}, quarter=LAST.previous)
    decided = decision(theme_id="P-aaaaaa", theme="Slow board") | {"decided_in": "2026Q1"}
    found = this_quarter("T-0007", "Slow board", past(FOUND), earlier, decided=decided)
    assert found.recurrence.select("first_heard", "quarters_heard").row(0) == ("2026Q1", 3)
    assert found.outcomes.select("decided_in", "theme_id", "rank_then").row(0) == ("2026Q1", "T-0007", 1)
