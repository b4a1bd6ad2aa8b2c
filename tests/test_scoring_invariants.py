"""What no quarter may break, on the whole of scoring: from text tables with every edge case to ranks and starts.

Where a rule has a limit, the limit is a test of its own beside it.
"""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import fields, replace
from decimal import Decimal
from typing import Any

import polars as pl
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from quarters import AS_OF, MODEL, Row, Rows, account, aligned, in_days, inputs, said, scored, seeded
from scoring_cases import changed, theme

from vocanalytics.scoring import Inputs, Scored, score

seeds = st.integers(0, 2**32)
few = settings(max_examples=12, deadline=None)
Figures = dict[str, dict[str, Any]]


def a_quarter(seed: int, **changes: Any) -> Rows:
    """A small quarter full of edge cases."""
    return replace(seeded(seed, accounts=14, feedback=45, themes=6), **changes)


def by_theme(found: Scored) -> Figures:
    """Scores by theme id."""
    return {row["theme_id"]: row for row in found.theme_scores.to_dicts()}


def scores(found: Scored) -> dict[str, tuple[Any, ...]]:
    """All that decides a place, and the place, by theme id; no count of mentions."""
    return {
        name: tuple(value for column, value in row.items() if column != "mentions")
        for name, row in by_theme(found).items()
    }


def places(found: Scored) -> dict[str, tuple[Any, ...]]:
    """Scores, rank and start by theme id: what scaling must leave as it is."""
    columns = ("revenue_score", "breadth_score", "composite", "rank", "start")
    return {name: tuple(row[column] for column in columns) for name, row in by_theme(found).items()}


def never_lower(before: Scored, after: Scored, *columns: str) -> None:
    """No theme of the quarter before has less of anything after."""
    old, new = by_theme(before), by_theme(after)
    for name, row in old.items():
        for column in columns:
            if row[column] is not None:
                assert new[name][column] >= row[column], (name, column)


RISING = ("revenue", "weighted_count", "revenue_score", "breadth_score", "composite", "accounts", "arr_exposed")


@few
@given(seed=seeds, choice=st.randoms(use_true_random=False))
def test_adding_an_account_never_lowers_revenue_breadth_or_composite(seed: int, choice: random.Random) -> None:
    """An account joins with all that it says, whatever it says."""
    rows = a_quarter(seed)
    joins = choice.choice(rows.accounts)["account_id"]
    without = [row for row in rows.feedback if row["account_id"] != joins]
    kept = {row["feedback_id"] for row in without}
    absent = replace(
        rows,
        feedback=without,
        accounts=[row for row in rows.accounts if row["account_id"] != joins],
        mentions={key: ids for key, ids in rows.mentions.items() if key in kept},
    )
    never_lower(scored(absent), scored(rows), *RISING, "arr_signalled", "arr_at_risk", "expansion", "mentions")


def steady(rows: Rows) -> Rows:
    """The same quarter in which health says nothing, so that no stated `none` can speak against it."""
    return replace(rows, accounts=[{**row, "health": "healthy"} for row in rows.accounts])


@few
@given(seed=seeds, share=st.floats(0, 1), choice=st.randoms(use_true_random=False))
def test_removing_feedback_never_raises_a_theme(seed: int, share: float, choice: random.Random) -> None:
    rows = steady(a_quarter(seed))
    fewer = [row for row in rows.feedback if choice.random() < share]
    mentions = {row["feedback_id"]: rows.mentions[row["feedback_id"]] for row in fewer}
    less = replace(rows, feedback=fewer, mentions=mentions)
    never_lower(scored(less), scored(rows), *RISING, "arr_signalled", "arr_at_risk", "expansion", "mentions")


def test_removing_the_only_stated_none_may_raise_it_since_health_speaks_then() -> None:
    """The limit of the rule above: the CSM's word of no risk is worth more than a poor health, and it went."""
    rows = [said("ticket", "A"), said("note", "A", churn_signal="none")]
    calm = Rows(rows, [account("A", health="at_risk")], {"T": "T"}, {row["feedback_id"]: ["T"] for row in rows})
    silent = replace(calm, feedback=rows[:1], mentions={"ticket": ["T"]})
    assert theme(scored(calm), "T")["revenue"] == Decimal("5000.00") < theme(scored(silent), "T")["revenue"]


def shuffled(given_: Inputs, rng: random.Random) -> Inputs:
    """The same tables with their rows in another order."""
    tables = {field.name: getattr(given_, field.name) for field in fields(given_)}
    return Inputs(
        **{
            name: table[rng.sample(range(table.height), table.height)] if isinstance(table, pl.DataFrame) else table
            for name, table in tables.items()
        }
    )


