"""One notebook, run by Papermill in a kernel of its own."""

from __future__ import annotations

import ast
import json
import os
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from vocanalytics import errors
from vocanalytics.errors import StepError
from vocanalytics.ledger.places import write_durably
from vocanalytics.settings import Step
from vocanalytics.settings.pipeline import RUN_PARAMETERS, Parameter

_OURS = {name for name, kind in vars(errors).items() if isinstance(kind, type) and issubclass(kind, errors.VocError)}


def parameters_for(notebook: Path, step: Step, given: Mapping[str, Parameter]) -> dict[str, Parameter]:
    """What goes into the parameters cell: what the run gives and the notebook declares, and what the step sets.

    Raises
    ------
    StepError
        When the step sets a parameter that the notebook does not declare, or one of another type.
    """
    declared = _declared(notebook)
    chosen = {name: given[name] for name in RUN_PARAMETERS if name in declared and name in given}
    for name, value in step.parameters.items():
        where = f"notebook {step.notebook}, parameter {name}"
        if name not in declared:
            known = ", ".join(sorted(declared.keys() - set(RUN_PARAMETERS))) or "none"
            raise StepError("the notebook has no such parameter", where=where, expected=f"one of {known}")
        if type(value) is not type(declared[name]):
            expected = f"{type(declared[name]).__name__} such as {declared[name]!r}"
            raise StepError("a parameter of another type", where=where, found=repr(value), expected=expected)
        chosen[name] = value
    return chosen


def _declared(notebook: Path) -> dict[str, Any]:
    """Names and defaults in the parameters cell of a notebook."""
    import nbformat

    cells = nbformat.read(notebook, as_version=4).cells
    source = next((cell.source for cell in cells if "parameters" in cell.metadata.get("tags", ())), "")
    pairs: dict[str, Any] = {}
    for statement in ast.parse(source).body:
        if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name) and statement.value:
            pairs[statement.target.id] = ast.literal_eval(statement.value)
        elif isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name):
            pairs[statement.targets[0].id] = ast.literal_eval(statement.value)
    return pairs


def code_cells(notebook: Path) -> int:
    """How many code cells a notebook has, for the progress display."""
    import nbformat

    return sum(cell.cell_type == "code" for cell in nbformat.read(notebook, as_version=4).cells)


def execute(
    notebook: Path,
    executed: Path,
    parameters: Mapping[str, Parameter],
    *,
    root: Path,
    log: Path,
    on_cell: Callable[[], None],
) -> None:
    """Run a notebook; its executed copy is written as it goes, so that a half-executed one can be looked at.

    Raises
    ------
    StepError
        When a cell fails; the line names notebook, cell and cause. The traceback goes to the log.
    """
    executed.parent.mkdir(parents=True, exist_ok=True)
    try:
        _run_cells(notebook, executed, parameters, root, log, on_cell)
    except BaseException:
        # What stopped the notebook is what the reader must hear of, not that its copy could not be tidied.
        with suppress(OSError):
            _without_machine_paths(executed, root)
        raise
    _without_machine_paths(executed, root)


def _run_cells(
    notebook: Path,
    executed: Path,
    parameters: Mapping[str, Parameter],
    root: Path,
    log: Path,
    on_cell: Callable[[], None],
) -> None:
    import papermill
    from nbclient.exceptions import DeadKernelError
    from papermill.exceptions import PapermillExecutionError

    try:
        papermill.execute_notebook(
            str(notebook),
            str(executed),
            parameters=dict(parameters),
            cwd=str(root),
            kernel_name="python3",
            progress_bar=False,
            start_timeout=120,
            on_cell_complete=lambda cell, cell_index: on_cell(),
            config=_private_kernel(),
            extra_arguments=["--IPKernelApp.log_level=CRITICAL"],
        )
    except PapermillExecutionError as error:
        _write_log(log, "\n".join(error.traceback))
        raise _step_error(notebook.stem, error.exec_count, error.ename, error.evalue) from None
    except DeadKernelError:
        raise StepError(
            "the kernel died",
            where=f"notebook {notebook.stem}",
            advice="Most often the machine ran out of memory; free some and run again",
        ) from None


def _without_machine_paths(executed: Path, root: Path) -> None:
    """Papermill notes where it read and wrote; keep that relative to the project, so that the record can travel."""
    try:
        content = json.loads(executed.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        # Nothing was written yet, or a full disk cut it short.
        return
    noted = content.get("metadata", {}).get("papermill", {})
    for name in ("input_path", "output_path"):
        path = Path(noted.get(name, ""))
        if path.is_absolute() and path.is_relative_to(root):
            noted[name] = path.relative_to(root).as_posix()
    write_durably(executed, json.dumps(content, indent=1, ensure_ascii=False, sort_keys=True) + "\n")


def _private_kernel() -> Any:
    """Talk to kernels over sockets of this user where the system has them, not over the network stack."""
    from traitlets.config import Config

    return Config({"KernelManager": {"transport": "tcp" if os.name == "nt" else "ipc"}})


def _step_error(name: str, cell: int, ename: str, evalue: str) -> StepError:
    where = f"notebook {name}, cell {cell}"
    if ename in _OURS:
        return StepError(evalue.rstrip("."), where=where)
    return StepError(f"{ename}: {evalue.splitlines()[0] if evalue else 'no message'}"[:400], where=where)


def _write_log(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="utf-8") as stream:
        stream.write(text + os.linesep)
