"""Closed values as people read them: what a sheet or a list says instead of the words of the tables."""

from __future__ import annotations

from vocanalytics.report.wording import capital

_SPECIAL = {
    "csm_note": "CSM note",
    "qbr": "QBR",
    "non_icp": "Non-ICP",
    "nps_group": "NPS group",
    "insight": "Kind of insight",
    "usage_trend": "Usage trend",
    "defer_q_plus_2": "Defer to Q+2",
    "largest_accounts": "Largest accounts",
}


def label(value: str | None) -> str | None:
    """A closed value such as `in_progress` in readable words; nothing stays nothing."""
    return None if value is None else _SPECIAL.get(value, capital(value.replace("_", " ")))


def yes_or_no(value: bool | None) -> str | None:
    """A truth in words; what is unknown stays empty."""
    return None if value is None else "Yes" if value else "No"
