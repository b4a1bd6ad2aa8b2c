"""What the themes step leaves for the next one."""

from __future__ import annotations

import json
from pathlib import Path

from vocanalytics.tables import write_table
from vocanalytics.themes.result import ThemesResult


def write_themes(found: ThemesResult, run_dir: Path) -> None:
    """Keep mentions, themes and what was left out as tables of the run, and the summary as `themes.json`."""
    write_table(run_dir, "mentions", found.mentions)
    write_table(run_dir, "themes", found.themes)
    write_table(run_dir, "unclustered", found.unclustered)
    text = json.dumps(found.summary, sort_keys=True, indent=2, ensure_ascii=False, allow_nan=False)
    (run_dir / "themes.json").write_text(text + "\n", encoding="utf-8")
