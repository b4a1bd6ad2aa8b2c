"""From the executed notebook to the page: nbconvert with a template of ours, and a last look at what came out."""

from __future__ import annotations

import base64
import hashlib
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

from vocanalytics.errors import ReportError
from vocanalytics.report.checking import check_page
from vocanalytics.report.pages import KEY, PARTS
from vocanalytics.report.rendering import asset
from vocanalytics.report.safe_text import ours


def render_notebook(executed: Path, out: Path) -> Path:
    """Write the pre-read that an executed `50_preread` notebook shows: its parts, without code and prompts.

    Parameters
    ----------
    executed
        The notebook as Papermill left it.
    out
        The HTML file; the same parts give the same bytes.

    Returns
    -------
    Path
        `out`.

    Raises
    ------
    ReportError
        When the notebook cannot be read or lacks a part, or when the page would load or run anything not ours.
    """
    html = page_of(_read(executed), where=str(executed))
    check_page(html, script=asset("page.js"))
    out.parent.mkdir(parents=True, exist_ok=True)
    partial = out.with_name(f".{out.name}.partial")
    partial.write_text(html, encoding="utf-8", newline="\n")
    partial.replace(out)
    return out


def _read(executed: Path) -> Any:
    import nbformat

    try:
        return nbformat.read(executed, as_version=4)
    except Exception as error:  # nbformat raises many kinds for a file that is no notebook
        raise ReportError(f"not a notebook: {type(error).__name__}", where=str(executed)) from None


def page_of(notebook: Any, *, where: str) -> str:
    """The page as text, from a notebook in memory."""
    # HTMLExporter would rewrite the page through an HTML parser that spells viewBox in lower case, which breaks SVG.
    from nbconvert.exporters import TemplateExporter

    with as_file(files("vocanalytics.report") / "templates") as folder:
        exporter = TemplateExporter(
            template_name="preread", extra_template_basedirs=[str(folder)], file_extension=".html"
        )
        exporter.register_filter("page", lambda content: _page(content, where))
        html, _ = exporter.from_notebook_node(notebook)
    return str(html)


def _page(notebook: Any, where: str) -> dict[str, Any]:
    """What the template needs: the parts, the head's texts, style, script and policy."""
    found: dict[str, Any] = {}
    for output in (output for cell in notebook.cells for output in cell.get("outputs", ())):
        about = output.get("metadata", {}).get(KEY, {})
        if about.get("part") in PARTS and "text/html" in output.get("data", {}):
            found[about["part"]] = (about, ours("".join(output["data"]["text/html"]).strip()))
    missing = [part for part in PARTS if part not in found]
    if missing:
        raise ReportError(
            "the notebook does not show the whole pre-read",
            where=where,
            found=f"no {', '.join(missing)}",
            advice="Let each cell of 50_preread end with its part",
        )
    head, script = found["masthead"][0], asset("page.js")
    return {
        "title": head["title"],
        "run_id": head["run_id"],
        "parts": {name: html for name, (_, html) in found.items()},
        "sections": [found[name][1] for name in PARTS if name != "masthead"],
        "style": ours(_style(head["quarter"])),
        "script": ours(script),
        "policy": policy(script),
    }


def _style(quarter: str) -> str:
    sheets = [asset(name) for name in ("tokens.css", "parts.css", "page.css")]
    label = "".join(character for character in quarter if character.isalnum() or character == " ")
    font = 'font:8pt Inter,"Segoe UI",Arial,sans-serif;color:#4a5563'
    foot = (
        f'@page{{margin:12mm 14mm 14mm;@bottom-left{{content:"{label} prioritization pre-read. Confidential";{font}}}'
        f'@bottom-right{{content:counter(page) " of " counter(pages);{font}}}}}'
    )
    return "\n".join([*sheets, foot])


def policy(script: str) -> str:
    """The content policy of the page: nothing is loaded, and of scripts only ours runs, known by its hash."""
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    return (
        f"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{digest}'; img-src data:; base-uri 'none'; "
        "form-action 'none'"
    )
