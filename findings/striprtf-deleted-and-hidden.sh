#!/usr/bin/env bash
# striprtf keeps deleted, hidden and struck text, with nothing between deleted and inserted.
#
# One expects: the text of an RTF file is what a reader sees with its changes accepted: deleted text, hidden text
#   and struck text are not in it.
# What happens: \deleted, \v and \strike are ignored: "within {ten deleted}{twenty inserted} days" reads
#   "within tentwenty days", followed by the hidden and the struck words.
# Versions: striprtf 0.0.35; Python 3.10 and 3.11.  Seen on 2026-11-28.
# Why it matters here: a period that reads ten-twenty is worse than none.  The RTF loader reads the control words itself
#   and reports what it leaves out.
#
# Exit status: 0 while the behaviour is as described, 1 when it has changed.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check striprtf==0.0.35
cat > "$work/probe.py" <<'PROBE'
import sys
from importlib.metadata import version

from striprtf.striprtf import rtf_to_text

print("striprtf", version("striprtf"))
head = r"{\rtf1\ansi "
seen = {
    "deleted and inserted": (rtf_to_text(head + r"within {\deleted ten}{\revised twenty} days\par}"), "within tentwenty days\n"),
    "hidden": (rtf_to_text(head + r"seen{\v  hidden}\par}"), "seen hidden\n"),
    "struck": (rtf_to_text(head + r"valid{\strike  void}\par}"), "valid void\n"),
    "label of a list": (rtf_to_text(head + r"{\listtext 1.\tab}item\par}"), "1.\titem\n"),
}

changed = [name for name, (now, then) in seen.items() if now != then]
for name, (now, then) in seen.items():
    print(f"{name}: {now!r}" + ("" if now == then else f"   (was {then!r})"))
print("changed: " + ", ".join(changed) if changed else "as described")
sys.exit(1 if changed else 0)
PROBE
"$work/venv/bin/python" "$work/probe.py"
