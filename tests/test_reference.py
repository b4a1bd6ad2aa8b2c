"""The product against a calculation from scratch, cell by cell: seeded quarters of edge cases, and real verbatims."""

from __future__ import annotations

import datetime as dt
import subprocess
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import reference
from hypothesis import given, settings
from hypothesis import strategies as st
from quarters import Rows, inputs, scored, seeded

from vocanalytics.scoring import Scored
from vocanalytics.tables import conform
from vocanalytics.vocabulary import TABLES


def _agrees(found: Scored, rows: Rows) -> None:
    """Every cell of both tables equals the calculation from scratch, and the tables fit the vocabulary."""
    behind = reference.theme_accounts(rows.feedback, rows.mentions, rows.accounts, rows.as_of)
    scores = reference.theme_scores(
        behind, rows.accounts, rows.themes, rows.alignment, rows.overrides, rows.as_of, rows.previous
    )
    _same_cells(conform(found.theme_accounts, TABLES["theme_accounts"], name="theme_accounts"), list(behind.values()))
    order = {theme_id: place for place, theme_id in enumerate(found.theme_scores["theme_id"])}
    expected = sorted(scores.values(), key=lambda row: order[row["theme_id"]])
    _same_cells(conform(found.theme_scores, TABLES["theme_scores"], name="theme_scores"), expected)


def _same_cells(table: pl.DataFrame, expected: list[dict[str, Any]]) -> None:
    assert table.height == len(expected)
    for found, wanted in zip(table.iter_rows(named=True), expected, strict=True):
        assert list(found) == list(wanted)
        assert found == wanted


@pytest.mark.parametrize("seed", range(12))
def test_every_cell_of_a_seeded_quarter(seed: int) -> None:
    rows = seeded(seed)
    _agrees(scored(rows), rows)


@settings(max_examples=25, deadline=None)
@given(
    seed=st.integers(0, 2**32),
    accounts=st.integers(1, 30),
    feedback=st.integers(0, 80),
    themes=st.integers(3, 9),
)
def test_every_cell_of_any_quarter(seed: int, accounts: int, feedback: int, themes: int) -> None:
    rows = seeded(seed, accounts, feedback, themes)
    _agrees(scored(rows), rows)


def test_typed_rows_give_the_same_as_text() -> None:
    """The form in which the end-to-end tests hand over the tables of a run."""
    rows = seeded(1)
    typed = inputs(rows)
    pairs, scores = reference.theme_tables(
        feedback=typed.feedback.to_dicts(),
        accounts=typed.accounts.to_dicts(),
        mentions=typed.mentions.to_dicts(),
        themes=typed.themes.to_dicts(),
        alignment=typed.alignment.to_dicts(),
        as_of=rows.as_of.isoformat(),
        overrides=typed.overrides.to_dicts(),
        previous=rows.previous,
    )
    found = scored(rows)
    _same_cells(found.theme_accounts, list(pairs.values()))
    assert {row["theme_id"]: row for row in found.theme_scores.to_dicts()} == scores


def test_the_seeded_quarters_hold_every_case() -> None:
    """Equality over quarters without a case would prove nothing about it."""
    found = [scored(seeded(seed)) for seed in range(12)]
    pairs = pl.concat(one.theme_accounts for one in found)
    scores = pl.concat(one.theme_scores for one in found)
    days = set(pairs["days_to_renewal"])
    assert {None, -1, 0, 89, 90, 180, 181} <= days
    assert set(pairs["churn_signal"]) == {"explicit", "inferred", "none"}
    assert set(pairs["dependency"]) == {Decimal("0.000"), Decimal("0.500"), Decimal("1.000")}
    assert set(scores["start"]) == {"build", "settle", "defer", "decline", "escalate", "unscored"}
    assert set(scores["revenue_score"]) == set(scores["breadth_score"]) == {1, 2, 3, 4, 5}
    flags = set(scores["flags"].explode().drop_nulls())
    assert {"disputed_score", "preliminary_alignment", "trade_off_revenue", "isolated", "emerging", "unscored"} <= flags
    assert {"override_compliance", "override_not_applied", "baseline_enterprise", "baseline_smb"} <= flags


@pytest.mark.parametrize(
    ("texts", "seed", "accounts", "rows"),
    [
        ("banking77.csv", 7, 400, 0),
        ("minibar_en.csv", 7, 400, 0),
        ("minibar_en.csv", 3, 60, 5_000),
        ("banking77.csv", 11, 2_000, 4_000),
    ],
)
def test_every_cell_of_a_quarter_of_real_verbatims(
    shared: Path, tmp_path: Path, texts: str, seed: int, accounts: int, rows: int
) -> None:
    command = [sys.executable, str(shared / "tools/make_quarter.py"), "--with-theme", "--out", str(tmp_path)]
    command += ["--texts", str(shared / "data/verbatims" / texts), "--seed", str(seed)]
    subprocess.run([*command, "--accounts", str(accounts), "--rows", str(rows)], check=True)
    quarter = _read(tmp_path)
    _agrees(scored(quarter), quarter)


def _read(folder: Path) -> Rows:
    """The exports of a generated quarter; feedback without an id is matched by its domain, a label is a theme."""
    raw, curated = folder / "data/raw/2026Q3", folder / "data/curated/2026Q3"
    accounts = reference.read_rows(raw / "accounts.csv")
    feedback = reference.match_by_domain(reference.read_rows(raw / "feedback.csv"), accounts)
    ids = {label: f"T-{place:04d}" for place, label in enumerate(sorted({row["theme"] for row in feedback}), start=1)}
    return Rows(
        feedback=feedback,
        accounts=accounts,
        themes={theme_id: label for label, theme_id in ids.items()},
        mentions={row["feedback_id"]: [ids[row["theme"]]] for row in feedback},
        alignment=reference.read_rows(curated / "alignment.csv"),
        roadmap=reference.read_rows(curated / "roadmap.csv"),
        as_of=dt.date(2026, 9, 30),
    )
