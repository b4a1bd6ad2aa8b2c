"""What cannot wait for the session: churn signals near a renewal, logos at risk, a competitor in several accounts."""

from vocanalytics.triage.triaged import Triaged, triage, write_triaged

__all__ = ["Triaged", "triage", "write_triaged"]
