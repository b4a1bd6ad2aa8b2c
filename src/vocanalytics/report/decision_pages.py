"""What memos and packs share: how a decision is put, how a page is rendered, what a file may be called."""

from __future__ import annotations

import csv
import hashlib
import io
import re
import unicodedata
from collections.abc import Iterable, Sequence
from functools import lru_cache
from pathlib import Path

import polars as pl
from jinja2 import Environment, PackageLoader

from vocanalytics.decisions import Decided
from vocanalytics.report.checking import check_page
from vocanalytics.report.outputs import FOLDER
from vocanalytics.report.rendering import asset, plain_environment
from vocanalytics.report.run import RunTables
from vocanalytics.report.safe_text import inert, one_line, ours
from vocanalytics.report.shown import Shown
from vocanalytics.settings import Model, Quarter
from vocanalytics.vocabulary import Decision

_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
_RESERVED = re.compile(r"(?i)(?:con|prn|aux|nul|com[0-9]|lpt[0-9]|index)")
#: Letters that are no other letter with a mark.
_LETTERS = str.maketrans({"ł": "l", "Ł": "L", "ø": "o", "Ø": "O", "đ": "d", "ß": "ss", "æ": "ae", "Æ": "Ae", "ı": "i"})
_PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,59}")

_RULES = {
    Decision.BUILD: "Name no date that these words do not name.",
    Decision.DEFER: "Promise no date: the review month is all there is to name.",
    Decision.DECLINE: "Give the reason and the workaround, and leave no hope that it comes.",
}


class Verdict(Shown):
    """A decision as readers see it; `mark` is the shape drawn before it."""

    status: Decision
    mark: str
    label: str
    rule: str


def verdict(status: str, quarter: Quarter) -> Verdict:
    """The words of a decision: built next quarter, put off to the quarter after, or declined."""
    decision = Decision(status)
    labels = {
        Decision.BUILD: f"Build in {quarter.next.label}",
        Decision.DEFER: f"Defer to {quarter.next.next.label}",
        Decision.DECLINE: "Decline",
    }
    marks = {Decision.BUILD: "build", Decision.DEFER: "defer", Decision.DECLINE: "decline"}
    return Verdict(status=decision, mark=marks[decision], label=labels[decision], rule=_RULES[decision])


def page(template: str, **shown: object) -> str:
    """A self-contained page without script, looked over before it is handed out.

    Parameters
    ----------
    template
        Name in `templates/decisions`, without its ending.
    shown
        What the template shows.
    """
    style = "\n".join(asset(name) for name in ("tokens.css", "parts.css", "page.css", "decisions.css"))
    html = _environment().get_template(f"{template}.html.j2").render(style=ours(style), policy=_POLICY, **shown)
    check_page(html)
    return html


@lru_cache(maxsize=1)
def _environment() -> Environment:
    return plain_environment().overlay(loader=PackageLoader("vocanalytics.report", "templates/decisions"))


def file_stems(keys: Iterable[str], kind: str) -> dict[str, str]:
    """A file name without its ending for each key, safe on every system, all different whatever the case.

    Parameters
    ----------
    keys
        Theme ids or names of people, in an order that does not change.
    kind
        What a key without a Latin letter or digit is called, such as `theme`.
    """
    given: dict[str, str] = {}
    taken: set[str] = set()
    for key in dict.fromkeys(keys):
        stem = plain = key if _PLAIN.fullmatch(key) else _slug(key)
        again = ""
        while not stem or _RESERVED.fullmatch(stem) or stem.casefold() in taken:
            stem, again = f"{plain or kind}-{hashlib.sha256(f'{key}{again}'.encode()).hexdigest()[:8]}", f"{again}+"
        taken.add(stem.casefold())
        given[key] = stem
    return given


def _slug(key: str) -> str:
    plain = unicodedata.normalize("NFKD", key.translate(_LETTERS)).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-")[:60].strip("-")


def csv_bytes(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """A CSV file that spreadsheets open as UTF-8 and in which no cell can act as a formula."""
    stream = io.StringIO(newline="")
    writer = csv.writer(stream)
    writer.writerow(columns)
    writer.writerows([inert(value) for value in row] for row in rows)
    return stream.getvalue().encode("utf-8-sig")


def write_files(run_dir: Path | str, contents: dict[str, bytes]) -> tuple[Path, ...]:
    """Write files into the folder `report` of a run, each whole or not at all."""
    written = []
    for name, content in contents.items():
        path = Path(run_dir) / FOLDER / name
        path.parent.mkdir(parents=True, exist_ok=True)
        partial = path.with_name(f".{path.name}.partial")
        partial.write_bytes(content)
        partial.replace(path)
        written.append(path)
    return tuple(written)


class Letterhead(Shown):
    """What stands on every page: whose it is, how confidential, and the two runs behind it."""

    company: str
    mark: str
    quarter: str
    when: str
    decides: str
    scored_in: str
    run_id: str


def letterhead(run: RunTables, model: Model, run_id: str) -> Letterhead:
    """Company, quarter, session and runs, as every page of a session shows them."""
    session = run.session
    when = session.when if session.when is not None else session.held_on
    return Letterhead(
        company=_text(session.company or model.report.company),
        mark=_text(session.mark),
        quarter=run.quarter.label,
        when=_text(when) or "not recorded",
        decides=_text(session.decides) or "not recorded",
        scored_in=run.run_id,
        run_id=run_id,
    )


def _text(value: object) -> str:
    """What a person wrote into a settings file, on one line."""
    return one_line(str(value)) if value is not None else ""


def sheet_bytes(decided: Decided) -> bytes:
    """`decisions.csv` as it was checked: each status as the table has it, in the order of the ranking."""
    columns = ("theme_id", "theme_name", "rank", "start", "composite", "status", "owner", "rationale", "csm_words")
    named = ("decided_in", *("theme" if name == "theme_name" else name for name in columns))
    quarter = str(decided.quarter)
    return csv_bytes(named, ((quarter, *row) for row in decided.rows.select(columns).iter_rows()))


def decisions_table(decided: Decided) -> pl.DataFrame:
    """The decisions as the table of the vocabulary keeps them."""
    return decided.rows.select(
        pl.lit(str(decided.quarter)).alias("decided_in"),
        "theme_id",
        pl.col("theme_name").alias("theme"),
        "status",
        "owner",
        "rationale",
        "csm_words",
        pl.lit(decided.sheet).alias("export"),
        pl.col("line").alias("export_row"),
    )
