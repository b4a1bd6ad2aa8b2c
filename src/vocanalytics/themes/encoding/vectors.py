"""Points on a sphere: what every encoder gives for a text."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from sklearn.preprocessing import normalize

Vectors = NDArray[np.float64]


def unit(vectors: Vectors) -> Vectors:
    """Vectors of length one, eight decimals, because processors disagree beyond; the origin stays where it is."""
    scaled: Vectors = normalize(vectors) if len(vectors) else vectors
    return scaled.round(8) + 0.0
