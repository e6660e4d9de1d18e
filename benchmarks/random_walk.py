"""A person who says anything at any moment: openers, buttons, commands, questions, answers, nonsense.

Walks through the embedded assistant by a seed and checks every turn: one to four messages, no two alike,
not the reply before unless it was asked for, nothing raw in what is said, no failure behind an apology,
the conversation listening afterwards.  Now and then it asks for a person, which must open a ticket, or
stops the open form, which must then be closed.

Usage: ``python benchmarks/random_walk.py [--turns 5000] [--seed 1] [--people 40] [--url URL]`` where the
URL is of an empty database for records and dialogue state (``postgresql+psycopg2://…``; SQLite files in
a temporary folder without it).  Prints each complaint with the messages before it; ends with 1 if any.
"""

from __future__ import annotations

import argparse
import asyncio
import dataclasses
import random
import re
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from bot.runtime import EmbeddedRasa
from knowledge.errors import StorageError
from settings import Settings, load_settings

# What opens each form.
OPENERS: Mapping[str, tuple[str, ...]] = {
    "triage_form": ("我有个纠纷", "我被诉或被投诉", "我要维权或布局"),
    "deadline_form": ("算期限", "帮我算期限"),
    "center_form": ("找援助中心", "找援助中心或申请资助"),
    "lead_form": ("我要登记援助线索", "我要登记"),
    "status_form": ("查进度",),
    "erase_form": ("删除我的数据",),
    "quiz_form": ("开始答题", "世界知识产权日答题"),
}
HUMAN, CANCEL = "转人工", "取消"
AGAIN = ("再说一遍", "重复一下", "你刚才问我什么")
COMMANDS = (
    HUMAN, CANCEL, "继续问机器人", "重新开始", "谢谢", "你好", "你能做什么", "再见", "好的", "不用了", "跳过", "不知道",
    "确认", "同意", "不同意", "不删了", "改一项", "有帮助", "没用", "你是机器人吗", "你们太慢了", "要准备什么材料", "转人工吧谢谢",
    "请帮我算期限", "算了", "确认删除", "确认提交", *AGAIN,
)  # fmt: skip
ANSWERS = (
    "德国", "美国", "泰国", "火星", "我们是被告", "我们是权利人", "海关扣货", "平台投诉", "商标被抢注", "被起诉", "337调查", "专利",
    "外观", "广州白云区", "佛山顺德", "东莞", "在外省", "石碣", "昨天", "上周三", "11月16日", "13月45日", "2027年3月1日",
    "2026年2月1日", "星火电子有限公司", "广州星火灯饰有限公司", "91440101MA5AN0F123", "张伟", "13800138000", "12345", "5万元",
    "XS-AAAA-BBBB", "8000", "A", "B", "第一个", "都不是", "美国337调查答辩", "不是美国，是德国", "不是昨天，是前天", "改成黄埔",
    "联系人：李工，手机：13912345678", "需要律师指导",
)  # fmt: skip
SENTENCES = (
    "收到337调查立案通知，几天内要答辩？", "那德国呢？", "期限呢", "不回会怎么样", "亚马逊店铺被TRO冻结了怎么办", "律师费大概多少",
    "我们在佛山做灯具，货在鹿特丹被海关扣了，怎么处理", "公司在中山，昨天收到德国律师的警告函，要三天内签字，能不签吗",
    "广州企业海外维权有没有资助", "商标被泰国经销商抢先注册了，还能要回来吗", "今天天气怎么样", "帮我写一首诗", "EUIPO异议要交多少钱",
    "传票是10月20号收到的，最晚哪天答辩", "我想知道你们会不会泄露我的资料", "如果是11月2日收到的呢", "能不能延期，要不要请律师？",
    "世界知识产权日是哪天", "你说的是真的吗", "这个我不太懂", "还有别的办法吗", "上一步我填错了", "我先想想",
    "We received a notice of infringement from Amazon regarding our product listing and patent, please advise.",
    "对方是" + "一家很大的公司，" * 30 + "我们该怎么办？",
)  # fmt: skip
NONSENSE = (
    "哈哈哈哈",
    "啦啦啦",
    "？？？",
    "。",
    "1",
    "asdf",
    "😀",
    "嗯嗯嗯嗯",
    "！！！！",
    "的的的的",
    "0000",
    "、",
)
# Of a hundred messages so many are of a kind; the rest are buttons of the last reply.
_KINDS = ((12, "opener"), (18, "command"), (22, "answer"), (18, "sentence"), (6, "nonsense"))
_PROBED = 0.06
# One conversation is seldom longer; sessions of more than one are seen as well.
_A_PERSON = 60
MOST = 4
LOOKS = 5
Result = TypeVar("Result")
_RAW = re.compile(r"[{}]|utter_|action_|None|Traceback|_form\b")
_APOLOGY = "刚才这一步没有处理好"


