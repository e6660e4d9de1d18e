"""Whether a message asks something, and which of its sentences do."""

from __future__ import annotations

import re

from actions.turn.counted_items import counted

# Marks and words with which Chinese questions are built: the one list by which a message is taken for one.
_ASKS = re.compile(
    r"[?？]|[吗呢嗎]|怎|咋|点解|點|咩|乜|几[天日时号个年多成倍折]|幾|多少|多久|多长|多大|多快|多远|多高|什么|甚么|啥|哪|谁|何时|如何|为何|"
    r"([\u4e00-\u9fff])[不唔没冇]\1|可以[^，。]{0,12}[吗么]|有冇|(?<![还都从也并就是])[不没未唔](?=[。!！~]?$)|"
    r"能否|是否|可否|会否|还是[^，。]{1,16}[?？]?$|对[吗吧]|是吧|来得及|最晚|最迟|来着|求(?:解释|教|指点)|请教|请问|想问|问一?下|想(?:了解|知道|搞清楚|弄明白)|点算|点办|係咪"
)
# An exclamation, no question (天哪搞错了).
_EXCLAIMS = re.compile(r"(?:^|(?<=[，,。！!\s我的老]))天[哪啊吶]")
# Who says so speaks of something else from here on (不说这个了，世界知识产权日是哪天).
_TURNS = re.compile(
    r"^[^，,。]{0,4}(?:先?不(?:说|谈|管|提|聊|问)[这那](?:个|事|件|些)?|换个(?:话题|问题|事)|再?[问说][个件点]别的(?:事|问题)?|题外话)"
    r"了?[啊吧哈]?[，,。！! ]+"
)
# A question for the next step and nothing else: a story that ends in it is taken in as a whole.
_WHAT_NOW = re.compile(
    r"(?:怎么办|怎么处理|怎么弄|怎么应对|咋办|咋整|点算|点办|如何处理|如何应对|该做什么|做什么好|先做什么|怎么搞)[^，,。；;?？]{0,4}[?？。！!]*$"
)
_ENDS = re.compile(r"(?<=[。！!？?；;\n])|(?<=[吗呢])(?=[，, ])")
_COMMA = re.compile(r"(?<=[，,])")
# A long message is a story; what it asks stands in a part of it.
LONG = 45
# An article with its paragraphs and the word that joins the next one.
_ARTICLES = re.compile(
    r"第[\d一二三四五六七八九十百零]+条(?:之\d+)?(?:第?[\d一二三四五六七八九十]+[款项])*[和及与、,]?"
)
# From here on something may be told before the question.
_TOLD_FIRST = 28
_MOST_ASKED = 3
_SHORTEST = 4
_MOST_OF_IT = 0.75
# Of a long sentence so much before the asking clause belongs to the question.
_BEFORE = 24


def asks(text: str) -> bool:
    """Whether a normalised message asks something."""
    return _ASKS.search(_EXCLAIMS.sub("", text)) is not None


def asks_what_now(text: str) -> bool:
    """Whether a message ends in the question for the next step."""
    return _WHAT_NOW.search(text) is not None


def turned_to(text: str) -> str | None:
    """What a message turns to that leaves what was spoken of; None where it does not say that it does."""
    rest = _TURNS.sub("", text)
    return rest if rest != text and len(rest) >= _SHORTEST else None


def sentences(text: str) -> list[str]:
    """The sentences of a message, in order, without empty ones."""
    return [part.strip() for part in _ENDS.split(text) if part.strip(" ，,。；;！!？?")]


def clauses(text: str) -> list[str]:
    """What stands between the marks of a message, in order, without what holds fewer than two signs."""
    return [part for part in re.split(r"[，,。；;：:！!？?\s]+", text) if len(part) > 1]


def questions(text: str) -> list[str]:
    """The questions of a message, in order: its asking sentences, cut where both sides of a comma ask.

    Of what a message counts each item is one.
    """
    if items := counted(text):
        return items[:_MOST_ASKED]
    found: list[str] = []
    for sentence in sentences(text):
        if asks(sentence):
            found += _cut(sentence)
    return found[-_MOST_ASKED:]


def _cut(sentence: str) -> list[str]:
    """One question a part, with what stands just before it."""
    parts: list[str] = []
    open_part = ""
    for clause in _COMMA.split(sentence):
        open_part = _end_of(open_part) + clause if len(sentence) > LONG else open_part + clause
        if asks(clause) and len(open_part.strip("，, ")) >= _SHORTEST:
            parts.append(open_part.strip("，, "))
            open_part = ""
    if open_part.strip("，, 。？?"):
        if parts:
            parts[-1] = f"{parts[-1]}，{open_part.strip()}"
        else:
            parts.append(open_part.strip())
    return parts


def _end_of(told: str) -> str:
    """What stands just before a question, with no word or number cut in two."""
    start = max(len(told) - _BEFORE, 0)
    while start and told[start - 1 : start + 1].isascii() and told[start - 1 : start + 1].isalnum():
        start -= 1
    return told[start:]


def asked(text: str) -> str | None:
    """The asking part of a message that tells something first; None when it is short, or most or none of it asks."""
    if len(text) <= _TOLD_FIRST:
        return None
    part = " ".join(questions(text))
    return part if part and len(part) < len(text) * _MOST_OF_IT else None


def without_articles(text: str) -> str | None:
    """A long message without the articles that a paper it tells of names (律师信里引了第14条); None where one is asked about."""
    if len(text) <= _TOLD_FIRST or _ARTICLES.search(text) is None:
        return None
    asking = [clause for clause in clauses(text) if asks(clause)]
    if not asking or any(_ARTICLES.search(clause) for clause in asking):
        return None
    return _ARTICLES.sub("", text)
