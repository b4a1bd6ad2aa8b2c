"""A quarter of any size from the demonstration company's phrasings: many accounts, many distinct verbatims."""

from __future__ import annotations

import csv
import random
from datetime import date, timedelta
from pathlib import Path

import yaml

QUARTER = "2026Q3"
LAST_DAY = date(2026, 9, 30)
OPENERS = ("", "Hi, ", "Again: ", "As we said, ", "From our team: ", "Since the update: ", "One more time. ")
CLOSERS = ("", " Thanks.", " Please help.", " It blocks us.", " Any news?", " Our auditors ask.", " +1")
COLUMNS = (
    *("feedback_id", "source", "channel", "voice", "author_role", "account_id", "created_at", "verbatim"),
    *("nps", "churn_signal", "dependency", "csm", "url", "theme"),
)


def phrasings(root: Path) -> list[tuple[str, str]]:
    """Every hand-written verbatim of the demonstration company with the name of its theme."""
    found: list[tuple[str, str]] = []
    for path in sorted((root / "src/vocanalytics/demo/phrasings").glob("*.yml")):
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
        if isinstance(content, dict) and "name" in content:
            found += [(text, content["name"]) for text in (*content["customer"], *content["paraphrase"])]
    return found


def write_big_quarter(project: Path, source: Path, rows: int, accounts: int, *, tagged: bool, seed: int = 7) -> None:
    """Write `rows` rows of feedback and `accounts` accounts below a project folder.

    Parameters
    ----------
    project
        Where `data/` is written.
    source
        The checkout whose phrasings are used.
    tagged
        Whether each row carries its theme, as a tool with its own taxonomy exports it.
    """
    rng = random.Random(seed)
    raw, curated = project / "data/raw" / QUARTER, project / "data/curated" / QUARTER
    raw.mkdir(parents=True)
    curated.mkdir(parents=True)
    texts = phrasings(source)
    _write_accounts(raw / "accounts.csv", accounts, rng)
    with (raw / "feedback.csv").open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(COLUMNS if tagged else COLUMNS[:-1])
        for number in range(rows):
            writer.writerow(_row(number, texts, accounts, rng, tagged=tagged))
    names = sorted({name for _, name in texts})
    with (curated / "alignment.csv").open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(["theme", "relation", "score_cs", "rationale_cs", "score_product", "rationale_product"])
        writer.writerows((name, "adjacent", 3, "benchmark", 2, "benchmark") for name in names)


def _row(number: int, texts: list[tuple[str, str]], accounts: int, rng: random.Random, *, tagged: bool) -> list[object]:
    text, name = rng.choice(texts)
    text = f"{rng.choice(OPENERS)}{text}{rng.choice(CLOSERS)}"
    if number % 3 == 0:
        text += f" (ticket {rng.randrange(10_000_000)})"
    channel = rng.choice(("support_ticket", "survey", "csm_note"))
    day = LAST_DAY - timedelta(days=rng.randrange(92))
    row = [f"b:{number:08d}", "bench", channel, "customer", "customer", f"A-{rng.randrange(accounts):06d}"]
    row += [f"{day}T{rng.randrange(24):02d}:00:00Z", text, rng.randrange(11) if channel == "survey" else ""]
    row += [rng.choice(("none", "none", "inferred", "explicit")) if channel == "csm_note" else ""]
    row += [rng.choice(("0", "0", "0.5", "1")), "csm@example.com", f"https://desk.example/{number}"]
    return [*row, name] if tagged else row


def _write_accounts(path: Path, accounts: int, rng: random.Random) -> None:
    columns = "account_id account_name lifecycle tier is_icp arr currency renewal_date"
    columns += " seats_owned seats_addressable health"
    with path.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(columns.split())
        for number in range(accounts):
            tier = rng.choices(("enterprise", "mid_market", "smb"), (12, 33, 55))[0]
            arr = {"enterprise": 240_000, "mid_market": 48_000, "smb": 7_200}[tier] + rng.randrange(9_999)
            renewal = LAST_DAY + timedelta(days=rng.randint(-20, 420))
            seats = rng.randrange(5, 500)
            row = [f"A-{number:06d}", f"Account {number}", "customer", tier, "true", f"{arr}.00", "USD", renewal]
            writer.writerow([*row, seats, seats + rng.randrange(seats), rng.choice(("healthy", "at_risk", "unknown"))])
