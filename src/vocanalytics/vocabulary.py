"""The words of the product: column names, enumerations and the tables of a run.

Other programs read the tables, so a name here is an interface.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    import polars as pl

Kind = Literal["text", "integer", "money", "factor", "ratio", "date", "datetime", "boolean", "texts"]


class Tier(StrEnum):
    """The size class of an account."""

    ENTERPRISE = "enterprise"
    MID_MARKET = "mid_market"
    SMB = "smb"


class Lifecycle(StrEnum):
    """Whether an account pays us, may pay us, or paid us."""

    CUSTOMER = "customer"
    PROSPECT = "prospect"
    CHURNED = "churned"


class Health(StrEnum):
    """The trend of an account as Customer Success sees it."""

    HEALTHY = "healthy"
    AT_RISK = "at_risk"
    UNKNOWN = "unknown"


class ChurnSignal(StrEnum):
    """How strongly an account tied its leaving to a theme, strongest first."""

    EXPLICIT = "explicit"
    INFERRED = "inferred"
    NONE = "none"


class Scope(StrEnum):
    """Whether a feedback row counts in the score, and if not, why."""

    SCORED = "scored"
    PROSPECT = "prospect"
    NON_ICP = "non_icp"
    CHURNED = "churned"
    UNMATCHED = "unmatched"
    COMPLIANCE = "compliance"


class Relation(StrEnum):
    """How a theme stands to the published roadmap."""

    DIRECT = "direct"
    ADJACENT = "adjacent"
    NONE = "none"


class OverrideKind(StrEnum):
    """The three reasons for which people may set the ranking aside."""

    REFERENCEABLE_LOGO = "referenceable_logo"
    COMPLIANCE = "compliance"
    COMPETITIVE_EMERGENCY = "competitive_emergency"


class Start(StrEnum):
    """Where the published rule places a theme before the session."""

    BUILD = "build"
    SETTLE = "settle"
    DEFER = "defer"
    DECLINE = "decline"
    ESCALATE = "escalate"
    UNSCORED = "unscored"


class Decision(StrEnum):
    """What the session commits to."""

    BUILD = "build_next_quarter"
    DEFER = "defer_q_plus_2"
    DECLINE = "decline"


class Flag(StrEnum):
    """What a reader must know beside the score of a theme."""

    DISPUTED = "disputed_score"
    PRELIMINARY = "preliminary_alignment"
    TRADE_OFF_REVENUE = "trade_off_revenue"
    TRADE_OFF_BREADTH = "trade_off_breadth"
    BASELINE_ENTERPRISE = "baseline_enterprise"
    BASELINE_MID_MARKET = "baseline_mid_market"
    BASELINE_SMB = "baseline_smb"
    ISOLATED = "isolated"
    EMERGING = "emerging"
    UNSCORED = "unscored"
    OVERRIDE_LOGO = "override_referenceable_logo"
    OVERRIDE_COMPLIANCE = "override_compliance"
    OVERRIDE_COMPETITIVE = "override_competitive_emergency"
    OVERRIDE_NOT_APPLIED = "override_not_applied"


class AssignedBy(StrEnum):
    """Who put a verbatim into its theme."""

    MACHINE = "machine"
    PERSON = "person"


CHANNELS = ("support_ticket", "survey", "call", "csm_note", "qbr", "community", "other")
VOICES = ("customer", "paraphrase")
AUTHOR_ROLES = ("customer", "prospect", "csm", "support", "internal")
USAGE_TRENDS = ("declining", "steady", "growing", "unknown")
DEPENDENCIES = ("0", "0.5", "1")


class Column(NamedTuple):
    """One column of a table: its name, what it holds, and whether it may be empty or absent."""

    name: str
    kind: Kind = "text"
    required: bool = False
    choices: tuple[str, ...] = ()


Table = tuple[Column, ...]

FEEDBACK: Table = (
    Column("feedback_id", required=True),
    Column("source", required=True),
    Column("channel", required=True, choices=CHANNELS),
    Column("voice", choices=VOICES),
    Column("author_role", choices=AUTHOR_ROLES),
    Column("account_id"),
    Column("account_hint"),
    Column("created_at", "datetime", required=True),
    Column("subject"),
    Column("verbatim", required=True),
    Column("language"),
    Column("nps", "integer"),
    Column("csat", "factor"),
    Column("churn_signal", choices=tuple(ChurnSignal)),
    Column("dependency", "factor", choices=DEPENDENCIES),
    Column("competitor"),
    Column("usage_trend", choices=USAGE_TRENDS),
    Column("csm"),
    Column("url"),
    Column("theme"),
    Column("export"),
    Column("export_row", "integer"),
)

ACCOUNTS: Table = (
    Column("account_id", required=True),
    Column("account_name", required=True),
    Column("domains", "texts"),
    Column("aliases", "texts"),
    Column("parent_id"),
    Column("lifecycle", required=True, choices=tuple(Lifecycle)),
    Column("tier", required=True, choices=tuple(Tier)),
    Column("is_icp", "boolean", required=True),
    Column("arr", "money", required=True),
    Column("currency", required=True),
    Column("renewal_date", "date"),
    Column("seats_owned", "integer"),
    Column("seats_addressable", "integer"),
    Column("headroom_arr", "money"),
    Column("is_referenceable", "boolean"),
    Column("health", choices=tuple(Health)),
    Column("csm"),
    Column("industry"),
    Column("export"),
    Column("export_row", "integer"),
)

ROADMAP: Table = (
    Column("roadmap_id", required=True),
    Column("name", required=True),
    Column("description"),
    Column("published_on", "date", required=True),
    Column("export"),
    Column("export_row", "integer"),
)

ALIGNMENT: Table = (
    Column("theme", required=True),
    Column("roadmap_id"),
    Column("relation", required=True, choices=tuple(Relation)),
    Column("score_cs", "integer"),
    Column("rationale_cs"),
    Column("score_product", "integer"),
    Column("rationale_product"),
    Column("export"),
    Column("export_row", "integer"),
)

OVERRIDES: Table = (
    Column("theme", required=True),
    Column("kind", required=True, choices=tuple(OverrideKind)),
    Column("reason"),
    Column("requested_by"),
    Column("approved_by"),
    Column("expires_on", "date"),
    Column("export"),
    Column("export_row", "integer"),
)

DECISIONS: Table = (
    Column("theme", required=True),
    Column("status", required=True, choices=tuple(Decision)),
    Column("owner"),
    Column("rationale"),
    Column("csm_words"),
    Column("export"),
    Column("export_row", "integer"),
)

QUARANTINE: Table = (
    Column("table", required=True),
    Column("export", required=True),
    Column("export_row", "integer", required=True),
    Column("column"),
    Column("value"),
    Column("reason", required=True),
    Column("advice", required=True),
)

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
    Column("status", required=True, choices=("active", "proposed", "taxonomy")),
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

#: The exports of a quarter and the curated files, by the stem of their file names.
INCOMING: dict[str, Table] = {
    "feedback": FEEDBACK,
    "accounts": ACCOUNTS,
    "roadmap": ROADMAP,
    "alignment": ALIGNMENT,
    "overrides": OVERRIDES,
    "decisions": DECISIONS,
}

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
}


def names(table: Table) -> tuple[str, ...]:
    """Column names of a table, in order."""
    return tuple(column.name for column in table)


def polars_schema(table: Table) -> dict[str, pl.DataType]:
    """The types with which a table is kept: money is decimal dollars with two places, factors have three.

    Returns
    -------
    dict
        Column name to polars type, in the order of the table.
    """
    import polars as pl

    types: dict[Kind, pl.DataType] = {
        "text": pl.String(),
        "integer": pl.Int64(),
        "money": pl.Decimal(18, 2),
        "factor": pl.Decimal(6, 3),
        "ratio": pl.Float64(),
        "date": pl.Date(),
        "datetime": pl.Datetime("us", "UTC"),
        "boolean": pl.Boolean(),
        "texts": pl.List(pl.String),
    }
    return {column.name: types[column.kind] for column in table}
