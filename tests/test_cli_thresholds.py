"""The command, the Make target and the notebook: what they print, what they write, and what they refuse."""

from __future__ import annotations

import datetime as dt
import os
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import altair as alt
import pytest
from click.testing import CliRunner, Result
from quarters import Rows, account, aligned, inputs, scored
from scoring_cases import quarter as rows_of

from vocanalytics.cli import cli
from vocanalytics.ledger import Places, append, build_manifest, project_lock
from vocanalytics.ledger.places import sha256_file, write_durably
from vocanalytics.pipeline import make_plan
from vocanalytics.settings import Quarter, read_model
from vocanalytics.tables import write_table

Publish = Callable[..., str]


def _rows(size: int, prefix: str = "A") -> Rows:
    many = [account(f"{prefix}{number}", tier="smb", arr=f"{20_000 + 10 * number}.00") for number in range(size)]
    return rows_of(
        {"Exports": many, "Sign-in\x1b[2J": many[: size // 20]},
        alignment=[aligned("Sign-in\x1b[2J", "direct", "4", roadmap_id="R1")],
        roadmap=[{"roadmap_id": "R1", "name": "A bet", "published_on": "2026-07-01"}],
    )


@pytest.fixture
def project(root: Path, tmp_path: Path) -> Path:
    """A project with settings of its own, and no published run."""
    for name in ("expectations", "notebooks"):
        (tmp_path / name).symlink_to(root / name)
    shutil.copytree(root / "pipelines", tmp_path / "pipelines")
    return tmp_path


@pytest.fixture
def publish(project: Path) -> Publish:
    """Publish a quarter without its notebooks: tables, manifest and the line in the ledger."""

    def published(quarter: str, rows: Rows) -> str:
        for name in ("feedback.csv", "accounts.csv"):
            write_durably(project / "data/raw" / quarter / name, quarter)
        plan = make_plan(project, Quarter.parse(quarter))
        tables, report = plan.places.tables(plan.run_id), plan.places.report(plan.run_id)
        write_table(tables, "theme_scores", scored(rows).theme_scores)
        write_table(tables, "accounts", inputs(rows).accounts)
        records = {"exports": [], "validation": {}, "row_accounting": [], "themes": {}}
        manifest = build_manifest(
            project, plan.fingerprint, configuration={}, seed=7, records=records, ledger_head="", folders={}
        )
        write_durably(report / "manifest.json", manifest.text())
        append(plan.places.ledger, plan.run_id, "published", sha256_file(report / "manifest.json"))
        return plan.run_id

    return published


def _run(project: Path, *words: str) -> Result:
    return CliRunner().invoke(cli, ["--root", str(project), "thresholds", *words])


def test_before_the_first_run_it_says_what_to_do(project: Path) -> None:
    result = _run(project)
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.strip() == (
        "Stopped: no run is published yet. Run make quarterly first; breakpoints are proposed from its accounts."
    )


def test_the_proposal_is_printed_and_nothing_is_written(project: Path, publish: Publish) -> None:
    publish("2026Q2", _rows(100))
    run_id = publish("2026Q3", _rows(400))
    before = {path: path.read_bytes() for path in project.rglob("*") if path.is_file()}
    result = _run(project)
    assert result.exit_code == 0, result.output
    said = result.stdout
    assert said.startswith(
        f"Breakpoints proposed from run {run_id} (400 in-scope accounts, a typical one USD 21,995, weighted 400)\n"
    )
    assert re.search(r"Tier +Accounts +Median ARR +Total ARR +Weighted count\n", said)
    assert re.search(r"SMB +400 +21,995 +8,798,000 +400\n", said)
    assert re.search(r"5 +1,000,000 +400,000 +20 × USD 21,995 +10 +24 +6% of 400, at least 10 SMB\n", said)
    assert re.search(r"2026Q3 +breadth +present +0 +0 +0 +0 +2\n", said)
    assert re.search(r"2026Q3 +breadth +proposed +0 +0 +0 +1 +1\n", said)
    assert "2026Q2, run 2026Q2-" in said
    assert "Shortlist now: no theme" in said
    assert said.endswith("To write the proposed numbers: make thresholds QUARTER=2026Q3 ACCEPT=yes\n")
    assert "  Sign-in␛[2J " in said
    assert "\x1b" not in said
    assert {path: path.read_bytes() for path in project.rglob("*") if path.is_file()} == before


def test_accepting_writes_the_numbers_with_run_and_date(project: Path, publish: Publish) -> None:
    run_id = publish("2026Q3", _rows(400))
    path = project / "pipelines/model.yml"
    before = path.read_text().splitlines()
    result = _run(project, "--accept")
    assert result.exit_code == 0, result.output
    assert result.stdout.endswith("Written to pipelines/model.yml; the next run uses them.\n")
    held = read_model(path)
    assert held.revenue.breakpoints == (20_000, 75_000, 200_000, 400_000)
    assert held.breadth.breakpoints == (4, 8, 14, 24)
    added = [line for line in path.read_text().splitlines() if line not in before]
    today = dt.datetime.now(dt.UTC).date().isoformat()
    assert [line.split(";")[0] for line in added if line.lstrip().startswith("#")] == 2 * [
        f"  # {today}: set from run {run_id} (400 in-scope accounts, a typical one USD 21,995, weighted 400)"
    ]
    written = path.read_bytes()
    again = _run(project, "--accept")
    assert again.stdout.endswith("pipelines/model.yml holds them already.\n")
    assert _run(project).stdout.endswith("pipelines/model.yml holds these numbers already.\n")
    assert path.read_bytes() == written


def test_a_quarter_is_the_named_one_and_else_the_newest(project: Path, publish: Publish) -> None:
    second, third = publish("2026Q2", _rows(100)), publish("2026Q3", _rows(400))
    assert _run(project).stdout.startswith(f"Breakpoints proposed from run {third} ")
    append(Places(project).ledger, "2026-10-triage-0123456789ab", "published", "")
    assert _run(project).stdout.startswith(f"Breakpoints proposed from run {third} ")
    named = _run(project, "--quarter", "2026Q2").stdout
    assert named.startswith(f"Breakpoints proposed from run {second} ")
    assert "2026Q3" not in named
    result = _run(project, "--quarter", "2026Q1")
    assert result.stderr.strip() == (
        "Stopped: 2026Q1: this quarter has no published run (expected one of 2026Q2, 2026Q3). Run make quarterly "
        "QUARTER=2026Q1 first."
    )
    assert "not a quarter" in _run(project, "--quarter", "last").stderr


def test_four_quarters_are_scored_again_at_most(project: Path, publish: Publish) -> None:
    for quarter in ("2025Q3", "2025Q4", "2026Q1", "2026Q2", "2026Q3"):
        publish(quarter, _rows(20))
    said = _run(project).stdout
    assert re.findall(r"^(\w+), run", said, flags=re.M) == ["2026Q3", "2026Q2", "2026Q1", "2025Q4"]


def test_tables_that_were_cleared_away_are_one_clear_line(project: Path, publish: Publish) -> None:
    publish("2026Q2", _rows(20))
    run_id = publish("2026Q3", _rows(20))
    shutil.rmtree(Places(project).tables(run_id))
    result = _run(project, "--accept")
    assert result.exit_code == 1
    assert f"data/processed/{run_id}: the run {run_id} has no table accounts" in result.stderr
    assert len(result.stderr.strip().splitlines()) == 1
    assert "2026Q2" in _run(project, "--quarter", "2026Q2").stdout


def test_accepting_waits_for_no_run_that_is_going(project: Path, publish: Publish) -> None:
    publish("2026Q3", _rows(400))
    before = (project / "pipelines/model.yml").read_bytes()
    with project_lock(project / "reports", "run 2026Q3"):
        assert _run(project).exit_code == 0
        result = _run(project, "--accept")
    assert result.exit_code == 1
    assert "another run is writing here" in result.stderr
    assert (project / "pipelines/model.yml").read_bytes() == before


@pytest.mark.parametrize(
    ("words", "called"),
    [
        (["QUARTER=2026Q3"], '-m vocanalytics thresholds --quarter "$VOC_QUARTER" '),
        (["ACCEPT=yes"], '-m vocanalytics thresholds --quarter "$VOC_QUARTER" --accept'),
        (["ACCEPT=no"], None),
        (["accept=yes"], None),
    ],
)
def test_make_accepts_with_yes_and_nothing_else(root: Path, words: list[str], called: str | None) -> None:
    environment = {name: value for name, value in os.environ.items() if name not in ("ACCEPT", "MAKEFLAGS")}
    done = subprocess.run(
        ["make", "--no-print-directory", "--dry-run", "thresholds", *words],
        cwd=root,
        capture_output=True,
        text=True,
        env=environment,
    )
    if called is None:
        assert done.returncode == 2
        assert "ACCEPT=" in done.stderr
    else:
        assert done.stdout.splitlines()[-1].endswith(called)


def test_the_notebook_shows_the_study_and_writes_nothing(
    root: Path, project: Path, publish: Publish, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish("2026Q3", _rows(400))
    before = (project / "pipelines/model.yml").read_bytes()
    monkeypatch.chdir(project / "pipelines")
    shown: dict[str, object] = {}
    with alt.renderers.enable():
        exec((root / "notebooks/explore_thresholds.py").read_text(), shown)  # noqa: S102
    assert shown["quarter"] == ""
    assert shown["study"].run_id.startswith("2026Q3-")  # type: ignore[attr-defined]
    assert (project / "pipelines/model.yml").read_bytes() == before


def test_charts_are_drawn_without_a_network(root: Path) -> None:
    # Other renderers fetch Vega from elsewhere, or need a widget that the lock does not have.
    assert 'alt.renderers.enable("svg")' in (root / "notebooks/explore_thresholds.py").read_text()
