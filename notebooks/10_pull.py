# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Pull
# In: the exports in `data/raw/<quarter>/` and what people decided in `data/curated/<quarter>/`.
# Out: every cell as text, with the file and line it came from; a receipt for each file; lines that could not be read.

# %% tags=["parameters"]
quarter: str = "2026Q3"
run_dir: str = "data/processed/scratch"
model: str = "pipelines/model.yml"
raw_dir: str = "data/raw"
curated_dir: str = "data/curated"

# %%
from pathlib import Path

from vocanalytics import sources
from vocanalytics.settings import Quarter, enter_project, read_model

enter_project()
settings = read_model(Path(model))

# %%
pulled = sources.pull(
    Quarter.parse(quarter), Path(raw_dir), Path(curated_dir), settings.validation.max_quarantined_share
)
pulled.summary

# %% [markdown]
# Lines that could not be read, each with what to do about it:

# %%
pulled.quarantine

# %%
sources.write_pulled(pulled, Path(run_dir))
