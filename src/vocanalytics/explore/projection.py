"""The map: verbatims as points in a plane, alike near alike, the same picture on every machine and every day."""

from __future__ import annotations

import math
from collections import Counter
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from numpy.typing import NDArray

if TYPE_CHECKING:
    from vocanalytics.settings import ThemeSettings

Vectors = NDArray[np.float64]

_SEED = 7
_DIRECTIONS = 50
_NEIGHBOURS = 30
_ITERATIONS = 500
_ALIKE = 10
#: Fewer distinct texts than this have no neighbourhoods to keep; their two main directions are drawn instead.
_FEW = 12
_GOLDEN_ANGLE = math.pi * (3 - math.sqrt(5))
_SPREAD = 0.004
_MARGIN = 0.02


def embed(texts: list[str], settings: ThemeSettings) -> Vectors:
    """Unit vectors of comparable texts, row by row, from the encoder that the runs use.

    Raises
    ------
    ThemeError
        When its weights are not here.
    """
    from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

    from vocanalytics.themes.encoding.encoders import make_encoder

    distinct = sorted(set(texts))
    at = {text: row for row, text in enumerate(distinct)}
    with threadpool_limits(limits=1):
        found: Vectors = make_encoder(settings).fit(distinct).transform(distinct)
    return found[[at[text] for text in texts]]


def project(texts: list[str], vectors: Vectors) -> Vectors:
    """Positions, nearly all in the unit square, shape (texts, 2); what falls on one spot stands around it in a spiral.

    Each text is averaged with the ten nearest, as it is before themes are looked for; then t-SNE of the first fifty
    directions, begun from the two main ones, so that nothing is left to chance. One thread does the sums: with any
    number the picture is the same to the last digit shown.
    """
    from threadpoolctl import threadpool_limits

    distinct, first = np.unique(np.array(texts, dtype=object), return_index=True)
    with threadpool_limits(limits=1):
        spots = _in_unit_square(_in_a_plane(vectors[first]))
    at = {text: spots[row].round(3) for row, text in enumerate(distinct)}
    placed, taken = np.zeros((len(texts), 2)), Counter[tuple[float, float]]()
    for row in sorted(range(len(texts)), key=lambda row: (texts[row], row)):
        spot = at[texts[row]]
        placed[row] = _beside(spot, taken[tuple(spot)])
        taken[tuple(spot)] += 1
    return placed.round(4)


def _among_neighbours(vectors: Vectors) -> Vectors:
    """Each vector averaged with its nearest, itself included, and of length one again."""
    cosines = (vectors @ vectors.T).round(8)
    nearest = np.argsort(-cosines, axis=1, kind="stable")[:, : min(_ALIKE, max(1, len(vectors) // 4))]
    means = vectors[nearest].mean(axis=1)
    among: Vectors = means / np.maximum(np.linalg.norm(means, axis=1, keepdims=True), 1e-12)
    return among


def _in_a_plane(vectors: Vectors) -> Vectors:
    from sklearn.decomposition import PCA
    from sklearn.manifold import TSNE

    if len(vectors) < 2 or not np.ptp(vectors, axis=0).any():
        return np.zeros((len(vectors), 2))
    directions = min(_DIRECTIONS, *vectors.shape)
    main: Vectors = PCA(directions, svd_solver="full").fit_transform(_among_neighbours(vectors)).round(8)
    flat = np.pad(main, ((0, 0), (0, max(0, 2 - directions))))[:, :2]
    if len(vectors) < _FEW or directions < 2:
        return flat
    perplexity = min(_NEIGHBOURS, (len(vectors) - 1) / 3)
    begin = 1e-4 * flat / max(flat[:, 0].std(), 1e-12)
    drawn = TSNE(2, init=begin, perplexity=perplexity, max_iter=_ITERATIONS, random_state=_SEED, n_jobs=1)
    placed: Vectors = drawn.fit_transform(main).astype(np.float64)
    return placed


def _in_unit_square(spots: Vectors) -> Vectors:
    if not len(spots):
        return spots
    low, high = spots.min(axis=0), spots.max(axis=0)
    span = np.where(high > low, high - low, 1.0)
    inside = np.where(high > low, (spots - low) / span, 0.5)
    return np.asarray(_MARGIN + (1 - 2 * _MARGIN) * inside, dtype=np.float64)


def _beside(spot: Vectors, place: int) -> Vectors:
    angle, far = place * _GOLDEN_ANGLE, _SPREAD * math.sqrt(place)
    return spot + far * np.array([math.cos(angle), math.sin(angle)])


def nearest_themes(theme_ids: list[str | None], vectors: Vectors, *, most: int = 5) -> pl.DataFrame:
    """For each theme those whose centres lie nearest: candidates for merging.

    Parameters
    ----------
    theme_ids
        The theme of each vector; None is in no theme.
    vectors
        Unit vectors, row by row.
    most
        How many a theme.

    Returns
    -------
    polars.DataFrame
        `theme_id, other_id, similarity` (cosine of the centres, two decimals), nearest first.
    """
    known = sorted({theme_id for theme_id in theme_ids if theme_id is not None})
    labels = np.array([known.index(theme_id) if theme_id is not None else -1 for theme_id in theme_ids], np.int64)
    sums = np.array([vectors[labels == at].sum(axis=0) for at in range(len(known))]).reshape(
        len(known), vectors.shape[1]
    )
    centres = sums / np.maximum(np.linalg.norm(sums, axis=1, keepdims=True), 1e-12)
    cosines = (centres @ centres.T).round(6)
    rows = [
        (theme_id, known[other], round(float(cosines[at, other]), 2))
        for at, theme_id in enumerate(known)
        for other in sorted(range(len(known)), key=lambda other: (-cosines[at, other], known[other]))
        if other != at
    ]
    schema = {"theme_id": pl.String, "other_id": pl.String, "similarity": pl.Float64}
    found = pl.DataFrame(rows, schema=schema, orient="row")
    return found.group_by("theme_id", maintain_order=True).head(most)
