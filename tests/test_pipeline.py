"""Plans, parameters, and what a failing notebook leaves behind."""

from __future__ import annotations

import datetime as dt
import errno
import shutil
from importlib import import_module
from pathlib import Path
from typing import NoReturn

import nbformat
import polars as pl
import pytest
from click.testing import CliRunner

from vocanalytics.cli import cli
from vocanalytics.cli.progress import Display
from vocanalytics.errors import LedgerError, SettingsError, SourceError, StepError
from vocanalytics.ledger import Manifest, build_manifest, verify
from vocanalytics.pipeline import Outcome, Plan, default_quarter, make_plan, quarters_with_data, run, runner
from vocanalytics.pipeline import notebook as notebooks
from vocanalytics.pipeline.notebook import execute, parameters_for
from vocanalytics.pipeline.shelf import write_index
from vocanalytics.settings import Quarter, Step
from vocanalytics.tables import write_frame

TODAY = dt.date(2026, 11, 22)


@pytest.fixture
def project(root: Path, tmp_path: Path) -> Path:
    """A project with settings, suites and notebooks of this one, and no data."""
    for name in ("pipelines", "expectations", "notebooks"):
        (tmp_path / name).symlink_to(root / name)
    return tmp_path


def _export(project: Path, quarter: str, name: str = "feedback.csv", text: str = "x") -> Path:
    path = project / "data/raw" / quarter / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def test_the_default_quarter_is_the_last_completed_one_with_data(project: Path) -> None:
    for quarter in ("2026Q2", "2026Q3", "2026Q4"):
        _export(project, quarter)
    (project / "data/raw/2027Q1").mkdir()
    (project / "data/raw/README.md").write_text("about")
    assert [str(quarter) for quarter in quarters_with_data(project)] == ["2026Q2", "2026Q3", "2026Q4"]
    assert default_quarter(project, TODAY) == Quarter(2026, 3)
    assert default_quarter(project, dt.date(2026, 5, 1)) == Quarter(2026, 4)


def test_no_exports_is_one_clear_line(project: Path) -> None:
    with pytest.raises(SettingsError, match="there are no exports"):
        default_quarter(project, TODAY)
    with pytest.raises(SettingsError, match=r"data/raw/2026Q3: there are no exports for this quarter"):
        make_plan(project, Quarter(2026, 3))


@pytest.fixture
def quarter(project: Path) -> Path:
    """A project with the two exports that a run needs."""
    for name in ("feedback.csv", "accounts.csv"):
        _export(project, "2026Q3", name)
    return project


def _curate(project: Path, name: str, text: str = "x") -> None:
    path = project / "data/curated" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def test_the_run_id_follows_every_input(quarter: Path) -> None:
    first = make_plan(quarter, Quarter(2026, 3)).run_id
    assert make_plan(quarter, Quarter(2026, 3)).run_id == first
    seen = {first, make_plan(quarter, Quarter(2026, 3), as_of=dt.date(2026, 10, 1)).run_id}
    files = (
        "codebook.yml",
        "2026Q3/roadmap.csv",
        "2026Q3/alignment.xlsx",
        "2026Q3/session.yml",
        "2026Q2/decisions.xlsx",
    )
    for name in files:
        _curate(quarter, name, "mark: x")
        seen.add(make_plan(quarter, Quarter(2026, 3)).run_id)
    # A run says of these that it does not read them, so its notes follow them.
    _curate(quarter, "2026Q3/roadmaps.csv")
    seen.add(make_plan(quarter, Quarter(2026, 3)).run_id)
    _export(quarter, "2026Q3", "readme.txt")
    seen.add(make_plan(quarter, Quarter(2026, 3)).run_id)
    assert len(seen) == 2 + len(files) + 2


@pytest.mark.parametrize(
    "name",
    [
        "raw/2026Q3/~$accounts.xlsx",
        "raw/2026Q3/.DS_Store",
        "curated/2026Q3/~$roadmap.xlsx",
        "curated/2026Q3/decisions.csv",
        "curated/2026Q2/overrides.csv",
    ],
)
def test_the_run_id_follows_nothing_that_is_not_read(quarter: Path, name: str) -> None:
    before = make_plan(quarter, Quarter(2026, 3)).run_id
    _curate(quarter, f"../{name}")
    assert make_plan(quarter, Quarter(2026, 3)).run_id == before


def test_a_fault_of_the_session_file_is_said_before_anything_runs(quarter: Path) -> None:
    _curate(quarter, "2026Q3/session.yml", "day: 08.10.2026")
    with pytest.raises(SettingsError, match=r"session.yml, day: not a date \(found '08.10.2026', expected one such as"):
        make_plan(quarter, Quarter(2026, 3))


