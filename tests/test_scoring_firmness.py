"""How firm the ranking is: every rescoring equals a score made anew, to the last place."""

from __future__ import annotations

import math
import re
from dataclasses import fields, replace
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from firmness_cases import as_often_as, build_at, scored_as
from hypothesis import given, settings
from hypothesis import strategies as st
from quarters import MODEL, Rows, account, aligned, inputs, seeded
from scoring_cases import large, quarter, small, with_others

from vocanalytics.errors import ScoringError
from vocanalytics.scoring import Firm, firmness, score, write_firmness
from vocanalytics.scoring.firmness import bootstrap, draws, facts_in, largest_accounts
from vocanalytics.scoring.footing import Footing, footing
from vocanalytics.scoring.scenarios import scenarios, steps
from vocanalytics.scoring.shaking import STARTS, totals
from vocanalytics.settings import Model
from vocanalytics.tables import cents

PLACE = ("theme_id", "composite", "rank", "start")


def firm(rows: Rows, model: Model = MODEL) -> Firm:
    """A quarter of text, scored and shaken."""
    return firmness(inputs(rows), score(inputs(rows), rows.as_of, model), model)


def places(frame: pl.DataFrame) -> list[tuple[object, ...]]:
    """Composite, rank and start per theme."""
    return frame.select(PLACE).sort("theme_id").rows()


@pytest.mark.parametrize("seed", range(8))
def test_the_published_scenario_is_the_published_score(seed: int) -> None:
    rows = seeded(seed)
    found = firm(rows).sensitivity.filter(pl.col("scenario") == "published")
    published = score(inputs(rows), rows.as_of, MODEL).theme_scores
    assert found.select(PLACE).rows() == published.select(PLACE).rows()  # in the published order, too


@pytest.mark.parametrize(("seed", "threshold"), [(0, 12), (4, 8), (11, 9)])
def test_every_named_scenario_equals_a_score_made_anew(seed: int, threshold: int) -> None:
    rows, model = seeded(seed), build_at(threshold, draws=0)
    ground = footing(inputs(rows), score(inputs(rows), rows.as_of, model))
    named = scenarios(model, largest_accounts(ground, model.firmness.largest_accounts))
    found = firm(rows, model).sensitivity.partition_by("scenario", as_dict=True)
    assert [scenario.scenario for scenario in named] == [key[0] for key in found]
    known = facts_in(ground, named)
    for column, scenario in enumerate(named):
        anew = scored_as(rows, scenario).theme_scores
        assert places(found[scenario.scenario,]) == places(anew), scenario.scenario
        by_id = anew.sort("theme_id").with_columns(cents(pl.col("revenue")))
        for name in ("revenue", "accounts", "revenue_score", "breadth_score"):
            assert getattr(known, name)[:, column].tolist() == by_id[name].to_list(), (scenario.scenario, name)


def test_the_scenarios_move_places() -> None:
    """Equality of scenarios that change nothing would prove nothing."""
    moved = set()
    for seed in (0, 4, 11):
        by_scenario = firm(seeded(seed), build_at(9, draws=0)).sensitivity.partition_by("scenario", as_dict=True)
        published = places(by_scenario["published",])
        moved |= {name for (name,), frame in by_scenario.items() if places(frame) != published}
    assert len(moved) > 30
    assert {"alignment_cs", "alignment_product", "without_largest", "churn_none_higher"} <= moved
    assert {"revenue_breakpoint_2_lower", "breadth_breakpoint_3_higher", "tier_smb_higher"} <= moved


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 2**32), feedback=st.integers(0, 60), draw=st.integers(0, 39))
def test_a_draw_equals_a_quarter_in_which_each_account_stands_as_often_as_drawn(
    seed: int, feedback: int, draw: int
) -> None:
    rows, model = seeded(seed, 12, feedback, 6), build_at(8)
    given = inputs(rows)
    ground = footing(given, score(given, rows.as_of, model))
    times = draws(ground.accounts.height, model.firmness)[:, draw].tolist()
    drawn = dict(zip(ground.accounts["account_id"], times, strict=True))
    assert sum(times) == ground.accounts.height
    anew = score(as_often_as(given, drawn), rows.as_of, model).theme_scores
    found = bootstrap(ground, model)
    cells = zip(
        ground.themes["theme_id"],
        (value or None for value in found.composite[:, draw].tolist()),
        (value or None for value in found.rank[:, draw].tolist()),
        (STARTS[start] for start in found.start[:, draw]),
        strict=True,
    )
    assert list(cells) == places(anew)


