#!/usr/bin/env bash
# openpyxl's data_only values are not what Excel shows.
#
# One expects: load_workbook(data_only=True) gives the cells as a reader sees them: a formula's result, 50% for a
#   half, the text of a merged cell in each of its cells, and only visible sheets.
# What happens: a formula that no program has calculated is None (like an empty cell), 50% is 0.5, all but the
#   first of merged cells are None, and hidden sheets are among the worksheets.
# Versions: openpyxl 3.1.5; Python 3.10 and 3.11.  Seen on 2026-11-28.
# Why it matters here: the answer "50%" became 0.5, a question under a merged answer lost it, and a hidden sheet of void
#   answers was taken.  The table loader applies number formats, fills merged cells and names hidden sheets.
#
# Exit status: 0 while the behaviour is as described, 1 when it has changed.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check openpyxl==3.1.5
cat > "$work/probe.py" <<'PROBE'
import io
import sys
from importlib.metadata import version

import openpyxl

book = openpyxl.Workbook()
sheet = book.active
for row in (["fee", "=100+200"], ["share", 0.5], ["first", "answer"], ["second", None]):
    sheet.append(row)
sheet["B2"].number_format = "0%"
sheet.merge_cells("B3:B4")
hidden = book.create_sheet("void")
hidden.sheet_state = "hidden"
stream = io.BytesIO()
book.save(stream)
print("openpyxl", version("openpyxl"))
read = openpyxl.load_workbook(stream, data_only=True)
values = {row[0].value: row[1].value for row in read.worksheets[0].rows}
seen = {
    "formula without a stored result": (values["fee"], None),
    "one half shown as 50%": (values["share"], 0.5),
    "first merged cell": (values["first"], "answer"),
    "second merged cell": (values["second"], None),
    "sheets": (read.sheetnames, ["Sheet", "void"]),
}

changed = [name for name, (now, then) in seen.items() if now != then]
for name, (now, then) in seen.items():
    print(f"{name}: {now!r}" + ("" if now == then else f"   (was {then!r})"))
print("changed: " + ", ".join(changed) if changed else "as described")
sys.exit(1 if changed else 0)
PROBE
"$work/venv/bin/python" "$work/probe.py"
