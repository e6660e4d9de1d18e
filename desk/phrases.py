"""What the channels themselves say: where the bot is silent, unavailable or has failed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from desk.contacts import last_four
from desk.messages import Button, MessageKind, OutboundMessage

HUMAN = "转人工"
BACK_TO_BOT = "继续问机器人"
# What the button sends that the bot shows when it asks whether to erase.
ERASE = "确认删除"

HUMAN_BUTTON = Button(HUMAN, HUMAN)
BACK_BUTTON = Button(BACK_TO_BOT, BACK_TO_BOT)


def says_standing(messages: Sequence[OutboundMessage]) -> bool:
    """Whether messages say that a human is still waited for."""
    return any(
        message.kind is MessageKind.HANDOFF or message.data.get("standing") for message in messages
    )


def kept_for_staff(ticket: str) -> OutboundMessage:
    """What was written while nobody is on duty is there for whoever calls back."""
    return OutboundMessage(
        kind=MessageKind.NOTICE,
        text=f"收到，这些话已留在人工请求 {ticket} 里，工作人员会看到。有问题可以直接问，机器人会先回答。",
        buttons=(BACK_BUTTON,),
        data={"standing": ticket, "ticket": ticket},
    )


def waiting(
    ticket: str, position: int | None, expected: str, *, is_online: bool, has_phone: bool
) -> OutboundMessage:
    """Where the person stands while the bot keeps silent."""
    words = [f"您的人工请求（编号 {ticket}）正在排队{_place(position)}。"]
    words.append(f"{expected}。")
    if not is_online:
        words.append("现在没有工作人员在线。")
        if not has_phone:
            words.append("愿意的话，可以留下手机号和方便接听的时间，工作人员会回电。")
    words.append(
        "您接着发的内容都会留给工作人员看，在此期间机器人不会自动回答。"
        f"想先问机器人，请点「{BACK_TO_BOT}」，人工请求仍然保留。"
        if is_online
        else "现在可以接着问，机器人会回答，人工请求仍然保留。"
    )
    return OutboundMessage(
        kind=MessageKind.NOTICE,
        text="".join(words),
        buttons=(BACK_BUTTON,),
        data={"standing": ticket, "ticket": ticket, "position": position, "expected": expected},
    )


def contact_kept(ticket: str, phone: str, *, has_time: bool) -> OutboundMessage:
    """The phone number left while waiting is stored with the ticket."""
    time = "" if has_time else "方便接听的时间也可以连同号码再发一次。"
    return OutboundMessage(
        kind=MessageKind.NOTICE,
        text=f"已把尾号 {last_four(phone)} 的电话记在人工请求 {ticket} 里，工作人员会用它回电。{time}",
        buttons=(BACK_BUTTON,),
        data={"ticket": ticket},
    )


def time_kept(ticket: str, *, has_phone: bool) -> OutboundMessage:
    """The time at which the person wants to be called is stored with the ticket."""
    phone = (
        "" if has_phone else "还没有手机号，愿意的话请再发一次手机号，工作人员会按这个时间回电。"
    )
    return OutboundMessage(
        kind=MessageKind.NOTICE,
        text=f"已把方便接听的时间记在人工请求 {ticket} 里。{phone}",
        buttons=(BACK_BUTTON,),
        data={"ticket": ticket},
    )


def callback_owed(ticket: str, *, has_phone: bool) -> OutboundMessage:
    """How a request stands that the staff will come back to."""
    phone = (
        "会用您留下的电话联系您"
        if has_phone
        else "会在这里回复您；想让工作人员回电，请发一次手机号"
    )
    return OutboundMessage(
        kind=MessageKind.NOTICE,
        text=f"您的人工请求 {ticket} 已记为待回电，工作人员{phone}。现在可以继续问机器人。",
        buttons=(HUMAN_BUTTON,),
        data={"ticket": ticket},
    )


def back_to_bot(ticket: str) -> OutboundMessage:
    """The bot answers again; the ticket stays open as a callback."""
    return OutboundMessage(
        kind=MessageKind.NOTICE,
        text=(
            f"好的，现在由机器人继续回答。人工请求 {ticket} 仍然保留，工作人员会另行联系您。"
            "请写下您的问题。"
        ),
        buttons=(HUMAN_BUTTON,),
        data={"ticket": ticket},
    )


def ticket_opened(ticket: str, position: int | None, expected: str) -> OutboundMessage:
    """The desk's own confirmation, used where the bot could not give it."""
    return OutboundMessage(
        kind=MessageKind.HANDOFF,
        text=(
            f"已登记人工服务，编号 {ticket}{_place(position)}，{expected}。"
            "请接着写下情况、所在国家和文书上的日期，工作人员会看到全部内容。"
        ),
        buttons=(BACK_BUTTON,),
        data={"ticket": ticket, "position": position, "expected": expected},
    )


def staff_joined(ticket: str, name: str) -> OutboundMessage:
    """A person of the staff serves from now on."""
    return OutboundMessage(
        kind=MessageKind.NOTICE,
        text=(
            f"工作人员{name}已接入（编号 {ticket}），已看到前面的对话。"
            f"接下来由{name}本人回复，机器人不会插话。"
        ),
        data={"ticket": ticket, "event": "joined", "by": name},
    )


def handed_over(ticket: str, name: str) -> OutboundMessage:
    """Another person of the staff serves from now on."""
    return OutboundMessage(
        kind=MessageKind.NOTICE,
        text=f"您的人工服务（编号 {ticket}）已转给工作人员{name}，前面的内容对方都能看到，不用重复。",
        data={"ticket": ticket, "event": "handed_over", "by": name},
    )


