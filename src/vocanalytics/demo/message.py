"""One message as it will stand in an export, and the tools that it comes from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple


class Tool(NamedTuple):
    """Where a channel's messages are kept: source name, export file, first number of its ids, link, whose words."""

    source: str
    export: str
    first_number: int
    url: str
    voice: str


_DESK = Tool("desk", "feedback_tickets", 41200, "https://desk.torvane.example/tickets/", "customer")
_CRM = Tool("crm", "feedback_csm_notes", 15000, "https://crm.torvane.example/notes/", "paraphrase")

TOOLS = {
    "support_ticket": _DESK,
    "community": Tool("forum", "feedback_tickets", 900, "https://forum.torvane.example/posts/", "customer"),
    "survey": Tool("pulse", "feedback_surveys", 30500, "https://pulse.torvane.example/answers/", "customer"),
    "call": Tool("calls", "feedback_calls", 7000, "https://calls.torvane.example/moments/", "customer"),
    "csm_note": _CRM,
    "qbr": _CRM,
    "other": _CRM,
}
EXPORTS = tuple(dict.fromkeys(tool.export for tool in TOOLS.values()))


@dataclass(frozen=True)
class Message:
    """A row of feedback before it is written; every value is the text of its cell, empty where there is none.

    `themes` is what it was written for and `theme` the CSM's choice in the drop-down, if any; `defect` names what will
    be broken on purpose.
    """

    channel: str
    created_at: str
    verbatim: str
    themes: tuple[str, ...] = ()
    language: str = "en"
    subject: str = ""
    account_id: str = ""
    account_hint: str = ""
    author_role: str = "customer"
    churn_signal: str = ""
    dependency: str = ""
    competitor: str = ""
    deal_outcome: str = ""
    usage_trend: str = ""
    csm: str = ""
    nps: str = ""
    csat: str = ""
    theme: str = ""
    feedback_id: str = ""
    url: str = ""
    defect: str = ""

    @property
    def tool(self) -> Tool:
        """The tool that holds the message."""
        return TOOLS[self.channel]

    @property
    def export(self) -> str:
        """Stem of the file that the message will be in."""
        return self.tool.export

    @property
    def source(self) -> str:
        """Name of the tool, the first part of the feedback id."""
        return self.tool.source

    @property
    def voice(self) -> str:
        """Whether these are the customer's words or a colleague's."""
        return self.tool.voice
