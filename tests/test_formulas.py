"""Each formula by hand, at its boundaries, on every engine, and the invariants that no quarter may break."""

from __future__ import annotations

import datetime as dt
import inspect
import re
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import narwhals as nw
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from quarters import AS_OF, ENGINES, MODEL, on

from vocanalytics import formulas
from vocanalytics.errors import ScoringError
from vocanalytics.scoring.rules import rules
from vocanalytics.vocabulary import TABLES, names

RULES = rules(MODEL)
DOLLAR = 100
INT, TEXT = pl.Int64(), pl.String()
A, B, C, D = (nw.col(name) for name in "abcd")


def computed(expression: nw.Expr, engine: str = "polars", dtype: pl.DataType = INT, **columns: list[Any]) -> list[Any]:
    """The values that a formula gives for columns of values."""
    frame = pl.DataFrame({name: pl.Series(values, dtype=dtype) for name, values in columns.items()})
    return formulas.derive(on(engine, frame), made=expression)["made"].to_list()


def half_up(amount: Fraction) -> int:
    """Whole numbers, half up, of an exact amount."""
    return (2 * amount.numerator + amount.denominator) // (2 * amount.denominator)


@pytest.mark.parametrize("engine", ENGINES)
def test_renewal_factor_at_each_boundary(engine: str) -> None:
    days = [-400, -1, 0, 89, 90, 180, 181, 425, None]
    rule = RULES.renewal._replace(overdue=1501, unknown=501)  # told apart from near and far
    expected = [1501, 1501, 1500, 1500, 1000, 1000, 500, 500, 501]
    assert computed(formulas.renewal_factor(A, rule), engine, a=days) == expected


def test_default_factors_are_the_published_ones() -> None:
    assert RULES.renewal == formulas.RenewalRule(90, 180, overdue=1500, near=1500, middle=1000, far=500, unknown=500)
    assert RULES.churn == formulas.ChurnRule(explicit=1000, inferred=500, none=100)
    assert RULES.tier == formulas.TierRule(enterprise=3, mid_market=2, smb=1)
    assert RULES.revenue_breakpoints == tuple(k * 1000 * DOLLAR for k in (50, 150, 400, 1000))
    assert (RULES.breadth_breakpoints, RULES.baseline_share) == ((2, 3, 6, 10), 300)


@pytest.mark.parametrize("engine", ENGINES)
def test_days_to_renewal_count_from_the_as_of_date(engine: str) -> None:
    dates = pl.DataFrame({"a": [AS_OF, AS_OF + dt.timedelta(days=90), dt.date(1969, 1, 1), None]})
    days = on(engine, dates).with_columns(days=formulas.days_to_renewal(A, AS_OF))["days"]
    assert days.fill_null(-1).cast(nw.Int64()).to_list() == [0, 90, (dt.date(1969, 1, 1) - AS_OF).days, -1]


@pytest.mark.parametrize("engine", ENGINES)
def test_the_strongest_stated_signal_counts_and_health_only_without_one(engine: str) -> None:
    stated = [None, "none", "inferred", "explicit"]
    strength = computed(formulas.signal_strength(A), engine, TEXT, a=stated)
    assert strength == [0, 1, 2, 3]
    frame = pl.DataFrame({"a": strength * 3, "b": ["at_risk"] * 4 + ["healthy"] * 4 + [None] * 4})
    signal = formulas.derive(on(engine, frame), made=formulas.churn_signal(A, B))["made"].to_list()
    assert signal == ["inferred", "none", "inferred", "explicit"] + ["none", "none", "inferred", "explicit"] * 2


def test_churn_factor_and_tier_weight_of_each_word() -> None:
    factors = computed(formulas.churn_factor(A, RULES.churn), dtype=TEXT, a=["explicit", "inferred", "none"])
    weights = computed(formulas.tier_weight(A, RULES.tier), dtype=TEXT, a=["enterprise", "mid_market", "smb"])
    assert (factors, weights) == ([1000, 500, 100], [3, 2, 1])


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(
    ("formula", "known"),
    [
        (formulas.churn_factor(A, RULES.churn), "none"),
        (formulas.tier_weight(A, RULES.tier), "smb"),
        (formulas.signal_strength(A), "explicit"),
    ],
    ids=["churn_factor", "tier_weight", "signal_strength"],
)
def test_a_word_outside_the_vocabulary_raises(formula: nw.Expr, known: str, engine: str) -> None:
    with pytest.raises(ScoringError, match=r"made cannot be computed.*1 of 2 rows"):
        computed(formula, engine, TEXT, a=[known, "perhaps"])


def test_a_null_raises_where_a_formula_cannot_take_it() -> None:
    with pytest.raises(ScoringError, match="made cannot be computed: an input is missing"):
        computed(formulas.arr_at_risk(A, B, C), a=[1, None], b=[1500, 1500], c=[1000, 1000])


