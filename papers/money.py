"""Money in a paper: how much, in which currency, and for what."""

from __future__ import annotations

import re

from papers.types import Amount
from papers.words import Words

_CODES = {
    "US$": "USD", "U.S.$": "USD", "USD": "USD", "$": "USD", "EUR": "EUR", "€": "EUR", "EURO": "EUR", "GBP": "GBP", "£": "GBP",
    "JPY": "JPY", "¥": "JPY", "円": "JPY", "RMB": "CNY", "CNY": "CNY", "元": "CNY", "人民币": "CNY", "人民币元": "CNY", "KRW": "KRW", "₩": "KRW",
    "원": "KRW", "CHF": "CHF", "HK$": "HKD", "HKD": "HKD", "CAD": "CAD", "C$": "CAD", "AUD": "AUD", "A$": "AUD", "R$": "BRL", "BRL": "BRL",
    "RUB": "RUB", "₽": "RUB", "руб": "RUB", "рублей": "RUB", "VND": "VND", "đồng": "VND", "PLN": "PLN", "zł": "PLN", "TRY": "TRY", "TL": "TRY", "SGD": "SGD",
    "美元": "USD", "欧元": "EUR", "英镑": "GBP", "日元": "JPY", "NT$": "TWD", "MXN": "MXN", "dollars": "USD", "euros": "EUR", "USDT": "USDT", "BTC": "BTC",
}  # fmt: skip
_BEFORE = r"US\$|U\.S\.\$|HK\$|NT\$|R\$|C\$|A\$|USDT|BTC|USD|EUR|GBP|JPY|RMB|CNY|KRW|CHF|HKD|CAD|AUD|BRL|RUB|VND|PLN|TRY|SGD|MXN|人民币|[$€£¥₩₽]"
_AFTER = r"USDT|BTC|USD|EUROS?|EUR|GBP|JPY|RMB|CNY|KRW|CHF|HKD|CAD|AUD|BRL|RUB|VND|PLN|TRY|TL|SGD|MXN|dollars|euros|руб(?:лей)?|đồng|zł|美元|欧元|英镑|日元|人民币元|元|円|원|[€£₽₩]"
_NUMBER = r"\d{1,3}(?:[.,' ]\d{3})+(?:[.,]\d{1,2})?|\d+(?:[.,]\d{1,2})?"
_MONEY = re.compile(
    rf"(?P<c1>{_BEFORE})\s?(?P<n1>{_NUMBER})(?!\d)(?:,--|,-)?\s?(?P<s1>million|billion|thousand|万|亿)?"
    rf"|(?<![\d.,])(?P<n2>{_NUMBER})(?:,--|,-)?\s?(?P<s2>million|Mio\.?|万|億|亿|만)?\s?(?P<c2>{_AFTER})(?![A-Za-z])",
    re.IGNORECASE,
)
_SCALES = {
    "million": 1e6,
    "mio": 1e6,
    "mio.": 1e6,
    "billion": 1e9,
    "thousand": 1e3,
    "万": 1e4,
    "만": 1e4,
    "亿": 1e8,
    "億": 1e8,
}
_MEANINGS = (
    ("settlement", r"settle\w*|vergleich|transaction(?:nelle)?|accordo|acuerdo|acordo|和解|합의|мирово"),
    ("licence", r"licen[cs]e fee|royalt\w+|lizenz\w*|redevance|许可费|使用费|ライセンス|로열티"),
    ("bond", r"\bbond\b|security|sicherheitsleistung|担保|保证金|caution|cauzione|fianza"),
    ("penalty", r"penalt\w+|fine\b|ordnungsgeld|vertragsstrafe|zwangsgeld|astreinte|pénalité|penale|multa|罚款|违约金|штраф"),
    ("damages", r"damages?|schadens?ersatz|dommages|indemni\w+|risarcimento|daños|danos|赔偿|损失|損害|손해|ущерб|компенсаци\w+|bồi thường"),
    ("costs", r"\bcosts?\b|\bfees?\b|attorney|kosten\w*|\w*gebühr\w*|honorar|frais|honoraires|spese|gastos|honorarios|custas|honorários|费用|律师费|仓储|費用|비용|расход\w+|chi phí"),
    ("value", r"gegenstandswert|streitwert|\bvalue\b|valued|msrp|valeur|valore|valor\b|价值|货值|価格|評価|가액|стоимост\w+"),
    ("deposit", r"deposit|押金|预付|vorschuss"),
    ("restrained", r"restrain\w*|frozen|freeze|held|冻结"),
)  # fmt: skip
# The sign of yen and yuan, the word behind or before a sum that says yuan, and how a text in Japanese shows.
_YUAN = re.compile(r"(?:人民币|RMB|CNY)\s?[¥]?\s?$", re.IGNORECASE)
_YUAN_AFTER = re.compile(r"\s?(?:元|人民币|RMB|CNY)", re.IGNORECASE)
_KANA = re.compile(r"[ぁ-ヿ]")
_HAN = re.compile(r"[一-鿿]")
_MEANING = tuple((code, re.compile(words, re.IGNORECASE)) for code, words in _MEANINGS)
_BACK, _ON = 110, 60
_MOST = 12


def amounts_of(words: Words) -> tuple[Amount, ...]:
    """:return: the sums that a paper names, in order, without repeats."""
    found: list[Amount] = []
    for match in _MONEY.finditer(words.text):
        code = _currency(words.text, match)
        value = _value(match["n1"] or match["n2"], match["s1"] or match["s2"])
        if code is None or value <= 0:
            continue
        meaning = _meaning(words.text, match)
        if any((old.value, old.currency) == (value, code) for old in found):
            continue
        line = words.line_at(match.start())
        found.append(
            Amount(value, code, meaning, words.quote(match.start(), match.end()), line.page)
        )
    return tuple(found[:_MOST])


def _currency(text: str, match: re.Match[str]) -> str | None:
    sign = match["c1"] or match["c2"]
    if sign == "¥":
        return _yuan_or_yen(text, match)
    return _CODES.get(sign) or _CODES.get(sign.upper()) or _CODES.get(sign.lower())


def _yuan_or_yen(text: str, match: re.Match[str]) -> str | None:
    """What ¥ stands for: yuan where a word beside it says so, else by the text's script; open in any other."""
    if _YUAN.search(text[: match.start()][-8:]) or _YUAN_AFTER.match(text, match.end()):
        return "CNY"
    if _KANA.search(text):
        return "JPY"
    return "CNY" if _HAN.search(text) else None


def _value(number: str, scale: str | None) -> float:
    """2.305,40 and 2,305.40 are the same sum: the last mark before two digits parts the cents."""
    digits = re.sub(r"[' ]", "", number)
    cents = re.fullmatch(r"(.*)[.,](\d{1,2})", digits)
    whole, rest = (cents[1], cents[2]) if cents else (digits, "")
    value = float(f"{re.sub('[.,]', '', whole) or '0'}.{rest or '0'}")
    return value * _SCALES.get((scale or "").lower(), 1.0)


def _meaning(text: str, match: re.Match[str]) -> str:
    before, after = (
        text[max(0, match.start() - _BACK) : match.start()],
        text[match.end() : match.end() + _ON],
    )
    near = [
        (hits[-1].end(), code) for code, words in _MEANING if (hits := list(words.finditer(before)))
    ]
    if near:
        return max(near)[1]
    late = [(hit.start(), code) for code, words in _MEANING if (hit := words.search(after))]
    return min(late)[1] if late else "other"
