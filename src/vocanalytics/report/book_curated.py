"""Sheets of the workbook on what people wrote down before the session: alignment with its reasons, and overrides."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from vocanalytics.report.cards import alignment_lines
from vocanalytics.report.labels import label, yes_or_no
from vocanalytics.report.run import RunTables
from vocanalytics.report.safe_text import one_line
from vocanalytics.report.sheets import Book, Column
from vocanalytics.report.view import PreRead
from vocanalytics.vocabulary import Flag

_ALIGNMENT = (
    Column("Theme", 34),
    Column("Rank", 6, "whole"),
    Column("Roadmap id", 14),
    Column("Roadmap theme", 34),
    Column("Relation", 10),
    Column("CS score", 8, "whole"),
    Column("CS rationale", 50),
    Column("Product score", 8, "whole"),
    Column("Product rationale", 50),
    Column("Score that counts", 9, "whole"),
    Column("Preliminary", 11),
    Column("Theme id", 18),
)
_ALIGNMENT_NOTE = (
    "Product's score counts; until it is given, the preliminary one of CS. A theme without a score has no rank. A line "
    "without a theme id fits no theme of this quarter and counts for nothing."
)


def curated_sheets(book: Book, view: PreRead, run: RunTables) -> None:
    """The sheets Alignment and Overrides."""
    _alignment(book, view, run)
    _overrides(book, run)


def _alignment(book: Book, view: PreRead, run: RunTables) -> None:
    """Every theme of the ranking with its line, then lines of themes that nobody in scope asks for, then the others."""
    pairs = list(alignment_lines(run["alignment"], (*view.themes, *view.tracked)))
    lines = {theme_id: line for theme_id, line in pairs if theme_id is not None}
    scores = {row["theme_id"]: row for row in run["theme_scores"].iter_rows(named=True)}
    bets = dict(run["roadmap"].select("roadmap_id", "name").iter_rows())
    heard = [theme.theme_id for theme in view.themes]
    apart = [theme.theme_id for theme in view.tracked if theme.theme_id in lines]
    rows = [_aligned(lines.get(theme_id, {}), scores[theme_id], bets) for theme_id in (*heard, *apart)]
    rows += [_aligned(line, {}, bets) for theme_id, line in pairs if theme_id is None]
    book.sheet("Alignment", _ALIGNMENT, rows, _ALIGNMENT_NOTE)


def _aligned(line: Mapping[str, Any], score: Mapping[str, Any], bets: Mapping[str, str]) -> tuple[Any, ...]:
    bet, counts = line.get("roadmap_id"), score.get("alignment_score")
    preliminary = Flag.PRELIMINARY.value in (score.get("flags") or ())
    return (
        score.get("theme_name") or line.get("theme"),
        score.get("rank"),
        bet,
        one_line(bets.get(bet or "")) or None,
        label(line.get("relation")),
        line.get("score_cs"),
        one_line(line.get("rationale_cs")) or None,
        line.get("score_product"),
        one_line(line.get("rationale_product")) or None,
        counts,
        None if counts is None else yes_or_no(preliminary),
        score.get("theme_id"),
    )


_OVERRIDES = (
    Column("Theme", 34),
    Column("Kind", 22),
    Column("Status", 12),
    Column("Reason", 50),
    Column("Requested by", 18),
    Column("Approved by", 18),
    Column("Expires", 12, "date"),
    Column("Why not applied", 40),
    Column("Rank with it", 8, "whole"),
    Column("Start with it", 10),
    Column("Rank without it", 8, "whole"),
    Column("Start without it", 10),
    Column("Theme id", 18),
)


def _overrides(book: Book, run: RunTables) -> None:
    rows = [
        (
            row["theme_name"],
            label(row["kind"]),
            label(row["status"]),
            *(one_line(row[name]) or None for name in ("reason", "requested_by", "approved_by")),
            row["expires_on"],
            one_line(row["why"]) or None,
            row["rank"],
            label(row["start"]),
            row["rank_without"],
            label(row["start_without"]),
            row["theme_id"],
        )
        for row in run.rows("override_status")
    ]
    note = "Each override taken alone, by scoring again. One that is not applied has the same place twice."
    book.sheet("Overrides", _OVERRIDES, rows, note)
