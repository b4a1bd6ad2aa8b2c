# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Triage
# In: feedback, accounts and mentions of the quarter so far. Out: what cannot wait for the session, for a meeting of
# 30 minutes. Who counts and which signal counts is decided as in the quarterly score. `docs/triage.md` has the rules.

# %% tags=["parameters"]
quarter: str = "2026Q3"
month: str = "2026-09"
as_of: str = "2026-09-30"
run_dir: str = "data/processed/scratch"
model: str = "pipelines/model.yml"
curated_dir: str = "data/curated"
run_id: str = "2026-09-scratch"

# %%
from datetime import date
from pathlib import Path

from vocanalytics import report, scoring, tables, triage
from vocanalytics.settings import Month, Quarter, enter_project, read_model, read_session

enter_project()
settings = read_model(Path(model))
inputs = scoring.read_inputs(Path(run_dir))
pairs = scoring.account_pairs(inputs, date.fromisoformat(as_of), settings)

# %%
found = triage.triage(
    pairs.feedback,
    inputs.accounts,
    inputs.mentions,
    inputs.themes,
    pairs.theme_accounts,
    Month.parse(month),
    date.fromisoformat(as_of),
    settings,
    quarantine=tables.read_table(run_dir, "quarantine"),
)
found.urgent

# %% [markdown]
# What does not wait for the meeting either: referenceable logos at risk and competitive emergencies.

# %%
found.logos

# %%
found.emergencies

# %% [markdown]
# In and out are all:

# %%
found.counts

# %%
tables.write_table(run_dir, "feedback", pairs.feedback)
tables.write_table(run_dir, "theme_accounts", pairs.theme_accounts)
triage.write_triaged(found, Path(run_dir))
view = report.build_triage_page(
    found,
    Month.parse(month),
    date.fromisoformat(as_of),
    settings,
    session=read_session(Path(curated_dir), Quarter.parse(quarter)),
    run_id=run_id,
)
report.write_triage(view, found, Path(run_dir))
view.headline
