"""The messages of a quarter: the plan, said in the words of the phrasings, and all else that real feedback holds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from random import Random
from typing import Any

from vocanalytics.demo import days, plan, texts
from vocanalytics.demo.chance import seeded
from vocanalytics.demo.company import Account, accounts_of, in_scope
from vocanalytics.demo.message import Message
from vocanalytics.demo.plan import NEW_THEME, Ask
from vocanalytics.demo.texts import NOTE_CHANNELS, Phrasing, Speaker

_CHANNELS = {  # large accounts talk to their CSM, small ones write tickets and fill in surveys
    "enterprise": {"support_ticket": 14, "community": 1, "survey": 5, "csm_note": 41, "qbr": 7, "call": 32},
    "mid_market": {"support_ticket": 33, "community": 3, "survey": 11, "csm_note": 27, "qbr": 2, "call": 24},
    "smb": {"support_ticket": 54, "community": 8, "survey": 22, "csm_note": 9, "qbr": 0, "call": 7},
    "mid_size": {"support_ticket": 1},
}
_FIRST_WORD = {"csm_note": 6, "qbr": 1, "call": 4}
_CUSTOMER_WRITES = {"support_ticket": 7, "survey": 3}
_TRENDS = {"at_risk": (60, 30, 2, 8), "healthy": (6, 52, 34, 8), "unknown": (10, 20, 10, 60)}
_TAGGED, _TAGGED_BY_ID, _ID_MISSING, _SMALL_TALK_IS_SMB = 0.74, 0.2, 0.05, 0.8


class Quarterly:
    """Writes the messages of one quarter; the speaker remembers what was said in the quarter before."""

    def __init__(self, quarter: str, seed: int, speaker: Speaker) -> None:
        self.quarter, self.seed, self.speaker = quarter, seed, speaker
        self.accounts = {account["account_id"]: account for account in accounts_of(quarter, seed)}
        self.themes = texts.themes()
        self.asks = plan.asks(quarter)

    def messages(self) -> list[Message]:
        """Everything said in the quarter, in the order of the plan and without ids."""
        parts = (self.planned(), self.pairs(), self.personal(), self.chatter(), self.oddities(), self.unmatched())
        return [message for part in parts for message in part]

    def planned(self) -> Iterator[Message]:
        """As many messages for each account and theme as the plan says; the first carries the stated signal."""
        for ask in self.asks:
            rng = self._rng("ask", ask.theme, ask.account_id)
            for number in range(ask.messages):
                yield self.asked(ask, rng, self._channel(rng, ask, number), first=number == 0)

    def asked(self, ask: Ask, rng: Random, channel: str, *, first: bool = False) -> Message:
        """One message of an account about a theme."""
        theme, account = self.themes[ask.theme], self.accounts[ask.account_id]
        if account["lifecycle"] == "prospect" and (said := self._from_sales(ask.theme, rng)):
            deal = {"author_role": "internal", "deal_outcome": said.outcome}
            return self.write(rng, "other", said, account, (ask.theme,), **deal)
        said = self.speaker.say(theme, channel)
        signals = _signals(ask, rng, first=first) if channel in (*NOTE_CHANNELS, "call") else {}
        if channel in NOTE_CHANNELS and not ask.is_quiet:
            said = said._replace(text=self._remarked(said.text, signals))
        subject = rng.choice(theme.subjects) if channel == "support_ticket" and rng.random() < 0.8 else ""
        return self.write(rng, channel, said, account, (ask.theme,), subject=subject, **signals)

    def pairs(self) -> Iterator[Message]:
        """Messages that ask for two things at once, from accounts that are behind both."""
        for number, item in enumerate(texts.pool("two_requests")):
            rng = self._rng("pair", str(number))
            behind = [self._behind(theme) for theme in item["themes"]]
            if both := sorted(set(behind[0]) & set(behind[1])):
                channel = rng.choices(("support_ticket", "survey", "call"), (6, 2, 4))[0]
                said = self.speaker.vary(Phrasing(item["text"], "en"), channel)
                yield self.write(rng, channel, said, self.accounts[rng.choice(both)], tuple(item["themes"]))

    def personal(self) -> Iterator[Message]:
        """Messages with invented personal data in them; each quarter has its half."""
        start = 0 if self.quarter == "2026Q2" else 1
        for number, item in enumerate(texts.pool("personal")[start::2]):
            yield self._pooled(self._rng("personal", str(number)), item, _CUSTOMER_WRITES)

    def chatter(self) -> Iterator[Message]:
        """Thanks, small talk, one word, an emoji, almost nothing; and a CSM's notes without a request."""
        for number, text in enumerate(texts.pool("chatter")):
            yield self._pooled(self._rng("chatter", str(number)), {"theme": None, "text": text}, _CUSTOMER_WRITES)
        for number, text in enumerate(texts.pool("chatter_notes")):
            rng = self._rng("note", str(number))
            said = self.speaker.vary(Phrasing(text, "en"), "csm_note")
            yield self.write(rng, "csm_note", said, self._anybody(rng), ())

    def oddities(self) -> Iterator[Message]:
        """In 2026Q3: text decoded wrongly before it reached us, and a very long ticket."""
        if self.quarter == "2026Q3":
            for number, item in enumerate(texts.pool("garbled")):
                yield self._pooled(self._rng("garbled", str(number)), item, {"survey": 1})
            yield self._pooled(self._rng("long"), texts.pool("long")[0], {"support_ticket": 1})

    def unmatched(self) -> Iterator[Message]:
        """Messages without an account, with an ambiguous hint, or with an id that no account has."""
        for number, item in enumerate(plan.unmatched(self.quarter)):
            rng = self._rng("unmatched", str(number))
            said = self.speaker.say(self.themes[item.theme], item.channel)
            yield Message(
                channel=item.channel,
                created_at=days.in_quarter(rng, self.quarter),
                verbatim=said.text,
                language=said.language,
                themes=(item.theme,),
                account_id=item.account_id,
                account_hint=item.hint,
                author_role="csm" if item.channel in NOTE_CHANNELS else "customer",
                nps=str(rng.randint(0, 10)) if item.channel == "survey" else "",
            )

    def write(
        self, rng: Random, channel: str, said: Phrasing, account: Account, themes: tuple[str, ...], **cells: Any
    ) -> Message:
        """A message of a known account with all that its tool would add."""
        message = Message(
            channel=channel,
            created_at=days.in_quarter(rng, self.quarter),
            verbatim=said.text,
            language=said.language,
            themes=themes,
            theme=self._tag(rng, themes, cells),
            usage_trend=rng.choices(("declining", "steady", "growing", "unknown"), _TRENDS[account["health"]])[0],
            csm=account["csm"],
            **_identity(rng, account, channel),
            **_ratings(rng, account, channel),
        )
        return replace(message, **cells) if cells else message

    def _pooled(self, rng: Random, item: dict[str, Any], channels: dict[str, int]) -> Message:
        channel, theme = _pick(rng, channels), item["theme"]
        account = self.accounts[rng.choice(self._behind(theme))] if theme else self._anybody(rng)
        return self.write(rng, channel, Phrasing(item["text"], "en"), account, (theme,) if theme else ())

    def _behind(self, theme: str) -> list[str]:
        """Accounts in scope that ask for a theme this quarter."""
        return [ask.account_id for ask in self.asks if ask.theme == theme and in_scope(self.accounts[ask.account_id])]

    def _anybody(self, rng: Random) -> Account:
        small = rng.random() < _SMALL_TALK_IS_SMB
        some = [account for account in self.accounts.values() if in_scope(account)]
        return rng.choice([account for account in some if not small or account["tier"] == "smb"])

    def _from_sales(self, theme: str, rng: Random) -> Phrasing | None:
        """What Sales wrote down about a deal, with its win or loss, for most messages of prospects."""
        about = [item for item in texts.pool("prospects") if item["theme"] == theme]
        written = tuple(Phrasing(item["text"], "en", item["outcome"]) for item in about)
        return self.speaker.draw(f"sales {theme}", written, "other") if written and rng.random() < 0.8 else None

    def _remarked(self, text: str, signals: dict[str, str]) -> str:
        if signals["churn_signal"] == "explicit":
            text = f"{text} {self.speaker.remark('risk_remarks')}"
        if signals["dependency"] == "1":
            text = f"{text} {self.speaker.remark('expansion_remarks')}"
        return text

    def _channel(self, rng: Random, ask: Ask, number: int) -> str:
        if number or ask.is_quiet:
            return _pick(rng, _CHANNELS[self.accounts[ask.account_id]["tier"]])
        return "csm_note" if ask.churn_signal == "explicit" or ask.dependency == "1" else _pick(rng, _FIRST_WORD)

    def _tag(self, rng: Random, themes: tuple[str, ...], cells: dict[str, Any]) -> str:
        """What the CSM picked in the drop-down, which offers the codebook only; a signal is always tied to a theme."""
        tied = cells.get("churn_signal") in ("explicit", "inferred") or cells.get("dependency") in ("0.5", "1")
        if not themes or themes[0] == NEW_THEME or not (rng.random() < _TAGGED or tied):
            return ""
        theme = self.themes[themes[0]]
        return theme.theme_id if rng.random() < _TAGGED_BY_ID else theme.name

    def _rng(self, *parts: str) -> Random:
        return seeded(self.seed, self.quarter, *parts)


