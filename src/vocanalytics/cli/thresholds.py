"""`vocanalytics thresholds`: breakpoints proposed from the company's own accounts, shown, and written once accepted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import click
import polars as pl

from vocanalytics import thresholds
from vocanalytics.cli.quarterly import now
from vocanalytics.ledger import Places, RunId, project_lock, read_manifest
from vocanalytics.legible import visible
from vocanalytics.pipeline.history import history, standing_run
from vocanalytics.pipeline.plan import MODEL_FILE
from vocanalytics.settings import Quarter, read_model
from vocanalytics.settings.writing import write_breakpoints
from vocanalytics.thresholds import Study

#: How many quarters are scored again, the chosen one included.
QUARTERS = 4


def run_thresholds(root: Path, *, quarter: str, accept: bool) -> None:
    """Print the proposal of a quarter with all that speaks for and against it; write it only when accepted."""
    path = root / MODEL_FILE
    seen = path.read_bytes()
    found = study_on_record(root, quarter)
    for line in lines(found):
        click.echo(line)
    if not accept:
        click.echo(_advice(found))
        return
    with project_lock(Places(root).reports, "accepting breakpoints"):
        points, day = found.proposal.breakpoints, now().date()
        done = write_breakpoints(path, seen, points.revenue, points.breadth, day=day, source=_source(found))
    click.echo(f"Written to {MODEL_FILE}; the next run uses them." if done else f"{MODEL_FILE} holds them already.")


def study_on_record(root: Path, quarter: str = "") -> Study:
    """The proposal from the run that stands for a quarter, and the quarters before it scored again.

    Parameters
    ----------
    root
        The project.
    quarter
        Such as 2026Q3; empty for the newest quarter that has a published run.

    Raises
    ------
    SettingsError
        When no run is published yet, or none of this quarter.
    ContractError
        When the tables of the run were cleared away, or no account is in scope.
    """
    places = Places(root)
    chosen = standing_run(places, quarter, purpose="breakpoints are proposed from its accounts")
    named = Quarter.parse(RunId.parse(chosen).period)
    accounts = thresholds.read_accounts(places.tables(chosen), chosen, named)
    inputs = read_manifest(places.report(chosen) / "manifest.json").fingerprint.inputs
    recorded = [
        thresholds.read_recorded(places.tables(run_id), run_id, Quarter.parse(RunId.parse(run_id).period))
        for run_id in (chosen, *history(places, named, inputs))[:QUARTERS]
    ]
    return thresholds.study(accounts, recorded, read_model(root / MODEL_FILE))


def _source(found: Study) -> str:
    proposal = found.proposal
    return (
        f"run {found.run_id} ({proposal.accounts} in-scope accounts, a typical one {found.currency} "
        f"{proposal.typical_arr:,.0f}, weighted {proposal.weighted_count})"
    )


def _advice(found: Study) -> str:
    if found.is_written:
        return f"{MODEL_FILE} holds these numbers already."
    command = f"make thresholds QUARTER={found.run_id[:6]} ACCEPT=yes"
    return f"Nothing is written. To write the proposed numbers: {command}"


def lines(found: Study) -> Iterator[str]:
    """The study as it is printed, line by line."""
    yield f"Breakpoints proposed from {_source(found)}"
    yield ""
    yield f"ARR of the in-scope accounts, {found.currency}"
    deciles = found.deciles
    yield from _table([deciles["decile"].to_list(), [_amount(arr) for arr in deciles["arr"]]])
    yield ""
    yield from _frame(found.tiers)
    yield ""
    yield "The score is 1 plus the number of breakpoints reached"
    yield from _frame(found.breakpoints)
    yield ""
    yield "Themes by score, under the present and the proposed breakpoints"
    yield from _frame(found.scores.pivot("score", index=["quarter", "dimension", "breakpoints"], values="themes"))
    for quarter in found.quarters.iter_rows(named=True):
        yield ""
        yield from _quarter(quarter, found.changes.filter(pl.col("quarter") == quarter["quarter"]))
    yield ""
    yield from (f"Note: {note}" for note in found.notes)


def _quarter(quarter: dict[str, object], changed: pl.DataFrame) -> Iterator[str]:
    yield (
        f"{quarter['quarter']}, run {quarter['run_id']}: of {quarter['themes']} themes the composite of "
        f"{quarter['composites_changed']} and the rank of {quarter['ranks_changed']} would have changed"
    )
    if changed.height:
        yield from _frame(changed.drop("quarter", "theme_id", "is_shortlisted", "is_shortlisted_proposed"))
    now, proposed = quarter["shortlist"], quarter["shortlist_proposed"]
    yield f"  Shortlist now: {_names(now)}"
    yield "  Shortlist proposed: the same" if now == proposed else f"  Shortlist proposed: {_names(proposed)}"


def _names(names: object) -> str:
    return ", ".join(map(_plain, names)) if isinstance(names, list) and names else "no theme"


def _frame(frame: pl.DataFrame) -> list[str]:
    whole = thresholds.readable(frame)
    return _table([whole.columns, *([_amount(cell) for cell in row] for row in whole.rows())])


def _amount(cell: object) -> str:
    if cell is None:
        return "–"
    return _plain(cell) if isinstance(cell, str) else f"{cell:,.0f}"


def _plain(text: str) -> str:
    """A name from outside on one line, with nothing in it that a terminal would obey."""
    return " ".join(visible(text).split())


def _table(rows: Sequence[Sequence[str]]) -> list[str]:
    """Rows in columns; numbers stand right, words left, both under their heading."""
    columns = list(zip(*rows, strict=True))
    widths = [max(map(len, column)) for column in columns]
    right = [all(_is_number(cell) for cell in column[1:]) for column in columns]
    return ["  " + "  ".join(_padded(*cell) for cell in zip(row, widths, right, strict=True)).rstrip() for row in rows]


def _is_number(cell: str) -> bool:
    return cell.replace(",", "").replace(".", "").isdigit() or cell == "–"


def _padded(cell: str, width: int, right: bool) -> str:
    return cell.rjust(width) if right else cell.ljust(width)
