"""The pre-read: one frozen view of a run, from which page, workbook, decision sheet and JSON are made."""

from vocanalytics.report.exporting import render_notebook
from vocanalytics.report.outputs import write_outputs
from vocanalytics.report.pages import Pages
from vocanalytics.report.run import RunTables, load_run
from vocanalytics.report.runs_index import IndexEntry, build_index
from vocanalytics.report.view import PreRead, build_view

__all__ = [
    "IndexEntry",
    "Pages",
    "PreRead",
    "RunTables",
    "build_index",
    "build_view",
    "load_run",
    "render_notebook",
    "write_outputs",
]
