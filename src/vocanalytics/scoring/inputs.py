"""What goes into a score and what comes out of it, in the folder of a run."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from vocanalytics.scoring.history import PastQuarter, read_history
from vocanalytics.settings import Quarter
from vocanalytics.tables import conform, empty, read_table, write_frame, write_table
from vocanalytics.vocabulary import DECISIONS, DELIVERY, TABLES

if TYPE_CHECKING:
    from vocanalytics.scoring.scored import Scored

_ALIASES = {"alias": pl.String, "theme_id": pl.String}
_TABLES = ("feedback", "theme_accounts", "theme_scores")
_READING = (
    "scope_summary",
    "override_status",
    "disputes",
    "baseline",
    "sales_list",
    "sales_accounts",
    "cpo_list",
    "named_cases",
    "challenges",
    "overrides_expired",
    "outcomes",
    "recurrence",
)


@dataclass(frozen=True, kw_only=True)
class Inputs:
    """The tables that a score is read from, as `vocabulary` names them.

    Attributes
    ----------
    feedback
        Accepted rows with `account_match`; `account_id` is null where no account was found.
    accounts, mentions, themes
        Accepted accounts, which row speaks of which theme, and the themes of the quarter.
    roadmap, alignment, overrides
        The curated files of the quarter.
    previous
        `theme_scores` of the last published run of the quarter before; None in a first quarter.
    decisions, delivery
        What earlier sessions decided, and what is reported about it this quarter.
    history
        The quarters before, newest first, as far as their published runs follow each other.
    quarter
        The quarter that is scored; None stands for the quarter of the as-of date.
    aliases
        Other words for a theme of the codebook, `alias, theme_id`: earlier names, ids and names of themes merged into
        it, ids under which the machine found it.
    """

    feedback: pl.DataFrame
    accounts: pl.DataFrame
    mentions: pl.DataFrame
    themes: pl.DataFrame
    roadmap: pl.DataFrame
    alignment: pl.DataFrame
    overrides: pl.DataFrame
    previous: pl.DataFrame | None = None
    decisions: pl.DataFrame = field(default_factory=lambda: empty(DECISIONS))
    delivery: pl.DataFrame = field(default_factory=lambda: empty(DELIVERY))
    history: tuple[PastQuarter, ...] = ()
    quarter: Quarter | None = None
    aliases: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=_ALIASES))


def read_inputs(
    run_dir: Path | str,
    previous_dir: Path | str | None = None,
    history_dirs: str = "",
    quarter: Quarter | None = None,
) -> Inputs:
    """The tables that the earlier steps left in the folder of a run.

    Parameters
    ----------
    run_dir
        Folder of the run.
    previous_dir
        Tables of the last published run of the quarter before; None or empty in a first quarter.
    history_dirs
        Tables of the last published runs of the quarters before, newest first, joined by commas; the first of them
        stands for `previous_dir`.
    quarter
        The quarter that is scored.

    Raises
    ------
    ContractError
        When a table is absent.
    ScoringError
        When `history_dirs` does not name runs of consecutive quarters, or a table of theirs cannot be read.
    """
    history = read_history(history_dirs, quarter)
    previous = read_table(previous_dir, "theme_scores") if previous_dir and not history_dirs else None
    names = ("accounts", "mentions", "themes", "roadmap", "alignment", "overrides")
    return Inputs(
        feedback=read_table(run_dir, "accepted_feedback"),
        **{name: read_table(run_dir, name) for name in names},
        **{name: _optional(run_dir, name) for name in ("decisions", "delivery")},
        previous=history[0].theme_scores if history else previous,
        history=history,
        quarter=quarter,
        aliases=_aliases(run_dir),
    )


def _aliases(run_dir: Path | str) -> pl.DataFrame:
    path = Path(run_dir) / "reading" / "theme_aliases.parquet"
    return pl.read_parquet(path) if path.is_file() else pl.DataFrame(schema=_ALIASES)


def _optional(run_dir: Path | str, name: str) -> pl.DataFrame:
    held = (Path(run_dir) / f"{name}.parquet").is_file()
    return conform(read_table(run_dir, name), TABLES[name], name=name) if held else empty(TABLES[name])


def write_scored(scored: Scored, run_dir: Path | str) -> None:
    """Keep a score in the folder of a run: the tables, what the report reads beside them, and the notes.

    Parameters
    ----------
    scored
        As `score` returns it.
    run_dir
        Folder of the run; written are `feedback`, `theme_accounts`, `theme_scores`, the frames in `reading/`, and
        `scoring.json`.
    """
    folder = Path(run_dir)
    for name in _TABLES:
        write_table(folder, name, getattr(scored, name))
    for name in _READING:
        write_frame(folder / "reading" / f"{name}.parquet", getattr(scored, name))
    text = json.dumps({"notes": scored.notes}, indent=2, ensure_ascii=False)
    (folder / "scoring.json").write_text(f"{text}\n", encoding="utf-8")
