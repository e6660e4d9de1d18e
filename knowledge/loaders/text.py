"""Plain text: one paragraph a line."""

from __future__ import annotations

from knowledge.loaders.encoding import decode
from knowledge.loaders.registry import Parsed, register
from knowledge.sections import Block


@register(".txt")
def parse_text(data: bytes, name: str) -> Parsed:
    """Read a text file in any usual encoding."""
    lines = [line.strip() for line in decode(data, name).split("\n")]
    return Parsed(blocks=tuple(Block(line) for line in lines if line))
