"""The product against a calculation from scratch, cell by cell: seeded quarters of edge cases, and real verbatims."""

from __future__ import annotations

import datetime as dt
import random
import subprocess
import sys
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import reference
from hypothesis import given, settings
from hypothesis import strategies as st
from quarters import RELATIONS, Rows, inputs, overridden, scored, seeded

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


GENERATED = [
    ("banking77.csv", 7, 400, 0, "2026Q3", "2026-09-30"),
    ("minibar_en.csv", 7, 400, 0, "2026Q3", "2026-09-30"),
    ("minibar_en.csv", 3, 60, 5_000, "2026Q3", "2026-09-30"),
    ("banking77.csv", 11, 2_000, 4_000, "2026Q3", "2026-09-30"),
    ("minibar_en.csv", 1, 30, 300, "2026Q1", "2026-03-31"),
    ("banking77.csv", 2, 30, 300, "2026Q2", "2026-06-30"),
    ("minibar_en.csv", 23, 2_000, 20_000, "2026Q3", "2026-09-30"),
    ("banking77.csv", 5, 1_000, 20_000, "2026Q4", "2026-12-31"),
    ("banking77.csv", 13, 150, 2_500, "2025Q4", "2025-11-14"),  # a clock that stands still within the quarter
    ("minibar_en.csv", 17, 250, 1_200, "2024Q1", "2024-02-29"),
    ("minibar_en.csv", 29, 90, 900, "2026Q3", "2026-10-15"),  # and after it
]


@pytest.mark.parametrize(("texts", "seed", "accounts", "rows", "quarter", "as_of"), GENERATED)
def test_every_cell_of_a_quarter_of_real_verbatims(
    shared: Path, tmp_path: Path, texts: str, seed: int, accounts: int, rows: int, quarter: str, as_of: str
) -> None:
    command = [sys.executable, str(shared / "tools/make_quarter.py"), "--with-theme", "--out", str(tmp_path)]
    command += ["--texts", str(shared / "data/verbatims" / texts), "--seed", str(seed), "--quarter", quarter]
    subprocess.run([*command, "--accounts", str(accounts), "--rows", str(rows)], check=True)
    made = _read(tmp_path, quarter, dt.date.fromisoformat(as_of))
    _agrees(scored(made), made)
    decided = _decided(made, random.Random(seed))
    _agrees(scored(decided), decided)


def _read(folder: Path, quarter: str, as_of: dt.date) -> Rows:
    """The exports of a generated quarter; feedback without an id is matched by its domain, a label is a theme."""
    raw, curated = folder / "data/raw" / quarter, folder / "data/curated" / quarter
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
        as_of=as_of,
    )


def _decided(rows: Rows, rng: random.Random) -> Rows:
    """The same quarter with gaps in the alignment, overrides of every kind, and a quarter before it."""
    alignment = [dict(row) for row in rows.alignment if rng.random() < 0.8]
    for row in alignment:
        if rng.random() < 0.3:
            row |= {"score_product": "", "relation": RELATIONS[int(row["score_cs"])]}
    kinds = ["compliance", "referenceable_logo", "competitive_emergency", "compliance"]
    chosen = zip(rng.sample(sorted(rows.themes), len(kinds)), kinds, strict=True)
    overrides = [overridden(theme_id, kind, expires_on=rows.as_of.isoformat()) for theme_id, kind in chosen]
    overrides[-1]["approved_by"] = ""
    previous = rng.sample(sorted(rows.themes), len(rows.themes) // 2)
    return replace(rows, alignment=alignment, overrides=overrides, previous=previous)
