"""Facts and scenarios written into the tables of a quarter, so that scoring them anew says what shaking should find."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import polars as pl
from quarters import MODEL, Rows, inputs

from vocanalytics.scoring import Inputs, Scored, score
from vocanalytics.scoring.scenarios import Scenario
from vocanalytics.settings import Model

RELATIONS = {1: "none", 2: "adjacent", 3: "adjacent", 4: "direct", 5: "direct"}


def build_at(composite: int, draws: int = 40) -> Model:
    """The model with another build threshold, so that small quarters have a shortlist, and fewer draws."""
    reading = MODEL.reading.model_copy(update={"build_at": composite, "defer_at": 5})
    firmness = MODEL.firmness.model_copy(update={"bootstraps": draws})
    return MODEL.model_copy(update={"reading": reading, "firmness": firmness})


def scored_as(rows: Rows, scenario: Scenario) -> Scored:
    """Everything scored from the start, with the scenario written into the tables."""
    given = without(inputs(rows), scenario.without)
    return score(replace(given, alignment=spoken(given.alignment, scenario.alignment)), rows.as_of, scenario.model)


def without(given: Inputs, account_ids: Sequence[str]) -> Inputs:
    """The accounts have churned; what they said is kept."""
    left = pl.col("account_id").is_in(list(account_ids))
    lifecycle = pl.when(left).then(pl.lit("churned")).otherwise(pl.col("lifecycle")).alias("lifecycle")
    return replace(given, accounts=given.accounts.with_columns(lifecycle))


def spoken(alignment: pl.DataFrame, voice: str) -> pl.DataFrame:
    """CS and Product change places where both spoke; or nobody but Product did. The relation goes with the score."""
    cs, product = pl.col("score_cs"), pl.col("score_product")
    both = cs.is_not_null() & product.is_not_null()
    if voice == "cs":
        swapped = pl.when(both).then(cs).otherwise(product), pl.when(both).then(product).otherwise(cs)
        alignment = alignment.with_columns(swapped[0].alias("score_product"), swapped[1].alias("score_cs"))
        why = pl.lit("swapped")
        alignment = alignment.with_columns(why.alias("rationale_cs"), why.alias("rationale_product"))
    if voice == "product":
        alignment = alignment.with_columns(pl.when(product.is_not_null()).then(cs).alias("score_cs"))
    relation = pl.coalesce("score_product", "score_cs").replace_strict(RELATIONS, default=None, return_dtype=pl.String)
    return alignment.with_columns(pl.coalesce(relation, "relation").alias("relation"))


def as_often_as(given: Inputs, times: Mapping[str, int]) -> Inputs:
    """Each account as many times as it was drawn, with a copy of all it said; an account drawn never has churned."""
    kept = without(given, [account_id for account_id, count in times.items() if count == 0])
    accounts, feedback, mentions = [kept.accounts], [kept.feedback], [kept.mentions]
    for copy in range(1, max(times.values(), default=0)):
        again = [account_id for account_id, count in times.items() if count > copy]
        suffix = pl.lit(f"#{copy}")
        drawn = pl.col("account_id").is_in(again)
        said = kept.feedback.filter(drawn)
        heard = kept.mentions.join(said, on="feedback_id", how="semi")
        accounts.append(kept.accounts.filter(drawn).with_columns(pl.col("account_id") + suffix))
        feedback.append(said.with_columns(pl.col("account_id", "feedback_id") + suffix))
        mentions.append(heard.with_columns(pl.col("feedback_id") + suffix))
    return replace(kept, accounts=pl.concat(accounts), feedback=pl.concat(feedback), mentions=pl.concat(mentions))


def otherwise(given: Inputs, fact: Mapping[str, Any]) -> Inputs:
    """The tables with one fact otherwise; a point of the first two scores stands in no table."""
    if fact["kind"] == "account_leaves":
        return without(given, [fact["account_id"]])
    if fact["kind"] == "signal_wrong":
        return _signalled(given, fact["theme_id"], fact["account_id"], fact["to_value"])
    return replace(given, alignment=_pointed(given, fact["theme_id"], int(fact["to_value"])))


def _signalled(given: Inputs, theme_id: str, account_id: str, signal: str) -> Inputs:
    """What the account said on this one theme becomes rows of its own, which state the signal."""
    of_account = given.feedback.filter(pl.col("account_id") == account_id)
    here = (pl.col("theme_id") == theme_id) & pl.col("feedback_id").is_in(of_account["feedback_id"].implode())
    own = pl.col("feedback_id") + pl.lit("/own")
    moved = given.mentions.with_columns(pl.when(here).then(own).otherwise(pl.col("feedback_id")).alias("feedback_id"))
    rows = of_account.join(given.mentions.filter(here), on="feedback_id", how="semi")
    rows = rows.with_columns(own.alias("feedback_id"), pl.lit(signal).alias("churn_signal"))
    return replace(given, feedback=pl.concat([given.feedback, rows]), mentions=moved)


def _pointed(given: Inputs, theme_id: str, score: int) -> pl.DataFrame:
    name = given.themes.row(by_predicate=pl.col("theme_id") == theme_id, named=True)["theme_name"]
    written = pl.col("theme").str.strip_chars().str.replace_all("_", " ").str.to_lowercase()
    here = written.is_in([theme_id.lower(), name.lower()])
    by_product = here & pl.col("score_product").is_not_null()
    return given.alignment.with_columns(
        pl.when(by_product).then(score).otherwise(pl.col("score_product")).alias("score_product"),
        pl.when(here & ~by_product).then(score).otherwise(pl.col("score_cs")).alias("score_cs"),
        pl.when(here).then(pl.lit(RELATIONS[score])).otherwise(pl.col("relation")).alias("relation"),
    )
