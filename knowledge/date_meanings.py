"""What a printed date means, by the words beside it, in the languages that papers come in.

The word nearest before a date counts, a label directly before it most; words behind it only where none
stands before.  How sure that is goes with it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import Enum


class Meaning(str, Enum):
    """What a printed date stands for."""

    ISSUED = "issued"
    FILED = "filed"
    SERVED = "served"
    RECEIVED = "received"
    PUBLISHED = "published"
    HEARING = "hearing"
    DUE = "due"
    EXPIRES = "expires"
    OTHER = "other"


# The order counts where two words begin at one place: the longer meaning first.
_CUES: tuple[tuple[Meaning, str], ...] = (
    (Meaning.EXPIRES, r"cooling[- ]?off[^.;]{0,60}?(?:endet|ends?|expires?|until|bis|jusqu'au|hasta)(?: on| am| zum)?"),
    (Meaning.DUE, r"(?:must|shall|should|has to) (?:be|have been) (?:received|filed|lodged|submitted|postmarked)[^.;]{0,50}?(?:at the latest|by|before|until)(?: on)?\b"
        r"|(?:to|must|shall) (?:submit|file|lodge|complete|reply|respond|answer)\b[^.;:\n]{0,60}:|at the latest(?: on| by)?|time to answer|\bdue\b(?: date| by| on)?|deadline|n(?:o|ot) later than|on or before|respond by|reply by|(?:last|final) (?:day|date)\b|closing date|time[- ]limit\w*|expiry of (?:the |this )?(?:time|period|term)[a-z -]*"
        r"|spätestens|\bfrist(?:ablauf|ende|datum)?\b|\b\w+frist\b|au plus tard|avant le|jusqu'au|date limite|échéance|délai (?:expir|de réponse|imparti)\w*|entro(?: e non oltre)?(?: il)?\b|scadenza|termine (?:ultimo|perentorio|per)"
        r"|antes del|hasta el|fecha l[ií]mite|a m[aá]s tardar|plazo (?:vence|hasta)|vencimiento|data[- ]limite|\bprazo\b|até(?: o dia)?\b|не позднее|срок (?:ответа|подачи|представления)|hạn (?:chót|cuối|trả lời|phản hồi|nộp)|chậm nhất|tr[ưu]?[ớo]?c ng[àa]y|uiterlijk|nie później niż|en geç"
        r"|截止|最迟|最晚|(?<!保护)(?<!有效)期限|限期|届满|提交期|答辩期|締切|締め切り|满了日|満了日|期间末日|기한|제출기일|마감|만료일"),
    (Meaning.EXPIRES, r"expir\w*|in (?:full )?(?:force|effect)(?: and effect)? (?:until|through)|valid (?:until|through)|\bablauf|gültig bis|\bläuft\b[^.]{0,30}\bab\b|valable jusqu|valido fino|válid[oa] hasta|失效|有效期[至到限]|到期|действ\w+ до|hết hạn"),
    (Meaning.HEARING, r"\bhearing\b|conference|\btrial\b|oral (?:argument|proceedings)|(?:to|shall|must|will|should) appear\b|appearance\b|verhandlung\w*|\btermin\b|anhörung|\baudience\b|comparution|udienza|audiencia|comparecencia|\bvista\b|audiência|заседани\w+|phiên (?:tòa|họp|xét)|开庭|听证|口头审理|口[头頭]弁论|弁论期日|第1回|变论|변론기일|심문기일|出庭|到庭|应到时间"),
    (Meaning.ISSUED, r"\bentered\b|\bdated\b|\bdated?\s?:|\bdate (?:of )?(?:issue|issued|sent|mailed|mailing)|date of (?:this |the )?(?:letter|notice|notification|order|mailing|communication|decision|dispatch|issue)|mailed|mail(?:ing)? date|issue date|\bissued\b|notification date|notice date|\bsigned\b|(?:so|and) ordered|post-?mark(?:ed)?|\bsent\b|date sent|\bset (?:my|her|his|their|our) hands?\b(?: (?:and seal )?(?:on )?this day)?|witness my hand|given under my hand|(?<![a-z])commence(?:d|ment|s)?(?![a-z])"
        r"|\bdatum\b|\bvom\b|ausgefertigt|erlassen|verkündet|beschlossen|entschieden|fait (?:à|le)|date d'(?:envoi|émission|expédition)|\bdate\s?:|rendue?\b|\bdata\b\s?:|\bfecha\b(?: de (?:emisi[oó]n|env[ií]o|expedici[oó]n|notificaci[oó]n))?\s?:?|emess[ao]|emitid[ao]|expedid[ao]|data (?:de|di) (?:emissão|emissione|expedição|invio)|дата(?! (?:получ|подач|вруч))|\bот\b|\bprot(?:ocollo)?\b\.?|ngày ký|\bđề ngày\b"
        r"|落款|(?:正式|程序)启动|启动[了日于的]|邮戳|盖戳|戳记|寄送日|信封上(?:印|写|盖|打)|(?:函|信|通知|决定|文书)上(?:面)?(?:印|写|打|标)(?:的|着|了|明)?|签发|作出|发文|发出|发的|寄出|寄的|邮寄|发函|函告日|通知(?=了?(?:我|咱))|制作日|起案日|発送日|发送日|作成日|通知日|发行日|発行日|发信日|발송일자?|작성일자?|통지일|시행일자?|(?<![期至])日期"),
    (Meaning.FILED, r"\bfiled\b|filing date|submitted|lodged|date of (?:filing|application|complaint)|eingereicht|eingang der klage|anmeldetag|déposée?\b|dépôt|depositat[oa]|presentad[oa]|depositad[oa]|подан\w*|nộp (?:đơn|ngày)|提交|递交|申请(?!人|号|书|[^,，。；;]{0,6}公[告布开])|立案|向本院(?:申请|提出|起诉)|提起诉讼|受理(?!通知|费|公[告布开])|出愿日|出願日|提出日|出愿|출원일자?|접수일자?"),
    (Meaning.SERVED, r"公告送达|公示送达|service by publication|(?<![a-z])served(?![a-z])|(?<=被) ?serve(?![a-z])|service date|date of service|service (?:of process )?(?:was |is |has been )?(?:effected|made|completed)|zugestellt|zustell(?:ung|datum)\w*|signifiée?\b|signification|notificat[oa]\b|notificad[oa]\b|вручен\w*|tống đạt|(?<!放弃)(?<!豁免)送达|송달\w*"),
    (Meaning.RECEIVED, r"(?<![a-z])received(?![a-z])|(?<!return )\breceipt\b|eingegangen|\beingang(?:sdatum)?\b|\berhalten\b|\breçue?\b|ricevut[oa]|recibid[oa]|recebid[oa]|получен\w*|nhận được|收到|签收|接到|拿到|看到|到手|手[里上]|收的|收件|取件|取到|领到|领取|(?:官方|局|法院|海关)[^，,。；;]{0,8}转[给来交]|寄到|送到|投递到|受领|수령\w*"),
    (Meaning.PUBLISHED, r"published|publication|veröffentlich\w*|publiée?\b|公告|公布|公报|刊登|登出|公开日|공고일|공개일"),
    (Meaning.OTHER, r"\bseized\b|\bdetained\b|registered|registration|priority|purchased?\b|first use|granted|effective|arriv\w+|imported|shipped|manufactur\w+|\bborn\b|\bsince\b|eingetragen|angemeldet|testkauf|priorität|enregistrée?|registrad[oa]|registrat[oa]"
        r"|扣留|扣押|(?:注册|授权)(?!公[告布开])|优先权|登録|登录|取证|公证|购买|进口日|出口日|申报日|등록일|구매"),
)  # fmt: skip
# A group a row; a meaning may have several.
_CUE = re.compile(
    "|".join(f"(?P<{meaning.value}_{row}>{words})" for row, (meaning, words) in enumerate(_CUES)),
    re.IGNORECASE,
)
# An hour between such words and the day: by 4.00 pm on Friday.
_CLOCK = r"(?:at )?\d{1,2}(?:[:.h]\d{2})?\s?(?:[ap]\.?m\.?|uhr|hrs?)?"
# Words that mean a last day only where they stand directly before the date, its hour and weekday aside.
WEEKDAY = (
    r"(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day|(?:mon|diens|donners|frei|sams|sonn)tag|mittwoch|lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche"
    r"|lunes|martes|mi[eé]rcoles|jueves|viernes|s[aá]bado|domingo|luned[iì]|marted[iì]|mercoled[iì]|gioved[iì]|venerd[iì]|sabato|domenica|(?:segunda|terça|quarta|quinta|sexta)-feira)"
)
_LAST_DAY_BEFORE = re.compile(
    r"(?:\bby|\bbefore|\buntil|\btill|\bbis(?: zum| zur)?|\ble|\bau|\bal|\bдо|\btr[ưu]?[ớo]?c(?: ng[àa]y)?|\btot|\bdo dnia|(?:请|須|须|应当?|务必|最迟)[^，。]{0,6}[于於])"
    rf"(?:\s(?:close of business|noon|midnight|the|spätestens|zum|einschließlich|the end of|{_CLOCK},?))*(?:\son\b)?(?:\s{WEEKDAY},?(?:\s(?:den|dem|the))?)?,?\s?$",
    re.IGNORECASE,
)
# 'le 3 décembre', 'al', 'au' name a last day only after words that speak of one.
_FRENCH_ARTICLE = re.compile(rf"\b(?:le|au|al)(?:\s{WEEKDAY})?,?\s?$", re.IGNORECASE)
# 12月4日12点前签, 12月4日之前答复, 2026年12月4日までに, 12월 4일까지
_LAST_DAY_AFTER = re.compile(
    r"^\.?\s?(?:\(.{1,4}\)\s?)?(?:之前|以前|前(?![台面天])|截止|止|まで|迄|까지|[^\s,.;]{0,3}\s?(?:이내|以内)에?)"
)
# What a court did on the day before: 'am 25. November 2026 beschlossen'.
_DECIDED_AFTER = re.compile(
    r"^\s?(?:beschlossen|entschieden|für recht erkannt|folgende[ns]? (?:beschlu|urteil|verf)|付け|付で|rendu|a rendu|ordered as follows)",
    re.IGNORECASE,
)
# The same with who decided and how between the day and the verb, which German puts last.
_DECIDED_LAST = re.compile(
    r"^[^.;]{0,30}?\b(?:durch|unter mitwirkung|nach)\b.{0,240}?\b(?:beschlossen|entschieden|für recht erkannt)\b",
    re.IGNORECASE,
)
_ON_THE = re.compile(r"\bam\s?$", re.IGNORECASE)
# Until when an office is closed is no last day: 12月29日から1月4日まで休業.
_CLOSED = re.compile(
    r"^[^。.;]{0,8}?(?:休業|休业|休館|休み|休暇|放假|휴무|휴업)|^[^.;]{0,24}?\b(?:closed|geschlossen|betriebsferien|ferm[ée]e?s?|chius[oa]|cerrad[oa])\b",
    re.IGNORECASE,
)
# Where something begins is no last day: 自2026年12月1日起.
_BEGINS_BEFORE, _BEGINS_AFTER = re.compile(r"[自从]\s?$"), re.compile(r"^\s?起(?!\d)")
# A statute's own date: Regulation (EU) No 608/2013 of 12 June 2013.
_STATUTE = re.compile(
    r"(?:regulation|directive|\bact\b|\bcode\b|gesetz|verordnung|richtlinie|règlement|\bloi\b|ustaw\w*|rozporządzen\w*|décret|reglamento|\bley\b|regolamento|\blegge\b|закон\w*|luật|条约|公约|条例|规则)[^.;]{0,40}(?:\bof|\bvom|\bdu|\bdated|\bdel?|\bот|,|\()\s?$",
    re.IGNORECASE,
)
# What may stand between a label and its date.
_LABEL_END = re.compile(
    r"(?:日期|时间|日|date|on|am|le|el|il|em|:|\s|\||\.|-|–|の|은|는|을|를|者)*", re.IGNORECASE
)
# The name of any date (收到日期, 截止日期): one of issue only where it stands alone.
_DATE_WORD = "日期"
# An application, of which the words right after a day tell what was done with it on that day.
_THING, _AT = "申请", ("", "于", "在")
_TOLD = re.compile(
    rf"(?:在[^\s,，。；;\d]{{1,6}}?)?[就才已刚]?(?:经|被)?(?:登[上在]?)?(?:{_CUE.pattern})",
    _CUE.flags,
)
#: so sure is the meaning of a date of which nothing is said
UNSAID = 0.8
_AFTER_CHINESE = 8
_AFTER = 30
_FAR = 160


def meaning_of(before: str, after: str) -> tuple[Meaning, float]:
    """:param before: the words of a date's sentence before it, ``after``: those behind it.

    :return: what the date means, and how sure that is (0–1).
    """
    written, tail = before[-_FAR:], before[-_FAR:].replace("\n", " ")
    first_line, after = after.split("\n")[0], after.replace("\n", " ")
    if _is_beside(tail, after):
        return Meaning.OTHER, 0.95
    if _LAST_DAY_AFTER.search(after):
        return Meaning.DUE, 0.95
    if _DECIDED_AFTER.search(after) or (_ON_THE.search(tail) and _DECIDED_LAST.search(after)):
        return Meaning.ISSUED, 0.93
    cues = _cues(tail)
    if (told := _told_of(tail, cues, after)) is not None:
        return told, 0.95
    if cues and _LABEL_END.fullmatch(tail, cues[-1].end()):
        return _of(cues[-1]), 0.97
    close = _CUE.search(after[:_AFTER_CHINESE])
    if (
        close is not None
        and not close[0].isascii()
        and not _parted(after[: close.start()], first_line)
    ):
        return _of(close), 0.9
    if cues and _of(cues[-1]) is Meaning.EXPIRES:
        return Meaning.EXPIRES, 0.92
    if _LAST_DAY_BEFORE.search(tail) and not (_FRENCH_ARTICLE.search(tail) and not _asks(cues)):
        return Meaning.DUE, 0.93
    if cues:
        apart = written[cues[-1].end() :].count("\n")
        return _of(cues[-1]), 0.92 if apart == 0 else (0.85 if apart == 1 else 0.6)
    late = _CUE.search(first_line[:_AFTER])
    return (_of(late), 0.85) if late is not None else (Meaning.OTHER, UNSAID)


def _told_of(tail: str, cues: Sequence[re.Match[str]], after: str) -> Meaning | None:
    """What a day is said to be of a thing that has its name from another event (商标申请10月15日公告)."""
    is_of_thing = bool(cues) and cues[-1][0] == _THING and tail[cues[-1].end() :].strip() in _AT
    told = _TOLD.match(after) if is_of_thing else None
    return _of(told) if told is not None else None


def _is_beside(tail: str, after: str) -> bool:
    """Whether a date is that of a closed office, of a beginning or of a statute, and so no day of the matter."""
    begins = _BEGINS_BEFORE.search(tail) and _BEGINS_AFTER.search(after)
    return bool(_CLOSED.search(after) or begins or _STATUTE.search(tail[-90:]))


def _cues(tail: str) -> list[re.Match[str]]:
    """The words before a date that tell its meaning; 日期 tells none where another stands directly before it."""
    cues: list[re.Match[str]] = []
    for cue in _CUE.finditer(tail):
        if not (cue[0] == _DATE_WORD and cues and cues[-1].end() == cue.start()):
            cues.append(cue)
    return cues


def opens_last_day(before: str) -> bool:
    """Whether what stands before a date ends in words after which only a last day comes (bis zum, by)."""
    tail = before[-_FAR:].replace("\n", " ")
    return _LAST_DAY_BEFORE.search(tail) is not None and not _FRENCH_ARTICLE.search(tail)


def _of(cue: re.Match[str]) -> Meaning:
    return Meaning((cue.lastgroup or "").partition("_")[0])


def _parted(words: str, first_line: str) -> bool:
    return "," in words or len(words) > len(first_line)


def _asks(cues: list[re.Match[str]]) -> bool:
    return bool(cues) and _of(cues[-1]) is Meaning.DUE
