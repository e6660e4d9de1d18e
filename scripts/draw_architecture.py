"""Draw the packages from what they import into docs/architecture.md, or check that they are drawn so.

python scripts/draw_architecture.py          write the picture and the table
python scripts/draw_architecture.py --check  say what is out of date, and exit with 1
"""

from __future__ import annotations

import ast
import re
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from scripts.imports import LAYERS, ROOT, graph, room, tree_of

PAGE = ROOT / "docs" / "architecture.md"
MARKS = ("<!-- drawn -->", "<!-- /drawn -->")


def edges() -> set[tuple[str, str]]:
    """The packages that import each other directly."""
    return {
        (name.split(".")[0], other.split(".")[0])
        for name, others in graph().items()
        for other in others
        if name.split(".")[0] != other.split(".")[0]
        and not {name, other} & {"settings", "environment"}
    }


def told(found: set[tuple[str, str]]) -> set[tuple[str, str]]:
    """The edges that no longer way through other packages tells already."""
    return {
        (above, below)
        for above, below in found
        if not any(
            (above, between) in found and _reaches(found, between, below)
            for between in LAYERS
            if between not in (above, below)
        )
    }


def _reaches(found: set[tuple[str, str]], start: str, end: str) -> bool:
    return start == end or any(
        _reaches(found, other, end) for above, other in found if above == start
    )


def rooms(layer: str) -> list[str]:
    """The folders of a package that hold code."""
    return sorted({room(name) for name in graph() if name.split(".")[0] == layer} - {""})


def about(folder: str) -> str:
    """What a package says of itself, in its first line."""
    first = (ast.get_docstring(tree_of(ROOT / folder / "__init__.py")) or "").splitlines()
    if not first:
        raise SystemExit(f"{folder}/__init__.py does not say what the package is")
    return first[0]


def drawn() -> str:
    """The picture as mermaid, and the table of packages."""
    found = edges()
    picture = ["```mermaid", "flowchart TD"]
    for layer in LAYERS:
        inside = rooms(layer)
        below = f"<br/><small>{' · '.join(inside)}</small>" if inside else ""
        picture.append(f'    {layer}["<b>{layer}</b>{below}"]')
    lines = sorted(told(found), key=lambda edge: (LAYERS.index(edge[0]), LAYERS.index(edge[1])))
    picture += [f"    {above} --> {below}" for above, below in lines]
    picture.append("```")
    table = ["| package | what it is | imports |", "|---|---|---|"]
    for layer in LAYERS:
        imports = [other for other in LAYERS if (layer, other) in found]
        table.append(f"| `{layer}/` | {about(layer)} | {', '.join(imports) or '–'} |")
        table += [f"| `{layer}/{name}/` | {about(f'{layer}/{name}')} | |" for name in rooms(layer)]
    return "\n".join([*picture, "", *table])


def page() -> str:
    """The page as it should read."""
    text = PAGE.read_text(encoding="utf-8")
    block = re.compile(f"{re.escape(MARKS[0])}.*?{re.escape(MARKS[1])}", re.DOTALL)
    if not block.search(text):
        raise SystemExit(f"{PAGE} has no {MARKS[0]} … {MARKS[1]}")
    return block.sub(lambda _: f"{MARKS[0]}\n{drawn()}\n{MARKS[1]}", text)


def main() -> int:
    """Write or check the page."""
    wanted = page()
    if "--check" in sys.argv[1:]:
        if PAGE.read_text(encoding="utf-8") == wanted:
            return 0
        print("docs/architecture.md is out of date: python scripts/draw_architecture.py")
        return 1
    PAGE.write_text(wanted, encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
