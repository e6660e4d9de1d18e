"""Every setting of the assistant, read once from the environment and checked at start.

``load_settings`` is the only reader of the environment in the project; everything else receives a
:class:`Settings`.  The table :data:`ENVIRONMENT` is what ``.env.example`` and the README document,
and a test holds the three together.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from environment import ENVIRONMENT
from knowledge.errors import SettingsError

ROOT = Path(__file__).resolve().parent


@dataclass(frozen=True)
class KnowledgeSettings:
    """Where documents and tables come from and where snapshots are published."""

    sources_dir: Path = ROOT / "knowledge" / "sources"
    tables_dir: Path = ROOT / "knowledge" / "tables"
    draft_dir: Path = ROOT / "var" / "draft"
    snapshots_dir: Path = ROOT / "var" / "snapshots"
    keep_snapshots: int = 5
    max_file_bytes: int = 50 * 1024 * 1024
    parse_timeout_s: float = 60.0


@dataclass(frozen=True)
class IndexerSettings:
    """Which encoder and which vector store serve retrieval."""

    encoder: str = str(ROOT / "indexer" / "model")
    vector_store: str = field(default="faiss", repr=False)


@dataclass(frozen=True)
class DeskSettings:
    """The casework database, and where the files of leads lie."""

    database_url: str = field(default=f"sqlite:///{ROOT / 'var' / 'desk.sqlite'}", repr=False)
    attachments_dir: Path = ROOT / "var" / "attachments"
    paper_days: int = 30


@dataclass(frozen=True)
class BotSettings:
    """The Rasa assistant."""

    models_dir: Path = ROOT / "var" / "models"
    tracker_url: str = field(default=f"sqlite:///{ROOT / 'var' / 'trackers.sqlite'}", repr=False)
    rasa_url: str | None = field(default=None, repr=False)


@dataclass(frozen=True)
class ChannelSettings:
    """The web server and its limits."""

    host: str = "127.0.0.1"
    port: int = 8080
    secret_key: str | None = field(default=None, repr=False)
    channel_key: str | None = field(default=None, repr=False)
    max_body_bytes: int = 64 * 1024
    max_text_chars: int = 2000
    rate_per_minute: int = 30
    drain_seconds: int = 0
    ask_ahead: bool = True
    trusted_proxies: int = 0
    public_url: str | None = None


@dataclass(frozen=True)
class WeChatSettings:
    """An official account; it is connected once id and token are set.

    ``mode`` says whether messages are encrypted (``safe``), in the clear (``plain``) or both
    (``compatible``); ``may_push`` whether the account has the right to customer-service messages.
    """

    app_id: str | None = None
    secret: str | None = field(default=None, repr=False)
    token: str | None = field(default=None, repr=False)
    aes_key: str | None = field(default=None, repr=False)
    mode: str = "plain"
    original_id: str | None = None
    may_push: bool = False
    api: str = "https://api.weixin.qq.com"


@dataclass(frozen=True)
class WeComSettings:
    """A WeCom company: an application for members, and 微信客服 for everybody on WeChat.

    ``kf_handover`` says who takes over when a human is asked for: our ``desk`` or ``wecom``'s staff.
    """

    corp_id: str | None = None
    agent_id: int | None = None
    secret: str | None = field(default=None, repr=False)
    token: str | None = field(default=None, repr=False)
    aes_key: str | None = field(default=None, repr=False)
    kf_secret: str | None = field(default=None, repr=False)
    kf_token: str | None = field(default=None, repr=False)
    kf_aes_key: str | None = field(default=None, repr=False)
    kf_handover: str = "desk"
    api: str = "https://qyapi.weixin.qq.com"


@dataclass(frozen=True)
class MailSettings:
    """The server that takes mail to staff; none is sent without a ``host``.

    ``tls`` is ``starttls``, ``ssl`` or ``none``.
    """

    host: str | None = None
    port: int = 587
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    sender: str = ""
    tls: str = "starttls"


@dataclass(frozen=True)
class Settings:
    """All settings, nested per package."""

    data_dir: Path = ROOT / "var"
    redis_url: str | None = field(default=None, repr=False)
    store_url: str | None = field(default=None, repr=False)
    log_level: str = "INFO"
    today: str | None = None
    knowledge: KnowledgeSettings = field(default_factory=KnowledgeSettings)
    indexer: IndexerSettings = field(default_factory=IndexerSettings)
    desk: DeskSettings = field(default_factory=DeskSettings)
    bot: BotSettings = field(default_factory=BotSettings)
    channels: ChannelSettings = field(default_factory=ChannelSettings)
    wechat: WeChatSettings = field(default_factory=WeChatSettings)
    wecom: WeComSettings = field(default_factory=WeComSettings)
    mail: MailSettings = field(default_factory=MailSettings)


def quiet_libraries() -> None:
    """Tell TensorFlow and Rasa, before they are imported, to stay off the screen, the network and the working folder.

    They listen to the environment alone; what an operator has set stays.
    """
    for key, value in _QUIET.items():
        os.environ.setdefault(key, value)


def one_thread_a_product() -> None:
    """Tell numpy's library, before numpy is imported, to compute a product in the thread that asks for it.

    The products of a search are small: a thread woken for one spins longer than it works, and takes the
    core from the next message.  What an operator has set stays.
    """
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")


_QUIET = {
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "TF_ENABLE_ONEDNN_OPTS": "0",
    "CUDA_VISIBLE_DEVICES": "-1",
    "RASA_TELEMETRY_ENABLED": "false",
    # A training begins from nothing, and the folder that the program lies in may not be written.
    "RASA_MAX_CACHE_SIZE": "0",
    "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
}


_LEAST_KEY = "x" * 32
# What is not repeated in an error, besides an address that carries a password.
_SECRETS = ("_KEY", "_SECRET", "_TOKEN", "_PASSWORD")


def load_settings(environ: Mapping[str, str] | None = None) -> Settings:
    """Read and check every setting.

    :param environ: the mapping to read; the process environment when omitted.
    :return: the settings, with paths made absolute.
    :raises SettingsError: naming the key and what was expected.
    """
    values = _checked(os.environ if environ is None else environ)
    today = values.get("HUHANG_TODAY")
    data_dir: Path = values.get("HUHANG_DATA_DIR", ROOT / "var").expanduser().absolute()
    encoder = values.get("HUHANG_ENCODER", str(ROOT / "indexer" / "model"))
    return Settings(
        data_dir=data_dir,
        redis_url=values.get("HUHANG_REDIS_URL"),
        store_url=values.get("HUHANG_STORE"),
        log_level=values.get("HUHANG_LOG_LEVEL", "INFO"),
        today=today,
        knowledge=KnowledgeSettings(
            draft_dir=data_dir / "draft", snapshots_dir=data_dir / "snapshots"
        ),
        indexer=IndexerSettings(
            encoder=encoder, vector_store=values.get("HUHANG_VECTOR_STORE", "faiss")
        ),
        desk=DeskSettings(
            database_url=values.get("HUHANG_DATABASE_URL", f"sqlite:///{data_dir / 'desk.sqlite'}"),
            attachments_dir=data_dir / "attachments",
            paper_days=values.get("HUHANG_PAPER_DAYS", 30),
        ),
        bot=BotSettings(
            models_dir=data_dir / "models",
            tracker_url=values.get(
                "HUHANG_TRACKER_URL", f"sqlite:///{data_dir / 'trackers.sqlite'}"
            ),
            rasa_url=values.get("HUHANG_RASA_URL"),
        ),
        channels=ChannelSettings(
            host=values.get("HUHANG_HOST", "127.0.0.1"),
            port=values.get("HUHANG_PORT", 8080),
            secret_key=values.get("HUHANG_SECRET_KEY"),
            channel_key=values.get("HUHANG_CHANNEL_KEY"),
            rate_per_minute=values.get("HUHANG_RATE_PER_MINUTE", 30),
            drain_seconds=values.get("HUHANG_DRAIN_SECONDS", 0),
            ask_ahead=values.get("HUHANG_ASK_AHEAD", True),
            trusted_proxies=values.get("HUHANG_TRUSTED_PROXIES", 0),
            public_url=values.get("HUHANG_PUBLIC_URL"),
        ),
        wechat=_wechat(values),
        wecom=_wecom(values),
        mail=_mail(values),
    )


def _checked(source: Mapping[str, str]) -> dict[str, Any]:
    """The values that are set, each cast and checked."""
    values: dict[str, Any] = {}
    for key, (cast, expected, _help) in ENVIRONMENT.items():
        raw = source.get(key, "").strip()
        if not raw:
            continue
        try:
            values[key] = cast(raw)
        except ValueError as error:
            shown = "" if _is_secret(key, raw) else f" {raw!r}"
            raise SettingsError(f"环境变量 {key} 的值{shown} 无效，应为{expected}") from error
    for key in ("HUHANG_SECRET_KEY", "HUHANG_CHANNEL_KEY"):
        if len(values.get(key, _LEAST_KEY)) < len(_LEAST_KEY):
            raise SettingsError(f"环境变量 {key} 太短，应为至少 {len(_LEAST_KEY)} 个字符")
    if "HUHANG_TODAY" in values:
        _check_date(values["HUHANG_TODAY"])
    return values


def _is_secret(key: str, raw: str) -> bool:
    return key.endswith(_SECRETS) or ("@" in raw and ":" in raw)


def _wechat(values: Mapping[str, Any]) -> WeChatSettings:
    key = values.get("HUHANG_WECHAT_AES_KEY")
    mode = values.get("HUHANG_WECHAT_MODE", "plain" if key is None else "safe")
    if mode != "plain" and key is None:
        raise SettingsError(f"HUHANG_WECHAT_MODE 是 {mode} 时必须设置 HUHANG_WECHAT_AES_KEY")
    if values.get("HUHANG_WECHAT_APP_ID") and not values.get("HUHANG_WECHAT_TOKEN"):
        raise SettingsError("设置了 HUHANG_WECHAT_APP_ID，还需要 HUHANG_WECHAT_TOKEN")
    may_push = values.get("HUHANG_WECHAT_CUSTOMER_SERVICE", False)
    if may_push and not values.get("HUHANG_WECHAT_APP_SECRET"):
        raise SettingsError(
            "发客服消息（HUHANG_WECHAT_CUSTOMER_SERVICE=yes）需要 HUHANG_WECHAT_APP_SECRET"
        )
    return WeChatSettings(
        app_id=values.get("HUHANG_WECHAT_APP_ID"),
        secret=values.get("HUHANG_WECHAT_APP_SECRET"),
        token=values.get("HUHANG_WECHAT_TOKEN"),
        aes_key=key,
        mode=mode,
        original_id=values.get("HUHANG_WECHAT_ORIGINAL_ID"),
        may_push=may_push,
        api=values.get("HUHANG_WECHAT_API", WeChatSettings.api),
    )


def _wecom(values: Mapping[str, Any]) -> WeComSettings:
    for first, others in (
        ("HUHANG_WECOM_SECRET", ("CORP_ID", "AGENT_ID", "TOKEN", "AES_KEY")),
        ("HUHANG_WECOM_KF_SECRET", ("CORP_ID", "KF_TOKEN", "KF_AES_KEY")),
    ):
        missing = [
            f"HUHANG_WECOM_{name}" for name in others if f"HUHANG_WECOM_{name}" not in values
        ]
        if first in values and missing:
            raise SettingsError(f"设置了 {first}，还需要 {'、'.join(missing)}")
    return WeComSettings(
        corp_id=values.get("HUHANG_WECOM_CORP_ID"),
        agent_id=values.get("HUHANG_WECOM_AGENT_ID"),
        secret=values.get("HUHANG_WECOM_SECRET"),
        token=values.get("HUHANG_WECOM_TOKEN"),
        aes_key=values.get("HUHANG_WECOM_AES_KEY"),
        kf_secret=values.get("HUHANG_WECOM_KF_SECRET"),
        kf_token=values.get("HUHANG_WECOM_KF_TOKEN"),
        kf_aes_key=values.get("HUHANG_WECOM_KF_AES_KEY"),
        kf_handover=values.get("HUHANG_WECOM_KF_HANDOVER", "desk"),
        api=values.get("HUHANG_WECOM_API", WeComSettings.api),
    )


_MAIL_PORTS = {"starttls": 587, "ssl": 465, "none": 25}


def _mail(values: Mapping[str, Any]) -> MailSettings:
    host, user = values.get("HUHANG_SMTP_HOST"), values.get("HUHANG_SMTP_USER")
    if host is not None and "HUHANG_SMTP_FROM" not in values:
        raise SettingsError("设置了 HUHANG_SMTP_HOST，还需要 HUHANG_SMTP_FROM（发件地址）")
    if user is not None and "HUHANG_SMTP_PASSWORD" not in values:
        raise SettingsError("设置了 HUHANG_SMTP_USER，还需要 HUHANG_SMTP_PASSWORD")
    tls = values.get("HUHANG_SMTP_TLS", "starttls")
    if user is not None and tls == "none":
        raise SettingsError("HUHANG_SMTP_TLS 是 none 时不能登录邮件服务器：密码会不加密地传过去")
    return MailSettings(
        host=host,
        port=values.get("HUHANG_SMTP_PORT", _MAIL_PORTS[tls]),
        user=user,
        password=values.get("HUHANG_SMTP_PASSWORD"),
        sender=values.get("HUHANG_SMTP_FROM", ""),
        tls=tls,
    )


def _check_date(value: str) -> None:
    from datetime import date

    try:
        date.fromisoformat(value)
    except ValueError as error:
        raise SettingsError(
            f"环境变量 HUHANG_TODAY 的值 {value!r} 无效，应为 YYYY-MM-DD"
        ) from error
