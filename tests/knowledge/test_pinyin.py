"""How characters and texts are spelled, with and without the library's words."""

from __future__ import annotations

import subprocess
import sys

from knowledge.pinyin import spelled, syllable


def test_a_text_is_read_as_its_words_are():
    assert spelled("重庆的银行") == ["chong", "qing", "de", "yin", "hang"]
    assert spelled("ITC调查") == ["ITC", "diao", "cha"]


def test_a_character_is_read_by_itself_whatever_was_read_before():
    before = [syllable(character) for character in "重行长调"]
    spelled("重庆银行行长调查")
    syllable.cache_clear()
    assert [syllable(character) for character in "重行长调"] == before


def test_words_are_not_loaded_for_characters():
    code = (
        "import sys; from knowledge.pinyin import syllable; print(syllable('商')); "
        "print('pypinyin.phrases_dict' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["shang", "False"]


def test_every_common_character_is_read_as_with_the_words():
    common = "".join(map(chr, range(0x4E00, 0x9FD6)))
    code = (
        "from pypinyin import lazy_pinyin; import sys; "
        "print(' '.join(lazy_pinyin(c)[0] for c in map(chr, range(0x4e00, 0x9fd6))))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == [syllable(character) for character in common]


def test_threads_that_begin_at_once_all_read():
    code = (
        "import sys, threading; from knowledge.pinyin import spelled, syllable; sys.setswitchinterval(1e-5)\n"
        "gate, read = threading.Barrier(8), []\n"
        "def begin(n): gate.wait(); read.append(syllable('商') if n % 2 else spelled('商')[0])\n"
        "threads = [threading.Thread(target=begin, args=(n,)) for n in range(8)]\n"
        "[t.start() for t in threads]; [t.join() for t in threads]; print(*read)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["shang"] * 8, done.stderr