def test_a_missing_export_is_said_before_anything_runs(project: Path) -> None:
    _export(project, "2026Q3")
    with pytest.raises(SourceError, match=r"^data/raw/2026Q3: no accounts export \(found feedback.csv"):
        make_plan(project, Quarter(2026, 3))


def test_only_folders_named_as_a_quarter_count(project: Path) -> None:
    for name in ("2026-Q3", "26Q3", "0000Q1", "2026Q3", "12026Q4", "FY2026Q1"):
        _export(project, name)
    _export(project, "2026Q2", "~$feedback.xlsx")
    assert [str(quarter) for quarter in quarters_with_data(project)] == ["2026Q3"]


def test_an_as_of_before_the_quarter_is_refused(quarter: Path) -> None:
    with pytest.raises(SettingsError, match="lies before the quarter"):
        make_plan(quarter, Quarter(2026, 3), as_of=dt.date(2026, 6, 30))


def test_a_pipeline_with_a_notebook_that_does_not_exist(root: Path, tmp_path: Path) -> None:
    (tmp_path / "pipelines").mkdir()
    for name in ("model.yml", "quarterly.yml"):
        text = (root / "pipelines" / name).read_text().replace("30_themes", "35_themes")
        (tmp_path / "pipelines" / name).write_text(text)
    (tmp_path / "notebooks").symlink_to(root / "notebooks")
    with pytest.raises(SettingsError, match="35_themes"):
        make_plan(tmp_path, Quarter(2026, 3))


def _notebook(path: Path, *sources: str) -> Path:
    cells = [nbformat.v4.new_code_cell(source) for source in sources]
    cells[0].metadata["tags"] = ["parameters"]
    notebook = nbformat.v4.new_notebook(cells=cells)
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
    nbformat.write(notebook, path)
    return path


def test_parameters_are_given_as_declared_and_nothing_else(tmp_path: Path) -> None:
    notebook = _notebook(tmp_path / "10_pull.ipynb", 'quarter: str = "2026Q3"\nlimit: int = 3\nfolder = "data"')
    given = {"quarter": "2026Q2", "as_of": "2026-06-30"}
    step = Step(notebook="10_pull", title="Pull", parameters={"limit": 5})
    assert parameters_for(notebook, step, given) == {"quarter": "2026Q2", "limit": 5}
    for parameters, said in (
        ({"limt": 5}, "no such parameter (expected one of folder, limit)"),
        ({"limit": "5"}, "another type (found '5', expected int such as 3)"),
        ({"limit": True}, "another type"),
    ):
        with pytest.raises(StepError) as caught:
            parameters_for(notebook, Step(notebook="10_pull", title="Pull", parameters=parameters), given)
        assert said in str(caught.value)
        assert "notebook 10_pull, parameter lim" in str(caught.value)


@pytest.mark.end_to_end
@pytest.mark.parametrize(
    ("cell", "said"),
    [
        (
            "from vocanalytics.errors import SourceError\n"
            "raise SourceError('no rows', where='feedback.csv', advice='Export again')",
            "notebook 40_score, cell 3: feedback.csv: no rows. Export again.",
        ),
        ("{}['arr']", "notebook 40_score, cell 3: KeyError: 'arr'."),
        ("import os; os.kill(os.getpid(), 9)", "notebook 40_score: the kernel died. Most often"),
    ],
)
def test_a_failing_cell_is_one_line_and_the_notebook_is_kept(tmp_path: Path, cell: str, said: str) -> None:
    notebook = _notebook(tmp_path / "40_score.ipynb", 'quarter: str = "2026Q3"', cell, "print('never')")
    executed, log = tmp_path / "out" / "40_score.ipynb", tmp_path / "run.log"
    counted: list[int] = []
    with pytest.raises(StepError) as caught:
        execute(notebook, executed, {"quarter": "2026Q2"}, root=tmp_path, log=log, on_cell=lambda: counted.append(1))
    assert str(caught.value).startswith(said)
    assert "\n" not in str(caught.value)
    kept = nbformat.read(executed, as_version=4)
    assert any('quarter = "2026Q2"' in cell.source for cell in kept.cells)
    assert not any(cell.get("outputs") for cell in kept.cells if cell.source == "print('never')")
    if "kernel died" not in said:
        assert "Traceback" in log.read_text()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["quarterly", "--quarter", "2026Q9"], "Stopped: QUARTER: not a quarter (found '2026Q9'"),
        (["quarterly", "--quarter", "2026Q3", "--as-of", "30.9.2026"], "Stopped: AS_OF: not a date"),
        (["quarterly", "--quarter", "2020Q1"], "data/raw/2020Q1: there are no exports for this quarter"),
        (["verify", "2026Q3-0123456789ab"], "the ledger has no such run"),
        (["verify", "../../etc/passwd"], "the ledger has no such run"),
    ],
)
def test_the_command_line_ends_in_one_line(project: Path, words: list[str], said: str) -> None:
    result = CliRunner().invoke(cli, ["--root", str(project), *words])
    assert result.exit_code == 1
    assert said in result.stderr
    assert len(result.stderr.strip().splitlines()) == 1
    assert "Traceback" not in result.output


