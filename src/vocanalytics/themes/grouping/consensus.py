"""What many ways to split the same texts agree on: one split that is steadier than each of them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from sklearn.cluster import AgglomerativeClustering

from vocanalytics.themes.encoding.vectors import Vectors
from vocanalytics.themes.grouping.graph import Labels

#: Texts that every way puts together are one row; of more rows than these, the rarest join those most like them.
_MOST_ROWS = 3_000


def agree(ways: Sequence[Labels], number: int) -> Labels:
    """The split into `number` groups in which texts are together that most ways put together.

    Texts are near by the share of ways that have both in one group; groups are joined by their mean nearness
    (average linkage), which does not prefer groups of equal size as KMeans does.
    """
    rows, row_of = _rows(np.stack(ways, axis=1))
    if len(rows) <= max(1, number):
        return row_of
    joined = AgglomerativeClustering(max(1, number), metric="precomputed", linkage="average").fit_predict(_apart(rows))
    labels: Labels = joined[row_of].astype(np.int64)
    return labels


def _rows(splits: Labels) -> tuple[Labels, Labels]:
    """Distinct rows of `splits`, shape (texts, ways), and for each text which of them it is."""
    rows, row_of, counts = np.unique(splits, axis=0, return_inverse=True, return_counts=True)
    row_of = row_of.ravel().astype(np.int64)
    if len(rows) <= _MOST_ROWS:
        return rows, row_of
    kept = np.sort(np.lexsort((np.arange(len(rows)), -counts))[:_MOST_ROWS])
    likest = np.array([(rows[kept] == row).sum(axis=1).argmax() for row in rows], dtype=np.int64)
    return rows[kept], likest[row_of]


def _apart(rows: Labels) -> Vectors:
    """Share of ways that do not put two rows together, shape (rows, rows)."""
    apart: Vectors = np.zeros((len(rows), len(rows)))
    for way in rows.T:
        apart += (way[:, None] != way[None, :]) / rows.shape[1]
    return apart.round(8)
