"""Themes end to end: every verbatim ends somewhere, people come first, and the result can be had again."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from theme_feedback import codebook_of, everything, feedback, said

from vocanalytics.errors import ThemeError
from vocanalytics.settings import ThemeSettings
from vocanalytics.tables import conform
from vocanalytics.themes import Codebook, ThemesResult, find_themes
from vocanalytics.vocabulary import MENTIONS, THEMES, UNCLUSTERED

SETTINGS = ThemeSettings()


def where(result: ThemesResult) -> dict[str, str]:
    """The theme of each verbatim, or the reason why it has none."""
    return dict(result.mentions.select("feedback_id", "theme_id").iter_rows()) | dict(result.unclustered.iter_rows())


def assert_adds_up(result: ThemesResult, given_rows: pl.DataFrame) -> None:
    """Each row is in exactly one place, and the counts of the summary say so."""
    placed = [*result.mentions["feedback_id"].unique(), *result.unclustered["feedback_id"]]
    assert sorted(placed) == sorted(given_rows["feedback_id"])
    assert not result.mentions.select("feedback_id", "theme_id").is_duplicated().any()
    summary = result.summary
    parts = ("tagged", "joined_known", "in_new_themes", "unclustered")
    assert sum(int(summary[part] or 0) for part in parts) == summary["verbatims"] == given_rows.height
    assert result.themes["mentions"].sum() == result.mentions.height
    assert set(result.mentions["theme_id"]) == set(result.themes["theme_id"])
    assert result.themes["theme_name"].str.to_lowercase().is_unique().all()
    for name, table, frame in (
        ("mentions", MENTIONS, result.mentions),
        ("themes", THEMES, result.themes),
        ("unclustered", UNCLUSTERED, result.unclustered),
    ):
        assert conform(frame, table, name=name).equals(frame)


def assert_same(one: ThemesResult, other: ThemesResult) -> None:
    assert one.mentions.equals(other.mentions)
    assert one.themes.equals(other.themes)
    assert one.unclustered.equals(other.unclustered)
    assert one.summary == other.summary


def test_a_found_theme_holds_one_request() -> None:
    verbatims, topics = everything()
    rows = feedback(verbatims)
    result = find_themes(rows, Codebook(), SETTINGS)
    assert_adds_up(result, rows)
    places = where(result)
    by_topic: dict[str, set[str]] = {}
    for row, topic in enumerate(topics):
        by_topic.setdefault(places[f"f:{row:04d}"], set()).add(topic)
    assert 4 <= len(by_topic) <= 12  # four topics, each worded in three ways
    assert all(len(topics_of_one) == 1 for topics_of_one in by_topic.values())
    assert result.summary["unclustered_share"] == 0
    assert set(result.themes["status"]) == {"proposed"}


def test_the_number_can_be_set() -> None:
    verbatims, _ = everything()
    result = find_themes(feedback(verbatims), Codebook(), SETTINGS.model_copy(update={"n_themes": 2}))
    assert result.themes.height == 2
    assert result.summary["criterion"] == "set by themes.n_themes"


def test_the_order_of_rows_changes_nothing() -> None:
    verbatims, _ = everything()
    rows = feedback([*verbatims, *verbatims[:9], "?"])
    first = find_themes(rows, codebook_of("dark", "login"), SETTINGS)
    for seed in (1, 2):
        shuffled = rows.sample(fraction=1.0, shuffle=True, seed=seed)
        assert_same(first, find_themes(shuffled, codebook_of("dark", "login"), SETTINGS))
    assert_same(first, find_themes(rows.reverse(), codebook_of("dark", "login"), SETTINGS))


_DIGEST = """
import hashlib
from theme_feedback import codebook_of, everything, feedback
from vocanalytics.settings import ThemeSettings
from vocanalytics.themes import find_themes
result = find_themes(feedback(everything()[0]), codebook_of("dark", "maps"), ThemeSettings())
text = "".join(frame.write_ndjson() for frame in (result.mentions, result.themes, result.unclustered))
print(hashlib.sha256(text.encode()).hexdigest())
"""


def test_the_number_of_threads_changes_nothing() -> None:
    names = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "POLARS_MAX_THREADS")
    path = os.pathsep.join(filter(None, sys.path))
    digests = [
        subprocess.run(
            [sys.executable, "-c", _DIGEST],
            env={**os.environ, "PYTHONPATH": path, "PYTHONHASHSEED": threads, **dict.fromkeys(names, threads)},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for threads in ("1", "2")
    ]
    assert len(digests[0].strip()) == 64
    assert digests[0] == digests[1]


def test_a_sample_and_small_batches_still_place_every_row() -> None:
    verbatims = [f"{verbatim} Site {number}." for number in range(4) for verbatim in everything()[0]]
    rows = feedback(verbatims)
    result = find_themes(rows, Codebook(), SETTINGS.model_copy(update={"sample_rows": 100, "batch_rows": 100}))
    assert_adds_up(result, rows)
    assert result.summary["fitted_on_texts"] == 100
    whole = find_themes(rows, Codebook(), SETTINGS.model_copy(update={"sample_rows": 100}))
    assert_same(result, whole)


def test_known_themes_come_first_and_only_the_rest_is_new() -> None:
    rows = feedback([*said("dark")[6:], *said("login")[6:], *said("maps")])
    codebook = codebook_of("dark", "login")
    result = find_themes(rows, codebook, SETTINGS)
    assert_adds_up(result, rows)
    places = where(result)
    dark, login = ([places[f"f:{row:04d}"] for row in range(start, start + 9)] for start in (0, 9))
    assert dark.count("T-0001") >= 8
    assert login.count("T-0002") >= 8
    maps = {places[f"f:{row:04d}"] for row in range(18, 33)}
    assert not maps & {"T-0001", "T-0002"}
    known = result.themes.filter(pl.col("theme_id") == "T-0001").row(0, named=True)
    assert (known["theme_name"], known["description"], known["status"]) == (
        "Theme of dark",
        "Everything about dark",
        "active",
    )


def test_the_words_of_an_example_belong_to_its_theme() -> None:
    rows = feedback([said("dark")[0].upper(), "  " + said("dark")[1], *said("maps")])
    result = find_themes(rows, codebook_of("dark", "login"), SETTINGS)
    own = result.mentions.filter(pl.col("feedback_id").is_in(["f:0000", "f:0001"]))
    assert set(own["theme_id"]) == {"T-0001"}
    assert set(own["similarity"]) == {1.0}
    assert set(own["assigned_by"]) == {"machine"}


def test_a_retired_theme_draws_nobody_but_keeps_what_people_tag() -> None:
    rows = feedback([*said("dark"), "Still dark"], [*[None] * 15, "T-0001"])
    result = find_themes(rows, codebook_of("dark", status="retired"), SETTINGS)
    assert_adds_up(result, rows)
    assert result.mentions.filter(pl.col("theme_id") == "T-0001")["feedback_id"].to_list() == ["f:0015"]


def test_a_tag_stands_whatever_the_words_say() -> None:
    verbatims, _ = everything()
    tags: list[str | None] = [None] * 60
    tags[0], tags[20], tags[40] = "Voice of the night", "T-0001", "  theme   OF dark "
    rows = feedback(verbatims, tags)
    result = find_themes(rows, codebook_of("dark", "login"), SETTINGS)
    assert_adds_up(result, rows)
    by_person = result.mentions.filter(pl.col("assigned_by") == "person")
    expected = {"f:0000": "Voice of the night", "f:0020": "T-0001", "f:0040": "T-0001"}
    assert dict(by_person.select("feedback_id", "theme_id").iter_rows()) == expected
    assert set(by_person["similarity"]) == {1.0}
    own = result.themes.filter(pl.col("theme_id") == "Voice of the night").row(0, named=True)
    assert (own["theme_name"], own["status"]) == ("Voice of the night", "taxonomy")


def test_an_empty_tag_is_no_tag() -> None:
    rows = feedback(["?", ""], ["", "   "])
    result = find_themes(rows, Codebook(), SETTINGS)
    assert dict(result.unclustered.iter_rows()) == {"f:0000": "too_short", "f:0001": "too_short"}


def test_where_everything_is_tagged_nothing_is_clustered() -> None:
    verbatims, topics = everything()
    code = (
        "import sys\nfrom theme_feedback import everything, feedback\nfrom vocanalytics.settings import ThemeSettings\n"
        "from vocanalytics.themes import Codebook, find_themes\n"
        "find_themes(feedback(*everything()), Codebook(), ThemeSettings())\n"
        "print('sklearn.cluster' in sys.modules, 'vocanalytics.themes.grouping.placing' in sys.modules)"
    )
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    done = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, check=True)
    assert done.stdout.split()[1] == "False"
    rows = feedback(verbatims, topics)
    result = find_themes(rows, Codebook(), SETTINGS)
    assert_adds_up(result, rows)
    assert dict(result.themes.select("theme_id", "mentions").iter_rows()) == dict.fromkeys(set(topics), 15)
    assert result.summary["encoder"] is None
    assert all(2 <= len(quotes) <= 3 for quotes in result.themes["quotes"])


@pytest.mark.parametrize("known", [False, True])
@pytest.mark.parametrize("number", [0, 1, 2, 5, 11])
def test_few_rows(number: int, known: bool) -> None:
    rows = feedback(everything()[0][7 : 7 + number])
    result = find_themes(rows, codebook_of("dark") if known else Codebook(), SETTINGS)
    assert_adds_up(result, rows)
    if not known and number < SETTINGS.min_theme_size:
        assert set(result.unclustered["reason"]) <= {"nothing_like_it"}
        assert result.themes.is_empty()


@pytest.mark.parametrize("text", ["Please add dark mode.", "OK then", "the and of", "好的 很好"])
def test_one_text_said_by_many_is_one_theme(text: str) -> None:
    rows = feedback([text] * 12)
    result = find_themes(rows, Codebook(), SETTINGS)
    assert_adds_up(result, rows)
    assert result.themes["mentions"].to_list() == [12]
    assert len(result.themes["quotes"][0]) == 1


def test_what_cannot_be_read_is_too_short() -> None:
    verbatims = ["", " ", "👍", "🎉🎉🎉", "!!!", "a", "\u200b", "\x00", "…", "\u202e7", "--- ✨ ---", "👩‍👩‍👧"]
    rows = feedback(verbatims)
    result = find_themes(rows, codebook_of("dark"), SETTINGS)
    assert_adds_up(result, rows)
    assert set(result.unclustered["reason"]) == {"too_short"}
    assert result.unclustered.height == len(verbatims)


def test_a_subject_does_not_replace_an_empty_verbatim() -> None:
    rows = feedback(["", *said("dark")]).with_columns(
        subject=pl.when(pl.col("feedback_id") == "f:0000").then(pl.lit("Dark mode please"))
    )
    assert where(find_themes(rows, Codebook(), SETTINGS))["f:0000"] == "too_short"


def test_one_giant_text_does_not_stop_the_rest() -> None:
    rows = feedback([said("dark")[0] + " lorem ipsum dolor" * 6_000, *everything()[0]])
    result = find_themes(rows, Codebook(), SETTINGS)
    assert_adds_up(result, rows)
    assert "f:0000" in set(result.mentions["feedback_id"])
    assert "f:0000" not in {quote for quotes in result.themes["quotes"] for quote in quotes}


def test_other_scripts_are_placed_too() -> None:
    scripts = {
        "ja": ["請求書を一括でエクスポートしたい", "請求書の一括エクスポートが必要です", "請求書を一括で出力したい"],
        "ru": ["Нужен тёмный режим", "Добавьте тёмный режим", "Хочу тёмный режим в приложении"],
        "ar": ["نحتاج الوضع الداكن", "أضف الوضع الداكن", "الوضع الداكن من فضلك"],
        "th": ["ต้องการโหมดมืด", "ขอโหมดมืดในแอป", "อยากได้โหมดมืด"],
    }
    rows = feedback([f"{text} {number}" for texts in scripts.values() for text in texts for number in ("", "!", "!!")])
    result = find_themes(rows, Codebook(), SETTINGS)
    assert_adds_up(result, rows)
    assert result.summary["unclustered_share"] == 0
    assert all(name.strip() for name in result.themes["theme_name"])


@pytest.mark.parametrize("encoder", ["static", "sentence"])
def test_an_encoder_that_is_not_there_is_one_line(encoder: str, tmp_path: Path) -> None:
    settings = SETTINGS.model_copy(update={"encoder": encoder, "encoders_dir": str(tmp_path)})
    with pytest.raises(ThemeError) as caught:
        find_themes(feedback(said("dark")), Codebook(), settings)
    assert "\n" not in str(caught.value)
    assert encoder in str(caught.value)
    assert "lexical" in str(caught.value)


def test_new_ids_are_never_those_of_the_codebook_or_of_tags() -> None:
    verbatims, _ = everything()
    tags: list[str | None] = [None] * 60
    tags[0] = "T-0005"
    result = find_themes(feedback(verbatims, tags), codebook_of("dark", first=3), SETTINGS)
    proposed = result.themes.filter(pl.col("status") == "proposed")["theme_id"]
    assert proposed.len() >= 2
    assert not set(proposed) & {"T-0003", "T-0005"}


def test_quotes_are_verbatims_of_their_theme_and_no_paraphrase_where_customers_spoke() -> None:
    verbatims, _ = everything()
    rows = feedback(verbatims).with_columns(
        voice=pl.when(pl.col("feedback_id").str.ends_with("3")).then(pl.lit("paraphrase")).otherwise(pl.lit("customer"))
    )
    result = find_themes(rows, Codebook(), SETTINGS)
    members = result.mentions.group_by("theme_id").agg("feedback_id")
    for theme_id, quotes in result.themes.select("theme_id", "quotes").iter_rows():
        own = members.filter(pl.col("theme_id") == theme_id)["feedback_id"][0].to_list()
        assert set(quotes) <= set(own)
        assert 2 <= len(quotes) == len(set(quotes)) <= 3
        assert not any(quote.endswith("3") for quote in quotes)


@settings(max_examples=20, deadline=None)
@given(st.lists(st.tuples(st.text(max_size=30), st.sampled_from([None, "T-0001", "own", ""])), max_size=12))
def test_every_row_ends_somewhere_whatever_it_says(pairs: list[tuple[str, str | None]]) -> None:
    rows = feedback([text for text, _ in pairs], [tag for _, tag in pairs])
    assert_adds_up(find_themes(rows, codebook_of("dark", "maps"), SETTINGS), rows)
