"""Nothing is lost: rows in = accepted + quarantined + declared duplicates, for every export, and all is kept."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Protocol

import polars as pl

from vocanalytics.contracts.repeats import DUPLICATES
from vocanalytics.contracts.validation import Validated
from vocanalytics.errors import ContractError
from vocanalytics.tables import write_frame, write_table
from vocanalytics.vocabulary import INCOMING

_LINE = pl.Schema({"table": pl.String(), "export": pl.String(), "rows": pl.Int64()})


class Pulled(Protocol):
    """What was read from the exports: text tables, the records that could not be read, and notes."""

    @property
    def tables(self) -> Mapping[str, pl.DataFrame]:
        """Text tables by name, with `export`."""

    @property
    def quarantine(self) -> pl.DataFrame:
        """Records kept out while reading."""

    @property
    def notes(self) -> Sequence[str]:
        """What a reader of the data should know."""


class Folded(Protocol):
    """Feedback in which the same message counts once, and the rows folded into others."""

    @property
    def feedback(self) -> pl.DataFrame:
        """One row per mention."""

    @property
    def duplicates(self) -> pl.DataFrame:
        """The rows folded: `feedback_id, duplicate_of, export, export_row`."""


def account_for_rows(pulled: Pulled, validated: Validated, folded: Folded) -> pl.DataFrame:
    """Show for every export where its rows went, and refuse to go on if one is missing.

    Returns
    -------
    polars.DataFrame
        `table, export, rows_in, accepted, quarantined, duplicates`, one row per export, in the order of the tables.

    Raises
    ------
    ContractError
        When a line does not add up.
    """
    sides = {
        "rows_in": pl.concat([_count(_named(pulled.tables)), _count([pulled.quarantine])]),
        "accepted": _count(_named({**validated.accepted, "feedback": folded.feedback})),
        "quarantined": _count([pulled.quarantine, validated.quarantine]),
        "duplicates": _count([declared_duplicates(validated, folded)]),
    }
    counted = pl.concat(frame.with_columns(pl.lit(side).alias("side")) for side, frame in sides.items())
    lines = counted.group_by("table", "export").agg(
        pl.col("rows").filter(pl.col("side") == side).sum().alias(side) for side in sides
    )
    order = {table: place for place, table in enumerate(INCOMING)}
    lines = lines.sort(pl.col("table").replace_strict(order, default=len(order)), "table", "export")
    _refuse_lost(lines)
    return lines


def declared_duplicates(validated: Validated, folded: Folded) -> pl.DataFrame:
    """Every row that counts only through another: the same row again, and the same message again."""
    again = folded.duplicates.select(
        pl.lit("feedback").alias("table"),
        pl.col("feedback_id").alias("key"),
        "duplicate_of",
        "export",
        "export_row",
    )
    return pl.concat([validated.duplicates, again.cast(DUPLICATES)])


def all_quarantine(pulled: Pulled, validated: Validated) -> pl.DataFrame:
    """Every row kept out, while reading or validating, by table, export and row."""
    return pl.concat([pulled.quarantine, validated.quarantine]).sort(
        "table", "export", "export_row", maintain_order=True
    )


def write_validated(
    validated: Validated, folded: Folded, rows: pl.DataFrame, pulled: Pulled, run_dir: Path | str
) -> None:
    """Keep what validation decided in the folder of a run.

    Written are the accepted tables, `quarantine`, `duplicates`, and `validation.json` with the checks, the row
    accounting, the suites' fingerprints and the notes of reading and validating.

    Parameters
    ----------
    validated, folded, rows, pulled
        The results of `validate`, of folding, of `account_for_rows`, and of pulling.
    run_dir
        The folder of the run.
    """
    write_table(run_dir, "accepted_feedback", folded.feedback)
    for table, frame in validated.accepted.items():
        if table != "feedback":
            write_table(run_dir, table, frame)
    write_table(run_dir, "quarantine", all_quarantine(pulled, validated))
    write_frame(Path(run_dir) / "duplicates.parquet", declared_duplicates(validated, folded))
    record = {
        "checks": validated.checks.to_dicts(),
        "rows": rows.to_dicts(),
        "suites": validated.suites,
        "notes": [*pulled.notes, *validated.notes],
    }
    path = Path(run_dir) / "validation.json"
    path.write_text(json.dumps(record, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def _named(tables: Mapping[str, pl.DataFrame]) -> list[pl.DataFrame]:
    held = {table: frame for table, frame in tables.items() if len(frame)}
    return [frame.select(pl.lit(table).alias("table"), "export") for table, frame in held.items()]


def _count(frames: Iterable[pl.DataFrame]) -> pl.DataFrame:
    counted = [frame.group_by("table", "export").agg(pl.len().alias("rows")).cast(_LINE) for frame in frames]
    return pl.concat([pl.DataFrame(schema=_LINE), *counted])


def _refuse_lost(lines: pl.DataFrame) -> None:
    out = pl.col("accepted") + pl.col("quarantined") + pl.col("duplicates")
    lost = lines.filter(out != pl.col("rows_in"))
    if lost.is_empty():
        return
    line = lost.row(0, named=True)
    found = f"{line['accepted']:,} accepted + {line['quarantined']:,} quarantined + {line['duplicates']:,} duplicates"
    raise ContractError(
        "rows do not add up",
        where=f"{line['table']}, {line['export']}",
        found=found,
        expected=f"{line['rows_in']:,} rows",
        advice="This is a fault of the program, not of the data; please report it",
    )