def test_hand_checks_of_what_is_at_risk() -> None:
    """$200,000: due in 60 days with an explicit signal, and due in 14 months with none."""
    arr = [200_000 * DOLLAR] * 2
    assert computed(formulas.arr_at_risk(A, B, C), a=arr, b=[1500, 500], c=[1000, 100]) == [
        300_000 * DOLLAR,
        10_000 * DOLLAR,
    ]


def test_hand_check_of_expansion() -> None:
    """$80,000 on 80 seats with 40 untapped, stated blocker: $40,000 of headroom, all of it waiting for the theme."""
    headroom = formulas.headroom_arr(D, A, B, C)
    assert computed(headroom, a=[80_000 * DOLLAR], b=[80], c=[120], d=[None]) == [40_000 * DOLLAR]
    at = [40_000 * DOLLAR] * 3
    assert computed(formulas.expansion(A, B), a=at, b=[1000, 500, 0]) == [40_000 * DOLLAR, 20_000 * DOLLAR, 0]
    assert computed(formulas.weighted(A, B), a=[1], b=[2]) == [3]


@pytest.mark.parametrize("engine", ENGINES)
def test_headroom_as_given_else_from_seats_else_nothing(engine: str) -> None:
    cases = [  # given, arr, owned, addressable, expected cents
        (55, 1000, 1, 100, 55),  # the export's own figure wins
        (0, 1000, 1, 100, 0),
        (-5, 1000, 1, 100, 0),  # never below 0
        (None, 1000, 3, 4, 333),
        (None, 1000, 3, 5, 667),
        (None, 1001, 2, 3, 501),  # half up: 500.5
        (None, 1000, 5, 5, 0),
        (None, 1000, 5, 4, 0),
        (None, 1000, 0, 9, 0),  # no seats, no price per seat
        (None, 1000, None, 9, 0),
        (None, 1000, 9, None, 0),
        (None, 1000, None, None, 0),
    ]
    given_, arr, owned, addressable, expected = map(list, zip(*cases, strict=True))
    found = computed(formulas.headroom_arr(A, B, C, D), engine, a=given_, b=arr, c=owned, d=addressable)
    assert found == expected


@pytest.mark.parametrize(
    ("arr", "renewal", "churn", "expected"),
    [(1, 1000, 500, 1), (1, 1000, 499, 0), (3, 1500, 100, 0), (33, 1500, 100, 5), (10, 1500, 100, 2), (9, 500, 100, 0)],
)
def test_money_is_rounded_half_up_once(arr: int, renewal: int, churn: int, expected: int) -> None:
    assert computed(formulas.arr_at_risk(A, B, C), a=[arr], b=[renewal], c=[churn]) == [expected]


@given(arr=st.integers(0, formulas.LARGEST_CENTS), renewal=st.integers(0, 10_000), churn=st.integers(0, 10_000))
@pytest.mark.parametrize("engine", ["polars", "pandas_arrow"])
@settings(max_examples=60, deadline=None)
def test_products_are_exact_up_to_a_trillion_dollars(engine: str, arr: int, renewal: int, churn: int) -> None:
    exact = half_up(Fraction(arr * renewal * churn, 1_000_000))
    assert computed(formulas.arr_at_risk(A, B, C), engine, a=[arr], b=[renewal], c=[churn]) == [exact]
    assert computed(formulas.expansion(A, B), engine, a=[arr], b=[renewal]) == [half_up(Fraction(arr * renewal, 1000))]


@given(arr=st.integers(0, 10**12), owned=st.integers(1, 10**9), more=st.integers(0, 10**9))
@settings(max_examples=60, deadline=None)
def test_headroom_from_seats_is_exact(arr: int, owned: int, more: int) -> None:
    exact = half_up(Fraction(arr * more, owned))
    if exact <= formulas.LARGEST_CENTS:
        found = computed(formulas.headroom_arr(D, A, B, C), a=[arr], b=[owned], c=[owned + more], d=[None])
        assert found == [exact]


@pytest.mark.parametrize(
    ("signal", "days", "counts"),
    [
        ("explicit", 180, True),
        ("inferred", 180, True),
        ("none", 10, False),
        ("explicit", 181, False),
        ("explicit", 0, True),
        ("explicit", -400, True),
        ("explicit", None, False),
    ],
)
def test_arr_signalled_needs_a_signal_and_a_near_renewal(signal: str, days: int | None, counts: bool) -> None:
    frame = pl.DataFrame({"a": [700], "b": [signal], "c": pl.Series([days], dtype=INT)})
    signalled = formulas.arr_signalled(A, B, C, 180)
    for engine in ENGINES:
        assert formulas.derive(on(engine, frame), made=signalled)["made"].to_list() == [700 if counts else 0]


