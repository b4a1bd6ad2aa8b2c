"""Encoders: verbatims as points on a sphere, so that alike means near; each is a scikit-learn transformer.

`lexical` needs no weights. `static` and `sentence` know what words mean from weights that `make encoders` prepares, and
stand beside the lexical features: a product name is lexical, a paraphrase is not. The rest of the stage does not know
which encoder ran.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Protocol, Self

import numpy as np
from sklearn.base import BaseEstimator, TransformerMixin, clone
from sklearn.decomposition import PCA
from sklearn.utils.validation import check_is_fitted

from vocanalytics.themes.encoding.lexical import LexicalEncoder, pieces, stems
from vocanalytics.themes.encoding.vectors import Vectors, unit

if TYPE_CHECKING:
    from vocanalytics.settings import ThemeSettings

__all__ = ["Encoder", "FusedEncoder", "LexicalEncoder", "Vectors", "make_encoder", "pieces", "stems"]

#: How long a lexical vector is beside a semantic one of length one.
LEXICAL_WEIGHT = 0.25


class Encoder(Protocol):
    """What the rest of the stage knows of an encoder.

    `fingerprint_` is there after fitting: what a run records about it.
    """

    fingerprint_: dict[str, str]

    def fit(self, X: Sequence[str], y: object = None) -> Self:  # noqa: N803
        """Learn from the texts X, in their order; sort them first."""
        ...

    def transform(self, X: Sequence[str]) -> Vectors:  # noqa: N803
        """Unit vectors of texts, shape (texts, directions); a text of which nothing is known lies at the origin."""
        ...

    def fit_transform(self, X: Sequence[str], y: object = None) -> Vectors:  # noqa: N803
        """Learn from the texts X and return their vectors."""
        ...


def make_encoder(settings: ThemeSettings) -> Encoder:
    """The encoder that the settings name; weights are looked for when it is fitted.

    Raises
    ------
    ThemeError
        By `fit`, when weights or packages are missing or a file is not the one that was prepared.
    """
    lexical = LexicalEncoder(svd_dim=settings.svd_dim, seed=settings.seed)
    if settings.encoder == "lexical":
        return lexical
    return FusedEncoder(_semantic(settings), lexical, dims=settings.svd_dim)


def _semantic(settings: ThemeSettings) -> Any:
    if settings.encoder == "static":
        from vocanalytics.themes.encoding.static import StaticEncoder

        return StaticEncoder(settings.encoders_dir)
    from vocanalytics.themes.encoding.sentence import SentenceEncoder

    return SentenceEncoder(settings.encoders_dir)


class FusedEncoder(TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """Texts that mean alike lie near each other, and nearer when they share words.

    Semantic vectors of length one stand beside lexical ones of a quarter of that length; where there are more texts
    than directions, both are reduced together (PCA) to `dims` directions of length one.

    Parameters
    ----------
    semantic, lexical
        Two encoders; they are copied before they are fitted.
    lexical_weight
        Length of a lexical vector.
    dims
        Directions kept.
    """

    def __init__(self, semantic: Any, lexical: Any, lexical_weight: float = LEXICAL_WEIGHT, dims: int = 128) -> None:
        self.semantic = semantic
        self.lexical = lexical
        self.lexical_weight = lexical_weight
        self.dims = dims

    def fit(self, X: Sequence[str], y: object = None) -> Self:  # noqa: N803
        """Learn the lexical features and the directions of the texts X, in their order; sort them first."""
        self.fit_transform(X)
        return self

    def fit_transform(self, X: Sequence[str], y: object = None) -> Vectors:  # noqa: N803
        """Learn from the texts X and return their vectors, shape (texts, directions)."""
        self.semantic_, self.lexical_ = clone(self.semantic), clone(self.lexical)
        self.fingerprint_: dict[str, str] = self.semantic_.fit(X).fingerprint_
        both = self._beside(self.semantic_.transform(X), self.lexical_.fit_transform(X))
        self.reduce_ = None
        if self.dims < min(both.shape):
            self.reduce_ = PCA(self.dims, svd_solver="covariance_eigh").fit(both)
        return self._reduced(both)

    def transform(self, X: Sequence[str]) -> Vectors:  # noqa: N803
        """Vectors of texts, shape (texts, directions); a text of which nothing is known lies at the origin."""
        check_is_fitted(self)
        return self._reduced(self._beside(self.semantic_.transform(X), self.lexical_.transform(X)))

    def _beside(self, semantic: Vectors, lexical: Vectors) -> Vectors:
        return np.hstack([semantic, self.lexical_weight * lexical])

    def _reduced(self, both: Vectors) -> Vectors:
        if self.reduce_ is None:
            return unit(both)
        if not len(both):
            return np.empty((0, self.dims))
        reduced: Vectors = self.reduce_.transform(both).round(10)
        return unit(reduced * both.any(axis=1, keepdims=True))
