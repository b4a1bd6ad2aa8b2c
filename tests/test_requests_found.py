"""From feedback to themes: a message that makes two requests, and the languages of a run."""

from __future__ import annotations

import hashlib

import polars as pl
import pytest
from theme_feedback import codebook_of, everything, feedback, said

from vocanalytics.settings import ThemeSettings
from vocanalytics.themes import Codebook, ThemesResult, find_themes

SETTINGS = ThemeSettings()
BOTH = "We need a dark mode for the night shift. Also, please add SAML single sign-on."
TOPICS = ("dark", "login")


def themes_of(result: ThemesResult, row: int) -> list[str]:
    """The themes in which a row stands."""
    return result.mentions.filter(feedback_id=f"f:{row:04d}")["theme_id"].to_list()


@pytest.fixture(scope="module")
def rows() -> pl.DataFrame:
    return feedback([*said("dark"), *said("login"), BOTH, "x"])


@pytest.fixture(scope="module")
def found(rows: pl.DataFrame) -> ThemesResult:
    return find_themes(rows, codebook_of(*TOPICS), SETTINGS)


def test_a_message_with_two_requests_counts_once_in_each_theme(rows: pl.DataFrame, found: ThemesResult) -> None:
    assert themes_of(found, 30) == ["T-0001", "T-0002"]
    assert not found.mentions.select("feedback_id", "theme_id").is_duplicated().any()
    assert found.themes["mentions"].sum() == found.mentions.height == rows.height  # one more, and one too short
    apart = found.mentions.group_by("feedback_id").len().filter(pl.col("len") > 1)
    assert apart["feedback_id"].to_list() == ["f:0030"]


def test_the_summary_counts_verbatims(rows: pl.DataFrame, found: ThemesResult) -> None:
    counts = {name: value for name, value in found.summary.items() if isinstance(value, int)}
    parts = ("tagged", "joined_known", "in_new_themes", "unclustered")
    assert sum(counts[part] for part in parts) == counts["verbatims"] == rows.height
    assert (counts["in_several_themes"], counts["unclustered"]) == (1, 1)


def test_it_can_be_switched_off(rows: pl.DataFrame) -> None:
    whole = find_themes(rows, codebook_of(*TOPICS), SETTINGS.model_copy(update={"split_requests": False}))
    assert len(themes_of(whole, 30)) == 1 and whole.summary["in_several_themes"] == 0


def test_a_tagged_message_stays_where_its_tag_says(rows: pl.DataFrame) -> None:
    tagged = rows.with_columns(theme=pl.when(pl.col("feedback_id") == "f:0030").then(pl.lit("T-0002")))
    assert themes_of(find_themes(tagged, codebook_of(*TOPICS), SETTINGS), 30) == ["T-0002"]


def test_new_themes_share_a_message_and_keep_their_own_ids() -> None:
    verbatims, _ = everything()
    settings = SETTINGS.model_copy(update={"n_themes": 4})
    rows = feedback([*verbatims, BOTH])
    found = find_themes(rows, Codebook(), settings)
    assert len(themes_of(found, 60)) == 2
    digests = [hashlib.sha256(verbatim.lower().encode()).hexdigest()[:6] for verbatim in verbatims]
    assert set(found.themes["theme_id"]) <= {f"P-{digest}" for digest in digests}, (
        "named after a message about it alone"
    )
    assert not found.themes["quotes"].explode().is_in(["f:0060"]).any(), "a theme is quoted in messages about it alone"
    again = find_themes(rows.sample(fraction=1.0, shuffle=True, seed=2), Codebook(), settings)
    assert again.mentions.equals(found.mentions) and again.themes.equals(found.themes)


def test_the_languages_of_a_run_are_told() -> None:
    openings = ("Wir brauchen", "Bitte ergänzt", "Das Team wünscht", "Ich hätte gern", "Es wird Zeit für", "Gebt uns")
    german = [f"{opening} einen dunklen Modus für die Nachtschicht." for opening in openings]
    found = find_themes(feedback([*everything()[0], *german]), Codebook(), SETTINGS)
    assert found.languages is not None
    assert found.languages.by_language.select("language", "verbatims").rows() == [("en", 60), ("de", 6)]
    flagged = found.languages.one_language_themes.row(0, named=True)
    assert (flagged["language"], flagged["verbatims"], flagged["of"]) == ("de", 6, 6)
    assert found.summary["languages"] == "en 90.9%, de 9.1%"
    assert found.summary["one_language_themes"] == f"{flagged['theme_id']} (German)"
