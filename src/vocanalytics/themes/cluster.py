"""Clusters: which verbatims say the same, how many such groups there are, and where the centre of each lies.

The number of themes is the number at which the nearest neighbours of a verbatim stay in its theme most often, compared
with chance: the modularity of the neighbour graph. Granularity is how many times chance counts: above 1 there are more,
smaller themes. Partitions are made by scikit-learn's KMeans on vectors that took steps towards their neighbours.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import sqrt
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array, eye_array
from sklearn.cluster import KMeans
from sklearn.neighbors import NearestNeighbors
from sklearn.preprocessing import normalize

from vocanalytics.themes.encoders import Vectors

if TYPE_CHECKING:
    from vocanalytics.settings import ThemeSettings

Labels = NDArray[np.int64]

STEPS = 5
#: Below this cosine to every centre a verbatim is like nothing else.
LIKE_NOTHING = 0.15
_AT_LEAST_TRIED = 40


@dataclass(frozen=True, slots=True)
class Clusters:
    """Where new themes lie.

    Attributes
    ----------
    centres
        One unit vector a cluster, shape (clusters, directions); largest cluster first.
    tried
        Numbers of clusters that were looked at, each with its score; empty where the number was set.
    """

    centres: Vectors
    tried: tuple[tuple[int, float], ...] = ()


def cluster(vectors: Vectors, weights: Labels, settings: ThemeSettings) -> Clusters:
    """Find groups among distinct texts.

    Parameters
    ----------
    vectors
        Unit vectors, shape (texts, directions), in canonical order: the order of rows changes what KMeans finds.
    weights
        How many verbatims share each text.
    settings
        `n_themes` sets the number, else it is found; `min_theme_size` is in verbatims.

    Returns
    -------
    Clusters
        Without centres where there are fewer than `min_theme_size` verbatims.
    """
    if weights.sum() < settings.min_theme_size:
        return Clusters(centres=np.empty((0, vectors.shape[1])))
    graph = neighbour_graph(vectors, neighbours(len(vectors), settings.neighbours))
    smooth = walk(vectors, graph, steps=STEPS)
    distinct = len(np.unique(smooth, axis=0))
    tried: list[tuple[int, float]] = []
    if settings.n_themes:
        labels = _split(smooth, min(settings.n_themes, distinct), settings.seed)
    else:
        most = min(distinct, int(weights.sum()) // settings.min_theme_size)
        labels, tried = _find_number(smooth, graph, most, settings)
    return Clusters(_sizeable_centres(vectors, weights, labels, settings.min_theme_size), tuple(tried))


def neighbours(n_texts: int, wanted: int) -> int:
    """How many neighbours to ask: as wanted, fewer where there are few texts (4 for 500, 10 from 2,500)."""
    return max(1, min(wanted, max(3, round(sqrt(n_texts) / 5)), n_texts - 1))


def neighbour_graph(vectors: Vectors, k: int) -> Any:
    """Which texts are among the k nearest of each other: symmetric, 2 where both say so, shape (texts, texts)."""
    n_texts = len(vectors)
    if n_texts == 1:
        return csr_array((1, 1))
    nearest = NearestNeighbors(n_neighbors=k, algorithm="brute").fit(vectors).kneighbors(return_distance=False)
    rows = np.repeat(np.arange(n_texts), k)
    directed = csr_array((np.ones(n_texts * k), (rows, nearest.ravel())), shape=(n_texts, n_texts))
    return csr_array(directed + directed.T)


def walk(vectors: Vectors, graph: Any, *, steps: int) -> Vectors:
    """Vectors after each has moved to the mean of itself and its neighbours, `steps` times.

    Texts that say the same with other words have neighbours in common; after a few steps they lie together.
    """
    move = normalize(graph + eye_array(graph.shape[0], format="csr"), norm="l1")
    for _ in range(steps):
        vectors = move @ vectors
    smooth: Vectors = normalize(vectors).round(8)
    return smooth


def modularity(graph: Any, labels: Labels, *, chance: float) -> float:
    """The share of neighbours that are in the same cluster, less `chance` times what their sizes alone would give."""
    edges = graph.tocoo()
    inside = edges.data[labels[edges.row] == labels[edges.col]].sum() / max(1.0, edges.data.sum())
    shares = np.bincount(labels) / len(labels)
    return round(float(inside - chance * np.square(shares).sum()), 6)


def _find_number(
    smooth: Vectors, graph: Any, most: int, settings: ThemeSettings
) -> tuple[Labels, list[tuple[int, float]]]:
    """Labels at the number of clusters with the highest modularity, the smaller number where two are equal.

    Numbers rise; what is more than twice the best so far (and more than forty) is not tried.
    """
    chance = settings.granularity
    best = np.zeros(len(smooth), dtype=np.int64)
    top = (1, modularity(graph, best, chance=chance))
    tried = [top]
    for number in _numbers(most):
        if number > max(_AT_LEAST_TRIED, 2 * top[0]):
            break
        labels = _split(smooth, number, settings.seed)
        tried.append((number, modularity(graph, labels, chance=chance)))
        if tried[-1][1] > top[1]:
            best, top = labels, tried[-1]
    return best, tried


def _numbers(most: int) -> Iterator[int]:
    """2, 3, 4, then each about a fifth more than the one before, up to `most`."""
    number = 2
    while number <= most:
        yield number
        number = max(number + 1, round(number * 1.2))


def _split(smooth: Vectors, number: int, seed: int) -> Labels:
    labels: Labels = KMeans(number, n_init=1, random_state=seed).fit_predict(smooth).astype(np.int64)
    return labels


def _sizeable_centres(vectors: Vectors, weights: Labels, labels: Labels, min_size: int) -> Vectors:
    """Centres of the clusters that hold enough verbatims; the members of the others go to the nearest centre left."""
    while True:
        sizes = np.bincount(labels, weights=weights)
        order = np.lexsort((np.arange(len(sizes)), -sizes))
        kept = [label for label in order if sizes[label] >= min_size] or [order[0]]
        means = np.vstack([vectors[labels == label].mean(axis=0) for label in kept])
        centres: Vectors = normalize(means).round(8)
        if len(kept) == len(np.unique(labels)):
            return centres
        labels = nearest_centre(vectors, centres)[0]


def nearest_centre(vectors: Vectors, centres: Vectors) -> tuple[Labels, Vectors]:
    """For each vector, which centre is nearest and the cosine to it, six decimals; equal cosines go to the first.

    Without any centre, -1 and 0.
    """
    if not len(centres):
        return np.full(len(vectors), -1, dtype=np.int64), np.zeros(len(vectors))
    cosines = (vectors @ centres.T).round(6)
    nearest = cosines.argmax(axis=1).astype(np.int64)
    return nearest, cosines[np.arange(len(nearest)), nearest]
