"""A run from plan to publication."""

from __future__ import annotations

import datetime as dt
import platform
import shutil
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from vocanalytics.errors import LedgerError, StepError, VocError
from vocanalytics.ledger import (
    Manifest,
    RunId,
    head,
    last_published,
    project_lock,
    publish,
    reconcile,
    standing,
    verify,
)
from vocanalytics.ledger.places import pretty_json, sha256_file, write_durably
from vocanalytics.pipeline.environment import fixed_environment
from vocanalytics.pipeline.history import changed_decisions
from vocanalytics.pipeline.inputs import read_otherwise
from vocanalytics.pipeline.notebook import code_cells, execute, parameters_for
from vocanalytics.pipeline.plan import DECISIONS, Plan, make_plan
from vocanalytics.pipeline.records import manifest_of, notes_of
from vocanalytics.pipeline.shelf import write_index
from vocanalytics.settings.pipeline import Parameter, Step

#: The step whose executed notebook becomes the pre-read.
REPORT_STEP = "50_preread"


class Progress(Protocol):
    """What a run tells while it goes."""

    def start(self, cells: int) -> None:
        """Say how many cells there are in all."""

    def step(self, number: int, of: int, title: str) -> None:
        """Say that a step begins."""

    def cell(self) -> None:
        """Say that a cell is done."""

    def done(self, seconds: float) -> None:
        """Say that the step ended well."""

    def say(self, sentence: str) -> None:
        """Say something worth knowing."""


@dataclass(frozen=True)
class Outcome:
    """How a run ended: its report, and whether anything was computed for it."""

    run_id: str
    report: Path
    fresh: bool
    notes: tuple[str, ...]


def run(plan: Plan, progress: Progress, *, now: Callable[[], dt.datetime]) -> Outcome:
    """Run the notebooks of a plan and publish what they made, or say that this very run is published already.

    Parameters
    ----------
    plan
        From `make_plan`.
    progress
        Told about steps and cells.
    now
        The clock for `run.json` and the receipts; nothing that is scored asks it.

    Raises
    ------
    StepError
        When a notebook stops; its half-executed copy and the log are kept below `reports/failed/`.
    LockHeldError
        When another run is writing in this project.

    Notes
    -----
    Whatever stops a run carries a note (`__notes__`) that says whether the run is published all the same.
    """
    places, run_id = plan.places, plan.run_id
    with project_lock(places.reports, f"run {run_id}"):
        for sentence in reconcile(places):
            progress.say(sentence)
        fresh, before = not _is_published(plan), head(places.ledger)
        notes: list[str] = []
        if not fresh:
            _refuse_tampered(plan)
        try:
            if fresh:
                manifest, notes = _compute(plan, progress, now, before)
                publish(places, manifest)
            notes += _index(plan)
        except BaseException as error:
            error.add_note(_stopped(plan, before) if fresh else f"Run {run_id} is published as it was.")
            raise
        return Outcome(run_id, places.report(run_id), fresh, tuple(notes))


def _refuse_tampered(plan: Plan) -> None:
    """A report may be said to stand only if it is still the one that was published."""
    faults = verify(plan.places, plan.run_id)
    if faults:
        report = plan.places.report(plan.run_id).relative_to(plan.places.root)
        raise LedgerError(
            f"run {plan.run_id} was published before and is not as it was",
            found="; ".join(faults[:3]),
            advice=f"Move {report} away and run again to make it anew",
        )


def _index(plan: Plan) -> list[str]:
    """Write the index; what goes wrong there does not undo a publication, so it is only said."""
    try:
        write_index(plan.places)
    except (OSError, VocError) as error:
        cause = (error.strerror or str(error)) if isinstance(error, OSError) else str(error)
        return [f"reports/index.html could not be written: {cause.rstrip('.')}. The run is published all the same"]
    return []


def _stopped(plan: Plan, before: str) -> str:
    """Say how far a stopped run got, and keep what shows why it stopped."""
    try:
        got = standing(plan.places, plan.run_id, before)
    except (OSError, VocError):
        return f"Whether run {plan.run_id} is published cannot be told: the ledger cannot be read."
    if got == "published":
        return f"Run {plan.run_id} is published."
    if got == "complete":
        return f"Run {plan.run_id} is complete; the next start publishes it."
    with suppress(OSError):
        _keep_failed(plan)
    return "Nothing was published."


def _is_published(plan: Plan) -> bool:
    places, run_id = plan.places, plan.run_id
    there = (places.report(run_id) / "manifest.json").is_file() and places.tables(run_id).is_dir()
    return there and last_published(places.ledger, RunId.parse(run_id).series) == run_id


