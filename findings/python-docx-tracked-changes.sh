#!/usr/bin/env bash
# python-docx leaves the inserted text of tracked changes out of Paragraph.text.
#
# One expects: Paragraph.text is what a reader of the document sees: inserted and moved-in words, and words in a
#   content control or a simple field, are in it; struck words are not.
# What happens: text inside w:ins, w:moveTo, w:sdt and w:fldSimple is missing without a sign, text inside
#   w:hyperlink is there, and struck text is there as if it were valid.
# Versions: python-docx 1.2.0; Python 3.10 and 3.11.  Seen on 2026-11-28.
# Why it matters here: "within [ten -> twenty] days" arrives as "within  days": a rule without its figure.  The Word
#   loader therefore walks the XML itself and reports what it leaves out.
#
# Exit status: 0 while the behaviour is as described, 1 when it has changed.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check python-docx==1.2.0
cat > "$work/probe.py" <<'PROBE'
import sys
from importlib.metadata import version

import docx
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from docx.text.paragraph import Paragraph

document = docx.Document()


def text(content):
    element = parse_xml(f"<w:p {nsdecls('w')}>{content}</w:p>")
    document.element.body.insert(0, element)
    return Paragraph(element, document).text


def run(words, properties=""):
    return f'<w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{words}</w:t></w:r>'


mark = 'w:id="1" w:author="a"'
print("python-docx", version("python-docx"))
seen = {
    "inserted": (text(run("within ") + f"<w:ins {mark}>{run('twenty')}</w:ins>" + run(" days")), "within  days"),
    "moved in": (text(run("a ") + f"<w:moveTo {mark}>{run('moved')}</w:moveTo>" + run(" b")), "a  b"),
    "content control": (text(run("fee ") + f"<w:sdt><w:sdtContent>{run('300')}</w:sdtContent></w:sdt>"), "fee "),
    "simple field": (text(run("fee ") + f'<w:fldSimple w:instr="X">{run("300")}</w:fldSimple>'), "fee "),
    "hyperlink": (text(f"<w:hyperlink>{run('linked')}</w:hyperlink>"), "linked"),
    "struck": (text(run("void", "<w:strike/>") + run(" kept")), "void kept"),
}

changed = [name for name, (now, then) in seen.items() if now != then]
for name, (now, then) in seen.items():
    print(f"{name}: {now!r}" + ("" if now == then else f"   (was {then!r})"))
print("changed: " + ", ".join(changed) if changed else "as described")
sys.exit(1 if changed else 0)
PROBE
"$work/venv/bin/python" "$work/probe.py"
