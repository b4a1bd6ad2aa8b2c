"""How a text falls into the tokens that weights know."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from vocanalytics.errors import ThemeError

#: Tokens read of a text, as the sentence encoder was taught; what comes later does not count.
LONGEST = 256


def read_tokenizer(path: Path) -> Any:
    """The tokenizer of a file, without padding, clipped to the longest text.

    Raises
    ------
    ThemeError
        When the file is not a tokenizer.
    """
    from tokenizers import Tokenizer

    try:
        tokenizer = Tokenizer.from_str(path.read_text(encoding="utf-8"))
    except Exception as error:  # the library raises bare exceptions
        raise ThemeError("not a tokenizer's file", where=path.as_posix(), found=str(error)) from None
    tokenizer.no_padding()
    tokenizer.enable_truncation(LONGEST)
    return tokenizer


def token_ids(tokenizer: Any, texts: Sequence[str], *, ends: bool) -> list[list[int]]:
    """The tokens of each text; with `ends`, the first and last token of a sentence around them."""
    clean = [text if text.isascii() else text.encode("utf-8", "replace").decode() for text in texts]
    return [found.ids for found in tokenizer.encode_batch_fast(clean, add_special_tokens=ends)]
