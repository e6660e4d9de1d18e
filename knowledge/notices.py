"""Foreign notices recognised from their own words: what was pasted, where it comes from, what proves it.

Only what the text itself says is taken; a notice is recognised when at least two of its marks are
there, and every mark is kept so that it can be shown to the person.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from knowledge.text import normalise

RESPONDENT = "respondent"
# A pasted text is foreign when it has so many words in Latin letters, and more than Chinese characters.
SHORTEST_WORDS = 18
LEAST_MARKS = 2
_QUOTE_CHARS = 80
_BEFORE_CHARS = 50
# A clause ends at a mark before a blank; a full stop after one or two letters or digits is an abbreviation.
_CLAUSE_END = re.compile(
    r"(?<![ .(][A-Za-z0-9])(?<![ .(][A-Za-z]{2})(?<!\d)[.;!?](?= |$)|[,:](?= )"
)
_QUOTES = 3


@dataclass(frozen=True)
class NoticeKind:
    """A kind of notice.

    ``procedure``, ``right``, ``country`` and ``platform`` are codes of the alias table; ``marks`` are
    expressions that only such a notice has.
    """

    id: str
    title: str
    procedure: str
    marks: tuple[str, ...]
    country: str | None = None
    right: str | None = None
    platform: str | None = None


@dataclass(frozen=True)
class Notice:
    """A recognised notice: its kind, the words that prove it, and what else it names."""

    kind: NoticeKind
    quotes: tuple[str, ...]
    forum: str | None
    right: str | None
    country: str | None
    dates: tuple[str, ...]
    numbers: tuple[str, ...]


KINDS: tuple[NoticeKind, ...] = (
    NoticeKind("us-tro", "美国法院的临时限制令（TRO）或冻结通知", "tro", (
        r"temporary restraining order", r"\bTRO\b", r"schedule a", r"asset[s]? (?:restraint|freeze)|restrain(?:ed|ing)? (?:the )?(?:funds|assets|accounts)",
        r"ex parte", r"preliminary injunction", r"partnerships and unincorporated associations",
        r"northern district of illinois", r"funds (?:are|have been|were) (?:held|frozen|restrained)"), country="US"),
    NoticeKind("us-337", "美国国际贸易委员会的337调查文书", "section-337", (
        r"section 337", r"international trade commission|usitc|\bITC\b", r"notice of (?:institution of )?investigation|institution of (?:an )?investigation",
        r"337-TA-\d+", r"administrative law judge", r"(?:limited|general) exclusion order", r"19 C\.?F\.?R\.? (?:§ ?)?210"), country="US"),
    NoticeKind("us-customs", "美国海关的扣留或没收通知", "customs", (
        r"customs and border protection|\bCBP\b", r"notice of (?:seizure|detention)", r"(?:was|were|been) (?:seized|detained)",
        r"19 (?:u\.?s\.?c\.?|c\.?f\.?r\.?)", r"counterfeit (?:trademark|mark)s?", r"petition for (?:relief|remission)", r"fines,? penalties (?:and|&) forfeitures",
        r"election of proceedings"), country="US"),
    NoticeKind("amazon", "亚马逊的侵权通知", "platform", (
        r"\bamazon\b", r"(?:listing|product)s? (?:has|have|was|were) (?:been )?(?:removed|deactivated)|removed (?:some of )?your listing",
        r"rights owner", r"infring", r"complaint id", r"\bASIN\b", r"seller performance|account health", r"retraction|counter-notice"), platform="amazon"),
    NoticeKind("platform", "平台的侵权投诉通知", "platform", (
        r"\b(?:ebay|vero|temu|aliexpress|etsy|walmart|shopify|tiktok shop)\b", r"(?:listing|product|item|content)s? (?:has|have|was|were) (?:been )?(?:removed|deactivated|taken down|disabled)",
        r"intellectual property (?:complaint|infringement|violation|report)", r"dmca|digital millennium copyright act", r"counter[- ]noti(?:ce|fication)", r"takedown|take[- ]down notice",
        r"rights (?:owner|holder)")),
    NoticeKind("euipo-opposition", "欧盟知识产权局的商标异议通知", "opposition", (
        r"euipo|european union intellectual property office", r"notice of opposition|opposition (?:no|number|has been filed|proceedings)", r"cooling[- ]off", r"\bEUTM\b|european union trade mark",
        r"opponent", r"earlier (?:trade ?)?mark|earlier right", r"opposition division"), country="EU", right="trademark"),
    NoticeKind("ttab", "美国商标异议或撤销文书", "opposition", (
        r"trademark trial and appeal board|\bTTAB\b", r"notice of opposition|petition (?:to cancel|for cancellation)", r"opposition no\.? ?\d+|cancellation no\.? ?\d+",
        r"answer (?:is )?due|time to answer", r"opposer|petitioner"), country="US", right="trademark"),
    NoticeKind("udrp", "域名争议（UDRP）通知", "domain-name", (
        r"\bUDRP\b|uniform domain[- ]name dispute", r"wipo arbitration and mediation|domain name complaint|\bADNDRC\b|national arbitration forum", r"disputed domain name",
        r"commencement of administrative proceeding|administrative panel", r"bad faith", r"complainant", r"\bD\d{4}-\d{3,5}\b"), right="domain"),
    NoticeKind("upc", "欧洲统一专利法院的文书", "court", (
        r"unified patent court|\bUPC\b", r"UPC_CFI_\d+", r"statement of claim", r"statement of defence|preliminary objection", r"local division|central division|registry",
        r"einheitliches patentgericht"), country="UPC", right="patent"),
    NoticeKind("us-complaint", "美国法院的传票或起诉状", "court", (
        r"united states district court|u\.s\. district court", r"summons in a civil action|\bsummons\b", r"\bplaintiff\b", r"you have been sued|lawsuit has been filed against you",
        r"\d{1,2}:\d{2}-cv-\d+", r"demand for (?:a )?jury trial|jury trial demanded", r"complaint for (?:patent|trademark|copyright|design)", r"within 2[01] days|waiver of (?:the )?service",
        r"default judgment"), country="US"),
    NoticeKind("de-injunction", "德国法院的临时禁令（einstweilige Verfügung）", "pi", (
        r"einstweilige[nr]? verfügung", r"landgericht|oberlandesgericht", r"antragsgegner(?:in)?", r"antragsteller(?:in)?", r"ordnungsgeld|ordnungshaft", r"beschluss",
        r"es wird .{0,40}untersagt|zu unterlassen"), country="DE"),
    NoticeKind("de-abmahnung", "德国律师的警告函（Abmahnung）", "warning-letter", (
        r"abmahnung", r"unterlassungs(?:erklärung|verpflichtungserklärung|anspruch)", r"strafbewehrte?", r"rechtsanw[aä]lt", r"\bfrist\b", r"verletz(?:t|ung|en)", r"schadensersatz",
        r"kostenerstattung|abmahnkosten"), country="DE"),
    NoticeKind("de-customs", "德国海关的扣留通知", "customs", (
        r"\bzoll(?:amt|verwaltung)?\b|hauptzollamt|zentralstelle gewerblicher rechtsschutz", r"zurückhaltung|aussetzung der überlassung", r"grenzbeschlagnahme", r"608/2013", r"vernichtung"), country="DE"),
    NoticeKind("eu-customs", "欧盟海关的扣留通知", "customs", (
        r"608/2013", r"suspension of (?:the )?release|detention of (?:the )?goods", r"customs (?:authorit|office)", r"suspected of infringing", r"10 working days|ten working days",
        r"destruction of (?:the )?goods|simplified procedure", r"retenue en douane|douane"), country="EU"),
    NoticeKind("fr-seizure", "法国的查封取证（saisie-contrefaçon）文书", "court", (
        r"saisie[- ]contrefa[cç]on", r"tribunal judiciaire", r"huissier|commissaire de justice", r"ordonnance", r"contrefa[cç]on"), country="FR"),
    NoticeKind("fr-letter", "法国律师的警告函（mise en demeure）", "warning-letter", (
        r"mise en demeure", r"contrefa[cç]on", r"\bavocats?\b", r"sous huitaine|dans un délai", r"cesser"), country="FR"),
    NoticeKind("cease-and-desist", "要求停止侵权的警告函", "warning-letter", (
        r"cease[- ]and[- ]desist", r"(?:immediately )?cease (?:and desist|all|any|the)", r"on behalf of (?:our|my) client|we represent|our client", r"without prejudice",
        r"infring(?:e|es|ing|ement)", r"undertaking", r"within (?:seven|ten|fourteen|\d+) (?:business )?days", r"legal (?:action|proceedings)|reserve[s]? all rights",
        r"royalt|licen[cs]e fee|settlement (?:amount|demand)")),
)  # fmt: skip
_COMPILED = tuple(
    (kind, tuple(re.compile(mark, re.IGNORECASE) for mark in kind.marks)) for kind in KINDS
)
_FORUMS = re.compile(
    r"(?i:(?:northern|southern|eastern|western|central|middle) district of (?:new york|new jersey|north carolina|[a-z]+)"
    r"|district of (?:delaware|new jersey|nevada|massachusetts|colorado|utah))"
    r"|(?:Ober)?[Ll]andgericht [A-ZÄÖÜ][a-zäöü]+(?: I{1,2}\b)?|Tribunal [Jj]udiciaire de [A-Z][a-zé]+"
    r"|(?:[A-Z][a-z]+ )?Local Division|Port of [A-Z][a-z]+(?: [A-Z][a-z]+)?"
)
_DATES = re.compile(
    r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*\.? \d{1,2}(?:st|nd|rd|th)?,? 20\d{2}"
    r"|\d{1,2}(?:st|nd|rd|th)? (?:of )?(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*,? 20\d{2}"
    r"|\d{1,2}\. ?(?:Januar|Februar|März|April|Mai|Juni|Juli|August|September|Oktober|November|Dezember) 20\d{2}"
    r"|\d{1,2} (?:janvier|février|mars|avril|mai|juin|juillet|août|septembre|octobre|novembre|décembre) 20\d{2}"
    r"|\b\d{1,2}[./]\d{1,2}[./]20\d{2}\b|\b20\d{2}-\d{2}-\d{2}\b",
    re.IGNORECASE,
)
_NUMBERS = re.compile(
    r"\b\d{1,2}:\d{2}-cv-\d{3,6}\b|\b337-TA-\d{3,5}\b|UPC_CFI_\d+/\d{4}|\bD20\d{2}-\d{3,5}\b"
    r"|(?i:complaint id|case id|seizure (?:no\.?|number)|opposition (?:no\.?|number)|aktenzeichen|az\.)[:#]? ?"
    r"(?:[A-Z] )?\d[\dA-Za-z]*(?: [A-Z] )?(?:[ /-]?\d+)*"
)
_LATIN_WORD = re.compile(r"[A-Za-z\u00c0-\u024f]{2,}")
_CHINESE = re.compile(r"[\u4e00-\u9fff]")
_RIGHTS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (code, re.compile(expression, re.IGNORECASE))
    for code, expression in (
        ("design", r"design patents?|geschmacksmuster|registered (?:community )?designs?|design rights?|(?:EU|Gemeinschafts)?designs?\b"),
        ("copyright", r"copyrights?|urheberrecht|droit d'auteur|dmca"),
        ("trademark", r"trade ?marks?|counterfeit|marken(?:recht|verletzung)?|\bmarques?\b|lanham act"),
        ("patent", r"patents?\b|brevets?\b"),
    )
)  # fmt: skip


def is_foreign(text: str) -> bool:
    """Whether a text is a passage in a language of Latin letters."""
    words = len(_LATIN_WORD.findall(text))
    return words >= SHORTEST_WORDS and words > len(_CHINESE.findall(text))


def recognise(text: str) -> Notice | None:
    """What kind of notice a pasted text is.

    :return: None when it is no foreign passage, or too few marks of any kind are in it.
    """
    text = normalise(text)
    if not is_foreign(text):
        return None
    best: tuple[int, NoticeKind, list[re.Match[str]]] | None = None
    for kind, marks in _COMPILED:
        found = [match for mark in marks if (match := mark.search(text))]
        if len(found) >= LEAST_MARKS and (best is None or len(found) > best[0]):
            best = (len(found), kind, found)
    if best is None:
        return None
    _, kind, found = best
    forum = _FORUMS.search(text)
    right = kind.right or next((code for code, rx in _RIGHTS if rx.search(text)), None)
    return Notice(
        kind=kind,
        quotes=_sentences(text, found),
        forum=forum[0] if forum else None,
        right=right,
        country=kind.country,
        dates=tuple(dict.fromkeys(m[0] for m in _DATES.finditer(text))),
        numbers=tuple(dict.fromkeys(m[0].strip() for m in _NUMBERS.finditer(text))),
    )


def _sentences(text: str, found: list[re.Match[str]]) -> tuple[str, ...]:
    """The clause around each mark, shortened, without repeats."""
    quotes: list[str] = []
    covered = 0
    for match in sorted(found, key=lambda m: m.start()):
        if match.start() < covered:
            continue
        start = max(covered, match.start() - _BEFORE_CHARS)
        begins = [m.end() for m in _CLAUSE_END.finditer(text, start, match.start())]
        if begins:
            start = begins[-1]
        elif start > covered:
            start = text.find(" ", start) + 1 or start
        stop = _CLAUSE_END.search(text, match.end())
        end = stop.start() if stop else len(text)
        if end - start > _QUOTE_CHARS:
            space = text.rfind(" ", match.end(), start + _QUOTE_CHARS)
            end = space if space > 0 else max(match.end(), start + _QUOTE_CHARS)
        quotes.append(text[min(start, match.start()) : end].strip(" .,;"))
        covered = end
    return tuple(quotes[:_QUOTES])
