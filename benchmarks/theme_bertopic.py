"""BERTopic with its defaults, in the environment made from requirements-bench.lock; nothing of the product is there.

Its defaults differ from one run to the next, because UMAP draws without a seed: here UMAP gets one, and nothing else is
changed.
"""

from __future__ import annotations

import numpy as np
from bertopic import BERTopic
from own_process import answer_one

SEED = 42


def bertopic(*, verbatims: list[str], vectors: str) -> list[str | None]:
    """The topic of each verbatim by vectors made before (a .npy file, row by row); None is its topic -1, outliers."""
    model = BERTopic()
    model.umap_model.random_state = SEED
    topics, _ = model.fit_transform(verbatims, np.load(vectors).astype(np.float32))
    return [None if topic == -1 else str(topic) for topic in topics]


if __name__ == "__main__":
    answer_one({"bertopic": bertopic})