def _compute(
    plan: Plan, progress: Progress, now: Callable[[], dt.datetime], ledger_head: str
) -> tuple[Manifest, list[str]]:
    """Make the tables and the report of a run in staging: its manifest, and the notes of its steps."""
    places, run_id = plan.places, plan.run_id
    tables, report = places.staged_tables(run_id), places.staged_report(run_id)
    shutil.rmtree(places.failed(run_id), ignore_errors=True)
    tables.mkdir(parents=True)
    started = now()
    seconds = _run_steps(plan, progress, ledger_head)
    _refuse_changed(plan)
    _keep_receipts(plan, now())
    _render(report)
    for path in sorted((tables / "report").iterdir()):
        path.rename(report / path.name)
    (tables / "report").rmdir()
    manifest = manifest_of(plan, tables, report, ledger_head)
    notes = notes_of(tables)
    if plan.pipeline.name != DECISIONS:  # a run that records decisions is what the note would ask for
        notes += changed_decisions(places, plan.fingerprint.inputs)
    record = {
        "run_id": run_id,
        "status": "published",
        "started": started.isoformat(),
        "ended": now().isoformat(),
        "seconds": seconds,
        "host": platform.node(),
        "platform": platform.platform(),
        "notes": notes,
        "notebooks": {path.stem: sha256_file(path) for path in sorted((report / "notebooks").glob("*.ipynb"))},
    }
    write_durably(report / "run.json", pretty_json(record))
    return manifest, notes


def _render(report: Path) -> None:
    """Put the pre-read together from its executed notebook, where the pipeline has one."""
    notebook = report / "notebooks" / f"{REPORT_STEP}.ipynb"
    if notebook.is_file():
        from vocanalytics.report import render_notebook

        render_notebook(notebook, report / "preread.html")


def _run_steps(plan: Plan, progress: Progress, ledger_head: str) -> dict[str, float]:
    steps = plan.pipeline.steps
    given = plan.given(ledger_head)
    seconds = {}
    progress.start(sum(code_cells(_source(plan, step)) for step in steps))
    with fixed_environment():
        for number, step in enumerate(steps, start=1):
            progress.step(number, len(steps), step.title)
            begun = time.perf_counter()
            _run_step(plan, step, given, progress)
            seconds[step.notebook] = round(time.perf_counter() - begun, 3)
            progress.done(seconds[step.notebook])
    return seconds


def _refuse_changed(plan: Plan) -> None:
    """A run that mixes two states of its inputs, settings or code has no id, so it is not published."""
    root, pipeline = plan.places.root, plan.pipeline.name
    now = make_plan(root, plan.quarter, as_of=plan.as_of, month=plan.month, pipeline=pipeline).fingerprint
    before = plan.fingerprint
    read = read_otherwise(plan.places.staged_tables(plan.run_id), before.inputs)
    if now.run_id == before.run_id and not read:
        return
    names = {item.name for item in set(now.inputs) ^ set(before.inputs)}
    changed = sorted({*names, *read}) or ["the settings or the code"]
    raise StepError(
        f"{', '.join(changed[:5])} changed while the run was going",
        advice="Run again",
    )


def _source(plan: Plan, step: Step) -> Path:
    return plan.places.root / "notebooks" / f"{step.notebook}.ipynb"


def _run_step(plan: Plan, step: Step, given: dict[str, Parameter], progress: Progress) -> None:
    report = plan.places.staged_report(plan.run_id)
    source = _source(plan, step)
    try:
        execute(
            source,
            report / "notebooks" / source.name,
            parameters_for(source, step, given),
            root=plan.places.root,
            log=report / "run.log",
            on_cell=progress.cell,
        )
    except StepError as error:
        kept = (plan.places.failed(plan.run_id) / "notebooks" / source.name).relative_to(plan.places.root)
        raise StepError(error.what, where=error.where, advice=f"The notebook as far as it came is {kept}") from None


def _keep_receipts(plan: Plan, seen: dt.datetime) -> None:
    from vocanalytics import sources

    root, tables = plan.places.root, plan.places.staged_tables(plan.run_id)
    if not (tables / "receipts.json").is_file():
        return
    pulled = sources.read_pulled(tables)
    sources.write_receipts(pulled, root / "data" / "raw", plan.quarter, seen=seen)


def _keep_failed(plan: Plan) -> None:
    """Keep notebooks and log of a run that stopped; of everything else nothing stays."""
    places, run_id = plan.places, plan.run_id
    staged, kept = places.staged_report(run_id), places.failed(run_id)
    if (staged / "notebooks").is_dir():
        shutil.rmtree(kept, ignore_errors=True)
        kept.mkdir(parents=True, exist_ok=True)
        for path in (staged / "notebooks", staged / "run.log"):
            if path.exists():
                path.rename(kept / path.name)
    shutil.rmtree(places.staged_tables(run_id), ignore_errors=True)
    shutil.rmtree(staged, ignore_errors=True)
