# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Pre-read
# In: the scored run. Out: the report that the room reads, the workbook, and the decision sheet to fill in.
# The page is put together from what the cells below show; nothing else of this notebook is in it.

# %% tags=["parameters"]
quarter: str = "2026Q3"
as_of: str = "2026-09-30"
run_dir: str = "data/processed/scratch"
previous_dir: str = ""
model: str = "pipelines/model.yml"
curated_dir: str = "data/curated"
run_id: str = "2026Q3-scratch"
ledger_head: str = ""

# %%
from datetime import date
from pathlib import Path

from vocanalytics import report
from vocanalytics.settings import Quarter, enter_project, read_model

enter_project()
settings = read_model(Path(model))
run = report.load_run(
    Path(run_dir),
    quarter=Quarter.parse(quarter),
    as_of=date.fromisoformat(as_of),
    curated_dir=Path(curated_dir),
    previous_dir=previous_dir,
    run_id=run_id,
    ledger_head=ledger_head,
)
view = report.build_view(run, settings)
pages = report.Pages(view)
pages.style

# %%
pages.masthead

# %%
pages.bottom_line

# %%
pages.ranking

# %%
pages.money

# %%
pages.settle

# %%
pages.changes_and_firmness

# %%
pages.decisions

# %%
report.write_outputs(view, run, settings, Path(run_dir))
pages.appendices
