"""Every file of the demonstration with its bytes, and writing them without overwriting anybody's work."""

from __future__ import annotations

from pathlib import Path

from vocanalytics.demo import company, formats
from vocanalytics.demo.curated import curated_files
from vocanalytics.demo.message import Message
from vocanalytics.demo.quarters import DemoQuarter, demo_quarters
from vocanalytics.errors import SourceError

_BASE = ("feedback_id", "source", "channel", "voice", "author_role", "account_id", "account_hint", "created_at")
_STATED = ("churn_signal", "dependency", "competitor", "usage_trend", "csm", "url", "theme")
TICKETS = (*_BASE, "subject", "verbatim", "language", "csat", "url")
SURVEYS = (*_BASE, "verbatim", "language", "nps", "url")
CALLS = (*_BASE, "verbatim", "language", *_STATED)
NOTES = (*_BASE, "verbatim", *_STATED, "deal_outcome")


def demo_files(seed: int) -> dict[str, bytes]:
    """Path below the project's root to content, for both quarters.

    RevOps sends accounts as CSV with a byte-order mark in 2026Q2 and as a workbook in 2026Q3; tickets and forum posts
    come as CSV, survey answers as JSON Lines, calls as Parquet, and the notes of CSMs as a workbook.
    """
    files = {f"data/curated/{name}": content for name, content in curated_files().items()}
    for quarter in demo_quarters(seed):
        files |= {f"data/raw/{quarter.name}/{name}": content for name, content in _exports(quarter).items()}
    return dict(sorted(files.items()))


def write_files(root: Path, files: dict[str, bytes], *, overwrite: bool) -> list[Path]:
    """Write all files, or none.

    Raises
    ------
    SourceError
        If one of them is there with other content and may not be replaced.
    """
    paths = {root / name: content for name, content in files.items()}
    differing = [path for path, content in paths.items() if path.exists() and path.read_bytes() != content]
    if differing and not overwrite:
        raise SourceError(
            "the demonstration would overwrite a file",
            where=str(differing[0]),
            expected="no file of that name, or the same demonstration",
            advice="Move it away, or write the demonstration to an empty folder",
        )
    for path, content in paths.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return list(paths)


def _exports(quarter: DemoQuarter) -> dict[str, bytes]:
    tickets = [message for message in quarter.messages if message.export == "feedback_tickets"]
    ragged = frozenset(number for number, message in enumerate(tickets) if message.defect == "ragged")
    return {
        **_accounts(quarter),
        "feedback_tickets.csv": formats.as_csv(_rows(quarter, "feedback_tickets", TICKETS), TICKETS, ragged),
        "feedback_surveys.jsonl": formats.as_json_lines(_rows(quarter, "feedback_surveys", SURVEYS), SURVEYS),
        "feedback_calls.parquet": formats.as_parquet(_rows(quarter, "feedback_calls", CALLS), CALLS),
        "feedback_csm_notes.xlsx": formats.as_workbook(_rows(quarter, "feedback_csm_notes", NOTES), NOTES, "Notes"),
    }


def _accounts(quarter: DemoQuarter) -> dict[str, bytes]:
    if quarter.name == "2026Q2":
        return {"accounts.csv": formats.as_csv(quarter.accounts, company.COLUMNS, bom=True)}
    return {"accounts.xlsx": formats.as_workbook(quarter.accounts, company.COLUMNS, "Accounts")}


def _rows(quarter: DemoQuarter, export: str, columns: tuple[str, ...]) -> list[formats.Row]:
    return [_row(message, columns) for message in quarter.messages if message.export == export]


def _row(message: Message, columns: tuple[str, ...]) -> formats.Row:
    return {column: str(getattr(message, column)) for column in columns}
