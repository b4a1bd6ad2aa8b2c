# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Themes
# In: accepted feedback and the codebook. Out: every verbatim in a theme, or left out with a reason.
# A theme that a person gave stays; known themes of the codebook come first; what is left is clustered.

# %% tags=["parameters"]
run_dir: str = "data/processed/scratch"
model: str = "pipelines/model.yml"
codebook: str = "data/curated/codebook.yml"

# %%
from pathlib import Path

from vocanalytics import tables, themes
from vocanalytics.settings import enter_project, read_model

enter_project()
settings = read_model(Path(model))
feedback = tables.read_table(run_dir, "accepted_feedback")

# %%
found = themes.find_themes(feedback, themes.read_codebook(Path(codebook)), settings.themes)
found.themes

# %% [markdown]
# What was left out, and why:

# %%
found.unclustered.group_by("reason").len().sort("reason")

# %%
themes.write_themes(found, Path(run_dir))
found.summary
