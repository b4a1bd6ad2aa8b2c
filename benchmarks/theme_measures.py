"""How near a partition that a machine found is to the one that people gave."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import linear_sum_assignment
from sklearn.metrics import adjusted_mutual_info_score, adjusted_rand_score, normalized_mutual_info_score
from sklearn.metrics.cluster import contingency_matrix

#: A theme, or None where a method left the verbatim out.
Placed = Sequence[str | None]


@dataclass(frozen=True, slots=True)
class Agreement:
    """How well themes found agree with the labels of people; a verbatim left out is never a success.

    Attributes
    ----------
    found, true
        Number of themes found, and of labels.
    nmi, ami, ari
        Normalised mutual information, the same less what chance gives, and the adjusted Rand index; what was left out
        counts as one more group.
    accuracy
        Share of all verbatims that are right when each label is given the one theme that suits best (Hungarian
        assignment): a label spread over several themes is right in one of them only.
    purity
        Share of all verbatims that carry the commonest label of their theme. It grows with the number of themes, so
        it means something only beside that number.
    left_out
        Share of verbatims in no theme.
    """

    found: int
    true: int
    nmi: float
    ami: float
    ari: float
    accuracy: float
    purity: float
    left_out: float


def agreement(labels: Sequence[str], placed: Placed) -> Agreement:
    """Compare themes with labels, verbatim by verbatim."""
    if len(labels) != len(placed) or not labels:
        raise ValueError(f"{len(labels)} labels for {len(placed)} verbatims")
    pairs = [(label, theme) for label, theme in zip(labels, placed, strict=True) if theme is not None]
    counts = contingency_matrix(*map(list, zip(*pairs, strict=True))) if pairs else np.zeros((1, 1), dtype=np.int64)
    labels_at, themes_at = linear_sum_assignment(counts, maximize=True)
    return Agreement(
        found=len({theme for _, theme in pairs}),
        true=len(set(labels)),
        nmi=float(normalized_mutual_info_score(labels, groups(placed))),
        ami=float(adjusted_mutual_info_score(labels, groups(placed))),
        ari=float(adjusted_rand_score(labels, groups(placed))),
        accuracy=float(counts[labels_at, themes_at].sum() / len(labels)),
        purity=float(counts.max(axis=0).sum() / len(labels)),
        left_out=1 - len(pairs) / len(labels),
    )


def groups(placed: Placed) -> list[str]:
    """Themes with what was left out as one more group; no theme has the empty name."""
    return ["" if theme is None else theme for theme in placed]


def likeness(one: Placed, other: Placed) -> float:
    """Adjusted Rand index between two ways to place the same verbatims: 1 is the same, 0 is chance."""
    return float(adjusted_rand_score(groups(one), groups(other)))
