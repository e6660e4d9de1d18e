"""Every setting of the assistant, read once from the environment and checked at start.

``load_settings`` is the only reader of the environment in the project; everything else receives a
:class:`Settings`.  The table :data:`ENVIRONMENT` is what ``.env.example`` and the README document,
and a test holds the three together.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

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
    vector_store: str = "faiss"


@dataclass(frozen=True)
class DeskSettings:
    """The casework database, and where the files of leads lie."""

    database_url: str = f"sqlite:///{ROOT / 'var' / 'desk.sqlite'}"
    attachments_dir: Path = ROOT / "var" / "attachments"
    paper_days: int = 30


@dataclass(frozen=True)
class BotSettings:
    """The Rasa assistant."""

    models_dir: Path = ROOT / "var" / "models"
    tracker_url: str = f"sqlite:///{ROOT / 'var' / 'trackers.sqlite'}"
    rasa_url: str | None = None


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
class Settings:
    """All settings, nested per package."""

    data_dir: Path = ROOT / "var"
    log_level: str = "INFO"
    today: str | None = None
    knowledge: KnowledgeSettings = field(default_factory=KnowledgeSettings)
    indexer: IndexerSettings = field(default_factory=IndexerSettings)
    desk: DeskSettings = field(default_factory=DeskSettings)
    bot: BotSettings = field(default_factory=BotSettings)
    channels: ChannelSettings = field(default_factory=ChannelSettings)
    wechat: WeChatSettings = field(default_factory=WeChatSettings)
    wecom: WeComSettings = field(default_factory=WeComSettings)


def quiet_libraries() -> None:
    """Tell TensorFlow and Rasa, before they are imported, to stay off the screen and the network.

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
    "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
}


def _port(value: str) -> int:
    number = int(value)
    if not 0 <= number <= 65535:
        raise ValueError(value)
    return number


def _positive(value: str) -> int:
    number = int(value)
    if number <= 0:
        raise ValueError(value)
    return number


def _natural(value: str) -> int:
    number = int(value)
    if number < 0:
        raise ValueError(value)
    return number


def _level(value: str) -> str:
    if value.upper() not in {"DEBUG", "INFO", "WARNING", "ERROR"}:
        raise ValueError(value)
    return value.upper()


def _url(value: str) -> str:
    if not value.startswith(("http://", "https://")) or any(letter.isspace() for letter in value):
        raise ValueError(value)
    return value.rstrip("/")


def _store(value: str) -> str:
    if value not in {"faiss", "milvus"} and not value.startswith("milvus:"):
        raise ValueError(value)
    return value


def _aes_key(value: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9]{43}", value):
        raise ValueError("EncodingAESKey")
    return value


def _one_of(*names: str) -> Callable[[str], str]:
    def cast(value: str) -> str:
        if value not in names:
            raise ValueError(value)
        return value

    return cast


def _yes(value: str) -> bool:
    if value.lower() not in {"yes", "no"}:
        raise ValueError(value)
    return value.lower() == "yes"


_AES = "43 个字母和数字（EncodingAESKey）"
_WEB = "http(s):// 开头的网址"

