"""Near duplicates: texts in the same words are one text before themes are looked for, whatever numbers they carry."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from vocanalytics.themes.encoding.lexical import stems
from vocanalytics.themes.grouping.graph import Labels


def fold(texts: Sequence[str]) -> tuple[Labels, Labels]:
    """Which texts stand for all, and for each text, which of them stands for it.

    Texts are folded when their stems are the same in the same order, numbers and signs left out: a template that is
    sent a thousand times is one request that weighs a thousand, not a crowd of neighbours that know only each other.
    """
    first: dict[tuple[str, ...], int] = {}
    stands: list[int] = []
    row_of = np.empty(len(texts), dtype=np.int64)
    for at, text in enumerate(texts):
        words = tuple(stem for stem in stems(text) if not stem.isdecimal()) or (text,)
        row_of[at] = first.setdefault(words, len(stands))
        if row_of[at] == len(stands):
            stands.append(at)
    return np.array(stands, dtype=np.int64), row_of
