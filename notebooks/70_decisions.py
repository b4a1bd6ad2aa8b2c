# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Decisions
# In: the decision sheet that the session filled in, and the run it decided on. Out: the checked sheet, a memo for each
# decision, a pack for each CSM, and a file for the CRM. `docs/decisions.md` says what is checked.

# %% tags=["parameters"]
quarter: str = "2026Q3"
as_of: str = "2026-09-30"
run_dir: str = "data/processed/scratch"
scored_dir: str = "data/processed/scratch"
model: str = "pipelines/model.yml"
curated_dir: str = "data/curated"
run_id: str = "2026Q3-decisions-scratch"

# %%
from datetime import date
from pathlib import Path

from vocanalytics import decisions
from vocanalytics.report import load_run
from vocanalytics.report.memos import write_memos
from vocanalytics.report.packs import write_packs
from vocanalytics.settings import Quarter, enter_project, read_model
from vocanalytics.sources.curated_file import read_curated

enter_project()
settings = read_model(Path(model))
run = load_run(
    Path(scored_dir),
    quarter=Quarter.parse(quarter),
    as_of=date.fromisoformat(as_of),
    curated_dir=Path(curated_dir),
    run_id=Path(scored_dir).name,
)
sheet = read_curated(Path(curated_dir) / quarter, "decisions")
sheet.rows

# %% [markdown]
# Everything that was found in the sheet. What stops has to be corrected first; what is to be checked may be right:

# %%
review = decisions.check(
    sheet.rows,
    sheet.broken,
    scores=run["theme_scores"],
    accounts=run["accounts"],
    session=run.session,
    model=settings,
    quarter=run.quarter,
    sheet=sheet.path.as_posix(),
)
review

# %%
decided = review.decided()
decisions.write_notes(review, Path(run_dir))
decided.rows

# %% [markdown]
# Themes that needed no decision and got none:

# %%
decided.left_open

# %%
write_memos(decided, run, settings, Path(run_dir), run_id)

# %%
write_packs(decided, run, settings, Path(run_dir), run_id)
