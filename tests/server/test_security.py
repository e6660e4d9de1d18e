"""Tokens, the secret behind them, addresses behind proxies, and limits."""

from __future__ import annotations

import base64
import stat
from dataclasses import replace

import pytest
from aiohttp.test_utils import make_mocked_request
from multidict import CIMultiDict

from channels.app import create_app
from knowledge.errors import SettingsError
from server import keys, security
from server.allowances import OwnAllowances
from server.limits import BEGINNERS_PER_MINUTE, RateLimits
from server.security import (
    Tokens,
    client_address,
    is_cross_site,
    is_issued_by_server,
    is_same_origin,
    load_secret,
    new_web_sender,
)
from settings import ChannelSettings

TOKENS = Tokens("s" * 40)


@pytest.mark.parametrize("sender", ["a", "用户一", "web~x", "a.b.c", "x" * 64])
def test_token_names_its_sender(sender):
    assert TOKENS.sender(TOKENS.issue(sender)) == sender


@pytest.mark.parametrize(
    "token",
    [None, "", "v1", "v1.YQ", "v1..", "v2.YQ." + "0" * 64, "v1.YQ.é", "v1.!!.0", "x" * 9999],
)
def test_malformed_token_names_nobody(token):
    assert TOKENS.sender(token) is None


def test_token_of_another_secret_names_nobody():
    assert Tokens("t" * 40).sender(TOKENS.issue("a")) is None


def test_token_moved_to_another_sender_names_nobody():
    mine, other = TOKENS.issue("a").split("."), TOKENS.issue("b").split(".")
    assert TOKENS.sender(".".join([mine[0], other[1], mine[2]])) is None


@pytest.mark.parametrize("victim", ["user-42", new_web_sender()], ids=["rest", "web"])
def test_mark_of_a_chosen_id_is_no_short_token_of_somebody_else(victim):
    name = base64.urlsafe_b64encode(victim.encode()).decode().rstrip("=")
    mark = TOKENS.issue(f"{name}.9999999999").rpartition(".")[2]
    assert TOKENS.sender(f"w1.{name}.9999999999.{mark}") is None
    assert TOKENS.renewable(f"w1.{name}.9999999999.{mark}") is None


def test_mark_of_a_short_token_is_no_token_of_an_id():
    _, name, ends, mark = TOKENS.issue_short("a", "site").split(".")
    for signed in (f"{name}.{ends}", f"w1\x00{name}.{ends}"):
        whole = base64.urlsafe_b64encode(signed.encode()).decode().rstrip("=")
        assert TOKENS.sender(f"v1.{whole}.{mark}") is None


def test_server_ids_are_recognised_and_differ():
    first, second = new_web_sender(), new_web_sender()
    assert first != second
    assert is_issued_by_server(first)
    assert not is_issued_by_server("web-a")


def test_secret_is_made_once_and_readable_by_the_owner_only(tmp_path):
    first = load_secret(None, tmp_path / "new")
    path = tmp_path / "new" / "secret.key"
    assert load_secret(None, tmp_path / "new") == first
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(path.parent.iterdir()) == [path]


def test_configured_secret_wins_and_is_not_written(tmp_path):
    assert load_secret("c" * 32, tmp_path) == "c" * 32
    assert not list(tmp_path.iterdir())


def test_damaged_secret_is_reported(tmp_path):
    (tmp_path / "secret.key").write_text("short")
    with pytest.raises(SettingsError, match=r"secret\.key"):
        load_secret(None, tmp_path)


@pytest.mark.parametrize(
    ("forwarded", "proxies", "expected"),
    [
        ("1.1.1.1, 2.2.2.2, 3.3.3.3", 1, "3.3.3.3"),
        ("1.1.1.1, 2.2.2.2, 3.3.3.3", 2, "2.2.2.2"),
        ("1.1.1.1", 3, "1.1.1.1"),
        ("9.9.9.9", 0, None),
        ("", 1, None),
    ],
)
def test_address_is_read_through_trusted_proxies_only(forwarded, proxies, expected):
    assert client_address(_forwarded(forwarded), proxies) == expected


@pytest.mark.parametrize(
    ("lines", "proxies", "expected"),
    [
        (("9.9.9.9", "3.3.3.3"), 1, "3.3.3.3"),
        (("9.9.9.9, 2.2.2.2", "3.3.3.3"), 2, "2.2.2.2"),
        (("9.9.9.9", "", "3.3.3.3"), 1, "3.3.3.3"),
    ],
)
def test_address_that_a_proxy_adds_in_a_line_of_its_own_counts(lines, proxies, expected):
    assert client_address(_forwarded(*lines), proxies) == expected


def _forwarded(*lines):
    headers = CIMultiDict(("X-Forwarded-For", line) for line in lines)
    return make_mocked_request("GET", "/", headers=headers).clone(remote="127.0.0.1")


async def test_fresh_ids_are_no_fresh_allowance(aiohttp_client, settings, dialogue) -> None:
    channels = replace(settings.channels, trusted_proxies=1)
    app = create_app(replace(settings, channels=channels), dialogue=dialogue)
    app[keys.LIMITS] = RateLimits(30, OwnAllowances(lambda: 0.0))  # however slow the machine is
    client = await aiohttp_client(app)
    headers = {"X-Forwarded-For": "203.0.113.7"}
    statuses = [
        (
            await client.post(
                "/api/v1/messages", json={"sender": f"p{number}", "text": "问"}, headers=headers
            )
        ).status
        for number in range(BEGINNERS_PER_MINUTE + 2)
    ]
    assert statuses == [200] * BEGINNERS_PER_MINUTE + [429] * 2


PUBLIC = ChannelSettings(public_url="https://huhang.example/")


@pytest.mark.parametrize(
    ("origin", "is_ours"),
    [
        ("https://huhang.example", True),
        ("https://huhang.example:443", True),
        ("http://inside:8080", True),
        ("http://huhang.example", False),
        ("https://huhang.example.evil.example", False),
        ("https://huhang.example:x", False),
        ("null", False),
    ],
)
def test_page_under_the_public_address_is_ours_whatever_host_the_proxy_passes(origin, is_ours):
    request = make_mocked_request("POST", "/", headers={"Origin": origin, "Host": "inside:8080"})
    assert is_same_origin(request, PUBLIC) is is_ours
    assert is_cross_site(request, PUBLIC) is not is_ours


def test_what_another_site_causes_is_refused_under_any_address():
    headers = {"Origin": "https://huhang.example", "Sec-Fetch-Site": "cross-site", "Host": "inside"}
    assert not is_same_origin(make_mocked_request("POST", "/", headers=headers), PUBLIC)


def test_log_names_both_addresses_once(caplog, monkeypatch):
    monkeypatch.setattr(security, "_told", set())
    headers = {"Origin": "https://huhang.example", "Host": "127.0.0.1:8080"}
    for _ in range(3):
        request = make_mocked_request("POST", "/", headers=headers)
        assert not is_same_origin(request, ChannelSettings())
    assert caplog.text.count("https://huhang.example") == 1
    assert "127.0.0.1:8080" in caplog.text
    assert "HUHANG_PUBLIC_URL" in caplog.text
