"""What would change the shortlist: per theme the smallest single fact, said as a sentence."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from vocanalytics.report.facts import Facts, Theme, ThemeRef
from vocanalytics.report.safe_text import in_sentence, one_line
from vocanalytics.report.shown import Shown
from vocanalytics.report.wording import Words, capital, clip, elsewhere, number
from vocanalytics.vocabulary import ChurnSignal, Flag, Start

FRAME = "flips"
_ON_LIST, _OUTSIDE = 8, 3
_OVERRIDDEN = (Flag.OVERRIDE_LOGO, Flag.OVERRIDE_COMPETITIVE)
#: The largest `size` of a fact about one account; what is larger is a whole score.
_ONE_ACCOUNT = 3
_ARTICLE = {ChurnSignal.EXPLICIT.value: "an explicit", ChurnSignal.INFERRED.value: "an inferred"}


class Flip(Shown):
    """The smallest fact that moves a theme onto the shortlist or off it, and where the theme would then stand."""

    theme: ThemeRef
    sentence: str
    after: str
    kind: str | None
    account: str
    arr: Decimal | None
    rank_after: int | None
    composite_after: int | None


class Flips(Shown):
    """The sentences of the shortlist and of the themes just outside it."""

    title: str
    note: str
    on_list: tuple[Flip, ...]
    outside: tuple[Flip, ...]
    left_out: str


def flips(facts: Facts) -> Flips:
    """The shortlist first, then the themes next in line; nothing where the run did not search."""
    rows = [row for row in facts.run.rows(FRAME) if row["theme_id"] in facts.by_id]
    built = [row for row in rows if row["start"] == Start.BUILD]
    shown = sorted(sorted(built, key=_hanging_first)[:_ON_LIST], key=lambda row: row["rank"])
    next_in_line = [row for row in rows if row["start"] != Start.BUILD][:_OUTSIDE]
    left = len(built) - len(shown)
    return Flips(
        title="What would change the shortlist" if rows else "",
        note="For each theme the smallest single fact that would do it: one churn signal, one account that leaves, or "
        "one score a point off. The first three themes outside the shortlist stand below it.",
        on_list=tuple(_flip(row, facts) for row in shown),
        outside=tuple(_flip(row, facts) for row in next_in_line),
        left_out=f"{capital(elsewhere(left, 'theme', 'the workbook, sheet Flips'))}." if left > 0 else "",
    )


def _hanging_first(row: Mapping[str, Any]) -> tuple[bool, int, int]:
    return row["size"] is None, row["size"] or 0, row["rank"]


def hangs_on_one_account(row: Mapping[str, Any]) -> bool:
    """Whether a fact about a single account would do, not only a score that is a point off."""
    return row["size"] is not None and row["size"] <= _ONE_ACCOUNT


def _flip(row: Mapping[str, Any], facts: Facts) -> Flip:
    theme = facts.by_id[row["theme_id"]]
    return Flip(
        theme=theme.ref,
        sentence=flip_sentence(row, theme, facts.words),
        after=_after(row),
        kind=row["kind"],
        account=one_line(row["account_name"]),
        arr=row["arr"],
        rank_after=row["rank_after"],
        composite_after=row["composite_after"],
    )


def flip_sentence(row: Mapping[str, Any], theme: Theme, words: Words) -> str:
    """One row of the frame as a sentence: what would have to be otherwise, or that no single fact would do."""
    leaves = row["direction"] == "out"
    if row["kind"] is None and theme.has(*_OVERRIDDEN):
        return f"{theme.short} has an approved override, so no fact about it takes it off the shortlist."
    if row["kind"] is None:
        return (
            f"No single fact {'takes' if leaves else 'puts'} {theme.short} {'off' if leaves else 'on'} the shortlist."
        )
    moves = "leaves the shortlist" if leaves else "joins the shortlist"
    return f"{theme.short} {moves} if {_fact(row, words)}."


def _fact(row: Mapping[str, Any], words: Words) -> str:
    if row["kind"] == "score_point":
        return f"its {row['dimension']} is scored {row['to_value']}, not {row['from_value']}"
    account = in_sentence(clip(one_line(row["account_name"]), 40) or row["account_id"])
    named = f"{account} (ARR {words.money(row['arr'])})"
    if row["kind"] == "account_leaves":
        return f"{named} leaves" if row["composite_after"] is not None else f"{named}, its only account, leaves"
    was, now = row["from_value"], row["to_value"]
    if now == ChurnSignal.NONE:
        return f"{named} gives no churn signal on it, not {_ARTICLE[was]} one"
    if was == ChurnSignal.NONE:
        return f"{named} gives {_ARTICLE[now]} churn signal on it, not none"
    return f"the churn signal of {named} on it is {now}, not {was}"


def _after(row: Mapping[str, Any]) -> str:
    if row["kind"] is None:
        return ""
    if row["composite_after"] is None:
        return "It would then not be ranked."
    start = f"start as {row['start_after']}"
    return f"It would then rank {row['rank_after']} with composite {row['composite_after']} and {start}."


def hanging(facts: Facts) -> int:
    """How many themes of the shortlist hang on a single account."""
    built = [row for row in facts.run.rows(FRAME) if row["start"] == Start.BUILD]
    return sum(hangs_on_one_account(row) for row in built)


def hang_said(many: int, of: int) -> str:
    """How many of the builds one account could turn, as the second half of a sentence."""
    if of == 1:
        return "one account could still turn it" if many else "no single account could turn it"
    return f"one account could turn {number(many)}" if many else "no single account could turn one"
