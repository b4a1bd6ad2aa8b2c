"""The command line: every Make target is one line over it."""

from __future__ import annotations

import datetime as dt
import os
import re
import sys
from pathlib import Path

import click

from vocanalytics import __version__
from vocanalytics.errors import SettingsError, VocError


class _Clear(click.Group):
    """A group whose commands end with one line instead of a traceback when something is wrong."""

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except VocError as error:
            _say_stopped(f"Stopped: {error}", error)
            ctx.exit(1)
        except KeyboardInterrupt as error:
            _say_stopped("Stopped by you.", error)
            ctx.exit(130)
        except OSError as error:
            where = f"{error.filename}: " if error.filename else ""
            _say_stopped(f"Stopped: {where}{error.strerror or error}.", error)
            ctx.exit(1)


def _say_stopped(line: str, error: BaseException) -> None:
    """What stopped the command, a line for each of several faults, and whether a run is published or not."""
    said = " ".join([line, *getattr(error, "__notes__", ())])
    click.echo(re.sub(r" \((\d{1,2})\) ", r"\n  (\1) ", said) if " (2) " in said else said, err=True)


def _root(_ctx: click.Context, _parameter: click.Parameter, value: str) -> Path:
    root = Path(value).resolve()
    if not (root / "pipelines").is_dir():
        raise click.BadParameter(f"{root} holds no folder 'pipelines'; run this in the project's folder.")
    return root


@click.group(cls=_Clear, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="vocanalytics")
@click.option("--root", default=".", callback=_root, help="The project's folder.  [default: this one]", is_eager=False)
@click.pass_context
def cli(ctx: click.Context, root: Path) -> None:
    """Voice-of-Customer scoring that Customer Success and Product can both recompute."""
    ctx.obj = root


@cli.command()
@click.option("--quarter", default="", help="Such as 2026Q3; without it the last completed quarter that has data.")
@click.option("--as-of", default="", help="The day the scoring clock stands still; by default the quarter's last.")
@click.pass_obj
def quarterly(root: Path, quarter: str, as_of: str) -> None:
    """Pull, validate, find themes, score, and write the pre-read of a quarter."""
    from vocanalytics.cli.quarterly import run_quarterly

    run_quarterly(root, quarter=quarter.strip(), as_of=_day(as_of.strip()))


def _day(text: str) -> dt.date | None:
    if not text:
        return None
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise SettingsError("not a date", where="AS_OF", found=repr(text), expected="one such as 2026-09-30") from None


@cli.command()
@click.option("--month", default="", help="Such as 2026-09; without it the last completed month that has data.")
@click.option("--as-of", default="", help="An earlier day to stand on; by default the month's last.")
@click.pass_obj
def triage(root: Path, month: str, as_of: str) -> None:
    """List what is urgent in a month: churn signals with a near renewal, and what cannot wait for the session."""
    from vocanalytics.cli.sessions import run_triage

    run_triage(root, month=month.strip(), as_of=_day(as_of.strip()))


@cli.command()
@click.option("--quarter", default="", help="Such as 2026Q3; without it the last completed quarter that has data.")
@click.pass_obj
def decisions(root: Path, quarter: str) -> None:
    """Check what a session decided, write memos and packs for the CSMs, and record it in the ledger."""
    from vocanalytics.cli.sessions import run_decisions

    run_decisions(root, quarter=quarter.strip())


@cli.command()
@click.option("--quarter", default="", help="Such as 2026Q3; without it the newest quarter with a published run.")
@click.option("--accept", is_flag=True, help="Write the proposed numbers into pipelines/model.yml.")
@click.pass_obj
def thresholds(root: Path, quarter: str, accept: bool) -> None:
    """Propose breakpoints from the company's own accounts, and show what they would have done."""
    from vocanalytics.cli.thresholds import run_thresholds

    run_thresholds(root, quarter=quarter.strip(), accept=accept)


@cli.command()
@click.option("--quarter", default="", help="Such as 2026Q3; without it the newest quarter with a published run.")
@click.pass_obj
def naming(root: Path, quarter: str) -> None:
    """Ask a model for names of new themes, where themes.naming is set and a person has agreed to what is sent."""
    from vocanalytics.cli.naming import run_naming

    run_naming(root, quarter=quarter.strip())


@cli.command()
@click.pass_obj
def codebook(root: Path) -> None:
    """List who changed the themes of the codebook, when and why, and check that the log leads to the file."""
    from vocanalytics.cli.codebook import run_codebook

    run_codebook(root)


@cli.command()
@click.option("--seed", default=7, show_default=True, help="Another seed, another company with the same cases.")
@click.option("--force", is_flag=True, help="Write although there are exports; files of the same name are replaced.")
@click.pass_obj
def demo(root: Path, seed: int, force: bool) -> None:
    """Make two demonstration quarters of a fictitious company."""
    from vocanalytics.cli.quarterly import make_demo

    make_demo(root, seed=seed, force=force)


@cli.command()
@click.option("--from", "source", default="", help="A folder that holds the files of all-MiniLM-L6-v2.")
@click.option("--other-model", is_flag=True, help="Accept another model from that folder; its hashes are recorded.")
@click.pass_obj
def encoders(root: Path, source: str, other_model: bool) -> None:
    """Prepare the weights of the encoders static and sentence, once."""
    from vocanalytics.cli.encoders import run_encoders

    run_encoders(root, source=source, other=other_model)


@cli.command()
@click.option("--quarter", default="", help="Only runs of this quarter and of its months.")
@click.pass_obj
def runs(root: Path, quarter: str) -> None:
    """List the published runs, newest first."""
    from vocanalytics.ledger import Places
    from vocanalytics.pipeline.shelf import first_page, published_runs, quarter_of
    from vocanalytics.settings import Quarter

    wanted = Quarter.parse(quarter) if quarter else None
    listed = [entry.run_id for entry in published_runs(Places(root)) if wanted in (None, quarter_of(entry.run_id))]
    for run_id in listed:
        click.echo(f"{run_id}  reports/{first_page(run_id)}")
    if not listed:
        none = f"No run of {wanted} is published" if wanted else "No run is published yet"
        click.echo(f"{none}; start with: make quarterly{f' QUARTER={wanted}' if wanted else ''}")


@cli.command()
@click.argument("run_id")
@click.pass_obj
def verify(root: Path, run_id: str) -> None:
    """Check that nothing of a published run changed and that the ledger's chain holds."""
    from vocanalytics import ledger

    if not run_id:
        raise SettingsError("no run is named", where="RUN", advice="Name one with RUN=; make runs lists them")
    places = ledger.Places(root)
    faults = ledger.verify(places, run_id)
    for fault in faults:
        click.echo(f"  {fault}", err=True)
    if faults:
        click.echo(
            f"{run_id} does not hold: {len(faults)} {'thing' if len(faults) == 1 else 'things'} above.", err=True
        )
        sys.exit(1)
    count = len(ledger.read_manifest(places.report(run_id) / "manifest.json").outputs)
    click.echo(f"{run_id} holds: {count} files are as published, and the ledger's chain is whole.")


def main() -> None:
    """Run the command line; Make targets and the `vocanalytics` command come here."""
    os.environ.setdefault("GX_ANALYTICS_ENABLED", "False")
    cli(prog_name="vocanalytics")
