"""`vocanalytics codebook`: the log as a table, and whether it leads to the file."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner
from codebook_files import PLAIN, curate, write

from vocanalytics.cli import cli
from vocanalytics.themes.codebook.log import log_path


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project with a codebook and no log."""
    (tmp_path / "pipelines").mkdir()
    (tmp_path / "data" / "curated").mkdir(parents=True)
    write(tmp_path / "data" / "curated")
    return tmp_path


def said(project: Path) -> list[str]:
    """What the command prints."""
    return CliRunner().invoke(cli, ["--root", str(project), "codebook"]).output.splitlines()


def test_the_log_is_a_table_that_ends_with_a_verdict(project: Path) -> None:
    path = project / "data" / "curated" / "codebook.yml"
    assert said(project) == ["There is no log yet; it begins when somebody opens the codebook in explore_themes."]
    curation = curate(path)
    curation.merge("T-0001", "T-0002", why="the same")
    curation.undo()
    assert said(project) == [
        "   1  2026-11-22T10:00:00Z  Maria: start codebook: 2 themes",
        "   2  2026-11-22T10:00:01Z  Maria: merge theme_id T-0001, into T-0002  (the same)",
        "   3  2026-11-22T10:00:02Z  Maria: undo of 2",
        "The log leads to the file.",
    ]
    before = path.read_bytes(), log_path(path).read_bytes()
    path.write_text(PLAIN.replace("Dark", "Night"), encoding="utf-8")
    assert said(project)[-1] == "The file was changed by hand since, in 1 place."
    assert log_path(path).read_bytes() == before[1]


def test_a_log_that_was_altered_is_one_line(project: Path) -> None:
    path = project / "data" / "curated" / "codebook.yml"
    curate(path).rename("T-0001", "Other")
    log = log_path(path)
    log.write_text(log.read_text(encoding="utf-8").replace('"name": "Other"', '"name": "Third"'), encoding="utf-8")
    assert said(project)[-1].startswith(
        "Stopped: data/curated/codebook.yml, log, number 2: the operation does not lead"
    )
