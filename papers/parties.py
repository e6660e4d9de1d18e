"""Who is named in a paper, in which role, and on which side a Chinese exporter stands."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from papers.types import Line, Party
from papers.words import Words

# Role -> the words for it; the first roles speak, the others are spoken to.
_ROLES: tuple[tuple[str, str], ...] = (
    ("plaintiff", r"plaintiffs?|claimants?|klägerin|kläger|demandeur(?:s|esse)?|demanderesse|attor[ei]|attrice|demandantes?|autora?|powód|истец|nguyên đơn|原告|원고"),
    ("complainant", r"complainants?|投诉人|申立人|complaining party|reporter"),
    ("applicant", r"antragstellerin|antragsteller|requérante?|申请人|신청인|ricorrente|solicitante|заявитель|출원인|出愿人|出願人"),
    ("opponent", r"opponents?|opposers?|widersprechende[r]?|einsprechende[r]?|opposante?|异议人"),
    ("petitioner", r"petitioners?|청구인|请求人"),
    ("owner", r"(?:rights?|trade ?mark|patent|copyright|design) (?:owner|holder|proprietor)s?|proprietor|licensor|rechteinhaber(?:in)?|gläubigerin|gläubiger|titulaire|titolare|titular|権利者|权利者|特[许許]权者|特許権者|商[标標]权者|意匠权者|权利人|권리자|правообладатель|许可方|patentee|brand owner"),
    ("defendant", r"defendants?|beklagtes?|beklagten?|défendeurs?|défenderesses?|convenut[oa]|demandad[oa]s?|réus?|ré|pozwany|ответчик|bị đơn|被告|피고"),
    ("respondent", r"respondents?|proposed respondents?|antragsgegnerin|antragsgegner|schuldnerin|schuldner|被申请人|被投诉人|피신청인|피청구인|被请求人|resistente|被警告人|registrant"),
    ("holder", r"holder|inhaber(?:in)?|registered (?:owner|proprietor)|注册人"),
    ("importer", r"importer(?: of record)?|consignee|einführer|empfänger|importateur|destinatario|importador|輸入者|输入者|收货人|수입자|declarant(?: or holder)?|anmelder(?: oder besitzer)?|déclarant"),
    ("consignor", r"consignor|shipper|exporter|收发货人|发货人|经营单位"),
    ("recipient", r"recipient|addressee|subpoenaed (?:party|person)"),
)  # fmt: skip
SPEAKING = frozenset({"plaintiff", "complainant", "applicant", "opponent", "petitioner", "owner"})
SPOKEN_TO = frozenset(
    {"defendant", "respondent", "holder", "importer", "consignor", "recipient", "addressee"}
)
_ROLE = "|".join(f"(?P<{role}>{words})" for role, words in _ROLES)
_SUBJECT = re.compile(rf"(?:the |die |der |le |la )?(?:{_ROLE})(?![\w'’])", re.IGNORECASE)
_LABEL = re.compile(
    rf"^(?:the |die |der |le |la |à |1\. |2\. |name of (?:the )?)?(?:{_ROLE})(?:\(s\)|/\w+)?(?:\s?\([^)]{{1,30}}\))?\s?(?:name)?\s?[:：]\s?(?P<name>.*)$",
    re.IGNORECASE,
)
_ROLE_ALONE = re.compile(
    rf"^[-–—\s(]*(?:{_ROLE})s?(?:\s?(?:and|und|et|zu \d\)))?[-–—\s.,)]*$", re.IGNORECASE
)
_CHINESE_LABEL = re.compile(rf"^(?:{_ROLE})[\s　]+(?P<name>[^\s:：,，。]{{4,60}})$")
_NAMED_THEN_ROLE = re.compile(
    rf"^(?P<name>.{{3,120}}?),?\s?[-–—(\s]+(?:the |\"|“|- )*(?:{_ROLE})[\"”.,;)\s–—-]*$",
    re.IGNORECASE,
)
_LEGAL = r"(?:Co(?:mpany|\.)?,? ?(?:Ltd|Limited|Inc)\.?|Limited|Ltd\.?|LLC|L\.L\.C\.|Inc\.?|Corp(?:oration|\.)?|GmbH(?: & Co\. KGa?A?)?|mbH|AG|KG|OHG|UG|SE|S\.A\.S?\.?(?:U\.)?|SAS|SARL|S\.?r\.?l\.?|S\.?p\.?A\.?|B\.V\.|N\.V\.|A/S|ApS|AB|Oy|PLC|plc|LLP|Pty\.? Ltd\.?|S\.L\.U?\.?|Ltda\.?|Sp\. z o\.o\.|A\.Ş\.|Co\.|Pte\.? Ltd\.?|(?:CO(?:MPANY|\.)?,? ?)?(?:LTD|LIMITED)\.?|INC\.?|CORP(?:ORATION|\.)?)"
_WORD = r"(?:[A-ZÀ-Ý0-9«\"][\w&.'’\"»/-]{0,30}|&|\+|und|and|et|of|de|du|y|e)"
_FIRM = rf"(?P<name>[A-ZÀ-Ý0-9«\"][\w&.'’\"»/-]{{0,30}}(?: {_WORD}){{0,8}}?,? {_LEGAL})(?![A-Za-z])"
_VERSUS = re.compile(
    r"(?P<a>[A-Z][^\n]{2,90}?),?\s+(?:v|vs|versus)\.?\s+(?P<b>[A-Z][^\n]{2,110}?)(?=\s{2,}|\s?\(|,? (?:case|civil|no|inv|opposition|cancellation)\b|,?\n|$|;)",
    re.IGNORECASE,
)
_IN_ONE_LINE = re.compile(
    rf"{_FIRM.replace('<name>', '<a>')}[^;]{{0,80}}?[,(\s|](?i:(?:the )?(?P<r>plaintiff|petitioner|complainant|claimant|opposer|applicant|appellant)s?)\b[,.)| ]*[-–—]?\s*(?i:v\.?|vs\.?|versus|against|gegen|contre)\s*[-–—]?[\s|]+"
    rf"(?P<b>[^;|]{{3,120}}?)[,|\s(]+(?i:(?:the )?(?P<s>defendant|respondent|patent owner|registrant|applicant|appellee)s?)\b"
)
_REPRESENTED = (
    re.compile(
        rf"(?:we|i|this firm|our firm|the undersigned)[^.\n]{{0,40}}(?i:represents?|act(?:s|ing)? (?:for|on behalf of)|(?:are|is|am) (?:counsel|attorneys?|solicitors?|the patent attorneys?)[^.\n]{{0,20}} (?:for|to|of)|on behalf of)(?i: our client)?,?(?i: the company)?\s+{_FIRM}"
    ),
    re.compile(rf"(?:on behalf of|behalf of our client|our client),?\s+{_FIRM}"),
    re.compile(
        rf"(?:vertreten wir|vertreten|interessen|namens und (?:in|mit) vollmacht)(?: (?:die|der|des|unserer mandantin))*(?: (?:rechtlichen )?interessen)?(?: (?:der|die|des))?(?: firma)?,?\s+{_FIRM}",
        re.IGNORECASE,
    ),
    re.compile(rf"(?i:wir zeigen an, dass wir (?:die|den|das)?\s?(?:firma )?){_FIRM}"),
    re.compile(rf"(?:société|soci[ée]t[àa]|sociedad|empresa|vennootschap|spółk\w+)\s+{_FIRM}"),
    re.compile(
        r"受(?:我方当事人|委托人|客户)?(?P<name>[^，。；\s]{4,40}?)(?:[(（][^)）]{1,30}[)）])?(?:的)?委托"
    ),
    re.compile(
        r"(?P<name>株式会社[^\s、。（(]{1,20}|[^\s、。（(]{1,20}株式会社)(?:[(（][^)）]{1,20}[)）])?\s?(?:の代理人|を代理|より委任|から委任)"
    ),
    re.compile(
        r"(?:당사(?:는|의)|의뢰인(?:인)?|본인은)\s?(?P<name>(?:주식회사\s?)?[^\s,.]{2,20}(?:\s?주식회사|\(주\))?)(?:를|을|의|\s)?\s?(?:대리|위임)"
    ),
    re.compile(
        r"(?:от имени|в интересах|представля\w+ интересы)\s(?P<name>(?:ООО|АО|ЗАО|ПАО|компании)\s[«\"]?[^»\"\n,]{2,50}[»\"]?)"
    ),
    re.compile(
        r"(?:đại diện (?:cho|theo ủy quyền của)|thay mặt(?: cho)?)\s(?P<name>[^,.\n]{4,60})"
    ),
)
_ADDRESSED = re.compile(
    r"^(?:to|an|an die|attention|attn|à l'attention de|spett\.?(?:le)?|a la atención de|alla c\.a\. di|att\.?|致|送达|收件人|수신(?:인)?|宛先|kính gửi|кому|dear|an:|destinataire|destinatario)(?![a-z])\s?[:：.]?\s?(?P<name>\S.{2,90})$",
    re.IGNORECASE,
)
_CHINESE_PLACES = r"(?:guangzhou|shenzhen|dongguan|foshan|zhongshan|huizhou|zhuhai|jiangmen|shantou|guangdong|yiwu|ningbo|hangzhou|wenzhou|zhejiang|shanghai|beijing|suzhou|jiangsu|nanjing|wuxi|qingdao|shandong|xiamen|fujian|quanzhou|fuzhou|chengdu|chongqing|wuhan|changsha|zhengzhou|hefei|tianjin|hebei|dalian|huadu|taizhou|jinhua|hong ?kong|china|chinese|p\.?r\.? ?c)"
_IS_CHINESE = re.compile(
    rf"\b{_CHINESE_PLACES}\b|[一-龥]{{2,}}(?:公司|厂|商行|经营部|店)|有限公司", re.IGNORECASE
)
_LETTER = re.compile(r"[^\W\d_]")
_CELL = re.compile(r"\s{2,}|\s\)\s?|\s[§|]\s|\)\s*$")
_MOST = 12


def parties_of(words: Words, raw: Sequence[Line]) -> tuple[Party, ...]:
    """:param raw: the lines as read, whose double blanks part cells. :return: the parties, each once."""
    found: dict[str, Party] = {}
    for party in (*_captioned(raw), *_labelled(raw), *_represented(words), *_addressed(raw)):
        name = _clean(party.name)
        key = re.sub(r"\W", "", name).lower()
        if (
            _is_name(name)
            and key not in found
            and not any(key in old or old in key for old in found)
        ):
            found[key] = Party(party.role, name)
    return tuple(found.values())[:_MOST]


def side_of(parties: Sequence[Party], default: str) -> str:
    """The side that a Chinese exporter has in a paper: where it is named, else that of the paper's kind."""
    if default == "owner":
        return default
    # Against an opponent it is the applicant who must answer.
    answers = SPOKEN_TO | ({"applicant"} if any(p.role == "opponent" for p in parties) else set())
    speaks = any(p.role in SPEAKING - answers and _is_chinese(p) for p in parties)
    is_spoken_to = any(p.role in answers and _is_chinese(p) for p in parties)
    if speaks == is_spoken_to:
        return default
    return "owner" if speaks else "respondent"


