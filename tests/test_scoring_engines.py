"""pandas and polars give the same cents, scores, ranks and starts: the whole way from mentions to places, cell by cell.

Decimal dollars become whole cents before this way begins and are made of them after it ends; all between is here.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from typing import Any, NamedTuple

import narwhals as nw
import polars as pl
import pytest
from quarters import ENGINES, MODEL, Rows, account, aligned, in_days, inputs, on, overridden, said, scored, seeded

from vocanalytics.formulas import Frame, derive
from vocanalytics.scoring.alignment import align
from vocanalytics.scoring.checks import counted_accounts
from vocanalytics.scoring.contributions import contributions, pairs
from vocanalytics.scoring.overrides import APPROVED, override
from vocanalytics.scoring.ranks import place, positions
from vocanalytics.scoring.rules import in_thousandths, rules
from vocanalytics.scoring.scope import in_scope_mentions, scope_feedback
from vocanalytics.scoring.scores import baselines, dimension_scores, theme_totals
from vocanalytics.vocabulary import THEME_ACCOUNTS, THEME_SCORES, names

RULES = rules(MODEL)
CURATED = ("alignment_cs", "alignment_product", "flags")


class Given(NamedTuple):
    """What the reduction begins with, in whole numbers, and what people decided about each theme."""

    mentions: pl.DataFrame
    accounts: pl.DataFrame
    themes: pl.DataFrame
    decided: pl.DataFrame


def given(rows: Rows) -> Given:
    """The facts of a quarter before any number is computed."""
    text = inputs(rows)
    overridden = override(text.overrides, text.themes, rows.as_of)
    scope = scope_feedback(text.feedback, text.accounts, text.mentions, overridden.compliance)
    mentions = in_scope_mentions(scope, text.mentions).with_columns(in_thousandths(pl.col("dependency")))
    aligned = align(text.alignment, text.themes, text.roadmap, MODEL.alignment).by_theme
    approved = overridden.by_theme.filter(pl.col("status") == APPROVED).select("theme_id", override="kind")
    decided = (
        text.themes.select("theme_id")
        .join(aligned.select("theme_id", "alignment_score", "is_disputed"), on="theme_id", how="left")
        .join(approved, on="theme_id", how="left")
        .with_columns(pl.col("is_disputed").fill_null(False))
    )
    themes = text.themes.select("theme_id", "theme_name")
    return Given(mentions, counted_accounts(text.accounts), themes, decided)


def both_tables(facts: Given, engine: str, as_of: dt.date) -> tuple[Frame, Frame]:
    """Theme accounts and placed themes, computed on one engine from the first join to the last rank."""
    mentions, accounts, themes, decided = (on(engine, part) for part in facts)
    behind = contributions(pairs(mentions), accounts, as_of, RULES)
    scores = dimension_scores(theme_totals(themes, behind), RULES)
    expected = baselines(behind, accounts, RULES).filter(nw.col("is_baseline"))["theme_id"].to_list()
    with_facts = scores.join(decided, on="theme_id", how="left")
    marked = derive(with_facts, is_baseline=nw.col("theme_id").is_in(expected))
    return behind, positions(marked, MODEL.reading)


def cells(frame: Frame, columns: list[str]) -> Iterator[tuple[Any, ...]]:
    """Rows as plain values; a whole number that an engine keeps as a float, for want of a null, is a whole number."""
    parts = [zip(frame[name].is_null().to_list(), frame[name].to_list(), strict=True) for name in columns]
    return zip(*([None if gone else _plain(value) for gone, value in part] for part in parts), strict=True)


def _plain(value: Any) -> Any:
    return int(value) if isinstance(value, float) and value == int(value) else value


def kept(table: pl.DataFrame, columns: list[str]) -> list[tuple[Any, ...]]:
    """The rows of a table that a run keeps, in whole cents and whole thousandths."""
    return [tuple(map(_whole, row, columns)) for row in table.select(columns).rows()]


def _whole(value: Any, column: str) -> Any:
    times = 1000 if column in ("renewal_factor", "churn_factor", "dependency") else 100
    return int(value * times) if isinstance(value, Decimal) else value


def edges() -> Rows:
    """A quarter at the edges: cents, a trillion, ties, gaps in every column, a compliance theme, a disputed one."""
    facts: list[dict[str, str]] = [
        {"arr": "0.00"},
        {"arr": "0.01", "renewal_date": in_days(90)},
        {"arr": "0.05", "renewal_date": in_days(180)},
        {"arr": "33.33", "renewal_date": in_days(181), "seats_owned": "3", "seats_addressable": "7"},
        {"arr": "999999999999.99", "renewal_date": in_days(-1), "tier": "enterprise", "health": ""},
        {"arr": "900719925474.93", "renewal_date": "", "headroom_arr": "1000000000000.00"},
        {"arr": "49999.99", "renewal_date": in_days(89), "health": "at_risk", "tier": "smb"},
        {"arr": "50000.00", "renewal_date": in_days(0), "seats_owned": "0", "seats_addressable": "9"},
        {"arr": "66666.67", "renewal_date": in_days(100), "headroom_arr": "-1.00", "tier": "smb"},
    ]
    accounts = [account(f"A{place}", **fact) for place, fact in enumerate(facts)]
    themes = {f"T{place}": f"T{place}" for place in range(len(facts) + 3)}
    feedback = [
        said(f"{name}:{row['account_id']}", row["account_id"], churn_signal=signal, dependency=share)
        for place, (name, signal, share) in enumerate(
            zip(themes, ("", "none", "explicit", "inferred") * 3, ("", "0.5", "1") * 4, strict=True)
        )
        for row in accounts[place : place + 3]
    ]
    mentions = {
        row["feedback_id"]: [row["feedback_id"].split(":")[0], "T1"][: 1 + (place % 2)]
        for place, row in enumerate(feedback)
    }
    mentions = {feedback_id: sorted(set(ids)) for feedback_id, ids in mentions.items()}
    alignment = [
        aligned("T0", "direct", "3", "5"),
        aligned("T1", "none", "1", "1"),
        aligned("T2", "adjacent", "2"),
        aligned("T3", "direct", "", "5"),
        aligned("T4", "none", "", "1"),
        aligned("T11", "direct", "4", "4"),
    ]
    overrides = [
        overridden("T3", "compliance"),
        overridden("T5", "referenceable_logo"),
        overridden("T2", "compliance", reason=""),
    ]
    return Rows(feedback, accounts, themes, mentions, alignment, overrides)


QUARTERS = {"edges": edges, **{f"seed {seed}": (lambda seed=seed: seeded(seed)) for seed in range(6)}}


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("quarter", QUARTERS)
def test_every_cell_is_the_same_on_every_engine(quarter: str, engine: str) -> None:
    rows = QUARTERS[quarter]()
    found, (behind, themes) = scored(rows), both_tables(given(rows), engine, rows.as_of)
    columns = list(names(THEME_ACCOUNTS))
    assert list(cells(behind, columns)) == kept(found.theme_accounts, columns)
    columns = [name for name in names(THEME_SCORES) if name not in CURATED]
    assert list(cells(themes, columns)) == kept(found.theme_scores, columns)
    assert len(themes) > 1


def test_the_quarter_of_edges_holds_every_kind_of_place() -> None:
    found = scored(edges()).theme_scores
    assert {"escalate", "unscored", "settle", "build"} <= set(found["start"])
    assert found["revenue"].max() > Decimal(10**12)
    assert found["alignment_score"].null_count() > 0 < found["rank"].null_count()


@pytest.mark.parametrize("engine", ENGINES[1:])
def test_places_come_in_the_same_order_with_the_same_marks(engine: str) -> None:
    """Ties, gaps and every kind of override, on facts that no quarter above happens to hold."""
    choices = [
        (scores, disputed, baseline, kind)
        for scores in ((5, 5, 5), (4, 4, 4), (4, 4, 3), (4, 3, 2), (2, 4, 2), (1, 1, 1), (3, 3, None))
        for disputed, baseline in ((False, False), (True, False), (False, True))
        for kind in (None, "compliance", "referenceable_logo", "competitive_emergency")
    ]
    themes = pl.DataFrame(
        {
            "theme_id": [f"T{place % 7}{place:03d}" for place in range(len(choices))],
            "accounts": [place % 5 for place in range(len(choices))],
            "revenue": [10**16 + place % 3 for place in range(len(choices))],  # differs where a float no longer does
            **{
                f"{name}_score": [row[0][n] for row in choices]
                for n, name in enumerate(("revenue", "breadth", "alignment"))
            },
            "is_disputed": [row[1] for row in choices],
            "is_baseline": [row[2] for row in choices],
            "override": [row[3] for row in choices],
        }
    )
    expected = place(themes, MODEL.reading)
    columns = expected.columns
    assert list(cells(positions(on(engine, themes), MODEL.reading), columns)) == expected.rows()


@pytest.mark.parametrize("engine", ENGINES)
def test_themes_without_any_alignment_or_override_have_places_too(engine: str) -> None:
    """Columns that hold nothing but gaps have no type of their own in pandas."""
    rows = Rows([said("x", "A")], [account("A")], {"T": "T", "U": "U"}, {"x": ["T"]})
    _, themes = both_tables(given(rows), engine, rows.as_of)
    assert list(cells(themes, ["theme_id", "composite", "rank", "start"])) == [
        ("T", None, None, "unscored"),
        ("U", None, None, "unscored"),
    ]
