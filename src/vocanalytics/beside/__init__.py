"""What is shown beside the score and never enters it: tone, heat, register, insight, channels, voices, trends."""

from vocanalytics.beside.counts import Beside, by_theme, write_beside
from vocanalytics.beside.marks import INSIGHTS, REGISTERS, TONES, read_marks

__all__ = ["INSIGHTS", "REGISTERS", "TONES", "Beside", "by_theme", "read_marks", "write_beside"]
