"""Ways to find themes, each done in a process of its own: ours, and plain scikit-learn."""

from __future__ import annotations

from typing import Any

import numpy as np
from own_process import answer_one
from sklearn.cluster import KMeans
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.metrics import silhouette_score
from theme_data import by_feedback, placed

from vocanalytics.settings import ThemeSettings
from vocanalytics.themes import Codebook, find_themes
from vocanalytics.themes.encoding.encoders import make_encoder
from vocanalytics.themes.encoding.sentence import SentenceEncoder
from vocanalytics.themes.texts import with_texts

SEED = 0
_SILHOUETTE_ROWS = 3_000
_MOST_THEMES = 300


def ours(*, verbatims: list[str], settings: dict[str, Any]) -> list[str | None]:
    """What the product does with a first quarter: no codebook, number of themes found by itself."""
    return placed(find_themes(by_feedback(verbatims), Codebook(), ThemeSettings(**settings)), len(verbatims))


def vectors(*, verbatims: list[str], settings: dict[str, Any], to: str) -> None:
    """What other methods are given, row by row, into a .npy file: the vectors that ours begins with.

    Those of the sentence encoder are the model's own, before anything lexical stands beside them.
    """
    chosen = ThemeSettings(**settings)
    texts = with_texts(by_feedback(verbatims), clip_chars=chosen.clip_chars)["text"].to_list()
    encoder = SentenceEncoder(chosen.encoders_dir) if chosen.encoder == "sentence" else make_encoder(chosen)
    np.save(to, encoder.fit(sorted(set(texts))).transform(texts))


def words_kmeans(*, verbatims: list[str], themes: int | None) -> list[str]:
    """TF-IDF of words and KMeans, both with scikit-learn's defaults; without a number, the best silhouette chooses."""
    weights = TfidfVectorizer().fit_transform(verbatims)
    return _strings(_fit(weights, themes) if themes else _fit_by_silhouette(weights))


def vectors_kmeans(*, vectors: str, themes: int) -> list[str]:
    """KMeans on vectors made before, a .npy file."""
    return _strings(_fit(np.load(vectors), themes))


def _fit(rows: Any, themes: int) -> Any:
    return KMeans(themes, random_state=SEED).fit_predict(rows)


def _fit_by_silhouette(rows: Any) -> Any:
    sample = min(_SILHOUETTE_ROWS, rows.shape[0])
    tried = [_fit(rows, themes) for themes in numbers_to_try(rows.shape[0])]
    return max(tried, key=lambda labels: silhouette_score(rows, labels, sample_size=sample, random_state=SEED))


def numbers_to_try(rows: int) -> list[int]:
    """Numbers of themes from 2 on, each a quarter more than the one before, up to 300 or a third of the rows."""
    numbers = [2]
    while (following := max(numbers[-1] + 1, numbers[-1] * 5 // 4)) <= min(_MOST_THEMES, rows // 3):
        numbers.append(following)
    return numbers


def _strings(labels: Any) -> list[str]:
    return [str(label) for label in labels]


if __name__ == "__main__":
    answer_one({"ours": ours, "vectors": vectors, "words_kmeans": words_kmeans, "vectors_kmeans": vectors_kmeans})
