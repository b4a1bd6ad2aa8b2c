"""The rules of joining, folding and areas that `docs/themes.md` states, each where it decides."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Self

import numpy as np
import polars as pl
import pytest

from vocanalytics.settings import ThemeSettings
from vocanalytics.themes.grouping.areas import _together
from vocanalytics.themes.grouping.cluster import Clusters
from vocanalytics.themes.grouping.groups import Groups, learn_groups
from vocanalytics.themes.grouping.known import learn_known_themes
from vocanalytics.themes.grouping.placing import Places

VECTORS = {"surely": (1.0, 0.0, 0.0, 0.0), "between": (1.0, 1.0, 0.0, 0.0), "far": (0.3, 0.0, 0.0, 0.95)}


class Told:
    """Vectors that a test names."""

    def __init__(self) -> None:
        self.fingerprint_ = {"encoder": "told"}

    def fit(self, X: Sequence[str], y: object = None) -> Self:
        return self

    def transform(self, X: Sequence[str]) -> np.ndarray:
        return np.array([np.array(VECTORS[text]) / math.hypot(*VECTORS[text]) for text in X])

    def fit_transform(self, X: Sequence[str], y: object = None) -> np.ndarray:
        return self.transform(X)


@pytest.mark.parametrize(
    ("text", "group", "place"),
    [
        ("surely", "new", "T-1"),
        ("surely", None, "T-1"),
        ("between", "new", 0),  # near two known themes, sure of neither
        ("between", "known", "T-1"),  # a group that mostly joined: fairly sure is enough
        ("between", None, None),
        ("far", "new", 0),
        ("far", "known", None),
    ],
)
def test_who_joins_a_known_theme(text: str, group: str | None, place: str | int | None) -> None:
    examples = pl.DataFrame({"theme_id": ["T-1", "T-2", "T-3"]})
    known = learn_known_themes(examples, np.eye(4)[:3], ThemeSettings(join_similarity=0.5))
    centre = Told().transform([text])
    groups = Groups(Clusters(centre if group else np.empty((0, 4))))
    is_new = np.array([group == "new", False][0 if group else 1 :])
    placed = Places(Told(), known, groups, is_new).place(pl.DataFrame({"text": [text]})).row(0, named=True)
    assert (placed["theme_id"] or placed["cluster"]) == place


def test_a_template_sent_many_times_is_one_text_when_groups_are_looked_for() -> None:
    template = [f"your ticket {number} was closed" for number in range(40)]
    texts = sorted([*template, "dark mode please", "we need a dark mode"])
    vectors = np.array([(0.0, 1.0) if "dark" in text else (1.0, 0.001 * at) for at, text in enumerate(texts)])
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    settings = ThemeSettings(n_themes=2, min_theme_size=2)
    found = learn_groups(texts, vectors, np.ones(len(texts), dtype=np.int64), settings)
    assert len({found.fitted[text] for text in template}) == 1
    assert len(found.clusters.labels) == 3


def test_one_area_of_most_themes_tells_nothing() -> None:
    drawing = np.random.default_rng(2)
    directions = np.eye(6)[[0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 2, 2]] + drawing.normal(0, 0.02, (12, 6))
    assert len(set(_together(directions))) == 12
    even = np.eye(6)[np.repeat([0, 1, 2], 4)] + drawing.normal(0, 0.02, (12, 6))
    assert len(set(_together(even))) == 3
