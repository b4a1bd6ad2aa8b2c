"""What is shown beside the score cannot move it: each column of it is changed, and no rank, score or dollar changes."""

from __future__ import annotations

import ast
import random
import tomllib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from quarters import AS_OF, MODEL, inputs, seeded

from vocanalytics import scoring
from vocanalytics.scoring import Inputs, Scored
from vocanalytics.scoring.checks import counted_accounts
from vocanalytics.scoring.contributions import reduce_mentions, theme_accounts
from vocanalytics.scoring.overrides import override
from vocanalytics.scoring.rules import rules
from vocanalytics.scoring.scope import in_scope_mentions, scope_feedback
from vocanalytics.scoring.scores import score_themes
from vocanalytics.vocabulary import AUTHOR_ROLES, CHANNELS, USAGE_TRENDS, VOICES, DealOutcome

LEADS_TO_A_SCORE = {"feedback_id", "account_id", "account_match", "churn_signal", "dependency"}
SCORING = (
    "alignment", "checks", "contributions", "facts", "flags", "overrides", "ranks", "rules", "scope", "scores",
)  # fmt: skip
WORDS = (
    "This is outrageous!!! THIRD time I ask 😡", "We LOVE it, a lifesaver 🎉", "It would be great if it worked.",
    "We are leaving.", "Far too expensive per seat", "how do I do this?", "", "ok", "Das geht nicht.",
)  # fmt: skip
Change = Callable[[random.Random, str], Any]

#: Each column that is shown beside the score, or is only context, and a value that the quarter may hold instead.
CHANGES: dict[str, Change] = {
    "verbatim": lambda rng, _: rng.choice(WORDS),
    "channel": lambda rng, _: rng.choice(CHANNELS),
    "voice": lambda rng, _: rng.choice((None, *VOICES)),
    "author_role": lambda rng, _: rng.choice((None, *AUTHOR_ROLES)),
    "nps": lambda rng, _: rng.choice((None, *range(11))),
    "csat": lambda rng, _: rng.choice((None, "1", "5")),
    "usage_trend": lambda rng, _: rng.choice((None, *USAGE_TRENDS)),
    "subject": lambda rng, _: rng.choice((None, "URGENT", "thanks")),
    "language": lambda rng, _: rng.choice((None, "en", "de", "pt")),
    "created_at": lambda rng, _: f"2026-{rng.choice(('07', '08', '09'))}-{rng.randrange(1, 31):02d}T12:00:00Z",
    "deal_outcome": lambda rng, _: rng.choice((None, *(outcome.value for outcome in DealOutcome))),
    "competitor": lambda rng, _: rng.choice((None, "Rival", "Other Rival")),
    "csm": lambda rng, _: rng.choice((None, "ada", "bo")),
    "url": lambda rng, feedback_id: rng.choice((None, f"https://desk.example/{feedback_id}")),
    "source": lambda rng, _: rng.choice(("desk", "survey", "notes")),
    "account_hint": lambda rng, _: rng.choice((None, "Account A-001")),
}


def changed(ready: Inputs, names: list[str], seed: int) -> Inputs:
    rng = random.Random(seed)
    ids = ready.feedback["feedback_id"].to_list()
    columns = [typed(name, [CHANGES[name](rng, one) for one in ids], ready.feedback.schema[name]) for name in names]
    return replace(ready, feedback=ready.feedback.with_columns(columns))


def typed(name: str, values: list[Any], dtype: pl.DataType) -> pl.Series:
    if isinstance(dtype, pl.Datetime):
        return pl.Series(name, values, dtype=pl.String).str.to_datetime(
            "%Y-%m-%dT%H:%M:%SZ", time_unit="us", time_zone="UTC"
        )
    return pl.Series(name, values).cast(dtype)


def said_again(ready: Inputs, times: int) -> Inputs:
    """Every row and its mentions several times over, as if the loud had been louder."""
    again = [pl.lit("").alias("suffix"), *(pl.lit(f"#{number}").alias("suffix") for number in range(1, times))]

    def repeated(frame: pl.DataFrame) -> pl.DataFrame:
        copies = pl.concat([frame.with_columns(suffix) for suffix in again])
        return copies.with_columns(pl.col("feedback_id") + pl.col("suffix")).drop("suffix")

    return replace(ready, feedback=repeated(ready.feedback), mentions=repeated(ready.mentions))


def score(ready: Inputs) -> Scored:
    return scoring.score(ready, AS_OF, MODEL)


def assert_same(one: Scored, other: Scored, *without: str) -> None:
    for name in ("theme_scores", "theme_accounts"):
        assert getattr(one, name).drop(without).equals(getattr(other, name).drop(without)), name


