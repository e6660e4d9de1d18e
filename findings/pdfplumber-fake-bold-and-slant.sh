#!/usr/bin/env bash
# pdfplumber reads fake bold three times, and calls slanted characters upright.
#
# One expects: a line drawn three times a third of a point apart to look bold reads once, and the characters of a
#   watermark at 45 degrees have upright == False, so that a filter on "upright" removes it.
# What happens: extract_text() gives each character three times (dedupe_chars() first gives it once), and every
#   character of the slanted word has upright == True and stands in the text on a line of its own.
# Versions: pdfplumber 0.11.10, reportlab 4.4.4; Python 3.10 and 3.11.  Seen on 2026-11-28.
# Why it matters here: an article headed in fake bold is not found as one, and the letters of a watermark fall into
#   the sentences around them.  The PDF loader drops repeated glyphs and judges slant by the text matrix.
#
# Exit status: 0 while the behaviour is as described, 1 when it has changed.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check pdfplumber==0.11.10 reportlab==4.4.4
cat > "$work/probe.py" <<'PROBE'
import io
import sys
from importlib.metadata import version

import pdfplumber
from reportlab.pdfgen import canvas

stream = io.BytesIO()
sheet = canvas.Canvas(stream)
sheet.setFont("Helvetica", 12)
for offset in (0, 0.3, 0.6):
    sheet.drawString(60 + offset, 700, "Article 2")
sheet.saveState()
sheet.translate(200, 400)
sheet.rotate(45)
sheet.setFont("Helvetica", 40)
sheet.drawString(0, 0, "DRAFT")
sheet.restoreState()
sheet.showPage()
sheet.save()
print("pdfplumber", version("pdfplumber"), "pdfminer.six", version("pdfminer.six"))
page = pdfplumber.open(io.BytesIO(stream.getvalue())).pages[0]
slanted = [char for char in page.chars if char["size"] > 20]
seen = {
    "first line": (page.extract_text().splitlines()[0], "AAArrrtttiiicccllleee 222"),
    "first line without repeats": (page.dedupe_chars().extract_text().splitlines()[0], "Article 2"),
    "slanted characters called upright": ([char["upright"] for char in slanted], [True] * 5),
    "lines of the slanted word": (page.extract_text().splitlines()[1:], list("TFARD")),
}

changed = [name for name, (now, then) in seen.items() if now != then]
for name, (now, then) in seen.items():
    print(f"{name}: {now!r}" + ("" if now == then else f"   (was {then!r})"))
print("changed: " + ", ".join(changed) if changed else "as described")
sys.exit(1 if changed else 0)
PROBE
"$work/venv/bin/python" "$work/probe.py"
