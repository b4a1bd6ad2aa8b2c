"""What came from outside, made fit to be shown: nothing hides in a name, nothing runs from a link."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from urllib.parse import urlsplit

from markupsafe import Markup

from vocanalytics import legible

_NOT_IN_A_LINK = re.compile(r"[\s\x00-\x20\x7f-\x9f\\<>\"'`]")
_LINK_CHARACTERS = 2_000
#: A spreadsheet takes a cell that begins with one of these for a formula.
_ACTIVE = ("=", "+", "-", "@", "\t", "\r", "\n", "\x00", "＝", "＋", "－", "＠")


def visible(text: str | None) -> str:
    """A text in which what is invisible or turns the writing round is written out; nothing for no text."""
    return legible.visible(text or "")


def one_line(text: str | None) -> str:
    """A visible text on one line, for names, roles and reasons."""
    return " ".join(visible(text).split())


def in_sentence(name: str) -> str:
    """A name as a sentence holds it: one in a right-to-left script is set apart, so that it cannot turn the rest."""
    turns = any(unicodedata.bidirectional(character) in ("R", "AL") for character in name)
    return f"\u2068{name}\u2069" if turns else name


def link(url: str | None) -> str | None:
    """A link that a reader may follow: http or https with a host, or nothing."""
    if not url or len(url) > _LINK_CHARACTERS or _NOT_IN_A_LINK.search(url) or visible(url) != url:
        return None
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    return url if parts.scheme in ("http", "https") and parts.hostname and not parts.username else None


def inert(value: object) -> object:
    """A value as a cell of a CSV file holds it: no text acts as a formula, and nothing stands for nothing."""
    if isinstance(value, str):
        return f"'{value}" if value.startswith(_ACTIVE) else value
    return "" if value is None else value


def ours(text: str) -> Markup:
    """Markup from text that only our own templates, stylesheets and scripts wrote: the one door past the escaping."""
    return Markup(text)  # noqa: S704


def anchors(theme_ids: Iterable[str]) -> dict[str, str]:
    """One address inside the page for each theme, of letters, digits and hyphens only, all different."""
    given: dict[str, str] = {}
    taken: set[str] = set()
    for theme_id in theme_ids:
        stem = "t-" + (re.sub(r"[^a-z0-9]+", "-", theme_id.lower()).strip("-")[:60] or "theme")
        anchor, number = stem, 2
        while anchor in taken:
            anchor, number = f"{stem}-{number}", number + 1
        taken.add(anchor)
        given[theme_id] = anchor
    return given
