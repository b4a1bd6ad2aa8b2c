"""What lets the themes stage be large and steady: folding, agreement of many splits, the student, areas."""

from __future__ import annotations

from itertools import product

import numpy as np
import polars as pl
import pytest
from theme_feedback import everything

from vocanalytics.settings import ThemeSettings
from vocanalytics.themes.encoding.lexical import LexicalEncoder
from vocanalytics.themes.grouping.areas import FROM_THEMES, find_areas
from vocanalytics.themes.grouping.consensus import agree
from vocanalytics.themes.grouping.folding import fold
from vocanalytics.themes.grouping.graph import modularity, neighbour_graph, thinned
from vocanalytics.themes.grouping.groups import learn_groups
from vocanalytics.themes.grouping.number import MORE_TRIES, TRIES, Partitions, find_number
from vocanalytics.themes.grouping.student import Student

SETTINGS = ThemeSettings()


def blobs(each: int, groups: int, spread: float = 0.08) -> tuple[np.ndarray, np.ndarray]:
    """Unit vectors around so many directions, and the direction of each."""
    drawing = np.random.default_rng(3)
    labels = np.repeat(np.arange(groups), each)
    vectors = np.eye(groups, max(12, groups))[labels]
    vectors = vectors + drawing.normal(0, spread, vectors.shape)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True), labels


@pytest.mark.parametrize(
    ("texts", "stands"),
    [
        (["exports fail on 12 may", "export failed on 3 may", "exports work"], [0, 2]),
        (["12", "13", "12 13"], [0, 1, 2]),  # nothing but numbers: each stands for itself
        (["need dark mode", "dark mode need"], [0, 1]),  # the order of words counts
        ([], []),
    ],
)
def test_texts_in_the_same_words_are_one(texts: list[str], stands: list[int]) -> None:
    first, row_of = fold(texts)
    assert first.tolist() == stands
    assert [fold([texts[at], texts[first[row]]])[0].tolist() for at, row in enumerate(row_of)] == [[0]] * len(texts)


def test_repeats_change_nothing_but_weights() -> None:
    verbatims = sorted(verbatim.lower() for verbatim in everything()[0])
    repeated = sorted([*verbatims, *(f"{verbatim} 4711" for verbatim in verbatims[::3])])
    encoder = LexicalEncoder(svd_dim=20).fit(verbatims)
    four = SETTINGS.model_copy(update={"n_themes": 4})
    once, more = (
        learn_groups(texts, encoder.transform(texts), np.ones(len(texts), dtype=np.int64), four)
        for texts in (verbatims, repeated)
    )
    together = [(more.fitted[text], once.fitted[text]) for text in verbatims]
    assert len(set(together)) == len({label for label, _ in together}) == len({label for _, label in together})


@pytest.mark.parametrize(("groups", "each"), [(3, 30), (9, 60), (20, 25), (40, 20)])
def test_the_true_number_is_found(groups: int, each: int) -> None:
    vectors, _ = blobs(each, groups)
    graph = neighbour_graph(vectors, 6)
    number, tried = find_number(Partitions(vectors, graph, 7), graph, len(vectors) // 5, SETTINGS)
    assert abs(number - groups) <= max(1, groups / 5)
    assert [at for at, _ in tried] == sorted({at for at, _ in tried})


def test_a_split_is_made_once() -> None:
    vectors, _ = blobs(20, 3)
    partitions = Partitions(vectors, neighbour_graph(vectors, 5), 7)
    first = partitions.into(3)
    assert len(first) == TRIES
    assert all(one is other for one, other in zip(first, partitions.into(3, MORE_TRIES), strict=False))
    assert len(partitions.around(3)) == 4 * MORE_TRIES


def test_links_are_left_out_on_both_sides() -> None:
    vectors, _ = blobs(30, 3)
    graph = neighbour_graph(vectors, 5)
    thin = thinned(graph, 0.5, np.random.default_rng(1))
    assert abs(thin - thin.T).sum() == 0
    assert 0.35 < thin.nnz / graph.nnz < 0.65
    assert (thin > graph).sum() == 0
    assert modularity(thinned(graph, 1.0, np.random.default_rng(1)), np.zeros(90, dtype=np.int64), chance=1) == 0


def test_what_most_splits_say_is_agreed() -> None:
    truth = np.repeat([0, 1, 2], 4)
    wrong = np.where(np.arange(12) == 5, 0, truth)
    agreed = agree([truth, (truth + 1) % 3, truth, wrong], 3)
    assert len(set(zip(truth.tolist(), agreed.tolist(), strict=True))) == 3
    assert set(agree([np.zeros(5, dtype=np.int64)] * 3, 4)) == {0}


def test_many_different_rows_are_still_agreed_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vocanalytics.themes.grouping.consensus._MOST_ROWS", 3)
    truth = np.repeat([0, 1, 2], 10)
    ways = [np.where(np.arange(30) == at, 3, truth) for at in range(6)]
    assert len(set(zip(truth.tolist(), agree(ways, 3).tolist(), strict=True))) == 3


def test_a_student_puts_texts_where_the_teacher_does() -> None:
    verbatims, topics = everything()
    texts = [verbatim.lower() for verbatim in verbatims]
    teacher = LexicalEncoder(svd_dim=20).fit(texts)
    vectors = teacher.transform(texts)
    settings = SETTINGS.model_copy(update={"encoder": "sentence", "encoders_dir": "nowhere"})
    student = Student(texts[::2], vectors[::2], settings)
    assert student.fingerprint_ == {"student": "lexical"}
    names = sorted(set(topics))
    centres = np.vstack([vectors[[topic == name for topic in topics]].mean(axis=0) for name in names])
    said = (student.transform(texts[1::2]) @ centres.T).argmax(axis=1)
    assert np.mean([names[at] == topic for at, topic in zip(said, topics[1::2], strict=True)]) > 0.9
    assert not student.transform(["zzqqx"]).any()


def test_areas_join_themes_that_speak_of_the_same() -> None:
    parts = {"invoice": ("export", "print", "currency", "reminder"), "route": ("traffic", "map", "detour", "toll")}
    parts |= {"login": ("password", "token", "device", "session")}
    said = [
        (f"{part}-{what}", f"{opening} the {part} {what} for {part}s please")
        for part, whats in parts.items()
        for what, opening in product(whats, ("we need", "fix", "improve", "show"))
    ]
    rows = pl.DataFrame(said, schema=["theme_id", "verbatim"], orient="row").with_row_index("feedback_id")
    feedback = rows.select("feedback_id", "verbatim", text=pl.col("verbatim"), too_short=pl.lit(value=False))
    areas = find_areas(rows.select("feedback_id", "theme_id"), feedback, SETTINGS)
    assert len(areas) == FROM_THEMES
    for part in parts:
        names = {areas[f"{part}-{what}"] for what in parts[part]}
        assert len(names) == 1
        assert part in names.pop().lower()
    few = rows.filter(pl.col("theme_id") != "route-map").select("feedback_id", "theme_id")
    assert find_areas(few, feedback, SETTINGS) == {}
    shuffled = rows.sample(fraction=1.0, shuffle=True, seed=1)
    assert find_areas(shuffled.select("feedback_id", "theme_id"), feedback.reverse(), SETTINGS) == areas
