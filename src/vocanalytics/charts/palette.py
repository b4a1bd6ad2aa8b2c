"""The colors of the marks; each has a contrast of at least 3 to 1 with white, and none means anything alone."""

from __future__ import annotations

INK = "#17202b"
INK_SECOND = "#4a5563"
RULE = "#d9dee5"
RULE_DARK = "#7a8592"
RISK = "#b5410b"
GROW = "#1763a6"
NAVY = "#0b2f52"
