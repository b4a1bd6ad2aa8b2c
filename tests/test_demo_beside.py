"""What the demonstration shows beside the score: themes that are hot and rank low, and one that words suggest."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from demo_quarters import Row, accepted_accounts, accepted_feedback, behind, by_theme, is_scored, scores

from vocanalytics.beside import read_marks
from vocanalytics.demo import QUARTERS
from vocanalytics.scoring.compliance import feedback_with_words
from vocanalytics.settings import read_model

SEEDS = (7, 1, 2, 3)


def feedback(quarter: str, seed: int) -> pl.DataFrame:
    """Accepted feedback of any export, an empty text where its tool has no such column."""
    columns = ("feedback_id", "subject", "verbatim", "language")
    return pl.DataFrame(
        [{column: row.get(column, "") for column in columns} for row in accepted_feedback(quarter, seed)]
    )


def counted(quarter: str, seed: int) -> dict[str, list[str]]:
    """Theme to the feedback that counts in its score."""
    accounts = accepted_accounts(quarter, seed)
    return {
        theme: [row["feedback_id"] for key, rows in by_account.items() if is_scored(accounts[key]) for row in rows]
        for theme, by_account in behind(quarter, seed).items()
    }


def rated(quarter: str, seed: int) -> dict[str, list[Row]]:
    """Theme to the marks of its feedback, those that are not rated left out."""
    marks = {row["feedback_id"]: row for row in read_marks(feedback(quarter, seed)).to_dicts() if row["tone"]}
    return {theme: [marks[key] for key in ids if key in marks] for theme, ids in counted(quarter, seed).items()}


def share(marks: list[Row], tone: str) -> float:
    return [mark["tone"] for mark in marks].count(tone) / len(marks)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("quarter", QUARTERS)
def test_some_customers_are_angry_and_a_few_delighted(quarter: str, seed: int) -> None:
    heard = [mark for marks in rated(quarter, seed).values() for mark in marks]
    assert 0.12 <= share(heard, "angry") <= 0.19
    assert 0.035 <= share(heard, "delighted") <= 0.08


def test_the_quarter_that_is_shown_has_both() -> None:
    heard = [mark for marks in rated("2026Q3", 7).values() for mark in marks]
    assert 0.13 <= share(heard, "angry") <= 0.17
    assert 0.045 <= share(heard, "delighted") <= 0.07


@pytest.mark.parametrize("seed", SEEDS)
def test_the_hottest_themes_rank_last(seed: int) -> None:
    heard, found = rated("2026Q3", seed), scores("2026Q3", seed)
    heat = {theme: float(sum(mark["heat"] for mark in marks)) / len(marks) for theme, marks in heard.items()}
    assert {"T-0011", "T-0015"} < set(sorted(heat, key=lambda theme: -heat[theme])[:3])
    assert heat["T-0011"] > 2 * heat["T-0001"]
    assert share(heard["T-0011"], "angry") > 2 * share(heard["T-0001"], "angry")
    assert share(heard["T-0010"], "angry") > 0.2 and share(heard["T-0015"], "angry") > 0.3
    assert (found["T-0011"].composite or 0) + 6 <= (found["T-0001"].composite or 0)


@pytest.mark.parametrize("seed", SEEDS)
def test_customers_who_love_the_product_ask_for_more(seed: int) -> None:
    delighted = {theme for theme, marks in rated("2026Q3", seed).items() if share(marks, "delighted") > 0.04}
    assert len(delighted) >= 6 and "T-0002" in delighted


@pytest.mark.parametrize("seed", SEEDS)
def test_words_suggest_one_theme_that_nobody_listed(seed: int) -> None:
    compliance = read_model(Path(__file__).parents[1] / "pipelines/model.yml").compliance
    said = set(feedback_with_words(feedback("2026Q3", seed), compliance.words)["feedback_id"])
    shares = {theme: sum(key in said for key in ids) / len(ids) for theme, ids in counted("2026Q3", seed).items()}
    listed = {theme for theme, row in by_theme("2026Q3", "overrides").items() if row["kind"] == "compliance"}
    assert listed == {"T-0007"}
    assert min(shares.pop("T-0004"), shares.pop("T-0007")) >= 1.25 * float(compliance.share)
    assert max(shares.values()) <= float(compliance.share) / 2