@pytest.fixture(scope="module")
def quarter() -> tuple[Inputs, Scored]:
    ready = inputs(seeded(11))
    return ready, score(ready)


@pytest.mark.parametrize("name", sorted(CHANGES))
def test_no_column_beside_the_score_moves_it(quarter: tuple[Inputs, Scored], name: str) -> None:
    ready, before = quarter
    for seed in range(3):
        other = changed(ready, [name], seed)
        assert not other.feedback[name].equals(ready.feedback[name])
        assert_same(score(other), before)


@given(seed=st.integers(0, 10_000), chance=st.integers(0, 10_000), times=st.integers(1, 4))
@settings(
    max_examples=15, deadline=None, phases=(Phase.explicit, Phase.reuse, Phase.generate)
)  # a seed does not shrink
def test_all_of_them_together_move_nothing(seed: int, chance: int, times: int) -> None:
    ready = inputs(seeded(seed))
    other = said_again(changed(ready, sorted(CHANGES), chance), times)
    assert_same(score(other), score(ready), "mentions")


@pytest.mark.parametrize("times", [2, 5])
def test_saying_everything_again_moves_nothing_but_the_count(quarter: tuple[Inputs, Scored], times: int) -> None:
    ready, before = quarter
    after = score(said_again(ready, times))
    assert_same(after, before, "mentions")
    assert (after.theme_scores["mentions"] == before.theme_scores["mentions"] * times).all()
    assert (before.theme_scores["mentions"] > 0).any()


@pytest.mark.parametrize(
    ("column", "value"), [("churn_signal", "explicit"), ("dependency", "1"), ("account_id", "A-001")]
)
def test_what_leads_to_a_score_does_move_it(quarter: tuple[Inputs, Scored], column: str, value: str) -> None:
    ready, before = quarter
    changed_rows = ready.feedback.with_columns(pl.lit(value).cast(ready.feedback.schema[column]).alias(column))
    after = score(replace(ready, feedback=changed_rows))
    assert not after.theme_scores.drop("mentions").equals(before.theme_scores.drop("mentions"))


@pytest.mark.parametrize("seed", range(4))
def test_five_columns_of_the_feedback_lead_to_a_score(seed: int) -> None:
    ready = inputs(seeded(seed))
    narrow = ready.feedback.select(sorted(LEADS_TO_A_SCORE))
    compliance = override(ready.overrides, ready.themes, AS_OF).compliance
    scoped = scope_feedback(narrow, ready.accounts, ready.mentions, compliance)
    counted, numbers = counted_accounts(ready.accounts), rules(MODEL)
    behind = reduce_mentions(in_scope_mentions(scoped, ready.mentions), counted, AS_OF, numbers)
    totals, _ = score_themes(ready.themes, behind, counted, numbers)
    whole = score(ready)
    assert theme_accounts(behind).equals(whole.theme_accounts)
    columns = ["theme_id", "accounts", "weighted_count", "revenue_score", "breadth_score"]
    assert totals.select(columns).sort("theme_id").equals(whole.theme_scores.select(columns).sort("theme_id"))


@pytest.mark.parametrize("seed", range(4))
def test_a_score_needs_nothing_that_stays_beside_it(seed: int) -> None:
    ready = inputs(seeded(seed))
    emptied = ready.feedback.with_columns(
        pl.lit(None, dtype=dtype).alias(name)
        for name, dtype in ready.feedback.schema.items()
        if name not in LEADS_TO_A_SCORE
    )
    assert_same(score(replace(ready, feedback=emptied)), score(ready))


def named_in(path: Path) -> set[str]:
    """Every name and text in the code of a module, its documentation left out."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    words = {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    words |= {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    words |= {node.arg for node in ast.walk(tree) if isinstance(node, ast.keyword | ast.arg) and node.arg}
    return words | {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}


def test_no_module_of_the_score_names_what_stays_beside_it(root: Path) -> None:
    package = root / "src" / "vocanalytics"
    beside = (set(CHANGES) - {"source"}) | {"links", "tone", "heat", "register", "insight", "nps_group"}
    for path in (package / "formulas.py", *(package / "scoring" / f"{name}.py" for name in SCORING)):
        assert not named_in(path) & beside, path.name
    assert "churn_signal" in named_in(package / "scoring" / "contributions.py")


def test_scoring_cannot_import_what_stays_beside_it(root: Path) -> None:
    (contract,) = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"][
        "contracts"
    ]
    stages = [set(layer.split(" | ")) for layer in contract["layers"]]
    (shared,) = [layer for layer in stages if "scoring" in layer]
    assert contract["type"] == "layers"
    assert "beside" in shared
    for path in (root / "src" / "vocanalytics" / "scoring").glob("*.py"):
        assert "vocanalytics.beside" not in path.read_text(encoding="utf-8"), path.name
