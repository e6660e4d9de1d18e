"""An official account against a stand-in for its server: what people do, and what they are shown."""

from __future__ import annotations

import asyncio
import time

import pytest

from channels.wechat import in_time_or_late
from channels.wechat.heard import Heard
from desk import conversations, outgoing, reach, transcripts
from desk.deliveries import Delivered
from desk.engine import reading
from desk.outgoing import State
from desk.reach import Reached
from server import keys
from tests.channels.wechat.conftest import OPENID, Connect
from tests.scripted_app import ANSWER, CITATION, FakeDialogue
from tests.waiting import until
from tests.wechat.standin import StandIn

LONG = "".join(f"第{n}步，先把平台通知和律师邮件全部保存下来再核对案号。" for n in range(1, 120))


def person_of(app, openid=OPENID):
    with reading(app[keys.ENGINE]) as conn:
        row = conn.exec_driver_sql(
            "SELECT id FROM channel_people WHERE address = ?", (openid,)
        ).first()
        return None if row is None else reach.get(conn, row.id)


def said_in(app, sender):
    with reading(app[keys.ENGINE]) as conn:
        return [(item.direction, item.text) for item in transcripts.history(conn, sender)]


def keeps_something(app, openid=OPENID):
    """Whether a part of an answer waits until the person writes."""
    with reading(app[keys.ENGINE]) as conn:
        waiting = outgoing.waiting(conn, person_of(app, openid).id)
    return any(part.state is State.KEPT for part in waiting)


@pytest.mark.parametrize("mode", ["plain", "compatible", "safe"])
async def test_a_question_is_answered_on_its_own_connection(
    connect: Connect, standin: StandIn, mode: str
) -> None:
    app = await connect(mode)
    assert await standin.says(OPENID, "337答辩期限") == "收到：337答辩期限"
    sender = person_of(app).sender
    assert said_in(app, sender) == [("in", "337答辩期限"), ("out", "收到：337答辩期限")]
    assert OPENID not in sender
    with reading(app[keys.ENGINE]) as conn:
        assert conversations.find(conn, sender).channel == "wechat"


async def test_three_deliveries_of_one_message_are_one_turn(
    connect: Connect, standin: StandIn, dialogue: FakeDialogue
) -> None:
    await connect()
    shown = await standin.says(OPENID, "你好", lost=frozenset({0, 1}))
    assert shown == "收到：你好", standin.troubles
    assert [text for _, text in dialogue.seen] == ["你好"]


