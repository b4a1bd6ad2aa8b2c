"""Tone, heat, register and insight: measured on labelled sentences, and held rule by rule."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vocanalytics.beside import INSIGHTS, REGISTERS, TONES, read_marks
from vocanalytics.beside.lexicon import WORD_LISTS, build_lexicon, read_lexicon
from vocanalytics.errors import SettingsError

MARKS = {"tone": TONES, "insight": INSIGHTS, "register": REGISTERS}


def marks(*texts: str, language: str | None = "en") -> pl.DataFrame:
    ids = [f"s:{number}" for number in range(len(texts))]
    schema = {"feedback_id": pl.String, "verbatim": pl.String, "language": pl.String}
    rows = [(feedback_id, text, language) for feedback_id, text in zip(ids, texts, strict=True)]
    return read_marks(pl.DataFrame(rows, schema=schema, orient="row"))


def mark(text: str, name: str, language: str | None = "en") -> object:
    return marks(text, language=language)[name].item()


@cache
def sentences(part: str) -> tuple[dict[str, str], ...]:
    with (Path(__file__).parent / "labelled_sentences.csv").open(encoding="utf-8", newline="") as file:
        return tuple(row for row in csv.DictReader(file) if row["set"] == part)


@cache
def read_and_labelled(part: str, name: str) -> tuple[list[str], list[str]]:
    rows = sentences(part)
    return marks(*(row["text"] for row in rows))[name].to_list(), [row[name] for row in rows]


def accuracy(read: Sequence[str], labelled: Sequence[str]) -> float:
    return sum(one == other for one, other in zip(read, labelled, strict=True)) / len(labelled)


def macro_f1(read: Sequence[str], labelled: Sequence[str]) -> float:
    hits = Counter(one for one, other in zip(read, labelled, strict=True) if one == other)
    found, said = Counter(read), Counter(labelled)
    return sum(2 * hits[name] / (found[name] + said[name]) for name in said) / len(said)


def word_count_tone(text: str) -> str:
    """The tone by the same single words, counted without looking at their neighbours."""
    points = {row["token"]: (row["angry"], row["delighted"]) for row in read_lexicon().tokens.iter_rows(named=True)}
    words = "".join(letter if letter.isalpha() or letter == "'" else " " for letter in text.lower()).split()
    angry, delighted = (sum(points.get(word, (0, 0))[which] for word in words) for which in (0, 1))
    if max(angry, delighted) < 2_000:
        return "calm"
    return "angry" if angry >= delighted else "delighted"


def test_the_labelled_sentences_are_many_and_well_formed() -> None:
    assert len(sentences("development")) >= 160
    assert len(sentences("held_out")) >= 80
    texts = [row["text"] for part in ("development", "held_out") for row in sentences(part)]
    assert len(set(texts)) == len(texts)
    for name, allowed in MARKS.items():
        assert {row[name] for row in sentences("held_out")} == set(allowed)


@pytest.mark.parametrize(
    ("part", "name", "least_accuracy", "least_f1"),
    [
        ("development", "tone", 0.94, 0.93),
        ("development", "insight", 0.88, 0.88),
        ("development", "register", 0.97, 0.97),
        ("held_out", "tone", 0.85, 0.80),
        ("held_out", "insight", 0.62, 0.58),
        ("held_out", "register", 0.95, 0.95),
    ],
)
def test_marks_agree_with_labelled_sentences(part: str, name: str, least_accuracy: float, least_f1: float) -> None:
    read, labelled = read_and_labelled(part, name)
    assert accuracy(read, labelled) >= least_accuracy
    assert macro_f1(read, labelled) >= least_f1


@pytest.mark.parametrize(("name", "margin"), [("tone", 0.18), ("insight", 0.30), ("register", 0.30)])
def test_marks_beat_the_most_frequent_answer_on_held_out_sentences(name: str, margin: float) -> None:
    read, labelled = read_and_labelled("held_out", name)
    ((most_frequent, _),) = Counter(labelled).most_common(1)
    assert accuracy(read, labelled) >= accuracy([most_frequent] * len(labelled), labelled) + margin


@pytest.mark.parametrize(("part", "margin"), [("development", 0.10), ("held_out", 0.08)])
def test_tone_beats_counting_words_without_negation(part: str, margin: float) -> None:
    read, labelled = read_and_labelled(part, "tone")
    counted = [word_count_tone(row["text"]) for row in sentences(part)]
    assert macro_f1(read, labelled) >= macro_f1(counted, labelled) + margin


def test_the_document_states_the_measured_figures(root: Path) -> None:
    text = (root / "docs" / "beside_the_score.md").read_text(encoding="utf-8")
    for name in MARKS:
        cells = [f"{measure(*read_and_labelled(part, name)):.2f}" for part in ("development", "held_out")
                 for measure in (accuracy, macro_f1)]  # fmt: skip
        assert f"| {name} | {' | '.join(cells)} |" in text
    for name in ("tone", "insight"):
        pairs = Counter(zip(*reversed(read_and_labelled("held_out", name)), strict=True))
        for labelled in MARKS[name]:
            row = " | ".join(str(pairs[labelled, read]) for read in MARKS[name])
            assert f"| {labelled} | {row} |" in text


@pytest.mark.parametrize(
    ("text", "tone"),
    [
        ("We are happy with it.", "delighted"),
        ("We are not happy with it.", "angry"),
        ("It is no longer annoying.", "calm"),
        ("I never had a problem with it.", "delighted"),
        ("Not a problem.", "calm"),
        ("No. We love it.", "delighted"),
        ("The report is nice.", "calm"),
        ("The report is really nice.", "delighted"),
        ("A bit annoying.", "calm"),
        ("It would be great to have it.", "calm"),
        ("We would love to see it.", "calm"),
        ("We love it.", "delighted"),
        ("Great tool, but useless since the update.", "angry"),
        ("Useless at first, but now it is amazing, we love it.", "delighted"),
        ("The export fails.", "calm"),
        ("The export fails!!", "angry"),
        ("The export FAILS AGAIN.", "angry"),
        ("Loooove it", "delighted"),
        ("😡", "angry"),
        ("🎉", "delighted"),
        ("HIPAA and SOC 2 are required.", "calm"),
        ("", "calm"),
        ("...", "calm"),
    ],
)
def test_tone_heeds_negation_strength_wishes_and_contrast(text: str, tone: str) -> None:
    assert mark(text, "tone") == tone


@pytest.mark.parametrize(
    ("text", "insight"),
    [
        ("How do I export the list?", "understanding_gap"),
        ("Can we get an export?", "wish"),
        ("It would be great if it exported the list.", "wish"),
        ("Would love to see an export.", "wish"),
        ("We love the export.", "experience"),
        ("The export crashes.", "bug"),
        ("In all these years the export never crashes.", "experience"),
        ("We are leaving because the export crashes.", "churn_reason"),
        ("We are evaluating alternatives.", "churn_reason"),
        ("We will cancel at renewal.", "churn_reason"),
        ("They cancelled jobs on Monday.", "other"),
        ("The export is too expensive.", "pricing"),
        ("What is the price per seat?", "pricing"),
        ("ok", "other"),
        ("", "other"),
    ],
)
def test_insight_by_what_is_said(text: str, insight: str) -> None:
    assert mark(text, "insight") == insight


@pytest.mark.parametrize(
    ("milder", "hotter"),
    [
        ("It is annoying.", "It is very annoying."),
        ("It is annoying.", "It is annoying!"),
        ("It is annoying!", "It is ANNOYING!"),
        ("We are pleased.", "We are thrilled."),
        ("The search is slow.", "The search is annoying."),
    ],
)
def test_heat_rises_with_strength_and_loudness(milder: str, hotter: str) -> None:
    low, high = marks(milder, hotter)["heat"].to_list()
    assert 0 <= low < high <= 10


@given(st.lists(st.text(max_size=80), min_size=1, max_size=5))
@settings(max_examples=60, deadline=None)
def test_any_text_is_marked_within_the_scale(texts: list[str]) -> None:
    read = marks(*texts)
    assert read["feedback_id"].to_list() == [f"s:{number}" for number in range(len(texts))]
    assert set(read["tone"]) <= set(TONES)
    assert set(read["insight"]) <= set(INSIGHTS)
    assert set(read["register"]) <= set(REGISTERS)
    assert read["heat"].is_between(0, 10).all()
    assert read.filter((pl.col("tone") == "calm") != (pl.col("heat") == 0)).is_empty()


def test_a_verbatim_is_read_by_itself() -> None:
    texts = [row["text"] for row in sentences("held_out")]
    together = marks(*texts).drop("feedback_id")
    alone = pl.concat([marks(text).drop("feedback_id") for text in texts])
    assert together.equals(alone)
    assert marks(*reversed(texts)).drop("feedback_id").reverse().equals(together)


def test_only_the_words_decide() -> None:
    said = {"feedback_id": ["1"], "verbatim": ["This is frustrating."], "language": ["en"]}
    plain = read_marks(pl.DataFrame(said))
    told = read_marks(pl.DataFrame({**said, "csm": ["ada"], "author_role": ["customer"], "voice": ["paraphrase"]}))
    assert plain.equals(told)


@pytest.mark.parametrize(
    ("language", "text", "rated"),
    [
        ("en", "We hate it.", True),
        ("en-GB", "We hate it.", True),
        ("EN", "We hate it.", True),
        ("English", "We hate it.", True),
        ("de", "Das ist furchtbar.", False),
        ("de", "We hate it.", False),
        ("ent", "We hate it.", False),
        (None, "We hate it and we want our money back.", True),
        ("", "We hate it and we want our money back.", True),
        (None, "Wir sind mit der neuen Ansicht nicht zufrieden.", False),
        (None, "Nous ne sommes pas contents de la nouvelle version.", False),
        (None, "No estamos contentos con la nueva versión.", False),
        (None, "thx!", True),
        (None, "Ужасно", False),
        (None, "ひどいです", False),
    ],
)
def test_only_english_is_rated(language: str | None, text: str, rated: bool) -> None:
    read = marks(text, language=language).drop("feedback_id").row(0)
    assert all(value is not None for value in read) if rated else read == (None, None, None, None)


def test_no_feedback_gives_no_marks() -> None:
    assert marks().schema == marks("ok").schema
    assert marks().is_empty()


def changed(file: str, text: str) -> dict[str, str]:
    heads = {
        "tone.csv": "cue,tone,strength",
        "insight.csv": "cue,insight,weight",
        "register.csv": "cue,register,weight",
    }
    return {words.file: heads.get(words.file, "cue,effect") for words in WORD_LISTS} | {file: text}


@pytest.mark.parametrize(
    ("file", "text", "said"),
    [
        ("tone.csv", "cue,tone,strength\nhate,cross,3", "line 2: tone is not known"),
        ("tone.csv", "cue,tone,strength\nhate,angry,4", "line 2: strength is off the scale"),
        ("tone.csv", "cue,tone,strength\nhate,angry,", "line 2: strength is off the scale"),
        ("tone.csv", "cue,tone,strength\nlove,delighted,3\nhate|Love,angry,3", "line 3: a cue stands twice"),
        ("insight.csv", "cue,insight,weight\nbug||glitch,bug,3", "line 2: a cue is empty"),
        ("modifiers.csv", "cue,effect\nbut,ends", "line 2: effect is not known"),
        ("register.csv", "cue,register,weight\nhey,casual,9", "line 2: weight is off the scale"),
    ],
)
def test_a_mistake_in_a_word_list_is_named_with_its_line(file: str, text: str, said: str) -> None:
    with pytest.raises(SettingsError, match=f"{file}, {said}"):
        build_lexicon(changed(file, text))


def test_the_word_lists_of_the_package_are_sound() -> None:
    assert read_lexicon().tokens.height > 1_000
