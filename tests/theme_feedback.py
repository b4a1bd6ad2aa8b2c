"""Verbatims for the tests of the themes stage: four requests said in many ways, and frames of them."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import polars as pl

from vocanalytics.themes import Codebook, CodebookTheme, Exemplar

_OPENINGS = ("We need", "Please add", "Our team asks for", "I would love", "It is time for")
_SAID = {
    "dark": ("a dark mode for the night shift", "dark mode in the mobile app", "a dark theme that spares our eyes"),
    "export": ("a bulk export of all invoices", "bulk export to a spreadsheet", "an export of every invoice at once"),
    "login": ("single sign-on with our identity provider", "SAML single sign-on", "single sign-on for every employee"),
    "maps": ("route planning with live traffic", "better routes around traffic jams", "live traffic on the route map"),
}


def said(topic: str) -> list[str]:
    """Fifteen verbatims about dark, export, login or maps."""
    return [f"{opening} {request}." for opening, request in itertools.product(_OPENINGS, _SAID[topic])]


def everything() -> tuple[list[str], list[str]]:
    """Sixty verbatims about four topics, and the topic of each."""
    pairs = [(verbatim, topic) for topic in _SAID for verbatim in said(topic)]
    return [verbatim for verbatim, _ in pairs], [topic for _, topic in pairs]


def feedback(verbatims: Sequence[str], themes: Sequence[str | None] | None = None) -> pl.DataFrame:
    """Feedback as the themes stage receives it, `f:0000` and on."""
    rows = len(verbatims)
    return pl.DataFrame(
        {
            "feedback_id": [f"f:{row:04d}" for row in range(rows)],
            "verbatim": list(verbatims),
            "subject": [None] * rows,
            "theme": list(themes) if themes is not None else [None] * rows,
            "voice": ["customer"] * rows,
            "language": [None] * rows,
            "account_id": [f"A-{row % 7}" for row in range(rows)],
        },
        schema=dict.fromkeys(
            ("feedback_id", "verbatim", "subject", "theme", "voice", "language", "account_id"), pl.String
        ),
    )


def codebook_of(*topics: str, status: str = "active", first: int = 1) -> Codebook:
    """A codebook that knows topics by six of their verbatims each; ids count from `first`."""
    return Codebook(
        themes=tuple(
            CodebookTheme.model_validate(
                {
                    "theme_id": f"T-{number:04d}",
                    "name": f"Theme of {topic}",
                    "description": f"Everything about {topic}",
                    "status": status,
                    "exemplars": tuple(Exemplar(text=verbatim) for verbatim in said(topic)[:6]),
                }
            )
            for number, topic in enumerate(topics, start=first)
        )
    )
