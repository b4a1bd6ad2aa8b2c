"""A quarter made complete: competitor talk, the same message through two channels, ids, and rows that must not pass."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from random import Random

from vocanalytics.demo import QUARTERS, days, plan, texts
from vocanalytics.demo.chance import seeded
from vocanalytics.demo.company import Account, accounts_of
from vocanalytics.demo.message import Message
from vocanalytics.demo.messages import Quarterly
from vocanalytics.demo.plan import Ask
from vocanalytics.demo.texts import Speaker

_TWIN_SHARE = 0.02
_TWIN_CHANNELS = ("survey", "call", "community")
_NUMBER_STEP = {"2026Q2": 0, "2026Q3": 7000}


@dataclass(frozen=True)
class DemoQuarter:
    """What arrives for one quarter: accounts and messages, each message with its id."""

    name: str
    accounts: list[Account]
    messages: list[Message]

    def truth(self) -> dict[str, tuple[str, ...]]:
        """Feedback id to the themes that the message was written for; a reused id keeps its first message."""
        themes: dict[str, tuple[str, ...]] = {}
        for message in self.messages:
            themes.setdefault(message.feedback_id, message.themes)
        return themes


def demo_quarters(seed: int) -> list[DemoQuarter]:
    """Both quarters, the earlier first: the later one repeats nothing word for word."""
    speaker = Speaker(seed)
    return [_quarter(name, seed, speaker) for name in QUARTERS]


def _quarter(name: str, seed: int, speaker: Speaker) -> DemoQuarter:
    quarterly = Quarterly(name, seed, speaker)
    said = quarterly.messages()
    if name == "2026Q3":
        said = _with_competitor(said, seeded(seed, "competitor"))
    said = [*said, *_twins(said, name, seeded(seed, name, "twins")), *_doomed(quarterly)]
    numbered = _numbered(sorted(said, key=lambda message: message.created_at), name)
    return DemoQuarter(name, accounts_of(name, seed), list(_spoiled(numbered, name)))


def _with_competitor(said: list[Message], rng: Random) -> list[Message]:
    """The same messages, three of each account in the plan replaced by talk of the competitor within its window."""
    rival, lines = plan.rivalry(), list(texts.pool("competitor"))
    left = dict.fromkeys(rival.account_ids, len(lines) // len(rival.account_ids))

    def line(message: Message) -> Message:
        if rival.theme not in message.themes or len(message.themes) > 1 or not left.get(message.account_id):
            return message
        left[message.account_id] -= 1
        when = days.moment(rng, rival.first, rival.last)
        call = replace(message, channel="call", author_role="customer", subject="", account_hint="", nps="", csat="")
        return replace(call, created_at=when, verbatim=lines.pop(0), language="en", competitor=rival.name)

    return [line(message) for message in said]


def _twins(said: list[Message], quarter: str, rng: Random) -> Iterator[Message]:
    """The same words of the same account through another channel, a few days later."""
    tickets = [m for m in said if m.channel == "support_ticket" and m.themes and m.account_id and len(m.verbatim) < 500]
    for original in rng.sample(tickets, round(_TWIN_SHARE * len(said))):
        channel = rng.choice(_TWIN_CHANNELS)
        yield replace(
            original,
            channel=channel,
            nps=str(rng.randint(2, 9)) if channel == "survey" else "",
            created_at=days.shortly_after(rng, original.created_at, quarter),
            subject="",
            theme="",
            csat="",
        )


def _doomed(quarterly: Quarterly) -> Iterator[Message]:
    """Messages that will be spoiled, from accounts that are behind their theme in any case."""
    for number, item in enumerate(plan.defects(quarterly.quarter)):
        rng = seeded(quarterly.seed, quarterly.quarter, "defect", number)
        ask = Ask(item.theme, item.account_id, 1, "quiet", "0")
        yield replace(quarterly.asked(ask, rng, item.channel), defect=item.kind)


def _numbered(said: list[Message], quarter: str) -> list[Message]:
    """Each message with the id and link that its tool would give it, counted up in order of time."""
    counts: Counter[str] = Counter()

    def number(message: Message) -> Message:
        counts[message.source] += 1
        native = message.tool.first_number + _NUMBER_STEP[quarter] + counts[message.source]
        return replace(message, feedback_id=f"{message.source}:{native}", url=f"{message.tool.url}{native}")

    return [number(message) for message in said]


def _spoiled(said: list[Message], quarter: str) -> Iterator[Message]:
    """The messages with their defects, a repeated row directly after the row that it repeats."""
    owned = {message.source: message.feedback_id for message in said if message.defect == "id_owner"}
    early, late = days.FIRST_DAY[quarter], days.LAST_DAY[quarter]
    for message in said:
        match message.defect:
            case "bad_date":
                yield replace(message, created_at=f"2026-13-{message.created_at[8:]}")
            case "before_quarter":
                yield replace(message, created_at=days.stamp(early - dt.timedelta(days=2), 9, 30))
            case "after_quarter":
                yield replace(message, created_at=days.stamp(late + dt.timedelta(days=14), 9, 30))
            case "unknown_signal":
                yield replace(message, churn_signal="maybe")
            case "reused_id":
                yield replace(message, feedback_id=owned[message.source])
            case "repeated_row":
                yield from (message, message)
            case _:
                yield message
