"""The scoring model: every factor, breakpoint and rule, as `docs/formulas.md` explains them."""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Literal, TypeVar

from pydantic import AfterValidator, Field, model_validator

from vocanalytics.settings.reading import Frozen, read_settings

Number = TypeVar("Number", Decimal, int)


def _thousandths(value: Decimal) -> Decimal:
    exponent = value.normalize().as_tuple().exponent
    if not isinstance(exponent, int) or exponent < -3:
        raise ValueError("a factor has at most three decimals")
    return value


def _cents(value: Decimal) -> Decimal:
    exponent = value.normalize().as_tuple().exponent
    if not isinstance(exponent, int) or exponent < -2:
        raise ValueError("money has at most two decimals")
    return value


def _rising(values: tuple[Number, ...]) -> tuple[Number, ...]:
    if any(low >= high for low, high in pairwise(values)):
        raise ValueError("breakpoints must rise: each greater than the one before")
    return values


Factor = Annotated[Decimal, Field(ge=0, le=10), AfterValidator(_thousandths)]
Money = Annotated[Decimal, Field(gt=0, le=Decimal("1e12")), AfterValidator(_cents)]
Share = Annotated[Decimal, Field(ge=0, le=1), AfterValidator(_thousandths)]
Days = Annotated[int, Field(ge=1, le=3650)]
Score = Annotated[int, Field(ge=1, le=5)]
Positive = Annotated[int, Field(ge=1, le=1_000_000)]


class RenewalFactors(Frozen):
    """How much a renewal weighs by the days left until it; a nearer one never weighs less."""

    overdue: Factor
    near: Factor
    middle: Factor
    far: Factor
    unknown: Factor

    @model_validator(mode="after")
    def _in_order(self) -> RenewalFactors:
        if not self.near >= self.middle >= self.far:
            raise ValueError("a nearer renewal must not weigh less: near, middle, far")
        return self


class ChurnFactors(Frozen):
    """How much an account's ARR weighs by its strongest churn signal on the theme; a stronger one never weighs less."""

    explicit: Factor
    inferred: Factor
    none: Factor

    @model_validator(mode="after")
    def _in_order(self) -> ChurnFactors:
        if not self.explicit >= self.inferred >= self.none:
            raise ValueError("a stronger signal must not weigh less: explicit, inferred, none")
        return self


class RevenueSettings(Frozen):
    """Dimension 1: renewal bands, churn factors and the breakpoints of the revenue score."""

    near_days: Days
    far_days: Days
    renewal_factor: RenewalFactors
    churn_factor: ChurnFactors
    breakpoints: Annotated[tuple[Money, ...], Field(min_length=4, max_length=4), AfterValidator(_rising)]

    @model_validator(mode="after")
    def _bands_in_order(self) -> RevenueSettings:
        if self.near_days > self.far_days:
            raise ValueError("near_days must not be greater than far_days")
        return self


class TierWeights(Frozen):
    """How much one account counts by its tier."""

    enterprise: Positive
    mid_market: Positive
    smb: Positive

    @model_validator(mode="after")
    def _in_order(self) -> TierWeights:
        if not self.enterprise >= self.mid_market >= self.smb:
            raise ValueError("a larger tier must not count less: enterprise, mid_market, smb")
        return self


class BreadthSettings(Frozen):
    """Dimension 2: tier weights, breakpoints, and the share above which a request is a baseline expectation."""

    tier_weight: TierWeights
    breakpoints: Annotated[tuple[Positive, ...], Field(min_length=4, max_length=4), AfterValidator(_rising)]
    baseline_share: Share


Band = Annotated[tuple[Score, Score], AfterValidator(lambda band: _in_order(band))]


def _in_order(band: tuple[int, int]) -> tuple[int, int]:
    if band[0] > band[1]:
        raise ValueError("the lowest score of a relation stands before the highest")
    return band


class AlignmentSettings(Frozen):
    """Dimension 3: the scores that go with each relation, and how far apart CS and Product may be."""

    direct: Band
    adjacent: Band
    none: Band
    dispute_difference: Score

    @model_validator(mode="after")
    def _bands_apart(self) -> AlignmentSettings:
        if not self.none[1] < self.adjacent[0] <= self.adjacent[1] < self.direct[0]:
            raise ValueError("a score must tell the relation: the bands of none, adjacent and direct may not overlap")
        return self


