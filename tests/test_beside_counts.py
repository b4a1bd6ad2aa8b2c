"""What is counted beside the score adds up, and is kept with the run."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from quarters import Rows, account, inputs, said, scored, seeded

from vocanalytics.beside import Beside, by_theme, read_marks, write_beside
from vocanalytics.beside.counts import MEASURES, nps_group

ROWS = Rows(
    feedback=[
        said("1", "A", verbatim="We hate it.", channel="call", voice="customer", nps="3", language="en"),
        said("2", "A", verbatim="We love it.", channel="survey", voice="paraphrase", nps="9", language="EN"),
        said("3", "B", verbatim="Das ist gut.", channel="survey", language="de", usage_trend="growing"),
        said("4", "B", verbatim="The report exists.", channel="survey", nps="7", language="en"),
        said("5", "P", verbatim="Awful!", channel="call", language="en"),
        said("6", "P", verbatim="Awful!", channel="call", language="en"),
    ],
    accounts=[account("A"), account("B"), account("P", lifecycle="prospect")],
    themes={"T-1": "One", "T-2": "Two", "T-3": "Three"},
    mentions={"1": ["T-1"], "2": ["T-1", "T-2"], "3": ["T-1"], "4": ["T-1"], "5": ["T-1"], "6": ["T-3"]},
)


def beside(rows: Rows = ROWS) -> Beside:
    ready = inputs(rows)
    return by_theme(read_marks(ready.feedback), scored(rows).feedback, ready.mentions)


def counts(theme_id: str, measure: str) -> list[tuple[str, int]]:
    here = (pl.col("theme_id") == theme_id) & (pl.col("measure") == measure)
    return beside().beside.filter(here).select("value", "mentions").rows()


@pytest.mark.parametrize(
    ("measure", "expected"),
    [
        ("channel", [("survey", 3), ("call", 1)]),
        ("voice", [("not given", 2), ("customer", 1), ("paraphrase", 1)]),
        ("register", [("casual", 3), ("not rated", 1)]),
        ("tone", [("angry", 1), ("calm", 1), ("delighted", 1), ("not rated", 1)]),
        ("usage_trend", [("not given", 3), ("growing", 1)]),
        ("nps_group", [("detractor", 1), ("not given", 1), ("passive", 1), ("promoter", 1)]),
        ("language", [("en", 3), ("de", 1)]),
    ],
)
def test_mentions_in_scope_by_each_measure(measure: str, expected: list[tuple[str, int]]) -> None:
    assert counts("T-1", measure) == expected


def test_a_prospect_is_not_counted_and_a_theme_without_scope_has_no_rows() -> None:
    assert set(beside().beside["theme_id"]) == set(beside().heat["theme_id"]) == {"T-1", "T-2"}


def test_heat_of_a_theme_is_the_mean_of_what_was_rated() -> None:
    first, second = beside().heat.rows(named=True)
    assert first == {
        "theme_id": "T-1", "mentions": 4, "angry": 1, "delighted": 1, "calm": 1, "heat": Decimal("2.000"),
    }  # fmt: skip
    assert second["heat"] == Decimal("3.000")


@pytest.mark.parametrize(("heats", "mean"), [(["1", "2", "2"], "1.667"), (["0.001", "0"], "0.001"), (["0"], "0")])
def test_the_mean_heat_is_rounded_half_up(heats: list[str], mean: str) -> None:
    ids = [str(number) for number in range(len(heats))]
    rows = Rows([said(one, "A") for one in ids], [account("A")], {"T-1": "One"}, {one: ["T-1"] for one in ids})
    given_heats = pl.Series("heat", [Decimal(heat) for heat in heats], dtype=pl.Decimal(6, 3))
    marks = read_marks(inputs(rows).feedback).with_columns(given_heats)
    assert by_theme(marks, scored(rows).feedback, inputs(rows).mentions).heat["heat"].item() == Decimal(mean)


def test_heat_is_empty_where_nothing_was_rated() -> None:
    rows = Rows([said("1", "A", language="fr")], [account("A")], {"T-1": "One"}, {"1": ["T-1"]})
    assert beside(rows).heat["heat"].to_list() == [None]


@pytest.mark.parametrize(
    ("nps", "group"),
    [(0, "detractor"), (6, "detractor"), (7, "passive"), (8, "passive"), (9, "promoter"), (10, "promoter"),
     (None, None), (-1, None), (11, None)],
)  # fmt: skip
def test_nps_groups_at_each_boundary(nps: int | None, group: str | None) -> None:
    assert pl.DataFrame({"nps": [nps]}, schema={"nps": pl.Int64}).select(nps_group()).item() == group


@given(seed=st.integers(0, 5_000))
@settings(max_examples=8, deadline=None, phases=(Phase.explicit, Phase.reuse, Phase.generate))  # a seed does not shrink
def test_each_measure_adds_up_to_the_mentions_in_scope(seed: int) -> None:
    rows = seeded(seed)
    frames = beside(rows)
    in_scope = scored(rows).theme_scores.filter(pl.col("mentions") > 0).select("theme_id", "mentions").sort("theme_id")
    assert frames.heat.select("theme_id", "mentions").equals(in_scope)
    for measure in MEASURES:
        summed = frames.beside.filter(pl.col("measure") == measure).group_by("theme_id").agg(pl.col("mentions").sum())
        assert summed.sort("theme_id").equals(in_scope), measure


def test_the_order_of_rows_changes_nothing() -> None:
    ready, feedback = inputs(ROWS), scored(ROWS).feedback
    turned = by_theme(read_marks(ready.feedback.reverse()), feedback.reverse(), ready.mentions.reverse())
    assert turned.beside.equals(beside().beside)
    assert turned.heat.equals(beside().heat)
    assert turned.verbatim_marks.equals(beside().verbatim_marks)


def test_a_quarter_without_feedback_has_empty_frames() -> None:
    empty = Rows([], [account("A")], {"T-1": "One"}, {})
    full = beside()
    for name in ("beside", "heat", "verbatim_marks"):
        assert getattr(beside(empty), name).is_empty()
        assert getattr(beside(empty), name).schema == getattr(full, name).schema


def test_what_is_beside_the_score_is_kept_with_the_run(tmp_path: Path) -> None:
    frames = beside()
    write_beside(frames, tmp_path)
    kept = {path.stem: pl.read_parquet(path) for path in (tmp_path / "reading").glob("*.parquet")}
    assert set(kept) == {"beside", "heat", "verbatim_marks"}
    assert all(kept[name].equals(getattr(frames, name)) for name in kept)
    assert kept["beside"].columns == ["theme_id", "measure", "value", "mentions"]
    assert kept["heat"].columns == ["theme_id", "mentions", "angry", "delighted", "calm", "heat"]
    assert kept["verbatim_marks"].columns == ["feedback_id", "tone", "heat", "register", "insight"]
    assert kept["heat"].schema["heat"] == pl.Decimal(6, 3)
