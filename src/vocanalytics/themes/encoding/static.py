"""The static encoder: a verbatim is the mean of what its words mean; fast, offline, needs no model at run time."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils.validation import check_is_fitted

from vocanalytics.errors import ThemeError
from vocanalytics.themes.encoding.tokens import read_tokenizer, token_ids
from vocanalytics.themes.encoding.vectors import Vectors, unit
from vocanalytics.themes.encoding.weights import read_weights

_BATCH = 20_000


class StaticEncoder(TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """Texts whose words mean alike lie near each other; the order of words does not count.

    Each token has a vector, made once from the sentence encoder; a text is the mean of its tokens. Common words have
    short vectors and so weigh little.

    Parameters
    ----------
    encoders_dir
        Where `static/` lies.
    """

    def __init__(self, encoders_dir: str | Path = "data/encoders") -> None:
        self.encoders_dir = encoders_dir

    def fit(self, X: Sequence[str], y: object = None) -> Self:  # noqa: N803
        """Read and check the weights; there is nothing to learn from the texts X.

        Raises
        ------
        ThemeError
            When weights or packages are missing, or a file is not the one that was prepared.
        """
        weights = read_weights(Path(self.encoders_dir), "static")
        self.fingerprint_ = weights.fingerprint
        self.tokenizer_ = read_tokenizer(weights.tokenizer)
        self.vectors_ = read_vectors(weights.numbers)
        return self

    def transform(self, X: Sequence[str]) -> Vectors:  # noqa: N803
        """Vectors of texts, shape (texts, directions); a text without a known token lies at the origin."""
        check_is_fitted(self)
        texts = list(X)
        batches = [texts[start : start + _BATCH] for start in range(0, max(1, len(texts)), _BATCH)]
        means = [mean_vectors(token_ids(self.tokenizer_, batch, ends=False), self.vectors_) for batch in batches]
        return unit(np.vstack(means))


def mean_vectors(by_text: Sequence[Sequence[int]], vectors: Vectors) -> Vectors:
    """The mean vector of the tokens of each text, added up in their order."""
    return np.asarray(token_shares(by_text, len(vectors)) @ vectors)


def token_shares(by_text: Sequence[Sequence[int]], n_tokens: int) -> csr_array:
    """Which share of each text every token has, shape (texts, tokens)."""
    lengths = np.array([len(ids) for ids in by_text], dtype=np.int64)
    ends = np.concatenate([[0], np.cumsum(lengths)])
    tokens = np.fromiter((token for ids in by_text for token in ids), dtype=np.int64, count=int(ends[-1]))
    shares = np.repeat(1.0 / np.maximum(lengths, 1), lengths)
    return csr_array((shares, tokens, ends), shape=(len(lengths), n_tokens))


def read_vectors(path: Path) -> Vectors:
    """The vectors of all tokens, shape (tokens, directions).

    Raises
    ------
    ThemeError
        When the file is not such a table.
    """
    try:
        table: NDArray[np.float16] = np.load(path)  # refuses objects by itself
        if table.ndim != 2 or not np.isfinite(table).all():
            raise ValueError(f"a table of shape {table.shape}")
    except (ValueError, TypeError, EOFError, OSError) as error:
        raise ThemeError("not a table of vectors", where=path.as_posix(), found=str(error)) from None
    return table.astype(np.float64)
