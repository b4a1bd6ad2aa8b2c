"""Theme accounts and theme scores from scratch by `docs/formulas.md`: plain Python and Decimal, nothing shared.

Nothing of the product is imported here, so that an error of the product cannot hide in its own check. Rows are dicts of
text as a CSV holds them; empty means not given.
"""

from __future__ import annotations

import csv
import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

Row = Mapping[str, str]
Figures = dict[str, Any]

BREAKPOINTS = [Decimal(50_000), Decimal(150_000), Decimal(400_000), Decimal(1_000_000)]
TIER_WEIGHT = {"enterprise": 3, "mid_market": 2, "smb": 1}
CHURN_FACTOR = {"explicit": Decimal("1.0"), "inferred": Decimal("0.5"), "none": Decimal("0.1")}
BUILD_AT, DEFER_AT = 12, 7
FLAGS = [
    "disputed_score", "preliminary_alignment", "trade_off_revenue", "trade_off_breadth", "challenge_to_leadership",
    "baseline_enterprise", "baseline_mid_market", "baseline_smb", "isolated", "out_of_scope", "emerging", "unscored",
    "override_referenceable_logo", "override_compliance", "override_competitive_emergency", "override_not_applied",
]  # fmt: skip


def read_rows(path: Path) -> list[dict[str, str]]:
    """A CSV as dicts of text."""
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def match_by_domain(feedback: Iterable[Row], accounts: Iterable[Row]) -> list[dict[str, str]]:
    """Give feedback without an account id the one account whose domain its hint is."""
    owners: defaultdict[str, list[str]] = defaultdict(list)
    for account in accounts:
        for domain in account.get("domains", "").split("|"):
            owners[domain.strip().lower()].append(account["account_id"])
    rows = []
    for row in feedback:
        found = owners.get(row.get("account_hint", "").strip().lower(), [])
        use_hint = not row["account_id"] and len(found) == 1 and row["account_hint"]
        rows.append({**row, "account_id": found[0] if use_hint else row["account_id"]})
    return rows


def fold_duplicates(
    feedback: Iterable[Row], mentions: Mapping[str, Sequence[str]], normalise: Callable[[str], str]
) -> dict[str, list[str]]:
    """Keep the mentions of one row per account and message; signals need no folding: the strongest counts anyway."""
    seen: set[tuple[str, str]] = set()
    kept = {}
    for row in sorted(feedback, key=lambda row: row["feedback_id"]):
        key = (row["account_id"], normalise(row["verbatim"]))
        if not row["account_id"] or key not in seen:
            kept[row["feedback_id"]] = list(mentions.get(row["feedback_id"], []))
        seen.add(key)
    return kept


def is_in_scope(account: Row) -> bool:
    """A customer inside the ideal customer profile."""
    return account["lifecycle"] == "customer" and account["is_icp"] == "true"


