"""Known themes first: which of them a verbatim belongs to if to any, how sure that is, and how near it lies.

A classifier taught with the examples says which theme and how sure it is; the cosine to the centre of that theme says
how near. Measured on 6,000 questions of Banking77 with twenty examples of 58 of the 77 themes, `lexical`: with the
cosine alone 88% of the questions of known themes join, 86% of those rightly, and 54% of the others; with certainty
asked too, 87%, 88% and 40%.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import normalize

from vocanalytics.themes.encoding.encoders import Vectors
from vocanalytics.themes.grouping.graph import Labels
from vocanalytics.themes.texts import lot

if TYPE_CHECKING:
    from vocanalytics.settings import ThemeSettings

#: A verbatim joins a known theme when the classifier is this sure and it lies near; in a group that mostly joined known
#: themes, the second figure and a little farther are enough.
SURE, FAIRLY_SURE = 0.5, 0.25
A_LITTLE_FARTHER = 0.8
#: Near is as near as this share of the examples lie to the others of their theme, but never below the second figure;
#: the third is used where no theme has two examples, so that nothing can be learnt about it.
_AS_NEAR_AS, _NEAR_AT_LEAST, _NEAR_WITHOUT_EXAMPLES = 0.9, 0.15, 0.35
_EXAMPLES_A_THEME = 50
_EXAMPLES_IN_ALL = 10_000


def pick_examples(by_example: pl.DataFrame, *, seed: int) -> pl.DataFrame:
    """At most fifty examples a theme, whatever the order of the rows.

    Parameters
    ----------
    by_example
        `theme_id` and `text` (comparable), repeats allowed.
    seed
        Decides, with the words themselves, which examples stay.

    Returns
    -------
    polars.DataFrame
        `theme_id, text`, distinct, sorted.
    """
    distinct = by_example.select("theme_id", "text").unique().sort("theme_id", "text")
    a_theme = max(1, min(_EXAMPLES_A_THEME, _EXAMPLES_IN_ALL // max(1, distinct["theme_id"].n_unique())))
    lots = pl.Series("lot", [lot(text, seed=seed) for text in distinct["text"]], dtype=pl.Binary)
    drawn = distinct.with_columns(lots).sort("theme_id", "lot", "text").group_by("theme_id", maintain_order=True)
    return drawn.head(a_theme).drop("lot").sort("theme_id", "text")


@dataclass(frozen=True, slots=True)
class KnownThemes:
    """The themes that a verbatim can join.

    Attributes
    ----------
    theme_ids
        Sorted; positions in it are the labels.
    centres
        One unit vector a theme, shape (themes, directions).
    classifier
        Says which theme; absent where only one is known.
    near
        The cosine from which a verbatim joins.
    """

    theme_ids: tuple[str, ...]
    centres: Vectors
    classifier: LogisticRegression | None
    near: float

    def likeliest(self, vectors: Vectors) -> tuple[Labels, Vectors, Vectors]:
        """For each vector, which known theme it would belong to, how sure that is (0 to 1), and the cosine to it.

        Without any known theme: -1, 0 and 0.
        """
        nothing = np.zeros(len(vectors))
        if not self.theme_ids or not len(vectors):
            return np.full(len(vectors), -1, dtype=np.int64), nothing, nothing
        which, certainty = np.zeros(len(vectors), dtype=np.int64), np.ones(len(vectors))
        if self.classifier is not None:
            probabilities = self.classifier.predict_proba(vectors).round(6)
            which, certainty = probabilities.argmax(axis=1).astype(np.int64), probabilities.max(axis=1)
        return which, certainty, np.einsum("ij,ij->i", vectors, self.centres[which]).round(6)


def learn_known_themes(examples: pl.DataFrame, vectors: Vectors, settings: ThemeSettings) -> KnownThemes:
    """What the examples of the known themes teach.

    Parameters
    ----------
    examples
        `theme_id`, sorted.
    vectors
        Their unit vectors, row by row.
    settings
        `join_similarity` sets how near is near enough, else it is learnt from the examples.
    """
    theme_ids = tuple(examples["theme_id"].unique().sort())
    if not theme_ids:
        return KnownThemes((), np.empty((0, vectors.shape[1])), None, 1.0)
    position = {theme_id: at for at, theme_id in enumerate(theme_ids)}
    labels = np.array([position[theme_id] for theme_id in examples["theme_id"]], dtype=np.int64)
    sums = np.vstack([vectors[labels == at].sum(axis=0) for at in range(len(theme_ids))])
    classifier = None
    if len(theme_ids) > 1:
        classifier = LogisticRegression(C=10.0, max_iter=1000).fit(vectors, labels)
    near = settings.join_similarity or _learn_near(vectors, labels, sums)
    return KnownThemes(theme_ids, normalize(sums).round(8), classifier, near)


def _learn_near(vectors: Vectors, labels: Labels, sums: Vectors) -> float:
    """How near most examples lie to the centre of the other examples of their theme."""
    companions = np.bincount(labels)[labels] > 1
    if not companions.any():
        return _NEAR_WITHOUT_EXAMPLES
    others = normalize(sums[labels] - vectors)
    cosines = np.einsum("ij,ij->i", vectors, others)[companions]
    return max(_NEAR_AT_LEAST, float(np.quantile(cosines, 1 - _AS_NEAR_AS).round(6)))
