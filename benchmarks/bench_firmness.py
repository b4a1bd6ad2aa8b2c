"""What shaking the ranking costs, beside placing the themes once per scenario with scoring's own calls.

    python benchmarks/bench_firmness.py [themes accounts pairs]

Everything runs in one sitting, in CPU seconds: the ratios are what counts.
"""

from __future__ import annotations

import datetime as dt
import random
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import polars as pl

from vocanalytics import scoring
from vocanalytics.scoring import Inputs
from vocanalytics.scoring.checks import counted_accounts
from vocanalytics.scoring.contributions import reduce_mentions
from vocanalytics.scoring.ranks import place
from vocanalytics.scoring.rules import rules
from vocanalytics.scoring.scope import in_scope_mentions
from vocanalytics.scoring.scores import score_themes
from vocanalytics.settings import read_model
from vocanalytics.tables import empty
from vocanalytics.vocabulary import ACCOUNTS, ALIGNMENT, MATCHED_FEEDBACK, MENTIONS, OVERRIDES, ROADMAP, THEMES, Table

AS_OF = dt.date(2026, 9, 30)
Found = TypeVar("Found")


def big_inputs(themes: int, accounts: int, pairs: int, seed: int = 7) -> Inputs:
    """A quarter of so many themes, accounts and distinct pairs of them, one mention each."""
    rng = random.Random(seed)
    chosen = [divmod(cell, accounts) for cell in rng.sample(range(themes * accounts), pairs)]
    ids = [f"T-{number:04d}" for number in range(themes)]
    return Inputs(
        feedback=_feedback(chosen, rng),
        accounts=_accounts(accounts, rng),
        mentions=_table(
            MENTIONS,
            feedback_id=[f"b:{row}" for row in range(pairs)],
            theme_id=[ids[theme] for theme, _ in chosen],
            assigned_by="machine",
        ),
        themes=_table(THEMES, theme_id=ids, theme_name=ids, status="active", mentions=0),
        roadmap=empty(ROADMAP),
        alignment=_table(
            ALIGNMENT,
            theme=ids,
            relation="adjacent",
            score_cs=[rng.choice((2, 3, 5)) for _ in ids],
            rationale_cs="benchmark",
            score_product=[rng.choice((2, 3)) for _ in ids],
            rationale_product="benchmark",
        ),
        overrides=empty(OVERRIDES),
    )


def _feedback(chosen: list[tuple[int, int]], rng: random.Random) -> pl.DataFrame:
    signals = [rng.choice(("none", "none", "inferred", "explicit", None)) for _ in chosen]
    frame = _table(
        MATCHED_FEEDBACK,
        feedback_id=[f"b:{row}" for row in range(len(chosen))],
        account_id=[f"A-{account:06d}" for _, account in chosen],
        churn_signal=signals,
        source="bench",
        channel="csm_note",
        verbatim="words",
        account_match="id",
    )
    return frame.with_columns(dependency=pl.lit("0.5").cast(pl.Decimal(6, 3)))


def _accounts(count: int, rng: random.Random) -> pl.DataFrame:
    tiers = rng.choices(("enterprise", "mid_market", "smb"), (12, 33, 55), k=count)
    typical = {"enterprise": 240_000, "mid_market": 48_000, "smb": 7_200}
    arr = [f"{typical[tier] + rng.randrange(9_999)}.{rng.randrange(100):02d}" for tier in tiers]
    return _table(
        ACCOUNTS,
        account_id=[f"A-{number:06d}" for number in range(count)],
        account_name=[f"Account {number}" for number in range(count)],
        tier=tiers,
        arr=pl.Series(arr).cast(pl.Decimal(18, 2)),
        renewal_date=[AS_OF + dt.timedelta(days=rng.randint(-20, 420)) for _ in tiers],
        lifecycle="customer",
        is_icp=True,
        currency="USD",
    )


def _table(table: Table, **columns: object) -> pl.DataFrame:
    given = {name: values for name, values in columns.items() if not isinstance(values, str | int)}
    same = {name: pl.lit(value) for name, value in columns.items() if name not in given}
    schema = empty(table).schema
    missing = [pl.lit(None).alias(name) for name in schema if name not in columns]
    return pl.DataFrame(given).with_columns(*missing, **same).select(schema.names()).cast(pl.Schema(schema))


def timed(label: str, call: Callable[[], Found]) -> tuple[Found, float]:
    """The result of a call and its CPU seconds, printed: another program on the machine does not count."""
    start = time.process_time()
    found = call()
    seconds = time.process_time() - start
    print(f"{label}: {seconds:.2f} CPU s", flush=True)
    return found, seconds


def main(themes: int, accounts: int, pairs: int) -> None:
    """Measure one size."""
    root = Path(__file__).resolve().parent.parent
    model = read_model(root / "pipelines/model.yml")
    inputs = big_inputs(themes, accounts, pairs)
    scored, once = timed("score, once", lambda: scoring.score(inputs, AS_OF, model))
    firm, seconds = timed("firmness, whole", lambda: scoring.firmness(inputs, scored, model))
    rescorings = firm.sensitivity["scenario"].n_unique() + model.firmness.bootstraps
    numbers, counted = rules(model), counted_accounts(inputs.accounts)
    behind = reduce_mentions(in_scope_mentions(scored.feedback, inputs.mentions), counted, AS_OF, numbers)
    ready = scored.theme_scores.with_columns(
        is_disputed=pl.lit(False),
        is_baseline=pl.lit(False),
        override=pl.lit(None, dtype=pl.String),
    ).drop("composite", "rank", "start")
    each = range(rescorings)
    _, placing = timed("place, once per scenario", lambda: [place(ready, model.reading) for _ in each])
    _, summing = timed(
        "score_themes, once per scenario", lambda: [score_themes(inputs.themes, behind, counted, numbers) for _ in each]
    )
    print(f"{rescorings} rescorings of {themes} themes, {accounts} accounts, {pairs} pairs; as many times as firmness:")
    print(f"place {placing / seconds:.1f}, with score_themes {(placing + summing) / seconds:.1f}")
    print(f"score anew, from one score: {once * rescorings / seconds:.0f}")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:4] or (150, 5_000, 60_000)))
