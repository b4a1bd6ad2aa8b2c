"""Months and decisions beside quarters: what each run reads, its clock, its id, and the page it begins with."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import polars as pl
import pytest
from click.testing import CliRunner

from vocanalytics.cli import cli
from vocanalytics.errors import LedgerError, SettingsError
from vocanalytics.ledger import Manifest, Places, RunId, build_manifest, publish
from vocanalytics.ledger.places import pretty_json
from vocanalytics.pipeline import default_month, make_plan
from vocanalytics.pipeline.history import changed_decisions, history
from vocanalytics.pipeline.plan import DECISIONS, TRIAGE, Plan
from vocanalytics.pipeline.shelf import first_page, quarter_of, write_index
from vocanalytics.settings import Quarter
from vocanalytics.settings.month import Month
from vocanalytics.tables import write_frame

Q3, SEPTEMBER = Quarter(2026, 3), Month(2026, 9)


@pytest.fixture
def project(root: Path, tmp_path: Path) -> Path:
    """A project with settings and notebooks of this one, and exports of four quarters running."""
    for name in ("pipelines", "expectations", "notebooks"):
        (tmp_path / name).symlink_to(root / name)
    for quarter in ("2025Q4", "2026Q1", "2026Q2", "2026Q3"):
        for export in ("feedback.csv", "accounts.csv"):
            _write(tmp_path / "data/raw" / quarter / export, quarter)
    return tmp_path


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def _publish(plan: Plan) -> str:
    """Publish a plan as its notebooks would, with one table."""
    places, run_id = plan.places, plan.run_id
    tables, report = places.staged_tables(run_id), places.staged_report(run_id)
    write_frame(tables / "theme_scores.parquet", pl.DataFrame({"theme_name": ["Exports"], "rank": [1]}))
    _write(report / "preread.html", "page")
    _write(report / "run.json", pretty_json({"run_id": run_id, "notebooks": {}}))
    publish(places, _manifest(plan, tables, report))
    return run_id


def _manifest(plan: Plan, tables: Path, report: Path) -> Manifest:
    folders = {
        folder.relative_to(plan.places.root).as_posix(): staged
        for folder, staged in (
            (plan.places.tables(plan.run_id), tables),
            (plan.places.report(plan.run_id), report),
        )
    }
    records = {"exports": [], "validation": {}, "row_accounting": [], "themes": {"themes": 1}}
    return build_manifest(
        plan.places.root, plan.fingerprint, configuration={}, seed=7, records=records, ledger_head="0", folders=folders
    )


def test_a_run_looks_back_until_a_quarter_is_missing(project: Path) -> None:
    ids = {quarter: _publish(make_plan(project, Quarter.parse(quarter))) for quarter in ("2025Q4", "2026Q2")}
    assert make_plan(project, Q3).fingerprint.runs == (ids["2026Q2"],)
    ids["2026Q1"] = _publish(make_plan(project, Quarter(2026, 1)))
    plan = make_plan(project, Q3)
    assert plan.fingerprint.runs == (ids["2026Q2"], ids["2026Q1"], ids["2025Q4"])
    given = plan.given("head")
    assert given["previous_dir"] == f"data/processed/{ids['2026Q2']}"
    assert given["history_dirs"] == ",".join(f"data/processed/{run_id}" for run_id in plan.fingerprint.runs)
    assert (given["month"], given["scored_dir"]) == ("", "")


def test_a_quarter_whose_tables_were_cleared_away_ends_the_history(project: Path) -> None:
    for quarter in ("2026Q1", "2026Q2"):
        _publish(make_plan(project, Quarter.parse(quarter)))
    places = Places(project)
    (run_id, _) = history(places, Q3, ())
    (places.tables(run_id) / "theme_scores.parquet").unlink()
    assert history(places, Q3, ()) == ()


def test_a_run_that_another_version_recorded_is_one_line_that_says_what_to_do(project: Path) -> None:
    before = _publish(make_plan(project, Quarter(2026, 2)))
    manifest = Places(project).report(before) / "manifest.json"
    manifest.write_text(manifest.read_text().replace('"runs": []', '"previous_run": null'))
    with pytest.raises(LedgerError, match=r"previous_run: not a manifest: .* run its quarter again"):
        make_plan(project, Q3)


def test_a_triage_reads_the_quarter_that_holds_its_month(project: Path) -> None:
    before = _publish(make_plan(project, Quarter(2026, 2)))
    plan = make_plan(project, SEPTEMBER.quarter, month=SEPTEMBER, pipeline=TRIAGE)
    assert plan.run_id.startswith("2026-09-triage-")
    assert (plan.label, plan.as_of, plan.fingerprint.runs) == ("September 2026", dt.date(2026, 9, 30), (before,))
    assert plan.given("")["history_dirs"] == f"data/processed/{before}"
    assert [item.name for item in plan.fingerprint.inputs] == [
        "data/raw/2026Q3/accounts.csv",
        "data/raw/2026Q3/feedback.csv",
    ]
    assert (plan.given("")["quarter"], plan.given("")["month"]) == ("2026Q3", "2026-09")
    other = make_plan(project, SEPTEMBER.quarter, month=Month(2026, 8), pipeline=TRIAGE)
    assert other.run_id.startswith("2026-08-triage-")


@pytest.mark.parametrize("day", [dt.date(2026, 8, 31), dt.date(2026, 10, 1)])
def test_a_triage_stands_on_a_day_of_its_month(project: Path, day: dt.date) -> None:
    with pytest.raises(SettingsError, match=r"AS_OF: the as-of date lies outside the month .*2026-09-01 to 2026-09-30"):
        make_plan(project, Q3, month=SEPTEMBER, as_of=day, pipeline=TRIAGE)
    earlier = make_plan(project, Q3, month=SEPTEMBER, as_of=dt.date(2026, 9, 15), pipeline=TRIAGE)
    assert earlier.given("")["as_of"] == "2026-09-15"


def test_decisions_need_a_run_and_a_sheet(project: Path) -> None:
    with pytest.raises(SettingsError, match=r"2026Q3: this quarter has no published run to decide on.*make quarterly"):
        make_plan(project, Q3, pipeline=DECISIONS)
    scored = _publish(make_plan(project, Q3, as_of=dt.date(2026, 10, 2)))
    with pytest.raises(SettingsError, match=r"data/curated/2026Q3: there are no decisions for this quarter"):
        make_plan(project, Q3, pipeline=DECISIONS)
    _write(project / "data/curated/2026Q3/decisions.xlsx", "sheet")
    _write(project / "data/curated/2026Q3/session.yml", "day: 2026-10-15")
    plan = make_plan(project, Q3, pipeline=DECISIONS)
    assert plan.run_id.startswith("2026Q3-decisions-")
    assert plan.as_of == dt.date(2026, 10, 2)
    assert plan.fingerprint.runs == (scored,)
    assert plan.given("")["scored_dir"] == f"data/processed/{scored}"
    assert [Path(item.name).name for item in plan.fingerprint.inputs] == ["decisions.xlsx", "session.yml"]


def test_decisions_changed_after_they_were_recorded_are_said(project: Path) -> None:
    before = Quarter(2026, 2)
    _publish(make_plan(project, before))
    sheet = project / "data/curated/2026Q2/decisions.csv"
    _write(sheet, "theme,status\n")
    assert changed_decisions(Places(project), make_plan(project, Q3).fingerprint.inputs) == []
    recorded = _publish(make_plan(project, before, pipeline=DECISIONS))
    assert changed_decisions(Places(project), make_plan(project, Q3).fingerprint.inputs) == []
    _write(sheet, "theme,status\nT-0001,decline\n")
    (said,) = changed_decisions(Places(project), make_plan(project, Q3).fingerprint.inputs)
    assert said.startswith(f"data/curated/2026Q2/decisions.csv was changed after run {recorded} recorded it")


@pytest.mark.parametrize(
    ("today", "month"),
    [("2026-11-22", "2026-09"), ("2026-09-30", "2026-08"), ("2026-10-01", "2026-09"), ("2025-01-01", "2026-07")],
)
def test_the_default_month_is_the_last_completed_one_with_data(project: Path, today: str, month: str) -> None:
    assert str(default_month(project, dt.date.fromisoformat(today))) == month


def test_runs_are_listed_with_the_page_to_open(project: Path) -> None:
    quarterly = _publish(make_plan(project, Q3))
    _write(project / "data/curated/2026Q3/decisions.csv", "theme")
    decided = _publish(make_plan(project, Q3, pipeline=DECISIONS))
    triaged = _publish(make_plan(project, Q3, month=SEPTEMBER, pipeline=TRIAGE))
    _publish(make_plan(project, Quarter(2026, 2)))
    listed = CliRunner().invoke(cli, ["--root", str(project), "runs", "--quarter", "2026Q3"]).output.splitlines()
    assert listed == [
        f"{triaged}  reports/2026-09/{triaged}/triage.html",
        f"{decided}  reports/2026Q3/{decided}/memos/index.html",
        f"{quarterly}  reports/2026Q3/{quarterly}/preread.html",
    ]
    assert {str(quarter_of(run_id)) for run_id in (triaged, decided, quarterly)} == {"2026Q3"}


def test_the_index_leads_to_decisions_and_triages(project: Path) -> None:
    quarterly = _publish(make_plan(project, Q3))
    _write(project / "data/curated/2026Q3/decisions.csv", "theme")
    decided = _publish(make_plan(project, Q3, pipeline=DECISIONS))
    triaged = _publish(make_plan(project, Q3, month=SEPTEMBER, pipeline=TRIAGE))
    write_index(Places(project))
    page = (project / "reports/index.html").read_text()
    assert [name in page for name in (first_page(quarterly), first_page(decided), first_page(triaged))] == [True] * 3
    again = _publish(make_plan(project, Q3, as_of=dt.date(2026, 10, 1)))
    write_index(Places(project))
    page = (project / "reports/index.html").read_text()
    assert page.count(first_page(decided)) == 1
    row = next(line for line in page.splitlines() if again in line)
    assert first_page(decided) not in row, "the session decided on the run before it"


def test_the_index_reads_the_ledger_as_often_for_many_runs_as_for_one(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reads: list[Path] = []
    read_bytes = Path.read_bytes

    def counted(path: Path) -> bytes:
        reads.append(path)
        return read_bytes(path)

    monkeypatch.setattr(Path, "read_bytes", counted)
    often = []
    for day in (1, 2, 3):
        _publish(make_plan(project, Q3, as_of=dt.date(2026, 10, day)))
        _publish(make_plan(project, Q3, month=SEPTEMBER, as_of=dt.date(2026, 9, day), pipeline=TRIAGE))
        reads.clear()
        write_index(Places(project))
        often.append(reads.count(Places(project).ledger))
    assert len(set(often)) == 1


def test_a_pipeline_of_another_name_opens_its_manifest() -> None:
    assert first_page("2026Q3-audit-0123456789ab") == "2026Q3/2026Q3-audit-0123456789ab/manifest.json"
    assert RunId.parse("2026Q3-audit-0123456789ab").pipeline == "audit"