# key -> (caster, what is expected, help)
ENVIRONMENT: dict[str, tuple[Callable[[str], Any], str, str]] = {
    "HUHANG_DATA_DIR": (Path, "文件夹路径", "运行数据（快照、模型、数据库）所在文件夹，默认 var/"),
    "HUHANG_DATABASE_URL": (str, "SQLAlchemy 数据库地址", "办件数据库；默认数据文件夹里的 SQLite"),
    "HUHANG_TRACKER_URL": (
        str,
        "SQLAlchemy 数据库地址",
        "对话状态数据库；默认数据文件夹里的 SQLite",
    ),
    "HUHANG_ENCODER": (str, "模型名或文件夹", "sentence-transformers 编码器；默认随附的静态编码器"),
    "HUHANG_VECTOR_STORE": (
        _store,
        "faiss、milvus 或 milvus:地址",
        "向量库，默认 faiss；milvus 需另装 pymilvus",
    ),
    "HUHANG_RASA_URL": (str, "http(s) 地址", "改用远端 Rasa 服务；默认在本进程内运行"),
    "HUHANG_HOST": (str, "主机名或地址", "监听地址，默认 127.0.0.1"),
    "HUHANG_PORT": (_port, "0–65535 的整数", "监听端口，默认 8080"),
    "HUHANG_SECRET_KEY": (
        str,
        "至少 32 个字符",
        "签发会话令牌的密钥；默认首次启动时生成并存于数据文件夹",
    ),
    "HUHANG_CHANNEL_KEY": (
        str,
        "至少 32 个字符",
        "可信渠道程序代用户发消息的密钥（请求头 X-Channel-Key）；默认没有可信渠道",
    ),
    "HUHANG_RATE_PER_MINUTE": (_positive, "正整数", "每位用户每分钟最多消息数，默认 30"),
    "HUHANG_PAPER_DAYS": (_positive, "正整数", "上传的文书没有登记线索时保留的天数，默认 30"),
    "HUHANG_TRUSTED_PROXIES": (
        _natural,
        "非负整数",
        "前置反向代理层数，默认 0（不信任 X-Forwarded-For）",
    ),
    "HUHANG_PUBLIC_URL": (
        _url,
        "http(s):// 开头的网址",
        "市民打开本服务的网址，印在海报二维码里，微信里的「全文」链接也用它；默认用工作人员当时打开的网址，微信不附链接",
    ),
    "HUHANG_WECHAT_APP_ID": (str, "公众号的 AppID", "公众号；默认不接入"),
    "HUHANG_WECHAT_APP_SECRET": (str, "公众号的 AppSecret", "公众号的 AppSecret"),
    "HUHANG_WECHAT_TOKEN": (str, "公众号后台的 Token", "公众号「服务器配置」里的 Token"),
    "HUHANG_WECHAT_AES_KEY": (_aes_key, _AES, "公众号的 EncodingAESKey；兼容和安全模式必填"),
    "HUHANG_WECHAT_MODE": (
        _one_of("plain", "compatible", "safe"),
        "plain、compatible 或 safe",
        "公众号的消息加解密方式；默认有 AES 密钥时 safe，没有时 plain",
    ),
    "HUHANG_WECHAT_ORIGINAL_ID": (
        str,
        "gh_ 开头的原始ID",
        "公众号的原始ID；设了就拒收发给别的号的消息",
    ),
    "HUHANG_WECHAT_CUSTOMER_SERVICE": (
        _yes,
        "yes 或 no",
        "公众号有没有客服消息权限（已认证），默认 no",
    ),
    "HUHANG_WECHAT_API": (_url, _WEB, "公众号接口地址，默认 https://api.weixin.qq.com"),
    "HUHANG_WECOM_CORP_ID": (str, "企业微信的企业ID", "企业微信；默认不接入"),
    "HUHANG_WECOM_AGENT_ID": (_positive, "正整数", "企业微信自建应用的 AgentId"),
    "HUHANG_WECOM_SECRET": (str, "应用的 Secret", "企业微信自建应用的 Secret"),
    "HUHANG_WECOM_TOKEN": (str, "应用的 Token", "企业微信自建应用「接收消息」的 Token"),
    "HUHANG_WECOM_AES_KEY": (_aes_key, _AES, "企业微信自建应用的 EncodingAESKey"),
    "HUHANG_WECOM_KF_SECRET": (str, "微信客服的 Secret", "微信客服的 Secret"),
    "HUHANG_WECOM_KF_TOKEN": (str, "微信客服的 Token", "微信客服回调的 Token"),
    "HUHANG_WECOM_KF_AES_KEY": (_aes_key, _AES, "微信客服回调的 EncodingAESKey"),
    "HUHANG_WECOM_KF_HANDOVER": (
        _one_of("desk", "wecom"),
        "desk 或 wecom",
        "微信客服转人工交给谁：desk 本系统工作台（默认），wecom 企业微信接待人员",
    ),
    "HUHANG_WECOM_API": (_url, _WEB, "企业微信接口地址，默认 https://qyapi.weixin.qq.com"),
    "HUHANG_LOG_LEVEL": (_level, "DEBUG、INFO、WARNING 或 ERROR", "日志级别，默认 INFO"),
    "HUHANG_TODAY": (str, "YYYY-MM-DD", "固定今天的日期（演示和测试用）；默认真实日期"),
}


_LEAST_KEY = "x" * 32
# What is not repeated in an error.
_SECRETS = ("_KEY", "_SECRET", "_TOKEN")


def load_settings(environ: Mapping[str, str] | None = None) -> Settings:
    """Read and check every setting.

    :param environ: the mapping to read; the process environment when omitted.
    :return: the settings, with paths made absolute.
    :raises SettingsError: naming the key and what was expected.
    """
    source = os.environ if environ is None else environ
    values: dict[str, Any] = {}
    for key, (cast, expected, _help) in ENVIRONMENT.items():
        raw = source.get(key, "").strip()
        if not raw:
            continue
        try:
            values[key] = cast(raw)
        except ValueError as error:
            shown = "" if key.endswith(_SECRETS) else f" {raw!r}"
            raise SettingsError(f"环境变量 {key} 的值{shown} 无效，应为{expected}") from error
    for key in ("HUHANG_SECRET_KEY", "HUHANG_CHANNEL_KEY"):
        if len(values.get(key, _LEAST_KEY)) < len(_LEAST_KEY):
            raise SettingsError(f"环境变量 {key} 太短，应为至少 {len(_LEAST_KEY)} 个字符")
    today = values.get("HUHANG_TODAY")
    if today is not None:
        _check_date(today)
    data_dir: Path = values.get("HUHANG_DATA_DIR", ROOT / "var").expanduser().absolute()
    encoder = values.get("HUHANG_ENCODER", str(ROOT / "indexer" / "model"))
    return Settings(
        data_dir=data_dir,
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
            trusted_proxies=values.get("HUHANG_TRUSTED_PROXIES", 0),
            public_url=values.get("HUHANG_PUBLIC_URL"),
        ),
        wechat=_wechat(values),
        wecom=_wecom(values),
    )


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


def _check_date(value: str) -> None:
    from datetime import date

    try:
        date.fromisoformat(value)
    except ValueError as error:
        raise SettingsError(
            f"环境变量 HUHANG_TODAY 的值 {value!r} 无效，应为 YYYY-MM-DD"
        ) from error
