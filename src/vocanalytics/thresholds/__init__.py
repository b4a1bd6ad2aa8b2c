"""Breakpoints proposed from the company's own accounts; a run never calls this, it uses what `model.yml` says."""

from vocanalytics.thresholds.proposing import Breakpoints, Proposal, propose, written
from vocanalytics.thresholds.rescoring import rescore
from vocanalytics.thresholds.showing import readable
from vocanalytics.thresholds.studies import Recorded, Study, read_accounts, read_recorded, study

__all__ = [
    "Breakpoints",
    "Proposal",
    "Recorded",
    "Study",
    "propose",
    "read_accounts",
    "read_recorded",
    "readable",
    "rescore",
    "study",
    "written",
]
