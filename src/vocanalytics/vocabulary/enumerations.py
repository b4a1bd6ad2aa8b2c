"""The closed sets of values: what a column of choices may hold."""

from __future__ import annotations

from enum import StrEnum


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


class Delivery(StrEnum):
    """What became of a decision to build."""

    SHIPPED = "shipped"
    IN_PROGRESS = "in_progress"
    SLIPPED = "slipped"
    DROPPED = "dropped"


class DealOutcome(StrEnum):
    """How the deal with a prospect stands or ended."""

    WON = "won"
    LOST = "lost"
    OPEN = "open"


class Flag(StrEnum):
    """What a reader must know beside the score of a theme."""

    DISPUTED = "disputed_score"
    PRELIMINARY = "preliminary_alignment"
    TRADE_OFF_REVENUE = "trade_off_revenue"
    TRADE_OFF_BREADTH = "trade_off_breadth"
    CHALLENGE = "challenge_to_leadership"
    BASELINE_ENTERPRISE = "baseline_enterprise"
    BASELINE_MID_MARKET = "baseline_mid_market"
    BASELINE_SMB = "baseline_smb"
    ISOLATED = "isolated"
    OUT_OF_SCOPE = "out_of_scope"
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
