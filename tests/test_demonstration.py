"""The fictitious company never mixes with a real one."""

from __future__ import annotations

from pathlib import Path

import pytest

from vocanalytics.errors import SettingsError
from vocanalytics.pipeline.demonstration import MARKER, is_made_of_demonstration, mark, step_aside
from vocanalytics.settings import Quarter, enter_project

Q3 = Quarter(2026, 3)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project with a small demonstration in it."""
    names = ("data/raw/2026Q2/accounts.csv", "data/raw/2026Q3/accounts.xlsx", "data/raw/2026Q3/feedback_calls.csv")
    files = [tmp_path / name for name in (*names, "data/curated/codebook.yml", "data/curated/2026Q3/roadmap.csv")]
    for path in files:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"demonstration {path.name}")
    mark(tmp_path, files)
    return tmp_path


def _own(project: Path, *names: str) -> None:
    for name in names:
        (project / "data/raw/2026Q3" / name).write_text("real")


def test_it_stays_while_there_is_nothing_else(project: Path) -> None:
    assert step_aside(project, Q3) == []


@pytest.mark.parametrize("name", ["feedback_extra.csv", "accounts_more.csv", "notes.txt"])
def test_it_stays_when_somebody_adds_a_file_to_it(project: Path, name: str) -> None:
    _own(project, name)
    assert step_aside(project, Q3) == []
    assert (project / "data/raw/2026Q3/accounts.xlsx").exists()


def test_it_goes_when_a_quarter_has_exports_of_its_own(project: Path) -> None:
    _own(project, "feedback.csv", "accounts.csv")
    (project / "data/curated/2026Q3/roadmap.csv").write_text("edited by a person")
    assert step_aside(project, Q3) == [
        "data/curated/codebook.yml",
        "data/raw/2026Q2/accounts.csv",
        "data/raw/2026Q3/accounts.xlsx",
        "data/raw/2026Q3/feedback_calls.csv",
    ]
    left = {path.name for path in (project / "data").rglob("*") if path.is_file()}
    assert left == {"feedback.csv", "accounts.csv", "roadmap.csv", Path(MARKER).name}
    assert step_aside(project, Q3) == []


def test_a_run_made_of_it_is_told_from_one_that_is_not(project: Path) -> None:
    digest = "fd1a8b" + "0" * 58
    assert not is_made_of_demonstration(project, {"data/raw/2026Q3/accounts.xlsx": digest})
    mark(project, [project / "data/raw/2026Q3/accounts.xlsx"])
    from vocanalytics.ledger.places import sha256_file

    real = sha256_file(project / "data/raw/2026Q3/accounts.xlsx")
    assert is_made_of_demonstration(project, {"data/raw/2026Q3/accounts.xlsx": real})
    assert not is_made_of_demonstration(project, {"data/raw/2026Q3/feedback.csv": real})


def test_a_marker_that_cannot_be_read_is_one_line(project: Path) -> None:
    (project / MARKER).write_text("[")
    with pytest.raises(SettingsError, match=r"\.demonstration\.json: cannot be read\. Remove this file"):
        step_aside(project, Q3)


def test_a_notebook_finds_its_project_from_below(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(root / "notebooks")
    assert enter_project() == root
    assert Path.cwd() == root
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SettingsError, match="no project here"):
        enter_project()
