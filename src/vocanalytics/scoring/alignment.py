"""Dimension 3: what CS and Product say about the fit with the roadmap, and which of the two scores counts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import polars as pl

from vocanalytics.errors import ScoringError
from vocanalytics.scoring.curated import fit_themes, where_of
from vocanalytics.settings import AlignmentSettings
from vocanalytics.vocabulary import Relation

_LISTED = 12
_KEPT = (
    "theme_id",
    "theme_name",
    "alignment_cs",
    "alignment_product",
    "alignment_score",
    "rationale_cs",
    "rationale_product",
)


class Aligned(NamedTuple):
    """One row per theme with an alignment, and what the file holds that this quarter cannot use."""

    by_theme: pl.DataFrame
    unknown: tuple[str, ...]
    unpublished: tuple[str, ...]
    without_bet: tuple[str, ...]


def align(
    rows: pl.DataFrame,
    themes: pl.DataFrame,
    roadmap: pl.DataFrame,
    settings: AlignmentSettings,
    *,
    session_day: dt.date | None = None,
) -> Aligned:
    """The alignment score that counts for each theme: Product's once given, until then the preliminary one of CS.

    Parameters
    ----------
    rows
        The curated table `alignment`.
    themes
        `theme_id, theme_name, status` of the quarter.
    roadmap
        The published roadmap themes.
    settings
        Bands of scores per relation, and the difference that makes a dispute.
    session_day
        The day of the session, by whose end a roadmap theme must be published; None where nobody wrote it down, and
        then nothing is refused for its date.

    Returns
    -------
    Aligned
        `theme_id, alignment_cs, alignment_product, alignment_score, rationale_cs, rationale_product, is_preliminary,
        is_disputed, by_id, is_found` (named by its id; found by the machine and not yet named by a person); names that
        fit no theme; roadmap ids that were not published; themes called a direct fit without saying with what.

    Raises
    ------
    ScoringError
        When a score is outside 1 to 5 or has no rationale, when relation and score do not agree, when a row leans on a
        roadmap theme that was published after the session day, or when a theme stands twice.
    """
    too_late = {bet["roadmap_id"]: bet for bet in late_bets(roadmap, session_day).iter_rows(named=True)}
    faults = [fault for row in rows.iter_rows(named=True) for fault in _faults(row, settings, too_late, session_day)]
    if faults:
        raise _all_at_once(faults)
    fitted = fit_themes(rows, themes, "alignment")
    cs, product = pl.col("alignment_cs"), pl.col("alignment_product")
    by_theme = (
        fitted.rows.rename({"score_cs": "alignment_cs", "score_product": "alignment_product"})
        .with_columns(pl.coalesce(product, cs).alias("alignment_score"))
        .select(
            *_KEPT,
            (product.is_null() & cs.is_not_null()).alias("is_preliminary"),
            ((cs - product).abs() >= settings.dispute_difference).fill_null(False).alias("is_disputed"),
            (pl.col("theme").str.strip_chars() == pl.col("theme_id")).alias("by_id"),
            pl.col("theme_id").is_in(_found(themes).implode()).alias("is_found"),
        )
    )
    published = set(roadmap["roadmap_id"].to_list())
    named = [(row["roadmap_id"], where_of(row, "alignment")) for row in fitted.rows.iter_rows(named=True)]
    unpublished = tuple(f"{bet!r} ({where})" for bet, where in named if bet is not None and bet not in published)
    direct = fitted.rows.filter((pl.col("relation") == Relation.DIRECT.value) & pl.col("roadmap_id").is_null())
    without_bet = tuple(f"{row['theme']!r} ({where_of(row, 'alignment')})" for row in direct.iter_rows(named=True))
    return Aligned(by_theme, fitted.unknown, unpublished, without_bet)


def late_bets(roadmap: pl.DataFrame, day: dt.date | None) -> pl.DataFrame:
    """The roadmap themes published after a day: a bet made once the requests are known fits whatever one likes.

    Returns
    -------
    polars.DataFrame
        Those rows of `roadmap`; none where no day is given. What was published on the day itself is in time.
    """
    return roadmap.clear() if day is None else roadmap.filter(pl.col("published_on") > day)


def _leans_on_late_bet(row: Mapping[str, Any], bet: Mapping[str, Any], session_day: dt.date | None) -> ScoringError:
    leaning = f"theme {row['theme']!r} leans on it ({where_of(row, 'alignment')})"
    return ScoringError(
        f"the roadmap theme {bet['roadmap_id']!r} was published after the session, and {leaning}",
        where=where_of(bet, "roadmap"),
        found=f"{bet['published_on']}",
        expected=f"{session_day} or before",
        advice="Align the theme with what was published by the session day, or correct published_on or the session day",
    )


def _found(themes: pl.DataFrame) -> pl.Series:
    """Themes that the machine found and nobody has named yet."""
    return themes.filter(pl.col("status") == "proposed")["theme_id"]


def _faults(
    row: Mapping[str, Any],
    settings: AlignmentSettings,
    too_late: Mapping[str, Mapping[str, Any]],
    session_day: dt.date | None,
) -> Iterator[ScoringError]:
    """What is wrong with a row, the first fault only."""
    try:
        _check(row, settings)
    except ScoringError as error:
        yield error
        return
    if row["roadmap_id"] in too_late:
        yield _leans_on_late_bet(row, too_late[row["roadmap_id"]], session_day)


def _all_at_once(faults: Sequence[ScoringError]) -> ScoringError:
    """One error for all rows, so that nobody corrects them one run at a time."""
    if len(faults) == 1:
        return faults[0]
    listed = " ".join(f"({place}) {fault}" for place, fault in enumerate(faults[:_LISTED], start=1))
    more = f" And {len(faults) - _LISTED} more." if len(faults) > _LISTED else ""
    return ScoringError(f"the alignment has {len(faults)} faults to correct: {listed}{more}".rstrip("."))


def _check(row: Mapping[str, Any], settings: AlignmentSettings) -> None:
    where = f"{where_of(row, 'alignment')}, theme {row['theme']!r}"
    for who in ("cs", "product"):
        _check_score(row, who, where)
    who, counts = ("CS", row["score_cs"]) if row["score_product"] is None else ("Product", row["score_product"])
    lowest, highest = getattr(settings, row["relation"])
    if counts is not None and not lowest <= counts <= highest:
        raise ScoringError(
            "relation and score do not agree",
            where=where,
            found=f"relation {row['relation']} with the score {counts} of {who}",
            expected=f"{lowest} to {highest}" if lowest < highest else f"{lowest}",
            advice="Correct the relation, or the score of Product, which counts once given, else that of CS",
        )


def _check_score(row: Mapping[str, Any], who: str, where: str) -> None:
    score = row[f"score_{who}"]
    if score is None:
        return
    if not 1 <= score <= 5:
        raise ScoringError(f"score_{who} is outside the scale", where=where, found=f"{score}", expected="1 to 5")
    if not (row[f"rationale_{who}"] or "").strip():
        raise ScoringError(
            f"score_{who} has no rationale", where=where, found=f"the score {score}", advice=f"Write rationale_{who}"
        )
