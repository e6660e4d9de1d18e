#!/usr/bin/env bash
# Pillow goes on to a second frame of a photo whose file is an ordinary .jpg: the preview that a phone puts behind it.
#
# One expects: a .jpg that begins and ends like every JPEG is one picture; its format is JPEG, it has one frame, and
#   going through its frames, as one does for the pages of a TIFF, gives the photo once.
# What happens: where the file carries an index of several pictures (MPF, as phones write it for a preview or a gain
#   map), the format is MPO, n_frames is 2, and the frames are the photo and the small picture behind it, of another
#   size.  The same photo without the index is JPEG with one frame.
# Versions: Pillow 12.3.0; Python 3.11.  Seen on 2026-11-30.
# Why it matters here: papers arrive as photos and as TIFFs of several pages, read by one function.  Who takes every
#   frame for a page reads each photo twice, once from a thumbnail, and shows dates that were hardly legible.
#
# Exit status: 0 while the behaviour is as described, 1 when it has changed.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check pillow==12.3.0
cat > "$work/probe.py" <<'PROBE'
import io
import sys
from importlib.metadata import version

from PIL import Image, ImageSequence

photo = Image.new("RGB", (640, 480), "white")
preview = Image.new("RGB", (160, 120), "gray")


def saved(**behind: object) -> bytes:
    """The photo as a file, alone or with the preview behind it."""
    stream = io.BytesIO()
    photo.save(stream, **({"format": "JPEG"} if not behind else {"format": "MPO", **behind}))
    return stream.getvalue()


def told(data: bytes) -> tuple[bytes, str | None, int, list[tuple[int, int]]]:
    """How a file begins, its format, how many frames it is said to have, and the sizes of those."""
    picture = Image.open(io.BytesIO(data))
    sizes = [frame.size for frame in ImageSequence.Iterator(picture)]
    return data[:2], picture.format, getattr(picture, "n_frames", 1), sizes


print("Pillow", version("pillow"))
alone, pair = saved(), saved(save_all=True, append_images=[preview])
seen = {
    "a photo": (told(alone), (b"\xff\xd8", "JPEG", 1, [(640, 480)])),
    "a photo with a preview": (told(pair), (b"\xff\xd8", "MPO", 2, [(640, 480), (160, 120)])),
}
changed = [name for name, (now, then) in seen.items() if now != then]
for name, (now, then) in seen.items():
    print(f"{name}: {now!r}" + ("" if now == then else f"   (was {then!r})"))
print("changed: " + ", ".join(changed) if changed else "as described")
sys.exit(1 if changed else 0)
PROBE
"$work/venv/bin/python" "$work/probe.py"