@pytest.mark.parametrize(
    ("value", "below", "above", "expected"),
    [
        (500, 0, 1500, [("lower", 375), ("higher", 625)]),
        (101, 0, None, [("lower", 76), ("higher", 126)]),  # a quarter, rounded down
        (2, 0, 3, [("lower", 1)]),  # no room below the next
        (3, 2, 6, [("higher", 4)]),
        (6, 3, 10, [("lower", 5), ("higher", 7)]),
        (10, 6, None, [("lower", 8), ("higher", 12)]),
        (100, 90, 130, [("lower", 95), ("higher", 115)]),  # at most halfway to a neighbour
        (1, 0, None, [("higher", 2)]),  # never down to nothing
        (1000, 0, None, [("lower", 750), ("higher", 1000 + 24)]),  # never beyond what a model may hold
        (90, 0, 90, [("lower", 68)]),
        (90, 90, None, [("higher", 112)]),
    ],
)
def test_a_step_is_a_quarter_of_the_value(
    value: int, below: int, above: int | None, expected: list[tuple[str, int]]
) -> None:
    assert list(steps(value, below=below, above=above, most=1024)) == expected


def test_each_number_of_the_model_is_moved_alone_and_stays_one_that_a_run_could_use() -> None:
    named = scenarios(MODEL, largest_accounts(footing_of(quarter({"T": large("a")})), 5))
    ids = [scenario.scenario for scenario in named]
    assert len(set(ids)) == len(ids) == 43
    assert ids[0] == "published"
    moved = [scenario for scenario in named if scenario.family in ("breakpoint", "factor")]
    assert len({scenario.model.model_dump_json() for scenario in moved} | {MODEL.model_dump_json()}) == len(moved) + 1
    assert all(Model.model_validate(scenario.model.model_dump()) == scenario.model for scenario in named)
    assert {scenario.family for scenario in named} == {
        *("published", "breakpoint", "factor", "alignment", "largest_accounts")
    }


def test_a_factor_of_zero_is_switched_off_and_not_shaken() -> None:
    churn = MODEL.revenue.churn_factor.model_copy(update={"none": MODEL.revenue.churn_factor.none * 0})
    model = MODEL.model_copy(update={"revenue": MODEL.revenue.model_copy(update={"churn_factor": churn})})
    ids = {scenario.scenario for scenario in scenarios(model, largest_accounts(footing_of(quarter({})), 5))}
    assert "churn_inferred_lower" in ids
    assert not [scenario for scenario in ids if scenario.startswith("churn_none")]


def footing_of(rows: Rows) -> Footing:
    """A quarter of text, ready to be shaken."""
    return footing(inputs(rows), score(inputs(rows), rows.as_of, MODEL))


def test_the_largest_accounts_are_those_that_said_something() -> None:
    behind = [account("b", arr="500.00"), account("a", arr="500.00"), account("c", arr="900.00")]
    rows = quarter({"T": behind}, alignment=[aligned("T", "none", "1")])
    rows = replace(
        rows, accounts=[*rows.accounts, account("silent", arr="9999.00"), account("p", lifecycle="prospect")]
    )
    assert largest_accounts(footing_of(rows), 2)["account_id"].to_list() == ["c", "a"]
    without = (
        firm(rows).sensitivity.filter(pl.col("family") == "largest_accounts")["scenario"].unique(maintain_order=True)
    )
    assert without.to_list() == ["without_largest", "without:c", "without:a", "without:b"]


