"""Sheets of the workbook on firmness: the range of each place, every scenario with its result, the smallest facts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from vocanalytics.report.facts import Theme
from vocanalytics.report.flips import flip_sentence
from vocanalytics.report.labels import label
from vocanalytics.report.run import RunTables
from vocanalytics.report.safe_text import one_line
from vocanalytics.report.sheets import Book, Column
from vocanalytics.report.view import PreRead
from vocanalytics.report.wording import Words

_RANGES = (
    Column("Rank", 6, "whole"),
    Column("Theme", 34),
    Column("Start", 10),
    Column("Best rank", 9, "whole"),
    Column("Worst rank", 9, "whole"),
    Column("Scenarios", 10, "whole"),
    Column("Starts as build in", 10, "whole", bar=True),
    Column("Drawn again: 5th percentile", 11, "whole"),
    Column("Drawn again: 95th percentile", 11, "whole"),
    Column("Draws", 8, "whole"),
    Column("Draws as build", 9, "whole", bar=True),
    Column("Mentions", 9, "whole"),
    Column("Rank by mentions", 10, "whole"),
    Column("Loudest account", 28),
    Column("Its mentions", 9, "whole"),
    Column("Rank by loudest account", 10, "whole"),
    Column("Theme id", 18),
)
_OF_RANGES = ("lowest", "highest", "scenarios", "builds", "bootstrap_low", "bootstrap_high", "bootstraps")
_OF_VOICES = ("mentions", "rank_by_mentions", "loudest_account_name", "loudest_mentions", "rank_by_loudest")


def firmness_sheets(book: Book, view: PreRead, run: RunTables) -> None:
    """The sheets Firmness, Scenarios and Flips; without rows where the run did not shake its ranking."""
    themes = {theme.theme_id: theme for theme in view.themes}
    _ranges(book, run, themes)
    _scenarios(book, run, themes)
    _flips(book, run, themes, Words(view.currency, view.as_of))


def _ranges(book: Book, run: RunTables, themes: Mapping[str, Theme]) -> None:
    voices = {row["theme_id"]: row for row in run.rows("loudness")}
    rows = [
        (
            row["rank"],
            _name(row["theme_id"], row, themes),
            label(row["start"]),
            *(row[name] for name in _OF_RANGES),
            row["bootstrap_builds"],
            *(voices.get(row["theme_id"], {}).get(name) for name in _OF_VOICES),
            row["theme_id"],
        )
        for row in run.rows("rank_ranges")
    ]
    book.sheet(
        "Firmness",
        _RANGES,
        rows,
        "Best and worst rank over all scenarios of the sheet Scenarios, the published one included. Mentions and the "
        "loudest account are shown beside the score and never enter it.",
    )


def _name(theme_id: str, row: Mapping[str, Any], themes: Mapping[str, Theme]) -> str:
    """The name as the sheet Matrix has it."""
    return themes[theme_id].theme_name if theme_id in themes else str(row.get("theme_name") or theme_id)


_SCENARIOS = (
    Column("Scenario", 46),
    Column("Theme", 34),
    Column("Kind", 18),
    Column("Composite", 10, "whole"),
    Column("Rank", 8, "whole"),
    Column("Start", 10),
    Column("Rank as published", 10, "whole"),
    Column("Start as published", 10),
    Column("Scenario id", 30),
    Column("Theme id", 18),
)
_KINDS = {"breakpoint": "Threshold", "factor": "Factor or weight"}


def _scenarios(book: Book, run: RunTables, themes: Mapping[str, Theme]) -> None:
    rows = (
        (
            one_line(row["label"]),
            _name(row["theme_id"], row, themes),
            _KINDS.get(row["family"]) or label(row["family"]),
            row["composite"],
            row["rank"],
            label(row["start"]),
            themes[row["theme_id"]].rank if row["theme_id"] in themes else None,
            label(themes[row["theme_id"]].start.value) if row["theme_id"] in themes else None,
            row["scenario"],
            row["theme_id"],
        )
        for row in run.rows("sensitivity")
    )
    book.sheet("Scenarios", _SCENARIOS, rows, "Each scenario changes one thing and scores the whole quarter again.")


_FLIPS = (
    Column("Rank", 6, "whole"),
    Column("Theme", 34),
    Column("Start", 10),
    Column("Composite", 10, "whole"),
    Column("The smallest fact", 70),
    Column("Kind", 16),
    Column("Account", 28),
    Column("ARR", 15, "money"),
    Column("Score", 11),
    Column("From", 10),
    Column("To", 10),
    Column("Rank after", 8, "whole"),
    Column("Composite after", 10, "whole"),
    Column("Start after", 10),
    Column("Size of the fact", 9, "whole"),
    Column("Theme id", 18),
)
_FACTS = {"account_leaves": "Account leaves", "signal_wrong": "Churn signal", "score_point": "Score point"}


def _flips(book: Book, run: RunTables, themes: Mapping[str, Theme], words: Words) -> None:
    book.sheet(
        "Flips",
        _FLIPS,
        _facts(run, themes, words),
        "The smallest single fact that would put a theme on the shortlist or take it off. Size 1: a signal one class "
        "off; 2: two classes off; 3: one account leaves; 4: one score a point off. Empty: no single fact does it.",
    )


def _facts(run: RunTables, themes: Mapping[str, Theme], words: Words) -> Iterator[tuple[Any, ...]]:
    for row in run.rows("flips"):
        theme = themes.get(row["theme_id"])
        yield (
            row["rank"],
            _name(row["theme_id"], row, themes),
            label(row["start"]),
            row["composite"],
            flip_sentence(row, theme, words) if theme else None,
            _FACTS.get(row["kind"]),
            one_line(row["account_name"]) or None,
            row["arr"],
            label(row["dimension"]),
            label(row["from_value"]),
            label(row["to_value"]),
            row["rank_after"],
            row["composite_after"],
            label(row["start_after"]),
            row["size"],
            row["theme_id"],
        )