def queued_again(ticket: str, position: int | None) -> OutboundMessage:
    """The ticket waits again: released, or handed to another center."""
    return OutboundMessage(
        kind=MessageKind.NOTICE,
        text=(
            f"您的人工请求（编号 {ticket}）正在转给合适的工作人员{_place(position)}。"
            f"前面的内容都会保留。想先问机器人，请点「{BACK_TO_BOT}」。"
        ),
        buttons=(BACK_BUTTON,),
        data={"ticket": ticket, "position": position, "event": "queued"},
    )


def timed_out(ticket: str, *, has_phone: bool) -> OutboundMessage:
    """Nobody came in time: the bot answers again, a callback is owed."""
    phone = (
        "工作人员会用您留下的电话联系您。"
        if has_phone
        else f"想让工作人员回电，请再点「{HUMAN}」并留下手机号和方便的时间。"
    )
    return OutboundMessage(
        kind=MessageKind.NOTICE,
        text=(
            f"抱歉，现在没有工作人员能接待。您的人工请求（编号 {ticket}）已记为待回电。{phone}"
            "现在可以继续问机器人。"
        ),
        buttons=(HUMAN_BUTTON,),
        data={"ticket": ticket, "event": "timed_out"},
    )


def service_ended(ticket: str) -> OutboundMessage:
    """The service is over; how was it?"""
    return OutboundMessage(
        kind=MessageKind.NOTICE,
        text=(
            f"人工服务（编号 {ticket}）已结束，现在由机器人继续回答。请为这次服务打分，"
            "也可以写上原因，例如「评价：4分，回复很及时」。"
        ),
        buttons=tuple(
            Button(f"{score}分 {word}", f"评价：{score}分")
            for score, word in (
                (5, "很满意"),
                (4, "满意"),
                (3, "一般"),
                (2, "不满意"),
                (1, "很不满意"),
            )
        ),
        data={"ticket": ticket, "event": "ended"},
    )


def rated(ticket: str, score: int) -> OutboundMessage:
    """The rating is stored."""
    return OutboundMessage(
        kind=MessageKind.NOTICE,
        text=f"已记下您对人工服务（编号 {ticket}）的评价：{score}分，谢谢。有新的问题可以接着问。",
        buttons=(HUMAN_BUTTON,),
        data={"ticket": ticket, "event": "rated"},
    )


def missing_materials(reference: str, items: Sequence[str], due_on: date) -> OutboundMessage:
    """The one-time list of what a request for aid still lacks."""
    lines = "\n".join(f"{number}. {item}" for number, item in enumerate(items, start=1))
    day = f"{due_on.year}年{due_on.month}月{due_on.day}日"
    return OutboundMessage(
        kind=MessageKind.LEAD,
        text=(
            f"您的援助登记 {reference} 需要补正。现一次性告知还缺的材料，共 {len(items)} 项：\n"
            f"{lines}\n请在 {day} 前补齐，不会再要求清单以外的新材料。"
            f"怎么提交、看不懂哪一项，请点「{HUMAN}」；涉密材料请不要发在对话里。"
        ),
        buttons=(Button("查进度", "查进度"), HUMAN_BUTTON),
        data={
            "reference": reference,
            "status": "supplement",
            "materials": list(items),
            "due": due_on.isoformat(),
        },
    )


def _place(position: int | None) -> str:
    return "" if position is None else f"，目前排在第 {position} 位"


def erasing_asked() -> OutboundMessage:
    """The one confirming question before everything is erased, asked without the bot."""
    return OutboundMessage(
        kind=MessageKind.QUESTION,
        text="删除后，这里的对话、登记的线索和人工请求内容都不能恢复，只留一条不含内容的删除记录。确认删除吗？",
        buttons=(Button(ERASE, ERASE), Button("不删", "不删了")),
    )


def erased(messages: int, leads: int) -> OutboundMessage:
    """What was removed at the person's word, without the bot."""
    return OutboundMessage(
        kind=MessageKind.NOTICE,
        text=f"已删除：{messages}条消息、{leads}条线索。以后想问什么，重新开始就行。",
        data={"erased": True, "messages": messages, "leads": leads},
    )


def begun_anew() -> OutboundMessage:
    """The dialogue state was forgotten because the bot failed over it."""
    return OutboundMessage(
        kind=MessageKind.TEXT,
        text="好的，我们重新开始，前面说的情况我不再使用。请说说发生了什么，或者直接提问。",
        buttons=(HUMAN_BUTTON,),
    )


def apology(request_id: str) -> OutboundMessage:
    """The bot failed; nothing of the failure is shown but a number to report."""
    return OutboundMessage(
        kind=MessageKind.NOTICE,
        text=(
            "抱歉，刚才这条没有处理成功，您的内容已经保存。可以稍后再发一次，"
            f"或者点「{HUMAN}」找工作人员。反映问题时请提供编号 {request_id}。"
        ),
        buttons=(HUMAN_BUTTON,),
        data={"request_id": request_id},
    )


def still_starting() -> OutboundMessage:
    """The bot is being loaded and this message needs it."""
    return OutboundMessage(
        kind=MessageKind.NOTICE,
        text=(
            "对话功能还在启动，通常一两分钟，请稍后再发一次。"
            f"现在可以直接提问，先查资料回答；着急请点「{HUMAN}」。"
        ),
        buttons=(HUMAN_BUTTON,),
        data={"starting": True},
    )


def nothing_said() -> OutboundMessage:
    """The bot had no reply at all."""
    return OutboundMessage(
        kind=MessageKind.NOTICE,
        text=f"这句话我没有理解。请换个说法，写明国家、事项和收到的文书；也可以点「{HUMAN}」找工作人员。",
        buttons=(HUMAN_BUTTON,),
    )
