"""Who counts, what each account adds, what each theme scores, and where each theme starts."""

from vocanalytics.scoring.firmness import Firm, firmness, write_firmness
from vocanalytics.scoring.inputs import Inputs, read_inputs, write_scored
from vocanalytics.scoring.pairs import AccountPairs, account_pairs
from vocanalytics.scoring.scored import Scored, score

__all__ = [
    "AccountPairs",
    "Firm",
    "Inputs",
    "Scored",
    "account_pairs",
    "firmness",
    "read_inputs",
    "score",
    "write_firmness",
    "write_scored",
]
