"""Verbatims as the machine compares them: one normalised text each, equal texts folded, samples that never change."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import blake2b

import polars as pl

_INVISIBLE = r"[\p{Cc}\p{Cf}\x{FE00}-\x{FE0F}]"
_LETTER_OR_DIGIT = r"[\p{L}\p{N}]"


def comparable(text: pl.Expr, *, clip_chars: int) -> pl.Expr:
    """A text without what does not change its meaning: case, width, spacing, invisible characters, and its tail.

    Compatible forms are made one (NFKC), controls and zero-width marks leave, and only the first `clip_chars`
    characters count, since a text of 100 kB says what it wants at its beginning. A comparable text stays as it is, so
    that its fingerprint is that of the words it was made from.
    """
    return (
        text.fill_null("")
        .str.head(4 * clip_chars)
        .str.normalize("NFKC")
        .str.replace_all(r"\s+", " ")
        .str.replace_all(_INVISIBLE, "")
        .str.replace_all("  +", " ")
        .str.to_lowercase()
        .str.normalize("NFKC")
        .str.strip_chars()
        .str.head(clip_chars)
        .str.strip_chars_end()
    )


def with_texts(by_feedback: pl.DataFrame, *, clip_chars: int) -> pl.DataFrame:
    """Feedback with `text` (subject and verbatim, comparable) and `too_short` (fewer than two letters or digits).

    A subject helps to place what a customer said, but does not replace it: an empty verbatim stays too short.
    """
    verbatim = comparable(pl.col("verbatim"), clip_chars=clip_chars)
    return by_feedback.with_columns(
        text=comparable(both_texts(), clip_chars=clip_chars),
        too_short=verbatim.str.count_matches(_LETTER_OR_DIGIT) < 2,
    )


def both_texts() -> pl.Expr:
    """Subject and verbatim as they are sorted together."""
    return pl.concat_str([pl.col("subject"), pl.col("verbatim")], separator=". ", ignore_nulls=True)


def draw(texts: Iterable[str], size: int, *, seed: int) -> list[str]:
    """At most `size` of the distinct texts, sorted; which ones depends on the texts and the seed, never on their order.

    A text that is drawn once is drawn again from a larger or smaller collection with about the same chance, because
    its lot is a digest of its own words.
    """
    distinct = sorted(set(texts))
    if len(distinct) <= size:
        return distinct
    return sorted(sorted(distinct, key=lambda text: (lot(text, seed=seed), text))[:size])


def lot(text: str, *, seed: int) -> bytes:
    """Eight bytes that order texts as if at random, and always the same way."""
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8, key=seed.to_bytes(8, "big")).digest()
