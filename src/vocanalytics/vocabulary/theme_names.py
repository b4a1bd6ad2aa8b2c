"""How theme names are compared, wherever people write them: in tags, in the codebook, in curated files."""

from __future__ import annotations

import unicodedata


def folded(name: str) -> str:
    """A theme name without what people write differently: case, width, spaces, underscores."""
    return " ".join(unicodedata.normalize("NFKC", name).replace("_", " ").casefold().split())
