"""Who counts, what each account adds, what each theme scores, and where each theme starts."""

from vocanalytics.scoring.inputs import Inputs, read_inputs, write_scored
from vocanalytics.scoring.scored import Scored, score

__all__ = ["Inputs", "Scored", "read_inputs", "score", "write_scored"]
