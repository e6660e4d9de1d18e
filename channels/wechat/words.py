"""What is said on WeChat beside what the bot and the gate say."""

from __future__ import annotations

from channels.wechat.heard import Kind
from desk.messages import Button, MessageKind, OutboundMessage
from desk.phrases import HUMAN_BUTTON

WELCOME_CHOICES = (
    Button("我被诉或被投诉", "我被诉或被投诉"),
    Button("我要维权或布局", "我要维权或布局"),
    Button("找援助中心或申请资助", "找援助中心或申请资助"),
    Button("来答几道题", "开始答题"),
    HUMAN_BUTTON,
)
QUIZ = "开始答题"
AGREE = "同意上传"


def welcome(*, is_back: bool = False, greeting: str = "") -> OutboundMessage:
    """Who is here and what can be asked."""
    begin = "欢迎回来，这里是护航" if is_back else "您好，这里是护航"
    return OutboundMessage(
        kind=MessageKind.TEXT,
        text=greeting
        or (
            f"{begin}，为在海外遇到知识产权问题的企业和个人提供指引。"
            "直接写下国家、收到了什么、哪天收到，回答附出处，期限算到具体日期。"
            "请不要发送商业秘密和与律师的往来信件。本服务由程序自动回答，不构成法律意见。"
        ),
        buttons=WELCOME_CHOICES,
    )


_UNREAD = {
    Kind.VOICE: "这段语音没有识别出文字。请打字写下国家、收到了什么、哪天收到。",
    Kind.VIDEO: "视频我看不了。请打字写下情况，文书可以拍照发来。",
    Kind.FILE: "这种文件这里读不了。文书请拍照发来，或打开我们的网页上传。",
    Kind.IMAGE: "图片现在读不了。请把文书上的国家、机构、日期打字发来，或打开我们的网页上传。",
}


def unread(kind: Kind) -> OutboundMessage:
    """Something that cannot be understood here, with what to do instead."""
    return OutboundMessage(MessageKind.NOTICE, _UNREAD[kind], buttons=(HUMAN_BUTTON,))


def link(title: str) -> OutboundMessage:
    """A page that somebody shared: it is not opened."""
    named = f"《{title[:40]}》" if title else ""
    return OutboundMessage(
        MessageKind.NOTICE,
        f"收到链接{named}。我不打开外面的网页，请把您想问的那一段或问题打字发来。",
        buttons=(HUMAN_BUTTON,),
    )


def terms(text: str) -> OutboundMessage:
    """What is agreed to before a picture is read."""
    return OutboundMessage(
        MessageKind.QUESTION,
        f"{text}\n同意就回复「{AGREE}」，刚才的图片马上开始读。",
        buttons=(Button(AGREE, AGREE),),
    )


def reading(*, page: int, missing: int, gathers_s: int) -> OutboundMessage:
    """Pictures were taken and are being read.

    :param page: the place of the last one in a paper that was begun before; 0 where these begin one.
    :param missing: how many others were not to be had.
    :param gathers_s: how long further pictures are taken as pages of the same paper.
    """
    left = f"另有 {missing} 张微信没有给出（发来几天以后就取不到），请重新发。" if missing else ""
    what = (
        f"第 {page} 页收到了，和前面的当作同一份文书，正在读"
        if page
        else f"图片收到了，正在读；同一份文书还有别的页的，请在 {gathers_s} 秒内接着发，会一起读"
    )
    return OutboundMessage(
        MessageKind.NOTICE, f"{what}。读完在这里告诉您是什么文书、哪天截止。{left}"
    )


def sent_before(*, is_pending: bool) -> OutboundMessage:
    """The same pictures again: they are still being read, or what they say was told."""
    text = (
        "这张图片您发过了，还在读，读完在这里告诉您。"
        if is_pending
        else "这张图片您发过了，也读过了，结果在上面；要工作人员看原件请转人工。"
    )
    return OutboundMessage(MessageKind.NOTICE, text, buttons=(HUMAN_BUTTON,))


def not_taken(reason: str) -> OutboundMessage:
    """A picture could not be taken."""
    return OutboundMessage(MessageKind.NOTICE, f"图片没有收下：{reason}", buttons=(HUMAN_BUTTON,))


def too_fast(words: str) -> OutboundMessage:
    """The person wrote faster than is answered."""
    return OutboundMessage(MessageKind.NOTICE, words)


def failed() -> OutboundMessage:
    """A message that could not be worked on at all."""
    return OutboundMessage(
        MessageKind.NOTICE, "抱歉，刚才这条没有处理成功，请稍后再发一次。", buttons=(HUMAN_BUTTON,)
    )


def said(kind: Kind, text: str) -> str:
    """What stands in the conversation for something that is no text."""
    return f"{NAMED[kind]} {text}".strip()


NAMED = {
    Kind.VOICE: "[语音]",
    Kind.VIDEO: "[视频]",
    Kind.IMAGE: "[图片]",
    Kind.FILE: "[文件]",
    Kind.LINK: "[链接]",
}