def to_cent(amount: Fraction) -> Decimal:
    """Half up to the cent."""
    doubled = amount * 200 + 1
    return Decimal(doubled.numerator // (2 * doubled.denominator)) / 100


def renewal(account: Row, as_of: dt.date) -> tuple[int | None, Decimal]:
    """Days to renewal and the factor that goes with them."""
    if not account.get("renewal_date"):
        return None, Decimal("0.5")
    days = (dt.date.fromisoformat(account["renewal_date"]) - as_of).days
    return days, Decimal("1.5") if days < 90 else Decimal("1.0") if days <= 180 else Decimal("0.5")


def headroom(account: Row) -> Decimal:
    """ARR that the account could still buy."""
    if account.get("headroom_arr"):
        return max(Decimal(0), to_cent(Fraction(account["headroom_arr"])))
    if not account.get("seats_owned") or not account.get("seats_addressable") or int(account["seats_owned"]) == 0:
        return Decimal(0)
    owned, addressable = int(account["seats_owned"]), int(account["seats_addressable"])
    return to_cent(max(0, addressable - owned) * Fraction(to_cent(Fraction(account["arr"]))) / owned)


def churn_signal(stated: Iterable[str], account: Row) -> str:
    """The strongest stated signal; health counts only where none was stated."""
    given = {signal for signal in stated if signal}
    if not given:
        return "inferred" if account.get("health") == "at_risk" else "none"
    return next(signal for signal in ("explicit", "inferred", "none") if signal in given)


def theme_tables(
    *,
    feedback: Iterable[Mapping[str, Any]],
    accounts: Iterable[Mapping[str, Any]],
    mentions: Iterable[Mapping[str, Any]],
    themes: Iterable[Mapping[str, Any]],
    alignment: Iterable[Mapping[str, Any]],
    as_of: str,
    overrides: Iterable[Mapping[str, Any]] | None = None,
    previous: Collection[str] | None = None,
) -> tuple[dict[tuple[str, str], Figures], dict[str, Figures]]:
    """Both tables from the rows of typed ones; without overrides, what they could change is left out."""
    rows = {
        name: [_text(row) for row in table] for name, table in {"a": accounts, "f": feedback, "l": alignment}.items()
    }
    by_row: defaultdict[str, list[str]] = defaultdict(list)
    for mention in mentions:
        by_row[mention["feedback_id"]].append(mention["theme_id"])
    day = dt.date.fromisoformat(as_of)
    behind = theme_accounts(rows["f"], by_row, rows["a"], day)
    named = {theme["theme_id"]: theme["theme_name"] for theme in themes}
    stated = [_text(row) for row in overrides or ()]
    scores = theme_scores(behind, rows["a"], named, rows["l"], stated, day, previous)
    unsure = ("rank", "start", "flags") if overrides is None else ()
    return behind, {key: {name: row[name] for name in row if name not in unsure} for key, row in scores.items()}


def _text(row: Mapping[str, Any]) -> dict[str, str]:
    """A typed row as a CSV would hold it."""
    return {
        name: "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)
        for name, value in row.items()
    }


def theme_accounts(
    feedback: Iterable[Row], mentions: Mapping[str, Sequence[str]], accounts: Iterable[Row], as_of: dt.date
) -> dict[tuple[str, str], Figures]:
    """Every figure of `theme_accounts`, by theme id and account id."""
    in_scope = {account["account_id"]: account for account in accounts if is_in_scope(account)}
    rows: defaultdict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in feedback:
        for theme_id in mentions.get(row["feedback_id"], ()):
            if row["account_id"] in in_scope:
                rows[theme_id, row["account_id"]].append(row)
    return {
        (theme_id, account_id): _pair(theme_id, in_scope[account_id], said, as_of)
        for (theme_id, account_id), said in sorted(rows.items())
    }


def _pair(theme_id: str, account: Row, said: Sequence[Row], as_of: dt.date) -> Figures:
    days, renewal_factor = renewal(account, as_of)
    signal = churn_signal((row.get("churn_signal", "") for row in said), account)
    dependency = max(Decimal(row.get("dependency") or "0") for row in said)
    arr = to_cent(Fraction(account["arr"]))
    at_risk = to_cent(Fraction(arr) * Fraction(renewal_factor) * Fraction(CHURN_FACTOR[signal]))
    expansion = to_cent(Fraction(headroom(account)) * Fraction(dependency))
    return {
        "theme_id": theme_id,
        "account_id": account["account_id"],
        "mentions": len(said),
        "churn_signal": signal,
        "days_to_renewal": days,
        "renewal_factor": renewal_factor,
        "churn_factor": CHURN_FACTOR[signal],
        "arr": arr,
        "arr_at_risk": at_risk,
        "headroom_arr": headroom(account),
        "dependency": dependency,
        "expansion": expansion,
        "weighted": at_risk + expansion,
    }


def theme_scores(
    behind: Mapping[tuple[str, str], Figures],
    accounts: Sequence[Row],
    themes: Mapping[str, str],
    alignment: Iterable[Row],
    overrides: Iterable[Row],
    as_of: dt.date,
    previous: Collection[str] | None = None,
) -> dict[str, Figures]:
    """Every cell of `theme_scores`, by theme id."""
    by_account = {account["account_id"]: account for account in accounts}
    ids = {_plain(name): theme_id for theme_id, name in themes.items()} | {theme_id: theme_id for theme_id in themes}
    align = {_theme(ids, row): row for row in alignment}
    approvals: defaultdict[str | None, list[str | None]] = defaultdict(list)
    for row in overrides:
        approvals[_theme(ids, row)].append(_approved_kind(row, as_of))
    scores = {}
    for theme_id, name in themes.items():
        pairs = [figures for (theme, _), figures in behind.items() if theme == theme_id]
        tiers = [by_account[pair["account_id"]]["tier"] for pair in pairs]
        flags = [f"baseline_{tier}" for tier in TIER_WEIGHT if _is_baseline(tiers.count(tier), tier, accounts)]
        scores[theme_id] = _theme_row(theme_id, name, pairs, tiers, align.get(theme_id), flags)
        _read(scores[theme_id], flags, approvals[theme_id], previous)
    ranked = [row for row in scores.values() if row["composite"] is not None and row["start"] != "escalate"]
    ranked.sort(key=lambda row: (-row["composite"], -row["revenue_score"], -row["revenue"], row["theme_id"]))
    for place, row in enumerate(ranked, start=1):
        row["rank"] = place
    return scores


def _plain(name: str) -> str:
    return " ".join(name.replace("_", " ").lower().split())


def _theme(ids: Mapping[str, str], row: Row) -> str | None:
    return ids.get(row["theme"].strip()) or ids.get(_plain(row["theme"]))


def _approved_kind(row: Row, as_of: dt.date) -> str | None:
    complete = all(row[name].strip() for name in ("reason", "requested_by", "approved_by", "expires_on"))
    return row["kind"] if complete and dt.date.fromisoformat(row["expires_on"]) >= as_of else None


def _is_baseline(asking: int, tier: str, accounts: Iterable[Row]) -> bool:
    of = sum(1 for account in accounts if is_in_scope(account) and account["tier"] == tier)
    return asking > 0 and Fraction(asking, of) > Fraction(3, 10)


def _theme_row(
    theme_id: str, name: str, pairs: Sequence[Figures], tiers: Sequence[str], align: Row | None, flags: list[str]
) -> Figures:
    def total(column: str) -> Decimal:
        return sum((pair[column] for pair in pairs), Decimal("0.00"))

    signalled = [
        pair["arr"]
        for pair in pairs
        if pair["churn_signal"] != "none" and pair["days_to_renewal"] is not None and pair["days_to_renewal"] <= 180
    ]
    weighted_count = sum(TIER_WEIGHT[tier] for tier in tiers)
    cs, product = (int(align[f"score_{who}"]) if align and align[f"score_{who}"] else None for who in ("cs", "product"))
    counts = cs if product is None else product
    revenue_score = 1 + sum(total("weighted") >= point for point in BREAKPOINTS)
    breadth_score = 1 + sum(weighted_count >= point for point in (2, 3, 6, 10))
    return {
        "theme_id": theme_id,
        "theme_name": name,
        "mentions": sum(pair["mentions"] for pair in pairs),
        "accounts": len(pairs),
        "arr_exposed": total("arr"),
        "arr_signalled": sum(signalled, Decimal("0.00")),
        "arr_at_risk": total("arr_at_risk"),
        "expansion": total("expansion"),
        "revenue": total("weighted"),
        "weighted_count": weighted_count,
        "revenue_score": revenue_score,
        "breadth_score": breadth_score,
        "alignment_cs": cs,
        "alignment_product": product,
        "alignment_score": counts,
        "composite": None if counts is None or not pairs else revenue_score + breadth_score + counts,
        "rank": None,
        "start": None,
        "flags": flags,
    }


def _is_challenge(row: Figures, previous: Collection[str] | None) -> bool:
    """Alignment 1 now and in the quarter before, whose scores a mapping gives, with half a million of ARR behind it."""
    before = previous.get(row["theme_id"]) if isinstance(previous, Mapping) else None
    return row["alignment_score"] == 1 == before and row["arr_exposed"] >= 500_000


def _read(row: Figures, flags: list[str], overrides: Sequence[str | None], previous: Collection[str] | None) -> None:
    """Fill in start and flags; a baseline flag is already there."""
    alignment, cs, product = row["alignment_score"], row["alignment_cs"], row["alignment_product"]
    if cs is not None and product is not None and abs(cs - product) >= 2:
        flags.append("disputed_score")
    if row["revenue_score"] >= 4 and alignment is not None and alignment <= 2:
        flags.append("trade_off_revenue")
    if row["breadth_score"] >= 4 and row["revenue_score"] <= 2:
        flags.append("trade_off_breadth")
    is_open = bool(flags)
    flags.extend(["preliminary_alignment"] if product is None and cs is not None else [])
    flags.extend(["isolated"] if row["accounts"] == 1 else [])
    flags.extend(["out_of_scope"] if row["accounts"] == 0 else [])
    flags.extend(["challenge_to_leadership"] if _is_challenge(row, previous) else [])
    flags.extend(["emerging"] if previous is not None and row["theme_id"] not in set(previous) else [])
    flags.extend(["unscored"] if alignment is None else [])
    flags.extend({f"override_{kind or 'not_applied'}" for kind in overrides})
    flags.sort(key=FLAGS.index)
    row["start"] = _start(row["composite"], next(filter(None, overrides), None), is_open)


def _start(composite: int | None, approved: str | None, is_open: bool) -> str:
    if approved is not None:
        return "escalate" if approved == "compliance" else "build"
    if composite is None:
        return "unscored"
    if composite >= BUILD_AT:
        return "build"
    if is_open:
        return "settle"
    return "defer" if composite >= DEFER_AT else "decline"
