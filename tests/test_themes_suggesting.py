"""The nearest bet: right where a theme fits one, silent where it fits none, and the same every time."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import demo_quarters
import polars as pl
import pytest
from theme_feedback import codebook_of, feedback, said

from vocanalytics.settings import ThemeSettings
from vocanalytics.tables import conform, empty
from vocanalytics.themes import find_themes, read_codebook, suggest_roadmap
from vocanalytics.themes.suggesting import MIN_SIMILARITY
from vocanalytics.themes.texts import with_texts
from vocanalytics.themes.wording.describing import describe_themes
from vocanalytics.vocabulary import ROADMAP, THEMES, folded

SESSION = dt.date(2026, 10, 15)
COLUMNS = ["theme_id", "theme_name", "roadmap_id", "roadmap_name", "similarity"]


def roadmap(*bets: tuple[str, str, str | None], published_on: dt.date = dt.date(2026, 9, 21)) -> pl.DataFrame:
    """Bets by id, name and description, all published on a day."""
    columns = ("roadmap_id", "name", "description")
    rows = [dict(zip(columns, bet, strict=True)) | {"published_on": published_on} for bet in bets]
    return conform(pl.DataFrame(rows), ROADMAP, name="roadmap")


def theme(
    name: str, description: str | None = None, theme_id: str = "T-0001", quotes: tuple[str, ...] = ()
) -> pl.DataFrame:
    """One theme; `quotes` are ids of feedback."""
    row = {"theme_id": theme_id, "theme_name": name, "description": description, "status": "active", "mentions": 1}
    return conform(pl.DataFrame([row | {"phrases": [], "quotes": list(quotes)}]), THEMES, name="themes")


NOTHING_SAID = feedback([])
NIGHT = ("R1", "Eyes at night", "A dark mode for the app")
ROUTES = ("R2", "Routes that know the traffic", "Live traffic on the map")


@pytest.mark.parametrize(
    ("name", "description", "suggested"),
    [
        ("Dark mode", "A dark mode for the night shift", "R1"),
        ("Live traffic", "Routes with live traffic", "R2"),
        ("LIVE TRAFFIC", None, "R2"),
        ("Invoices", "A bulk export of all invoices", None),
        ("Over and about it", "With the same or on it", None),  # words that mean little bring nothing near
        ("!!!", None, None),
    ],
)
def test_the_nearest_bet_or_nothing(name: str, description: str | None, suggested: str | None) -> None:
    found = suggest_roadmap(theme(name, description), NOTHING_SAID, roadmap(NIGHT, ROUTES))
    assert found.columns == COLUMNS
    assert found["roadmap_id"].to_list() == ([suggested] if suggested else [])
    assert all(MIN_SIMILARITY <= similarity <= 1 for similarity in found["similarity"])


def test_two_bets_that_are_equally_near_suggest_neither() -> None:
    both = theme("Dark mode and live traffic")
    assert suggest_roadmap(
        both, NOTHING_SAID, roadmap(("R1", "Dark mode", None), ("R2", "Live traffic", None))
    ).is_empty()
    one = suggest_roadmap(both, NOTHING_SAID, roadmap(("R1", "Dark mode", None), ("R2", "Invoices", None)))
    assert one["roadmap_id"].to_list() == ["R1"]


def test_what_customers_say_counts_beside_what_the_theme_is_called() -> None:
    spoken = feedback(["A dark mode for the night would spare our eyes"])
    silent = theme("Display")
    assert suggest_roadmap(silent, spoken, roadmap(NIGHT, ROUTES)).is_empty()
    quoted = suggest_roadmap(theme("Display", quotes=("f:0000",)), spoken, roadmap(NIGHT, ROUTES))
    assert quoted["roadmap_id"].to_list() == ["R1"]


@pytest.mark.parametrize(("late", "suggested"), [(0, ["R1"]), (1, [])])
@pytest.mark.parametrize("known", [True, False])
def test_a_bet_published_after_the_session_day_is_not_suggested(late: int, suggested: list[str], known: bool) -> None:
    bets = roadmap(NIGHT, published_on=SESSION + dt.timedelta(days=late))
    found = suggest_roadmap(theme("Dark mode for the app"), NOTHING_SAID, bets, SESSION if known else None)
    assert found["roadmap_id"].to_list() == (suggested if known else ["R1"])


def test_nothing_to_compare_suggests_nothing() -> None:
    for themes, bets in (
        (empty(THEMES), roadmap(NIGHT)),
        (theme("Dark mode"), empty(ROADMAP)),
        (theme("Dark mode"), roadmap(("R1", "…", None))),
    ):
        assert suggest_roadmap(themes, NOTHING_SAID, bets).schema == pl.Schema(
            {**dict.fromkeys(COLUMNS[:4], pl.String), "similarity": pl.Float64}
        )
        assert suggest_roadmap(themes, NOTHING_SAID, bets).is_empty()


def test_the_order_of_rows_changes_nothing() -> None:
    """Themes as the stage finds them, found words and all."""
    spoken = feedback([*said("dark"), *said("maps"), *said("export")])
    themes = find_themes(spoken, codebook_of("dark", "maps", "export"), ThemeSettings()).themes
    bets = roadmap(NIGHT, ROUTES)
    found = suggest_roadmap(themes, spoken, bets)
    assert dict(found.select("theme_id", "roadmap_id").iter_rows()) == {"T-0001": "R1", "T-0002": "R2"}
    assert suggest_roadmap(themes.reverse(), spoken.reverse(), bets.reverse()).equals(found)
    assert found["similarity"].round(3).equals(found["similarity"])


def demonstration(quarter: str, seed: int, folder: Path) -> tuple[pl.DataFrame, dict[str, tuple[str, str]]]:
    """What is suggested for the demonstration's themes, and bet and relation that the alignment file gives each."""
    path = folder / "codebook.yml"
    path.write_bytes(demo_quarters.files(seed)["data/curated/codebook.yml"])
    rows, truth = demo_quarters.accepted_feedback(quarter, seed), demo_quarters.planted(seed)[quarter]
    columns = ("feedback_id", "verbatim", "subject", "voice", "account_id")
    spoken = pl.DataFrame(
        {name: [row.get(name) or None for row in rows] for name in columns}, dict.fromkeys(columns, pl.String)
    )
    spoken = with_texts(spoken.with_columns(pl.col("verbatim").fill_null("")), clip_chars=2000)
    mentions = pl.DataFrame(
        [(row["feedback_id"], key) for row in rows for key in truth[row["feedback_id"]]],
        schema=["feedback_id", "theme_id"],
        orient="row",
    )
    tags = pl.DataFrame(schema={"theme_id": pl.String, "theme_name": pl.String})
    themes = describe_themes(mentions, spoken, tags, read_codebook(path), seed=7)
    ids = {folded(name): key for key, name in themes.select("theme_id", "theme_name").iter_rows()}
    aligned = {
        ids.get(folded(row["theme"]), row["theme"]): (row["roadmap_id"], row["relation"])
        for row in demo_quarters.curated(quarter, "alignment")
    }
    bets = pl.DataFrame(demo_quarters.curated(quarter, "roadmap")).with_columns(pl.col("published_on").str.to_date())
    return suggest_roadmap(themes, spoken, conform(bets, ROADMAP, name="roadmap"), SESSION), aligned


@pytest.mark.parametrize("seed", [7, 3])
@pytest.mark.parametrize("quarter", ["2026Q2", "2026Q3"])
def test_most_direct_fits_of_the_demonstration_are_suggested_and_hardly_anything_else(
    quarter: str, seed: int, tmp_path: Path
) -> None:
    suggested, aligned = demonstration(quarter, seed, tmp_path)
    bets = dict(suggested.select("theme_id", "roadmap_id").iter_rows())
    direct = {key: bet for key, (bet, relation) in aligned.items() if relation == "direct"}
    right = [key for key, bet in direct.items() if bets.get(key) == bet]
    assert len(direct) == 4
    assert len(right) >= 3
    assert len(bets.keys() - set(right)) <= 1
    assert not [key for key in bets if aligned.get(key, ("", ""))[1] == "none"]
