"""Sheets of the workbook on what stands beside the score: how customers speak, and which bet a theme is near."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from typing import Any

from vocanalytics.report.labels import label
from vocanalytics.report.run import RunTables
from vocanalytics.report.safe_text import one_line
from vocanalytics.report.sheets import Book, Column
from vocanalytics.report.view import PreRead

_MEASURES = ("channel", "voice", "register", "insight", "usage_trend", "nps_group", "language")
#: Codes such as `en` are read as they are.
_AS_GIVEN = ("language",)
_MOST_VALUES = 12
_TONES = ("angry", "calm", "delighted")
_FIRST = (
    Column("Rank", 6, "whole"),
    Column("Theme", 34),
    Column("Mentions", 9, "whole"),
    Column("Heat, 0 to 10", 9, "factor", bar=True),
    *(Column(f"Tone: {tone}", 10, "whole") for tone in _TONES),
)


def beside_sheets(book: Book, view: PreRead, run: RunTables) -> None:
    """The sheets Beside the score and Roadmap suggestions; without rows where the run did not read the words."""
    _beside(book, view, run)
    _suggestions(book, view, run)


def _beside(book: Book, view: PreRead, run: RunTables) -> None:
    """One row per theme; one column per value of each measure that occurs, the most frequent first."""
    counts = run.rows("beside")
    heat = {row["theme_id"]: row for row in run.rows("heat")}
    said: Mapping[str, Counter[tuple[str, str]]] = defaultdict(Counter)
    for row in counts:
        said[row["theme_id"]][row["measure"], row["value"]] += row["mentions"]
    values = _values(counts)
    heads = [
        Column(f"{label(measure)}: {value if measure in _AS_GIVEN else _lower(value)}", 11, "whole")
        for measure, value in values
    ]
    rows = [
        (
            theme.rank,
            theme.theme_name,
            heat.get(theme.theme_id, {}).get("mentions"),
            heat.get(theme.theme_id, {}).get("heat"),
            *(heat.get(theme.theme_id, {}).get(tone) for tone in _TONES),
            *(said[theme.theme_id][pair] for pair in values),
            theme.theme_id,
        )
        for theme in view.themes
        if theme.theme_id in said or theme.theme_id in heat
    ]
    note = (
        "Counts of in-scope mentions. Nothing on this sheet entered a score. Heat: from 0 (calm) to 10, the mean over "
        f"the mentions that could be rated. Of each measure the {_MOST_VALUES} most frequent values."
    )
    book.sheet("Beside the score", (*_FIRST, *heads, Column("Theme id", 18)), rows, note)


def _lower(value: str) -> str:
    said = label(one_line(value)) or ""
    return said if said.isupper() or said.startswith(("CSM", "QBR")) else said[:1].lower() + said[1:]


def _values(counts: list[dict[str, Any]]) -> list[tuple[str, str]]:
    """The values of each measure in the order of how often they occur over all themes."""
    totals: Counter[tuple[str, str]] = Counter()
    for row in counts:
        totals[row["measure"], row["value"]] += row["mentions"]
    chosen = []
    for measure in _MEASURES:
        own = [(value, many) for (name, value), many in totals.items() if name == measure]
        chosen += [(measure, value) for value, _ in sorted(own, key=lambda pair: (-pair[1], pair[0]))[:_MOST_VALUES]]
    return chosen


_SUGGESTIONS = (
    Column("Theme", 34),
    Column("Nearest roadmap theme", 40),
    Column("Similarity, 0 to 1", 10, "factor", bar=True),
    Column("Alignment that counts", 10, "whole"),
    Column("Rank", 6, "whole"),
    Column("Roadmap id", 14),
    Column("Theme id", 18),
)


def _suggestions(book: Book, view: PreRead, run: RunTables) -> None:
    themes = {theme.theme_id: theme for theme in view.themes}
    rows = [
        (
            row["theme_name"],
            row["roadmap_name"],
            row["similarity"],
            themes[row["theme_id"]].alignment_score if row["theme_id"] in themes else None,
            themes[row["theme_id"]].rank if row["theme_id"] in themes else None,
            row["roadmap_id"],
            row["theme_id"],
        )
        for row in run.rows("roadmap_suggestions")
    ]
    note = "By the likeness of the words, for whoever writes the alignment. A suggestion is never a score."
    book.sheet("Roadmap suggestions", _SUGGESTIONS, rows, note)
