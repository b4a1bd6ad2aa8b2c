"""What people decided: the curated files of both quarters, and the codebook."""

from __future__ import annotations

import yaml

from vocanalytics.demo import QUARTERS
from vocanalytics.demo.resources import file_names, read_bytes
from vocanalytics.demo.texts import ThemeTexts, themes

_HEADER = """\
# The codebook: the themes that your company listens for. People own this file; the machine only proposes.
#
# Each theme has
#   theme_id      permanent, never used again for something else: curated files and past reports refer to it
#   name          what you call it in the session; renaming it changes no score
#   description   one sentence that settles doubtful cases: what belongs here, what does not
#   status        active, proposed or retired; a retired theme keeps its id
#   exemplars     short sentences that stand for it. A message near one of them joins the theme, so write them as
#                 customers talk, unlike each other, eight to twelve of them, in every language that you hear
#
# and, where they are needed,
#   also_named    earlier names; tags and curated files that use one still mean the theme
#   area          what the theme is part of
#   found_as      ids such as P-4c0aff under which the machine had proposed it
#   merged_into   the theme that it went into; it is retired then, and its exemplars speak for the other one
#   split_from    the theme that it was split off
# Below the themes, pins place single messages: sha256 of the words, feedback_id, theme_id (null: no theme).
#
# To correct a theme, add the sentence that was misplaced to the exemplars of the theme where it belongs.
# To take up a theme that the report found, give it the next free id and write its exemplars.
# Curated files may name a theme by its id or by its name.
# Who changed what, when and why stands in codebook.log.jsonl beside this file. docs/codebook.md explains it all.
"""


def curated_files() -> dict[str, bytes]:
    """Path below `data/curated` to content: roadmap, alignment, overrides, decisions and session of both quarters."""
    files = {"codebook.yml": codebook(list(themes().values()))}
    for quarter in QUARTERS:
        folder = f"curated/{quarter}"
        files |= {f"{quarter}/{name}": read_bytes(f"{folder}/{name}") for name in file_names(folder)}
    return files


def codebook(written: list[ThemeTexts]) -> bytes:
    """All themes that have an id, with a header that explains the file to the person who edits it."""
    known = [_entry(texts) for texts in written if texts.theme_id]
    body = "\n".join(yaml.safe_dump([entry], allow_unicode=True, sort_keys=False, width=200) for entry in known)
    return f"{_HEADER}\nthemes:\n{body}".encode()


def _entry(texts: ThemeTexts) -> dict[str, object]:
    return {
        "theme_id": texts.theme_id,
        "name": texts.name,
        "description": texts.description,
        "status": "active",
        "exemplars": [{"text": text} for text in texts.exemplars],
    }