def test_a_folder_that_is_no_project(tmp_path: Path) -> None:
    result = CliRunner().invoke(cli, ["--root", str(tmp_path), "runs"])
    assert result.exit_code == 2
    assert "holds no folder 'pipelines'" in result.stderr


def test_no_runs_yet(project: Path) -> None:
    result = CliRunner().invoke(cli, ["--root", str(project), "runs"])
    assert result.output.strip() == "No run is published yet; start with: make quarterly"


NOW = dt.datetime(2026, 10, 5, tzinfo=dt.UTC)


def _stage(plan: Plan, *_: object) -> tuple[Manifest, list[str]]:
    """Staging as the five notebooks leave it, without their minutes in kernels."""
    tables, report = plan.places.staged_tables(plan.run_id), plan.places.staged_report(plan.run_id)
    (report / "notebooks").mkdir(parents=True)
    scores = {"theme_name": ["Exports", "Sign-in", "Old"], "rank": [2, 1, None]}
    write_frame(tables / "theme_scores.parquet", pl.DataFrame(scores))
    for name in ("notebooks/10_pull.ipynb", "preread.html", "run.log"):
        (report / name).write_text(name)
    digest = runner.sha256_file(report / "notebooks/10_pull.ipynb")
    record = {"run_id": plan.run_id, "notebooks": {"10_pull": digest}}
    (report / "run.json").write_text(runner.pretty_json(record))
    root = plan.places.root
    manifest = build_manifest(
        root,
        plan.fingerprint,
        configuration={},
        seed=7,
        records={"exports": [], "validation": {}, "row_accounting": [], "themes": {"themes": 3}},
        ledger_head=runner.head(plan.places.ledger),
        folders={
            plan.places.tables(plan.run_id).relative_to(root).as_posix(): tables,
            plan.places.report(plan.run_id).relative_to(root).as_posix(): report,
        },
    )
    return manifest, ["a note"]


