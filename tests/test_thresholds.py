"""Breakpoints proposed from accounts: the method, its scales, its edges, and that no run calls it."""

from __future__ import annotations

import ast
import random
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from quarters import MODEL, Row, account, frame

from vocanalytics import thresholds
from vocanalytics.errors import ContractError
from vocanalytics.settings import BreadthSettings, RevenueSettings
from vocanalytics.thresholds.accounts import arr_bins, arr_deciles, arr_tiers, in_scope, median_cents
from vocanalytics.thresholds.proposing import (
    breadth_breakpoints,
    memorable,
    propose,
    revenue_breakpoints,
    tier_rule,
    two_digits,
    typical_arr,
)
from vocanalytics.vocabulary import ACCOUNTS

TIERS = ("enterprise", "mid_market", "smb")
DEFAULTS = ((50_000, 150_000, 400_000, 1_000_000), (2, 3, 6, 10))


def _accounts(*rows: Row) -> pl.DataFrame:
    return frame(rows, ACCOUNTS)


def _company(size: int, seed: int = 7) -> list[Row]:
    """A company of many small and few large accounts, as most are."""
    rng = random.Random(seed)
    kinds = rng.choices((("enterprise", 270_000), ("mid_market", 48_000), ("smb", 7_500)), (12, 33, 55), k=size)
    return [
        account(f"A-{number:05d}", tier=tier, arr=f"{round(median * rng.lognormvariate(0, 0.6), 2):.2f}")
        for number, (tier, median) in enumerate(kinds)
    ]


def _proposed(rows: list[Row]) -> tuple[tuple[int, ...], tuple[int, ...]]:
    points = propose(_accounts(*rows), MODEL).breakpoints
    return tuple(int(point) for point in points.revenue), points.breadth


@pytest.mark.parametrize(
    ("amount", "figure"),
    [
        (10, 10), ("12.49", 10), ("12.5", 15), (17, 15), ("17.5", 20), (22, 20), ("22.5", 25), (27, 25), ("27.5", 30),
        (34, 30), (35, 40), (44, 40), (45, 50), (62, 50), ("62.5", 75), (87, 75), ("87.5", 100), ("99.99", 100),
        (100, 100), ("54356.45", 50_000), (163_069, 150_000), (434_851, 400_000), (1_087_129, 1_000_000),
    ],
)  # fmt: skip
def test_revenue_breakpoints_are_figures_that_people_remember(amount: Any, figure: int) -> None:
    assert memorable(Fraction(amount)) == figure
    assert memorable(Fraction(amount) * 10) == figure * 10


@pytest.mark.parametrize(
    ("count", "said"),
    [(0, 0), (7, 7), (99, 99), (100, 100), (104, 100), (105, 110), (149, 150), (994, 990), (1_250, 1_300)],
)
def test_counts_from_one_hundred_on_have_two_digits(count: int, said: int) -> None:
    assert two_digits(count) == said


@pytest.mark.parametrize(
    ("weighted_count", "smb", "points"),
    [
        (1, 1, (2, 3, 6, 10)),
        (143, 1, (2, 3, 6, 10)),
        (173, 1, (2, 3, 6, 10)),
        (174, 1, (2, 3, 6, 10)),
        (175, 1, (2, 4, 6, 11)),
        (190, 1, (2, 4, 7, 11)),
        (475, 1, (5, 10, 17, 29)),
        (2_509, 1, (25, 50, 88, 150)),
        (1_430, 10, (20, 30, 60, 100)),
        (20_000_000, 1, None),
    ],
)
def test_breadth_breakpoints_of_each_customer_base(
    weighted_count: int, smb: int, points: tuple[int, ...] | None
) -> None:
    assert breadth_breakpoints(weighted_count, smb) == points


@pytest.mark.parametrize(
    ("typical", "points"),
    [
        (Fraction(999, 100), None),
        (Fraction(10), (10, 30, 75, 200)),
        (Fraction(30_000), (30_000, 100_000, 250_000, 500_000)),
        (Fraction(50_000), (50_000, 150_000, 400_000, 1_000_000)),
        (Fraction(500_000), (500_000, 1_500_000, 4_000_000, 10_000_000)),
        (Fraction(5 * 10**10), (5 * 10**10, 15 * 10**10, 4 * 10**11, 10**12)),
        (Fraction(5 * 10**10 + 1), None),
    ],
)
def test_revenue_breakpoints_are_multiples_of_a_typical_account(
    typical: Fraction, points: tuple[int, ...] | None
) -> None:
    assert revenue_breakpoints(typical) == points


