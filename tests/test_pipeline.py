"""Plans, parameters, and what a failing notebook leaves behind."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import nbformat
import pytest
from click.testing import CliRunner

from vocanalytics.cli import cli
from vocanalytics.errors import SettingsError, StepError
from vocanalytics.pipeline import default_quarter, make_plan, quarters_with_data
from vocanalytics.pipeline.notebook import execute, parameters_for
from vocanalytics.settings import Quarter, Step

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


def test_the_run_id_follows_every_input(project: Path) -> None:
    _export(project, "2026Q3")
    first = make_plan(project, Quarter(2026, 3)).run_id
    assert make_plan(project, Quarter(2026, 3)).run_id == first
    seen = {first, make_plan(project, Quarter(2026, 3), as_of=dt.date(2026, 10, 1)).run_id}
    for folder, name in (
        ("data/curated", "codebook.yml"),
        ("data/curated/2026Q3", "roadmap.csv"),
        ("data/curated/2026Q2", "decisions.csv"),
        ("data/raw/2026Q3", "accounts.csv"),
    ):
        (project / folder).mkdir(parents=True, exist_ok=True)
        (project / folder / name).write_text("x")
        seen.add(make_plan(project, Quarter(2026, 3)).run_id)
    assert len(seen) == 6
    (project / "data/curated/2026Q2/overrides.csv").write_text("not an input of this quarter")
    assert make_plan(project, Quarter(2026, 3)).run_id in seen


def test_an_as_of_before_the_quarter_is_refused(project: Path) -> None:
    _export(project, "2026Q3")
    with pytest.raises(SettingsError, match="lies before the quarter"):
        make_plan(project, Quarter(2026, 3), as_of=dt.date(2026, 6, 30))


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
