"""Settings come from the environment, checked at start, with errors that name the key."""

from __future__ import annotations

from pathlib import Path

import pytest

from knowledge.errors import SettingsError
from settings import load_settings


def test_defaults_need_no_environment() -> None:
    settings = load_settings({})
    assert settings.channels.port == 8080
    assert settings.channels.host == "127.0.0.1"
    assert settings.bot.rasa_url is None


def test_everything_written_at_run_time_follows_the_data_folder(tmp_path: Path) -> None:
    settings = load_settings({"HUHANG_DATA_DIR": str(tmp_path)})
    assert settings.knowledge.snapshots_dir.parent == tmp_path
    assert settings.knowledge.draft_dir.parent == tmp_path
    assert settings.bot.models_dir.parent == tmp_path
    assert str(tmp_path) in settings.desk.database_url
    assert str(tmp_path) in settings.bot.tracker_url


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("HUHANG_PORT", "八零八零"),
        ("HUHANG_PORT", "70000"),
        ("HUHANG_RATE_PER_MINUTE", "0"),
        ("HUHANG_LOG_LEVEL", "loud"),
        ("HUHANG_VECTOR_STORE", "pinecone"),
        ("HUHANG_SECRET_KEY", "short"),
        ("HUHANG_TODAY", "2026-13-01"),
        ("HUHANG_TRUSTED_PROXIES", "-1"),
    ],
)
def test_bad_value_names_the_key_and_what_is_expected(key: str, value: str) -> None:
    with pytest.raises(SettingsError, match=f"{key}.*应为"):
        load_settings({key: value})


def test_blank_value_means_default() -> None:
    assert load_settings({"HUHANG_PORT": "  "}).channels.port == 8080


def test_secret_is_not_shown_when_settings_are_printed() -> None:
    settings = load_settings({"HUHANG_SECRET_KEY": "k" * 40})
    assert "kkkk" not in repr(settings)


@pytest.mark.parametrize(
    "key", ["HUHANG_DATABASE_URL", "HUHANG_TRACKER_URL", "HUHANG_REDIS_URL", "HUHANG_STORE",
            "HUHANG_RASA_URL", "HUHANG_VECTOR_STORE"]
)  # fmt: skip
def test_password_in_an_address_is_not_shown_when_settings_are_printed(key: str) -> None:
    schemes = {
        "HUHANG_REDIS_URL": "redis",
        "HUHANG_VECTOR_STORE": "milvus:http",
        "HUHANG_STORE": "s3",
    }
    address = f"{schemes.get(key, 'postgresql')}://huhang:p-secret@host/name"
    assert "p-secret" not in repr(load_settings({key: address}))


@pytest.mark.parametrize(
    "address", ["S3://:p-secret@host", "huhang:p-secret@host:6379", "S3://h:p-s/e@secret@host"]
)
@pytest.mark.parametrize(
    "key",
    ["HUHANG_REDIS_URL", "HUHANG_STORE", "HUHANG_PUBLIC_URL", "HUHANG_PORT", "HUHANG_VECTOR_STORE"],
)
def test_password_in_a_mistyped_address_is_not_repeated(key: str, address: str) -> None:
    with pytest.raises(SettingsError, match=f"{key}.*应为") as refused:
        load_settings({key: address})
    assert "secret" not in str(refused.value)


def test_mistyped_address_without_a_password_is_repeated() -> None:
    with pytest.raises(SettingsError, match="tcp://host"):
        load_settings({"HUHANG_REDIS_URL": "tcp://host"})


MAIL = {"HUHANG_SMTP_HOST": "mail.example.org", "HUHANG_SMTP_FROM": "desk@example.org"}


@pytest.mark.parametrize(("tls", "port"), [("starttls", 587), ("ssl", 465), ("none", 25)])
def test_port_of_the_mail_server_follows_the_encryption(tls: str, port: int) -> None:
    assert load_settings({**MAIL, "HUHANG_SMTP_TLS": tls}).mail.port == port


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"HUHANG_SMTP_FROM": ""}, "HUHANG_SMTP_FROM"),
        ({"HUHANG_SMTP_FROM": "护航"}, "HUHANG_SMTP_FROM.*邮箱"),
        ({"HUHANG_SMTP_USER": "desk"}, "HUHANG_SMTP_PASSWORD"),
        (
            {
                "HUHANG_SMTP_USER": "desk",
                "HUHANG_SMTP_PASSWORD": "p-secret",
                "HUHANG_SMTP_TLS": "none",
            },
            "不加密",
        ),
    ],
)
def test_half_set_mail_server_stops_the_start(changes: dict[str, str], message: str) -> None:
    with pytest.raises(SettingsError, match=message):
        load_settings({**MAIL, **changes})


def test_password_of_the_mail_server_is_not_shown() -> None:
    account = {"HUHANG_SMTP_USER": "desk", "HUHANG_SMTP_PASSWORD": "p-secret"}
    assert "p-secret" not in repr(load_settings({**MAIL, **account}))