def speaks(party: Party, parties: Sequence[Party]) -> bool:
    """Whether a party sends the paper or stands behind it; every other one is whom it is against.

    Beside an opponent it is the applicant who answers, beside a petitioner the owner.
    """
    roles = {other.role for other in parties}
    if (party.role == "applicant" and "opponent" in roles) or (
        party.role == "owner" and "petitioner" in roles
    ):
        return False
    return party.role in SPEAKING | {"sender", "counsel"}


def whose(words: str) -> str | None:
    """The role that a sentence begins with, whose act it then tells (Opponent to complete evidence)."""
    found = _SUBJECT.match(words.strip())
    return None if found is None else found.lastgroup


def _is_chinese(party: Party) -> bool:
    return _IS_CHINESE.search(party.name) is not None


def _labelled(raw: Sequence[Line]) -> Iterator[Party]:
    """'Respondent: NAME', the name also in the next cell or line; 'NAME, - Antragstellerin -'."""
    cells = [cell for line in raw for cell in _cells(line.text)]
    for index, cell in enumerate(cells):
        after = cells[index + 1] if index + 1 < len(cells) else ""
        if match := _LABEL.match(cell):
            yield Party(_role(match), match["name"].strip() or after)
        elif (match := _CHINESE_LABEL.match(cell)) or (match := _NAMED_THEN_ROLE.match(cell)):
            yield Party(_role(match), match["name"])
        elif (match := _ROLE_ALONE.match(cell)) and index:
            before = _name_above(cells, index)
            if before:
                yield Party(_role(match), before)