#: What follows a file: feedback stays as it came.
FILE_ORDER = {"feedback": ["feedback_id"]}


@few
@given(seed=seeds, choice=st.randoms(use_true_random=False))
def test_the_order_of_rows_of_any_table_changes_nothing_at_all(seed: int, choice: random.Random) -> None:
    """Every table and frame, and its order, but for what is read in the order of a file; notes name its lines."""
    given_ = inputs(a_quarter(seed))
    once, again = (score(tables, AS_OF, MODEL) for tables in (given_, shuffled(given_, choice)))
    for field in fields(once):
        found, expected = getattr(again, field.name), getattr(once, field.name)
        if key := FILE_ORDER.get(field.name):
            found, expected = found.sort(key), expected.sort(key)
        same = found.equals(expected) if isinstance(found, pl.DataFrame) else sorted(found) == sorted(expected)
        assert same, field.name


@few
@given(seed=seeds, times=st.integers(1, 30), choice=st.randoms(use_true_random=False))
def test_saying_it_again_changes_nothing_but_mentions(seed: int, times: int, choice: random.Random) -> None:
    """The same words through another channel, or the same account many times over."""
    rows = a_quarter(seed)
    again = {f"again:{n}": choice.choice(rows.feedback) for n in range(times)}
    louder = replace(
        rows,
        feedback=[*rows.feedback, *({**row, "feedback_id": key} for key, row in again.items())],
        mentions=rows.mentions | {key: rows.mentions[row["feedback_id"]] for key, row in again.items()},
    )
    before, after = scored(rows), scored(louder)
    assert scores(before) == scores(after)
    assert before.theme_accounts.drop("mentions").equals(after.theme_accounts.drop("mentions"))


@few
@given(seed=seeds, rows_each=st.integers(2, 5))
def test_splitting_what_was_said_into_many_rows_changes_no_score(seed: int, rows_each: int) -> None:
    """One row that states a signal and a dependency, or one row for the words, one for each of the two."""
    rows = a_quarter(seed)
    parts = [
        {**row, "feedback_id": f"{row['feedback_id']}/{n}", "churn_signal": signal, "dependency": dependency}
        for row in rows.feedback
        for n, (signal, dependency) in enumerate(
            [(row["churn_signal"], ""), ("", row["dependency"]), *[("", "")] * (rows_each - 2)]
        )
    ]
    mentions = {row["feedback_id"]: rows.mentions[row["feedback_id"].rpartition("/")[0]] for row in parts}
    assert scores(scored(rows)) == scores(scored(replace(rows, feedback=parts, mentions=mentions)))


def in_whole_dollars(rows: Rows, times: int = 1) -> Rows:
    """Accounts in whole dollars with headroom as given, so that no factor leaves a fraction of a cent to round."""

    def scaled(amount: str) -> str:
        return f"{int(Decimal(amount) % 10**9) * times}.00"

    return replace(
        rows,
        accounts=[
            {
                **row,
                "arr": scaled(row["arr"]),
                "headroom_arr": scaled(row["headroom_arr"]) if row["headroom_arr"] else "",
                "seats_owned": "",
            }
            for row in rows.accounts
        ],
    )


@few
@given(seed=seeds, times=st.sampled_from([2, 3, 7, 100, 999]))
def test_scaling_money_and_breakpoints_together_changes_no_score_rank_or_start(seed: int, times: int) -> None:
    rows = a_quarter(seed)
    points = tuple(point * times for point in MODEL.revenue.breakpoints)
    small, large = in_whole_dollars(rows), in_whole_dollars(rows, times)
    found = scored(large, changed("revenue", breakpoints=points))
    assert places(scored(small)) == places(found)
    totals = {name: row["revenue"] * times for name, row in by_theme(scored(small)).items()}
    assert totals == {name: row["revenue"] for name, row in by_theme(found).items()}


_SIGNALS = ("none", "inferred", "explicit")
_DEPENDENCIES = ("0", "0.5", "1")


@few
@given(seed=seeds, choice=st.randoms(use_true_random=False))
def test_a_stronger_signal_or_dependency_never_lowers_revenue(seed: int, choice: random.Random) -> None:
    """From none to inferred to explicit, from 0 to 0.5 to 1; a statement where there was none has its own test."""
    rows = a_quarter(seed)
    firm = [
        {**row, "churn_signal": row["churn_signal"] or "none", "dependency": row["dependency"] or "0"}
        for row in rows.feedback
    ]
    raised = [_raised(row, choice) for row in firm]
    before, after = (scored(replace(rows, feedback=one)) for one in (firm, raised))
    never_lower(before, after, *RISING, "arr_signalled", "arr_at_risk", "expansion")


