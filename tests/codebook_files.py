"""Codebooks as people write them, for the tests of curation: in every layout that YAML allows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path

from vocanalytics.themes import Curation

NASTY = """\
\ufeff# Our codebook. Ask Zoë before you change it: #1 rule.

---
themes:   # all of them

  # first theme, from 2024
  - theme_id:   "T-0001"     # never change
    name: 'It''s slow # really'
    description: >-   # folded on purpose
      Waiting, spinning,
      anything that takes long.

      # this is text, not a comment
    exemplars:
      - text: "The page \\"hangs\\" # always"   # said at a QBR
        feedback_id: 'tickets:1'
      # - text: an old one, commented out
      -   text: Es dauert ewig – 10 Sekunden 🐌
      - { text: 'flow, inside', feedback_id: "t:2" }   # short form

  # second theme
  - name: Bulk export          # the name first
    theme_id: T-0002

    status: active
    exemplars: [ {text: "Download all invoices"}, {text: 'Exportar todo'} ]  # both from Ana
    also_named:
      - "Mass export"   # until 2025
    # below the last key of the second theme

  - {theme_id: T-0003, name: "Dark, mode", status: proposed}   # one line
  -
    # the dash stands alone
    theme_id: T-0005
    name: |
      Single sign-on
    description: "SAML,
      OIDC"
    exemplars:
    - text: single sign-on with our identity provider
  - theme_id: T-0008
    name: Gone
    status: retired   # since May
    merged_into: T-0002
    exemplars:
    - text: an export for the auditors

# the end
pins:   # placed by hand
- sha256: "{pin}"   # somebody shouted
  theme_id: null
# really the end, without a newline""".replace("{pin}", "a" * 64)

PLAIN = """\
themes:
- theme_id: T-0001
  name: Bulk export
  exemplars:
  - text: "Download all invoices"
  - text: Exportar todo
- theme_id: T-0002
  name: Dark mode
"""


def clock() -> Callable[[], dt.datetime]:
    """A clock that goes on by a second each time it is asked."""
    ticks = iter(range(1_000_000))
    return lambda: dt.datetime(2026, 11, 22, 10, tzinfo=dt.UTC) + dt.timedelta(seconds=next(ticks))


def write(folder: Path, text: str = PLAIN) -> Path:
    """A codebook on disk."""
    path = folder / "codebook.yml"
    path.write_bytes(text.encode("utf-8"))
    return path


def curate(path: Path, by: str = "Maria") -> Curation:
    """Somebody at work on a codebook."""
    return Curation.open(path, by, clock())
