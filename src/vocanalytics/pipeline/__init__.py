"""Runs the notebooks of a pipeline in order, records what they did, and publishes the result."""

from vocanalytics.pipeline.plan import Plan, make_plan
from vocanalytics.pipeline.quarters import default_month, default_quarter, quarters_with_data
from vocanalytics.pipeline.runner import Outcome, run

__all__ = ["Outcome", "Plan", "default_month", "default_quarter", "make_plan", "quarters_with_data", "run"]
