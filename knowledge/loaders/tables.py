"""Table rows as lines that can be read alone."""

from __future__ import annotations

from collections.abc import Sequence


def row_lines(rows: Sequence[Sequence[str]]) -> list[str]:
    """Write every row of a table as one line.

    With a header row (all cells filled and different, at least two) each following row reads
    列名：值；列名：值; without one the cells are joined by ｜.  The header row is kept as a line, so
    that as many lines come out as filled rows went in.
    """
    filled = [[" ".join(cell.split()) for cell in row] for row in rows]
    filled = [row for row in filled if any(row)]
    if not filled:
        return []
    head = filled[0]
    labelled = len(filled) > 1 and len(head) > 1 and all(head) and len(set(head)) == len(head)
    lines = ["｜".join(cell for cell in head if cell)]
    for row in filled[1:]:
        if labelled and len(row) == len(head):
            lines.append(
                "；".join(f"{name}：{cell}" for name, cell in zip(head, row, strict=True) if cell)
            )
        else:
            lines.append("｜".join(cell for cell in row if cell))
    return lines
