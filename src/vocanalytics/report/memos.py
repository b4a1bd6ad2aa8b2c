"""One memo for each decision: what was decided, why, and what a CSM may say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl

from vocanalytics.decisions import Decided
from vocanalytics.report.decision_pages import (
    Letterhead,
    Verdict,
    decisions_table,
    file_stems,
    letterhead,
    page,
    sheet_bytes,
    verdict,
    write_files,
)
from vocanalytics.report.markdown import escaped
from vocanalytics.report.run import RunTables
from vocanalytics.report.safe_text import anchors, in_sentence, one_line
from vocanalytics.report.shown import Shown
from vocanalytics.report.wording import Words, as_read, capital, clip, counted, joined, number, sentence, verb
from vocanalytics.settings import Model
from vocanalytics.tables import write_table
from vocanalytics.vocabulary import ChurnSignal, Decision, Start

_NO_RANK = {
    Start.ESCALATE.value: "It had no rank: a compliance override took it to the CPO list",
    Start.UNSCORED.value: "It had no rank: its alignment was not scored",
}
_LEFT_OPEN = {Start.ESCALATE.value: "goes to the CPO list", Start.UNSCORED.value: "asked for by no account in scope"}


class Memo(Shown):
    """One decision with the sentences and figures behind it; money is in the reporting currency."""

    theme_id: str
    name: str
    file: str
    anchor: str
    verdict: Verdict
    decided: str
    why: str
    evidence: str
    words: str
    facts: tuple[tuple[str, str], ...]

    @property
    def paragraph(self) -> str:
        """What was decided, on what grounds, and how many asked."""
        return f"{self.decided} {self.evidence} {self.why}"


def memos(decided: Decided, run: RunTables, model: Model) -> tuple[Memo, ...]:
    """The memos of a session, in the order of the ranking.

    Parameters
    ----------
    decided
        The decisions, as `decisions.check` let them pass.
    run
        The run that they were made on.
    model
        Its currency, and how many days make a far renewal.
    """
    theme_ids = decided.rows["theme_id"].to_list()
    files, places = file_stems(sorted(theme_ids), "theme"), anchors(theme_ids)
    figures = {row["theme_id"]: row for row in _figures(run, model).iter_rows(named=True)}
    ranked = run["theme_scores"]["rank"].drop_nulls().len()
    words = Words(model.currency, run.as_of)
    return tuple(
        _memo(row, figures[row["theme_id"]], decided, words, model, ranked, files[row["theme_id"]], places)
        for row in decided.rows.iter_rows(named=True)
    )


def _figures(run: RunTables, model: Model) -> pl.DataFrame:
    """Per theme: what the score says, and how many accounts with a signal are overdue or renew soon."""
    soon = (pl.col("churn_signal") != ChurnSignal.NONE.value) & (
        pl.col("days_to_renewal") <= model.revenue.far_days
    ).fill_null(value=False)
    signalled = run["theme_accounts"].group_by("theme_id").agg(soon.sum().cast(pl.Int64).alias("signalled_accounts"))
    return (
        run["theme_scores"]
        .select("theme_id", "accounts", "arr_exposed", "arr_signalled", "mentions")
        .join(signalled, on="theme_id", how="left", maintain_order="left")
        .with_columns(pl.col("signalled_accounts").fill_null(0))
    )


def _memo(
    row: Mapping[str, Any],
    figures: Mapping[str, Any],
    decided: Decided,
    words: Words,
    model: Model,
    ranked: int,
    file: str,
    places: Mapping[str, str],
) -> Memo:
    name = clip(as_read(one_line(row["theme_name"])), 200)
    return Memo(
        theme_id=one_line(row["theme_id"]),
        name=name,
        file=file,
        anchor=places[row["theme_id"]],
        verdict=verdict(row["status"], decided.quarter),
        decided=_decided(row, name, decided),
        why=f"Why: {sentence(one_line(row['rationale']))}",
        evidence=f"{_standing(row, ranked)}. {_asked(figures, words, model)}.",
        words=one_line(row["csm_words"]),
        facts=_facts(row, figures, ranked, words),
    )


def _decided(row: Mapping[str, Any], name: str, decided: Decided) -> str:
    quarter, theme = decided.quarter, in_sentence(capital(name))
    owner = in_sentence(one_line(row["owner"]))
    match Decision(row["status"]):
        case Decision.BUILD:
            return f"{theme} will be built in {quarter.next.label}, and {owner} answers for it."
        case Decision.DEFER:
            kept = f" {owner} keeps it." if owner else ""
            return f"{theme} is deferred to {quarter.next.next.label}, without a promise.{kept}"
        case _:
            kept = f" {owner} can say more." if owner else ""
            return f"{theme} is declined.{kept}"


def _standing(row: Mapping[str, Any], ranked: int) -> str:
    if row["rank"] is not None:
        return f"It ranked {row['rank']} of {ranked} with a composite of {row['composite']} of 15"
    return _NO_RANK.get(row["start"], "It had no rank")


def _asked(figures: Mapping[str, Any], words: Words, model: Model) -> str:
    many, worth = figures["accounts"], words.money(figures["arr_exposed"])
    if not many:
        return "No account in scope asks for it"
    asks = f"{capital(counted(many, 'account'))} with {worth} of ARR {verb(many, 'asks', 'ask')} for it"
    soon = figures["signalled_accounts"]
    if not soon:
        return f"{asks}, and none with a churn signal renews within {model.revenue.far_days} days"
    worth, far = words.money(figures["arr_signalled"]), model.revenue.far_days
    if many == 1:
        return f"{asks}; it shows a churn signal and renews within {far} days or is overdue"
    if soon == many:
        return (
            f"{asks}; {'both' if many == 2 else 'all'} show a churn signal and renew within {far} days or are overdue"
        )
    if soon == 1:
        return f"{asks}; one of them, worth {worth}, shows a churn signal and renews within {far} days or is overdue"
    shown = f"{number(soon)} of them, worth {worth}, show a churn signal"
    return f"{asks}; {shown} and renew within {far} days or are overdue"


def _facts(
    row: Mapping[str, Any], figures: Mapping[str, Any], ranked: int, words: Words
) -> tuple[tuple[str, str], ...]:
    rank = f"{row['rank']} of {ranked}" if row["rank"] is not None else "None"
    composite = f"{row['composite']} of 15" if row["composite"] is not None else "Not scored"
    signalled: Decimal = figures["arr_signalled"]
    return (
        ("PM owner", one_line(row["owner"]) or "Not named"),
        ("Rank", rank),
        ("Composite", composite),
        ("Started as", capital(row["start"])),
        ("Accounts", f"{figures['accounts']:,}"),
        ("ARR behind", words.money(figures["arr_exposed"])),
        ("Signalled ARR", words.money(signalled) if signalled else "None"),
    )


def headline(made: Sequence[Memo], decided: Decided) -> str:
    """How many themes are built, deferred and declined, in words."""
    statuses = [memo.verdict.status for memo in made]
    nouns = {Decision.BUILD: "build", Decision.DEFER: "defer", Decision.DECLINE: "decline"}
    counts = [(statuses.count(status), noun) for status, noun in nouns.items()]
    said = joined([counted(many, noun) for many, noun in counts if many])
    return f"{decided.quarter.label}: {said}" if said else f"{decided.quarter.label}: nothing was decided"


def markdown(memo: Memo, head: Letterhead) -> str:
    """A memo as text for a wiki or a message; names and words from outside stand in it as plain text."""
    facts = "\n".join(f"| {label} | {escaped(value)} |" for label, value in memo.facts)
    return f"""# {escaped(memo.name)}: {memo.verdict.label[:1].lower()}{memo.verdict.label[1:]}

