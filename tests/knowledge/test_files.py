"""Writing that leaves the old file or the new one."""

import threading

import pytest

from knowledge.files import exclusive_lock, sha256_of, write_atomic


def test_file_is_replaced_whole_and_no_temporary_remains(tmp_path):
    path = tmp_path / "CURRENT"
    write_atomic(path, b"one")
    write_atomic(path, b"two")
    assert path.read_bytes() == b"two"
    assert [entry.name for entry in tmp_path.iterdir()] == ["CURRENT"]


def test_failed_write_keeps_the_old_file(tmp_path, monkeypatch):
    path = tmp_path / "CURRENT"
    write_atomic(path, b"one")

    def fail(*args):
        raise OSError("磁盘已满")

    monkeypatch.setattr("os.replace", fail)
    with pytest.raises(OSError, match="磁盘已满"):
        write_atomic(path, b"two")
    assert path.read_bytes() == b"one"


def test_two_threads_that_write_one_file_leave_the_whole_of_one_of_them(tmp_path):
    path, wrong = tmp_path / "quiz.yaml", []

    def write(letter):
        for _ in range(30):
            try:
                write_atomic(path, letter * 300_000)
            except OSError as error:
                wrong.append(error)
            if len(set(path.read_bytes())) != 1:
                wrong.append(letter)

    threads = [threading.Thread(target=write, args=(letter,)) for letter in (b"a", b"b", b"c")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
    assert [entry.name for entry in tmp_path.iterdir()] == ["quiz.yaml"]


def test_lock_is_held_by_one_at_a_time_and_freed(tmp_path):
    lock = tmp_path / "lock"
    answers = []

    def other():
        with exclusive_lock(lock, 0.0) as held:
            answers.append(held)

    with exclusive_lock(lock, 0.0) as held:
        assert held
        thread = threading.Thread(target=other)
        thread.start()
        thread.join()
    other()
    assert answers == [False, True]


def test_hash_is_of_the_content(tmp_path):
    path = tmp_path / "a"
    path.write_bytes(b"abc")
    assert sha256_of(path) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
