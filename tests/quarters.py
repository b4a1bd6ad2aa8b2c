"""Quarters for tests: rows of text as a CSV holds them, typed frames of them, and seeded ones full of edge cases."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import narwhals as nw
import polars as pl

from vocanalytics.formulas import Frame
from vocanalytics.scoring import Inputs, Scored, score
from vocanalytics.scoring.history import PastQuarter
from vocanalytics.settings import Model, read_model
from vocanalytics.vocabulary import (
    ACCOUNTS,
    ALIGNMENT,
    DECISIONS,
    DELIVERY,
    FEEDBACK,
    MENTIONS,
    OVERRIDES,
    ROADMAP,
    Table,
    names,
    polars_schema,
)

AS_OF = dt.date(2026, 9, 30)
MODEL = read_model(Path(__file__).resolve().parent.parent / "pipelines" / "model.yml")

ENGINES = ("polars", "pandas_arrow", "pandas_nullable", "pandas_numpy")

Row = dict[str, str]


@dataclass(frozen=True)
class Rows:
    """A quarter as text, empty for not given; `themes` maps ids to names, `mentions` feedback ids to theme ids."""

    feedback: list[Row]
    accounts: list[Row]
    themes: dict[str, str]
    mentions: dict[str, list[str]]
    alignment: list[Row] = field(default_factory=list)
    overrides: list[Row] = field(default_factory=list)
    roadmap: list[Row] = field(default_factory=list)
    previous: list[str] | None = None
    decisions: list[Row] = field(default_factory=list)
    delivery: list[Row] = field(default_factory=list)
    history: tuple[PastQuarter, ...] = ()
    as_of: dt.date = AS_OF
    session_day: dt.date | None = None


def account(account_id: str, **changes: str) -> Row:
    """A healthy Mid-Market customer in the ICP, $100,000, renewing in 14 months, without headroom."""
    plain = {
        "account_id": account_id,
        "account_name": f"Account {account_id}",
        "lifecycle": "customer",
        "tier": "mid_market",
        "is_icp": "true",
        "arr": "100000.00",
        "currency": "USD",
        "renewal_date": in_days(425),
        "health": "healthy",
    }
    return plain | changes


def in_days(days: int) -> str:
    """A date counted from the as-of date."""
    return (AS_OF + dt.timedelta(days=days)).isoformat()


def said(feedback_id: str, account_id: str, **changes: str) -> Row:
    """A row of feedback that states nothing beyond its words."""
    plain = {
        "feedback_id": feedback_id, "source": "desk", "channel": "support_ticket", "account_id": account_id,
        "created_at": "2026-08-01T10:00:00Z", "verbatim": f"words of {feedback_id}",
    }  # fmt: skip
    return plain | changes


def aligned(theme: str, relation: str, cs: str = "", product: str = "", **changes: str) -> Row:
    """A row of the alignment file with a rationale beside each score."""
    plain = {
        "theme": theme, "relation": relation, "score_cs": cs, "rationale_cs": "seen by CS" if cs else "",
        "score_product": product, "rationale_product": "seen by Product" if product else "",
        "export": "alignment.csv", "export_row": "2",
    }  # fmt: skip
    return plain | changes


def overridden(theme: str, kind: str, **changes: str) -> Row:
    """An override with everything it needs."""
    plain = {
        "theme": theme, "kind": kind, "reason": "they leave otherwise", "requested_by": "vp.cs", "approved_by": "cpo",
        "expires_on": in_days(90), "export": "overrides.csv", "export_row": "2",
    }  # fmt: skip
    return plain | changes


def frame(rows: Sequence[Mapping[str, str]], table: Table) -> pl.DataFrame:
    """Rows of text as a typed table: empty is null, lists are separated by a bar."""
    text = pl.DataFrame(
        {name: [row.get(name) or None for row in rows] for name in names(table)},
        schema=dict.fromkeys(names(table), pl.String),
    )
    return text.with_columns(_typed(column.name, column.kind, polars_schema(table)[column.name]) for column in table)


def _typed(name: str, kind: str, dtype: pl.DataType) -> pl.Expr:
    column = pl.col(name)
    if kind == "boolean":
        return column == "true"
    if kind == "texts":
        return column.str.split("|")
    if kind == "datetime":
        return column.str.to_datetime("%Y-%m-%dT%H:%M:%SZ", time_unit="us", time_zone="UTC")
    return column.str.to_date("%Y-%m-%d") if kind == "date" else column.cast(dtype)


def on(engine: str, frame: pl.DataFrame) -> Frame:
    """The same rows on another engine, as people really hold them there."""
    native: Any = frame
    if engine == "pandas_arrow":
        native = frame.to_pandas(use_pyarrow_extension_array=True)
    elif engine == "pandas_nullable":
        native = frame.to_pandas().convert_dtypes()
    elif engine == "pandas_numpy":
        native = frame.to_pandas()
    return nw.from_native(native, eager_only=True)


def theme_frame(themes: Mapping[str, str]) -> pl.DataFrame:
    """Themes by id and name."""
    columns = {"theme_id": list(themes), "theme_name": list(themes.values()), "status": ["active"] * len(themes)}
    return pl.DataFrame(columns, schema={"theme_id": pl.String, "theme_name": pl.String, "status": pl.String})


def feedback_frame(rows: Sequence[Mapping[str, str]], known: Iterable[str]) -> pl.DataFrame:
    """Feedback with `account_match`, as validation hands it on."""
    known = set(known)
    match = ["id" if row.get("account_id") in known else "none" for row in rows]
    typed = frame(rows, FEEDBACK).with_columns(pl.Series("account_match", match, dtype=pl.String))
    return typed.with_columns(pl.lit(None, dtype=pl.List(pl.String)).alias("links"))


def mention_frame(mentions: Mapping[str, Sequence[str]]) -> pl.DataFrame:
    """Mentions, one per verbatim and theme."""
    rows = [
        {"feedback_id": feedback_id, "theme_id": theme_id, "similarity": "1", "assigned_by": "person"}
        for feedback_id, theme_ids in mentions.items()
        for theme_id in theme_ids
    ]
    return frame(rows, MENTIONS)


def inputs(rows: Rows) -> Inputs:
    """A quarter of text as scoring takes it."""
    ids = {"theme_id": pl.String}
    return Inputs(
        feedback=feedback_frame(rows.feedback, (row["account_id"] for row in rows.accounts)),
        accounts=frame(rows.accounts, ACCOUNTS),
        mentions=mention_frame(rows.mentions),
        themes=theme_frame(rows.themes),
        roadmap=frame(rows.roadmap, ROADMAP),
        alignment=frame(rows.alignment, ALIGNMENT),
        overrides=frame(rows.overrides, OVERRIDES),
        previous=None if rows.previous is None else pl.DataFrame({"theme_id": rows.previous}, schema=ids),
        decisions=frame(rows.decisions, DECISIONS),
        delivery=frame(rows.delivery, DELIVERY),
        history=rows.history,
    )


def scored(rows: Rows, model: Model = MODEL) -> Scored:
    """The whole of scoring, run on a quarter of text."""
    return score(inputs(rows), rows.as_of, model, session_day=rows.session_day)


_DAYS = (-400, -1, 0, 1, 89, 90, 91, 179, 180, 181, 400)
_SIGNALS = ("", "", "none", "inferred", "explicit")
RELATIONS = {1: "none", 2: "adjacent", 3: "adjacent", 4: "direct", 5: "direct"}


def seeded(seed: int, accounts: int = 40, feedback: int = 160, themes: int = 12) -> Rows:
    """A small quarter that holds every boundary: the same seed gives the same rows."""
    rng = random.Random(seed)
    theme_names = {f"T-{number:04d}": f"Theme number {number}" for number in range(1, themes + 1)}
    account_rows = [_seeded_account(rng, f"A-{number:03d}") for number in range(accounts)]
    ids = [row["account_id"] for row in account_rows]
    feedback_rows = [
        said(
            f"desk:{number}",
            rng.choice([*rng.choices(ids, k=12), "", "A-unknown"]),
            churn_signal=rng.choice(_SIGNALS),
            dependency=rng.choice(("", "", "0", "0.5", "1")),
        )
        for number in range(feedback)
    ]
    *common, rare, _ = theme_names  # the last theme stays without mentions
    reach = [rng.choice((1, 1, 4, 40)) for _ in common]
    mentions = {
        row["feedback_id"]: sorted(set(rng.choices(common, weights=reach, k=rng.choice((0, 1, 1, 1, 2)))))
        for row in feedback_rows
    }
    mentions |= {row["feedback_id"]: [rare] for row in feedback_rows[:1]}
    return Rows(
        feedback=feedback_rows,
        accounts=account_rows,
        themes=theme_names,
        mentions=mentions,
        alignment=_seeded_alignment(rng, theme_names),
        overrides=_seeded_overrides(rng, theme_names),
        roadmap=[{"roadmap_id": "R1", "name": "A bet", "published_on": "2026-07-01"}],
        previous=rng.choice((None, rng.sample(common, len(common) // 2))),
    )


def _seeded_account(rng: random.Random, account_id: str) -> Row:
    owned = rng.choice((0, 1, 3, 7, 80, 999))
    return account(
        account_id,
        lifecycle=rng.choice(("customer",) * 8 + ("prospect", "churned")),
        tier=rng.choice(("enterprise", "mid_market", "smb", "smb")),
        is_icp=rng.choice(("true",) * 9 + ("false",)),
        arr=_seeded_arr(rng),
        renewal_date=rng.choice(("", *(in_days(days) for days in _DAYS))),
        seats_owned=rng.choice(("", str(owned))),
        seats_addressable=rng.choice(("", str(max(0, owned + rng.randrange(-3, 50))))),
        headroom_arr=rng.choice(("", "", "", "0.00", "-5.00", "1234.55")),
        health=rng.choice(("", "healthy", "at_risk", "unknown")),
    )


def _seeded_arr(rng: random.Random) -> str:
    odd = ("0.00", "0.01", "0.05", "33.33", "10000000000.00")
    return rng.choice(odd) if rng.random() < 0.1 else f"{rng.randrange(10 ** rng.randrange(4, 9)) / 100:.2f}"


def _seeded_alignment(rng: random.Random, themes: Mapping[str, str]) -> list[Row]:
    rows = []
    for line, (theme_id, name) in enumerate(themes.items(), start=2):
        cs, product = rng.choice(("", *"12345")), rng.choice(("", *"12345"))
        relation = RELATIONS[int(product or cs or "1")]
        written = rng.choice((theme_id, name, name.upper(), f" {name.replace(' ', '_')} "))
        if rng.random() < 0.85:
            rows.append(aligned(written, relation, cs, product, roadmap_id="R1", export_row=str(line)))
    return rows


def _seeded_overrides(rng: random.Random, themes: Mapping[str, str]) -> list[Row]:
    kinds = ("referenceable_logo", "compliance", "competitive_emergency")
    flaws = ({}, {}, {"reason": ""}, {"approved_by": " "}, {"expires_on": in_days(-1)}, {"expires_on": in_days(0)})
    chosen = rng.sample(sorted(themes), min(len(themes), rng.randrange(4)))
    refused = [overridden(theme_id, rng.choice(kinds), reason="") for theme_id in chosen[:1]]
    return [*(overridden(theme_id, rng.choice(kinds), **rng.choice(flaws)) for theme_id in chosen), *refused]