def _raised(row: Row, choice: random.Random) -> Row:
    signal = _SIGNALS[choice.randint(_SIGNALS.index(row["churn_signal"]), 2)]
    return {
        **row,
        "churn_signal": signal,
        "dependency": choice.choice(_DEPENDENCIES[_DEPENDENCIES.index(row["dependency"]) :]),
    }


@few
@given(seed=seeds, choice=st.randoms(use_true_random=False))
def test_stating_a_signal_where_there_was_none_never_lowers_revenue_unless_it_is_none(
    seed: int, choice: random.Random
) -> None:
    rows = a_quarter(seed)
    stated = [
        row if row["churn_signal"] else {**row, "churn_signal": choice.choice(("", *_SIGNALS[1:]))}
        for row in rows.feedback
    ]
    never_lower(scored(rows), scored(replace(rows, feedback=stated)), *RISING, "arr_signalled", "arr_at_risk")


@few
@given(seed=seeds, choice=st.randoms(use_true_random=False))
def test_a_nearer_renewal_never_lowers_revenue(seed: int, choice: random.Random) -> None:
    """A date moved nearer or into the past, or known where it was unknown; an unknown one weighs as the farthest."""
    rows = a_quarter(seed)
    days = [choice.randint(-500, 500) for _ in rows.accounts]
    later = ["" if choice.random() < 0.2 else in_days(day + choice.randint(0, 300)) for day in days]
    far, near = (
        replace(rows, accounts=[{**row, "renewal_date": date} for row, date in zip(rows.accounts, dates, strict=True)])
        for dates in (later, map(in_days, days))
    )
    never_lower(scored(far), scored(near), *RISING, "arr_signalled", "arr_at_risk")


@few
@given(seed=seeds)
def test_in_and_out_are_all_that_came_in(seed: int) -> None:
    """Rows by scope are the rows that came in; accounts by scope are those that spoke, each with its ARR once."""
    rows = a_quarter(seed)
    found = scored(rows)
    summary = {row["scope"]: row for row in found.scope_summary.to_dicts()}
    assert sum(row["rows"] for row in summary.values()) == len(rows.feedback) == found.feedback.height
    assert found.feedback["feedback_id"].to_list() == [row["feedback_id"] for row in rows.feedback]
    scope_of: dict[str, set[str]] = {}
    for scope, account_id in found.feedback.select("scope", "account_id").iter_rows():
        scope_of.setdefault(scope, set()).add(account_id)
    arr = {row["account_id"]: Decimal(row["arr"]) for row in rows.accounts}
    for scope in ("scored", "prospect", "non_icp", "churned", "compliance"):
        assert summary[scope]["accounts"] == len(scope_of.get(scope, ()))
        assert summary[scope]["arr"] == sum(arr[account_id] for account_id in scope_of.get(scope, ()))
    known = set.union(*scope_of.values()) & arr.keys()
    apart = scope_of.get("scored", set()) & scope_of.get("compliance", set())
    counted = sum(summary[scope]["accounts"] for scope in summary if scope != "unmatched")
    assert counted == len(known) + len(apart)


@few
@given(seed=seeds)
def test_the_figures_of_a_theme_are_the_sums_of_its_accounts(seed: int) -> None:
    found = scored(a_quarter(seed))
    totals: dict[str, Counter[str]] = {}
    for pair in found.theme_accounts.to_dicts():
        total = totals.setdefault(pair["theme_id"], Counter())
        total["accounts"] += 1
        total["arr_exposed"] += pair["arr"]
        total["revenue"] += pair["weighted"]
        for column in ("mentions", "arr_at_risk", "expansion"):
            total[column] += pair[column]
        assert pair["weighted"] == pair["arr_at_risk"] + pair["expansion"]
    for name, row in by_theme(found).items():
        assert row["revenue"] == row["arr_at_risk"] + row["expansion"]
        for column in ("accounts", "mentions", "arr_exposed", "arr_at_risk", "expansion", "revenue"):
            assert row[column] == totals.get(name, Counter())[column], (name, column)


