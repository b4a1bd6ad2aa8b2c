"""`vocanalytics triage` and `vocanalytics decisions`: what happens between two sessions, and after one."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import click

from vocanalytics.cli.quarterly import now, run_plan, tell_outcome
from vocanalytics.pipeline import default_month, default_quarter, make_plan
from vocanalytics.pipeline.plan import DECISIONS, TRIAGE
from vocanalytics.settings import Quarter
from vocanalytics.settings.month import Month


def run_triage(root: Path, *, month: str, as_of: dt.date | None) -> None:
    """Run the triage of a month and print where its page is."""
    chosen = Month.parse(month) if month else default_month(root, now().date())
    outcome = run_plan(make_plan(root, chosen.quarter, month=chosen, as_of=as_of, pipeline=TRIAGE))
    folder = tell_outcome(root, outcome)
    click.echo(f"  Triage     {folder / 'triage.html'}")
    click.echo(f"  As a list  {folder / 'triage.csv'}")
    click.echo("  All runs   reports/index.html")


def run_decisions(root: Path, *, quarter: str) -> None:
    """Check the decisions of a session, write memos and packs, and print where they are."""
    chosen = Quarter.parse(quarter) if quarter else default_quarter(root, now().date())
    outcome = run_plan(make_plan(root, chosen, pipeline=DECISIONS))
    folder = tell_outcome(root, outcome)
    click.echo(f"  Memos      {folder / 'memos' / 'index.html'}")
    click.echo(f"  Packs      {folder / 'packs'} (one for each CSM)")
    click.echo(f"  For a CRM  {folder / 'crm_import.csv'}")
    click.echo("  All runs   reports/index.html")
