# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Score
# In: feedback, accounts, mentions and what people decided. Out: for each theme the accounts behind it, three scores,
# the composite, the rank, and where it starts. `docs/formulas.md` derives every number.

# %% tags=["parameters"]
as_of: str = "2026-09-30"
run_dir: str = "data/processed/scratch"
previous_dir: str = ""
model: str = "pipelines/model.yml"

# %%
from datetime import date
from pathlib import Path

from vocanalytics import scoring
from vocanalytics.settings import enter_project, read_model

enter_project()
settings = read_model(Path(model))
inputs = scoring.read_inputs(Path(run_dir), previous_dir)

# %%
scored = scoring.score(inputs, date.fromisoformat(as_of), settings)
scored.theme_scores

# %% [markdown]
# Where each dollar comes from:

# %%
scored.theme_accounts

# %% [markdown]
# What counts and what does not; the rows add up to what was accepted:

# %%
scored.scope_summary

# %%
scoring.write_scored(scored, Path(run_dir))
scored.notes
