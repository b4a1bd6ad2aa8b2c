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
quarter: str = "2026Q3"
as_of: str = "2026-09-30"
run_dir: str = "data/processed/scratch"
previous_dir: str = ""
history_dirs: str = ""
model: str = "pipelines/model.yml"
curated_dir: str = "data/curated"

# %%
from datetime import date
from pathlib import Path

from vocanalytics import beside, scoring
from vocanalytics.settings import Quarter, enter_project, read_model, read_session

enter_project()
settings = read_model(Path(model))
inputs = scoring.read_inputs(Path(run_dir), previous_dir, history_dirs, Quarter.parse(quarter))
session = read_session(curated_dir, Quarter.parse(quarter))

# %%
scored = scoring.score(inputs, date.fromisoformat(as_of), settings, session_day=session.held_on)
scored.theme_scores

# %% [markdown]
# Where each dollar comes from:

# %%
scored.theme_accounts

# %% [markdown]
# What counts and what does not; the rows add up to what was accepted:

# %%
scored.scope_summary

# %% [markdown]
# What prospects ask for, and what people or words put before the CPO; neither moves a rank:

# %%
scored.sales_list

# %%
scored.cpo_list

# %% [markdown]
# How firm each place is: scored again under every named scenario and with accounts drawn again (`docs/firmness.md`):

# %%
firm = scoring.firmness(inputs, scored, settings)
scoring.write_firmness(firm, Path(run_dir))
firm.rank_ranges

# %% [markdown]
# What the verbatims sound like, beside the score and never in it (`docs/beside_the_score.md`):

# %%
heard = beside.by_theme(beside.read_marks(scored.feedback), scored.feedback, inputs.mentions)
beside.write_beside(heard, Path(run_dir))
heard.heat

# %%
scoring.write_scored(scored, Path(run_dir))
scored.notes
