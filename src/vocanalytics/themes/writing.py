"""What the themes step leaves for the next one."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from vocanalytics.tables import write_frame, write_table
from vocanalytics.themes.result import ThemesResult

if TYPE_CHECKING:
    from vocanalytics.themes.languages import Languages


def write_themes(found: ThemesResult, run_dir: Path) -> None:
    """Keep mentions, themes and what was left out as tables of the run, and the summary as `themes.json`.

    What is only read is kept under `reading/`: `languages` and `one_language_themes`, and `verbatim_languages`, the
    language of each verbatim. So is `theme_aliases`, by which later steps know themes that were merged or renamed.
    """
    write_table(run_dir, "mentions", found.mentions)
    write_table(run_dir, "themes", found.themes)
    write_table(run_dir, "unclustered", found.unclustered)
    text = json.dumps(found.summary, sort_keys=True, indent=2, ensure_ascii=False, allow_nan=False)
    (run_dir / "themes.json").write_text(text + "\n", encoding="utf-8")
    if found.aliases is not None:
        write_frame(run_dir / "reading" / "theme_aliases.parquet", found.aliases)
    if found.languages is not None:
        _write_languages(found.languages, run_dir / "reading")


def _write_languages(languages: Languages, folder: Path) -> None:
    write_frame(folder / "languages.parquet", languages.by_language)
    write_frame(folder / "one_language_themes.parquet", languages.one_language_themes)
    write_frame(folder / "verbatim_languages.parquet", languages.by_verbatim)
