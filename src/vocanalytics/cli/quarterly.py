"""`vocanalytics quarterly` and `vocanalytics demo`."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import click

from vocanalytics.cli.progress import Display
from vocanalytics.errors import SettingsError
from vocanalytics.pipeline import Outcome, Plan, default_quarter, make_plan, quarters_with_data, run
from vocanalytics.pipeline.demonstration import mark, step_aside
from vocanalytics.pipeline.plan import DECISIONS
from vocanalytics.settings import Quarter


def run_quarterly(root: Path, *, quarter: str, as_of: dt.date | None) -> None:
    """Run a quarter and print where its report is.

    A project without exports gets the demonstration company. Its quarter before is run first and what was decided then
    is recorded, so that the report has something to compare with and promises to account for.
    """
    chosen = Quarter.parse(quarter) if quarter else None
    if not quarters_with_data(root) and _may_be_demonstration(root, chosen):
        click.echo("There are no exports in data/raw, so the demonstration company is made.")
        make_demo(root, seed=7, force=False)
        chosen = chosen or DEMO_QUARTERS[-1]
        if chosen == DEMO_QUARTERS[-1]:
            _run(root, DEMO_QUARTERS[0], None)
            run_plan(make_plan(root, DEMO_QUARTERS[0], pipeline=DECISIONS))
    chosen = chosen or default_quarter(root, now().date())
    removed = step_aside(root, chosen)
    if removed:
        click.echo(f"data/raw/{chosen} has exports of its own, so {len(removed)} demonstration files were removed.")
    _tell(root, _run(root, chosen, as_of))


def _may_be_demonstration(root: Path, chosen: Quarter | None) -> bool:
    """Whether nobody has begun to fill the project, and no quarter was named but one that nobody has curated yet."""
    begun = [path for path in (root / "data/raw").glob("[!.]*") if path.name != "README.md"]
    if begun:
        return False
    return chosen is None or (chosen in DEMO_QUARTERS and not (root / "data/curated" / str(chosen)).exists())


DEMO_QUARTERS = (Quarter(2026, 2), Quarter(2026, 3))


def make_demo(root: Path, *, seed: int, force: bool) -> None:
    """Write the demonstration quarters, never over somebody's exports unless told to.

    Raises
    ------
    SettingsError
        When a demonstration quarter's folder already has files and `force` was not given.
    """
    from vocanalytics.demo import write_demo

    taken = [quarter for quarter in quarters_with_data(root) if quarter in DEMO_QUARTERS]
    if taken and not force:
        raise SettingsError(
            "there are exports already",
            where=f"data/raw/{taken[0]}",
            advice="Nothing was written; use --force to replace files of the same name",
        )
    written = write_demo(root, seed=seed, overwrite=force)
    mark(root, written)
    click.echo(f"Wrote {len(written)} files of the demonstration company below data/raw and data/curated.")


def _run(root: Path, quarter: Quarter, as_of: dt.date | None) -> Outcome:
    return run_plan(make_plan(root, quarter, as_of=as_of))


def run_plan(plan: Plan) -> Outcome:
    """Run a plan and show on the terminal how it goes."""
    with Display(f"{plan.label}, as of {plan.as_of.isoformat()}, run {plan.run_id}") as display:
        return run(plan, display, now=now)


def now() -> dt.datetime:
    """The moment, for the record of a run; nothing that is scored asks for it."""
    return dt.datetime.now(dt.UTC).replace(microsecond=0)


def _tell(root: Path, outcome: Outcome) -> None:
    folder = tell_outcome(root, outcome)
    click.echo(f"  Pre-read   {folder / 'preread.html'}")
    click.echo(f"  Workbook   {folder / 'workbook.xlsx'}")
    click.echo(f"  Decisions  {folder / 'decisions.csv'} (to fill in at the session)")
    click.echo("  All runs   reports/index.html")


def tell_outcome(root: Path, outcome: Outcome) -> Path:
    """Say what a run noted and whether it is new; return its folder as a person would name it."""
    for note in outcome.notes:
        click.echo(f"  Note: {note}")
    if not outcome.fresh:
        click.echo(f"Nothing changed since run {outcome.run_id}; its report stands.")
    return outcome.report.relative_to(root)
