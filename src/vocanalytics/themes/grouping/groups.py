"""Which group a verbatim lies in: as it was fitted, or as the fitted ones would have it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from sklearn.linear_model import LogisticRegression

from vocanalytics.themes.encoding.vectors import Vectors
from vocanalytics.themes.grouping.cluster import LIKE_NOTHING, Clusters, cluster, nearest_centre
from vocanalytics.themes.grouping.folding import fold
from vocanalytics.themes.grouping.graph import Labels

if TYPE_CHECKING:
    from vocanalytics.settings import ThemeSettings

_TAUGHT_WITH = 10_000


@dataclass(frozen=True, slots=True)
class Groups:
    """Groups of verbatims, and how others are put into them.

    Attributes
    ----------
    clusters
        Where the groups lie.
    fitted
        The group of each text that was fitted.
    classifier
        Says the group of any other text; absent where there is at most one.
    """

    clusters: Clusters
    fitted: Mapping[str, int] = field(default_factory=dict)
    classifier: LogisticRegression | None = None

    def of(self, texts: Sequence[str], vectors: Vectors) -> tuple[Labels, Vectors]:
        """For each text, its group (-1 without any) and the cosine to the centre of that group, six decimals.

        One that is not like its group is asked where it is nearest.
        """
        nearest, cosines = nearest_centre(vectors, self.clusters.centres)
        if self.classifier is None or not len(vectors):
            return nearest, cosines
        guessed = self.classifier.predict(vectors)
        pairs = zip(texts, guessed.tolist(), strict=True)
        group = np.array([self.fitted.get(text, guess) for text, guess in pairs], dtype=np.int64)
        own = np.einsum("ij,ij->i", vectors, self.clusters.centres[group]).round(6)
        lost = own < LIKE_NOTHING
        return np.where(lost, nearest, group), np.where(lost, cosines, own)


def learn_groups(texts: Sequence[str], vectors: Vectors, weights: Labels, settings: ThemeSettings) -> Groups:
    """Groups of distinct texts and a classifier taught by them.

    Measured on Banking77 with themes fitted on a third: the classifier puts the rest into groups with NMI 0.80, the
    nearest centre with 0.79.

    Parameters
    ----------
    texts
        Comparable and sorted.
    vectors
        Their unit vectors, row by row.
    weights
        How many verbatims share each.
    """
    stands, row_of = fold(texts)
    folded = np.bincount(row_of, weights=weights).astype(np.int64)
    clusters = cluster(vectors[stands], folded, settings)
    fitted = dict(zip(texts, clusters.labels[row_of].tolist(), strict=True))
    if len(clusters.centres) < 2:
        return Groups(clusters, fitted)
    every = max(1, -(-len(stands) // _TAUGHT_WITH))
    teach = LogisticRegression(C=10.0, max_iter=1000)
    return Groups(clusters, fitted, teach.fit(vectors[stands][::every], clusters.labels[::every]))
