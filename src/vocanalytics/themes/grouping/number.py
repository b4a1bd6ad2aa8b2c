"""How many themes there are: the number whose groups hold together and come back when some links are not believed.

Each number is tried five times, each time without three links in ten of the neighbour graph. *Coming back* is how much
the five tell of each other (normalised mutual information), *holding* is how many neighbours stay in one group compared
with chance (modularity), each averaged with the numbers next to it. The score is coming back times the square root of
holding; granularity above 1 takes a higher root, so that holding counts less and there are more, smaller groups. Of the
numbers within two hundredths of the best score the smallest is taken: what cannot be told apart is not split.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.cluster import KMeans
from sklearn.decomposition import PCA
from sklearn.metrics import normalized_mutual_info_score

from vocanalytics.themes.encoding.vectors import Vectors
from vocanalytics.themes.grouping.graph import Labels, modularity, thinned, walk

if TYPE_CHECKING:
    from vocanalytics.settings import ThemeSettings

#: How often each number is tried, how often the one that is taken, and which share of the links each try believes.
TRIES, MORE_TRIES, BELIEVED = 5, 15, 0.7
STEPS = 5
#: Numbers rise by a fifth.
_RISE = 1.2
_AS_GOOD_AS = 0.98
_TIMES_SMOOTHED = 2
_AT_LEAST_TRIED, _TIMES_THE_BEST = 60, 3
_DIRECTIONS = 64


class Partitions:
    """Ways to split the same texts into any number of groups; each split is made once, when it is asked for.

    Parameters
    ----------
    vectors
        Unit vectors, shape (texts, directions), in canonical order.
    graph
        Their neighbour graph.
    seed
        For the links that are left out and for KMeans.
    """

    def __init__(self, vectors: Vectors, graph: Any, seed: int) -> None:
        rng = np.random.default_rng(seed)
        walked = [walk(vectors, thinned(graph, BELIEVED, rng), steps=STEPS) for _ in range(MORE_TRIES)]
        self._views = _fewer_directions(walked)
        self._by_number: dict[int, list[Labels]] = {}
        self._seed = seed
        self.distinct = min(len(np.unique(view, axis=0)) for view in self._views)

    def into(self, number: int, ways: int = TRIES) -> list[Labels]:
        """Some ways to split the texts into about so many groups."""
        number = max(1, min(number, self.distinct))
        known = self._by_number.setdefault(number, [])
        for at in range(len(known), ways):
            split = KMeans(number, n_init=1, random_state=self._seed + at).fit_predict(self._views[at])
            known.append(split.astype(np.int64))
        return known[:ways]

    def around(self, number: int) -> list[Labels]:
        """Sixty ways: into so many groups, somewhat fewer, and somewhat more."""
        return [labels for power in (-1, 0, 1, 2) for labels in self.into(round(number * _RISE**power), MORE_TRIES)]


def _fewer_directions(walked: list[Vectors]) -> list[Vectors]:
    """After the walk few directions are left that tell texts apart; the rest is noise that costs time."""
    if walked[0].shape[1] <= _DIRECTIONS or len(walked[0]) <= _DIRECTIONS:
        return walked
    reduce = PCA(_DIRECTIONS, svd_solver="covariance_eigh").fit(np.mean(walked, axis=0))
    return [reduce.transform(view).round(8) for view in walked]


def find_number(
    partitions: Partitions, graph: Any, most: int, settings: ThemeSettings
) -> tuple[int, list[tuple[int, float]]]:
    """How many groups there are, at most `most`, and each number that was tried with its score.

    Numbers rise; what is more than three times the best so far (and more than sixty) is not tried.
    """
    numbers: list[int] = []
    scores: list[tuple[float, float]] = []
    smooth: list[float] = []
    for number in _numbers(min(most, partitions.distinct)):
        if numbers and number > max(_AT_LEAST_TRIED, _TIMES_THE_BEST * numbers[int(np.argmax(smooth))]):
            break
        ways = partitions.into(number)
        hold = float(np.mean([modularity(graph, labels, chance=1.0) for labels in ways]))
        back = float(np.mean([normalized_mutual_info_score(one, other) for one, other in combinations(ways, 2)]))
        numbers.append(number)
        scores.append((hold, back))
        smooth = _smooth(scores, 0.5 / settings.granularity)
    if not numbers or max(smooth) <= 0:
        return 1, [(1, 0.0), *zip(numbers, smooth, strict=True)]
    good = [number for number, score in zip(numbers, smooth, strict=True) if score >= _AS_GOOD_AS * max(smooth)]
    return good[0], [(1, 0.0), *zip(numbers, smooth, strict=True)]


def _smooth(scores: list[tuple[float, float]], power: float) -> list[float]:
    """The score of each number, from means over it and those next to it."""
    means = np.array(scores)
    for _ in range(_TIMES_SMOOTHED):
        padded = np.vstack([means[:1], means, means[-1:]])
        means = (padded[:-2] + padded[1:-1] + padded[2:]) / 3
    return [round(float(max(0.0, hold) ** power * back), 6) for hold, back in means]


def _numbers(most: int) -> Iterator[int]:
    """2, 3, 4, then each about a fifth more than the one before, up to `most`."""
    number = 2
    while number <= most:
        yield number
        number = max(number + 1, round(number * _RISE))
