# Two commands to know: make quarterly, make test. The rest: make help
PYTHON ?= python3
QUARTER ?=
AS_OF ?=
RUN ?=
MONTH ?=
ACCEPT ?=

ifneq (,$(filter command,$(origin quarter) $(origin as_of) $(origin run) $(origin month) $(origin accept)))
$(error Write the names in capitals: QUARTER=, AS_OF=, RUN=, MONTH=, ACCEPT=)
endif
ifneq (,$(filter-out yes,$(ACCEPT)))
$(error To write the proposed numbers: ACCEPT=yes)
endif

VOC = .venv/bin/python -m vocanalytics
export VOC_QUARTER = $(QUARTER)
export VOC_AS_OF = $(AS_OF)
export VOC_RUN = $(RUN)
export VOC_MONTH = $(MONTH)

.DEFAULT_GOAL := help
.PHONY: help quarterly triage decisions thresholds demo explore verify runs test check bench lock sync environment environment-dev

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

demo: environment ## Make two demonstration quarters of a fictitious company
	@$(VOC) demo

explore: environment ## Open the notebooks in JupyterLab
	@.venv/bin/python -m jupyterlab notebooks

runs: environment ## List the published runs
	@$(VOC) runs --quarter "$$VOC_QUARTER"

verify: environment ## Check that a published run is unchanged: make verify RUN=2026Q3-...
	@$(VOC) verify "$$VOC_RUN"

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

sync: environment-dev ## Write the notebooks again from their text form
	@.venv/bin/python tools/notebooks.py

lock: ## Choose the newest allowed versions and write both lock files
	@$(PYTHON) tools/lock.py

environment:
	@$(PYTHON) tools/bootstrap.py requirements.lock

environment-dev:
	@$(PYTHON) tools/bootstrap.py requirements-dev.lock
