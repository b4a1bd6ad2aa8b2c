"""The quarters before this one, as their published runs left them: what was heard, scored, overridden and reported."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import takewhile
from pathlib import Path

import polars as pl

from vocanalytics.errors import ScoringError, SettingsError
from vocanalytics.scoring.overrides import APPROVED
from vocanalytics.settings import Quarter
from vocanalytics.tables import empty
from vocanalytics.vocabulary import DELIVERY, THEME_SCORES, Flag, polars_schema

#: What is read of the overrides of an earlier quarter.
OVERRIDE_STATUS = pl.Schema(
    {
        "theme_id": pl.String(),
        "theme_name": pl.String(),
        "kind": pl.String(),
        "reason": pl.String(),
        "approved_by": pl.String(),
        "expires_on": pl.Date(),
        "status": pl.String(),
    }
)

_OVERRIDE_FLAGS = (Flag.OVERRIDE_LOGO, Flag.OVERRIDE_COMPLIANCE, Flag.OVERRIDE_COMPETITIVE)


@dataclass(frozen=True, kw_only=True)
class PastQuarter:
    """What the last published run of an earlier quarter found.

    Attributes
    ----------
    quarter
        The quarter it scored.
    theme_scores
        Its table; columns that an older run did not have are null, which means unknown.
    override_status
        Its overrides with their status (`OVERRIDE_STATUS`); empty where the run did not keep them.
    delivery
        What had been reported by then about decisions of still earlier quarters.
    """

    quarter: Quarter
    theme_scores: pl.DataFrame
    override_status: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=OVERRIDE_STATUS))
    delivery: pl.DataFrame = field(default_factory=lambda: empty(DELIVERY))

    @property
    def was_overridden(self) -> bool:
        """Whether people set the ranking aside for at least one theme, by an approved override."""
        marked = self.theme_scores["flags"].explode().is_in([flag.value for flag in _OVERRIDE_FLAGS])
        return bool(marked.any() or (self.override_status["status"] == APPROVED).any())


def read_history(history_dirs: str, quarter: Quarter | None = None) -> tuple[PastQuarter, ...]:
    """The earlier quarters that a run can be compared with, newest first.

    Parameters
    ----------
    history_dirs
        Table folders of published runs, newest first, joined by commas; each is named by the id of its run, which
        begins with its quarter.
    quarter
        The quarter that is scored; the newest folder must be of the one before.

    Returns
    -------
    tuple of PastQuarter
        Up to the first run whose scores are gone: what lies beyond is unknown.

    Raises
    ------
    ScoringError
        When a folder is not that of a run, the quarters are not consecutive, or a table cannot be read.
    """
    folders = [Path(folder.strip()) for folder in history_dirs.split(",") if folder.strip()]
    quarters = [_quarter_of(folder) for folder in folders]
    _refuse_gaps(quarters, quarter)
    return tuple(_with_scores(zip(folders, quarters, strict=True)))


def _quarter_of(folder: Path) -> Quarter:
    try:
        return Quarter.parse(folder.name[:6])
    except SettingsError:
        raise ScoringError(
            "not the tables of a run",
            where="history_dirs",
            found=repr(folder.as_posix()),
            expected="a folder such as data/processed/2026Q2-0123456789ab",
        ) from None


def _refuse_gaps(quarters: Sequence[Quarter], quarter: Quarter | None) -> None:
    expected = quarter.previous if quarter else None
    for found in quarters:
        if expected is not None and found != expected:
            raise ScoringError(
                "the quarters do not follow each other, newest first",
                where="history_dirs",
                found=f"{found}",
                expected=f"{expected}",
            )
        expected = found.previous


def _with_scores(runs: Iterable[tuple[Path, Quarter]]) -> Iterator[PastQuarter]:
    for folder, quarter in runs:
        scores = _whole(folder / "theme_scores.parquet", pl.Schema(polars_schema(THEME_SCORES)))
        if scores is None:
            return
        status = _whole(folder / "reading" / "override_status.parquet", OVERRIDE_STATUS)
        delivery = _whole(folder / "delivery.parquet", pl.Schema(polars_schema(DELIVERY)))
        yield PastQuarter(
            quarter=quarter,
            theme_scores=scores,
            override_status=pl.DataFrame(schema=OVERRIDE_STATUS) if status is None else status,
            delivery=empty(DELIVERY) if delivery is None else delivery,
        )


def _whole(path: Path, schema: pl.Schema) -> pl.DataFrame | None:
    """A table of an earlier run in today's columns, those that it lacks null; None where it is absent."""
    if not path.is_file():
        return None
    try:
        frame = pl.read_parquet(path)
        held = [
            pl.col(name).cast(dtype) if name in frame.columns else pl.lit(None, dtype=dtype).alias(name)
            for name, dtype in schema.items()
        ]
        return frame.select(held)
    except (OSError, pl.exceptions.PolarsError) as error:
        raise ScoringError(
            "a table of an earlier run cannot be read",
            where=path.as_posix(),
            found=str(error).partition("\n")[0][:120],
            advice="Restore the tables of that run, or run its quarter again",
        ) from None


def running(theme_id: str, quarters: Iterable[Collection[str]]) -> int:
    """How many quarters running, this one included, a theme is among the themes of a kind.

    Parameters
    ----------
    theme_id
        A theme that is among them this quarter.
    quarters
        The ids of such themes in each earlier quarter, newest first.
    """
    return 1 + sum(1 for _ in takewhile(lambda ids: theme_id in ids, quarters))


def overridden_quarters(history: Sequence[PastQuarter]) -> int:
    """How many quarters running, up to the one before this, people set the ranking aside."""
    return sum(1 for _ in takewhile(lambda past: past.was_overridden, history))


def recurrence(placed: pl.DataFrame, history: Sequence[PastQuarter], quarter: Quarter) -> pl.DataFrame:
    """Which themes are new and which come back, so that one loud quarter is not taken for a trend.

    Parameters
    ----------
    placed
        The themes of this quarter with their rank.
    history
        The quarters before, newest first.
    quarter
        This quarter.

    Returns
    -------
    polars.DataFrame
        `theme_id, theme_name, first_heard, quarters_heard, is_new, rank_before, rank`: the earliest quarter on record
        with the theme; the quarters running, this one included; whether no quarter on record had it (in a first
        quarter no theme is new); the rank in the quarter before. In the order of rank.
    """
    heard = [frozenset(past.theme_scores["theme_id"].drop_nulls()) for past in history]
    names = [str(past.quarter) for past in history]
    rows = [
        (
            theme_id,
            next((name for ids, name in zip(heard[::-1], names[::-1], strict=True) if theme_id in ids), str(quarter)),
            running(theme_id, heard),
            bool(history) and not any(theme_id in ids for ids in heard),
        )
        for theme_id in placed["theme_id"]
    ]
    schema = {"theme_id": pl.String, "first_heard": pl.String, "quarters_heard": pl.Int64, "is_new": pl.Boolean}
    ranks = {"theme_id": pl.String, "rank": pl.Int64}
    before = history[0].theme_scores.select(list(ranks)) if history else pl.DataFrame(schema=ranks)
    return (
        placed.select("theme_id", "theme_name", "rank")
        .join(pl.DataFrame(rows, schema=schema, orient="row"), on="theme_id", how="left", maintain_order="left")
        .join(before.rename({"rank": "rank_before"}), on="theme_id", how="left", maintain_order="left")
        .select("theme_id", "theme_name", "first_heard", "quarters_heard", "is_new", "rank_before", "rank")
        .sort("rank", "theme_id", nulls_last=True)
    )
