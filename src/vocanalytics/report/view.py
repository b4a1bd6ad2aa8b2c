"""The view model: one frozen object with everything a reader will see, in the order in which it is read."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from vocanalytics.report.account_list import AccountList, account_list
from vocanalytics.report.bottom_line import BottomLine, OpenItems, bottom_line
from vocanalytics.report.cards import disputes
from vocanalytics.report.changes import Changes, changes
from vocanalytics.report.decision_sheet import DecisionSheet, decision_sheet
from vocanalytics.report.facts import Theme, ThemeRef, gather
from vocanalytics.report.firmness import Firmness, firmness
from vocanalytics.report.masthead import Masthead, masthead
from vocanalytics.report.method import Method, method
from vocanalytics.report.money import Money, money
from vocanalytics.report.points import points
from vocanalytics.report.ranking import Ranking, ranking
from vocanalytics.report.run import RunTables
from vocanalytics.report.settle import Settle, settle
from vocanalytics.report.shown import Shown
from vocanalytics.report.theme_files import ThemeFile, theme_files
from vocanalytics.settings import Model

_WORDS_A_MINUTE = 250
_FIGURE_MINUTES = 0.5
#: What no reader sees, or sees only as the text of a picture.
_UNREAD = frozenset({"theme_id", "theme_name", "anchor", "account_id", "description"})


class PreRead(Shown):
    """The pre-read of a quarter; `preread.json` is this object, so it holds every number that the page shows."""

    run_id: str
    as_of: dt.date
    currency: str
    masthead: Masthead
    bottom_line: BottomLine
    ranking: Ranking
    money: Money
    settle: Settle
    changes: Changes
    firmness: Firmness
    decision_sheet: DecisionSheet
    theme_files: tuple[ThemeFile, ...]
    tracked: tuple[ThemeRef, ...]
    accounts: AccountList
    method: Method

    @property
    def themes(self) -> tuple[Theme, ...]:
        """All themes in the order of the ranking, then those without a rank."""
        return tuple(file.theme for file in self.theme_files)


def build_view(run: RunTables, model: Model) -> PreRead:
    """Turn the tables of a run into the sentences, tables and charts of the pre-read.

    Parameters
    ----------
    run
        From `load_run`.
    model
        The model that scored the run; its thresholds are printed.

    Returns
    -------
    PreRead
        The same tables and model give an equal view.
    """
    facts = gather(run, model)
    disputed = disputes(facts)
    opened = settle(facts, disputed)
    changed = changes(facts)
    items = OpenItems(
        disputes=opened.disputed,
        trade_offs=opened.trading,
        baselines=opened.baseline.flagged,
        overrides=len(opened.overrides.rows),
        refused=sum(not row.approved for row in opened.overrides.rows),
        decided_before=changed.kept.decided,
    )
    said, matrix, stakes = points(facts, disputed), ranking(facts), money(facts)
    minutes = _reading_minutes((*said, matrix, stakes, opened), figures=int(stakes.chart is not None))
    return PreRead(
        run_id=run.run_id,
        as_of=run.as_of,
        currency=model.currency,
        masthead=masthead(facts, minutes),
        bottom_line=bottom_line(facts, said, items, minutes),
        ranking=matrix,
        money=stakes,
        settle=opened,
        changes=changed,
        firmness=firmness(facts),
        decision_sheet=decision_sheet(facts),
        theme_files=theme_files(facts),
        tracked=facts.tracked,
        accounts=account_list(facts),
        method=method(facts),
    )


def _reading_minutes(sections: Iterable[Shown], *, figures: int) -> int:
    """What sections 1 to 4 ask of a reader: words at reading speed, half a minute a figure, one to settle."""
    words = sum(_words(section.model_dump(mode="json")) for section in sections)
    return round(words / _WORDS_A_MINUTE + figures * _FIGURE_MINUTES + 1)


def _words(content: Any) -> int:
    if isinstance(content, dict):
        return sum(_words(value) for name, value in content.items() if name not in _UNREAD)
    if isinstance(content, list):
        return sum(_words(value) for value in content)
    return len(content.split()) if isinstance(content, str) else 0
