# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Validate
# In: the pulled text. Out: accepted rows with types, joined to accounts; quarantined rows with reason and advice;
# duplicates folded. Rows in = accepted + quarantined + duplicates, for every export.

# %% tags=["parameters"]
quarter: str = "2026Q3"
as_of: str = "2026-09-30"
run_dir: str = "data/processed/scratch"
model: str = "pipelines/model.yml"
suites_dir: str = "expectations"

# %%
from datetime import date
from pathlib import Path

from vocanalytics import contracts, sources, verbatims
from vocanalytics.settings import Quarter, enter_project, read_model

enter_project()
settings = read_model(Path(model))
pulled = sources.read_pulled(Path(run_dir))

# %%
validated = contracts.validate(
    pulled.tables, Path(suites_dir), Quarter.parse(quarter), date.fromisoformat(as_of), settings
)
validated.checks

# %% [markdown]
# Feedback finds its account by id, or by a hint that names exactly one:

# %%
matched = contracts.match_accounts(validated)
contracts.match_counts(matched)

# %% [markdown]
# The same message from the same account counts once:

# %%
folded = verbatims.fold_duplicates(matched)
folded.duplicates

# %% [markdown]
# Every row that came in is accounted for:

# %%
rows = contracts.account_for_rows(pulled, validated, folded)
rows

# %%
contracts.write_validated(validated, folded, rows, pulled, Path(run_dir))
