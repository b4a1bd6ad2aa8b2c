"""What is wrong with a decision sheet, one line for each fault, all of them together."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import polars as pl

from vocanalytics.errors import ContractError, VocError
from vocanalytics.legible import visible

#: Each rule by its name, and whether a sheet that breaks it stops. What software can only suspect never stops.
RULES: dict[str, bool] = {
    "line_unreadable": True,
    "theme_missing": True,
    "theme_unknown": True,
    "theme_ambiguous": True,
    "theme_mismatch": True,
    "theme_twice": True,
    "quarter_wrong": True,
    "sheet_blank": True,
    "not_decided": True,
    "status_unknown": True,
    "owner_missing": True,
    "rationale_missing": True,
    "builds_count": True,
    "words_missing": True,
    "words_long": True,
    "words_not_first_person": True,
    "words_date": True,
    "words_no_review_month": True,
    "words_copy_rationale": True,
    "words_decline_short": True,
    "words_customer": True,
    "words_internal": True,
    "words_maybe_internal": False,
    "words_maybe_customer": False,
    "words_time": False,
    "words_review_month": False,
    "words_one_sentence": False,
    "words_blame": False,
    "words_repeated": False,
    "rationale_short": False,
}

#: How many faults the error itself names; the notebook shows every one.
NAMED = 12
_SHOWN_CHARACTERS = 80

FINDINGS = pl.Schema(
    {name: pl.String() for name in ("rule", "stops", "where", "theme", "what", "found", "expected", "what_to_do")}
    | {"stops": pl.Boolean()}
)


class Finding(NamedTuple):
    """One thing to correct or to look at in the sheet: where, about which theme, what, and what to do."""

    rule: str
    where: str
    theme: str
    what: str
    found: str | None = None
    expected: str | None = None
    advice: str | None = None

    @property
    def stops(self) -> bool:
        """Whether nothing is published until it is corrected."""
        return RULES[self.rule]

    @property
    def line(self) -> str:
        """The finding as one sentence."""
        where = f"{self.where}, {self.theme}" if self.theme else self.where
        said = VocError(self.what, where=where, found=self.found, expected=self.expected, advice=self.advice)
        return str(said)


def shown(text: str | None) -> str:
    """A cell as a message quotes it: visible, on one line, not too long."""
    plain = " ".join(visible(text or "").split())
    return repr(plain if len(plain) <= _SHOWN_CHARACTERS else plain[: _SHOWN_CHARACTERS - 1] + "…")


def as_frame(findings: Iterable[Finding]) -> pl.DataFrame:
    """The findings as a table to look through, those that stop first."""
    ordered = sorted(findings, key=lambda finding: not finding.stops)
    rows = [
        (item.rule, item.stops, item.where, item.theme, item.what, item.found, item.expected, item.advice)
        for item in ordered
    ]
    return pl.DataFrame(rows, schema=FINDINGS, orient="row")


def refusal(findings: Sequence[Finding], sheet: str) -> ContractError:
    """One error for everything that stops: the count, the first faults, and where all of them are."""
    stopping = [finding for finding in findings if finding.stops]
    named = [f"({number}) {finding.line}" for number, finding in enumerate(stopping[:NAMED], start=1)]
    left = len(stopping) - NAMED
    named += [f"And {left} more, in the table of the notebook."] if left > 0 else []
    many = "one fault" if len(stopping) == 1 else f"{len(stopping)} faults"
    return ContractError(f"the decision sheet has {many} to correct: {' '.join(named)}".rstrip("."), where=sheet)
