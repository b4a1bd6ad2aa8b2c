"""Which theme of the run each line of a decision sheet means: by id, or by name as people write it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any, NamedTuple

import polars as pl

from vocanalytics.decisions.findings import Finding, shown
from vocanalytics.settings.decision_words import plain
from vocanalytics.vocabulary import folded


class Line(NamedTuple):
    """A line of the sheet: where it stands, the theme it means, and its cells."""

    where: str
    number: int
    theme_id: str | None
    theme: str
    cells: Mapping[str, Any]


def where_of(export: str, number: int) -> str:
    """Where a record stands, as a person looks for it in a text or in a spreadsheet."""
    return f"{export}, {'row' if export.casefold().endswith('.xlsx') else 'line'} {number}"


class ThemeIndex:
    """The themes of a run by every way in which a sheet may name them."""

    def __init__(self, themes: pl.DataFrame) -> None:
        self.names: dict[str, str] = dict(themes.select("theme_id", "theme_name").iter_rows())
        self._fits: defaultdict[str, set[str]] = defaultdict(set)
        for theme_id, theme_name in self.names.items():
            self._fits[folded(plain(theme_id))].add(theme_id)
            self._fits[folded(plain(theme_name))].add(theme_id)

    def fits(self, written: str) -> list[str]:
        """The ids that a cell may mean; an id as it is written means itself only."""
        return [written] if written in self.names else sorted(self._fits.get(folded(written), set()))


def lines_of(rows: pl.DataFrame, index: ThemeIndex) -> tuple[list[Line], list[Finding]]:
    """The lines of a sheet with the themes they mean, and what is wrong with the naming.

    Returns
    -------
    lines
        One per row; `theme_id` is None where the row means no theme, or one that an earlier row means already.
    findings
        Unknown, ambiguous, contradicting and repeated themes.
    """
    lines: list[Line] = []
    findings: list[Finding] = []
    seen: dict[str, str] = {}
    for cells in rows.iter_rows(named=True):
        where = where_of(cells["export"], cells["export_row"])
        theme_id, fault = _meant(cells, index, where)
        if theme_id is not None and theme_id in seen:
            fault = Finding(
                "theme_twice",
                where,
                index.names[theme_id],
                "the theme is decided twice",
                f"it stands in {seen[theme_id]} as well",
                advice="Keep one of the lines",
            )
            theme_id = None
        if theme_id is not None:
            seen[theme_id] = where
        findings += [fault] if fault else []
        name = index.names[theme_id] if theme_id is not None else plain(cells["theme"])
        lines.append(Line(where, cells["export_row"], theme_id, name, cells))
    return lines, findings


def _meant(cells: Mapping[str, Any], index: ThemeIndex, where: str) -> tuple[str | None, Finding | None]:
    given, named = plain(cells["theme_id"]), plain(cells["theme"])
    if not given and not named:
        return None, Finding("theme_missing", where, "", "no theme", advice="Enter the id or the name of the theme")
    by_id, by_name = index.fits(given) if given else [], index.fits(named) if named else []
    if given and not by_id:
        return None, _unknown(where, given)
    if by_id and by_name and not set(by_id) & set(by_name):
        return None, Finding(
            "theme_mismatch",
            where,
            index.names[by_id[0]],
            "id and name mean different themes",
            f"{shown(given)} is {shown(index.names[by_id[0]])}, the name is {shown(named)}",
            advice="Correct one of them; a column may have been sorted on its own",
        )
    return _only(by_id, by_name, given, named, where)


def _only(
    by_id: list[str], by_name: list[str], given: str, named: str, where: str
) -> tuple[str | None, Finding | None]:
    candidates = sorted(set(by_id) & set(by_name)) if by_id and by_name else by_id or by_name
    if not candidates:
        return None, _unknown(where, named)
    if len(candidates) > 1:
        found = f"{shown(named or given)} fits {', '.join(candidates)}"
        advice = "Name the theme by its id"
        return None, Finding("theme_ambiguous", where, "", "the name fits more than one theme", found, None, advice)
    return candidates[0], None


def _unknown(where: str, written: str) -> Finding:
    return Finding(
        "theme_unknown",
        where,
        "",
        "no theme of this run is called that",
        shown(written),
        "an id or a name of the decision sheet that the run wrote",
        "Correct it, or remove the line",
    )
