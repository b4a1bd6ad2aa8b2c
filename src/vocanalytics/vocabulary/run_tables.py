"""The tables that a run leaves; other programs read them, so each name is an interface."""

from __future__ import annotations

from vocanalytics.vocabulary.columns import Column, Table
from vocanalytics.vocabulary.enumerations import AssignedBy, ChurnSignal, Scope, Start
from vocanalytics.vocabulary.incoming import ACCOUNTS, ALIGNMENT, DECISIONS, DELIVERY, FEEDBACK, OVERRIDES, ROADMAP

QUARANTINE: Table = (
    Column("table", required=True),
    Column("export", required=True),
    Column("export_row", "integer", required=True),
    Column("column"),
    Column("value"),
    Column("reason", required=True),
    Column("advice", required=True),
)

#: How the quarantine begins the reason of a row that is written after the as-of date: not wrong, only too late.
TOO_LATE = "created_at is in the future"

MENTIONS: Table = (
    Column("feedback_id", required=True),
    Column("theme_id", required=True),
    Column("similarity", "ratio"),
    Column("assigned_by", required=True, choices=tuple(AssignedBy)),
)

THEMES: Table = (
    Column("theme_id", required=True),
    Column("theme_name", required=True),
    Column("description"),
    Column("status", required=True, choices=("active", "proposed", "retired", "taxonomy")),
    Column("area"),
    Column("phrases", "texts"),
    Column("quotes", "texts"),
    Column("mentions", "integer", required=True),
)

UNCLUSTERED: Table = (Column("feedback_id", required=True), Column("reason", required=True))

MATCHED_FEEDBACK: Table = (*FEEDBACK, Column("account_match", required=True), Column("links", "texts"))

SCOPED_FEEDBACK: Table = (
    *MATCHED_FEEDBACK,
    Column("scope", required=True, choices=tuple(Scope)),
    Column("scope_reason", required=True),
)

THEME_ACCOUNTS: Table = (
    Column("theme_id", required=True),
    Column("account_id", required=True),
    Column("mentions", "integer", required=True),
    Column("churn_signal", required=True, choices=tuple(ChurnSignal)),
    Column("days_to_renewal", "integer"),
    Column("renewal_factor", "factor", required=True),
    Column("churn_factor", "factor", required=True),
    Column("arr", "money", required=True),
    Column("arr_at_risk", "money", required=True),
    Column("headroom_arr", "money", required=True),
    Column("dependency", "factor", required=True),
    Column("expansion", "money", required=True),
    Column("weighted", "money", required=True),
)

THEME_SCORES: Table = (
    Column("theme_id", required=True),
    Column("theme_name", required=True),
    Column("mentions", "integer", required=True),
    Column("accounts", "integer", required=True),
    Column("arr_exposed", "money", required=True),
    Column("arr_signalled", "money", required=True),
    Column("arr_at_risk", "money", required=True),
    Column("expansion", "money", required=True),
    Column("revenue", "money", required=True),
    Column("weighted_count", "integer", required=True),
    Column("revenue_score", "integer", required=True),
    Column("breadth_score", "integer", required=True),
    Column("alignment_cs", "integer"),
    Column("alignment_product", "integer"),
    Column("alignment_score", "integer"),
    Column("composite", "integer"),
    Column("rank", "integer"),
    Column("start", required=True, choices=tuple(Start)),
    Column("flags", "texts", required=True),
)

#: The tables that a run leaves in `data/processed/<run_id>/`.
TABLES: dict[str, Table] = {
    "accepted_feedback": MATCHED_FEEDBACK,
    "feedback": SCOPED_FEEDBACK,
    "accounts": ACCOUNTS,
    "quarantine": QUARANTINE,
    "mentions": MENTIONS,
    "themes": THEMES,
    "unclustered": UNCLUSTERED,
    "theme_accounts": THEME_ACCOUNTS,
    "theme_scores": THEME_SCORES,
    "roadmap": ROADMAP,
    "alignment": ALIGNMENT,
    "overrides": OVERRIDES,
    "decisions": DECISIONS,
    "delivery": DELIVERY,
}
