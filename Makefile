# Two commands to know: make quarterly, make test. The rest: make help
PYTHON ?= python3
QUARTER ?=
AS_OF ?=
RUN ?=
MONTH ?=
ACCEPT ?=
DATA ?=
SCALE ?=
WRITE ?=

ifneq (,$(filter command,$(origin quarter) $(origin as_of) $(origin run) $(origin month) $(origin accept) $(origin data) $(origin scale) $(origin write)))
$(error Write the names in capitals: QUARTER=, AS_OF=, RUN=, MONTH=, ACCEPT=, DATA=, SCALE=, WRITE=)
endif
ifneq (,$(filter-out yes,$(ACCEPT)))
$(error To write the proposed numbers: ACCEPT=yes)
endif
ifneq (,$(filter-out yes,$(WRITE)))
$(error To write the tables into docs/themes_benchmarks.md: WRITE=yes)
endif

VOC = .venv/bin/python -m vocanalytics
export VOC_QUARTER = $(QUARTER)
export VOC_AS_OF = $(AS_OF)
export VOC_RUN = $(RUN)
export VOC_MONTH = $(MONTH)
export VOC_DATA = $(DATA)
export VOC_SCALE = $(SCALE)

.DEFAULT_GOAL := help
.PHONY: help quarterly triage decisions thresholds naming demo explore verify codebook runs test check bench bench-themes lock sync encoders environment environment-dev environment-encoders

help: ## Say what each command does
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' Makefile

quarterly: environment ## Run a quarter and print where the report is: make quarterly QUARTER=2026Q3
	@$(VOC) quarterly --quarter "$$VOC_QUARTER" --as-of "$$VOC_AS_OF"

triage: environment ## List what is urgent in a month: make triage MONTH=2026-09
	@$(VOC) triage --month "$$VOC_MONTH" --as-of "$$VOC_AS_OF"

decisions: environment ## Check what the session decided, write memos and packs: make decisions QUARTER=2026Q3
	@$(VOC) decisions --quarter "$$VOC_QUARTER"

thresholds: environment ## Propose breakpoints from the accounts: make thresholds QUARTER=2026Q3; ACCEPT=yes writes them
	@$(VOC) thresholds --quarter "$$VOC_QUARTER" $(if $(ACCEPT),--accept)

naming: environment ## Show what a model would be asked about new themes, ask yes or no, keep its names
	@$(VOC) naming --quarter "$$VOC_QUARTER"

demo: environment ## Make two demonstration quarters of a fictitious company
	@$(VOC) demo

explore: environment ## Open the notebooks in JupyterLab
	@.venv/bin/python -m jupyterlab --LabApp.app_settings_dir=tools/jupyterlab --LabApp.news_url=None --LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate --LabApp.extension_manager=readonly notebooks

codebook: environment ## List who changed the themes of the codebook, when and why
	@$(VOC) codebook

runs: environment ## List the published runs
	@$(VOC) runs --quarter "$$VOC_QUARTER"

verify: environment ## Check that a published run is unchanged: make verify RUN=2026Q3-...
	@$(VOC) verify "$$VOC_RUN"

encoders: environment-encoders ## Fetch and prepare the weights of the encoders static and sentence, once
	@.venv/bin/python tools/encoders.py

test: environment-dev ## Run every test, with coverage
	@.venv/bin/python -m pytest --numprocesses 2 --dist loadfile --no-loadscope-reorder --cov --cov-report=term

check: environment-dev ## Check style, types, layers and notebooks
	@.venv/bin/python -m ruff check .
	@.venv/bin/python -m ruff format --check .
	@.venv/bin/python -m mypy
	@.venv/bin/lint-imports
	@.venv/bin/python tools/notebooks.py --check

bench: environment-dev ## Measure time and memory by stage, with and without notebooks
	@.venv/bin/python benchmarks/bench_pipeline.py

bench-themes: environment-dev ## Compare themes with people's labels: DATA=labelled.csv, SCALE=1000000, WRITE=yes
	@.venv/bin/python tools/bench_environment.py
	@.venv/bin/python benchmarks/bench_themes.py $(if $(DATA),--data "$$VOC_DATA") $(if $(SCALE),--scale "$$VOC_SCALE") $(if $(WRITE),--write)

sync: environment-dev ## Write the notebooks again from their text form
	@.venv/bin/python tools/notebooks.py

lock: ## Choose the newest allowed versions and write the lock files
	@$(PYTHON) tools/lock.py

environment:
	@$(PYTHON) tools/bootstrap.py requirements.lock

environment-dev:
	@$(PYTHON) tools/bootstrap.py requirements-dev.lock

environment-encoders:
	@$(PYTHON) tools/bootstrap.py requirements-encoders.lock
