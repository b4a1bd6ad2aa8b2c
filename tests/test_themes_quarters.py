"""From one quarter to the next: verbatims that did not change keep their theme, on real questions."""

from __future__ import annotations

import itertools
from pathlib import Path

import polars as pl
import pytest
from codebook_files import clock
from theme_feedback import feedback

from vocanalytics.settings import ThemeSettings
from vocanalytics.themes import Curation, ThemesResult, find_themes, read_codebook, remember, whole_text

SETTINGS = ThemeSettings()
FIRST, MORE = 1_000, 250


def where(result: ThemesResult) -> dict[str, str]:
    """The theme of each verbatim, or the reason why it has none."""
    return dict(result.mentions.select("feedback_id", "theme_id").iter_rows()) | dict(result.unclustered.iter_rows())


def confirm_all(path: Path, found: ThemesResult, rows: pl.DataFrame) -> None:
    """Somebody takes every proposal into the codebook, as the panel does."""
    curation = Curation.open(path, "Maria", clock())
    said = itertools.starmap(whole_text, rows.select("subject", "verbatim").rows())
    words = dict(zip(rows["feedback_id"], said, strict=True))
    for theme_id, name in found.themes.select("theme_id", "theme_name").rows():
        own = found.mentions.filter(pl.col("theme_id") == theme_id)["feedback_id"]
        curation.confirm(theme_id, name, [(row, words[row]) for row in own])


@pytest.fixture(scope="module")
def questions(shared: Path) -> list[str]:
    """Questions of bank customers, shuffled."""
    path = shared / "data" / "verbatims" / "banking77.csv"
    if not path.is_file():
        pytest.skip(f"no {path}")
    return pl.read_csv(path).sample(fraction=1.0, shuffle=True, seed=5)["text"].head(FIRST + MORE).to_list()


def test_with_a_quarter_of_new_questions_the_old_ones_keep_their_theme(questions: list[str], tmp_path: Path) -> None:
    before, after = feedback(questions[:FIRST]), feedback(questions)
    path = tmp_path / "codebook.yml"
    first = find_themes(before, read_codebook(path), SETTINGS)
    confirm_all(path, first, before)
    codebook = read_codebook(path)
    names = {theme.found_as[0]: theme.theme_id for theme in codebook.themes}
    then = {row: names.get(place, place) for row, place in where(first).items()}
    memory = remember(first.mentions, before, codebook, SETTINGS.clip_chars)
    with_memory, alone = (where(find_themes(after, codebook, SETTINGS, held)) for held in (memory, None))
    kept = {row for row in then if with_memory[row] == then[row]}
    assert len(kept) / len(then) >= 0.95
    assert sum(alone[row] == then[row] for row in then) / len(then) >= 0.8  # by their examples alone
    assert sum(place.startswith("T-") for row, place in with_memory.items() if row not in then) / MORE >= 0.8
