"""The exports of a quarter and the curated files, in their canonical form."""

from __future__ import annotations

from vocanalytics.vocabulary.columns import Column, Table
from vocanalytics.vocabulary.enumerations import (
    AUTHOR_ROLES,
    CHANNELS,
    DEPENDENCIES,
    USAGE_TRENDS,
    VOICES,
    ChurnSignal,
    DealOutcome,
    Decision,
    Delivery,
    Health,
    Lifecycle,
    OverrideKind,
    Relation,
    Tier,
)

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
    Column("deal_outcome", choices=tuple(DealOutcome)),
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
    Column("decided_in"),
    Column("theme_id"),
    Column("theme", required=True),
    Column("status", choices=tuple(Decision)),
    Column("owner"),
    Column("rationale"),
    Column("csm_words"),
    Column("export"),
    Column("export_row", "integer"),
)

DELIVERY: Table = (
    Column("theme_id"),
    Column("theme", required=True),
    Column("decided_in"),
    Column("status", required=True, choices=tuple(Delivery)),
    Column("delivered_on", "date"),
    Column("evidence"),
    Column("export"),
    Column("export_row", "integer"),
)

#: The exports of a quarter and the curated files, by the stem of their file names.
INCOMING: dict[str, Table] = {
    "feedback": FEEDBACK,
    "accounts": ACCOUNTS,
    "roadmap": ROADMAP,
    "alignment": ALIGNMENT,
    "overrides": OVERRIDES,
    "decisions": DECISIONS,
    "delivery": DELIVERY,
}
