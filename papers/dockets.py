"""Docket and other numbers of a paper, each form by its own shape, then by the label before it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from papers.types import Number
from papers.words import Words

# Forms of docket numbers that nothing else looks like; the first group is the number.
_SHAPES: tuple[tuple[str, str], ...] = (
    ("itc", r"(?:inv(?:estigation)?\.? no\.? ?)?(337-TA-\d{3,5})"),
    ("court", r"(?<![\d-])(\d{1,2}:\d{2}-?(?i:cv|mc|md|cr)-?\d{3,6}(?:-[A-Z]{2,4}){0,3})"),
    ("court", r"(?<![\d:-])(\d{2}-(?i:cv|mc)-\d{3,6}(?:-[A-Z]{2,4}){0,3})"),
    ("court", r"(?<![\d:-])(\d{1,2}:?\d{2} ?(?:cv|C) ?\d{4,6})(?![\d-])"),
    ("court", r"(?<![\d-])(\d{1,2} Civ\.? \d{3,6}(?: \([A-Z]{2,4}\)){0,2})"),
    ("upc", r"((?:UPC_CFI|UPC-CFI|UPC_CoA)[_-]\d+/\d{4})"),
    ("upc", r"((?:ACT|APP|ORD)[_-]\d+/\d{4})"),
    ("ptab", r"((?:IPR|PGR|CBM|DER)20\d{2}-\d{5})"),
    ("ccb", r"(\d{2}-CCB-\d{4})"),
    ("udrp", r"\b(D[A-Z]{0,3}20\d{2}-\d{3,5}|CAC-UDRP-\d+|FA\d{10,13}|(?:HK|CN|KR)S?-\d{7})\b"),
    ("ttab", r"(?:opposition|cancellation|proceeding|concurrent use) no\.?:? ?(9[1-4]\d{6})"),
    ("euipo", r"(?:opposition|cancellation|invalidity|appeal|widerspruch|opposición|opposizione)s?(?: (?:case|proceedings))?,? (?:no|nr|number|n\.?|nº|n°)[.:]*[ :]*([BCR] ?\d[\d ]{5,11}\d|\d{3} ?\d{3} ?\d{3} C|R ?\d+/\d{4}-\d)"),
    ("euipo", r"\b(B ?\d ?\d{3} ?\d{3})\b(?=[^\n]{0,80})"),
    ("court", r"(?<![\dA-Za-z])(\d{1,3} ?[a-z]? (?:HK ?O|HKO|KfH O|O|U|W|Ni|ZR|OH) ?\d{1,5}/\d{2})(?!\d)"),
    ("court", r"\b(?:N°|n°|No|Nº)? ?(?:de )?R\.?G\.?(?: n°| no| n\.)? ?:? ?(?:N° ?)?(\d{2}/\d{4,6})"),
    ("court", r"\b((?:IP|HP|CL|BL|IL|CH|KB)-20\d{2}-\d{6})\b"),
    ("court", r"((?:令和|平成)\d{1,2}年\((?:ワ|ヨ|行ケ|ネ|モ|わ)\)第?\d+号)"),
    ("court", r"(20\d{2}(?:가합|가단|가소|나|다|카합|카단|허|당|원|취소판정)\d+)"),
    ("court", r"([(（]20\d{2}[)）][一-龥]{1,3}\d{0,6}(?:知民|民|行|刑|执|财保|证保|破)[一-龥]{0,3}\d+号(?:之[一二三四五])?)"),
    ("customs", r"([一-龥]{1,2}关[一-龥]{1,6}[〔\[(（]20\d{2}[〕\])）]第?\s?\d+\s?号)"),
    ("customs", r"\b(SV ?\d{4}(?: ?[A-Z])? ?[–-] ?\d+/\d{2}(?: ?[–-] ?[A-Z] ?\d+)?)"),
    ("court", r"\b(А\d{2,3}-\d+/20\d{2})"),
    ("case", r"(\d{7}-\d{2}\.20\d{2}\.\d\.\d{2}\.\d{4})"),
)  # fmt: skip
_COMPILED = tuple(
    (code, re.compile(shape, re.IGNORECASE if code not in {"court"} else 0))
    for code, shape in _SHAPES
)
_VALUE = r"(?P<v>(?=[^\n]{0,24}\d)[A-Z0-9А-Яa-z][\w/.\-〔〕\[\]()第号]*(?: ?[\d/][\w/.\-]*){0,4})"
# Labels of a case number, in the order in which they count.
_LABELS = (
    r"docket (?:no|number)s?\.?", r"(?:civil action|case|cause|action|claim|file|seizure|detention|matter|proceeding) (?:no|nos|number|id|ref(?:erence)?|#)\b\.?(?: ?id)?",
    r"(?:aktenzeichen|geschäftszeichen|gesch\.-?z(?:eichen)?\.?|geschäfts-?nr\.?|\baz\.?|\bgz\.?)(?: (?:des gerichts|lg))?", r"(?:complaint|notice|report|ticket|dispute|reference|request|infringement)[ -](?:id|no|number|code|ref(?:erence)?)\b\.?", r"投诉(?:编号|id|单号)|举报编号|案件编号",
    r"案号|案件号|文号|编号", r"事件番号|事件の表示|発送番号|发送番号|整理番号|受理番号|通知番号", r"사건번호|사건|접수번호|문서번호", r"дело №|исх\. ?№|№", r"expediente(?: n[º°o.]*)?|procedimiento(?: (?:ordinario|verbal|abreviado))?(?: \([^)\n]{1,30}\))?(?: n[º°o.]*)?|n\. ?r\.?g\.?|processo(?: n[º°o.]*)?|prot(?:ocollo)?\.?(?: n\.?)?|hồ sơ số|số(?: hồ sơ)?|sygn\. akt|kenmerk|zaaknummer|dosya no|esas no",
    r"(?:our|your)? ?ref(?:erence)?(?: (?:no|number))?\b\.?|unser (?:zeichen|az\.?)|(?:notre|nos|v/|n/)? ?réf(?:érences?)?\.?|(?:nuestra|nossa|n/)? ?ref\.?|(?:ns\.|nostro) rif\.?",
)  # fmt: skip
_LABELLED = tuple(
    re.compile(rf"(?<![A-Za-z])(?:{label})\s?[:#.：№]*\s?(?:is\s)?{_VALUE}", re.IGNORECASE)
    for label in _LABELS
)
_NUMBERS: tuple[tuple[str, str], ...] = (
    ("us-patent", r"(?:u\.?s\.?|united states) (?:utility |design )?(?:pat(?:ent)?s?)\.? ?(?:nos?\.?|numbers?)?:? ?((?:D|RE)? ?\d{1,2}[,.]?\d{3}[,.]?\d{3}|D ?\d{3}[,.]?\d{3})"),
    ("patent", r"\b(D\d{3},\d{3})\b"),
    ("ep-patent", r"\b(EP ?\d ?\d{3} ?\d{3}(?: ?[AB]\d)?)\b"),
    ("us-serial", r"serial (?:no|number)s?\.?:? ?(\d{2}/\d{3},?\d{3}|\d{8})"),
    ("registration", r"(?:reg(?:istration|\.)?|trade ?mark) (?:nos?\.?|numbers?):? ?(\d{1,3}[,.]?\d{3}[,.]?\d{3}|UK00\d{9}|\d{6,9})"),
    ("eu-trademark", r"\b(?:EUTM|EUTM application|european union trade ?mark|unionsmarke|marque de l'union européenne)[^\d\n]{0,40}(0?1\d ?\d{3} ?\d{3,4})"),
    ("eu-design", r"\b(00\d{7}-\d{4}|\d{9}-\d{4})\b"),
    ("international-registration", r"(?:international registration|enregistrement international|registro internacional|国际注册)[^\d\n]{0,20}(\d{6,7}|1 ?\d{3} ?\d{3})"),
    ("international-registration", r"(?:enregistrement|registration|registro) (\d{6,7}|1 ?\d{3} ?\d{3})\s(?:international|internacional)"),
    ("design", r"\b(DE ?\d{2} ?20\d{2} ?\d{3} ?\d{3}(?:[-–]\d+)?)"),
    ("trademark", r"\b(DE ?\d{2} ?20\d{2} ?\d{6}|DE ?30\d{8,10})\b"),
    ("application", r"(?:application|anmeldung|demande|solicitud|出願番号|出愿番号|출원번호|申请号)[^\d\n]{0,24}(\d[\d\-/. ]{6,18}\d)"),
    ("registration", r"(?:登録|登录|등록번호|注册|特許|特许|专利)(?:商标|商標|意匠|권)?(?:证)?第?(?:号)?[:：]?\s?第?(\d{5,9}|ZL ?\d{12}\.[\dX])号?"),
    ("cn-patent", r"\b(ZL ?\d{12}\.[\dX])"),
    ("asin", r"\b(B0[A-Z0-9]{8})\b"),
    ("uk-trademark", r"\b(UK00\d{9,11})\b"),
    ("entry", r"(?:entry|air waybill|awb|bill of lading|b/l|提单|报关单号?|申告番号)(?: (?:no|number)\.?)?[:：# ]{1,3}([A-Z0-9][A-Z0-9\-/]{6,24})"),
    ("domain", r"(?:domain names?|域名|ドメイン名?)[^\n<]{0,60}?<?\b((?:[a-z0-9-]{2,40}\.){1,2}(?:com|net|org|cn|shop|store|online|io|co|info|eu|de))\b"),
)  # fmt: skip
_NUMBERS_COMPILED = tuple((code, re.compile(shape, re.IGNORECASE)) for code, shape in _NUMBERS)
_FILINGS = ("us-serial", "international-registration", "application")
_MOST = 20


def docket_of(words: Words) -> str | None:
    """:return: the number of the case, as the paper writes it; of a filing at an office, the filing's."""
    head = words.text[:9000]
    for _, shape in _COMPILED:
        if match := shape.search(head):
            return _clean(match[1])
    for label in _LABELLED:
        for match in label.finditer(head):
            value = _clean(match["v"])
            if sum(map(str.isdigit, value)) >= 3 and not re.fullmatch(
                r"[\d.]{1,4}|\d{1,2}[./-]\d{1,2}[./-]\d{2,4}|20\d{2}", value
            ):
                return value
    filed = {number.type: number.value for number in reversed(numbers_of(words))}
    return next((filed[code] for code in _FILINGS if code in filed), None)


def numbers_of(words: Words) -> tuple[Number, ...]:
    """:return: the numbers of rights, goods and parcels that a paper names."""
    found = dict.fromkeys(_numbers(words.text))
    return tuple(found)[:_MOST]


def _numbers(text: str) -> Iterator[Number]:
    taken: set[str] = set()
    for code, shape in _NUMBERS_COMPILED:
        for match in shape.finditer(text):
            value = _clean(match[1])
            key = re.sub(r"\W", "", value)
            if key not in taken:
                taken.add(key)
                yield Number(code, value)


def _clean(value: str) -> str:
    value = " ".join(value.split()).strip(" .,;:-–")
    return value[:-1] if value.endswith(")") and "(" not in value else value
