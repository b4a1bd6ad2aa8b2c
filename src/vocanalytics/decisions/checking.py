"""The decision sheet against its run: every rule on every line, and every theme of the run."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import polars as pl

from vocanalytics.decisions.customer_names import CustomerNames
from vocanalytics.decisions.findings import Finding, shown
from vocanalytics.decisions.review import DECIDED, OPEN, Decided, Review
from vocanalytics.decisions.themes import Line, ThemeIndex, lines_of, where_of
from vocanalytics.decisions.words import Spoken, faults_of, word_count
from vocanalytics.settings import Model, Quarter, Session
from vocanalytics.settings.decision_words import filled, plain, status_of
from vocanalytics.vocabulary import DECISIONS, Decision, Start, folded

#: Themes with one of these starts need no decision, since the CPO list has them, or no account in scope asks for them.
MAY_STAY_OPEN = (pl.col("start") == Start.ESCALATE.value) | (pl.col("accounts") == 0)

_FILLED_IN = ("status", "owner", "rationale", "csm_words")
_WORDS_OF_A_RATIONALE = 3


class _Read(NamedTuple):
    """A line with its cells read."""

    line: Line
    status: Decision | None
    owner: str | None
    rationale: str | None
    words: str | None


def check(
    rows: pl.DataFrame,
    unreadable: pl.DataFrame,
    *,
    scores: pl.DataFrame,
    accounts: pl.DataFrame,
    session: Session,
    model: Model,
    quarter: Quarter,
    sheet: str = "decisions.csv",
) -> Review:
    """Hold a filled-in decision sheet to every rule, and collect everything that is wrong with it.

    Parameters
    ----------
    rows
        The sheet as text: columns of `DECISIONS`, with `export` and `export_row`; optional ones may be absent.
    unreadable
        Lines that could not be read, as rows of `QUARANTINE`.
    scores, accounts
        `theme_scores` and `accounts` of the run that the session decided on.
    session
        May say why fewer or more themes are built than the shortlist allows; its company is no customer.
    model
        `reading.shortlist_min`, `reading.shortlist_max`, and the company where the session names none.
    quarter
        The quarter that was decided on.
    sheet
        What to call the file where no line of it is meant.

    Returns
    -------
    Review
        Every finding, and the decisions, which it gives out only if nothing stops them.
    """
    scores = scores.sort("rank", "theme_id", nulls_last=True)
    lines, findings = lines_of(_complete(rows), ThemeIndex(scores))
    findings = [*_unreadable(unreadable), *findings]
    read = [_read(line, quarter) for line in lines if line.theme_id is not None]
    names, blank = CustomerNames(accounts), _is_blank(read, scores)
    for item in [] if blank else read:
        findings += _line_findings(item, quarter, names, session.company or model.report.company)
    findings += [_blank_sheet(sheet)] if blank else _undecided(read, scores, sheet)
    findings += [] if blank else [*_repeated(read), *_builds(read, model, session, sheet)]
    places = {line.where: line.number for line in lines}
    places |= {where_of(*row): row[1] for row in unreadable.select("export", "export_row").iter_rows()}
    # What belongs to no line, such as the number of builds, comes last.
    findings.sort(key=lambda finding: places.get(finding.where, sys.maxsize))
    return Review(tuple(findings), _decided(read, scores, quarter, session, model, sheet))


def _complete(rows: pl.DataFrame) -> pl.DataFrame:
    absent = [column.name for column in DECISIONS if column.name not in rows.columns]
    return rows.with_columns(pl.lit(None, dtype=pl.String).alias(name) for name in absent)


def _unreadable(lines: pl.DataFrame) -> list[Finding]:
    return [
        Finding(
            "line_unreadable",
            where_of(row["export"], row["export_row"]),
            "",
            f"the line cannot be read: {row['reason']}",
            shown(row["value"]) if row["value"] else None,
            advice=row["advice"],
        )
        for row in lines.iter_rows(named=True)
    ]


def _read(line: Line, quarter: Quarter) -> _Read:
    cells = line.cells
    status = filled(cells["status"])
    return _Read(
        line,
        status_of(status, quarter) if status else None,
        filled(cells["owner"]),
        filled(cells["rationale"]),
        filled(cells["csm_words"]),
    )


def _is_filled(item: _Read) -> bool:
    return any(filled(item.line.cells[name]) for name in _FILLED_IN)


def _is_blank(read: Sequence[_Read], scores: pl.DataFrame) -> bool:
    return scores.height > 0 and not any(_is_filled(item) for item in read)


def _blank_sheet(sheet: str) -> Finding:
    return Finding(
        "sheet_blank",
        sheet,
        "",
        "nothing has been decided in it",
        expected="a status, an owner, a rationale and words for CSMs on each line",
        advice="Fill in the sheet at the session",
    )


def _line_findings(item: _Read, quarter: Quarter, names: CustomerNames, company: str) -> Iterator[Finding]:
    """What is wrong with one decision; a line left blank is a matter of the themes, not of the line."""
    if not _is_filled(item):
        return
    where, theme = item.line.where, item.line.theme
    yield from _status_findings(item, quarter)
    if item.status is Decision.BUILD and not item.owner:
        advice = "Name the PM who answers for it"
        yield Finding("owner_missing", where, theme, "a build without an owner", _held(item, "owner"), None, advice)
    if not item.rationale:
        advice = "Say in a sentence why it was decided"
        yield Finding("rationale_missing", where, theme, "no rationale", _held(item, "rationale"), None, advice)
    elif word_count(item.rationale) < _WORDS_OF_A_RATIONALE:
        found, advice = shown(item.rationale), "Check that it will still be understood next quarter"
        yield Finding("rationale_short", where, theme, "the rationale is very short", found, None, advice)
    if not item.words:
        advice = "Write what a CSM may say, in 40 words or fewer"
        yield Finding("words_missing", where, theme, "no words for CSMs", _held(item, "csm_words"), None, advice)
    elif item.status is not None:
        spoken = Spoken(item.status, item.words, item.rationale or "", theme, quarter, company)
        yield from (Finding(fault.rule, where, theme, *fault[1:]) for fault in faults_of(spoken, names))


def _held(item: _Read, column: str) -> str | None:
    """What stands in a cell that says nothing, such as TBD."""
    text = plain(item.line.cells[column])
    return shown(text) if text else None


def _status_findings(item: _Read, quarter: Quarter) -> Iterator[Finding]:
    where, theme, cells = item.line.where, item.line.theme, item.line.cells
    decided_in, status = plain(cells["decided_in"]), filled(cells["status"])
    if decided_in and decided_in.casefold() != str(quarter).casefold():
        advice = "Put the sheet of this quarter there"
        what = "decided in another quarter"
        yield Finding("quarter_wrong", where, theme, what, shown(decided_in), str(quarter), advice)
    if status is None:
        what, advice = "the line is filled in without a status", "Enter the status, or clear the line"
        yield Finding("not_decided", where, theme, what, _held(item, "status"), None, advice)
    elif item.status is None:
        expected = ", ".join(decision.value for decision in Decision)
        advice = "Use one of the three words"
        yield Finding("status_unknown", where, theme, "not a status", shown(status), expected, advice)


def _undecided(read: Sequence[_Read], scores: pl.DataFrame, sheet: str) -> list[Finding]:
    """Themes that accounts in scope ask for and that have no decision, whether their line is blank or gone."""
    by_theme = {item.line.theme_id: item for item in read}
    findings = []
    needed = scores.filter(~MAY_STAY_OPEN)
    for theme_id, name, start in needed.select("theme_id", "theme_name", "start").iter_rows():
        item = by_theme.get(theme_id)
        if item is not None and _is_filled(item):
            continue
        where = item.line.where if item else sheet
        what = "the theme is not decided" if item else f"the theme ({theme_id}) is missing from the sheet"
        advice = "Enter status, owner, rationale and words for CSMs"
        findings.append(Finding("not_decided", where, name, what, f"it starts as {start}", None, advice))
    return findings


def _repeated(read: Sequence[_Read]) -> Iterator[Finding]:
    first: dict[str, Line] = {}
    for item in read:
        if item.words is None:
            continue
        earlier = first.setdefault(folded(item.words), item.line)
        if earlier is not item.line:
            where, theme, found = item.line.where, item.line.theme, f"the words of {shown(earlier.theme)}"
            advice = "Say what was decided about this theme"
            yield Finding("words_repeated", where, theme, "the same words twice", found, None, advice)


def _outside(read: Sequence[_Read], model: Model) -> int | None:
    """The number of builds where the shortlist does not allow it; None where it does."""
    builds = sum(item.status is Decision.BUILD for item in read)
    return None if model.reading.shortlist_min <= builds <= model.reading.shortlist_max else builds


def _builds(read: Sequence[_Read], model: Model, session: Session, sheet: str) -> list[Finding]:
    builds = _outside(read, model)
    if builds is None or filled(session.builds_reason):
        return []
    return [
        Finding(
            "builds_count",
            sheet,
            "",
            "too few themes are built" if builds < model.reading.shortlist_min else "too many themes are built",
            str(builds),
            f"{model.reading.shortlist_min} to {model.reading.shortlist_max}",
            "Decide again, or write the reason into session.yml as builds_reason",
        )
    ]


def _decided(
    read: Sequence[_Read], scores: pl.DataFrame, quarter: Quarter, session: Session, model: Model, sheet: str
) -> Decided:
    rows = [
        (item.line.theme_id, item.status.value, item.owner, item.rationale, item.words, item.line.number)
        for item in read
        if item.status is not None
    ]
    columns = ("theme_id", "status", "owner", "rationale", "csm_words", "line")
    said = pl.DataFrame(rows, schema={name: DECIDED[name] for name in columns}, orient="row")
    known = scores.select("theme_id", "theme_name", "rank", "start", "composite")
    return Decided(
        quarter,
        known.join(said, on="theme_id", how="inner", maintain_order="left").select(DECIDED.names()),
        known.join(said, on="theme_id", how="anti", maintain_order="left").select(OPEN.names()),
        filled(session.builds_reason) if _outside(read, model) is not None else None,
        sheet,
    )
