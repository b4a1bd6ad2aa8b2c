"""The numbers of a run as the report needs them: one value per theme, one row per pair, one row per account heard."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import polars as pl

from vocanalytics.report.run import RunTables
from vocanalytics.report.safe_text import anchors, in_sentence, one_line
from vocanalytics.report.shown import Shown
from vocanalytics.report.wording import Words, as_read, clip
from vocanalytics.settings import Model
from vocanalytics.vocabulary import ChurnSignal, Flag, Scope, Start

#: The strongest signal first, so that the smallest position is the strongest.
_STRENGTH = {signal.value: position for position, signal in enumerate(ChurnSignal)}
#: Feedback of these scopes is what an in-scope account said.
HEARD = (Scope.SCORED.value, Scope.COMPLIANCE.value)


class ThemeRef(Shown):
    """A theme as a link names it.

    `theme_name` is the name or tag as the run keeps it, `name` the same as people read it; `anchor` is empty where the
    page has no file of the theme.
    """

    theme_id: str
    theme_name: str
    name: str
    anchor: str
    rank: int | None
    composite: int | None

    @property
    def short(self) -> str:
        """The name as a sentence can bear it."""
        words = self.name.split()
        return in_sentence(clip(" ".join(words[:6]) + ("…" if len(words) > 6 else ""), 48))


class Theme(ThemeRef):
    """One theme with every number that a sentence, a table or a chart says about it.

    Money is in the reporting currency; `urgent` means a churn signal and a renewal that is overdue or within the
    near band; `signalled` the same up to the far band.
    """

    start: Start
    revenue_score: int
    breadth_score: int
    alignment_score: int | None
    alignment_cs: int | None
    alignment_product: int | None
    flags: tuple[str, ...]
    mentions: int
    accounts: int
    weighted_count: int
    arr_exposed: Decimal
    arr_signalled: Decimal
    arr_at_risk: Decimal
    expansion: Decimal
    revenue: Decimal
    signalled_accounts: int
    urgent_accounts: int
    urgent_arr: Decimal
    urgent_overdue: int
    urgent_until: dt.date | None
    rank_by_mentions: int | None
    previous_rank: int | None
    in_previous: bool

    @property
    def ref(self) -> ThemeRef:
        """The theme as a link names it."""
        return ThemeRef(**{field: getattr(self, field) for field in ThemeRef.model_fields})

    @property
    def is_tracked(self) -> bool:
        """Whether nobody in scope asks for it: tracked, not scored, unless an override put it on a list."""
        return self.start is Start.UNSCORED and self.has(Flag.OUT_OF_SCOPE)

    @property
    def start_order(self) -> int:
        """The place of the starting position in the order build, settle, defer, decline."""
        return list(Start).index(self.start)

    def has(self, *flags: Flag) -> bool:
        """Whether one of the flags stands beside the theme."""
        return any(flag.value in self.flags for flag in flags)


@dataclass(frozen=True)
class Facts:
    """A run, its model, and what was counted from them once for all sections.

    `themes` are those that an in-scope account asks for; `tracked` are heard only outside the scope and not scored.
    """

    run: RunTables
    model: Model
    words: Words
    themes: tuple[Theme, ...]
    tracked: tuple[ThemeRef, ...]
    pairs: pl.DataFrame
    heard: pl.DataFrame

    @property
    def ranked(self) -> tuple[Theme, ...]:
        """Themes with a rank, first to last."""
        return tuple(theme for theme in self.themes if theme.rank is not None)

    @property
    def most_mentioned(self) -> tuple[Theme, ...]:
        """The ranked theme with the most mentions; several where votes alone would name no leader."""
        most = max((theme.mentions for theme in self.ranked), default=0)
        return tuple(theme for theme in self.ranked if theme.mentions == most)

    @property
    def returning(self) -> frozenset[str]:
        """Themes that the quarter before did not have and an earlier one on record did."""
        rows = [] if self.run.previous is None else self.run.rows("recurrence")
        return frozenset(row["theme_id"] for row in rows if row["quarters_heard"] == 1 and not row["is_new"])

    def starting(self, start: Start) -> tuple[Theme, ...]:
        """Themes with a starting position, in order."""
        return tuple(theme for theme in self.themes if theme.start is start)

    def flagged(self, *flags: Flag) -> tuple[Theme, ...]:
        """Themes with one of the flags, in order."""
        return tuple(theme for theme in self.themes if theme.has(*flags))

    @property
    def by_id(self) -> Mapping[str, Theme]:
        """Themes by their permanent id."""
        return {theme.theme_id: theme for theme in self.themes}

    @property
    def named(self) -> Mapping[str, ThemeRef]:
        """Every theme of the run by its id, those heard only outside the scope too."""
        return {theme.theme_id: theme for theme in (*(theme.ref for theme in self.themes), *self.tracked)}


def total(rows: pl.DataFrame, column: str) -> Decimal:
    """The sum of a money column; of nothing it is nothing."""
    whole = rows[column].sum() if rows.height else 0
    return Decimal(whole).quantize(Decimal("0.01"))


def gather(run: RunTables, model: Model) -> Facts:
    """Count what the sections share: urgent and signalled money per theme, each distinct account once."""
    pairs = _pairs(run, model)
    themes = _themes(run, pairs)
    return Facts(
        run=run,
        model=model,
        words=Words(model.currency, run.as_of),
        themes=tuple(theme for theme in themes if not theme.is_tracked),
        tracked=tuple(theme.ref.model_copy(update={"anchor": ""}) for theme in themes if theme.is_tracked),
        pairs=pairs,
        heard=_heard(run, model, pairs),
    )


def _marks(model: Model, days: pl.Expr, signal: pl.Expr) -> list[pl.Expr]:
    stated = signal != ChurnSignal.NONE.value
    return [
        (stated & (days <= model.revenue.far_days)).fill_null(False).alias("signalled"),
        (stated & (days <= model.revenue.near_days)).fill_null(False).alias("urgent"),
        (days < 0).fill_null(False).alias("overdue"),
    ]


def _pairs(run: RunTables, model: Model) -> pl.DataFrame:
    named = run["accounts"].select("account_id", "account_name", "tier", "renewal_date", "csm")
    marks = _marks(model, pl.col("days_to_renewal"), pl.col("churn_signal"))
    return (
        run["theme_accounts"]
        .join(named, on="account_id", how="left")
        .with_columns(marks)
        .sort("theme_id", "account_id", maintain_order=True)
    )


def _urgent_by_theme(pairs: pl.DataFrame) -> dict[str, dict[str, Any]]:
    urgent = pl.col("urgent")
    by_theme = pairs.group_by("theme_id", maintain_order=True).agg(
        pl.col("signalled").sum().cast(pl.Int64).alias("signalled_accounts"),
        urgent.sum().cast(pl.Int64).alias("urgent_accounts"),
        pl.col("arr").filter(urgent).sum().alias("urgent_arr"),
        (urgent & pl.col("overdue")).sum().cast(pl.Int64).alias("urgent_overdue"),
        pl.col("renewal_date").filter(urgent).max().alias("urgent_until"),
    )
    return {row["theme_id"]: row for row in by_theme.iter_rows(named=True)}


_NOTHING_URGENT = {
    "signalled_accounts": 0,
    "urgent_accounts": 0,
    "urgent_arr": Decimal("0.00"),
    "urgent_overdue": 0,
    "urgent_until": None,
}


def _themes(run: RunTables, pairs: pl.DataFrame) -> tuple[Theme, ...]:
    ranked_first = pl.col("rank").is_not_null()
    ordered = (
        run["theme_scores"]
        .with_columns(
            pl.when(ranked_first).then(pl.col("mentions")).rank("min", descending=True).alias("rank_by_mentions"),
            # Unranked themes as the score step places them: revenue score follows weighted revenue.
            (pl.col("start") != Start.ESCALATE.value).alias("_later"),
            (pl.col("revenue_score") + pl.col("breadth_score")).alias("_known"),
        )
        .sort(
            "rank",
            "_later",
            "_known",
            "revenue",
            "theme_id",
            descending=[False, False, True, True, False],
            nulls_last=True,
            maintain_order=True,
        )
    )
    address = anchors(ordered["theme_id"].to_list())
    urgent = _urgent_by_theme(pairs)
    before, votes = _ranks_before(run), {row["theme_id"]: row["rank_by_mentions"] for row in run.rows("loudness")}
    return tuple(
        Theme(
            **{key: row[key] for key in row.keys() & Theme.model_fields.keys() - {"flags", "rank_by_mentions"}},
            rank_by_mentions=votes.get(row["theme_id"]) if votes else row["rank_by_mentions"],
            name=as_read(one_line(row["theme_name"])) or row["theme_id"],
            flags=tuple(row["flags"] or ()),
            anchor=address[row["theme_id"]],
            previous_rank=before.get(row["theme_id"]),
            in_previous=row["theme_id"] in before,
            **{key: value for key, value in urgent.get(row["theme_id"], _NOTHING_URGENT).items() if key != "theme_id"},
        )
        for row in ordered.iter_rows(named=True)
    )


def _ranks_before(run: RunTables) -> dict[str, int | None]:
    """Rank in the quarter before, of every theme that it had; one that people have named since is the same theme."""
    if run.has("recurrence"):
        return {row["theme_id"]: row["rank_before"] for row in run.rows("recurrence") if row["quarters_heard"] > 1}
    return {} if run.previous is None else dict(run.previous.select("theme_id", "rank").iter_rows())


def _heard(run: RunTables, model: Model, pairs: pl.DataFrame) -> pl.DataFrame:
    """One row per in-scope account heard: its strongest signal, its renewal, its largest named expansion."""
    strength = pl.col("churn_signal").replace_strict(_STRENGTH, default=None, return_dtype=pl.Int64)
    in_scope = run["feedback"].filter(pl.col("scope").is_in(HEARD) & pl.col("account_id").is_not_null())
    stated = in_scope.group_by("account_id", maintain_order=True).agg(strength.min().alias("_stated"))
    paired = pairs.group_by("account_id", maintain_order=True).agg(
        strength.min().alias("_paired"), pl.col("expansion").max(), pl.col("theme_id").n_unique().alias("themes")
    )
    names = {position: signal for signal, position in _STRENGTH.items()}
    days = (pl.col("renewal_date") - pl.lit(run.as_of)).dt.total_days()
    by_health = pl.when(pl.col("health") == "at_risk").then(_STRENGTH["inferred"]).otherwise(_STRENGTH["none"])
    signal = pl.coalesce(pl.min_horizontal("_stated", "_paired"), by_health).replace_strict(
        names, return_dtype=pl.String
    )
    return (
        run["accounts"]
        .join(stated, on="account_id", how="left", coalesce=True)
        .join(paired, on="account_id", how="left", coalesce=True)
        .filter(pl.col("account_id").is_in(in_scope["account_id"].unique().implode()) | pl.col("themes").is_not_null())
        .with_columns(days.alias("days"), signal.alias("signal"), pl.col("expansion", "themes").fill_null(0))
        .with_columns(_marks(model, pl.col("days"), pl.col("signal")))
        .sort("days", "account_id", nulls_last=True, maintain_order=True)
    )