Decision memo of {head.quarter}, {escaped(head.company)}. Confidential: internal reasons and ARR.

{escaped(memo.paragraph)} What a CSM may say:

> {escaped(memo.words)}

{memo.verdict.rule} No other customer's name.

| Figure | Value |
| --- | --- |
{facts}

Scored in run {escaped(head.scored_in)}, decided in run {escaped(head.run_id)}.
"""


def write_memos(decided: Decided, run: RunTables, model: Model, run_dir: Path, run_id: str) -> tuple[Path, ...]:
    """Write the checked sheet, a memo per decision and the page of all of them into the folder `report` of a run.

    Parameters
    ----------
    decided
        The decisions, as `decisions.check` let them pass.
    run, model
        The run that they were made on, and its model.
    run_dir
        Folder of the run that records the decisions; it gets the table `decisions` too.
    run_id
        Its id, printed beside that of the scored run.

    Returns
    -------
    tuple of Path
        `decisions.csv`, `memos/index.html`, then a `.md` and a `.html` for each theme; the same input gives the same
        bytes.
    """
    made, head = memos(decided, run, model), letterhead(run, model, run_id)
    contents = {
        "decisions.csv": sheet_bytes(decided),
        "memos/index.html": index_page(made, decided, head).encode(),
    }
    for memo in made:
        contents[f"memos/{memo.file}.md"] = markdown(memo, head).encode()
        contents[f"memos/{memo.file}.html"] = page("memo", memo=memo, head=head).encode()
    write_table(run_dir, "decisions", decisions_table(decided))
    return write_files(run_dir, contents)


def index_page(made: Sequence[Memo], decided: Decided, head: Letterhead) -> str:
    """All decisions of a session on one page: the slate, then every memo."""
    order = [status for status in Decision if any(memo.verdict.status is status for memo in made)]
    groups = [[memo for memo in made if memo.verdict.status is status] for status in order]
    left = [
        (clip(as_read(one_line(name)), 200), _LEFT_OPEN.get(start, "not scored"))
        for _, name, start in decided.left_open.iter_rows()
    ]
    reason = sentence(one_line(decided.builds_reason)) if decided.builds_reason else ""
    return page(
        "memos", head=head, headline=headline(made, decided), groups=groups, memos=made, left_open=left, reason=reason
    )
