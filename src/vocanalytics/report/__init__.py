"""The pre-read: one frozen view of a run, from which page, workbook, decision sheet and JSON are made."""

from vocanalytics.report.exporting import render_notebook
from vocanalytics.report.outputs import write_outputs
from vocanalytics.report.pages import Pages
from vocanalytics.report.run import RunTables, load_run
from vocanalytics.report.runs_index import IndexEntry, TriageEntry, build_index
from vocanalytics.report.triage_files import write_triage
from vocanalytics.report.triage_page import TriagePage, build_triage_page
from vocanalytics.report.view import PreRead, build_view

__all__ = [
    "IndexEntry",
    "Pages",
    "PreRead",
    "RunTables",
    "TriageEntry",
    "TriagePage",
    "build_index",
    "build_triage_page",
    "build_view",
    "load_run",
    "render_notebook",
    "write_outputs",
    "write_triage",
]
