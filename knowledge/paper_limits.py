"""What the files of a paper may be, as those who take them in and those who read them agree."""

from __future__ import annotations

MAX_FILES = 20
MAX_BYTES = 30 * 1024 * 1024
# How a HEIC picture names its kind.
HEIC_BRANDS = (b"heic", b"heix", b"mif1", b"msf1", b"hevc")
# A whole PDF ends with its mark; some programs write a little after it.
PDF_TAIL_BYTES = 4096