async def test_while_the_records_are_slow_a_message_is_stored_once_and_its_connections_end(
    connect: Connect,
    standin: StandIn,
    dialogue: FakeDialogue,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    app = await connect()
    monkeypatch.setattr("channels.wechat.callbacks.IMMEDIATE_S", 0.3)
    stores: list[str] = []
    kept = in_time_or_late.TimedAnswers._store

    def slow(self: in_time_or_late.TimedAnswers, heard: Heard) -> tuple[Delivered, Reached]:
        stores.append(heard.text)
        time.sleep(2.5)
        return kept(self, heard)

    monkeypatch.setattr(in_time_or_late.TimedAnswers, "_store", slow)
    assert await standin.says(OPENID, "你好") is None
    assert all(trouble.startswith("503") for trouble in standin.troubles)
    assert len(standin.troubles) == 3
    assert stores == ["你好"]
    # Stored after all, it is answered, once, and by the way that is left.
    await until(lambda: standin.people[OPENID].texts == ["收到：你好"])
    assert [text for _, text in dialogue.seen] == ["你好"]
    assert person_of(app) is not None


async def test_events_of_two_people_in_one_second_are_two(
    connect: Connect, standin: StandIn
) -> None:
    await connect()
    event = {
        "MsgType": "event",
        "Event": "CLICK",
        "EventKey": "转人工",
        "CreateTime": 1_790_000_000,
    }
    first, second = await asyncio.gather(standin.acts(OPENID, event), standin.acts("oOther", event))
    assert first == second == "已登记。"


async def test_an_event_that_comes_again_is_answered_once(
    connect: Connect, standin: StandIn, dialogue: FakeDialogue
) -> None:
    await connect()
    event = {"MsgType": "event", "Event": "CLICK", "EventKey": "期限", "CreateTime": 1_790_000_000}
    await standin.acts(OPENID, event, lost=frozenset({0}))
    await standin.acts(OPENID, event)
    assert len(dialogue.seen) == 1


async def test_a_slow_answer_is_sent_afterwards(
    connect: Connect, standin: StandIn, dialogue: FakeDialogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("channels.wechat.callbacks.IMMEDIATE_S", 0.5)
    await connect()
    pause = dialogue.pause("慢")
    assert await standin.says(OPENID, "慢") is None
    await pause.reached.wait()
    assert len(dialogue.seen) == 1
    pause.release.set()
    await until(lambda: standin.people[OPENID].texts == ["收到：慢"])
    assert standin.people[OPENID].seen[0][0] == "sent"


async def test_without_the_right_a_slow_answer_is_kept_for_the_next_message(
    connect: Connect, standin: StandIn, dialogue: FakeDialogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("channels.wechat.callbacks.IMMEDIATE_S", 0.5)
    app = await connect(may_push=False)
    pause = dialogue.pause("慢")
    assert await standin.says(OPENID, "慢") is None
    pause.release.set()
    await until(lambda: keeps_something(app))
    monkeypatch.setattr("channels.wechat.callbacks.IMMEDIATE_S", 60.0)
    assert await standin.says(OPENID, "1") == "收到：慢"
    assert [text for _, text in dialogue.seen] == ["慢"]
    assert "send" not in standin.calls


async def test_a_long_answer_without_the_right_is_given_piece_by_piece(
    connect: Connect, standin: StandIn, dialogue: FakeDialogue
) -> None:
    await connect(may_push=False)
    dialogue.replies["长"] = [{"kind": "text", "text": LONG}]
    pieces = [await standin.says(OPENID, "长")]
    while "回复「1」" in pieces[-1]:
        pieces.append(await standin.says(OPENID, "1"))
    assert len(pieces) > 2
    whole = "".join(piece.partition("\n\n（还有")[0] for piece in pieces)
    assert whole == LONG
    assert await standin.says(OPENID, "1") == "收到：1"


async def test_a_long_answer_goes_in_several_messages_that_end_with_a_sentence(
    connect: Connect, standin: StandIn, dialogue: FakeDialogue
) -> None:
    await connect()
    dialogue.replies["长"] = [{"kind": "text", "text": LONG}]
    first = await standin.says(OPENID, "长")
    await until(lambda: "".join(standin.people[OPENID].texts) == LONG)
    assert all(text.endswith("。") for text in standin.people[OPENID].texts)
    assert first == standin.people[OPENID].texts[0]


async def test_numbers_stand_for_the_choices_of_the_last_answer(
    connect: Connect, standin: StandIn, dialogue: FakeDialogue
) -> None:
    await connect(may_push=False)
    dialogue.replies["问"] = [
        {
            "kind": "question",
            "text": "哪个国家？",
            "buttons": [
                {"title": "美国", "payload": "是美国"},
                {"title": "德国", "payload": "是德国"},
            ],
        }
    ]
    shown = await standin.says(OPENID, "问")
    assert shown.endswith("1. 美国\n2. 德国")
    assert await standin.says(OPENID, "２") == "收到：是德国"
    assert await standin.says(OPENID, "2") == "收到：2"


async def test_with_the_right_a_choice_is_a_link_that_answers(
    connect: Connect, standin: StandIn, dialogue: FakeDialogue
) -> None:
    await connect()
    dialogue.replies["问"] = [ANSWER]
    shown = await standin.says(OPENID, "问")
    assert "weixin://bizmsgmenu?msgmenucontent=帮我算337答辩期限&msgmenuid=1" in shown


async def test_a_cited_answer_links_to_its_whole_page(
    connect: Connect, standin: StandIn, dialogue: FakeDialogue
) -> None:
    await connect()
    dialogue.replies["问"] = [ANSWER]
    shown = await standin.says(OPENID, "问")
    link = next(line for line in shown.splitlines() if "全文和依据：" in line).partition("：")[2]
    path = link.removeprefix("https://huhang.example")
    base = standin.callback.removesuffix("/wechat/callback")
    async with standin.session().get(base + path) as response:
        page = await response.text()
    assert response.status == 200
    assert CITATION["quote"] in page
    assert response.headers["X-Robots-Tag"] == "noindex, nofollow"
    other = "B" if path.endswith("A") else "A"
    async with standin.session().get(base + path[:-1] + other) as response:
        assert response.status == 404


async def test_subscribing_by_a_code_greets_and_remembers_the_campaign(
    connect: Connect, standin: StandIn, dialogue: FakeDialogue
) -> None:
    app = await connect(may_push=False)
    event = {"MsgType": "event", "Event": "subscribe", "EventKey": "qrscene_canton-fair-2026"}
    shown = await standin.acts(OPENID, event)
    assert shown.startswith("您好，这里是护航")
    assert await standin.says(OPENID, "1") == "收到：我被诉或被投诉"
    assert person_of(app).campaign == "canton-fair-2026"
    assert dialogue.metadata[-1]["campaign"] == "canton-fair-2026"
    scan = {"MsgType": "event", "Event": "SCAN", "EventKey": "park-7"}
    assert (await standin.acts(OPENID, scan)).startswith("欢迎回来")
    assert person_of(app).campaign == "canton-fair-2026"


async def test_a_code_of_the_quiz_begins_the_quiz(connect: Connect, standin: StandIn) -> None:
    await connect()
    event = {"MsgType": "event", "Event": "subscribe", "EventKey": "qrscene_quiz-426"}
    assert await standin.acts(OPENID, event) == "收到：开始答题"


@pytest.mark.parametrize(
    ("content", "begins"),
    [
        (
            {"MsgType": "voice", "MediaId": "m", "Recognition": "被警告了怎么办"},
            "收到：被警告了怎么办",
        ),
        ({"MsgType": "voice", "MediaId": "m"}, "这段语音没有识别出文字"),
        ({"MsgType": "video", "MediaId": "m"}, "视频我看不了"),
        ({"MsgType": "shortvideo", "MediaId": "m"}, "视频我看不了"),
        (
            {"MsgType": "location", "Location_X": "23", "Label": "广州市花都区"},
            "收到：我在广州市花都区",
        ),
        (
            {"MsgType": "link", "Title": "被诉了", "Url": "https://example.org"},
            "收到链接《被诉了》",
        ),
    ],
)
async def test_every_kind_of_message_is_understood_or_answered_kindly(
    connect: Connect, standin: StandIn, content: dict[str, str | int], begins: str
) -> None:
    await connect()
    assert (await standin.acts(OPENID, content)).startswith(begins)


@pytest.mark.parametrize(
    "content",
    [
        {"MsgType": "event", "Event": "VIEW", "EventKey": "https://example.org"},
        {"MsgType": "event", "Event": "LOCATION", "Latitude": "23.1"},
        {"MsgType": "event", "Event": "TEMPLATESENDJOBFINISH"},
        {"MsgType": "hologram"},
    ],
)
async def test_what_asks_for_nothing_is_acknowledged(
    connect: Connect, standin: StandIn, dialogue: FakeDialogue, content: dict[str, str | int]
) -> None:
    await connect()
    assert await standin.acts(OPENID, content) is None
    assert dialogue.seen == []


async def test_who_unsubscribed_is_not_written_to_and_comes_back(
    connect: Connect, standin: StandIn
) -> None:
    app = await connect()
    await standin.says(OPENID, "你好")
    await standin.acts(OPENID, {"MsgType": "event", "Event": "unsubscribe"})
    await until(lambda: not person_of(app).is_reachable)
    sender = person_of(app).sender
    assert len(said_in(app, sender)) == 2
    await standin.acts(OPENID, {"MsgType": "event", "Event": "subscribe"})
    assert person_of(app).is_reachable
    assert person_of(app).sender == sender


async def test_a_delivery_that_a_dead_server_left_is_answered_after_the_start(
    connect: Connect, standin: StandIn, dialogue: FakeDialogue
) -> None:
    app = await connect()
    await standin.says(OPENID, "你好")
    person = person_of(app)
    from desk import deliveries
    from desk.engine import writing
    from desk.times import utc_now

    left = {
        "kind": "text",
        "key": "k",
        "person": OPENID,
        "account": standin.original,
        "text": "丢",
        "details": {},
    }
    with writing(app[keys.ENGINE]) as conn:
        deliveries.receive(
            conn, "wechat", "k", person.id, left, "dead", now=utc_now() - 2 * deliveries.LEASE
        )
    await app.shutdown()
    await app.cleanup()
    await connect()
    await until(lambda: "收到：丢" in standin.people[OPENID].texts)
    assert [text for _, text in dialogue.seen] == ["你好", "丢"]


def test_the_answer_has_its_way_back_before_the_server_hangs_up() -> None:
    assert in_time_or_late.IMMEDIATE_S <= 4.0


async def test_what_comes_while_the_server_starts_is_worked_on_once(
    connect: Connect, standin: StandIn, dialogue: FakeDialogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("channels.wechat.in_time_or_late._RESUME_EVERY_S", 0.01)
    await connect()
    for number in range(20):
        assert await standin.says(f"o{number}", f"第{number}问") == f"收到：第{number}问"
    assert len(dialogue.seen) == 20
