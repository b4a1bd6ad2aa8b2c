# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Explore the thresholds
# In: the accounts of a published run, and the scores of up to four quarters. Out: breakpoints for revenue and breadth
# that fit the company, to look at. Nothing is written here; `make thresholds ACCEPT=yes` writes them, and runs only use
# what is written. `docs/thresholds.md` explains the method.

# %% tags=["parameters"]
quarter: str = ""

# %%
import altair as alt

from vocanalytics import charts
from vocanalytics.cli.thresholds import study_on_record
from vocanalytics.settings import enter_project
from vocanalytics.thresholds import readable

alt.renderers.enable("svg")
study = study_on_record(enter_project(), quarter)
readable(study.tiers)

# %% [markdown]
# Where the accounts lie. Dashed: the breakpoints of revenue that runs use now; solid: those proposed.

# %%
charts.arr_by_tier(study.bins, study.breakpoints, study.currency)

# %% [markdown]
# The breakpoints for the scores 2 to 5, now and proposed, and what each was read from:

# %%
readable(study.breakpoints)

# %% [markdown]
# How many themes would have had each score. Breakpoints that put nearly all of them into one score tell nobody
# anything:

# %%
charts.score_distributions(study.scores)

# %% [markdown]
# What it would have changed: per quarter, then theme by theme.

# %%
readable(study.quarters)

# %%
readable(study.changes)

# %%
study.notes
