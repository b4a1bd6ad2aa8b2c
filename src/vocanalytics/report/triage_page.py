"""The page of a monthly triage: one frozen view of what the meeting takes up, and the page made from it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from importlib.resources import files

from jinja2 import ChoiceLoader, Environment, PackageLoader

from vocanalytics.report import triage_sentences as sentences
from vocanalytics.report.checking import check_page
from vocanalytics.report.rendering import asset, plain_environment
from vocanalytics.report.safe_text import one_line, ours
from vocanalytics.report.shown import Heading, Shown
from vocanalytics.report.triage_rows import FastTrack, UrgentRow, fast_track, urgent_rows
from vocanalytics.report.wording import Words, full_day
from vocanalytics.settings import Model, Month, Session
from vocanalytics.triage import Triaged

_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
#: What the page shows; `triage.csv` holds every row, `triage.json` every fast-track case too.
MOST_ROWS = 200
MOST_FAST = 8
MOST_UNDATED = 20


class TriagePage(Shown):
    """What a reader of the triage sees, in the order of reading."""

    month: str
    as_of: dt.date
    currency: str
    company: str
    mark: str
    run_id: str
    headline: Heading
    standfirst: str
    fast: tuple[FastTrack, ...]
    fast_left_out: str
    fast_past: bool
    rows: tuple[UrgentRow, ...]
    rows_left_out: str
    undated: tuple[UrgentRow, ...]
    undated_left_out: str
    notes: tuple[str, ...]
    accounts: int
    arr: Decimal


def build_triage_page(
    triaged: Triaged, month: Month, as_of: dt.date, model: Model, *, session: Session | None = None, run_id: str = ""
) -> TriagePage:
    """Put a triage into the words and the order in which the meeting reads it.

    Parameters
    ----------
    triaged
        As `triage.triage` returns it.
    month, as_of
        The month, and the day on which its clock stands still.
    model
        The rules that the page explains, the currency and the company.
    session
        The quarter's session file, for company and mark; None where there is none.
    run_id
        The run, for the foot of the page.

    Returns
    -------
    TriagePage
        A frozen view; the same triage gives the same view.
    """
    words, session = Words(model.currency, as_of), session or Session()
    fast = fast_track(triaged, words)
    shown = triaged.urgent.head(MOST_ROWS)
    undated = triaged.renewal_unknown.head(MOST_UNDATED)
    urgent = sentences.line_of(triaged.counts, "pairs", "urgent")
    return TriagePage(
        month=month.label,
        as_of=as_of,
        currency=model.currency,
        company=one_line(session.company or model.report.company),
        mark=one_line(session.mark),
        run_id=run_id,
        headline=sentences.headline(triaged, month, words, model.triage.renewal_days),
        standfirst=sentences.standfirst(triaged, model.triage.renewal_days),
        fast=fast[:MOST_FAST],
        fast_left_out=sentences.left_out(len(fast) - MOST_FAST, "fast-track case", "triage.json"),
        fast_past=any(case.is_past for case in fast[:MOST_FAST]),
        rows=urgent_rows(shown, words),
        rows_left_out=sentences.left_out(triaged.urgent.height - shown.height, "row"),
        undated=urgent_rows(undated, words),
        undated_left_out=sentences.left_out(triaged.renewal_unknown.height - undated.height, "row"),
        notes=tuple(_notes(triaged, month, as_of, model)),
        accounts=urgent["accounts"],
        arr=urgent["arr"],
    )


def _notes(triaged: Triaged, month: Month, as_of: dt.date, model: Model) -> Iterator[str]:
    yield sentences.rule(month, as_of, model.triage)
    yield sentences.fast_rule(model)
    pairs = sentences.pairs_in_and_out(triaged.counts, model.triage.renewal_days)
    yield f"{pairs} {sentences.feedback_in_and_out(triaged.counts)}"


def triage_html(view: TriagePage) -> str:
    """The page: self-contained, without script, and looked over before anybody may have it.

    Raises
    ------
    ReportError
        When the page would load or run anything.
    """
    html = _environment(view).get_template("index.html.j2").render(view=view, style=ours(_style(view)), policy=_POLICY)
    check_page(html)
    return html


def _environment(view: TriagePage) -> Environment:
    words, environment = Words(view.currency, view.as_of), plain_environment()
    ours_first = PackageLoader("vocanalytics.report", "templates/triage")
    environment.loader = ChoiceLoader([ours_first, *([environment.loader] if environment.loader else [])])
    environment.filters["money"] = words.money
    environment.filters["day"] = words.day
    environment.filters["full_day"] = full_day
    return environment


def _style(view: TriagePage) -> str:
    triage = files("vocanalytics.report").joinpath("templates", "triage", "triage.css").read_text(encoding="utf-8")
    # Month labels hold letters, digits and a space: nothing that could end a text of the stylesheet.
    foot = (
        '@page{margin:10mm 12mm 12mm;@bottom-left{content:"' + view.month + ' triage. Confidential";'
        'font:8pt Inter,"Segoe UI",Arial,sans-serif;color:#4a5563}}'
    )
    return "\n".join([*(asset(name) for name in ("tokens.css", "parts.css", "page.css")), triage.rstrip(), foot])