@few
@given(seed=seeds, choice=st.randoms(use_true_random=False))
def test_other_ids_change_nothing_but_the_order_of_ties(seed: int, choice: random.Random) -> None:
    rows = a_quarter(seed, previous=None)
    accounts = _others("C", [row["account_id"] for row in rows.accounts], choice)
    ids = _others("X", list(rows.themes), choice)
    renamed = replace(
        rows,
        feedback=[{**row, "account_id": accounts.get(row["account_id"], row["account_id"])} for row in rows.feedback],
        accounts=[{**row, "account_id": accounts[row["account_id"]]} for row in rows.accounts],
        themes={ids[theme_id]: name for theme_id, name in rows.themes.items()},
        mentions={key: [ids[theme_id] for theme_id in said_of] for key, said_of in rows.mentions.items()},
        alignment=[{**row, "theme": ids.get(row["theme"], row["theme"])} for row in rows.alignment],
        overrides=[{**row, "theme": ids.get(row["theme"], row["theme"])} for row in rows.overrides],
    )
    before, after = by_theme(scored(rows)), by_theme(scored(renamed))
    ties = Counter((row["composite"], row["revenue_score"], row["revenue"]) for row in before.values())
    for name, row in before.items():
        other = after[ids[name]]
        tied = ties[row["composite"], row["revenue_score"], row["revenue"]] > 1
        apart = {"theme_id", "rank"} if tied else {"theme_id"}
        assert {key: row[key] for key in row.keys() - apart} == {key: other[key] for key in row.keys() - apart}
    pairs = scored(rows).theme_accounts.with_columns(
        pl.col("theme_id").replace(ids), pl.col("account_id").replace(accounts)
    )
    assert pairs.sort("theme_id", "account_id").equals(scored(renamed).theme_accounts)


def _others(letter: str, ids: list[str], choice: random.Random) -> dict[str, str]:
    numbers = choice.sample(range(1000), len(ids))
    return {one: f"{letter}-{number:04d}" for one, number in zip(ids, numbers, strict=True)}


@few
@given(seed=seeds)
def test_ranks_are_the_numbers_from_one_in_the_published_order(seed: int) -> None:
    found = scored(a_quarter(seed)).theme_scores.to_dicts()
    ranked = [row for row in found if row["rank"] is not None]
    assert [row["rank"] for row in ranked] == list(range(1, len(ranked) + 1))
    assert found[: len(ranked)] == ranked
    order = [(-row["composite"], -row["revenue_score"], -row["revenue"], row["theme_id"]) for row in ranked]
    assert order == sorted(order)
    for row in found:
        assert (row["rank"] is None) == (row["composite"] is None or row["start"] == "escalate")
        assert row["composite"] is None or 3 <= row["composite"] <= 15


@pytest.mark.parametrize("column", ["nps", "channel", "source", "voice", "verbatim", "competitor", "created_at", "csm"])
@settings(max_examples=2, deadline=None)
@given(seed=seeds)
def test_what_is_never_scored_changes_nothing(seed: int, column: str) -> None:
    other = {
        "nps": "0", "channel": "call", "source": "x", "voice": "paraphrase", "verbatim": "THIS IS A DISASTER!!!",
        "competitor": "Northwind", "created_at": "2026-07-01T00:00:00Z", "csm": "someone@company.example",
    }  # fmt: skip
    rows = a_quarter(seed)
    perturbed = [{**row, column: other[column]} for row in rows.feedback]
    before, after = scored(rows), scored(replace(rows, feedback=perturbed))
    assert before.theme_scores.equals(after.theme_scores)
    assert before.theme_accounts.equals(after.theme_accounts)


@few
@given(seed=seeds)
def test_more_of_a_company_that_says_nothing_changes_no_composite(seed: int) -> None:
    """Silent accounts only matter to the baseline: the share of a tier that asks falls, so flags may go, never come."""
    rows = a_quarter(seed)
    silent = [
        account(f"silent-{tier}-{n}", tier=tier) for tier in ("enterprise", "mid_market", "smb") for n in range(20)
    ]
    before, after = by_theme(scored(rows)), by_theme(scored(replace(rows, accounts=[*rows.accounts, *silent])))
    assume(before)
    for name, row in before.items():
        columns = ("revenue", "revenue_score", "breadth_score", "composite", "rank", "accounts")
        assert [after[name][column] for column in columns] == [row[column] for column in columns]
        assert set(after[name]["flags"]) <= set(row["flags"])


def test_one_alignment_more_moves_only_ranks_of_others() -> None:
    """No theme is scored against the other themes of its run."""
    rows = a_quarter(3)
    named = {row["theme"].strip().replace("_", " ").lower() for row in rows.alignment}
    new = {"T-9999": "One more theme"}
    more = replace(rows, themes=rows.themes | new, alignment=[*rows.alignment, aligned("T-9999", "direct", "5", "5")])
    assert "one more theme" not in named
    crowded = replace(more, mentions={key: sorted({*ids, "T-9999"}) for key, ids in more.mentions.items()})
    before, after = by_theme(scored(rows)), by_theme(scored(crowded))
    for name, row in before.items():
        assert {key: after[name][key] for key in row if key != "rank"} == {
            key: row[key] for key in row if key != "rank"
        }
