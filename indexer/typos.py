"""Correcting misspelt names of the project: same sound in Chinese, one letter off in Latin."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from knowledge.pinyin import syllable

_CHINESE = re.compile(r"[\u4e00-\u9fff]+")
_LATIN_WORD = re.compile(r"[A-Za-z]{5,}")
_MAX_CHARS = 8
_MIN_LATIN = 5
_NONE: frozenset[int] = frozenset()

# A sentence's closing particle is never half of a misspelt name (边日呀 is no 日亚).
_PARTICLES = frozenset("呀啊吧呢吗嘛么哦噢喔哟啦喇了啰咯嘞哈呵嘅㗎咩喎嘢的")

# What speakers of southern dialects and pinyin keyboards confuse; applied to names of three
# characters and more, where a chance match is unlikely.
_CONFUSED = (
    (re.compile(r"^zh"), "z"),
    (re.compile(r"^ch"), "c"),
    (re.compile(r"^sh"), "s"),
    (re.compile(r"ng$"), "n"),
)


@lru_cache(maxsize=8192)
def _loose_syllable(character: str) -> str:
    sound = syllable(character)
    for pattern, replacement in _CONFUSED:
        sound = pattern.sub(replacement, sound)
    return sound


def _sounds(text: str, *, loose: bool) -> str:
    sound = _loose_syllable if loose else syllable
    return " ".join(map(sound, text))


@dataclass(frozen=True)
class _Run:
    """Chinese characters in a row: how each is spelled, whether it is inside a word, where words begin and end."""

    text: str
    sounds: Sequence[str]
    loose_sounds: Sequence[str]
    inside: Sequence[bool]
    bounds: frozenset[int]

    @classmethod
    def of(cls, text: str, words: Sequence[str]) -> _Run:
        """Read a run that was cut into words."""
        inside: list[bool] = []
        bounds = {0}
        for word in words:
            inside.extend([len(word) > 1] * len(word))
            bounds.add(len(inside))
        sounds, loose = [*map(syllable, text)], [*map(_loose_syllable, text)]
        return cls(text, sounds, loose, inside, frozenset(bounds))


class TypoCorrector:
    """Finds stretches of a question that sound like a name but are written otherwise."""

    def __init__(self, names: Iterable[str], segment: Callable[[str], Sequence[str]]) -> None:
        """Index names by sound.

        :param names: what questions may name.
        :param segment: cuts Chinese text into words; a stretch that is a word already, or that
            cuts through one, is no typo.
        """
        self._segment = segment
        self._names = {name for name in names if name}
        self._by_sound: dict[str, str] = {}
        self._by_loose_sound: dict[str, str] = {}
        self._latin: dict[str, str] = {}
        for name in sorted(self._names):
            if _CHINESE.fullmatch(name) and 2 <= len(name) <= _MAX_CHARS:
                self._by_sound.setdefault(_sounds(name, loose=False), name)
                if len(name) >= 3:
                    self._by_loose_sound.setdefault(_sounds(name, loose=True), name)
            elif _LATIN_WORD.fullmatch(name):
                self._latin.setdefault(name.lower(), name)
        self._lengths = (
            _lengths_by_first((*self._by_sound,)),
            _lengths_by_first((*self._by_loose_sound,)),
        )

    def correct(self, text: str) -> tuple[str, tuple[tuple[str, str], ...]]:
        """The text with names put right.

        :return: the corrected text and what was changed, (written, meant).
        """
        changes: list[tuple[str, str]] = []
        pieces: list[str] = []
        last = 0
        for match in _CHINESE.finditer(text):
            pieces.append(self._correct_latin(text[last : match.start()], changes))
            pieces.append(self._correct_run(match.group(), changes))
            last = match.end()
        pieces.append(self._correct_latin(text[last:], changes))
        return "".join(pieces), tuple(changes)

    def _correct_run(self, run: str, changes: list[tuple[str, str]]) -> str:
        if len(run) < 2:
            return run
        read = _Run.of(run, self._segment(run))
        position = 0
        pieces: list[str] = []
        while position < len(run):
            replaced = self._name_at(read, position) if position in read.bounds else None
            if replaced is None:
                pieces.append(run[position])
                position += 1
                continue
            written = run[position : position + len(replaced)]
            changes.append((written, replaced))
            pieces.append(replaced)
            position += len(replaced)
        return "".join(pieces)

    def _name_at(self, run: _Run, start: int) -> str | None:
        exact, loose = self._lengths
        lengths = exact.get(run.sounds[start], _NONE) | loose.get(run.loose_sounds[start], _NONE)
        for length in sorted(lengths, reverse=True):
            stop = start + length
            if stop not in run.bounds:
                continue
            written = run.text[start:stop]
            if written in self._names:
                return None
            name = self._by_sound.get(" ".join(run.sounds[start:stop]))
            if name is None and length >= 3:
                name = self._by_loose_sound.get(" ".join(run.loose_sounds[start:stop]))
            if name is None:
                continue
            wrong = [i for i in range(length) if written[i] != name[i]]
            # Two characters that merely sound like a name (打吗, 大马) are no typo of it.
            if len(wrong) == length and length < 3:
                continue
            if any(written[i] in _PARTICLES for i in wrong):
                continue
            # A wrong character inside a known word is that word, not a typo; long names may
            # still be meant when most of their characters agree.
            if any(run.inside[start + i] for i in wrong) and (length < 4 or len(wrong) > 1):
                continue
            return name
        return None

    def _correct_latin(self, text: str, changes: list[tuple[str, str]]) -> str:
        def meant(match: re.Match[str]) -> str:
            written = match.group()
            lowered = written.lower()
            if lowered in self._latin or len(lowered) < _MIN_LATIN:
                return written
            for known, name in self._latin.items():
                if abs(len(known) - len(lowered)) <= 1 and _one_edit(lowered, known):
                    changes.append((written, name))
                    return name
            return written

        return _LATIN_WORD.sub(meant, text)


def _lengths_by_first(sounds: Iterable[str]) -> dict[str, frozenset[int]]:
    """How many characters the names have whose spelling begins with a syllable."""
    found: dict[str, set[int]] = {}
    for sound in sounds:
        syllables = sound.split(" ")
        found.setdefault(syllables[0], set()).add(len(syllables))
    return {first: frozenset(lengths) for first, lengths in found.items()}


def _one_edit(left: str, right: str) -> bool:
    """Whether one insertion, deletion, replacement or swap of neighbours makes them equal."""
    if left == right or abs(len(left) - len(right)) > 1:
        return False
    start = next(
        (i for i, (a, b) in enumerate(zip(left, right, strict=False)) if a != b),
        min(len(left), len(right)),
    )
    if len(left) == len(right):
        rest_equal = left[start + 1 :] == right[start + 1 :]
        swapped = (
            left[start : start + 2] == right[start : start + 2][::-1]
            and left[start + 2 :] == right[start + 2 :]
        )
        return rest_equal or swapped
    longer, shorter = (left, right) if len(left) > len(right) else (right, left)
    return longer[start + 1 :] == shorter[start:]
