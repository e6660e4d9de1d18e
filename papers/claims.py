"""What a paper demands, in its own sentences, and signs in it that speak of a possible fraud."""

from __future__ import annotations

import re
from collections.abc import Iterator

from papers.words import Words

_DEMAND = re.compile(
    r"\b(?:you must|you are (?:hereby )?(?:commanded|required|ordered|requested|summoned)|we (?:hereby )?(?:demand|request|require|ask|call upon)|(?:hereby )?demands? that|must (?:be )?(?:file|submit|respond|serve|answer|pay|provide|received|filed|submitted)|cease and desist|immediately (?:cease|stop)|is (?:hereby )?(?:ordered|enjoined|restrained)|are (?:hereby )?(?:ordered|enjoined|restrained)|shall be (?:lodged|filed)|undertake to|please (?:respond|reply|confirm|sign|pay|submit|provide))"
    r"|(?:fordern|verlangen) (?:wir )?(?:sie|wir)|fordern wir|wird (?:\w+ ){0,6}untersagt|zu unterlassen|aufgefordert|verpflichten|vous (?:mettons en demeure|demandons)|mettons? en demeure|vous êtes (?:sommé|tenu|invité)|sommons|le (?:requerimos|exigimos|instamos)|requerimos|vi (?:diffidiamo|invitiamo|intimiamo)|diffid\w+|notificamos|exigimos|solicitamos|требуем|просим|yêu cầu"
    r"|(?:要求|责令|请|应当|须|务必)(?:贵司|贵公司|你方|你单位|你|在)|立即停止|请(?:贵|你)|求めます|請求します|请求します|提出してください|中止(?:する|して)|중지|요구|하시기 바랍니다|제출하",
    re.IGNORECASE,
)
_SENTENCE = re.compile(
    r"[^.!?。！？;；]+(?:[.!?。！？;；](?=\s|$|[一-龥])|$)|[^.!?。！？;；]+[.。]"
)
_ABBREVIATION = re.compile(
    r"(?:\b(?:No|Nos|Nr|Inc|Ltd|Co|Corp|v|vs|Art|Abs|Sec|U\.S|Dr|Mr|Ms|Az|bzw|Reg|Inv|St|Fed|R|p|a)\.|\b[A-Z]\.|\d\.)$"
)
_MOST, _LONGEST = 6, 240
_FREE_MAIL = re.compile(
    r"[\w.+-]+@(?:gmail|outlook|hotmail|yahoo|aol|protonmail|proton|gmx|web|163|126|qq|sina|icloud|mail|yandex)\.(?:com|me|de|net|ru|fr|co\.\w+)",
    re.IGNORECASE,
)
_LAWYER = re.compile(
    r"law (?:firm|office)|attorney|counsel|solicitor|rechtsanw|avocat|abogad|avvocat|advogad|律师|弁[护護]士|변호사|адвокат|luật sư|\bLLP\b|legal department|court|customs|gericht|tribunal",
    re.IGNORECASE,
)
_CRYPTO = re.compile(
    r"\b(?:bitcoin|btc|usdt|tether|crypto(?:currency)?|ethereum|wallet address)\b|加密货币|比特币|泰达币",
    re.IGNORECASE,
)
_GIFT = re.compile(
    r"gift ?cards?|prepaid card|western union|moneygram|\bzelle\b|cash ?app|venmo|礼品卡|充值卡",
    re.IGNORECASE,
)
_PERSONAL = re.compile(
    r"personal (?:bank )?account|account (?:name|holder)\s?[:：]\s?(?:mr|mrs|ms)\.?\b|个人账户|私人账户|privatkonto|paypal\.me|支付宝|微信(?:转账|支付)",
    re.IGNORECASE,
)
_PRESSURE = re.compile(
    r"(?:within|in) (?:24|48|12|six|6) hours|immediate(?:ly)? (?:payment|pay)|do not (?:contact|consult|inform|tell)|confidential settlement[^.]{0,40}today|arrest(?:ed)?\b|criminal record|police|24小时内|立即付款|马上(?:付款|转账)|不要(?:告诉|联系)",
    re.IGNORECASE,
)
_PAY = re.compile(
    r"\bpay(?:ment|able)?\b|wire|transfer|bank|iban|swift|überweis|付款|转账|汇款|支付|银行|bonifico|virement|transferencia",
    re.IGNORECASE,
)
_COURTLY = frozenset({
    "us-summons", "us-complaint", "us-tro", "us-pi", "us-schedule-a", "us-default", "us-subpoena", "us-337-notice",
    "ttab-institution", "ptab-notice", "us-customs-seizure", "de-injunction", "upc-claim", "upc-measures", "udrp-complaint", "cn-court",
})  # fmt: skip


def demands_of(words: Words) -> tuple[str, ...]:
    """:return: the sentences that demand something, in the paper's own words and order."""
    found: list[str] = []
    for sentence in _sentences(words.text):
        if _DEMAND.search(sentence) and len(sentence) > 12 and sentence not in found:
            found.append(sentence[:_LONGEST])
    return tuple(found[:_MOST])


def signs_of(words: Words, kind: str, docket: str | None) -> tuple[str, ...]:
    """:return: what to check about a paper's authenticity; no verdict."""
    text = words.text
    found: list[str] = []
    if kind in _COURTLY and docket is None:
        found.append("这类文书一般有案号，这里没有读到；请到法院或机关的官方网站按当事人名称查一查")
    if (mail := _FREE_MAIL.search(text)) and _LAWYER.search(text):
        found.append(f"写着律师或官方，却用免费邮箱（{mail[0]}）；请用官网上的电话或邮箱核实对方")
    if match := _CRYPTO.search(text):
        found.append(
            f"要求用加密货币付款（“{match[0]}”）；法院、海关和正规律所不会这样收款，先不要付"
        )
    if match := _GIFT.search(text):
        found.append(f"要求用礼品卡或汇款公司付款（“{match[0]}”）；先不要付")
    if match := _PERSONAL.search(text):
        found.append(f"收款的像是个人账户（“{match[0]}”）；付款前请核实收款人是谁")
    if (match := _PRESSURE.search(text)) and _PAY.search(text):
        found.append(f"催得很急，还要付款（“{match[0]}”）；先核实真假，再决定")
    return tuple(found)


def _sentences(text: str) -> Iterator[str]:
    """Sentences across line breaks; a stop after an abbreviation or an initial ends none."""
    pending = ""
    for match in _SENTENCE.finditer(" ".join(text.split())):
        pending = f"{pending} {match[0].strip()}".strip()
        if not _ABBREVIATION.search(pending):
            yield pending
            pending = ""
    if pending:
        yield pending
