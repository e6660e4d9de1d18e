"""The links that the terminal prints open where people are."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from channels.cli import main
from channels.cli.addresses import address, public_address
from channels.cli.serve import closing_line
from desk import copies, staff
from desk.engine import open_engine, writing
from desk.passwords import LoginError
from settings import load_settings

PASSWORD = "eine lange Weile 7"


@pytest.mark.parametrize(
    ("host", "shown"),
    [
        ("127.0.0.1", "http://127.0.0.1:8080"),
        ("0.0.0.0", "http://127.0.0.1:8080"),
        ("::", "http://[::1]:8080"),
        ("::1", "http://[::1]:8080"),
        ("huhang.lan", "http://huhang.lan:8080"),
    ],
)
def test_address_of_the_machine_is_one_that_a_browser_opens(host: str, shown: str) -> None:
    assert address(load_settings({"HUHANG_HOST": host})) == shown
    public = load_settings({"HUHANG_HOST": host, "HUHANG_PUBLIC_URL": "https://h.example.cn"})
    assert public_address(public) == "https://h.example.cn"


def test_link_for_staff_is_a_page_that_takes_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("HUHANG_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("HUHANG_PUBLIC_URL", "https://h.example.cn")
    assert main(["staff", "add", "li", "--name", "李老师", "--role", "咨询员"]) == 0
    first = capsys.readouterr().out
    assert main(["staff", "reset", "li"]) == 0
    links = re.findall(
        r"https://h\.example\.cn/desk/invitation/(\S+)", first + capsys.readouterr().out
    )
    assert len(links) == 2
    engine = open_engine(load_settings().desk.database_url)
    with pytest.raises(LoginError):
        staff.accept_invitation(engine, links[0], PASSWORD)
    assert staff.accept_invitation(engine, links[1], PASSWORD).login == "li"
    engine.dispose()


def test_another_copy_that_becomes_ready_leaves_the_first_link_good(tmp_path: Path) -> None:
    given = {"HUHANG_DATA_DIR": str(tmp_path), "HUHANG_PUBLIC_URL": "https://h.example.cn"}
    settings = load_settings(given)
    alone = closing_line(settings)
    engine = open_engine(settings.desk.database_url)
    with writing(engine) as conn:
        copies.enter(conn, "one")
        copies.enter(conn, "two")
    beside = closing_line(settings)
    first, second = (re.findall(r"/desk/invitation/(\S+)", line)[0] for line in (alone, beside))
    assert first != second
    assert "https://h.example.cn/desk/invitation/" in alone
    assert staff.accept_invitation(engine, first, PASSWORD).login == "admin"
    engine.dispose()
