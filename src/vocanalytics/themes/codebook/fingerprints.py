"""Which words a text is made of, as sixty-four digits: the same words have the same ones, wherever they were said."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from hashlib import sha256

import polars as pl

from vocanalytics.themes.texts import comparable

#: The characters that count; what a text says beyond them does not change which text it is.
FINGERPRINT_CHARS = 2_000


def whole_text(subject: str | None, verbatim: str | None) -> str:
    """A message as it is sorted: its subject and what it says, as the themes stage reads them together."""
    return ". ".join(part for part in (subject, verbatim) if part is not None)


@lru_cache(maxsize=65_536)
def fingerprint(text: str) -> str:
    """Which words these are, whatever their case, width and spacing: SHA-256 of the comparable text."""
    return fingerprints([text])[0]


def fingerprints(texts: Sequence[str] | pl.Series) -> list[str]:
    """The fingerprint of each text, in their order."""
    held = pl.DataFrame({"text": texts}, schema={"text": pl.String})
    words = held.select(comparable(pl.col("text"), clip_chars=FINGERPRINT_CHARS))["text"]
    return [sha256(text.encode("utf-8", "surrogatepass")).hexdigest() for text in words]