@pytest.mark.parametrize("seed", range(4))
def test_ranges_are_the_best_and_worst_rank_and_the_middle_of_the_draws(seed: int) -> None:
    """From the frames and the draws by counting, with nothing shared."""
    rows, model = seeded(seed), build_at(9)
    found, ground = firm(rows, model), footing(inputs(rows), score(inputs(rows), rows.as_of, model))
    drawn, last = bootstrap(ground, model), found.rank_ranges.height
    accounts = dict(found.sensitivity.group_by("theme_id").agg(pl.len()).rows())
    position = {theme_id: row for row, theme_id in enumerate(ground.themes["theme_id"])}
    assert found.rank_ranges["rank"].to_list() == list(range(1, last + 1))
    for row in found.rank_ranges.iter_rows(named=True):
        named = found.sensitivity.filter(pl.col("theme_id") == row["theme_id"])
        silent = named.filter(pl.col("family") == "largest_accounts", pl.col("rank").is_null()).height
        ranks = [*named["rank"].drop_nulls(), *[last] * silent]
        assert (row["lowest"], row["highest"], row["scenarios"]) == (min(ranks), max(ranks), len(ranks))
        assert row["lowest"] <= row["rank"] <= row["highest"]
        counted = named.filter((pl.col("start") == "build") & (pl.col("rank").is_not_null() | bool(silent)))
        assert row["builds"] == counted.height
        here = position[row["theme_id"]]
        sample = sorted(rank or last for rank in drawn.rank[here].tolist())
        low, high = (sample[math.ceil(percent / 100 * len(sample)) - 1] for percent in (5, 95))
        assert (row["bootstrap_low"], row["bootstrap_high"], row["bootstraps"]) == (low, high, 40)
        assert row["bootstrap_builds"] == [STARTS[start] for start in drawn.start[here]].count("build")
    assert set(accounts.values()) == {found.sensitivity["scenario"].n_unique()}


def test_a_theme_whose_only_account_leaves_is_last_and_one_without_a_score_has_no_place() -> None:
    behind = {"one": large("a", health="at_risk"), "two": small(2), "three": small(1, "X")}
    alignment = [aligned("one", "direct", "5"), aligned("two", "none", "1", "1"), aligned("three", "none", "1", "1")]
    found = firm(with_others(quarter(behind, alignment=alignment)), build_at(8))
    only = found.rank_ranges.row(by_predicate=pl.col("theme_id") == "one", named=True)
    by_scenario = found.sensitivity.filter(pl.col("theme_id") == "one")
    gone = by_scenario.row(by_predicate=pl.col("scenario") == "without:a", named=True)
    unscored = by_scenario.row(by_predicate=pl.col("scenario") == "alignment_product", named=True)
    assert [(row["composite"], row["rank"], row["start"]) for row in (gone, unscored)] == [(None, None, "unscored")] * 2
    assert (only["rank"], only["highest"]) == (1, 3)
    assert only["scenarios"] == by_scenario.height - 1
    assert only["bootstrap_high"] == 3


def test_a_quarter_without_accounts_themes_or_draws_is_shaken_too() -> None:
    for rows in (
        quarter({}),
        replace(seeded(3), accounts=[]),
        quarter({"T": []}, alignment=[aligned("T", "none", "1")]),
    ):
        empty = firm(rows, build_at(9))
        assert (empty.rank_ranges.height, empty.flips.height, empty.loudness.height) == (0, 0, 0)
    undrawn = firm(seeded(3), build_at(9, draws=0)).rank_ranges
    assert undrawn.height > 0
    assert undrawn["bootstrap_low"].null_count() == undrawn.height
    assert undrawn["bootstraps"].to_list() == [0] * undrawn.height


