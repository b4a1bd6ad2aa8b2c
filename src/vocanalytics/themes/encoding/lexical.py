"""The lexical encoder: learns from the verbatims themselves which words and pieces go together; needs no weights."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, Self

import numpy as np
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.decomposition import TruncatedSVD
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.pipeline import Pipeline, make_pipeline, make_union
from sklearn.preprocessing import FunctionTransformer, Normalizer

from vocanalytics.themes.encoding.vectors import Vectors
from vocanalytics.themes.wording.stopwords import STOP_WORDS

_WORD = re.compile(r"\w+")
# Scripts written without spaces (Thai to Burmese, Khmer, kana, Han): there, two characters say what four say elsewhere.
_UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]")
_ENDINGS = (("ies", "y"), ("sses", "ss"), ("ing", ""), ("ed", ""), ("es", "e"), ("s", ""))
_MAX_PIECES = 50_000


class LexicalEncoder(TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """Texts that share words, or pieces of words, lie near each other.

    Stems and four-character pieces weigh by how rare they are (TF-IDF, sublinear), stand side by side with equal
    right, and are reduced to `svd_dim` directions (TruncatedSVD) of length one. The pieces carry typos, compounds and
    languages without a stemmer. Weights are rounded to ten decimals and vectors to eight, because processors disagree
    beyond that.

    Parameters
    ----------
    svd_dim
        Directions kept; fewer where the texts do not have as many.
    seed
        For the randomised decomposition.
    """

    def __init__(self, svd_dim: int = 200, seed: int = 7) -> None:
        self.svd_dim = svd_dim
        self.seed = seed

    def fit(self, X: Sequence[str], y: object = None) -> Self:  # noqa: N803
        """Learn the pieces and the directions of the texts X, in their order; sort them first."""
        self.fit_transform(X)
        return self

    def fit_transform(self, X: Sequence[str], y: object = None) -> Vectors:  # noqa: N803
        """Learn from the texts X and return their vectors, shape (texts, directions)."""
        weigh, weights = _weigh(X)
        n_dims = min(self.svd_dim, weights.shape[0] - 1, weights.shape[1] - 1)
        reduce = TruncatedSVD(n_dims, random_state=self.seed) if n_dims > 1 else FunctionTransformer(_dense)
        self.pipeline_ = make_pipeline(weigh, reduce, Normalizer())
        self.fingerprint_ = {"encoder": "lexical"}
        vectors: Vectors = self.pipeline_[1:].fit_transform(weights)
        self.directions_ = vectors.shape[1]
        return vectors.round(8)

    def transform(self, X: Sequence[str]) -> Vectors:  # noqa: N803
        """Vectors of texts, shape (texts, directions); a text without a known piece lies at the origin."""
        if not len(X):
            return np.empty((0, self.directions_))
        vectors: Vectors = self.pipeline_.transform(X)
        return vectors.round(8)


def _weigh(texts: Sequence[str]) -> tuple[Pipeline, Any]:
    try:
        return _fit_weights(texts, min_texts=2)
    except ValueError:  # no two texts share a word or a piece
        return _fit_weights(texts, min_texts=1)


def _fit_weights(texts: Sequence[str], *, min_texts: int) -> tuple[Pipeline, Any]:
    by_word, by_piece = (
        TfidfVectorizer(analyzer=analyzer, min_df=min_texts, max_features=_MAX_PIECES, sublinear_tf=True)
        for analyzer in (stems, pieces)
    )
    weigh = make_pipeline(make_union(by_word, by_piece), FunctionTransformer(_rounded))
    return weigh, weigh.fit_transform(texts)


def _rounded(weights: Any) -> Any:
    rounded = weights.copy()
    rounded.data = rounded.data.round(10)
    return rounded


def _dense(weights: Any) -> Vectors:
    dense: Vectors = weights.toarray()
    return dense


def stems(text: str) -> list[str]:
    """The words of a comparable text, English endings off."""
    return [_stem(word) for word in _WORD.findall(text)]


def pieces(text: str) -> list[str]:
    """Overlapping pieces of the words of a comparable text: four characters, two in scripts without spaces.

    Words without a subject of their own bring none: they count once, as words. With pieces they would bind texts of
    one language rather than of one theme. A text of nothing but such words has only them to go by.
    """
    words = _WORD.findall(text)
    telling = [word for word in words if word not in STOP_WORDS] or words
    return [piece for word in telling for piece in _pieces(word)]


@lru_cache(maxsize=1 << 14)
def _stem(word: str) -> str:
    for ending, instead in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 3 and not word.endswith("ss"):
            word = word[: -len(ending)] + instead
            break
    if len(word) > 3 and word.endswith("e"):
        word = word[:-1]
    return word[:-1] if len(word) > 3 and word[-1] == word[-2] else word


@lru_cache(maxsize=1 << 14)
def _pieces(word: str) -> tuple[str, ...]:
    size, padded = (2, word) if _UNSPACED.search(word) else (4, f" {word} ")
    return tuple(padded[at : at + size] for at in range(max(1, len(padded) - size + 1)))
