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
# Words that were in a known theme last quarter stay in it (`docs/codebook.md`).
# Beside them, for whoever writes the alignment: the bet of the roadmap that a theme may belong to.

# %% tags=["parameters"]
quarter: str = "2026Q3"
run_dir: str = "data/processed/scratch"
model: str = "pipelines/model.yml"
codebook: str = "data/curated/codebook.yml"
curated_dir: str = "data/curated"
history_dirs: str = ""

# %%
from pathlib import Path

from vocanalytics import tables, themes
from vocanalytics.settings import Quarter, enter_project, read_model, read_session

enter_project()
settings = read_model(Path(model))
feedback = tables.read_table(run_dir, "accepted_feedback")
roadmap = tables.read_table(run_dir, "roadmap")
session = read_session(curated_dir, Quarter.parse(quarter))

# %%
kept = themes.read_codebook(Path(codebook))
remembered = themes.read_remembered(history_dirs, kept, settings.themes.clip_chars)
found = themes.find_themes(feedback, kept, settings.themes, remembered)
accounts = tables.read_table(run_dir, "accounts")
found = themes.use_suggested_names(found, feedback, accounts, settings.themes, Path(curated_dir))
found.themes

# %% [markdown]
# What was left out, and why:

# %%
found.unclustered.group_by("reason").len().sort("reason")

# %% [markdown]
# The nearest bet of the published roadmap, where one is near; a suggestion is never a score:

# %%
suggested = themes.suggest_roadmap(found.themes, feedback, roadmap, session.held_on)
tables.write_frame(Path(run_dir) / "reading" / "roadmap_suggestions.parquet", suggested)
suggested

# %%
themes.write_themes(found, Path(run_dir))
found.summary
