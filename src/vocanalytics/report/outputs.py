"""The files beside the page: every number as JSON, the workbook, the sheet to fill in, and two lists for others."""

from __future__ import annotations

from pathlib import Path

from vocanalytics.report.decision_sheet import decisions_csv
from vocanalytics.report.lists import cpo_csv, sales_csv
from vocanalytics.report.run import RunTables
from vocanalytics.report.view import PreRead
from vocanalytics.report.workbook import workbook
from vocanalytics.settings import Model

#: Where a run keeps what will be published beside its report.
FOLDER = "report"


def write_outputs(view: PreRead, run: RunTables, model: Model, run_dir: Path) -> tuple[Path, ...]:
    """Write `preread.json`, `workbook.xlsx`, `decisions.csv`, `sales_list.csv` and `cpo_list.csv` into `report`.

    Returns
    -------
    tuple of Path
        The files written; the same view and run give the same bytes.
    """
    folder = Path(run_dir) / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    contents = {
        "preread.json": (view.model_dump_json(indent=1) + "\n").encode(),
        "workbook.xlsx": workbook(view, run, most_verbatims=model.report.workbook_verbatims),
        # The mark at the start tells a spreadsheet that the file is UTF-8.
        "decisions.csv": decisions_csv(view.themes).encode("utf-8-sig"),
        "sales_list.csv": sales_csv(run),
        "cpo_list.csv": cpo_csv(run),
    }
    return tuple(_write(folder / name, content) for name, content in contents.items())


def _write(path: Path, content: bytes) -> Path:
    partial = path.with_name(f".{path.name}.partial")
    partial.write_bytes(content)
    partial.replace(path)
    return path
