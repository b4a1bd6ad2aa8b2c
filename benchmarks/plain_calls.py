"""The calls of the five notebooks in one process, for the benchmark: what the work costs without kernels.

It runs the very code cells of the notebooks, so the two can never drift apart. Each stage prints a line when done.
"""

from __future__ import annotations

import sys
from pathlib import Path

import yaml


def code_cells(source: Path) -> tuple[str, str]:
    """The parameters cell and the remaining code of a notebook in its text form."""
    cells = source.read_text(encoding="utf-8").split("# %%")[1:]
    code = [cell for cell in cells if not cell.startswith(" [markdown]")]
    parameters = next(cell for cell in code if 'tags=["parameters"]' in cell)
    return parameters.split("\n", 1)[1], "\n".join(cell.split("\n", 1)[1] for cell in code if cell is not parameters)


def main(project: Path) -> None:
    """Run every step of the quarterly pipeline below a project folder."""
    import os

    os.chdir(project)
    given = {"run_dir": "data/processed/plain", "quarter": "2026Q3", "as_of": "2026-09-30", "previous_dir": ""}
    given |= {"run_id": "2026Q3-000000000000", "ledger_head": "0" * 64, "model": "pipelines/model.yml"}
    Path(given["run_dir"]).mkdir(parents=True)
    for step in yaml.safe_load(Path("pipelines/quarterly.yml").read_text())["steps"]:
        parameters, code = code_cells(Path("notebooks") / f"{step['notebook']}.py")
        scope: dict[str, object] = {}
        exec(parameters, scope)  # noqa: S102 (our own notebooks)
        scope.update({name: value for name, value in (given | step["parameters"]).items() if name in scope})
        exec(code, scope)  # noqa: S102
        print("stage", step["notebook"], flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
