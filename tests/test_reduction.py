"""From mentions to theme scores on every engine, and what no quarter may break."""

from __future__ import annotations

import datetime as dt
import random
from typing import Any

import narwhals as nw
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from quarters import AS_OF, ENGINES, MODEL, frame, on, seeded

from vocanalytics.errors import ScoringError
from vocanalytics.scoring.checks import counted_accounts
from vocanalytics.scoring.contributions import contributions, pairs
from vocanalytics.scoring.rules import Rules, as_factor, in_thousandths, rules
from vocanalytics.scoring.scores import baselines, dimension_scores, theme_totals
from vocanalytics.vocabulary import ACCOUNTS, THEME_ACCOUNTS, names

RULES = rules(MODEL)
THEMES = pl.DataFrame({"theme_id": ["T-1", "T-2", "T-3"], "theme_name": ["one", "two", "three"]})
MENTION = {"theme_id": pl.String, "account_id": pl.String, "churn_signal": pl.String, "dependency": pl.Int64}
ACCOUNT = {
    "account_id": pl.String, "tier": pl.String, "health": pl.String, "renewal_date": pl.Date, "seats_owned": pl.Int64,
    "seats_addressable": pl.Int64, "arr": pl.Int64, "headroom_arr": pl.Int64,
}  # fmt: skip

mentions = st.lists(
    st.tuples(
        st.sampled_from(["T-1", "T-2"]),
        st.integers(0, 7).map("A-{}".format),
        st.sampled_from([None, "none", "inferred", "explicit"]),
        st.sampled_from([None, 0, 500, 1000]),
    ),
    min_size=1,
    max_size=25,
)
hundreds = st.integers(0, 20_000).map(lambda hundred: hundred * 100_00)  # so that no factor leaves a fraction of a cent


def account(account_id: str) -> st.SearchStrategy[tuple[Any, ...]]:
    """An account in whole hundreds of dollars."""
    return st.tuples(
        st.just(account_id),
        st.sampled_from(["enterprise", "mid_market", "smb"]),
        st.sampled_from([None, "healthy", "at_risk"]),
        st.none() | st.integers(-30, 400).map(lambda days: AS_OF + dt.timedelta(days=days)),
        st.none(),
        st.none(),
        hundreds,
        st.none() | hundreds,
    )


accounts = st.tuples(*(account(f"A-{number}") for number in range(8)))


def reduced(said: list[Any], behind: Any, rule: Rules = RULES, engine: str = "polars") -> list[pl.DataFrame]:
    """Theme accounts, theme scores and baselines of an engine, as polars frames to compare."""
    rows = on(engine, pl.DataFrame(said, schema=MENTION, orient="row"))
    known = on(engine, pl.DataFrame(behind, schema=ACCOUNT, orient="row"))
    by_pair = contributions(pairs(rows), known, AS_OF, rule)
    by_theme = dimension_scores(theme_totals(on(engine, THEMES), by_pair), rule)
    figures = by_pair.select(*names(THEME_ACCOUNTS), "tier", "tier_weight", "arr_signalled")
    return [_plain(part) for part in (figures, by_theme, baselines(by_pair, known, rule))]


def _plain(part: nw.DataFrame[Any]) -> pl.DataFrame:
    """Any engine's frame as polars, whole numbers where an engine keeps them as floats for want of a null."""
    columns = {name: [None if gone else value for gone, value in _values(part[name])] for name in part.columns}
    days = [pl.col("days_to_renewal").cast(pl.Int64)] if "days_to_renewal" in columns else []
    return pl.DataFrame(columns).with_columns(days)


def _values(column: nw.Series[Any]) -> zip[tuple[bool, Any]]:
    return zip(column.is_null().to_list(), column.to_list(), strict=True)


@pytest.mark.parametrize("engine", ENGINES[1:])
@given(said=mentions, behind=accounts)
@settings(max_examples=8, deadline=None)
def test_pandas_and_polars_give_the_same_cents(engine: str, said: list[Any], behind: Any) -> None:
    for found, expected in zip(reduced(said, behind, engine=engine), reduced(said, behind), strict=True):
        assert found.to_dicts() == expected.to_dicts()


