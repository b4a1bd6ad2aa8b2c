"""One pack for each CSM: their own accounts, what was decided on what each asked for, and what to say."""

from __future__ import annotations

import datetime as dt
import unicodedata
from collections.abc import Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl

from vocanalytics.decisions import CustomerNames, Decided
from vocanalytics.report.baselines import TIER_NAMES
from vocanalytics.report.decision_pages import (
    Letterhead,
    Verdict,
    csv_bytes,
    file_stems,
    letterhead,
    page,
    verdict,
    write_files,
)
from vocanalytics.report.own_words import own_words
from vocanalytics.report.run import RunTables
from vocanalytics.report.safe_text import one_line, visible
from vocanalytics.report.shown import Shown
from vocanalytics.report.wording import Words, as_read, capital, clip, counted, verb
from vocanalytics.settings import Model
from vocanalytics.settings.decision_words import filled
from vocanalytics.vocabulary import Decision

#: The pack of the accounts that have no CSM.
UNASSIGNED = "unassigned"
_CHARACTERS = 400
_NAME = 120
_CHANNELS = {"csm_note": "CSM note", "qbr": "QBR", "other": "other channel"}

CRM_COLUMNS = (
    *("account_id", "account_name", "csm", "theme_id", "theme_name"),
    *("decision", "decided_in", "owner", "csm_words", "note"),
)
PACK_COLUMNS = (
    *("account_id", "account_name", "tier", "arr", "renewal_date", "theme_id", "theme_name"),
    *("decision", "decided_in", "csm_words", "note", "their_words", "said_on"),
)


class Answer(Shown):
    """What to tell one account about one theme, and what it said last; `withheld` words may name another customer."""

    theme: str
    verdict: Verdict
    words: str
    said: str
    said_where: str
    paraphrase: bool
    withheld: bool


class PackAccount(Shown):
    """One account of a CSM with the answers it is due."""

    account: str
    tier: str
    arr: str
    renews: str
    due: str
    answers: tuple[Answer, ...]


class Pack(Shown):
    """Everything one CSM takes out of the session, and nothing of anybody else's accounts."""

    csm: str
    file: str
    headline: str
    figures: tuple[tuple[str, str, str], ...]
    accounts: tuple[PackAccount, ...]


def answers(decided: Decided, run: RunTables) -> pl.DataFrame:
    """One row per in-scope account and decided theme that it asked for, by CSM, renewal, account and rank.

    Returns
    -------
    polars.DataFrame
        `csm_key` groups the ways in which a CSM's name is written; `said`, `said_on` and what belongs to them are the
        account's latest words on the theme, null where it has none that can be shown.
    """
    accounts = run["accounts"].select("account_id", "account_name", "tier", "renewal_date", "csm")
    order = decided.rows.with_row_index("place")
    paired = run["theme_accounts"].select("theme_id", "account_id", "arr", "days_to_renewal")
    return (
        paired.join(order, on="theme_id", how="inner")
        .join(accounts, on="account_id", how="left")
        .join(own_words(run, CustomerNames(run["accounts"])), on=["theme_id", "account_id"], how="left")
        .with_columns(pl.col("csm").map_elements(_key, return_dtype=pl.String, skip_nulls=False).alias("csm_key"))
        .sort("csm_key", "renewal_date", "account_id", "place", nulls_last=True, maintain_order=True)
    )


def _key(csm: str | None) -> str:
    """A CSM's name as it is compared: without case, width and odd spaces; the same word for nobody and for n/a."""
    return " ".join(unicodedata.normalize("NFKC", filled(csm) or "").casefold().split()) or UNASSIGNED


def packs(decided: Decided, run: RunTables, model: Model) -> tuple[Pack, ...]:
    """The packs of a session, in the order of the CSMs' names, the unassigned accounts last."""
    return _packs(answers(decided, run), decided, run, model)


def _packs(rows: pl.DataFrame, decided: Decided, run: RunTables, model: Model) -> tuple[Pack, ...]:
    files = _files(rows)
    words = Words(model.currency, run.as_of)
    return tuple(
        _pack(csm, group, files[key], decided, model, words)
        for key, csm, group in sorted(_by_csm(rows), key=lambda item: (item[0] == UNASSIGNED, item[0]))
    )


def _files(rows: pl.DataFrame) -> dict[str, str]:
    people = sorted(set(rows["csm_key"].to_list()) - {UNASSIGNED})
    return file_stems([UNASSIGNED, *people], "csm")


def _by_csm(rows: pl.DataFrame) -> Iterator[tuple[str, str, pl.DataFrame]]:
    for (key,), group in rows.group_by("csm_key", maintain_order=True):
        spelt = sorted({one_line(name) for name in group["csm"].drop_nulls().to_list()} - {""})
        yield str(key), (clip(spelt[0], _NAME) if spelt and key != UNASSIGNED else "Accounts without a CSM"), group


