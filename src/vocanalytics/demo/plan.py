"""Who asks for what: the plan that makes every case of the domain occur, read from `company/plan.yml`."""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple

from vocanalytics.demo.resources import read_yaml

_PLAN = "company/plan.yml"
NEW_THEME = "new"


class Ask(NamedTuple):
    """An account that wants a theme in a quarter: how often it says so, and what its CSM made of it."""

    theme: str
    account_id: str
    messages: int
    churn_signal: str
    dependency: str

    @property
    def is_quiet(self) -> bool:
        """Whether no row may state a churn signal, so that the account's health decides."""
        return self.churn_signal == "quiet"


class Unmatched(NamedTuple):
    """A message whose account is unknown, ambiguous or missing."""

    theme: str
    channel: str
    account_id: str
    hint: str


class Defect(NamedTuple):
    """A message that must not pass, and what is wrong with it."""

    theme: str
    account_id: str
    channel: str
    kind: str


class Rivalry(NamedTuple):
    """A competitor, and where and when customers name it."""

    name: str
    theme: str
    account_ids: tuple[str, ...]
    first: dt.date
    last: dt.date


def asks(quarter: str) -> list[Ask]:
    """Every account behind every theme in a quarter, in the order of the plan."""
    column = 0 if quarter == "2026Q2" else 1
    return [
        Ask(theme, account_id, counts[column], signal, str(dependency))
        for theme, accounts in read_yaml(_PLAN)["themes"].items()
        for account_id, (*counts, signal, dependency) in accounts.items()
        if counts[column]
    ]


def unmatched(quarter: str) -> list[Unmatched]:
    """Messages that no account can be found for, or only by luck."""
    return [Unmatched(*item) for item in read_yaml(_PLAN)["unmatched"][quarter]]


def defects(quarter: str) -> list[Defect]:
    """Messages that must end in quarantine."""
    return [Defect(*item) for item in read_yaml(_PLAN)["defects"][quarter]]


def rivalry() -> Rivalry:
    """The competitor of 2026Q3."""
    rival = read_yaml(_PLAN)["competitor"]
    return Rivalry(rival["name"], rival["theme"], tuple(rival["accounts"]), rival["from"], rival["to"])


def named_by_hint() -> frozenset[str]:
    """Accounts whose messages never carry an account id."""
    return frozenset(read_yaml(_PLAN)["named_by_hint"])


def previous_quarter() -> dict[str, dict[str, str]]:
    """Cells of the accounts export that stood differently in 2026Q2."""
    changes: dict[str, dict[str, str]] = read_yaml(_PLAN)["previous_quarter"]
    return changes