@pytest.mark.parametrize("engine", ENGINES[1:])
@pytest.mark.parametrize("seed", range(3))
def test_a_quarter_of_edge_cases_is_the_same_on_pandas(engine: str, seed: int) -> None:
    rows = seeded(seed)
    counted = counted_accounts(frame(rows.accounts, ACCOUNTS))
    known = set(counted["account_id"])
    said = [
        (
            theme_id,
            row["account_id"],
            row["churn_signal"] or None,
            int(float(row["dependency"]) * 1000) if row["dependency"] else None,
        )
        for row in rows.feedback
        for theme_id in rows.mentions[row["feedback_id"]]
        if row["account_id"] in known
    ]
    behind = counted.select(list(ACCOUNT)).rows()
    for found, expected in zip(reduced(said, behind, engine=engine), reduced(said, behind), strict=True):
        assert found.to_dicts() == expected.to_dicts()


@given(said=mentions, behind=accounts, joins=st.sampled_from(["A-0", "A-1"]))
@settings(max_examples=25, deadline=None)
def test_adding_an_account_never_lowers_revenue(said: list[Any], behind: Any, joins: str) -> None:
    without = [mention for mention in said if mention[1] != joins]
    before, after = (reduced(rows, behind)[1] for rows in (without, said))
    for column in ("revenue", "arr_exposed", "arr_signalled", "weighted_count", "revenue_score", "breadth_score"):
        assert (after[column] >= before[column]).all(), column


@given(said=mentions, behind=accounts, again=st.integers(0, 24))
@settings(max_examples=20, deadline=None)
def test_saying_it_again_changes_no_score(said: list[Any], behind: Any, again: int) -> None:
    """A loud account weighs no more: only the count of mentions moves."""
    louder = [*said, said[again % len(said)]]
    before, after = (reduced(rows, behind)[1].drop("mentions") for rows in (said, louder))
    assert before.equals(after)


@given(said=mentions, behind=accounts, seed=st.integers())
@settings(max_examples=20, deadline=None)
def test_the_order_of_rows_changes_nothing(said: list[Any], behind: Any, seed: int) -> None:
    rng = random.Random(seed)
    shuffled = rng.sample(said, len(said)), rng.sample(behind, len(behind))
    for found, expected in zip(reduced(*shuffled), reduced(said, behind), strict=True):
        assert found.equals(expected)


@given(said=mentions, behind=accounts, times=st.integers(1, 1000))
@settings(max_examples=25, deadline=None)
def test_scaling_money_and_breakpoints_together_changes_no_score(said: list[Any], behind: Any, times: int) -> None:
    larger = [(*row[:6], row[6] * times, None if row[7] is None else row[7] * times) for row in behind]
    scaled = RULES._replace(revenue_breakpoints=tuple(point * times for point in RULES.revenue_breakpoints))
    columns = ["theme_id", "revenue_score", "breadth_score"]
    assert reduced(said, behind)[1].select(columns).equals(reduced(said, larger, scaled)[1].select(columns))


def test_a_theme_without_accounts_keeps_its_row() -> None:
    _, by_theme, _ = reduced([("T-1", "A-0", None, None)], [("A-0", "smb", None, None, None, None, 100, None)])
    silent = by_theme.row(by_predicate=pl.col("theme_id") == "T-3", named=True)
    assert {name for name, value in silent.items() if value == 0} >= {"mentions", "accounts", "revenue", "arr_exposed"}
    assert (silent["revenue_score"], silent["breadth_score"]) == (1, 1)


def test_a_mention_of_no_counted_account_stops_the_run() -> None:
    with pytest.raises(ScoringError, match="belongs to no counted account"):
        reduced([("T-1", "A-9", None, None)], [("A-0", "smb", None, None, None, None, 100, None)])


def test_a_sum_beyond_what_a_table_holds_stops_the_run() -> None:
    many = [(f"A-{n}", "smb", None, AS_OF, None, None, 10**14, None) for n in range(10_000)]
    with pytest.raises(ScoringError, match="the sum of arr is larger than a table can hold"):
        reduced([("T-1", row[0], None, None) for row in many], many)


def test_ten_billion_dollars_stay_exact_to_the_cent() -> None:
    large = 10**12 + 1  # cents
    behind = [("A-0", "enterprise", None, AS_OF, None, None, large, large)]
    figures, by_theme, _ = reduced([("T-1", "A-0", "explicit", 1000)], behind)
    assert figures["arr_at_risk"][0] == (3 * large + 1) // 2
    assert by_theme["revenue"][0] == (3 * large + 1) // 2 + large


def test_factors_go_to_decimals_and_back_unchanged() -> None:
    whole = pl.DataFrame({"x": [0, 1, 100, 500, 1500, 10_000, None]})
    decimals = whole.with_columns(as_factor(pl.col("x")))
    assert [str(value) for value in decimals["x"][:5]] == ["0.000", "0.001", "0.100", "0.500", "1.500"]
    assert decimals.with_columns(in_thousandths(pl.col("x"))).equals(whole)
