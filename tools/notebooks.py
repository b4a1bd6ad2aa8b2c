"""Write each notebook from its text form, stripped; with --check, only say which ones differ.

The text form (notebooks/*.py) is what is written and reviewed; the .ipynb beside it is what Papermill and JupyterLab
open.
"""

import sys
from pathlib import Path

import jupytext
import nbformat

FOLDER = Path(__file__).resolve().parent.parent / "notebooks"
METADATA = {
    "jupytext": {"formats": "ipynb,py:percent"},
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}


def notebook_text(source: Path) -> str:
    """The .ipynb that belongs to a text form, the same bytes every time."""
    notebook = jupytext.read(source)
    notebook.metadata = nbformat.from_dict(METADATA)
    for number, cell in enumerate(notebook.cells, start=1):
        cell.id = f"cell-{number:02d}"
        cell.metadata = nbformat.from_dict({"tags": cell.metadata["tags"]} if "tags" in cell.metadata else {})
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    nbformat.validate(notebook)
    return nbformat.writes(notebook) + "\n"


def main() -> int:
    """Write the notebooks, or check them."""
    differing = []
    for source in sorted(FOLDER.glob("*.py")):
        target, text = source.with_suffix(".ipynb"), notebook_text(source)
        if target.exists() and target.read_text(encoding="utf-8") == text:
            continue
        differing.append(target.name)
        if "--check" not in sys.argv:
            target.write_text(text, encoding="utf-8")
    alone = [path.name for path in sorted(FOLDER.glob("*.ipynb")) if not path.with_suffix(".py").exists()]
    if "--check" in sys.argv and (differing or alone):
        print(f"Not the same as their text form: {', '.join(differing + alone)}. Run: make sync", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
