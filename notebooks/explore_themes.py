# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Explore the themes
# In: the themes of a published run. Out: what you change goes to `data/curated/codebook.yml` at once, and applies from
# the next `make quarterly`; the published run stays as it is. `docs/curation.md` says what each control does.

# %% tags=["parameters"]
quarter: str = ""

# %%
from vocanalytics import explore
from vocanalytics.cli.quarterly import now
from vocanalytics.settings import enter_project

root = enter_project()
atlas = explore.open_atlas(root, quarter)
atlas

# %% [markdown]
# Drag over the map to select verbatims, click a point or a name to choose a theme. Every change can be taken back.

# %%
explore.curate(atlas, root / "data/curated/codebook.yml", now)

# %% [markdown]
# How good are the themes? Fifty verbatims that the machine placed, drawn by lot, the same fifty for everybody. Two
# people who label them without looking at each other's labels show how far the question has one answer at all.

# %%
explore.label(atlas, root / "data/curated", now)
