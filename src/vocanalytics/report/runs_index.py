"""The index of all published runs: the quarters with what their sessions decided, then the months."""

from __future__ import annotations

from collections.abc import Iterable

from vocanalytics.report.checking import check_page
from vocanalytics.report.rendering import asset, plain_environment
from vocanalytics.report.safe_text import one_line, ours
from vocanalytics.report.shown import Shown
from vocanalytics.report.wording import as_read, capital, clip, counted

_HASH_DIGITS = 12
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"


class IndexEntry(Shown):
    """One published run of a quarter; the links lead from the index to its report and to what was decided after it."""

    quarter: str
    run_id: str
    as_of: str
    themes: int
    top_themes: tuple[str, ...]
    ledger_hash: str
    link: str
    superseded: bool = False
    decisions: str = ""


class TriageEntry(Shown):
    """One published triage of a month."""

    month: str
    run_id: str
    as_of: str
    ledger_hash: str
    link: str
    superseded: bool = False


def build_index(entries: Iterable[IndexEntry], triages: Iterable[TriageEntry] = ()) -> str:
    """The page that lists every run.

    Parameters
    ----------
    entries
        Published runs of quarters, the newest first; that order is kept.
    triages
        Published triages of months, the newest first.

    Returns
    -------
    str
        A self-contained page without script.
    """
    shown = [
        entry.model_copy(
            update={
                "top_themes": tuple(clip(as_read(one_line(name)), 60) for name in entry.top_themes[:3]),
                "ledger_hash": entry.ledger_hash[:_HASH_DIGITS],
            }
        )
        for entry in entries
    ]
    months = [entry.model_copy(update={"ledger_hash": entry.ledger_hash[:_HASH_DIGITS]}) for entry in triages]
    style = "\n".join(asset(name) for name in ("tokens.css", "parts.css", "page.css"))
    heading = f"{capital(counted(len(shown), 'published run'))}, newest first" if shown else "No published run"
    html = (
        plain_environment()
        .get_template("runs_index.html.j2")
        .render(entries=shown, triages=months, style=ours(style), policy=_POLICY, heading=heading)
    )
    check_page(html)
    return html