@pytest.mark.parametrize("size", [100, 110, 120])
def test_a_company_of_the_default_size_gets_about_the_defaults(size: int) -> None:
    revenue, breadth = _proposed(_company(size))
    for found, default in zip((*revenue, *breadth), (*DEFAULTS[0], *DEFAULTS[1]), strict=True):
        assert default * 0.75 <= found <= default * 1.5


def test_a_large_company_does_not_give_every_theme_a_breadth_of_five() -> None:
    _, breadth = _proposed(_company(2_000))
    assert breadth[0] > DEFAULTS[1][-1]
    assert breadth[-1] > 150


ARR = st.integers(min_value=100_000, max_value=10**10)
COMPANIES = st.lists(st.tuples(st.sampled_from(TIERS), ARR), min_size=1, max_size=40)


def _rows(company: list[tuple[str, int]], times: int = 1) -> list[Row]:
    return [
        account(f"A-{number:03d}", tier=tier, arr=f"{Decimal(cents * times).scaleb(-2):.2f}")
        for number, (tier, cents) in enumerate(company)
    ]


@settings(max_examples=60, deadline=None)
@given(COMPANIES)
def test_ten_times_the_arr_gives_ten_times_the_revenue_breakpoints_and_the_same_breadth(
    company: list[tuple[str, int]],
) -> None:
    revenue, breadth = _proposed(_rows(company))
    assert _proposed(_rows(company, times=10)) == (tuple(10 * point for point in revenue), breadth)


@settings(max_examples=60, deadline=None)
@given(COMPANIES, st.randoms(use_true_random=False))
def test_a_proposal_can_be_written_and_does_not_depend_on_the_order_of_rows(
    company: list[tuple[str, int]], rng: random.Random
) -> None:
    rows = _rows(company)
    revenue, breadth = _proposed(rows)
    RevenueSettings.model_validate({**MODEL.revenue.model_dump(), "breakpoints": revenue})
    BreadthSettings.model_validate({**MODEL.breadth.model_dump(), "breakpoints": breadth})
    rng.shuffle(rows)
    assert _proposed(rows) == (revenue, breadth)


@settings(max_examples=60, deadline=None)
@given(st.integers(min_value=0, max_value=10**7), st.integers(min_value=1, max_value=10))
def test_breadth_breakpoints_rise_for_any_customer_base(weighted_count: int, smb: int) -> None:
    points = breadth_breakpoints(weighted_count, smb)
    assert points is not None
    assert list(points) == sorted(set(points))
    more = breadth_breakpoints(weighted_count + 1_000, smb)
    assert more is not None
    assert all(after >= before for before, after in zip(points, more, strict=True))


def test_one_very_large_account_does_not_move_the_proposal() -> None:
    rows = _company(110)
    largest = max(range(len(rows)), key=lambda number: Decimal(rows[number]["arr"]))
    before = _proposed(rows)
    rows[largest] |= {"arr": "50000000.00"}
    assert _proposed(rows) == before


def test_a_typical_account_is_the_median_of_each_tier_weighed_by_its_accounts() -> None:
    rows = [
        account("A", tier="enterprise", arr="300000.00"),
        account("B", arr="40000.00"),
        account("C", arr="60000.01"),
        *(account(f"S{number}", tier="smb", arr=f"{number}000.00") for number in (1, 5, 90)),
    ]
    counted = in_scope(_accounts(*rows), tier_rule(MODEL))
    assert median_cents(counted.filter(pl.col("tier") == "mid_market")) == Fraction(10_000_001, 2)
    assert typical_arr(counted) == (300_000 + 2 * Fraction(10_000_001, 200) + 3 * 5_000) / 6
    assert propose(_accounts(*rows), MODEL).typical_arr == Decimal("69166.67")


