#!/usr/bin/env bash
# NFKC turns Kangxi radicals into ideographs, but not those of the CJK Radicals Supplement.
#
# One expects: after NFKC no radical is left: U+2F06 becomes U+4E8C and U+2ED3 becomes U+957F, and a converter from
#   traditional to simplified characters takes care of the rest.
# What happens: U+2F06 and U+2F26 become ordinary ideographs; U+2ED3, U+2EC5, U+2EDA and U+2ED4 stay, in NFKC and
#   in OpenCC's t2s alike.  And 10 with a raised 2 becomes 102.
# Versions: Unicode data 13 and 14, opencc-python-reimplemented 0.1.7; Python 3.10 and 3.11.  Seen on 2026-11-28.
# Why it matters here: PDF files printed from a browser name such glyphs by their radical, so that "long" and "see" are not
#   found by any search, and no article or date is recognised.  Hence a table of our own, and 10^2 for a power.
#
# Exit status: 0 while the behaviour is as described, 1 when it has changed.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check opencc-python-reimplemented==0.1.7
cat > "$work/probe.py" <<'PROBE'
import sys
import unicodedata
from importlib.metadata import version

from opencc import OpenCC

print("unicodedata", unicodedata.unidata_version, "opencc", version("opencc-python-reimplemented"))


def nfkc(text):
    return unicodedata.normalize("NFKC", text)


left = "\u2ed3\u2ec5\u2eda\u2ed4"
seen = {
    "Kangxi radicals": (nfkc("\u2f06\u2f26"), "\u4e8c\u5b50"),
    "supplement radicals": (nfkc(left), left),
    "supplement radicals after t2s": (OpenCC("t2s").convert(nfkc(left)), left),
    "a raised two": (nfkc("10\u00b2"), "102"),
}

changed = [name for name, (now, then) in seen.items() if now != then]
for name, (now, then) in seen.items():
    print(f"{name}: {now!r}" + ("" if now == then else f"   (was {then!r})"))
print("changed: " + ", ".join(changed) if changed else "as described")
sys.exit(1 if changed else 0)
PROBE
"$work/venv/bin/python" "$work/probe.py"