def _name_above(cells: Sequence[str], index: int) -> str | None:
    """The firm that stands in the few cells above a role, as in the heading of a court's paper."""
    for cell in reversed(cells[max(0, index - 6) : index]):
        if _ROLE_ALONE.match(cell):
            return None
        if match := re.search(_FIRM, cell):
            return match["name"]
    last = cells[index - 1]
    return last if 3 < len(last) < 90 and last[:1].isupper() else None


def _captioned(raw: Sequence[Line]) -> Iterator[Party]:
    """'A v. B' in a line, or over lines with the roles beneath the names."""
    flat = " | ".join(cell for line in raw[:40] for cell in _cells(line.text))
    if match := _IN_ONE_LINE.search(flat):
        yield Party(_role_named(match["r"]), match["a"])
        yield Party(_role_named(match["s"]), match["b"])
        return
    head = "\n".join(_cells(line.text)[0] if _cells(line.text) else "" for line in raw[:60])
    for match in _VERSUS.finditer(head):
        if not re.search(
            r"plaintiff|defendant|complainant|respondent", match["a"] + match["b"], re.IGNORECASE
        ):
            yield Party("plaintiff", match["a"])
            yield Party("defendant", match["b"])
            return


def _represented(words: Words) -> Iterator[Party]:
    for pattern in _REPRESENTED:
        if match := pattern.search(words.text.replace("\n", " ")[:6000]):
            yield Party("owner", match["name"])
            return


