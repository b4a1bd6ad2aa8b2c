"""Clusters: which verbatims say the same, how many such groups there are, and where the centre of each lies.

Verbatims take steps towards their nearest neighbours and are split by scikit-learn's KMeans, into many numbers of
groups and each time without some of the neighbours. `number.py` says which number to take; the groups are what the
splits into about that number agree on (`consensus.py`).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from sklearn.preprocessing import normalize

from vocanalytics.themes.encoding.vectors import Vectors
from vocanalytics.themes.grouping.consensus import agree
from vocanalytics.themes.grouping.graph import Labels, neighbour_graph, neighbours
from vocanalytics.themes.grouping.number import Partitions, find_number

if TYPE_CHECKING:
    from vocanalytics.settings import ThemeSettings

#: Below this cosine to every centre a verbatim is like nothing else.
LIKE_NOTHING = 0.15


@dataclass(frozen=True, slots=True)
class Clusters:
    """Where new themes lie.

    Attributes
    ----------
    centres
        One unit vector a cluster, shape (clusters, directions); largest cluster first.
    labels
        For each text that was split, its cluster.
    tried
        Numbers of clusters that were looked at, each with its score; empty where the number was set.
    """

    centres: Vectors
    labels: Labels = field(default_factory=lambda: np.empty(0, dtype=np.int64))
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
        return Clusters(np.empty((0, vectors.shape[1])), np.full(len(vectors), -1, dtype=np.int64))
    graph = neighbour_graph(vectors, neighbours(len(vectors), settings.neighbours))
    partitions = Partitions(vectors, graph, settings.seed)
    tried: list[tuple[int, float]] = []
    number = settings.n_themes
    if number is None:
        number, tried = find_number(partitions, graph, int(weights.sum()) // settings.min_theme_size, settings)
    labels = agree(partitions.around(number), number) if number > 1 else np.zeros(len(vectors), dtype=np.int64)
    centres, labels = _sizeable(vectors, weights, labels, settings.min_theme_size)
    return Clusters(centres, labels, tuple(tried))


def _sizeable(vectors: Vectors, weights: Labels, labels: Labels, min_size: int) -> tuple[Vectors, Labels]:
    """Centres of the clusters that hold enough verbatims, and labels; members of the others go to the nearest left."""
    sizes = np.bincount(labels, weights=weights)
    order = np.lexsort((np.arange(len(sizes)), -sizes))
    kept = [label for label in order if sizes[label] >= min_size] or [order[0]]
    position = np.full(len(sizes), -1, dtype=np.int64)
    position[kept] = np.arange(len(kept))
    placed = position[labels]
    centres: Vectors = normalize(np.vstack([vectors[placed == at].mean(axis=0) for at in range(len(kept))])).round(8)
    left = placed < 0
    placed[left] = nearest_centre(vectors[left], centres)[0]
    return centres, placed


def nearest_centre(vectors: Vectors, centres: Vectors) -> tuple[Labels, Vectors]:
    """For each vector, which centre is nearest and the cosine to it, six decimals; equal cosines go to the first.

    Without any centre, -1 and 0.
    """
    if not len(centres):
        return np.full(len(vectors), -1, dtype=np.int64), np.zeros(len(vectors))
    cosines = (vectors @ centres.T).round(6)
    nearest = cosines.argmax(axis=1).astype(np.int64)
    return nearest, cosines[np.arange(len(nearest)), nearest]