class ReadingSettings(Frozen):
    """How composites become starting positions, and when the model must be recalibrated."""

    build_at: Annotated[int, Field(ge=3, le=15)]
    defer_at: Annotated[int, Field(ge=3, le=15)]
    trade_off_high: Score
    trade_off_low: Score
    intent: Literal["grow_smb", "move_upmarket", "neutral"]
    shortlist_min: Positive
    shortlist_max: Positive
    recalibrate_share: Share
    recalibrate_quarters: Annotated[int, Field(ge=2, le=5)]
    challenge_arr: Money

    @model_validator(mode="after")
    def _in_order(self) -> ReadingSettings:
        if self.defer_at > self.build_at:
            raise ValueError("defer_at must not be greater than build_at")
        if self.shortlist_min > self.shortlist_max:
            raise ValueError("shortlist_min must not be greater than shortlist_max")
        if self.trade_off_low >= self.trade_off_high:
            raise ValueError("trade_off_low must be less than trade_off_high")
        return self


Words = Annotated[str, Field(pattern=r"\w", max_length=60)]


class ComplianceSettings(Frozen):
    """Words that suggest a theme for the CPO list; only people put it there."""

    words: tuple[Words, ...]
    share: Share


class FirmnessSettings(Frozen):
    """How hard the ranking is shaken to see which places hold."""

    bootstraps: Annotated[int, Field(ge=0, le=5000)]
    largest_accounts: Positive
    seed: Annotated[int, Field(ge=0, lt=2**32)]


class FastPath(Frozen):
    """Whom an urgent case goes to, through which channel, and within how many hours an answer is due."""

    path: Annotated[str, Field(min_length=1)]
    channel: Annotated[str, Field(min_length=1)]
    hours: Annotated[int, Field(ge=1, le=720)]


class FastPaths(Frozen):
    """The two cases that do not wait for the session."""

    referenceable_logo: FastPath
    competitive_emergency: FastPath


class TriageSettings(Frozen):
    """What is urgent between sessions."""

    renewal_days: Days
    high_arr: Money
    competitor_accounts: Positive
    competitor_days: Days
    paths: FastPaths


class ValidationSettings(Frozen):
    """When broken lines stop a run instead of going to quarantine."""

    max_quarantined_share: Share


class NamingSettings(Frozen):
    """A model behind an OpenAI-compatible address that may propose names for new themes; nobody is asked by default."""

    url: Annotated[str, Field(pattern=r"^https?://\S+$")]
    model: Annotated[str, Field(min_length=1)]
    key_variable: Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9_]*$")] = "VOC_NAMING_KEY"
    timeout_seconds: Annotated[int, Field(ge=1, le=600)] = 30


class ThemeSettings(Frozen):
    """How verbatims become themes; each value is explained in `docs/themes.md`."""

    encoder: Literal["lexical", "static", "sentence"] = "lexical"
    encoders_dir: Annotated[str, Field(min_length=1)] = "data/encoders"
    split_requests: bool = True
    naming: NamingSettings | None = None
    n_themes: Annotated[int, Field(ge=2, le=1000)] | None = None
    granularity: Annotated[float, Field(gt=0, le=10)] = 1.0
    sample_rows: Annotated[int, Field(ge=100)] = 20_000
    min_theme_size: Positive = 5
    join_similarity: Annotated[float, Field(gt=0, lt=1)] | None = None
    neighbours: Annotated[int, Field(ge=1, le=100)] = 10
    svd_dim: Annotated[int, Field(ge=2, le=512)] = 128
    clip_chars: Annotated[int, Field(ge=100)] = 2_000
    batch_rows: Annotated[int, Field(ge=100)] = 50_000
    seed: Annotated[int, Field(ge=0, lt=2**32)] = 7


class ReportSettings(Frozen):
    """What the pre-read and the workbook show."""

    company: str = "Your company"
    accounts_shown: Positive = 25
    quotes_shown: Annotated[int, Field(ge=1, le=5)] = 3
    workbook_verbatims: Positive = 50_000


class Model(Frozen):
    """Everything a run needs to know that is not data: `pipelines/model.yml`."""

    version: Literal[1]
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
    revenue: RevenueSettings
    breadth: BreadthSettings
    alignment: AlignmentSettings
    reading: ReadingSettings
    compliance: ComplianceSettings
    firmness: FirmnessSettings
    triage: TriageSettings
    validation: ValidationSettings
    themes: ThemeSettings = ThemeSettings()
    report: ReportSettings = ReportSettings()


def read_model(path: Path) -> Model:
    """The scoring model that a YAML file describes; anything wrong raises `SettingsError` with file and key."""
    return read_settings(path, Model)
