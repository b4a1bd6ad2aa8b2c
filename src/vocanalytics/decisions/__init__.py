"""What the session committed to: read strictly, checked against the run it decided on, with every fault at once."""

from vocanalytics.decisions.checking import check
from vocanalytics.decisions.customer_names import CustomerNames
from vocanalytics.decisions.findings import RULES, Finding
from vocanalytics.decisions.review import Decided, Review, write_notes
from vocanalytics.settings.decision_words import status_of

__all__ = ["RULES", "CustomerNames", "Decided", "Finding", "Review", "check", "status_of", "write_notes"]