def test_revenue_score_counts_the_breakpoints_reached() -> None:
    points = [k * 1000 * DOLLAR for k in (50, 150, 400, 1000)]
    revenue = [0, *(point + step for point in points for step in (-1, 0))]
    assert computed(formulas.revenue_score(A, points), a=revenue) == [1, 1, 2, 2, 3, 3, 4, 4, 5]


def test_breadth_score_of_each_weighted_count() -> None:
    counts = list(range(12))
    expected = [1, 1, 2, 3, 3, 3, 4, 4, 4, 4, 5, 5]
    assert computed(formulas.breadth_score(A, RULES.breadth_breakpoints), a=counts) == expected


@pytest.mark.parametrize("engine", ENGINES)
def test_exactly_thirty_percent_is_no_baseline(engine: str) -> None:
    asking, of = [6, 7, 3, 301, 300], [20, 20, 10, 1000, 1000]
    assert computed(formulas.is_baseline(A, B, 300), engine, a=asking, b=of) == [False, True, False, True, False]


def test_composites_of_the_seed_table() -> None:
    """Regional filtering, native HubSpot integration, bulk user import."""
    assert computed(formulas.composite(A, B, C), a=[5, 3, 2], b=[4, 2, 5], c=[3, 5, 2]) == [12, 10, 9]


def test_there_is_no_composite_without_alignment() -> None:
    frame = pl.DataFrame({"a": [5], "b": [5], "c": pl.Series([None], dtype=INT)})
    made = nw.from_native(frame, eager_only=True).with_columns(made=formulas.composite(A, B, C))
    assert made["made"].to_list() == [None]


def test_settings_become_whole_numbers_without_rounding() -> None:
    assert formulas.thousandths(Decimal("1.5")) == 1500
    assert formulas.thousandths(Decimal("1E+1")) == 10_000
    assert formulas.cents(Decimal("50000.05")) == 5_000_005
    with pytest.raises(ScoringError, match="finer than it is counted"):
        formulas.thousandths(Decimal("0.0001"))
    with pytest.raises(ScoringError, match=r"found 0\.005, expected 2 decimals"):
        formulas.cents(Decimal("0.005"))


DOC = Path("docs/formulas.md")


def test_the_derivations_name_every_formula(root: Path) -> None:
    text = (root / DOC).read_text(encoding="utf-8")
    own = [item for item in vars(formulas).values() if inspect.getmodule(item) is formulas]
    public = [item.__name__ for item in own if inspect.isfunction(item) and not item.__name__.startswith("_")]
    assert len(public) > 15
    assert {name for name in public if f"`{name}`](../src/vocanalytics/formulas.py)" not in text} == set()


def test_the_derivations_link_to_code_and_tests_that_exist(root: Path) -> None:
    links = re.findall(r"\[`(\w+)`\]\((\.\./(?:src|tests)/[\w/]+\.py)\)", (root / DOC).read_text(encoding="utf-8"))
    broken = [
        link for link in links if f"def {link[0]}(" not in (root / DOC.parent / link[1]).read_text(encoding="utf-8")
    ]
    assert len(links) > 60
    assert broken == []


@pytest.mark.parametrize("table", ["theme_accounts", "theme_scores"])
def test_every_column_is_derived_and_links_its_function_and_its_test(root: Path, table: str) -> None:
    """One row per column in the order of the table: what it is, the code that makes it, the test that holds it."""
    text = (root / DOC).read_text(encoding="utf-8")
    section = re.split(r"^#+ ", text.split(f"### Columns of `{table}`\n")[1], flags=re.MULTILINE)[0]
    rows = [[cell.strip() for cell in line.strip("| ").split(" | ")] for line in section.strip().splitlines()[2:]]
    assert [row[0].strip("`") for row in rows] == list(names(TABLES[table]))
    for column, derivation, code, test in rows:
        assert len(derivation) > 10, column
        assert re.fullmatch(r"(\[`[a-z_]+`\]\(\.\./src/vocanalytics/[\w/]+\.py\)(, )?)+", code), column
        assert re.fullmatch(r"(\[`test_[a-z_]+`\]\(\.\./tests/test_\w+\.py\)(, )?)+", test), column


def test_every_test_of_a_boundary_or_an_invariant_is_named_in_the_derivations(root: Path) -> None:
    """A rule that a test holds and nobody reads of would be found by its failure only."""
    text = (root / DOC).read_text(encoding="utf-8")
    source = (root / "tests/test_scoring_invariants.py").read_text(encoding="utf-8")
    found = re.findall(r"^def (test_\w+)", source, flags=re.MULTILINE)
    assert len(found) > 12
    assert [name for name in found if f"[`{name}`]" not in text] == []
