"""Every boundary of the scoring model in one place: what stands on it, one step before it, and one step past it.

Each row begins with the rule that it holds, in words; `docs/formulas.md` derives the rules. The rows of a table share
one quarter, in which each row is a theme of its own, and are read off the tables that a run keeps.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from typing import Any, NamedTuple

import pytest
from quarters import Row, Rows, account, aligned, in_days, overridden, said, scored
from scoring_cases import theme, with_others

from vocanalytics.errors import ScoringError
from vocanalytics.scoring import Scored


class Case(NamedTuple):
    """A rule in words, the account, what its mentions state, and what the tables must say of it."""

    rule: str
    account: dict[str, str]
    stated: list[dict[str, str]]
    expected: dict[str, Any]


class Behind(NamedTuple):
    """A rule in words, the accounts behind a theme, its alignment, and what `theme_scores` must say of it."""

    rule: str
    accounts: list[Row]
    alignment: tuple[str, str, str] | None
    expected: dict[str, Any]


def money(text: str) -> Decimal:
    """Dollars as people write them."""
    return Decimal(text.replace(",", ""))


def renewal(rule: str, days: int | None, factor: str, at_risk: str, signalled: str) -> Case:
    """$200,000 with an explicit signal, so many days from its renewal."""
    date = "" if days is None else in_days(days)
    expected = {"days_to_renewal": days, "renewal_factor": Decimal(factor)}
    amounts = {"arr_at_risk": money(at_risk), "arr_signalled": money(signalled), "arr_exposed": money("200,000.00")}
    return Case(rule, {"arr": "200000.00", "renewal_date": date}, [{"churn_signal": "explicit"}], expected | amounts)


def signal(rule: str, stated: Sequence[str], health: str, counts: str, factor: str, signalled: str) -> Case:
    """$100,000 that renews in 180 days; what each mention states, and the health of the account."""
    expected = {"churn_signal": counts, "churn_factor": Decimal(factor), "arr_signalled": money(signalled)}
    facts = {"health": health, "renewal_date": in_days(180)}
    return Case(rule, facts, [{"churn_signal": word} for word in stated], expected)


def dependency(rule: str, stated: Sequence[str], counts: str, expansion: str) -> Case:
    """$40,000 of headroom, and what each mention says depends on the theme."""
    expected = {"dependency": Decimal(counts), "expansion": money(expansion)}
    return Case(rule, {"headroom_arr": "40000.00"}, [{"dependency": word} for word in stated], expected)


def headroom(rule: str, given: str, arr: str, owned: str, addressable: str, expected: str) -> Case:
    """What the export says of headroom and seats; the theme is the stated blocker."""
    facts = {"headroom_arr": given, "arr": arr, "seats_owned": owned, "seats_addressable": addressable}
    amounts = {"headroom_arr": money(expected), "expansion": money(expected)}
    return Case(rule, facts, [{"dependency": "1"}], amounts)


def at_risk(rule: str, arr: str, days: int, word: str, expected: str) -> Case:
    """One amount, one renewal and one signal."""
    facts = {"arr": arr, "renewal_date": in_days(days)}
    return Case(rule, facts, [{"churn_signal": word}], {"arr_at_risk": money(expected)})


def half(rule: str, given: str, stated: str, expected: str) -> Case:
    """Headroom and a dependency."""
    return Case(rule, {"headroom_arr": given}, [{"dependency": stated}], {"expansion": money(expected)})


def revenue(rule: str, amounts: Sequence[str], score: int) -> Behind:
    """Accounts that add these weighted amounts to a theme: headroom of accounts without ARR, all of it waiting."""
    rows = [weighing(amount) for amount in amounts]
    return Behind(rule, rows, None, {"revenue": sum(map(money, amounts)), "revenue_score": score})


def weighing(amount: str, tier: str = "smb") -> Row:
    """An account that adds exactly this amount of weighted revenue."""
    return account("", arr="0.00", tier=tier, headroom_arr=amount.replace(",", ""))


PAIRS = [
    # Dimension 1, days to renewal: fewer than 90 weigh 1.5; 90 to 180, both included, 1.0; more, 0.5.
    renewal("89 days are fewer than 90", 89, "1.5", "300,000.00", "200,000.00"),
    renewal("90 days belong to the middle band", 90, "1.0", "200,000.00", "200,000.00"),
    renewal("91 days are in the middle band", 91, "1.0", "200,000.00", "200,000.00"),
    renewal("179 days are in the middle band", 179, "1.0", "200,000.00", "200,000.00"),
    renewal("180 days belong to the middle band, and to within 180 days", 180, "1.0", "200,000.00", "200,000.00"),
    renewal("181 days are more than 180, and not within them", 181, "0.5", "100,000.00", "0.00"),
    renewal("a renewal on the as-of date is due", 0, "1.5", "300,000.00", "200,000.00"),
    renewal("a renewal yesterday is overdue and counts as due", -1, "1.5", "300,000.00", "200,000.00"),
    renewal("a renewal long past is overdue and counts as due", -4000, "1.5", "300,000.00", "200,000.00"),
    renewal("an unknown renewal takes the far factor and is not near", None, "0.5", "100,000.00", "0.00"),
    renewal("by hand: $200,000 in 60 days, explicit, weighs $300,000", 60, "1.5", "300,000.00", "200,000.00"),
    at_risk("by hand: the same in 14 months with no signal weighs $10,000", "200000.00", 425, "none", "10,000.00"),
    # Dimension 1, churn signal: the strongest one stated; health only where none is stated.
    signal("explicit weighs 1.0", ["explicit"], "healthy", "explicit", "1.0", "100,000.00"),
    signal("inferred weighs 0.5", ["inferred"], "healthy", "inferred", "0.5", "100,000.00"),
    signal("none weighs 0.1 and is no signal", ["none"], "healthy", "none", "0.1", "0.00"),
    signal("a stated none wins over health at risk", ["none"], "at_risk", "none", "0.1", "0.00"),
    signal("a stated none wins beside a silent ticket too", ["", "none"], "at_risk", "none", "0.1", "0.00"),
    signal("nothing stated: health at risk is inferred", [""], "at_risk", "inferred", "0.5", "100,000.00"),
    signal("nothing stated: a healthy account has none", [""], "healthy", "none", "0.1", "0.00"),
    signal("nothing stated: unknown health is none", [""], "unknown", "none", "0.1", "0.00"),
    signal("nothing stated: health not given is none", [""], "", "none", "0.1", "0.00"),
    signal("explicit is stronger than inferred", ["inferred", "explicit"], "", "explicit", "1.0", "100,000.00"),
    signal("inferred is stronger than none", ["inferred", "none"], "", "inferred", "0.5", "100,000.00"),
    signal("explicit is stronger than none, in any order", ["explicit", "none"], "", "explicit", "1.0", "100,000.00"),
    signal("an explicit signal needs no health", ["explicit"], "at_risk", "explicit", "1.0", "100,000.00"),
    # Dimension 1, dependency: blocker 1, would help 0.5, not stated 0; the strongest counts.
    dependency("the stated blocker brings the whole headroom", ["1"], "1", "40,000.00"),
    dependency("what would help brings half of it", ["0.5"], "0.5", "20,000.00"),
    dependency("a stated 0 brings nothing", ["0"], "0", "0.00"),
    dependency("nothing stated brings nothing", [""], "0", "0.00"),
    dependency("the strongest of several counts", ["0", "1", "0.5"], "1", "40,000.00"),
    dependency("one that is stated counts beside one that is not", ["", "0.5"], "0.5", "20,000.00"),
    # Dimension 1, headroom: as given, else untapped seats at today's price per seat, never below 0.
    headroom("by hand: 40 untapped of 80 seats at $80,000", "", "80000.00", "80", "120", "40,000.00"),
    headroom("the export's own figure wins over seats", "1234.55", "80000.00", "80", "120", "1,234.55"),
    headroom("a given 0 wins over seats", "0.00", "80000.00", "80", "120", "0.00"),
    headroom("a given figure below 0 is 0", "-0.01", "80000.00", "80", "120", "0.00"),
    headroom("one untapped seat counts", "", "80000.00", "80", "81", "1,000.00"),
    headroom("as many seats as addressable leave nothing", "", "80000.00", "80", "80", "0.00"),
    headroom("more seats than addressable are never below 0", "", "80000.00", "81", "80", "0.00"),
    headroom("no owned seats have no price", "", "80000.00", "0", "120", "0.00"),
    headroom("one owned seat has one", "", "80000.00", "1", "2", "80,000.00"),
    headroom("unknown owned seats: no information is 0", "", "80000.00", "", "120", "0.00"),
    headroom("unknown addressable seats: no information is 0", "", "80000.00", "80", "", "0.00"),
    headroom("no information at all is 0", "", "80000.00", "", "", "0.00"),
    headroom("no ARR has no price per seat", "", "0.00", "80", "120", "0.00"),
    # Money: half up to the cent, once, where the column is defined.
    headroom("a third of a cent goes down", "", "10.00", "3", "4", "3.33"),
    headroom("two thirds of a cent go up", "", "10.00", "3", "5", "6.67"),
    headroom("half a cent goes up", "", "10.01", "2", "3", "5.01"),
    half("half a cent of expansion goes up", "0.01", "0.5", "0.01"),
    half("an odd cent is halved upwards", "1234.55", "0.5", "617.28"),
    half("an even cent is halved exactly", "1234.56", "0.5", "617.28"),
    at_risk("half a cent at risk goes up: 0.01 x 1.0 x 0.5", "0.01", 90, "inferred", "0.01"),
    at_risk("less than half goes down: 0.04 x 1.0 x 0.1", "0.04", 90, "none", "0.00"),
    at_risk("exactly half goes up: 0.05 x 1.0 x 0.1", "0.05", 90, "none", "0.01"),
    at_risk("a quarter of a cent is not rounded twice: 0.03 x 1.5 x 0.1", "0.03", 0, "none", "0.00"),
    at_risk("just below half a cent more goes up as well: 0.33 x 1.5 x 0.1 is 0.0495", "0.33", 0, "none", "0.05"),
    at_risk("rounded once, after both factors: 0.01 x 0.5 x 0.5", "0.01", 181, "inferred", "0.00"),
    at_risk("large amounts stay exact: 10,000,000,000.01 x 1.5", "10000000000.01", 0, "explicit", "15,000,000,000.02"),
]

#: Tiers of the accounts that make each breadth score.
BREADTH = {
    1: ["smb"],
    2: ["mid_market"],
    3: ["enterprise"],
    4: ["enterprise"] * 2,
    5: ["enterprise"] * 3 + ["smb"],
}
REVENUE = {1: "0.00", 2: "50,000.00", 3: "150,000.00", 4: "400,000.00", 5: "1,000,000.00"}
RELATION = {1: "none", 2: "adjacent", 3: "adjacent", 4: "direct", 5: "direct"}


def scoring(revenue: int, breadth: int) -> list[Row]:
    """Accounts that give these two scores."""
    return [weighing(REVENUE[revenue] if place == 0 else "0.00", tier) for place, tier in enumerate(BREADTH[breadth])]


def fits(cs: int | None, product: int | None) -> tuple[str, str, str]:
    """An alignment whose relation agrees with the score that counts."""
    return RELATION[product or cs or 1], str(cs or ""), str(product or "")


def reading(rule: str, scores: tuple[int, int, int | None], start: str, *flags: str, cs: int | None = None) -> Behind:
    """The three scores of a theme (Product's alignment), its start, and its flags; CS agrees unless said."""
    revenue, breadth, alignment = scores
    alone = ["isolated"] if len(BREADTH[breadth]) == 1 else []
    given = None if alignment is None else fits(cs or alignment, alignment)
    total = None if alignment is None else sum((revenue, breadth, alignment))
    expected = {"composite": total, "start": start, "flags": [*flags, *alone] + ["unscored"] * (alignment is None)}
    return Behind(rule, scoring(revenue, breadth), given, expected)


def preliminary(rule: str, scores: tuple[int, int], cs: int, start: str) -> Behind:
    """A theme that CS alone has scored."""
    expected = {"composite": sum((*scores, cs)), "start": start, "alignment_score": cs, "alignment_product": None}
    return Behind(rule, scoring(*scores), fits(cs, None), expected)


def settled(rule: str, cs: int | None, product: int | None, counts: int | None, *flags: str) -> Behind:
    """What CS and Product say of a theme with two accounts."""
    given = None if cs is product is None else fits(cs, product)
    return Behind(rule, [weighing("0.00")] * 2, given, {"alignment_score": counts, "flags": list(flags)})


THEMES = [
    # Dimension 1: one more for each breakpoint reached, at or above.
    revenue("no revenue is the lowest score", ["0.00"], 1),
    revenue("a cent below the first breakpoint", ["49,999.99"], 1),
    revenue("the first breakpoint is reached at it", ["50,000.00"], 2),
    revenue("a cent above it", ["50,000.01"], 2),
    revenue("a cent below the second", ["149,999.99"], 2),
    revenue("the second is reached at it", ["150,000.00"], 3),
    revenue("a cent below the third", ["399,999.99"], 3),
    revenue("the third is reached at it", ["400,000.00"], 4),
    revenue("a cent below the fourth", ["999,999.99"], 4),
    revenue("the fourth is reached at it", ["1,000,000.00"], 5),
    revenue("there is no sixth", ["999,000,000.00"], 5),
    revenue("sums are sums of cents: the last cent reaches it", ["49,999.99", "0.01"], 2),
    revenue("and without that cent does not", ["49,999.98", "0.01"], 1),
    # Trade-offs: revenue 4 or more with alignment 2 or less; breadth 4 or more with revenue 2 or less.
    reading("revenue 4 and alignment 2 trade off", (4, 3, 2), "settle", "trade_off_revenue"),
    reading("revenue 5 and alignment 1 trade off", (5, 3, 1), "settle", "trade_off_revenue"),
    reading("revenue 4 and alignment 3 do not", (4, 3, 3), "defer"),
    reading("revenue 3 and alignment 2 do not", (3, 3, 2), "defer"),
    reading("revenue 4 without alignment does not yet", (4, 3, None), "unscored"),
    reading("breadth 4 and revenue 2 trade off", (2, 4, 3), "settle", "trade_off_breadth"),
    reading("breadth 5 and revenue 1 trade off", (1, 5, 3), "settle", "trade_off_breadth"),
    reading("breadth 4 and revenue 3 do not", (3, 4, 3), "defer"),
    reading("breadth 3 and revenue 2 do not", (2, 3, 3), "defer"),
    reading("breadth trades off before there is an alignment", (2, 4, None), "unscored", "trade_off_breadth"),
    # Start: build from 12, defer from 7; what is open is settled below build only.
    reading("12 starts as build", (4, 4, 4), "build"),
    reading("15 is the most there is", (5, 5, 5), "build"),
    reading("11 starts as defer", (4, 4, 3), "defer"),
    reading("7 starts as defer", (3, 2, 2), "defer"),
    reading("6 starts as decline", (2, 2, 2), "decline"),
    reading("3 is the least there is", (1, 1, 1), "decline"),
    reading("12 in dispute still starts as build", (4, 4, 4), "build", "disputed_score", cs=2),
    reading("11 in dispute is settled", (4, 4, 3), "settle", "disputed_score", cs=5),
    reading("6 in dispute is settled", (2, 2, 2), "settle", "disputed_score", cs=4),
    reading("12 with a trade-off still starts as build", (5, 5, 2), "build", "trade_off_revenue"),
    reading("no alignment is no composite", (5, 5, None), "unscored"),
    preliminary("a preliminary 12 starts as build", (4, 4), 4, "build"),
    preliminary("a preliminary 11 as defer", (4, 4), 3, "defer"),
    # Dimension 3: Product's score counts once given; a difference of 2 is a dispute, of 1 is none.
    settled("CS alone counts, and is marked", 3, None, 3, "preliminary_alignment"),
    settled("Product alone counts", None, 3, 3),
    settled("Product counts over CS, never the average", 4, 3, 3),
    settled("one apart is no dispute, either way", 3, 4, 4),
    settled("two apart is one", 5, 3, 3, "disputed_score"),
    settled("two apart the other way is one too", 2, 4, 4, "disputed_score"),
    settled("four apart is one", 1, 5, 5, "disputed_score"),
    settled("there is no default", None, None, None, "unscored"),
    # Isolated: one in-scope account, however often it speaks.
    Behind("one account is isolated", [weighing("0.00")], None, {"accounts": 1, "flags": ["isolated", "unscored"]}),
    Behind("two accounts are not", [weighing("0.00")] * 2, None, {"accounts": 2, "flags": ["unscored"]}),
    Behind("none is out of scope", [], ("direct", "5", "5"), {"composite": None, "flags": ["out_of_scope"]}),
]


@cache
def pairs() -> Scored:
    """One quarter in which each row of `PAIRS` is a theme with an account of its own."""
    rows = Rows(feedback=[], accounts=[], themes={}, mentions={})
    for place, case in enumerate(PAIRS):
        rows.accounts.append(account(f"A{place}", **case.account))
        rows.themes[f"T{place}"] = f"T{place}"
        for number, stated in enumerate(case.stated):
            rows.feedback.append(said(f"{place}/{number}", f"A{place}", **stated))
            rows.mentions[f"{place}/{number}"] = [f"T{place}"]
    return scored(rows)


def theme_quarter(cases: Sequence[Behind]) -> Rows:
    """One quarter in which each row is a theme with accounts of its own, in a company where no tier expects it."""
    rows = Rows(feedback=[], accounts=[], themes={}, mentions={})
    for place, case in enumerate(cases):
        name = f"T{place}"
        rows.themes[name] = name
        rows.alignment.extend([aligned(name, *case.alignment)] if case.alignment else [])
        for number, row in enumerate(case.accounts):
            key = f"{place}/{number}"
            rows.accounts.append({**row, "account_id": key})
            rows.feedback.append(said(key, key, dependency="1"))
            rows.mentions[key] = [name]
    return with_others(rows)


@cache
def themes() -> Scored:
    """The scores of every row of `THEMES`."""
    return scored(theme_quarter(THEMES))


def subset(row: dict[str, Any], expected: dict[str, Any]) -> dict[str, Any]:
    return {name: row[name] for name in expected}


@pytest.mark.parametrize("place", range(len(PAIRS)), ids=[case.rule for case in PAIRS])
def test_one_account_behind_one_theme(place: int) -> None:
    expected = PAIRS[place].expected
    pair = next(row for row in pairs().theme_accounts.to_dicts() if row["theme_id"] == f"T{place}")
    total = theme(pairs(), f"T{place}")
    assert subset(total | pair, expected) == expected
    assert (pair["arr_at_risk"], pair["expansion"]) == (total["arr_at_risk"], total["expansion"])
    assert pair["weighted"] == pair["arr_at_risk"] + pair["expansion"] == total["revenue"]


@pytest.mark.parametrize("place", range(len(THEMES)), ids=[case.rule for case in THEMES])
def test_a_theme(place: int) -> None:
    expected = THEMES[place].expected
    assert subset(theme(themes(), f"T{place}"), expected) == expected


#: Weighted count 0 to 11 and more: below 2, 2 to below 3, 3 to below 6, 6 to below 10, 10 or more.
BREADTH_OF = {0: 1, 1: 1, 2: 2, 3: 3, 4: 3, 5: 3, 6: 4, 7: 4, 8: 4, 9: 4, 10: 5, 11: 5, 12: 5}
MIXES = [
    (enterprise, mid_market, smb)
    for enterprise in range(5)
    for mid_market in range(7)
    for smb in range(13)
    if 3 * enterprise + 2 * mid_market + smb in BREADTH_OF and enterprise + mid_market + smb
]


def test_every_mix_of_tiers_up_to_a_weighted_count_of_twelve() -> None:
    """3 for Enterprise, 2 for Mid-Market, 1 for SMB, of distinct accounts; then the published table."""
    rows = Rows(feedback=[], accounts=[], themes={}, mentions={})
    tiers = ("enterprise", "mid_market", "smb")
    rows.accounts.extend(account(f"{tier}-{n}", tier=tier, arr="0.00") for tier in tiers for n in range(13))
    for mix in MIXES:
        name = "-".join(map(str, mix))
        rows.themes[name] = name
        for account_id in [f"{tier}-{n}" for tier, count in zip(tiers, mix, strict=True) for n in range(count)]:
            for again in range(2):
                rows.feedback.append(said(f"{name}/{account_id}/{again}", account_id))
                rows.mentions[f"{name}/{account_id}/{again}"] = [name]
    found = scored(rows).theme_scores
    assert found.height == len(MIXES) > 70
    assert dict(found.select("theme_id", "accounts").iter_rows()) == {
        "-".join(map(str, mix)): sum(mix) for mix in MIXES
    }
    counted = dict(found.select("theme_id", "weighted_count").iter_rows())
    expected = {name: sum(w * int(n) for w, n in zip((3, 2, 1), name.split("-"), strict=True)) for name in rows.themes}
    assert counted == expected
    assert dict(found.select("theme_id", "breadth_score").iter_rows()) == {
        name: BREADTH_OF[count] for name, count in expected.items()
    }


@pytest.mark.parametrize(
    ("asking", "of", "expects"),
    [
        (3, 10, False),  # exactly 30% is not above it
        (4, 10, True),
        (6, 20, False),
        (7, 20, True),
        (30, 100, False),
        (31, 100, True),
        (299, 1000, False),
        (300, 1000, False),
        (301, 1000, True),
        (1, 4, False),
        (1, 3, True),
        (2, 7, False),
        (3, 7, True),
        (5, 17, False),  # 29.4%
        (6, 19, True),  # 31.6%
        (9, 30, False),
        (1, 1, True),
    ],
)
@pytest.mark.parametrize("tier", ["enterprise", "mid_market", "smb"])
def test_more_than_thirty_percent_of_a_tier(tier: str, asking: int, of: int, expects: bool) -> None:
    """Of all in-scope accounts of the tier, silent ones too; prospects, former customers and non-ICP do not count."""
    accounts = [account(f"A{n}", tier=tier, arr="0.00") for n in range(of)]
    outside = ({"is_icp": "false"}, {"lifecycle": "prospect"}, {"lifecycle": "churned"})
    beside = [account(f"out-{n}", tier=tier, **facts) for n, facts in enumerate(outside)]
    asked = [said(row["account_id"], row["account_id"]) for row in [*accounts[:asking], *beside]]
    rows = Rows(asked, [*accounts, *beside], {"T": "T"}, {row["feedback_id"]: ["T"] for row in asked})
    found = scored(rows)
    flags = [flag for flag in theme(found, "T")["flags"] if flag.startswith("baseline")]
    assert flags == ([f"baseline_{tier}"] if expects else [])
    assert found.baseline.select("tier", "asking", "of", "is_baseline").rows() == [(tier, asking, of, expects)]
    assert found.baseline["share"].item() == (Decimal(asking) / of).quantize(Decimal("0.001"), ROUND_HALF_UP)


def test_a_baseline_expectation_is_settled_below_build() -> None:
    """The one account of a tier asks: 3 + 3 + 5 is 11, and open."""
    one = theme_quarter([Behind("", scoring(3, 3), fits(5, 5), {})])
    alone = replace(one, accounts=one.accounts[:1])
    assert [theme(scored(rows), "T0")["start"] for rows in (one, alone)] == ["defer", "settle"]


@pytest.mark.parametrize("score", range(7))
@pytest.mark.parametrize(("relation", "band"), [("direct", (4, 5)), ("adjacent", (2, 3)), ("none", (1, 1))])
@pytest.mark.parametrize("who", ["cs", "product"])
def test_relation_and_the_score_that_counts_agree_or_the_run_stops(
    who: str, relation: str, band: tuple[int, int], score: int
) -> None:
    """4 and 5 are a direct fit, 2 and 3 adjacent, 1 no connection; nothing is outside 1 to 5."""
    row = aligned("T", relation, **{who: str(score)})
    rows = Rows(feedback=[], accounts=[], themes={"T": "T"}, mentions={}, alignment=[row])
    if band[0] <= score <= band[1]:
        assert theme(scored(rows), "T")["alignment_score"] == score
    else:
        with pytest.raises(ScoringError, match=r"do not agree|outside the scale"):
            scored(rows)


OVERRIDES = [
    ("a logo starts as build and keeps its place", "referenceable_logo", {}, 1, "build", "referenceable_logo"),
    ("so does an emergency", "competitive_emergency", {}, 1, "build", "competitive_emergency"),
    ("compliance leaves the ranking", "compliance", {}, None, "escalate", "compliance"),
    ("the day of expiry still counts", "compliance", {"expires_on": in_days(0)}, None, "escalate", "compliance"),
    ("the day after does not", "compliance", {"expires_on": in_days(-1)}, 1, "defer", "not_applied"),
    ("without an expiry it is not applied", "compliance", {"expires_on": ""}, 1, "defer", "not_applied"),
    ("without a reason it is not applied", "compliance", {"reason": ""}, 1, "defer", "not_applied"),
    ("without who asked it is not applied", "compliance", {"requested_by": " "}, 1, "defer", "not_applied"),
    ("without who approved it is not applied", "compliance", {"approved_by": ""}, 1, "defer", "not_applied"),
]


@pytest.mark.parametrize(
    ("kind", "facts", "rank", "start", "flag"), [row[1:] for row in OVERRIDES], ids=[row[0] for row in OVERRIDES]
)
def test_overrides(kind: str, facts: dict[str, str], rank: int | None, start: str, flag: str) -> None:
    cases = [Behind("", scoring(4, 4), fits(3, 3), {}), Behind("", scoring(3, 2), fits(2, 2), {})]
    found = scored(replace(theme_quarter(cases), overrides=[overridden("T0", kind, **facts)]))
    row = theme(found, "T0")
    assert (row["rank"], row["start"], row["flags"]) == (rank, start, [f"override_{flag}"])
    assert (row["composite"], theme(found, "T1")["rank"]) == (11, 1 if rank is None else 2)


@pytest.mark.parametrize(
    ("previous", "emerging"), [(None, False), ([], True), (["U"], True), (["T"], False), (["T", "U"], False)]
)
def test_a_theme_is_emerging_when_last_quarter_did_not_have_it(previous: list[str] | None, emerging: bool) -> None:
    rows = Rows(feedback=[], accounts=[], themes={"T": "T"}, mentions={}, previous=previous)
    assert ("emerging" in theme(scored(rows), "T")["flags"]) is emerging


ORDER = [
    ("composite first, before a higher revenue score", [(4, 1, 1), (1, 1, 5), (5, 2, 1)], ["T2", "T1", "T0"]),
    ("then the revenue score", [(2, 3, 3), (3, 2, 3), (1, 4, 3)], ["T1", "T0", "T2"]),
    ("then the theme id", [(3, 3, 3), (3, 3, 3), (3, 3, 3)], ["T0", "T1", "T2"]),
]


@pytest.mark.parametrize(("scores", "order"), [row[1:] for row in ORDER], ids=[row[0] for row in ORDER])
def test_the_order(scores: list[tuple[int, int, int]], order: list[str]) -> None:
    cases = [Behind("", scoring(revenue, breadth), fits(fit, fit), {}) for revenue, breadth, fit in scores]
    found = scored(theme_quarter(cases)).theme_scores
    assert (found["theme_id"].to_list(), found["rank"].to_list()) == (order, [1, 2, 3])


def test_themes_without_a_rank_stand_apart_in_the_order_of_what_is_known() -> None:
    """Ranked ones first, then the CPO list, then those without alignment: by revenue and breadth score together."""
    given = [((3, 1), None), ((2, 5), None), ((1, 1), (5, 5)), ((1, 1), (1, 1))]
    cases = [Behind("", scoring(*scores), fits(*fit) if fit else None, {}) for scores, fit in given]
    found = scored(replace(theme_quarter(cases), overrides=[overridden("T2", "compliance")])).theme_scores
    assert found.select("theme_id", "rank").rows() == [("T3", 1), ("T2", None), ("T1", None), ("T0", None)]


def test_baselines_are_listed_by_theme_then_tier() -> None:
    cases = [Behind("", [weighing("0.00", tier) for tier in ("smb", "enterprise")], None, {}) for _ in range(2)]
    found = scored(theme_quarter(cases)).baseline.select("theme_id", "tier").rows()
    assert found == [(name, tier) for name in ("T0", "T1") for tier in ("enterprise", "smb")]


def test_a_cent_of_revenue_breaks_a_tie_before_the_id_does() -> None:
    cases = [Behind("", [weighing(amount)], fits(3, 3), {}) for amount in ("60,000.00", "60,000.01", "59,999.99")]
    assert scored(theme_quarter(cases)).theme_scores["theme_id"].to_list() == ["T1", "T0", "T2"]


def test_overdue_and_unknown_renewals_are_counted_and_a_renewal_today_is_neither() -> None:
    """Of the rows above: each account once."""
    dates = [case.account.get("renewal_date", "later") for case in PAIRS]
    overdue, unknown = sum(date < in_days(0) for date in dates if date), dates.count("")
    assert (overdue, unknown) == (2, 1)
    assert any(note.startswith(f"Overdue: {overdue} of the {len(PAIRS)} accounts") for note in pairs().notes)
    assert any(note.startswith(f"Renewal unknown: {unknown} of the {len(PAIRS)} accounts") for note in pairs().notes)
