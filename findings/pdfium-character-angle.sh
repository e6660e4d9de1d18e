#!/usr/bin/env bash
# pdfium tells the angle of a character against the paper, clockwise, and leaves the page's own /Rotate out.
#
# One expects: FPDFText_GetCharAngle() of a page that is shown sideways by /Rotate 90 says how the reader sees the
#   character (turned by a quarter), and a character drawn by a turn of +90 degrees has the angle +90 degrees.
# What happens: a page with /Rotate 90 reports 0 for every character, exactly like one without it; and what was
#   drawn by a turn of +90 degrees (counter-clockwise, as PDF counts) is reported as 270.
# Versions: pypdfium2 5.0.0, reportlab 4.4.4; Python 3.10 and 3.11.  Seen on 2026-11-28.
# Why it matters here: tables that trainers save lie sideways in one of two ways, by /Rotate or by turned letters.
#   Who trusts the angle reads the lines of the one from bottom to top, and never sees that the other is turned.
#
# Exit status: 0 while the behaviour is as described, 1 when it has changed.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check pypdfium2==5.0.0 reportlab==4.4.4
cat > "$work/probe.py" <<'PROBE'
import io
import math
import sys
from importlib.metadata import version

import pypdfium2
import pypdfium2.raw as pdfium
from reportlab.pdfgen import canvas


def angles(turn: int, rotate: int) -> list[int]:
    """The angles of the characters of a word drawn with a turn on a page with a rotation."""
    stream = io.BytesIO()
    sheet = canvas.Canvas(stream, pagesize=(400, 400))
    sheet.setPageRotation(rotate)
    sheet.translate(200, 200)
    sheet.rotate(turn)
    sheet.setFont("Helvetica", 12)
    sheet.drawString(0, 0, "TERM")
    sheet.save()
    page = pypdfium2.PdfDocument(stream.getvalue())[0]
    text = page.get_textpage()
    return [
        round(math.degrees(pdfium.FPDFText_GetCharAngle(text.raw, place))) % 360
        for place in range(text.count_chars())
    ]


print("pypdfium2", version("pypdfium2"), "reportlab", version("reportlab"))
seen = {
    "drawn straight, /Rotate 0": (angles(0, 0), [0] * 4),
    "drawn straight, /Rotate 90": (angles(0, 90), [0] * 4),
    "drawn by a turn of 90, /Rotate 0": (angles(90, 0), [270] * 4),
}
changed = [name for name, (now, then) in seen.items() if now != then]
for name, (now, then) in seen.items():
    print(f"{name}: {now!r}" + ("" if now == then else f"   (was {then!r})"))
print("changed: " + ", ".join(changed) if changed else "as described")
sys.exit(1 if changed else 0)
PROBE
"$work/venv/bin/python" "$work/probe.py"
