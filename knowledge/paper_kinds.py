"""The kinds of papers people receive, and the signs by which a pasted one is told apart.

Every kind has a table of signs with weights: 3 for words that only such a paper's heading or operative
sentence has, 2 for words that are typical of it, 1 for words that it shares with others.  ``names`` are
what people call the paper in Chinese when they only speak of it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from knowledge.paper_signs import NEEDS, SIGNS

Signs = tuple[tuple[int, str], ...]


@dataclass(frozen=True)
class PaperKind:
    """A kind of paper.

    ``procedure``, ``right``, ``country`` and ``platform`` are codes of the alias table; ``shown_as`` is
    the code of the papers' contract that holds a finer form, where it is not the form's own.  Without what
    it ``needs`` a kind is not considered, however much else speaks for it.
    """

    id: str
    title: str
    procedure: str
    signs: Signs
    names: str | None = None
    country: str | None = None
    right: str | None = None
    platform: str | None = None
    shown_as: str | None = None
    needs: str | None = None


_DISTRICT = r"united states district court|u\.s\. district court|\d{2}-cv-\d+|\bn\.d\. ill\b"
_SCHEDULE = r"schedule ['\"“]?a\b|partnerships and unincorporated associations"
_INFRINGES = r"infring(?:e|es|ed|ing|ement)"

_KINDS: tuple[PaperKind, ...] = (
    PaperKind("us-tro", "美国法院的临时限制令（TRO）或冻结通知", "tro", (
        (3, r"temporary restraining order"), (3, r"\bTRO (?:entered|was|is|issued|expires)"), (2, r"\bTRO\b"), (2, _SCHEDULE), (1, _DISTRICT), (1, r"ex parte"),
        (2, r"asset[s]? (?:restraint|freeze)|restrain(?:ed|ing)? (?:the |any )?(?:funds|assets|accounts|money)|(?:funds|payouts|payments?) (?:are|have been|were|is) (?:on hold|held|frozen|restrained)"),
        (1, r"preliminary injunction|\bPI hearing\b"), (1, r"northern district of illinois|federal court"), (1, r"settle the matter with|rights holder")),
        names=r"(?<![A-Za-z])TRO(?![A-Za-z0-9])|临时限制令|临时禁制令", country="US"),
    PaperKind("us-schedule-a", "美国法院的Schedule A起诉状", "tro", (
        (3, r"complaint[^.]{0,80}" + _SCHEDULE), (2, _SCHEDULE), (2, r"\bcomplaint\b"), (1, _DISTRICT), (1, r"plaintiff")), names=r"schedule a(?![A-Za-z0-9])", country="US"),
    PaperKind("us-pi", "美国法院的初步禁令（preliminary injunction）", "pi", (
        (3, r"preliminary injunction order|order granting[^.]{0,60}preliminary injunction|preliminary injunction (?:is )?(?:granted|entered)"), (2, r"preliminary injunction"),
        (1, _DISTRICT), (1, _SCHEDULE)), names=r"初步禁令|(?<![A-Za-z])PI令", country="US"),
    PaperKind("us-default", "美国法院的缺席判决", "court", (
        (3, r"(?:entry of default|default judgment|judgment by default) (?:is|was|has been|against|order)|final default judgment|motion for default judgment"), (2, r"default judgment|entry of default"),
        (1, _DISTRICT), (1, _SCHEDULE)), names=r"缺席判决", country="US"),
    PaperKind("us-subpoena", "美国法院的传唤取证（subpoena）", "discovery", (
        (3, r"\bsubpoena\b"), (2, r"to testify|produce documents|deposition"), (1, _DISTRICT)), names=r"subpoena|取证传票|文件传票", country="US"),
    PaperKind("us-337-notice", "美国国际贸易委员会的337调查立案通知", "section-337", (
        (3, r"notice of (?:institution of )?investigation|institution of (?:an )?investigation"), (2, r"section 337"), (2, r"international trade commission|usitc|\bITC\b"), (2, r"337-TA-\d+"),
        (1, r"administrative law judge"), (1, r"(?:limited|general) exclusion order"), (1, r"19 C\.?F\.?R\.? (?:§ ?)?210")), names=r"337(?:调查)?(?:的)?(?:立案|调查通知)|337通知", country="US"),
    PaperKind("us-337-complaint", "337调查的申请书（起诉书）", "section-337", (
        (3, r"(?:receipt of (?:a )?complaint|complaint (?:was )?filed|verified complaint|docket no\. ?\d+)[^.]{0,80}(?:section 337|commission)"), (2, r"section 337"),
        (2, r"international trade commission|usitc"), (2, r"complaint"), (1, r"public interest"), (1, r"proposed respondents")), names=r"337(?:申请书|起诉书|起诉状|投诉书)", country="US"),
    PaperKind("uspto-office-action", "美国专利商标局的审查意见（Office Action）", "registration", (
        (3, r"\b(?:non-?final|final)? ?office action\b"), (2, r"united states patent and trademark office|\buspto\b"), (2, r"registration is refused|refusal under section|section 2\([de]\)"),
        (1, r"serial (?:no\.?|number)|application (?:no\.?|serial)"), (1, r"issue date|mailing date"), (2, r"response must be (?:received|filed)|application will be abandoned|abandonment"),
        (1, r"examining attorney|examiner")), names=r"(?:美国|USPTO|商标局)[^，。；]{0,8}(?:审查意见|office action|驳回通知|OA(?![A-Za-z0-9]))|office action", country="US"),
    PaperKind("ttab-institution", "美国商标异议或撤销的立案通知（TTAB）", "opposition", (
        (3, r"trademark trial and appeal board|\bTTAB\b"), (2, r"notice of opposition|petition (?:to cancel|for cancellation)"), (2, r"opposition no\.? ?\d+|cancellation no\.? ?\d+"),
        (2, r"answer (?:is )?due|time to answer"), (1, r"opposer|petitioner"), (1, r"mailed")), names=r"TTAB|商标审判与上诉委员会", country="US", right="trademark"),
    PaperKind("ptab-notice", "美国专利无效程序（PTAB）的通知", "ptab", (
        (3, r"patent trial and appeal board|\bPTAB\b|(?:IPR|PGR)20\d{2}-\d{5}"), (3, r"ex parte reexamination"), (2, r"notice of filing date accorded|petition for inter partes review|inter partes review"),
        (1, r"patent owner"), (1, r"petitioner")), names=r"PTAB|(?<![A-Za-z])IPR请求|双方复审|单方再审", country="US", right="patent"),
    PaperKind("us-dmca", "DMCA版权删除通知", "platform", (
        (3, r"dmca (?:takedown|notice)|takedown notice|take[- ]down notice|notice of (?:claimed|alleged) infringement"), (2, r"dmca|digital millennium copyright act"), (2, r"counter[- ]noti(?:ce|fication)"), (1, r"copyright"),
        (1, r"good faith belief"), (1, r"under penalty of perjury")), names=r"DMCA(?:通知|投诉)", country="US", right="copyright"),
    PaperKind("apex", "亚马逊专利中立评估（APEX）通知", "platform", (
        (3, r"\bAPEX\b|amazon patent evaluation express|neutral (?:patent )?evaluation"), (1, r"\bamazon\b"), (1, r"utility patent"), (1, r"evaluator")), names=r"(?<![A-Za-z])APEX(?![A-Za-z0-9])|中立评估", platform="amazon", right="patent"),
    PaperKind("platform-complaint", "平台的侵权投诉通知", "platform", (
        (2, r"\b(?:amazon|ebay|vero|temu|aliexpress|etsy|walmart|shopify|shein|tiktok shop|shopee|lazada|coupang|mercado ?libre)\b"),
        (2, r"(?:listing|product|item|content|offer)s? (?:has|have|was|were|is|are) (?:been )?(?:removed|deactivated|taken down|disabled)|removed (?:some of )?your listing"),
        (2, r"intellectual property (?:complaint|infringement|violation|report)"), (1, r"rights (?:owner|holder)"), (1, _INFRINGES), (2, r"complaint id"), (1, r"\bASIN\b"), (1, r"seller performance|account health"),
        (1, r"retraction|counter[- ]noti"), (1, r"dmca|digital millennium copyright act")), names=r"(?:平台|亚马逊|TEMU|速卖通|虾皮|ebay|tiktok)[^，。；]{0,6}(?:投诉|下架)通知"),
    PaperKind("us-customs-seizure", "美国海关的扣押（没收）通知", "customs", (
        (3, r"notice of seizure|information to claimants"), (2, r"customs and border protection|\bCBP\b"), (2, r"\bseized\b|seizure (?:no|number)"), (1, r"19 (?:u\.?s\.?c\.?|c\.?f\.?r\.?)"), (1, r"counterfeit (?:trademark|mark)s?"),
        (2, r"petition (?:for|within)|fines,? penalties (?:and|&) forfeitures|election of proceedings")), names=r"(?:美国海关|CBP)[^，。；]{0,10}(?:扣押|没收|罚没|seiz)|notice of seizure", country="US"),
    PaperKind("us-customs-detention", "美国海关的扣留（待查）通知", "customs", (
        (3, r"notice of detention|detention notice"), (2, r"customs and border protection|\bCBP\b"), (2, r"\bdetained\b|detention"), (1, r"19 (?:u\.?s\.?c\.?|c\.?f\.?r\.?)"), (1, r"(?:seven|7|thirty|30)[^.]{0,15} days"),
        (1, r"133\.2[1-5]|suspected of")), names=r"(?:美国海关|CBP)[^，。；]{0,10}(?:扣留|扣货|detain|detention)|notice of detention", country="US"),
    PaperKind("us-summons", "美国法院的传票（Summons）", "court", (
        (3, r"summons in a civil action"), (3, r"lawsuit has been filed against you|you have been sued"), (2, r"\bsummons\b"), (2, r"within 2[01] days|waiver of (?:the )?service"), (1, _DISTRICT), (1, r"default judgment|judgment by default"),
        (1, r"\bplaintiff\b")), names=r"(?:美国|联邦法院|伊利诺伊|纽约|加州|特拉华)[^。；]{0,10}传票|传票[^。；]{0,12}(?:美国|伊利诺伊|纽约|加州|特拉华)|summons", country="US"),
    PaperKind("us-complaint", "美国法院的起诉状", "court", (
        (3, r"complaint for (?:patent|trademark|copyright|design|trade dress)"), (2, r"demand for (?:a )?jury trial|jury trial demanded"), (1, _DISTRICT), (1, r"\bplaintiff\b"), (1, r"\bcomplaint\b"), (1, r"prayer for relief")),
        names=r"美国[^，。；]{0,8}起诉状", country="US"),
    PaperKind("euipo-notification", "欧盟知识产权局的通知（商标异议等）", "opposition", (
        (3, r"euipo|european union intellectual property office"), (2, r"notice of opposition|opposition (?:no|number|has been filed|proceedings)"), (2, r"cooling[- ]off"), (2, r"\bEUTM\b|european union trade mark"),
        (1, r"opponent"), (1, r"earlier (?:trade ?)?mark|earlier right"), (1, r"opposition division")), names=r"(?:EUIPO|欧盟知识产权局)[^，。；]{0,14}(?:异议)?通知", country="EU", right="trademark"),
    PaperKind("epo-opposition-notice", "欧洲专利局的异议通知", "invalidation", (
        (3, r"rule 79|communication of (?:a )?notice[s]? of opposition"), (2, r"european patent office|\bEPO\b"), (1, r"opposition"), (1, r"proprietor")), names=r"(?:欧专局|欧洲专利局|EPO)[^，。；]{0,14}异议通知", country="EU", right="patent", shown_as="epo-communication"),
    PaperKind("epo-communication", "欧洲专利局的审查意见", "registration", (
        (3, r"communication (?:pursuant to|under) (?:article 94|rule 71|rule 161|rule 70)"), (2, r"european patent office|\bEPO\b|europäisches patentamt"), (1, r"examining division"), (1, r"european patent application"),
        (1, r"deemed to be withdrawn")), names=r"(?:欧专局|欧洲专利局|EPO)[^，。；]{0,6}审查意见", country="EU", right="patent"),
    PaperKind("jpo-office-action", "日本特许厅的拒绝理由通知书", "registration", (
        (3, r"(?:拒絶|拒绝)理由(?:通知)?"), (2, r"特許庁|特许厅|japan patent office"), (1, r"意見書|意见书|written opinion"), (1, r"審査官|审查官"), (2, r"reasons? for refusal"), (1, r"発送|发送日|60日以内|within 60 days")),
        names=r"(?:日本|特许厅|JPO)[^，。；]{0,8}(?:拒绝理由|审查意见|驳回理由)|拒绝理由通知", country="JP"),
    PaperKind("kipo-office-action", "韩国知识产权部门的意见提出通知书", "registration", (
        (3, r"의견제출통지서|notice of preliminary rejection|notification of reason for refusal"), (2, r"특허청|지식재산처|korean intellectual property office|\bKIPO\b|ministry of intellectual property"), (1, r"거절이유|의견서"), (1, r"심사관")),
        names=r"(?:韩国|KIPO|特许厅)[^，。；]{0,8}(?:意见提出通知|审查意见|驳回理由)|意见提出通知书", country="KR"),
    PaperKind("wipo-notification", "世界知识产权组织的通知（马德里、海牙）", "madrid", (
        (3, r"(?:notification of )?provisional refusal|irregularity (?:notice|letter)"), (2, r"international bureau|world intellectual property organization|\bWIPO\b"), (2, r"international registration"), (1, r"designated|holder")),
        names=r"马德里[^，。；]{0,6}(?:临时驳回|驳回通知)|临时驳回"),
    PaperKind("udrp-complaint", "域名争议（UDRP）通知", "domain-name", (
        (3, r"\bUDRP\b|uniform domain[- ]name dispute"), (2, r"wipo arbitration and mediation|domain name complaint|\bADNDRC\b|national arbitration forum"), (2, r"disputed domain name"),
        (2, r"commencement of administrative proceeding|administrative panel"), (1, r"bad faith"), (1, r"complainant"), (1, r"\bD\d{4}-\d{3,5}\b")), names=r"(?<![A-Za-z])UDRP|域名(?:争议|投诉)(?:通知)?", right="domain"),
    PaperKind("upc-measures", "欧洲统一专利法院的临时措施或证据保全令", "pi", (
        (3, r"order for (?:provisional measures|preserving evidence)|order to preserve evidence"), (2, r"unified patent court|\bUPC\b|UPC_CFI_\d+"), (1, r"provisional measures|preserv(?:e|ing) evidence|inspection"), (1, r"local division")),
        names=r"(?:UPC|统一专利法院)[^，。；]{0,6}(?:临时措施|临时禁令|证据保全)", country="UPC", right="patent"),
    PaperKind("upc-claim", "欧洲统一专利法院的起诉文书", "court", (
        (2, r"unified patent court|\bUPC\b|einheitliches patentgericht"), (2, r"UPC_CFI_\d+"), (3, r"statement of claim"), (2, r"statement of defence|preliminary objection"), (1, r"local division|central division|registry")),
        names=r"(?:UPC|统一专利法院)[^，。；]{0,6}(?:起诉|诉状)", country="UPC", right="patent"),
    PaperKind("de-injunction", "德国法院的临时禁令（einstweilige Verfügung）", "pi", (
        (3, r"einstweilige[nr]? verfügung"), (2, r"landgericht|oberlandesgericht"), (2, r"antragsgegner(?:in)?"), (1, r"antragsteller(?:in)?"), (2, r"ordnungsgeld|ordnungshaft"), (1, r"beschluss"),
        (1, r"es wird .{0,40}untersagt|zu unterlassen")), names=r"einstweilige|德国[^，。；]{0,6}临时禁令", country="DE"),
    PaperKind("de-abmahnung", "德国律师的警告函（Abmahnung）", "warning-letter", (
        (3, r"\babmahnung\b"), (2, r"unterlassungs(?:erklärung|verpflichtungserklärung|anspruch)"), (2, r"strafbewehrte?"), (1, r"rechtsanw[aä]lt"), (1, r"\bfrist\b"), (1, r"verletz(?:t|ung|en)|verletzung"), (1, r"schadensersatz"),
        (1, r"kostenerstattung|abmahnkosten|kosten zu erstatten")), names=r"abmahnung|德国[^，。；]{0,6}(?:警告函|律师函)", country="DE"),
    PaperKind("eu-customs-suspension", "欧盟成员国海关的扣留通知", "customs", (
        (3, r"608/2013"), (2, r"suspension of (?:the )?release|detention of (?:the )?goods|aussetzung der überlassung|zurückhaltung|retenue en douane"), (1, r"customs (?:authorit|office)|hauptzollamt|\bzoll(?:amt|verwaltung)?\b|zentralstelle gewerblicher rechtsschutz|douane"),
        (1, r"suspected of infringing"), (2, r"grenzbeschlagnahme"), (1, r"10 working days|ten working days|10 arbeitstage"), (1, r"destruction of (?:the )?goods|simplified procedure|vernichtung")),
        names=r"(?:欧盟|德国|荷兰|法国|意大利|西班牙|比利时|鹿特丹|汉堡|安特卫普)[^，。；]{0,4}海关[^，。；]{0,6}(?:扣留|扣货|扣押|暂停放行)", country="EU"),
    PaperKind("jp-customs", "日本海关的认定程序开始通知", "customs", (
        (3, r"認定手続|认定手续|认定程序开始"), (2, r"税関|税关"), (1, r"侵害疑義物品|侵害疑义物品"), (1, r"輸入者|输入者")), names=r"日本(?:海关|税关)|认定程序开始通知", country="JP"),
    PaperKind("fr-saisie", "法国的查封取证（saisie-contrefaçon）文书", "evidence", (
        (3, r"saisie[- ]contrefa[cç]on"), (1, r"tribunal judiciaire"), (1, r"huissier|commissaire de justice"), (1, r"ordonnance"), (1, r"contrefa[cç]on")), names=r"saisie|法国[^，。；]{0,6}(?:查封|扣押取证)", country="FR"),
    PaperKind("npe-letter", "专利许可公司（NPE）的收费信", "warning-letter", (
        (2, r"licens(?:e|ing) (?:offer|program|proposal)|take a licen[cs]e"), (2, r"portfolio of patents|patent portfolio"), (1, r"royalt|licen[cs]e fee"), (1, r"we (?:are|represent) .{0,40}(?:licensing|ip holdings|patents? llc)"), (1, r"claim charts?")),
        names=r"(?:(?<![A-Za-z])NPE(?![A-Za-z0-9])|专利流氓)[^，,。；;]{0,10}(?:信|函|邮件|开价|报价|收费|要钱)", right="patent"),
    PaperKind("demand-letter", "要求停止侵权的警告函", "warning-letter", (
        (3, r"cease[- ]and[- ]desist|letter before (?:action|claim)|mise en demeure"), (2, r"(?:immediately )?cease (?:and desist|all|any|the)|\bcesser\b"), (2, r"on behalf of (?:our|my) client|we represent|our client|nous sommes les avocats"),
        (1, r"without prejudice"), (1, _INFRINGES + r"|contrefa[cç]on"), (2, r"undertakings?\b"), (1, r"within (?:seven|ten|fourteen|\d+) (?:business )?days|sous huitaine|dans un délai|unless we receive"),
        (1, r"legal (?:action|proceedings)|issue proceedings|reserve[s]? all rights"), (1, r"settlement (?:amount|demand)|licen[cs]e fee|royalt"), (1, r"solicitors|attorneys? at law|\bavocats?\b")),
        names=r"警告函|律师函|侵权函"),
    PaperKind("cn-customs", "中国海关扣留侵权嫌疑货物通知书", "customs", (
        (3, r"扣留(?:[(（]暂扣[)）])?侵权嫌疑货物(?:通知书|决定书)|侵权嫌疑货物(?:扣留|收发货人)"), (2, r"中华人民共和国[一-龥]{2,4}海关|[一-龥]{2}海关(?:关于|扣留)"), (2, r"予以扣留|决定扣留|暂停放行"), (1, r"我关|你单位|你公司"),
        (1, r"申报出口|出口报关单|涉嫌侵犯")), names=r"(?:黄埔|广州|深圳|拱北|汕头|江门|湛江|宁波|上海|青岛|厦门|天津|中国|我国|国内|出口时)海关[^，。；]{0,12}扣", country="CN"),
    PaperKind("cn-court", "中国法院的文书", "court", (
        (3, r"人民法院(?:传票|应诉通知书|民事裁定书|举证通知书|开庭传票)"), (2, r"中华人民共和国[一-龥]{2,12}人民法院|人民法院"), (2, r"应诉通知书|举证期限|答辩状|被传唤人|开庭时间"), (1, r"案号|[(（]20\d{2}[)）][一-龥]\d{2,4}民")), country="CN"),
    PaperKind("contract", "合同或协议", "contract", (
        (3, r"\b(?:license|licence|settlement|supply|distribution|manufacturing|oem|purchase|sales|agency|non-?disclosure|coexistence|assignment|cooperation) agreement\b|许可协议|和解协议|(?:采购|供货|买卖|加工|委托|许可|合作|代理|购销|定作|经销)合同|保密协议|合作协议|lizenzvertrag|liefervertrag|contrat de (?:licence|vente|distribution)"),
        (3, r"this (?:[a-z-]+ )?(?:agreement|contract) \(?[^.]{0,60}(?:is )?(?:made|entered|effective)|by and between|甲方[^。]{0,60}乙方"), (2, r"whereas|witnesseth|hereinafter (?:referred to as|called)|鉴于|双方(?:经|同意|协商)"), (1, r"governing law|entire agreement|in witness whereof|违约责任|争议解决"), (1, r"termination|confidential|royalt|保密|有效期"),
        (-4, r"you are (?:hereby )?commanded|summons|infringement complaint|notice of opposition"))),
    PaperKind("gb-tm7a", "英国商标异议的预告（TM7A）", "opposition", (
        (3, r"\btm7a\b|notice of threatened opposition|threatened opposition"), (2, r"uk intellectual property office|\bukipo\b|intellectual property office"), (1, r"trade mark application|opposition period|two months|three months")), country="GB", right="trademark", shown_as="other"),
    PaperKind("gb-claim", "英国法院的起诉文书（Claim Form）", "court", (
        (3, r"\bclaim form\b|particulars of claim"), (2, r"high court of justice|intellectual property enterprise court|patents court|business and property courts"), (1, r"\bclaimant\b"), (1, r"acknowledg(?:e)?ment of service|response pack")), country="GB", shown_as="other"),
    PaperKind("gb-customs", "英国海关的扣货通知", "customs", (
        (3, r"(?:hm revenue|border force)[^.]{0,200}(?:seiz|detain|suspen)\w+"), (2, r"border force|hm revenue (?:&|and) customs"), (1, r"notice of seizure|detained|infring")), country="GB", shown_as="other"),
    PaperKind("de-klage", "德国法院的起诉状送达", "court", (
        (3, r"\bklageschrift\b|\bklage\b\W+(?:der|des|wegen|in)|zustellung (?:der|einer) klage"), (2, r"landgericht|oberlandesgericht"), (2, r"schriftliche[ns]? vorverfahren|verteidigungsanzeige|verteidigungsbereitschaft|klageerwiderung"), (1, r"beklagte|klägerin?|rechtsstreit"),
        (-4, r"abmahnung wegen|unified patent court|einheitliches patentgericht|einstweilige[nr]? verfügung (?:angeordnet|erlassen)")), country="DE", shown_as="other"),
    PaperKind("fr-assignation", "法国法院的传唤状（assignation）", "court", (
        (3, r"\bassignation\b"), (2, r"tribunal judiciaire"), (2, r"constituer avocat|à comparaître|l'an deux mil"), (1, r"commissaire de justice|huissier"), (-3, r"saisie[- ]contrefa[cç]on (?:est|sera)|procès-verbal de saisie")), country="FR", shown_as="other"),
    PaperKind("jp-court", "日本法院的诉讼文书", "court", (
        (3, r"口[头頭]弁论期日(?:呼出状)?|诉状[^。]{0,20}(?:送达|原告)|答弁书催告"), (2, r"地方裁判所|知的财产高等裁判所"), (1, r"原告|被告"), (1, r"答弁书")), country="JP", shown_as="other"),
    PaperKind("kr-court", "韩国法院的诉讼文书", "court", (
        (3, r"소장|변론기일통지서|소환장"), (2, r"지방법원|특허법원|특허심판원"), (1, r"원고|피고|청구인|피청구인"), (1, r"답변서|가합|나단")), country="KR", shown_as="other"),
    PaperKind("kr-customs", "韩国海关的通关保留通知", "customs", (
        (3, r"통관\s?보류"), (2, r"세관장?|관세청|관세법"), (1, r"지식재산권|수입자|침해")), country="KR", shown_as="other"),
    PaperKind("cnipa-office-action", "中国国家知识产权局的审查通知", "registration", (
        (3, r"(?:第[一二三四]次)?审查意见通知书|驳回通知书|(?:无效宣告请求|异议|撤销连续三年)[^。]{0,16}(?:受理|答辩)?通知书"), (2, r"国家知识产权局"), (1, r"申请号|注册号|审查员")), country="CN", shown_as="other"),
    PaperKind("it-court", "意大利法院的文书", "court", (
        (3, r"tribunale (?:ordinario )?di [a-z]+"), (2, r"\bn\. ?r\.? ?g\.|\br\.g\. ?n"), (3, r"\bdecreto\b|\bordinanza\b|atto di citazione|\bricorso\b"), (2, r"\budienza\b"), (1, r"resistente|convenut[oa]|ricorrente"),
        (-4, r"\bdiffid\w+ (?:pertanto|formalmente)|messa in mora")), country="IT", shown_as="other", needs=r"tribunale|corte d'appello"),
    PaperKind("es-court", "西班牙法院的文书", "court", (
        (3, r"juzgado de lo mercantil|audiencia provincial"), (3, r"cédula de (?:emplazamiento|citación|notificación)|\bemplaz(?:a|amiento|ándole)\b"), (2, r"demandad[oa]"), (1, r"conteste a la demanda|rebeldía procesal"),
        (-4, r"\bburofax\b|requerimiento de cese")), country="ES", shown_as="other", needs=r"juzgado|audiencia provincial|tribunal de marca"),
    PaperKind("es-office-action", "西班牙专利商标局的通知", "registration", (
        (3, r"oficina española de patentes y marcas|\bOEPM\b"), (3, r"\bsuspenso\b|comunicación de (?:suspenso|denegación|oposición)"), (1, r"solicitante|solicitud de marca"), (1, r"\bBOPI\b|alegaciones")), country="ES", shown_as="other", needs=r"oficina española de patentes|\bOEPM\b"),
    PaperKind("ru-court", "俄罗斯法院的文书", "court", (
        (3, r"арбитражный суд [а-я]+|суд по интеллектуальным правам"), (3, r"\bопределение\b|исково(?:е|му) заявлени[ею]"), (2, r"дело №|судебное заседание"), (2, r"ответчик\w*|судья")), country="RU", shown_as="other", needs=r"определил|судья|заседани"),
    PaperKind("vn-customs", "越南海关的暂停通关决定", "customs", (
        (3, r"tạm dừng làm thủ tục hải quan"), (2, r"hải quan"), (2, r"quyết định|thông báo"), (1, r"sở hữu trí tuệ")), country="VN", shown_as="other", needs=r"tạm dừng"),
    PaperKind("us-ccb", "美国版权小额法庭（CCB）的通知", "court", (
        (3, r"copyright claims board"), (2, r"opt[- ]?out"), (1, r"claimant|respondent")), country="US", right="copyright", shown_as="other"),
)  # fmt: skip

KINDS: tuple[PaperKind, ...] = tuple(
    replace(
        kind, signs=(*kind.signs, *SIGNS.get(kind.id, ())), needs=NEEDS.get(kind.id, kind.needs)
    )
    for kind in _KINDS
)
BY_ID = {kind.id: kind for kind in KINDS}
