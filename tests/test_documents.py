"""The pages beside the code: every link leads somewhere, every page is found, and settings say what they are."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from vocanalytics.settings import ThemeSettings, read_model
from vocanalytics.settings.model import NamingSettings

LINK = re.compile(r"\[([^\]]*)\]\(([^)#\s]*)[^)]*\)")
PAGES = sorted(path.name for path in (Path(__file__).parent.parent / "docs").glob("*.md"))


def missing(page: Path, text: str) -> list[str]:
    """Links of a page to files that are not there, and to functions, classes and tests that a file does not hold."""
    found = []
    for shown, target in LINK.findall(text):
        file = page.parent / target
        name = re.fullmatch(r"`(\w+)`", shown)
        if target and not file.exists():
            found.append(target)
        elif name and file.suffix == ".py":
            defined = rf"^ *(?:def |class )?{name[1]}\b"
            if not re.search(defined, file.read_text(encoding="utf-8"), flags=re.MULTILINE):
                found.append(f"{target}: {name[1]}")
    return found


@pytest.mark.parametrize("name", ["README.md", "CHANGELOG.md", "CONTRIBUTING.md", *(f"docs/{page}" for page in PAGES)])
def test_every_link_leads_to_a_page_a_function_or_a_test(root: Path, name: str) -> None:
    assert missing(root / name, (root / name).read_text(encoding="utf-8")) == []


def test_a_link_that_leads_nowhere_is_found(root: Path) -> None:
    finding = "../src/vocanalytics/themes/finding.py"
    text = f"[a](themes.md) [b](gone.md) [c](#below) [`find`]({finding}) [`nobody`]({finding})"
    assert missing(root / "docs/page.md", text) == ["gone.md", f"{finding}: nobody"]


@pytest.mark.parametrize("name", PAGES)
def test_every_page_is_found_from_the_readme(root: Path, name: str) -> None:
    assert f"(docs/{name})" in (root / "README.md").read_text(encoding="utf-8")


def test_the_settings_of_themes_are_listed_with_their_defaults(root: Path) -> None:
    text = (root / "docs/themes.md").read_text(encoding="utf-8")
    section = text.split("## Settings", 1)[1].split("\n## ", 1)[0]
    rows = re.findall(r"^\| `(\w+)` \| ([^|]+) \| [^|]{10,} \|$", section, flags=re.MULTILINE)
    listed = {key: default.strip("` ") for key, default in rows}
    said = {key: str(field.default) for key, field in ThemeSettings.model_fields.items()}
    assert listed == {key: {"None": "none", "True": "true"}.get(default, default) for key, default in said.items()}


def test_a_run_sorts_by_the_defaults_that_are_listed(root: Path) -> None:
    assert read_model(root / "pipelines/model.yml").themes == ThemeSettings()


def test_the_settings_of_naming_are_shown(root: Path) -> None:
    text = (root / "docs/labels.md").read_text(encoding="utf-8")
    block = text.split("  naming:\n", 1)[1].split("```", 1)[0]
    assert re.findall(r"^    (\w+): ", block, flags=re.MULTILINE) == list(NamingSettings.model_fields)
