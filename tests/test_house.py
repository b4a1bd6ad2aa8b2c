"""The rules of the house: layers, locks, lazy imports, thin notebooks, and what no file may say."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import jupytext
import nbformat
import pytest
import yaml

STEPS = ("10_pull", "20_validate", "30_themes", "40_score", "50_preread", "60_triage", "70_decisions")
#: Every notebook: the steps of pipelines, and those that people open to explore.
NOTEBOOKS = (*STEPS, "explore_themes", "explore_thresholds")


def _tracked(root: Path) -> list[Path]:
    if not (root / ".git").exists():
        found = [*root.glob("*"), *(path for top in ("src", "tests", "docs") for path in (root / top).rglob("*"))]
        return [path for path in found if path.is_file()]
    listed = subprocess.run(["git", "-C", root, "ls-files", "-z"], capture_output=True, text=True, check=True).stdout
    return [root / name for name in listed.split("\0") if name and (root / name).is_file()]


def test_the_layers_hold(root: Path) -> None:
    done = subprocess.run([Path(sys.executable).parent / "lint-imports"], cwd=root, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "1 kept, 0 broken" in done.stdout


def test_the_layer_contract_can_break(root: Path, tmp_path: Path) -> None:
    package = tmp_path / "src" / "vocanalytics"
    for folder in ("themes", "scoring"):
        (package / folder).mkdir(parents=True)
        (package / folder / "__init__.py").write_text("")
    (package / "__init__.py").write_text("")
    (package / "themes/__init__.py").write_text("import vocanalytics.scoring\n")
    text = (root / "pyproject.toml").read_text()
    layers = re.sub(r"layers = \[.*?\]", 'layers = ["themes | scoring"]', text, flags=re.DOTALL)
    (tmp_path / "pyproject.toml").write_text(layers)
    command = [Path(sys.executable).parent / "lint-imports", "--no-cache"]
    done = subprocess.run(
        command, cwd=tmp_path, capture_output=True, text=True, env={**os.environ, "PYTHONPATH": str(tmp_path / "src")}
    )
    assert done.returncode == 1
    assert "vocanalytics.themes is not allowed to import vocanalytics.scoring" in done.stdout


def test_help_imports_nothing_heavy() -> None:
    code = (
        "import sys; from click.testing import CliRunner; from vocanalytics.cli import cli\n"
        "assert CliRunner().invoke(cli, ['--help']).exit_code == 0\n"
        "print(*sorted({name.split('.')[0] for name in sys.modules}))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    heavy = {"polars", "pandas", "numpy", "sklearn", "great_expectations", "altair", "papermill", "nbconvert"}
    assert not heavy & set(done.stdout.split())


def test_every_lock_entry_has_a_hash_and_no_index(root: Path) -> None:
    for name in ("requirements.lock", "requirements-encoders.lock", "requirements-dev.lock"):
        text = (root / name).read_text()
        assert "://" not in text
        entries = re.split(r"\n(?=\S)", text)
        pinned = [entry for entry in entries if "==" in entry.splitlines()[0]]
        assert len(pinned) > 100
        assert all("--hash=sha256:" in entry for entry in pinned)


def _pins(root: Path, name: str) -> dict[str, set[str]]:
    pins: dict[str, set[str]] = {}
    for package, version in re.findall(r"^([a-z0-9._-]+)==([^ ;\\]+)", (root / name).read_text(), flags=re.M):
        pins.setdefault(package, set()).add(version)
    return pins


def _normalised(requirement: str) -> str:
    """The name of a package as a lock spells it."""
    return re.sub(r"[-_.]+", "-", re.split(r"[<>=\[]", requirement)[0]).lower()


def test_the_locks_hold_every_declared_dependency_and_agree(root: Path) -> None:
    project = tomllib.loads((root / "pyproject.toml").read_text())["project"]
    declared = {_normalised(line) for line in project["dependencies"]}
    optional = [line for lines in project["optional-dependencies"].values() for line in lines]
    extras = {_normalised(line) for line in optional}
    run, dev = _pins(root, "requirements.lock"), _pins(root, "requirements-dev.lock")
    assert declared <= run.keys()
    assert declared | extras <= dev.keys() | _pins(root, "requirements-bench.lock").keys()
    assert {name: dev.get(name) for name in run} == run


def test_the_given_packages_are_declared(root: Path) -> None:
    text = (root / "pyproject.toml").read_text()
    given = ["pandas", "polars", "jupyterlab", "papermill", "nbconvert", "altair", "scikit-learn", "great-expectations"]
    assert all(f'"{name}>=' in text for name in given)


def test_conda_users_get_what_the_lock_says(root: Path) -> None:
    environment = yaml.safe_load((root / "environment.yml").read_text())
    plain = [item for item in environment["dependencies"] if isinstance(item, str)]
    (through_pip,) = [item["pip"] for item in environment["dependencies"] if isinstance(item, dict)]
    assert through_pip == ["--requirement requirements.lock"]
    requires = tomllib.loads((root / "pyproject.toml").read_text())["project"]["requires-python"]
    assert plain == [f"python={re.search(r'>=([0-9.]+)', requires)[1]}", "pip"]  # type: ignore[index]


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_notebooks_are_thin_and_stripped(root: Path, name: str) -> None:
    notebook = nbformat.read(root / "notebooks" / f"{name}.ipynb", as_version=4)
    nbformat.validate(notebook)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert sum("parameters" in cell.metadata.get("tags", ()) for cell in code) == 1
    assert len(code) <= 10
    assert notebook.cells[0].cell_type == "markdown"
    banned = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda, ast.For, ast.While, ast.If, ast.Try)
    for cell in code:
        assert cell.outputs == []
        assert cell.execution_count is None
        found = [node for node in ast.walk(ast.parse(cell.source)) if isinstance(node, (*banned, ast.comprehension))]
        assert not found, f"{name}: logic in a cell:\n{cell.source}"


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_notebooks_match_their_text_form(root: Path, name: str) -> None:
    text = jupytext.read(root / "notebooks" / f"{name}.py")
    notebook = nbformat.read(root / "notebooks" / f"{name}.ipynb", as_version=4)
    assert [(cell.cell_type, cell.source) for cell in text.cells] == [
        (cell.cell_type, cell.source) for cell in notebook.cells
    ]


def test_no_module_is_long_and_none_is_called_utils(root: Path) -> None:
    modules = list((root / "src").rglob("*.py"))
    assert not [path.name for path in modules if len(path.read_text().splitlines()) > 300]
    assert not [path for path in modules if path.stem in ("utils", "helpers", "common")]


def test_what_no_file_may_hold(root: Path) -> None:
    # In two halves, so that this file does not hold them itself.
    halves = [("py", r"pi\.org"), ("python", "hosted"), (r"registry\.np", "mjs"), ("deb.deb", "ian.org")]
    banned = "|".join("".join(pair) for pair in [*halves, ("/wo", "rk/"), ("/ro", "ot/")])
    for path in _tracked(root):
        if path.suffix == ".lock":
            continue
        text = path.read_text(encoding="utf-8", errors="ignore")
        assert not re.search(banned, text), path


def test_the_library_never_asks_the_clock_or_unpickles(root: Path) -> None:
    pattern = re.compile(r"pickle|joblib\.load|yaml\.load\(|date\.today\(|datetime\.now\(|time\.time\(")
    for path in (root / "src").rglob("*.py"):
        if path.parent.name != "cli":
            assert not pattern.search(path.read_text()), path