def _pick(rng: Random, weights: dict[str, int]) -> str:
    return rng.choices(tuple(weights), tuple(weights.values()))[0]


def _signals(ask: Ask, rng: Random, *, first: bool) -> dict[str, str]:
    """What a CSM states: the plan's signal and dependency at first, at most that much later, nothing if quiet."""
    if ask.is_quiet:
        return {"churn_signal": "", "dependency": ""}
    if first:
        return {"churn_signal": ask.churn_signal, "dependency": ask.dependency}
    signal = ask.churn_signal if rng.random() < 0.35 else rng.choice(("none", "none", ""))
    return {"churn_signal": signal, "dependency": rng.choice(("0", ""))}


def _identity(rng: Random, account: Account, channel: str) -> dict[str, str]:
    """Account id, hint and author as the channel's tool knows them; a few tickets and answers lack the id."""
    domain = account["domains"].split(";")[0]
    inbound = channel not in (*NOTE_CHANNELS, "call")
    prospect = account["lifecycle"] == "prospect"
    role = "csm" if channel in NOTE_CHANNELS else "prospect" if prospect else "customer"
    if account["account_id"] in plan.named_by_hint():
        return {"account_id": "", "account_hint": rng.choice((account["account_name"], domain)), "author_role": role}
    lost = inbound and rng.random() < _ID_MISSING
    return {
        "account_id": "" if lost else account["account_id"],
        "account_hint": domain if inbound else "",
        "author_role": role,
    }


def _ratings(rng: Random, account: Account, channel: str) -> dict[str, str]:
    """NPS of a survey and now and then CSAT of a ticket, lower where the account is at risk."""
    low = account["health"] == "at_risk"
    if channel == "survey":
        return {"nps": str(rng.randint(0, 6) if low else rng.choice((4, 6, 7, 7, 8, 8, 9, 9, 10)))}
    if channel == "support_ticket" and rng.random() < 0.3:
        return {"csat": str(rng.randint(1, 3) if low else rng.randint(2, 5))}
    return {}
