"""Validation as a whole: what arrived is accepted, or in quarantine, or a declared duplicate; or the run stops."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

import polars as pl

from vocanalytics.contracts.cells import read_texts
from vocanalytics.contracts.decision_sheets import with_plain_statuses
from vocanalytics.contracts.expectations import Outcome, run_suites
from vocanalytics.contracts.faults import gather, places, quarantine_lines
from vocanalytics.contracts.moments import ORDER_NOT_STATED
from vocanalytics.contracts.outcomes import check_lines, faults_of, notes_of, stop_if_asked
from vocanalytics.contracts.parsing import Parsed, parse
from vocanalytics.contracts.reading import trim
from vocanalytics.contracts.repeats import fold_repeats, with_conflicts
from vocanalytics.contracts.suites import Parameters, Suite, parameters, read_suite
from vocanalytics.errors import ContractError
from vocanalytics.settings import Model, Quarter
from vocanalytics.tables import conform
from vocanalytics.vocabulary import INCOMING, TOO_LATE, Column, names

#: Without a row in each of these there is nothing to score.
NEEDED = ("feedback", "accounts")


@dataclass(frozen=True)
class Validated:
    """What may be counted, and everything that may not, with the reason.

    Attributes
    ----------
    accepted
        Typed tables by name, in the columns of the vocabulary.
    quarantine
        One line per row kept out here (`QUARANTINE`); what the reading of the files kept out is not among them.
    duplicates
        Rows that say exactly what an earlier row says, with its place.
    checks
        Every check with the number of rows it looked at and that failed.
    notes
        What was assumed or should be looked at, in sentences.
    arr_unknown
        Accounts in quarantine (`account_id`, `account_name`, `domains`, `aliases`): their feedback is kept as
        "ARR unknown".
    suites
        Fingerprint of the suite of each table.
    """

    accepted: dict[str, pl.DataFrame]
    quarantine: pl.DataFrame
    duplicates: pl.DataFrame
    checks: pl.DataFrame
    notes: tuple[str, ...]
    arr_unknown: pl.DataFrame
    suites: dict[str, str]

    @property
    def arr_unknown_ids(self) -> tuple[str, ...]:
        """Ids of the accounts in quarantine, sorted."""
        return tuple(sorted(self.arr_unknown["account_id"].drop_nulls().unique()))

    @property
    def reasons(self) -> pl.DataFrame:
        """How many rows are in quarantine for which reason, most first."""
        counted = self.quarantine.group_by("table", "reason", maintain_order=True).agg(pl.len().alias("rows"))
        return counted.sort("rows", "table", "reason", descending=[True, False, False])


class _Judged(NamedTuple):
    accepted: pl.DataFrame
    quarantine: pl.DataFrame
    kept_out: pl.DataFrame
    checks: pl.DataFrame
    notes: list[str]


def validate(
    tables: Mapping[str, pl.DataFrame], suites_dir: Path, quarter: Quarter, as_of: dt.date, model: Model
) -> Validated:
    """Decide of every row whether it may be counted.

    Cells are read as what their columns hold, rows that repeat another are declared duplicates, and each table is held
    against its suite, whose metadata says whether a failure quarantines, stops or is only noted.

    Parameters
    ----------
    tables
        Text tables by name, with `export` and `export_row`; a table that is absent counts as empty.
    suites_dir
        Folder of the suites, one JSON file per table.
    quarter, as_of
        Feedback outside the quarter or after the as-of date goes to quarantine.
    model
        Its currency, and the share of unstated dates above which the run stops.

    Raises
    ------
    ContractError
        When a suite says so, a required column is absent, too many dates do not state their order, a suite itself is
        wrong, or no row of feedback or accounts is left.
    """
    known = parameters(quarter, as_of, model)
    suites = {table: read_suite(Path(suites_dir), table, known) for table in INCOMING}
    share = model.validation.max_quarantined_share
    parsed = _read_all(tables, suites, share)
    folded = {table: fold_repeats(parsed[table].values, table) for table in INCOMING}
    unique = {table: with_conflicts(rows) if table == "accounts" else rows for table, (rows, _) in folded.items()}
    outcomes = run_suites(unique, suites, known)
    judged = {
        table: _judge(suite, parsed[table], unique[table], outcomes[table], known, share)
        for table, suite in suites.items()
    }
    return Validated(
        accepted={table: judgement.accepted for table, judgement in judged.items()},
        quarantine=pl.concat([judgement.quarantine for judgement in judged.values()]),
        duplicates=pl.concat([repeats for _, repeats in folded.values()]),
        checks=pl.concat([judgement.checks for judgement in judged.values()]),
        notes=tuple(note for judgement in judged.values() for note in judgement.notes),
        arr_unknown=_arr_unknown(judged["accounts"]),
        suites={table: suite.sha256 for table, suite in suites.items()},
    )


def _read_all(tables: Mapping[str, pl.DataFrame], suites: Mapping[str, Suite], share: Decimal) -> dict[str, Parsed]:
    text = {name: tables.get(name, pl.DataFrame()) for name in INCOMING}
    text["decisions"] = with_plain_statuses(text["decisions"])
    parsed = {name: parse(text[name], table, name) for name, table in INCOMING.items()}
    for table, suite in suites.items():
        _stop_on_unreadable(parsed[table], suite, share)
    return parsed


def _stop_on_unreadable(parsed: Parsed, suite: Suite, share: Decimal) -> None:
    """Stop on any unreadable cell where the suite asks for it, elsewhere on too many dates of unstated order."""
    faults = parsed.faults
    if suite.on_failure != "stop":
        unstated = faults.filter(pl.col("reason").str.ends_with(ORDER_NOT_STATED))
        dated = parsed.text.join(unstated, on="row", how="semi", maintain_order="left")
        exports = [export for export, _, _ in _above(share, dated, parsed.text)]
        faults = unstated.join(dated.filter(pl.col("export").is_in(exports)), on="row", how="semi")
    if faults.is_empty():
        return
    first = faults.row(0, named=True)
    same = faults.filter((pl.col("column") == first["column"]) & (pl.col("reason") == first["reason"]))
    rows = parsed.text.join(same, on="row", how="semi", maintain_order="left")
    raise ContractError(
        first["reason"],
        where=places(rows),
        found=str(rows[first["column"]][0])[:80],
        advice=first["advice"],
    )


def _above(share: Decimal, some: pl.DataFrame, text: pl.DataFrame) -> list[tuple[str, int, int]]:
    """Exports of which more than a share of the rows is among some, with both numbers."""
    arrived = dict(text.group_by("export").len().rows())
    counted = some.group_by("export", maintain_order=True).len().rows()
    return [(export, count, arrived[export]) for export, count in counted if count > arrived[export] * share]


def _judge(
    suite: Suite, parsed: Parsed, rows: pl.DataFrame, outcomes: list[Outcome], known: Parameters, share: Decimal
) -> _Judged:
    stop_if_asked(suite.name, outcomes, rows)
    faults = gather([parsed.faults, *faults_of(suite.name, outcomes, parsed, known)])
    kept_out = parsed.text.join(faults, on="row", how="semi", maintain_order="left")
    accepted = _accepted(rows.join(faults, on="row", how="anti", maintain_order="left"), suite.name)
    lines = quarantine_lines(faults, parsed.text, suite.name)
    if suite.name in NEEDED and accepted.is_empty():
        raise _nothing_left(suite.name, lines)
    notes = [*parsed.notes, *notes_of(suite.name, outcomes, len(rows)), *_large_shares(share, faults, parsed.text)]
    checks = check_lines(suite.name, suite.on_failure, parsed, outcomes, len(rows))
    return _Judged(accepted, lines, kept_out, checks, notes)


def _accepted(rows: pl.DataFrame, name: str) -> pl.DataFrame:
    """Rows as the vocabulary has them, even if someone took an expectation out of a suite."""
    table = INCOMING[name]
    whole = conform(rows.select(names(table)), table, name=name)
    for column in table:
        strange = _strange(whole[column.name], column) if column.choices else []
        if strange:
            raise ContractError(
                f"suite {name} lets through a value that the vocabulary does not know",
                where=f"{name}.{column.name}",
                found=strange[0],
                expected=f"one of {', '.join(column.choices)}",
                advice="Put expect_column_values_to_be_in_set back into the suite",
            )
    return whole


def _strange(values: pl.Series, column: Column) -> list[str]:
    held = values.drop_nulls().unique(maintain_order=True)
    known = pl.Series(list(column.choices), dtype=pl.String).cast(values.dtype)
    return [str(value) for value in held.filter(~held.is_in(known.implode()))]


def _nothing_left(name: str, lines: pl.DataFrame) -> ContractError:
    if lines.is_empty():
        return ContractError(f"{name} holds no rows", where=name, advice="Check the export of this quarter")
    counted = lines.group_by("reason", "advice", maintain_order=True).len()
    reason, advice, rows = counted.sort("len", descending=True, maintain_order=True).row(0)
    return ContractError(
        f"no row of {name} was accepted",
        where=", ".join(lines["export"].unique(maintain_order=True)),
        found=f"in {rows:,} of {len(lines):,} rows: {reason}",
        advice=advice,
    )


def _large_shares(share: Decimal, faults: pl.DataFrame, text: pl.DataFrame) -> list[str]:
    """What a reader must know of exports that lost many rows; rows that only lie after the as-of date are not lost."""
    is_late = pl.col("reason").str.starts_with(TOO_LATE)
    wrong = text.join(faults.filter(~is_late), on="row", how="semi", maintain_order="left")
    late = text.join(faults.filter(is_late), on="row", how="semi", maintain_order="left").join(
        wrong, on="row", how="anti", maintain_order="left"
    )
    return [
        *(
            f"{export}: {count:,} of {arrived:,} rows ({count / arrived:.1%}) are in quarantine, more than "
            f"{share:.1%}; the quarantine of the run (a sheet of its workbook) gives each with its reason; read them "
            "before trusting the figures."
            for export, count, arrived in _above(share, wrong, text)
        ),
        *(
            f"{export}: {count:,} of {arrived:,} rows are dated after the as-of date, so they do not count yet."
            for export, count, arrived in _above(share, late, text)
        ),
    ]


def _arr_unknown(accounts: _Judged) -> pl.DataFrame:
    kept_out = accounts.kept_out.select(
        trim(pl.col("account_id")),
        trim(pl.col("account_name")),
        read_texts(pl.col("domains")).value.alias("domains"),
        read_texts(pl.col("aliases")).value.alias("aliases"),
    )
    return kept_out.join(accounts.accepted, on="account_id", how="anti", maintain_order="left")
