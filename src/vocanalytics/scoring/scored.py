"""The whole of step 40: from mentions and accounts to theme scores, with everything the report says about them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import polars as pl

from vocanalytics.scoring.adopting import adopted, adoption_notes
from vocanalytics.scoring.alignment import align
from vocanalytics.scoring.challenges import is_challenge
from vocanalytics.scoring.checks import check, counted_accounts
from vocanalytics.scoring.compared import compare
from vocanalytics.scoring.compliance import cpo_list
from vocanalytics.scoring.contributions import reduce_mentions, theme_accounts
from vocanalytics.scoring.facts import gather
from vocanalytics.scoring.flags import flagged, named_cases
from vocanalytics.scoring.inputs import Inputs
from vocanalytics.scoring.merged import merge_notes, resolved
from vocanalytics.scoring.notes import (
    account_notes,
    bet_notes,
    compliance_notes,
    curated_notes,
    scope_notes,
    shortlist_notes,
)
from vocanalytics.scoring.overrides import override
from vocanalytics.scoring.ranks import place
from vocanalytics.scoring.rescoring import disputes, override_status
from vocanalytics.scoring.rules import rules
from vocanalytics.scoring.sales import sales_accounts, sales_list
from vocanalytics.scoring.scope import in_scope_mentions, scope_feedback, scope_summary
from vocanalytics.scoring.scores import score_themes, theme_scores
from vocanalytics.settings import Model


@dataclass(frozen=True)
class Scored:
    """What scoring found; each frame is described in `docs/formulas.md`.

    Attributes
    ----------
    feedback
        Every accepted row with `scope` and `scope_reason`.
    theme_accounts, theme_scores
        The two tables of the run, exact.
    scope_summary
        `scope, rows, accounts, arr`; `arr` is null where no account is known.
    override_status
        Every override with `status, why` and the place with and without it.
    disputes
        Where CS and Product differ, with the effect of either score.
    baseline
        `theme_id, tier, asking, of, share, is_baseline`; the flag is decided in whole numbers, `share` is for display.
    sales_list, sales_accounts
        What prospects ask for, never scored: a row per theme, and a row per theme and prospect with the state of the
        deal.
    cpo_list
        Themes that people put on the CPO list, asked to put there, or that only words suggest for it.
    named_cases
        `theme_id, theme_name, case, reading`.
    challenges, overrides_expired, outcomes, recurrence
        This quarter beside the ones before: themes for leadership, overrides that ended, what became of each decision,
        and which themes are new.
    notes
        Sentences for the report: open work, overrides not applied, the size of the shortlist.
    """

    feedback: pl.DataFrame
    theme_accounts: pl.DataFrame
    theme_scores: pl.DataFrame
    scope_summary: pl.DataFrame
    override_status: pl.DataFrame
    disputes: pl.DataFrame
    baseline: pl.DataFrame
    sales_list: pl.DataFrame
    sales_accounts: pl.DataFrame
    cpo_list: pl.DataFrame
    named_cases: pl.DataFrame
    challenges: pl.DataFrame
    overrides_expired: pl.DataFrame
    outcomes: pl.DataFrame
    recurrence: pl.DataFrame
    notes: tuple[str, ...]


def score(inputs: Inputs, as_of: dt.date, model: Model, *, session_day: dt.date | None = None) -> Scored:
    """Score and rank the themes of a quarter so that every number can be read back to its rows.

    Parameters
    ----------
    inputs
        The tables of the run so far, the curated files, and last quarter's scores.
    as_of
        The day on which the scoring clock stands still.
    model
        Every factor, breakpoint and rule.
    session_day
        The day of the session: what was published on the roadmap after it cannot be aligned with. None where nobody
        wrote it down.

    Returns
    -------
    Scored
        The tables of the run and what the report says about them.

    Raises
    ------
    ScoringError
        When tables or curated files contradict each other, or a number could not be exact.
    """
    check(inputs)
    parts = tuple(merge_notes(inputs))
    inputs = resolved(inputs)
    taken = (*parts, *adoption_notes(inputs.history, inputs.themes))
    inputs, numbers = adopted(inputs), rules(model)
    themes, mentions, accounts = inputs.themes, inputs.mentions, inputs.accounts
    aligned = align(inputs.alignment, themes, inputs.roadmap, model.alignment, session_day=session_day)
    overridden = override(inputs.overrides, themes, as_of)
    scoped = scope_feedback(inputs.feedback, accounts, mentions, overridden.compliance)
    counted = counted_accounts(accounts)
    in_scope = in_scope_mentions(scoped, mentions)
    by_theme_account = reduce_mentions(in_scope, counted, as_of, numbers)
    by_theme, baseline = score_themes(themes, by_theme_account, counted, numbers)
    challenge = is_challenge(inputs.history, model.reading)
    gathered = gather(by_theme, baseline, aligned, overridden, inputs.previous, challenge)
    placed = flagged(place(gathered, model.reading))
    past = compare(placed, aligned, overridden, inputs, as_of, model)
    by_prospect = sales_accounts(scoped, accounts, mentions, themes)
    listed = cpo_list(placed, overridden.by_theme, scoped, in_scope, model.compliance)
    return Scored(
        feedback=scoped,
        theme_accounts=theme_accounts(by_theme_account),
        theme_scores=theme_scores(placed),
        scope_summary=scope_summary(scoped, accounts),
        override_status=override_status(placed, overridden.by_theme, model.reading),
        disputes=disputes(placed, aligned.by_theme, model.reading),
        baseline=baseline,
        sales_list=sales_list(by_prospect),
        sales_accounts=by_prospect,
        cpo_list=listed,
        named_cases=named_cases(placed, model.reading),
        challenges=past.challenges,
        overrides_expired=past.overrides_expired,
        outcomes=past.outcomes,
        recurrence=past.recurrence,
        notes=(
            *curated_notes(aligned, overridden, placed),
            *bet_notes(inputs.roadmap, session_day, as_of),
            *compliance_notes(listed),
            *shortlist_notes(placed, model.reading),
            *taken,
            *past.notes,
            *account_notes(by_theme_account, counted),
            *scope_notes(scoped),
        ),
    )
