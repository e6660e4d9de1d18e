"""``huhang wechat check``: what is connected to WeChat, what can be reached, and what to paste where."""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Iterator

from channels.wechat.api import Api, ApiError, Application
from channels.wechat.callbacks import APPLICATION_PATH, PATH, SERVICE_PATH
from desk.engine import open_engine
from desk.migrations import migrate
from settings import Settings

_MENU = (
    '{"button":[{"type":"click","name":"转人工","key":"转人工"},{"type":"click","name":"查进度","key":"查进度"},'
    '{"type":"click","name":"答题","key":"开始答题"}]}'
)


_ADVICE = {
    40001: "AppSecret（Secret）不对，请在后台重新生成并更新设置",
    40013: "AppID 或企业 ID 不对",
    40125: "AppSecret 不对，请在后台重新生成并更新设置",
    40164: "服务器的公网 IP 不在白名单（可信 IP）里",
    60020: "服务器的公网 IP 不在企业可信 IP 里",
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("what", choices=["check"], help="check：逐项检查公众号、企业微信和微信客服")


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Check every account.

    :return: 1 when one that is set up does not work.
    """
    base = settings.channels.public_url or "https://你的网址"
    if settings.channels.public_url is None:
        print("缺少  HUHANG_PUBLIC_URL：公众看到的网址，回调和「全文」链接都要它")
    results = [_check(settings, name, path, base, application, api)
               for name, path, application, api in _accounts(settings)]  # fmt: skip
    if not results:
        print("没有接入任何账号；步骤见 docs/channels.md")
    if settings.wechat.app_id is not None:
        mode = {"plain": "明文", "compatible": "兼容", "safe": "安全"}[settings.wechat.mode]
        push = "有" if settings.wechat.may_push else "没有（慢的回答留到对方下次发消息）"
        print(f"公众号  加解密方式：{mode}模式；客服消息权限：{push}")
        print(f"公众号  自定义菜单可以用：{_MENU}")
    return 0 if all(results) else 1


def _accounts(settings: Settings) -> Iterator[tuple[str, str, Application | None, str]]:
    wechat, wecom = settings.wechat, settings.wecom
    if wechat.app_id is not None:
        parameters = {"grant_type": "client_credential", "appid": wechat.app_id, "secret": wechat.secret or ""}  # fmt: skip
        has_secret = Application(f"wechat:{wechat.app_id}", "/cgi-bin/token", parameters)
        yield "公众号", PATH, has_secret if wechat.secret else None, wechat.api
    for name, path, secret, key in (
        ("企业微信应用", APPLICATION_PATH, wecom.secret, f"wecom:{wecom.agent_id}"),
        ("微信客服", SERVICE_PATH, wecom.kf_secret, f"kf:{wecom.corp_id}"),
    ):
        if secret is not None:
            known = {"corpid": wecom.corp_id or "", "corpsecret": secret}
            yield name, path, Application(key, "/cgi-bin/gettoken", known), wecom.api


def _check(
    settings: Settings, name: str, path: str, base: str, application: Application | None, api: str
) -> bool:
    print(f"{name}  回调地址：{base}{path}")
    if application is None:
        print(f"{name}  没有设 AppSecret：只能被动回复，不能读图片")
        return True
    try:
        asyncio.run(_token(settings, application, api))
    except ApiError as error:
        print(f"{name}  取令牌失败：{error}。{_advice(error.code, api)}")
        return False
    print(f"{name}  取令牌成功：密钥正确，服务器可以访问微信")
    return True


def _advice(code: int | None, api: str) -> str:
    """What to look at when no token was given, by what the other server said."""
    if code is None:
        return f"这台服务器访问不到 {api}：请检查域名解析、防火墙和代理"
    return _ADVICE.get(code, "请核对密钥，并把服务器的公网 IP 加入白名单（可信 IP）")


async def _token(settings: Settings, application: Application, api: str) -> None:
    """The token that the server uses too: asking for it in another way would end the server's."""
    engine = open_engine(settings.desk.database_url)
    caller = Api(engine, api, application)
    try:
        migrate(engine)
        await caller.token(None)
    finally:
        await caller.close()
        engine.dispose()