@dataclass
class Walk:
    """What was said and what was wrong with the answers."""

    turns: int = 0
    probes: int = 0
    complaints: list[str] = field(default_factory=list)
    slowest_ms: float = 0.0
    unsaved: int = 0
    said: list[str] = field(default_factory=list)
    before: list[str] = field(default_factory=list)
    buttons: list[str] = field(default_factory=list)
    acts: list[str] = field(default_factory=list)

    def complain(self, what: str) -> None:
        """Note what is wrong, with what led to it."""
        led = " | ".join(text[:30] for text in self.said[-6:])
        self.complaints.append(f"{' '.join(what.split())} ← {led} → {'、'.join(self.acts)}")

    def begin(self) -> None:
        """Another person."""
        self.said, self.before, self.buttons = [], [], []

    def judge(self, text: str, replies: Sequence[Mapping[str, Any]]) -> None:
        """What a turn said."""
        texts = [str(reply["text"]) for reply in replies]
        if not 1 <= len(texts) <= MOST:
            self.complain(f"{len(texts)} messages")
        if len(set(texts)) < len(texts):
            self.complain("two messages alike")
        if any(not said.strip() for said in texts):
            self.complain("an empty message")
        is_ticket = [reply["kind"] for reply in replies] == ["handoff"]
        if texts == self.before and not (is_ticket or text in AGAIN):
            self.complain(f"the reply before again: {texts[0][:40] if texts else ''}")
        for said in texts:
            if _RAW.search(said):
                self.complain(f"raw: {said[:60]}")
            if _APOLOGY in said:
                self.complain("an act failed")
        self.before = texts
        self.buttons = [b["payload"] for reply in replies for b in reply["buttons"]]


def next_text(chance: random.Random, buttons: Sequence[str]) -> str:
    """Anything that a person may say next."""
    drawn = chance.randrange(100)
    pools = {
        "opener": [text for texts in OPENERS.values() for text in texts],
        "command": COMMANDS, "answer": ANSWERS, "sentence": SENTENCES, "nonsense": NONSENSE,
    }  # fmt: skip
    for share, kind in _KINDS:
        if drawn < share:
            return chance.choice(pools[kind])
        drawn -= share
    return chance.choice(buttons) if buttons else chance.choice(SENTENCES)


async def walk(rasa: EmbeddedRasa, turns: int, seed: int, name: str = "walk") -> Walk:
    """Talk for so many turns.

    :param rasa: started.
    :param name: what the senders' ids begin with.
    """
    chance, done = random.Random(seed), Walk()
    while done.turns < turns:
        sender = f"{name}-{seed}-{done.turns}"
        done.begin()
        for _ in range(min(chance.randint(3, 2 * _A_PERSON), turns - done.turns)):
            await say(rasa, done, sender, next_text(chance, done.buttons))
            if chance.random() < _PROBED:
                await probe(rasa, done, sender, chance)
    return done


