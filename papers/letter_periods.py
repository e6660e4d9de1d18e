"""Periods that a paper sets without naming the last day: 'within 21 days after service'."""

from __future__ import annotations

import re

from knowledge.text import fold_numerals
from papers.types import PeriodRead
from papers.words import Words

_NUMBER_WORDS = (
    "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen twenty twenty-one thirty sixty ninety",
    "eine[rnms]? zwei drei vier fünf sechs sieben acht neun zehn elf zwölf dreizehn vierzehn fünfzehn zwanzig einundzwanzig dreißig sechzig neunzig",
    "une? deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze vingt vingt-et-un trente soixante quatre-vingt-dix",
    "un[oa]? dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince veinte veintiún treinta sesenta noventa",
    "un[oa]? due tre quattro cinque sei sette otto nove dieci undici dodici tredici quattordici quindici venti ventuno trenta sessanta novanta",
    "uma? dois três quatro cinco seis sete oito nove dez onze doze treze quatorze quinze vinte vinte-e-um trinta sessenta noventa",
)
_VALUES = (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 20, 21, 30, 60, 90)
_WORD_VALUES = tuple(
    (re.compile(word, re.IGNORECASE), value)
    for words in _NUMBER_WORDS
    for word, value in zip(words.split(), _VALUES, strict=True)
)
_COUNT = (
    r"(?P<n>\d{1,3}|"
    + "|".join(
        sorted({word for words in _NUMBER_WORDS for word in words.split()}, key=len, reverse=True)
    )
    + r")(?:\s?\(\s?(?:(?P<n2>\d{1,3})|[^\W\d_]{2,20})\s?\))?"
)
_UNITS = (
    ("business_day", r"(?:business|working|court)\s?days?|werktage[n]?|arbeitstage[n]?|jours ouvr(?:és|ables)|giorni lavorativi|días hábiles|dias úteis|рабочих дн\w+|ngày làm việc|个?工作日|영업일"),
    ("day", r"(?:calendar\s|consecutive\s)?days?|tage[n]?|jours?|giorni|días?(?: naturales)?|dias?(?: corridos)?|календарных дн\w+|дн\w+|ngày|日|天|일"),
    ("week", r"weeks?|wochen?|semaines?|settimane|semanas?|недел\w+|tuần|个?星期|周|주"),
    ("month", r"months?|monate?[ns]?|mois|mesi|meses|mes(?=\s)|месяц\w*|tháng|个月|月|개월"),
    ("hour", r"hours?|stunden|heures|ore|horas|час\w*|giờ|小时|時間|시간"),
)  # fmt: skip
_UNIT = "|".join(f"(?P<{code}>{words})" for code, words in _UNITS)
_PERIOD = re.compile(
    rf"(?:\b(?:within|in|no later than|not later than|innerhalb (?:von|einer frist von)?|binnen|dans (?:un|le) délai de|dans les|sous|entro(?: il termine di)?|en (?:el|un) plazo(?: máximo)? de|dentro de(?:l plazo(?: máximo)? de)?|no prazo(?: máximo)? de|em(?: até)?|в течение|trong (?:vòng|thời hạn)|trước)\s|自|于|在|の翌日から|から起算して|부터\s?)?"
    rf"[^\d\n.;。]{{0,18}}?(?<![\d./-]){_COUNT}(?:\s|-)?(?:{_UNIT})",
    re.IGNORECASE,
)
_OPENS = re.compile(
    r"\b(?:within|no later than|not later than|innerhalb|binnen|frist von|délai de|dans les|sous|entro|plazo(?: máximo)? de|dentro de|prazo(?: máximo)? de|em|в течение|trong vòng|trong thời hạn)\b|自|于|在|から|부터|以内|内|이내",
    re.IGNORECASE,
)
_AFTER_WORDS = (
    ("served", r"\bserv(?:ice|ed)|zustellung|zugestellt|signification|notificación|notifica\b|citación|citação|вручени|tống đạt|送达|송달"),
    ("received", r"receipt|receiv\w+|erhalt|zugang|eingang|réception|ricevimento|recepción|recebimento|получени|nhận được|kể từ ngày nhận|收到|签收|接到|受领|受けた日|수령|받은 날"),
    ("issued", r"mailing|date of (?:this|the) (?:letter|notice|notification|order)|\bissue|\bdated\b|date shown|notification|datum dieses|la présente|présente lettre|bekanntgabe|fecha de (?:esta|la)|发出|发文|発送|발송"),
    ("filed", r"filing|filed|einreichung|dépôt|提交|受理"),
    ("published", r"publication|veröffentlichung|公告"),
)  # fmt: skip
_AFTER = tuple((event, re.compile(words, re.IGNORECASE)) for event, words in _AFTER_WORDS)
_LAST_IN_CHINESE = re.compile(r"^\s?(?:以?内|之内|이내|以[内內])")
_RUNS_FROM = re.compile(r"日起|之?后|から|起算|부터|이후")
_AROUND = 70
_MOST = 6


def periods_of(words: Words) -> tuple[PeriodRead, ...]:
    """:return: the periods that a paper sets, in order, each with the event it runs from."""
    text = fold_same_length(words.text).replace("\n", " ")
    found: list[PeriodRead] = []
    for match in _PERIOD.finditer(text):
        after = text[match.end() : match.end() + _AROUND]
        opens = _OPENS.search(match[0]) is not None or _LAST_IN_CHINESE.match(after) is not None
        count = _count(match)
        unit = next((code for code, _ in _UNITS if match[code]), "day")
        if not opens or count is None or not 1 <= count <= 180:
            continue
        before = text[max(0, match.start() - 40) : match.start()]
        row = PeriodRead(
            count, unit, _event(after, before + match[0]), words.quote(match.start(), match.end()),
            words.line_at(match.start()).page,
        )  # fmt: skip
        if all(
            (row.count, row.unit, row.after) != (old.count, old.unit, old.after) for old in found
        ):
            found.append(row)
    return tuple(found[:_MOST])


def fold_same_length(text: str) -> str:
    """:return: the text, or it with Chinese numerals as digits where that keeps every place."""
    folded = fold_numerals(text)
    return folded if len(folded) == len(text) else text


def _count(match: re.Match[str]) -> int | None:
    for name in ("n2", "n"):
        part = match[name]
        if part and part.isdigit():
            return int(part)
    return next((value for word, value in _WORD_VALUES if word.fullmatch(match["n"])), None)


def _event(after: str, before: str) -> str:
    """The event a period runs from: the one named next behind it, else the last before it."""
    if _RUNS_FROM.search(before[-16:]):  # the event stands before the count, as in 收到之日起15日内
        ahead = [(m.start(), event) for event, words in _AFTER if (m := words.search(before))]
        if ahead:
            return max(ahead)[1]
    behind = [(m.start(), event) for event, words in _AFTER if (m := words.search(after))]
    if behind:
        return min(behind)[1]
    ahead = [(m.start(), event) for event, words in _AFTER if (m := words.search(before))]
    return max(ahead)[1] if ahead else "unknown"
