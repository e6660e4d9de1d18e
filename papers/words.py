"""A paper's lines as one text to search in, and the way back from a place to its line."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

from knowledge.text import normalise
from papers.types import Line

# So many characters are understood; what is longer is annex.
MAX_CHARS = 200_000
# Words that only one language has, each among its most frequent.
_STOPWORDS = {
    "en": "the and of to in that is you your for this with any be by",
    "de": "der die das und nicht wir sie ist ein eine des dem zu mit auf für",
    "fr": "le la les des et est une vous nous dans pour que sur votre",
    "es": "el los las del que por para una con su sus como ha",
    "it": "il gli della di che per una con sono nel alla dei non",
    "pt": "não uma que os das dos para com por sua da do ao",
    "nl": "het een van niet wij voor met zijn worden aan door onze",
    "pl": "nie na się jest oraz do że dla przez",
    "vi": "của và các không cho được trong ngày tháng năm quý công ty chúng tôi",
    "tr": "ve bir bu ile için olarak tarafından",
}
_WORD = re.compile(r"[^\W\d_]+")
_SCRIPTS = (
    ("ko", re.compile(r"[\uac00-\ud7a3]")),
    ("ja", re.compile(r"[\u3040-\u30ff]")),
    ("ru", re.compile(r"[\u0400-\u04ff]")),
    ("zh", re.compile(r"[\u4e00-\u9fff]")),
)


# A heading whose syllables are set apart: 의 견 제 출 통 지 서.
_SPACED = re.compile(r"(?<![가-힣])[가-힣](?: [가-힣]){2,}(?![가-힣])")


def _closed(match: re.Match[str]) -> str:
    return match[0].replace(" ", "")


@dataclass(frozen=True)
class Words:
    """``text`` is the normal form of the lines, parted by line breaks; ``starts`` is where each begins.

    ``left_out`` is the first line that is no longer understood, since the paper is too long.
    """

    text: str
    starts: tuple[int, ...]
    lines: tuple[Line, ...]
    left_out: Line | None = None

    def index_at(self, place: int) -> int:
        """:return: the index of the line that holds a place of the text."""
        return max(0, bisect_right(self.starts, place) - 1)

    def line_at(self, place: int) -> Line:
        """:return: the line that holds a place of the text."""
        return self.lines[self.index_at(place)]

    def quote(self, start: int, end: int, most: int = 220) -> str:
        """:return: the lines that hold a stretch of the text, as they were read."""
        first, last = self.index_at(start), self.index_at(max(start, end - 1))
        return " ".join(" ".join(line.text.split()) for line in self.lines[first : last + 1])[:most]


def words_of_lines(read: Sequence[Line]) -> Words:
    """:return: the lines as one text; lines of blanks alone are left out."""
    kept = [(line, _SPACED.sub(_closed, normalise(line.text))) for line in read]
    kept = [(line, text) for line, text in kept if text]
    lengths = list(accumulate((len(text) + 1 for _, text in kept), initial=0))
    count = bisect_right(lengths, MAX_CHARS)
    text = "\n".join(text for _, text in kept[:count])
    left_out = kept[count][0] if count < len(kept) else None
    lines = tuple(line for line, _ in kept[:count])
    return Words(text, tuple(lengths[: len(lines)]), lines, left_out)


def language_of(text: str) -> str | None:
    """:return: the ISO code of a text's main language; None where too little speaks for one."""
    letters = max(1, sum(char.isalpha() for char in text))
    for code, script in _SCRIPTS:
        share = len(script.findall(text)) / letters
        if share > (0.05 if code == "ja" else 0.2):
            return code
    counts = Counter(word.lower() for word in _WORD.findall(text[:20_000]))
    ranked = sorted(
        ((sum(counts[word] for word in words.split()), code) for code, words in _STOPWORDS.items()),
        reverse=True,
    )
    best, second = ranked[0], ranked[1]
    return best[1] if best[0] >= 3 and best[0] > second[0] else None