async def say(
    rasa: EmbeddedRasa, done: Walk, sender: str, text: str
) -> Sequence[Mapping[str, Any]]:
    """One message and what is to be said of its answer."""
    done.said.append(text)
    done.turns += 1
    started = time.perf_counter()
    try:
        replies = await rasa.handle(sender, text, {})
    except StorageError:  # the database was busy, and the person is asked to say it again
        done.unsaved += 1
        return await say(rasa, done, sender, text)
    done.slowest_ms = max(done.slowest_ms, (time.perf_counter() - started) * 1000)
    done.acts = list((await looked_up(done, lambda: rasa.plan(sender))).get("acts", ()))
    done.judge(text, replies)
    tracker = await looked_up(done, lambda: rasa.tracker(sender))
    if tracker is not None and tracker.latest_action_name != "action_listen":
        done.complain(f"does not listen after {tracker.latest_action_name}")
    return replies


async def looked_up(done: Walk, look: Callable[[], Awaitable[Result]]) -> Result:
    """What the walk itself reads of a conversation; read again while the database is busy."""
    for _ in range(LOOKS):
        try:
            return await look()
        except StorageError:
            done.unsaved += 1
    return await look()


async def probe(rasa: EmbeddedRasa, done: Walk, sender: str, chance: random.Random) -> None:
    """A person can be asked for, a form can be left, whatever was said before."""
    done.probes += 1
    if chance.random() < 0.5:
        replies = await say(rasa, done, sender, HUMAN)
        if "handoff" not in [reply["kind"] for reply in replies]:
            done.complain("no person")
        return
    await say(rasa, done, sender, CANCEL)
    tracker = await looked_up(done, lambda: rasa.tracker(sender))
    if tracker is not None and tracker.active_loop_name is not None:
        done.complain(f"{tracker.active_loop_name} was not left")


def settings_for(folder: str, url: str | None) -> Settings:
    """The published snapshot and trained model of this checkout over records of its own."""
    own = load_settings()
    environment = {"HUHANG_DATA_DIR": folder, "HUHANG_TODAY": "2026-11-23"}
    if url:
        environment |= {"HUHANG_DATABASE_URL": url, "HUHANG_TRACKER_URL": url}
    made = dataclasses.replace(load_settings(environment), knowledge=own.knowledge)
    return dataclasses.replace(
        made, bot=dataclasses.replace(made.bot, models_dir=own.bot.models_dir)
    )


async def run(turns: int, seed: int, people: int, url: str | None) -> list[Walk]:
    """Several people at the same time, each with a walk of their own."""
    with tempfile.TemporaryDirectory() as folder:
        rasa = EmbeddedRasa(settings_for(folder, url))
        await rasa.start()
        try:
            share = -(-turns // people)
            return list(await asyncio.gather(*(walk(rasa, share, seed + n) for n in range(people))))
        finally:
            await rasa.close()


def main() -> int:
    """Walk and report."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--turns", type=int, default=5000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--people", type=int, default=4, help="同时说话的人数")
    parser.add_argument("--url", help="空数据库的地址；不给就用临时的 SQLite")
    options = parser.parse_args()
    started = time.perf_counter()
    walks = asyncio.run(run(options.turns, options.seed, options.people, options.url))
    complaints = [line for done in walks for line in done.complaints]
    for line in complaints:
        print(line)
    turns, took = sum(done.turns for done in walks), time.perf_counter() - started
    slowest, unsaved = (
        max(done.slowest_ms for done in walks),
        sum(done.unsaved for done in walks),
    )
    probes = sum(done.probes for done in walks)
    print(
        f"{turns} 轮，{probes} 次求人工或退出，{len(complaints)} 处不对；"
        f"{1000 * took / turns:.1f} ms 一轮，最慢 {slowest:.0f} ms，数据库忙 {unsaved} 次"
    )
    return 1 if complaints else 0


if __name__ == "__main__":
    raise SystemExit(main())