def _addressed(raw: Sequence[Line]) -> Iterator[Party]:
    for line in raw[:40]:
        if match := _ADDRESSED.match(line.text.strip()):
            name = match["name"].strip(" ,:")
            if re.search(_LEGAL + r"(?![A-Za-z])", name) or _IS_CHINESE.search(name):
                yield Party("addressee", name)
                return
    for line in raw[:25]:
        firm = re.search(_FIRM, line.text)
        if firm and _IS_CHINESE.search(firm["name"]):
            yield Party("addressee", firm["name"])
            return


def _cells(text: str) -> list[str]:
    return [cell.strip() for cell in _CELL.split(text) if cell and cell.strip()]


def _role(match: re.Match[str]) -> str:
    return next(role for role, _ in _ROLES if match[role])


def _role_named(word: str) -> str:
    match = re.fullmatch(rf"(?:{_ROLE})", word, re.IGNORECASE)
    return (
        _role(match)
        if match
        else {"opposer": "opponent", "patent owner": "owner"}.get(word.lower(), "respondent")
    )


def _clean(name: str) -> str:
    name = re.split(r"[。；;]", " ".join(name.split()))[0]
    if firm := re.match(rf"(?:the |die |der |la |le |and )?{_FIRM}", name):
        name = firm["name"]
    name = re.split(
        r"[,，] (?:a|an|eine|a company|located|with|having|vertreten|represented|No\.|\d)", name
    )[0]
    name = re.sub(r"^(?:and|the|die|der|la|le|los?|el) (?=[A-Z])|\s?\((?:the )?[\"“].*$", "", name)
    return name.strip(" ,;:.-–—()")[:100] + (
        "." if re.search(r"\b(?:Ltd|Inc|Co|Corp)$", name.strip(" ,;:.-–—()")) else ""
    )


def _is_name(name: str) -> bool:
    if len(name) < 3 or not _LETTER.search(name) or len(name.split()) > 14:
        return False
    return not re.match(
        r"/s/|(?:counsel|attorneys?|you|your|must|shall|is|are|has|have|may|will|and|or|to|of|in|an?|the|this|that|any|all|by|for|within|under)\b",
        name,
        re.IGNORECASE,
    )