def test_the_order_of_rows_changes_nothing_and_the_seed_decides_the_draws() -> None:
    rows = seeded(7)
    turned = replace(rows, feedback=rows.feedback[::-1], accounts=rows.accounts[::-1])
    turned = replace(turned, mentions=dict(reversed(rows.mentions.items())))
    for field in fields(Firm):
        assert getattr(firm(rows), field.name).equals(getattr(firm(turned), field.name)), field.name
    other = MODEL.firmness.model_copy(update={"seed": 8})
    assert not firm(rows).rank_ranges.equals(firm(rows, MODEL.model_copy(update={"firmness": other})).rank_ranges)


def test_a_score_by_another_model_is_refused() -> None:
    rows = seeded(7)
    with pytest.raises(ScoringError, match="do not keep their places"):
        firmness(inputs(rows), score(inputs(rows), rows.as_of, MODEL), build_at(6))


def test_sums_that_could_not_be_exact_are_refused() -> None:
    ground = footing_of(quarter({"T": large("a"), "U": large("b")}))
    most = np.array([[2**62], [0]])
    exact = totals(ground, most, np.array([[1, 0], [1, 1]])).revenue
    assert exact.tolist() == [[2**62, 0], [0, 0]]
    with pytest.raises(ScoringError, match="too large to be shaken exactly"):
        totals(ground, most, np.array([[1, 2], [1, 1]]))


def test_the_frames_are_kept_beside_the_tables(tmp_path: Path) -> None:
    found = firm(seeded(7))
    write_firmness(found, tmp_path)
    kept = {path.stem: pl.read_parquet(path) for path in (tmp_path / "reading").iterdir()}
    assert kept.keys() == {"sensitivity", "rank_ranges", "flips", "loudness"}
    assert all(frame.equals(getattr(found, name)) for name, frame in kept.items())


def test_a_scenario_speaks_in_the_currency_of_the_model() -> None:
    euros = MODEL.model_copy(update={"currency": "EUR"})
    ground = footing_of(quarter({"T": [account("A", arr="1234.50")]}))
    labels = [scenario.label for scenario in scenarios(euros, largest_accounts(ground, 5))]
    assert "Revenue breakpoint 1 at EUR 37,500, not EUR 50,000" in labels
    assert "Without Account A (EUR 1,234.50)" in labels
    assert not any("$" in label for label in labels)


DOC = Path("docs/firmness.md")


def test_the_page_links_to_code_and_tests_that_exist(root: Path) -> None:
    text = (root / DOC).read_text(encoding="utf-8")
    links = re.findall(r"\[`(\w+)`\]\((\.\./(?:src|tests)/[\w/]+\.py)\)", text)
    broken = [
        link for link in links if f"def {link[0]}(" not in (root / DOC.parent / link[1]).read_text(encoding="utf-8")
    ]
    assert len(links) > 40
    assert broken == []


def test_the_page_names_every_test_every_scenario_and_every_column(root: Path) -> None:
    text = (root / DOC).read_text(encoding="utf-8")
    sources = [(root / "tests" / f"test_scoring_firmness{part}.py").read_text() for part in ("", "_flips")]
    tests = re.findall(r"^def (test_(?!the_page)\w+)", "\n".join(sources), flags=re.M)
    assert [name for name in tests if f"[`{name}`]" not in text] == []
    found = firm(seeded(7))
    columns = {column for field in fields(Firm) for column in getattr(found, field.name).columns}
    assert [name for name in columns - {"theme_name"} if f"{name}" not in text] == []
    named = scenarios(MODEL, largest_accounts(footing_of(quarter({})), 5))
    rows = dict(re.findall(r"^\| `(\w+?)(?:_…)?` \| (.*) \|$", text, flags=re.M))
    for scenario in named:
        stem, _, word = scenario.scenario.rpartition("_")
        moved = re.search(r" (?:at |below |beyond )(\S+?)(?: days)?, not", scenario.label)
        if moved:
            cells = [cell.strip() for cell in rows[stem].split("|")]
            assert cells[2 if word == "lower" else 4] == moved[1], scenario.label
        else:
            assert scenario.scenario in rows