@pytest.fixture
def staged(quarter: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project whose runs stage their files without kernels."""
    monkeypatch.setattr(runner, "_compute", _stage)
    return quarter


def _run(project: Path, as_of: dt.date | None = None) -> Outcome:
    return run(make_plan(project, Quarter(2026, 3), as_of=as_of), Display("a run"), now=lambda: NOW)


def _stop(error: BaseException) -> NoReturn:
    raise error


def test_an_index_that_cannot_be_written_is_a_note_on_a_published_run(staged: Path) -> None:
    (staged / "reports/index.html").mkdir(parents=True)
    outcome = _run(staged)
    assert outcome.notes == (
        "a note",
        "reports/index.html could not be written: Is a directory. The run is published all the same",
    )
    assert verify(make_plan(staged, Quarter(2026, 3)).places, outcome.run_id) == []
    again = _run(staged)
    assert not again.fresh
    assert "could not be written" in again.notes[0]


def test_a_stop_after_publication_says_that_the_run_is_published(staged: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runner, "write_index", lambda places: _stop(KeyboardInterrupt()))
    words = ["--root", str(staged), "quarterly", "--quarter", "2026Q3"]
    run_id = make_plan(staged, Quarter(2026, 3)).run_id
    result = CliRunner().invoke(cli, words)
    assert (result.exit_code, result.stderr.strip()) == (130, f"Stopped by you. Run {run_id} is published.")
    result = CliRunner().invoke(cli, words)
    assert result.stderr.strip() == f"Stopped by you. Run {run_id} is published as it was."


def test_a_stop_while_publishing_is_finished_at_the_next_start(staged: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    full = OSError(errno.ENOSPC, "No space left on device")
    with monkeypatch.context() as patch:
        patch.setattr(import_module("vocanalytics.ledger.publish"), "_move", lambda *_: _stop(full))
        result = CliRunner().invoke(cli, ["--root", str(staged), "quarterly", "--quarter", "2026Q3"])
    run_id = make_plan(staged, Quarter(2026, 3)).run_id
    said = f"Stopped: No space left on device. Run {run_id} is complete; the next start publishes it."
    assert (result.exit_code, result.stderr.strip()) == (1, said)
    assert not _run(staged).fresh
    assert verify(make_plan(staged, Quarter(2026, 3)).places, run_id) == []


def test_a_stopped_run_leaves_notebooks_and_log_only(staged: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runner, "publish", lambda *_: _stop(KeyboardInterrupt()))
    result = CliRunner().invoke(cli, ["--root", str(staged), "quarterly", "--quarter", "2026Q3"])
    assert (result.exit_code, result.stderr.strip()) == (130, "Stopped by you. Nothing was published.")
    (kept,) = (staged / "reports/failed").iterdir()
    assert {path.relative_to(kept).as_posix() for path in kept.rglob("*")} == {
        "notebooks",
        "notebooks/10_pull.ipynb",
        "run.log",
    }
    assert not list((staged / "reports/.staging").iterdir())
    assert not list((staged / "data/processed/.staging").iterdir())


def test_a_command_that_publishes_nothing_makes_no_claim_about_it(project: Path) -> None:
    (project / "reports/ledger.jsonl").mkdir(parents=True)
    result = CliRunner().invoke(cli, ["--root", str(project), "runs"])
    assert result.exit_code == 1
    assert result.stderr.strip().endswith("ledger.jsonl: Is a directory.")


def test_the_index_marks_all_but_the_last_published_run_of_a_quarter(staged: Path) -> None:
    first = _run(staged).run_id
    second = _run(staged, dt.date(2026, 10, 1)).run_id
    index = staged / "reports/index.html"
    assert _superseded(index) == {first}
    assert _run(staged).fresh
    assert _superseded(index) == {second}
    lines = (staged / "reports/ledger.jsonl").read_text().splitlines(keepends=True)
    (staged / "reports/ledger.jsonl").write_text("".join(lines[:-1]))
    write_index(make_plan(staged, Quarter(2026, 3)).places)
    assert _superseded(index) == {second}


def _superseded(index: Path) -> set[str]:
    rows = index.read_text().split("<tr>")[2:]
    return {row.split("<code>")[1].split("</code>")[0] for row in rows if "superseded" in row}


def test_the_index_lists_a_run_whose_tables_were_cleared_away(staged: Path) -> None:
    first = _run(staged)
    places = make_plan(staged, Quarter(2026, 3)).places
    assert "Sign-in" in (staged / "reports/index.html").read_text()
    shutil.rmtree(places.tables(first.run_id))
    second = _run(staged, dt.date(2026, 10, 1))
    assert second.notes == ("a note",)
    (places.tables(second.run_id) / "theme_scores.parquet").write_bytes(b"not a table")
    (places.report(second.run_id) / "manifest.json").write_text("{}")
    write_index(places)
    page = (staged / "reports/index.html").read_text()
    assert first.run_id in page
    assert second.run_id in page
    assert "Sign-in" not in page


def test_a_copy_that_a_full_disk_cut_short_does_not_hide_what_went_wrong(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source, executed = _notebook(tmp_path / "40_score.ipynb", "1"), tmp_path / "out/40_score.ipynb"

    def fill_disk(*_: object) -> None:
        executed.write_text('{"cells": [')
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(notebooks, "_run_cells", fill_disk)
    with pytest.raises(OSError, match="No space left"):
        execute(source, executed, {}, root=tmp_path, log=tmp_path / "run.log", on_cell=lambda: None)
    assert executed.read_text() == '{"cells": ['


def test_a_copy_that_cannot_be_tidied_stays_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source, executed = _notebook(tmp_path / "40_score.ipynb", "1"), tmp_path / "out/40_score.ipynb"

    def stop(*_: object) -> None:
        shutil.copy(source, executed)
        raise StepError("the kernel died")

    monkeypatch.setattr(notebooks, "_run_cells", stop)
    monkeypatch.setattr(notebooks, "write_durably", lambda *_: _stop(OSError(errno.ENOSPC, "No space left on device")))
    with pytest.raises(StepError, match="the kernel died"):
        execute(source, executed, {}, root=tmp_path, log=tmp_path / "run.log", on_cell=lambda: None)
    assert executed.read_bytes() == source.read_bytes()


def test_a_report_that_was_changed_does_not_stand(staged: Path) -> None:
    outcome = _run(staged)
    (outcome.report / "preread.html").write_text("other figures")
    with pytest.raises(LedgerError, match=r"is not as it was \(found .*preread\.html: changed.*Move reports/2026Q3/"):
        _run(staged)
    shutil.rmtree(outcome.report)
    assert _run(staged).fresh
