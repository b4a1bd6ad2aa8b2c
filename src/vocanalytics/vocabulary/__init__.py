"""The words of the product: column names, enumerations and the tables of a run.

Other programs read the tables, so a name here is an interface.
"""

from vocanalytics.vocabulary.columns import Column, Kind, Table, names, polars_schema
from vocanalytics.vocabulary.enumerations import (
    AUTHOR_ROLES,
    CHANNELS,
    DEPENDENCIES,
    USAGE_TRENDS,
    VOICES,
    AssignedBy,
    ChurnSignal,
    Decision,
    Flag,
    Health,
    Lifecycle,
    OverrideKind,
    Relation,
    Scope,
    Start,
    Tier,
)
from vocanalytics.vocabulary.incoming import ACCOUNTS, ALIGNMENT, DECISIONS, FEEDBACK, INCOMING, OVERRIDES, ROADMAP
from vocanalytics.vocabulary.run_tables import (
    MATCHED_FEEDBACK,
    MENTIONS,
    QUARANTINE,
    SCOPED_FEEDBACK,
    TABLES,
    THEME_ACCOUNTS,
    THEME_SCORES,
    THEMES,
    UNCLUSTERED,
)
from vocanalytics.vocabulary.theme_names import folded

__all__ = [
    "ACCOUNTS",
    "ALIGNMENT",
    "AUTHOR_ROLES",
    "CHANNELS",
    "DECISIONS",
    "DEPENDENCIES",
    "FEEDBACK",
    "INCOMING",
    "MATCHED_FEEDBACK",
    "MENTIONS",
    "OVERRIDES",
    "QUARANTINE",
    "ROADMAP",
    "SCOPED_FEEDBACK",
    "TABLES",
    "THEMES",
    "THEME_ACCOUNTS",
    "THEME_SCORES",
    "UNCLUSTERED",
    "USAGE_TRENDS",
    "VOICES",
    "AssignedBy",
    "ChurnSignal",
    "Column",
    "Decision",
    "Flag",
    "Health",
    "Kind",
    "Lifecycle",
    "OverrideKind",
    "Relation",
    "Scope",
    "Start",
    "Table",
    "Tier",
    "folded",
    "names",
    "polars_schema",
]
