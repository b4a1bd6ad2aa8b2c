"""The smallest fact that flips a place: applied to the tables it does what it says, and no smaller one flips."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

import polars as pl
import pytest
from firmness_cases import build_at, otherwise
from quarters import Row, Rows, account, aligned, in_days, inputs, overridden, said, seeded
from scoring_cases import large, quarter, small, with_others

from vocanalytics.scoring import Scored, firmness, score
from vocanalytics.scoring.ranks import place
from vocanalytics.settings import Model
from vocanalytics.tables import cents

SIGNALS = ("explicit", "inferred", "none")
DIMENSIONS = ("alignment", "breadth", "revenue")
Fact = dict[str, Any]


def flipped(rows: Rows, model: Model) -> list[Fact]:
    """The flips of a quarter of text."""
    return firmness(inputs(rows), score(inputs(rows), rows.as_of, model), model).flips.to_dicts()


def anew(rows: Rows, published: Scored, fact: Fact, model: Model) -> dict[str, Fact]:
    """Every theme after scoring again with one fact otherwise; computed scores are changed where they are ranked."""
    if fact["dimension"] in ("breadth", "revenue"):
        scores = _pointed(published, fact, model)
    else:
        scores = score(otherwise(inputs(rows), fact), rows.as_of, model).theme_scores
    return {row["theme_id"]: row for row in scores.to_dicts()}


def _pointed(published: Scored, fact: Fact, model: Model) -> pl.DataFrame:
    name = f"{fact['dimension']}_score"
    approved = published.override_status.filter(pl.col("status") == "approved")
    expected = published.baseline.filter("is_baseline")["theme_id"]
    known = published.theme_scores.drop("composite", "rank", "start").with_columns(
        cents(pl.col("revenue")).alias("revenue"),
        pl.col("flags").list.contains("disputed_score").alias("is_disputed"),
        pl.col("theme_id").is_in(expected.implode()).alias("is_baseline"),
        pl.when(pl.col("theme_id") == fact["theme_id"]).then(int(fact["to_value"])).otherwise(pl.col(name)).alias(name),
    )
    return place(
        known.join(approved.select("theme_id", pl.col("kind").alias("override")), on="theme_id", how="left"),
        model.reading,
    )


def every_fact(rows: Rows, published: Scored) -> Iterator[Fact]:
    """All single facts of a quarter, each with the key by which one is smaller than another."""
    nothing: Fact = dict.fromkeys(("theme_id", "dimension", "account_id", "from_value", "to_value"))
    arr = {row["account_id"]: Decimal(row["arr"]) for row in rows.accounts}
    for row in rows.accounts:
        key = (3, arr[row["account_id"]], row["account_id"], 0)
        yield nothing | {"kind": "account_leaves", "account_id": row["account_id"], "key": key}
    for pair in published.theme_accounts.to_dicts():
        stated, account_id = pair["churn_signal"], pair["account_id"]
        for signal in {*SIGNALS} - {stated}:
            classes = abs(SIGNALS.index(signal) - SIGNALS.index(stated))
            found = {"kind": "signal_wrong", "theme_id": pair["theme_id"], "account_id": account_id}
            found |= {"from_value": stated, "to_value": signal, "key": (classes, arr[account_id], account_id, 0)}
            yield nothing | found
    for theme in published.theme_scores.filter(pl.col("rank").is_not_null()).to_dicts():
        for place_of, dimension in enumerate(DIMENSIONS):
            value = theme[f"{dimension}_score"]
            for point in {value - 1, value + 1} & {1, 2, 3, 4, 5}:
                found = {"kind": "score_point", "theme_id": theme["theme_id"], "dimension": dimension}
                found |= {"from_value": str(value), "to_value": str(point), "key": (4, Decimal(0), "", place_of)}
                yield nothing | found


@pytest.mark.parametrize(("seed", "threshold"), [(0, 8), (2, 9), (5, 7), (9, 8)])
def test_no_smaller_fact_flips_a_place(seed: int, threshold: int) -> None:
    """Every fact of the quarter is applied in turn, and everything scored anew."""
    rows, model = seeded(seed, accounts=9, feedback=22, themes=6), build_at(threshold, draws=0)
    published = score(inputs(rows), rows.as_of, model)
    before = {row["theme_id"]: row for row in published.theme_scores.to_dicts()}
    flipping: dict[str, list[Fact]] = {theme_id: [] for theme_id, row in before.items() if row["rank"] is not None}
    for fact in every_fact(rows, published):
        after = anew(rows, published, fact, model)
        for theme_id in flipping:
            if (after[theme_id]["start"] == "build") != (before[theme_id]["start"] == "build"):
                flipping[theme_id].append(fact | {"theme_id": fact["theme_id"] or theme_id})
    for row in flipped(rows, model):
        facts = sorted(flipping[row["theme_id"]], key=lambda fact: fact["key"])
        smallest = facts[0] if facts else dict.fromkeys(("kind", "dimension", "account_id", "from_value", "to_value"))
        for name in ("kind", "dimension", "account_id", "from_value", "to_value"):
            assert row[name] == smallest[name], (row, smallest)
        assert not facts or (row["theme_id"], row["size"]) == (smallest["theme_id"], smallest["key"][0])


@pytest.mark.parametrize("threshold", [7, 9, 11])
def test_the_found_fact_gives_exactly_the_place_it_says(threshold: int) -> None:
    kinds = set()
    for seed in (0, 3, 6):
        rows, model = seeded(seed), build_at(threshold, draws=0)
        published = score(inputs(rows), rows.as_of, model)
        for row in (row for row in flipped(rows, model) if row["kind"] is not None):
            kinds.add(row["kind"])
            after = anew(rows, published, row, model)[row["theme_id"]]
            assert (row["rank_after"], row["start_after"], row["composite_after"]) == (
                *(after["rank"], after["start"], after["composite"]),
            )
            assert (row["direction"] == "in") == (after["start"] == "build")
            assert (row["direction"] == "out") == (row["start"] == "build")
    assert len(kinds) > 1


def _case(accounts: list[Row], alignment: str, **said_of_it: str) -> Rows:
    rows = quarter({"T": accounts}, alignment=[aligned("T", "adjacent", alignment, alignment)])
    return with_others(replace(rows, feedback=[row | said_of_it for row in rows.feedback]))


# $480,000 that renew in 120 days weigh $480,000 if the signal is explicit, $240,000 if inferred, $48,000 if none.
BIG = account("big", tier="enterprise", arr="480000.00", renewal_date=in_days(120))
TWO_BIG = [BIG | {"account_id": "a-bigger-one", "arr": "520000.00"}, BIG]


@pytest.mark.parametrize(
    ("rows", "threshold", "expected"),
    [
        # revenue 4, breadth 3, alignment 3: below 9 the signal decides, from one class off
        (_case([BIG], "3", churn_signal="explicit"), 10, ("signal_wrong", "big", "explicit", "inferred", 1)),
        (_case([BIG], "3", churn_signal="explicit"), 9, ("signal_wrong", "big", "explicit", "none", 2)),
        # revenue 1: of all facts only the signal lifts it by two points
        (_case([BIG], "3", churn_signal="none"), 9, ("signal_wrong", "big", "none", "inferred", 1)),
        (_case([BIG], "3", churn_signal="none"), 10, ("signal_wrong", "big", "none", "explicit", 2)),
        # of two accounts the one with less ARR is the smaller fact
        (_case(TWO_BIG, "3", churn_signal="explicit"), 12, ("signal_wrong", "big", "explicit", "inferred", 1)),
        (_case(TWO_BIG, "3", churn_signal="explicit"), 11, ("account_leaves", "big", None, None, 3)),
        # no signal moves these; one account less does
        (_case(small(3), "3"), 7, ("account_leaves", "S-0", None, None, 3)),
        (_case(small(2), "3"), 7, ("score_point", "alignment", "3", "4", 4)),
        (_case(small(2), "3"), 8, (None, None, None, None, None)),
    ],
)
def test_the_smallest_fact(rows: Rows, threshold: int, expected: tuple[object, ...]) -> None:
    (row,) = flipped(rows, build_at(threshold, draws=0))
    where = row["dimension"] or row["account_id"]
    assert (row["kind"], where, row["from_value"], row["to_value"], row["size"]) == expected


def test_a_point_of_alignment_is_the_smaller_one_unless_it_is_at_its_end() -> None:
    for alignment, relation, dimension in (("4", "direct", "alignment"), ("5", "direct", "breadth")):
        rows = with_others(quarter({"T": small(2)}, alignment=[aligned("T", relation, alignment, alignment)]))
        threshold = 1 + 2 + int(alignment) + 1
        (row,) = flipped(rows, build_at(threshold, draws=0))
        assert (row["kind"], row["dimension"], row["composite_after"]) == ("score_point", dimension, threshold)


@pytest.mark.parametrize(
    ("cs", "product", "before", "after"),
    [
        ("5", "4", "build", "settle"),
        ("3", "4", "build", "defer"),
        ("2", "4", "build", "defer"),
        ("4", "", "build", "defer"),
    ],
)
def test_a_point_of_alignment_opens_or_closes_the_dispute(cs: str, product: str, before: str, after: str) -> None:
    """Product at 3 instead of 4, with five accounts of which none alone matters."""
    behind = {"T": large("a", "b", "c", "d", "e")}
    rows = with_others(quarter(behind, alignment=[aligned("T", "direct", cs, product)]))
    (row,) = flipped(rows, build_at(13, draws=0))
    assert (row["kind"], row["dimension"], row["from_value"], row["to_value"]) == ("score_point", "alignment", "4", "3")
    assert (row["start"], row["start_after"], row["composite_after"]) == (before, after, 12)


def test_the_only_account_leaving_ends_the_theme() -> None:
    (row,) = flipped(_case([BIG], "3"), build_at(7, draws=0))
    assert (row["kind"], row["account_name"], row["arr"]) == ("account_leaves", "Account big", Decimal("480000.00"))
    assert (row["rank_after"], row["start_after"], row["composite_after"]) == (None, "unscored", None)


def test_no_fact_takes_a_theme_from_an_override() -> None:
    alignment = [aligned("first", "direct", "5", "5"), aligned("second", "adjacent", "3", "3")]
    behind = {"first": large("a"), "second": small(2)}
    held = overridden("second", "referenceable_logo")
    rows = with_others(quarter(behind, alignment=alignment, overrides=[held]))
    for threshold in (3, 8, 12):
        row = next(row for row in flipped(rows, build_at(threshold, draws=0)) if row["theme_id"] == "second")
        assert (row["start"], row["direction"], row["kind"], row["size"]) == ("build", "out", None, None)


def test_votes_and_the_loudest_account_rank_beside_the_score() -> None:
    """Many words from one account, many accounts with one word each, and money that says little."""
    behind: Mapping[str, list[Row]] = {"money": large("m"), "votes": small(5), "loud": small(2, "L")}
    rows = quarter(dict(behind), alignment=[aligned(name, "adjacent", "3", "3") for name in behind])
    again = [said(f"again-{n}", "L-1") for n in range(2)]
    rows = replace(rows, feedback=[*rows.feedback, *again])
    rows = with_others(replace(rows, mentions=rows.mentions | {row["feedback_id"]: ["loud"] for row in again}))
    found = firmness(inputs(rows), score(inputs(rows), rows.as_of, build_at(9)), build_at(9)).loudness
    columns = ("theme_id", "mentions", "rank_by_mentions", "loudest_account_id", "loudest_mentions", "rank_by_loudest")
    assert found["rank"].to_list() == [1, 2, 3]
    assert sorted(found.select(columns).rows()) == [
        ("loud", 4, 2, "L-1", 3, 1),
        ("money", 1, 3, "m", 1, 3),
        ("votes", 5, 1, "S-0", 1, 2),
    ]


def test_facts_ranked_one_by_one_and_all_at_once_give_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    rows, model = seeded(11), build_at(8)
    at_once = flipped(rows, model)
    assert len({fact["kind"] for fact in at_once}) > 1
    monkeypatch.setattr("vocanalytics.scoring.flips._CELLS", 1)
    assert flipped(rows, model) == at_once