@pytest.mark.parametrize(
    ("size", "tier", "arr", "revenue", "breadth"),
    [
        (1, "smb", "7600.00", (7_500, 25_000, 50_000, 150_000), (2, 3, 6, 10)),
        (400, "smb", "40000.00", (40_000, 100_000, 300_000, 750_000), (4, 8, 14, 24)),
        (30, "enterprise", "500000.00", (500_000, 1_500_000, 4_000_000, 10_000_000), (2, 3, 6, 10)),
        (9, "mid_market", "0.00", DEFAULTS[0], (2, 3, 6, 10)),
    ],
    ids=["one account", "all ARR equal, two tiers missing", "few large accounts", "no ARR"],
)
def test_edges(size: int, tier: str, arr: str, revenue: tuple[int, ...], breadth: tuple[int, ...]) -> None:
    assert _proposed([account(f"A-{number}", tier=tier, arr=arr) for number in range(size)]) == (revenue, breadth)


def test_without_arr_the_revenue_breakpoints_stay_and_it_is_said() -> None:
    proposal = propose(_accounts(account("A", arr="0.00")), MODEL)
    assert proposal.breakpoints.revenue == MODEL.revenue.breakpoints
    assert proposal.notes == (
        "The ARR of a typical account is outside $10 to $50 billion: the revenue breakpoints stay.",
    )
    assert propose(_accounts(account("A")), MODEL).notes == ()


def test_only_customers_inside_the_icp_count() -> None:
    rows = [account("A"), account("B")]
    others = [
        account("P", lifecycle="prospect", arr="9000000.00"),
        account("N", is_icp="false", arr="9000000.00"),
        account("C", lifecycle="churned", arr="9000000.00"),
    ]
    assert propose(_accounts(*rows, *others), MODEL) == propose(_accounts(*rows), MODEL)
    with pytest.raises(ContractError, match="no account is in scope, so no breakpoints can be proposed"):
        propose(_accounts(*others), MODEL)


def test_the_distribution_that_is_shown() -> None:
    rows = [account(f"S{number:02d}", tier="smb", arr=f"{number}000.50") for number in range(1, 12)]
    counted = in_scope(_accounts(*rows, account("E", tier="enterprise", arr="0.50")), tier_rule(MODEL))
    assert arr_tiers(counted).rows() == [
        ("enterprise", 1, Decimal("0.50"), Decimal("0.50"), 3),
        ("mid_market", 0, None, Decimal(0), 0),
        ("smb", 11, Decimal("6000.50"), Decimal("66005.50"), 11),
    ]
    deciles = arr_deciles(counted.filter(pl.col("tier") == "smb"))
    assert deciles["decile"].to_list() == ["lowest", *(f"{tenth}0%" for tenth in range(1, 10)), "highest"]
    assert [int(arr) for arr in deciles["arr"]] == [1000 * number for number in range(1, 12)]
    assert arr_bins(counted).rows() == [
        ("smb", Decimal(1_000), Decimal(2_000), 1),
        ("smb", Decimal(2_000), Decimal(5_000), 3),
        ("smb", Decimal(5_000), Decimal(10_000), 5),
        ("smb", Decimal(10_000), Decimal(20_000), 2),
    ]


def test_the_library_exports_what_a_notebook_needs() -> None:
    assert {"study", "propose", "rescore", "readable"} <= set(thresholds.__all__)


def test_no_step_and_no_stage_of_a_run_imports_thresholds(root: Path) -> None:
    package = root / "src" / "vocanalytics"
    allowed = {package / "cli" / "thresholds.py", package / "cli" / "__init__.py"}
    modules = [*(root / "notebooks").glob("[0-9]*.py"), *package.rglob("*.py")]
    assert len(modules) > 100
    found = {
        path
        for path in modules
        if path.parent.name != "thresholds" and any("thresholds" in name for name in _imported(path))
    }
    assert found == allowed
    pipelines = [path.read_text() for path in (root / "pipelines").glob("*.yml") if path.name != "model.yml"]
    assert not any("thresholds" in text for text in pipelines)


def _imported(path: Path) -> list[str]:
    names = []
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names += [f"{node.module}.{alias.name}" for alias in node.names]
    return names
