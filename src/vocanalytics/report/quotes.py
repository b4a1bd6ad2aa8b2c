"""Verbatims chosen to stand for a theme: from accounts that count, one an account, the customer's exact words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from vocanalytics.report.facts import Facts
from vocanalytics.report.safe_text import link, one_line, visible
from vocanalytics.report.shown import Shown
from vocanalytics.report.wording import clip
from vocanalytics.vocabulary import Scope

_CHARACTERS = 600
#: How many candidates are looked at for each quote shown, since the same words may come from several accounts.
_CANDIDATES = 4
_CHANNELS = {
    "support_ticket": "support ticket",
    "survey": "survey",
    "call": "call",
    "csm_note": "CSM note",
    "qbr": "QBR",
    "community": "community",
    "other": "other channel",
}
_ROLES = {"customer": "customer", "prospect": "prospect", "csm": "CSM", "support": "support", "internal": "internal"}

_COLLEAGUES = ("csm", "support", "internal")


class Quote(Shown):
    """One verbatim with who said it, when, and where it can be read."""

    feedback_id: str
    text: str
    shortened: bool
    paraphrase: bool
    account: str
    role: str
    where: str
    link: str | None


def quotes_by_theme(facts: Facts) -> Mapping[str, tuple[Quote, ...]]:
    """Up to `quotes_shown` verbatims a theme: those the theme step chose, then the nearest to the theme."""
    chosen = _chosen(facts)
    by_theme: dict[str, list[Quote]] = {}
    for row in chosen.iter_rows(named=True):
        by_theme.setdefault(row["theme_id"], []).append(_quote(row, facts))
    return {theme_id: tuple(quotes) for theme_id, quotes in by_theme.items()}


def _chosen(facts: Facts) -> pl.DataFrame:
    run = facts.run
    picked = run["themes"].select("theme_id", pl.col("quotes").alias("feedback_id")).explode("feedback_id")
    picked = picked.drop_nulls().with_row_index("_picked")
    in_scope = pl.col("scope").is_in([Scope.SCORED.value, Scope.COMPLIANCE.value])
    speaker = pl.coalesce("account_id", "feedback_id")
    best = (
        run["mentions"]
        .join(run["feedback"].select("feedback_id", "account_id", "scope"), on="feedback_id", maintain_order="left")
        .join(picked, on=["theme_id", "feedback_id"], how="left", maintain_order="left")
        .with_columns((~in_scope).alias("_out"), speaker.alias("_speaker"))
        .sort(
            "theme_id",
            "_out",
            "_picked",
            "similarity",
            "feedback_id",
            descending=[False, False, False, True, False],
            nulls_last=True,
            maintain_order=True,
        )
        .unique(["theme_id", "_speaker"], keep="first", maintain_order=True)
        .group_by("theme_id", maintain_order=True)
        .head(_CANDIDATES * facts.model.report.quotes_shown)
        .select("theme_id", "feedback_id", "scope")
    )
    named = run["accounts"].select("account_id", "account_name")
    columns = (
        "feedback_id",
        "account_id",
        "verbatim",
        "voice",
        "author_role",
        "created_at",
        "channel",
        "source",
        "url",
    )
    return (
        best.join(run["feedback"].select(columns), on="feedback_id", how="left", maintain_order="left")
        .unique(["theme_id", "verbatim"], keep="first", maintain_order=True)
        .group_by("theme_id", maintain_order=True)
        .head(facts.model.report.quotes_shown)
        .join(named, on="account_id", how="left", maintain_order="left")
    )


def _quote(row: Mapping[str, Any], facts: Facts) -> Quote:
    text = visible(row["verbatim"]).strip()
    channel = _CHANNELS.get(row["channel"], one_line(row["channel"]))
    return Quote(
        feedback_id=one_line(row["feedback_id"]),
        text=clip(text, _CHARACTERS),
        shortened=len(text) > _CHARACTERS,
        paraphrase=row["voice"] == "paraphrase",
        account=clip(one_line(row["account_name"]), 120) or "Account not known",
        role="".join(f", {said}" for said in _role(row) if said),
        where=f"{facts.words.day(row['created_at'].date())}, {channel} ({clip(one_line(row['source']), 40)})",
        link=link(row["url"]),
    )


def _role(row: Mapping[str, Any]) -> tuple[str, str]:
    role = _ROLES.get(row["author_role"] or "", "")
    if row["voice"] == "paraphrase":
        role = f"paraphrased by {role}" if row["author_role"] in _COLLEAGUES else "paraphrased"
    return role, "" if row["scope"] in (Scope.SCORED.value, Scope.COMPLIANCE.value) else "not counted"
