"""The keys of the environment: how each is read, what it must look like, what it means."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any


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


def _redis(value: str) -> str:
    if not value.startswith(("redis://", "rediss://", "unix://")):
        raise ValueError(value)
    return value


def _objects(value: str) -> str:
    if not re.fullmatch(r"[a-z][a-z0-9+.]*://\S+", value):
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


def _mail_address(value: str) -> str:
    if not re.fullmatch(r"[^\s@<>,]+@[^\s@<>,]+", value):
        raise ValueError(value)
    return value


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
    "HUHANG_REDIS_URL": (
        _redis,
        "redis:// 开头的地址",
        "多份服务之间传信号、合计限流的 Redis；默认用办件数据库，只有 SQLite 时用数据文件夹",
    ),
    "HUHANG_STORE": (
        _objects,
        "s3://桶/前缀 这样的地址",
        "快照、对话模型和附件另存一份的对象存储，几台机器共用；默认只在数据文件夹里",
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
    "HUHANG_DRAIN_SECONDS": (
        _natural,
        "非负整数",
        "收到停止信号后继续服务的秒数，让前置代理先看到 /readyz 变为 503；默认 0",
    ),
    "HUHANG_ASK_AHEAD": (
        _yes,
        "yes 或 no",
        "启动后趁空问好线上版本的判定问题，培训员第一次对比就不用等，默认 yes",
    ),
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
    "HUHANG_SMTP_HOST": (str, "主机名或地址", "发提醒邮件的服务器；默认不发邮件"),
    "HUHANG_SMTP_PORT": (
        _port,
        "0–65535 的整数",
        "邮件服务器的端口；默认按加密方式取 587、465 或 25",
    ),
    "HUHANG_SMTP_TLS": (
        _one_of("starttls", "ssl", "none"),
        "starttls、ssl 或 none",
        "邮件服务器的加密方式，默认 starttls；none 只用于本机或内网，不能带密码",
    ),
    "HUHANG_SMTP_USER": (str, "用户名", "邮件服务器的用户名；默认不登录"),
    "HUHANG_SMTP_PASSWORD": (str, "密码或授权码", "邮件服务器的密码或授权码"),
    "HUHANG_SMTP_FROM": (_mail_address, "邮箱地址", "提醒邮件的发件地址"),
    "HUHANG_LOG_LEVEL": (_level, "DEBUG、INFO、WARNING 或 ERROR", "日志级别，默认 INFO"),
    "HUHANG_TODAY": (str, "YYYY-MM-DD", "固定今天的日期（演示和测试用）；默认真实日期"),
}
