"""The neighbour graph: which verbatims are nearest to which, and what is left when a part of it is not believed."""

from __future__ import annotations

from math import sqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array, eye_array, triu
from sklearn.neighbors import NearestNeighbors
from sklearn.preprocessing import normalize

from vocanalytics.themes.encoding.vectors import Vectors

Labels = NDArray[np.int64]


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


def thinned(graph: Any, kept: float, rng: np.random.Generator) -> Any:
    """The graph with each of its links kept by chance, as if some neighbours had not been met."""
    links = triu(graph, 1).tocoo()
    stays = rng.random(links.nnz) < kept
    half = csr_array((links.data[stays], (links.row[stays], links.col[stays])), shape=graph.shape)
    return csr_array(half + half.T)


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
