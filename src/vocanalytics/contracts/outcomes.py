"""What the outcome of an expectation means: a fault of a row, a note, a line among the checks, the end of the run."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

import polars as pl

from vocanalytics.contracts.expectations import Outcome
from vocanalytics.contracts.faults import CLIP, FAULTS, no_faults, places
from vocanalytics.contracts.parsing import Parsed
from vocanalytics.contracts.suites import OnFailure, Parameters, with_words
from vocanalytics.errors import ContractError
from vocanalytics.vocabulary import INCOMING, names

CHECKS = pl.Schema(
    {
        "table": pl.String(),
        "suite": pl.String(),
        "expectation": pl.String(),
        "column": pl.String(),
        "on_failure": pl.String(),
        "rows": pl.Int64(),
        "failed": pl.Int64(),
        "success": pl.Boolean(),
        "message": pl.String(),
    }
)


def stop_if_asked(table: str, outcomes: Iterable[Outcome], values: pl.DataFrame) -> None:
    """End the run at the first expectation whose failure the suite does not allow.

    Raises
    ------
    ContractError
        With the first rows that failed and what they hold; or when a suite asks for rows of the whole table to be
        quarantined, which cannot be.
    """
    for outcome in outcomes:
        expectation = outcome.expectation
        if outcome.success or expectation.on_failure == "note":
            continue
        if expectation.on_failure == "stop":
            raise _stop(table, outcome, values)
        if outcome.rows.is_empty():
            raise ContractError(
                "an expectation about a whole table cannot quarantine rows",
                where=f"suite {table}, {expectation.kind}",
                expected='"on_failure": "stop" or "note"',
            )


def _stop(table: str, outcome: Outcome, values: pl.DataFrame) -> ContractError:
    expectation, rows = outcome.expectation, outcome.rows
    failed = values.filter(pl.col("row").is_in(rows.implode()))
    held = failed[expectation.column].drop_nulls().cast(pl.String) if len(failed) else pl.Series([outcome.observed])
    found = ", ".join(held.unique(maintain_order=True).head(3).str.slice(0, CLIP).to_list())
    where = places(failed) if len(failed) else table
    return ContractError(expectation.reason, where=where, found=found or "nothing", advice=expectation.advice)


def faults_of(table: str, outcomes: Iterable[Outcome], parsed: Parsed, parameters: Parameters) -> list[pl.DataFrame]:
    """Faulty cells according to a suite, in its order."""
    failed = [item for item in outcomes if not item.success and item.expectation.on_failure == "quarantine"]
    return [_faults(table, outcome, parsed, parameters) for outcome in failed] or [no_faults()]


def _faults(table: str, outcome: Outcome, parsed: Parsed, parameters: Parameters) -> pl.DataFrame:
    expectation = outcome.expectation
    columns = names(INCOMING[table])
    place = columns.index(expectation.column) if expectation.column in columns else len(columns)
    advice = pl.lit(expectation.advice)
    if expectation.kind == "expect_column_values_to_be_in_set":
        known = with_words(parameters, table).get(f"{expectation.column}_choices", [])
        held = parsed.text.filter(pl.col("row").is_in(outcome.rows.implode()))[expectation.column]
        suggested = {word: _suggestion(word, known) for word in held.drop_nulls().unique(maintain_order=True)}
        advice = pl.concat_str(pl.col("held").replace_strict(suggested, default="", return_dtype=pl.String), advice)
    rows = pl.DataFrame({"row": outcome.rows})
    if expectation.column in columns:
        held_by_row = parsed.text.select("row", pl.col(expectation.column).alias("held"))
        rows = rows.join(held_by_row, on="row", how="left", maintain_order="left")
    return rows.select(
        "row",
        pl.lit(place, dtype=pl.Int64).alias("place"),
        pl.lit(expectation.column).alias("column"),
        pl.lit(expectation.reason).alias("reason"),
        advice.alias("advice"),
    ).cast(FAULTS)


def _suggestion(word: str, known: Iterable[object]) -> str:
    near = get_close_matches(word.strip().lower(), [str(choice) for choice in known], n=1, cutoff=0.5)
    return f"Did you mean {near[0]}? " if near else ""


def notes_of(table: str, outcomes: Iterable[Outcome], rows: int) -> list[str]:
    """What a suite only remarks on, in a sentence each."""
    return [
        f"{table}: {outcome.expectation.reason} ({_extent(outcome, rows)}). {outcome.expectation.advice}."
        for outcome in outcomes
        if not outcome.success and outcome.expectation.on_failure == "note"
    ]


def _extent(outcome: Outcome, rows: int) -> str:
    return f"found {outcome.observed}" if outcome.rows.is_empty() else f"{len(outcome.rows):,} of {rows:,} rows"


def check_lines(
    table: str, on_failure: OnFailure, parsed: Parsed, outcomes: Iterable[Outcome], rows: int
) -> pl.DataFrame:
    """Everything that was checked of a table, one line each, first that its cells could be read.

    Returns
    -------
    polars.DataFrame
        `CHECKS`: `rows` is how many were looked at, `failed` how many of them did not hold.
    """
    readings = parsed.readings.select(
        pl.lit(table).alias("table"),
        pl.lit("types").alias("suite"),
        pl.concat_str(pl.lit("read_as_"), pl.col("kind")).alias("expectation"),
        "column",
        pl.lit(on_failure).alias("on_failure"),
        "rows",
        "failed",
        (pl.col("failed") == 0).alias("success"),
        pl.when(pl.col("failed") > 0).then(pl.lit("cells that cannot be read")).otherwise(pl.lit("")).alias("message"),
    )
    lines = [
        {
            "table": table,
            "suite": table,
            "expectation": outcome.expectation.kind,
            "column": outcome.expectation.column,
            "on_failure": outcome.expectation.on_failure,
            "rows": rows,
            "failed": 0 if outcome.success else max(1, len(outcome.rows)),
            "success": outcome.success,
            "message": "" if outcome.success else outcome.expectation.reason,
        }
        for outcome in outcomes
    ]
    return pl.concat([readings.cast(CHECKS), pl.DataFrame(lines, schema=CHECKS)])