def _pack(csm: str, rows: pl.DataFrame, file: str, decided: Decided, model: Model, words: Words) -> Pack:
    by_account = rows.unique("account_id", keep="first", maintain_order=True)
    many, due = by_account.height, int((by_account["days_to_renewal"] < model.revenue.near_days).sum())
    accounts, told = counted(many, "account"), counted(rows.height, "answer")
    statuses, near = rows["status"].to_list(), f"in fewer than {model.revenue.near_days} days from"
    worth = Decimal(by_account["arr"].sum())
    figures = (
        ("", words.money(worth), f"ARR of {verb(many, 'this account', 'these accounts')}"),
        ("risk" if due else "", str(due), f"overdue or renewing {near} {words.day(words.as_of)}"),
        ("", str(statuses.count(Decision.BUILD.value)), "to say yes to"),
        ("", str(len(statuses) - statuses.count(Decision.BUILD.value)), "to defer or decline"),
    )
    return Pack(
        csm=csm,
        file=file,
        headline=f"{csm}: {accounts}, {told}",
        figures=figures,
        accounts=tuple(
            _account(group, decided, model, words) for _, group in rows.group_by("account_id", maintain_order=True)
        ),
    )


def _account(rows: pl.DataFrame, decided: Decided, model: Model, words: Words) -> PackAccount:
    first = rows.row(0, named=True)
    days = first["days_to_renewal"]
    near = days is not None and days < model.revenue.near_days
    return PackAccount(
        account=clip(one_line(first["account_name"]), _NAME) or one_line(first["account_id"]),
        tier=TIER_NAMES.get(first["tier"], ""),
        arr=words.money(first["arr"]),
        renews=words.day(first["renewal_date"]),
        due=("overdue" if days < 0 else "near renewal") if near else "",
        answers=tuple(_answer(row, decided, words) for row in rows.iter_rows(named=True)),
    )


def _answer(row: Mapping[str, Any], decided: Decided, words: Words) -> Answer:
    said_on: dt.datetime | None = row["said_on"]
    channel = _CHANNELS.get(row["channel"], (row["channel"] or "").replace("_", " "))
    return Answer(
        theme=clip(as_read(one_line(row["theme_name"])), _NAME),
        verdict=verdict(row["status"], decided.quarter),
        words=one_line(row["csm_words"]),
        said=clip(visible(row["said"]).strip(), _CHARACTERS),
        said_where=f"{words.day(said_on.date())}, {channel}" if said_on else "",
        paraphrase=bool(row["paraphrase"]),
        withheld=bool(row["withheld"]),
    )


def write_packs(decided: Decided, run: RunTables, model: Model, run_dir: Path, run_id: str) -> tuple[Path, ...]:
    """Write a pack per CSM as HTML and CSV, and one CSV of all answers for a CRM, into the folder `report` of a run.

    Parameters
    ----------
    decided
        The decisions, as `decisions.check` let them pass.
    run, model
        The run that they were made on, and its model.
    run_dir, run_id
        The run that records the decisions.

    Returns
    -------
    tuple of Path
        `crm_import.csv`, `packs/index.html`, then `packs/<csm>.html` and `.csv`; the same input gives the same bytes.
    """
    rows, head = answers(decided, run), letterhead(run, model, run_id)
    files, made = _files(rows), _packs(rows, decided, run, model)
    contents = {"crm_import.csv": crm_bytes(rows, decided), "packs/index.html": _index(made, head)}
    for pack in made:
        contents[f"packs/{pack.file}.html"] = page("pack", pack=pack, head=head).encode()
    for key, _, group in _by_csm(rows):
        contents[f"packs/{files[key]}.csv"] = pack_bytes(group, decided)
    return write_files(run_dir, contents)


def _index(made: tuple[Pack, ...], head: Letterhead) -> bytes:
    heading = f"{head.quarter}: {counted(len(made), 'pack')} for CSMs"
    return page("packs", packs=made, head=head, headline=capital(heading)).encode()


def crm_bytes(rows: pl.DataFrame, decided: Decided) -> bytes:
    """All answers, one line for each account and theme, in the order of the account ids."""
    ordered = rows.sort("account_id", "place", maintain_order=True)
    return csv_bytes(CRM_COLUMNS, _cells(ordered, decided, CRM_COLUMNS))


def pack_bytes(rows: pl.DataFrame, decided: Decided) -> bytes:
    """One CSM's answers, in the order of the pack."""
    return csv_bytes(PACK_COLUMNS, _cells(rows, decided, PACK_COLUMNS))


def _cells(rows: pl.DataFrame, decided: Decided, columns: tuple[str, ...]) -> Iterator[tuple[object, ...]]:
    for row in rows.iter_rows(named=True):
        known = row | {
            "decision": row["status"],
            "decided_in": str(decided.quarter),
            "note": verdict(row["status"], decided.quarter).rule,
            "their_words": visible(row["said"]),
            "said_on": row["said_on"].date().isoformat() if row["said_on"] else None,
        }
        yield tuple(_cell(known[name]) for name in columns)


def _cell(value: object) -> object:
    """A value as a CRM reads it: amounts with cents, days as 2026-10-08."""
    if isinstance(value, Decimal):
        return f"{value:.2f}"
    return value.isoformat() if isinstance(value, dt.date) else value
