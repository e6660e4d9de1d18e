"""Further signs of the kinds of papers: other languages, other wordings, and words that speak against.

The same scale as in ``paper_kinds``; a negative weight is for words that only another paper bears.
Patterns are matched against the normal form, in which Chinese characters are simplified, Japanese ones
among them.
"""

from __future__ import annotations

_NOT_US = r"border force|hm revenue|canada border services|korea customs|关税厅|관세청|608/2013"

SIGNS: dict[str, tuple[tuple[int, str], ...]] = {
    "us-tro": (
        (3, r"order (?:granting|to show cause|entering)[^.]{0,80}temporary restraining order|temporary restraining order\W{1,3}(?:this|upon|the court)"),
        (1, r"hereby ordered|it is (?:hereby |further )?ordered"),
        (-2, r"notice of a lawsuit|summons in a civil action|complaint for\b|demand for jury|plaintiff.{0,40}alleges as follows"),
    ),
    "us-pi": (
        (2, r"\W(?:order (?:granting|on)[^.]{0,60})?preliminary injunction (?:order|is hereby)"), (1, r"hereby ordered|it is (?:hereby |further )?ordered"), (1, r"likelihood of success|irreparable harm"),
        (-2, r"notice of a lawsuit|summons in a civil action|complaint for\b|demand for jury"), (-2, r"temporary restraining order (?:shall|is|expires)"),
    ),
    "us-schedule-a": (
        (3, r"schedule ['\"“]?a['\"”]?\W{1,4}(?:to (?:the )?complaint|defendant|no\.|list of)"), (2, r"seller aliases|defendant (?:internet )?stores?|merchant id|store (?:name|url|id)|defendant (?:no|online)"),
        (1, r"\bcounterfeit"), (-2, r"temporary restraining order (?:is|shall|to)|it is (?:hereby |further )?ordered"),
        (-4, r"this court (?:hereby )?(?:grants|finds|orders)|court (?:hereby )?grants|(?:motion|application) is (?:hereby )?granted|this (?:temporary restraining |preliminary injunction )?order (?:is|shall|without notice)"),
    ),
    "us-default": ((3, r"(?:clerk's )?(?:entry of|certificate of) default|default (?:final )?judg(?:e)?ment (?:order|is)|order (?:granting|for|of)[^.]{0,40}default"), (1, r"failed to (?:plead|answer|appear|respond)"), (2, r"default (?:of|against)[^.]{0,60}(?:noted|entered|granted)|has not filed an answer"), (-2, r"summons in a civil action")),
    "us-subpoena": (
        (3, r"subpoena (?:duces tecum|ad testificandum|to (?:testify|produce|appear))"), (3, r"you are (?:hereby )?commanded"), (1, r"international trade commission|337-TA"), (1, r"place of (?:production|compliance)|documents? (?:requested|to be produced)"),
    ),
    "us-337-notice": (
        (3, r"institution of (?:an )?investigation(?: pursuant to)?|notice of investigation"), (2, r"investigation (?:be|is) instituted|instituted an investigation"), (1, r"in the matter of certain"), (1, r"the following (?:entities|are)[^.]{0,60}respondents"),
        (-3, r"receipt of (?:a )?complaint|solicitation of comments|subpoena (?:duces|ad)"),
    ),
    "us-337-complaint": (
        (4, r"notice of receipt of (?:a )?complaint|solicitation of comments relating to the public interest"), (3, r"complaint (?:of [^.]{3,100} )?(?:filed )?under section 337"), (2, r"proposed respondents?"), (1, r"domestic industry"),
        (1, r"requests that the commission (?:institute|issue)"), (-3, r"subpoena (?:duces|ad)"),
    ),
    "uspto-office-action": ((3, r"(?:non-?final|final|priority|suspension)[ -]office action|office action[^.]{0,40}(?:official|about applicant|trademark application)"), (1, r"response (?:deadline|is required|required)|strategies for responding"), (1, r"likelihood of confusion|prior art|35 u\.?s\.?c\.? ?§? ?10[123]")),
    "ttab-institution": ((2, r"notice of institution|trial (?:dates|schedule)|discovery (?:opens|closes|conference)"), (1, r"esttaw?|ttabvue"), (1, r"registration subject to cancellation|applicant's mark")),
    "ptab-notice": ((3, r"notice of filing date accorded|notice of accord(?:ing|ed) filing date"), (2, r"patent owner preliminary response|preliminary response|mandatory notices"), (2, r"(?:inter partes|post[- ]grant) review"), (1, r"37 c\.?f\.?r\.? ?§? ?42\.")),
    "us-dmca": ((3, r"17 u\.?s\.?c\.? ?§? ?512|512\(c\)"), (2, r"(?:notification|notice) of (?:claimed|alleged) (?:copyright )?infringement"), (1, r"repeat infringer|authorized to act on behalf")),
    "platform-complaint": (
        (2, r"\b(?:alibaba|1688|wish|cdiscount|allegro|otto|wayfair|rakuten|joom|ozon|wildberries|zalando|bol\.com|fruugo|fnac|manomano|tokopedia|mercado livre|seller central|partner center)\b"),
        (2, r"(?:商品|链接|产品|内容|listing)[^。]{0,16}(?:移除|下架|删除|屏蔽|冻结)"), (2, r"知识产权(?:投诉|侵权|举报|违规)"), (1, r"卖家|店铺|账户健康|账户状况"), (1, r"申诉|反通知|撤回投诉"), (2, r"投诉(?:编号|id|人)|举报编号"),
        (2, r"rechteinhaber|titulaire des droits|titular(?:es)? de (?:los )?derechos|titolare dei diritti|detentor(?:es)? dos direitos|правообладател"), (2, r"angebote?[^.]{0,30}(?:entfernt|deaktiviert)|(?:offre|annonce)s?[^.]{0,30}(?:supprim|retir)\w+|(?:rimoss|eliminad|removid)[oaie]s?"),
        (2, r"(?:we (?:have )?(?:removed|received)|has been reported)[^.]{0,60}(?:listing|item|product|notice|report|complaint)"), (1, r"dear (?:seller|merchant)|hello (?:seller|from)|sehr geehrter verkäufer|亲爱的卖家|尊敬的卖家"), (1, r"知的财产权?|出品者|权利者"), (2, r"出品[^。]{0,12}(?:削除|停止)"),
        (-3, r"\bapex\b|amazon patent evaluation express|neutral patent evaluation"), (-3, r"digital millennium copyright act[^.]{0,60}(?:notice|takedown)|notice of claimed infringement"),
    ),
    "apex": ((3, r"amazon patent evaluation express|patent evaluation express"), (1, r"evaluation agreement|neutral evaluator"), (1, r"asin"), (1, r"\$4,?000")),
    "us-customs-seizure": ((2, r"election of proceedings|cafra|petition for (?:relief|remission)"), (1, r"19 u\.?s\.?c\.? ?§? ?1[56]\d\d"), (-9, _NOT_US), (-2, r"notice of detention")),
    "us-customs-detention": ((2, r"19 u\.?s\.?c\.? ?§? ?1499|19 c\.?f\.?r\.? ?§? ?(?:133|151)"), (1, r"admissibility|importer of record"), (-9, _NOT_US), (-2, r"notice of seizure")),
    "us-summons": ((3, r"summons in a civil (?:action|case)"), (3, r"request to waive service|waiver of the service of summons|notice of a lawsuit"), (1, r"clerk of (?:the )?court"), (1, r"\bto:? ?\(?defendant")),
    "us-complaint": ((2, r"complaint (?:and (?:demand|jury)|for damages|for injunctive)"), (1, r"nature of (?:the )?action"), (1, r"jurisdiction and venue"), (1, r"\bcount (?:i|one|1)\b|first (?:cause|claim)"), (1, r"alleges? as follows|by and through (?:its|undersigned)"), (-3, r"schedule ['\"“]?a\b|partnerships and unincorporated"), (-4, r"summons in a civil|notice of a lawsuit|international trade commission")),
    "euipo-notification": (
        (3, r"oficina de propiedad intelectual de la unión europea|amt der europäischen union für geistiges eigentum|office de l'union européenne pour la propriété intellectuelle|ufficio dell'unione europea per la proprietà intellettuale"),
        (2, r"application for (?:a )?(?:declaration of )?invalidity|application for revocation|cancellation (?:division|no)"), (1, r"alicante"), (1, r"admissibility of the opposition|notification (?:of|to the)|mitteilung"), (1, r"registered (?:eu|community) design"),
    ),
    "epo-communication": (
        (3, r"(?:mitteilung|bescheid) (?:gemäß|nach) (?:artikel|art\.|regel|r\.) ?(?:94|71|161|70|79|82|100)|notification (?:au titre de|conformément à) (?:l'article|la règle)"), (3, r"communication (?:pursuant|under|in accordance)[^.]{0,20}(?:art\.?|article|rule) ?\(?\d+"), (2, r"80298 münchen|rijswijk|europäisches patentamt|office européen des brevets"),
        (1, r"summons to (?:attend )?oral proceedings|examining division|opposition division"), (-3, r"unified patent court"),
    ),
    "epo-opposition-notice": ((2, r"notice of opposition[^.]{0,60}european patent"), (-3, r"euipo|trade ?mark"),),
    "wipo-notification": (
        (3, r"(?:notification de )?refus provisoire|denegación provisional|provisional refusal of protection"), (2, r"madrid (?:agreement|protocol|system)|arrangement de madrid|hague (?:agreement|system)"), (2, r"enregistrement international|registro internacional|国际注册"),
        (2, r"临时驳回|临时拒绝"), (2, r"\bOMPI\b|chemin des colombettes"), (1, r"office of (?:the )?(?:designated|origin)|holder"), (-4, r"udrp|domain name|arbitration and mediation"),
    ),
    "udrp-complaint": ((3, r"统一域名争议解决政策|域名争议"), (2, r"亚洲域名争议解决中心|\bczech arbitration court\b|\bforum\b[^.]{0,30}domain"), (1, r"\bregistrar\b|respondent"), (2, r"notification of complaint|administrative proceeding")),
    "upc-measures": ((3, r"einstweilige[nr]? maßnahmen|beweissicherung|mesures provisoires|saisie"), (3, r"anordnung (?:einstweiliger maßnahmen|zur (?:beweissicherung|vorlage))|application for (?:provisional measures|(?:an order )?preserving evidence)"), (2, r"provisional measures"), (1, r"\br(?:ule)?\.? ?(?:192|196|197|206|211|212)\b"), (1, r"lokalkammer|ex parte|without hearing the defendant")),
    "upc-claim": ((2, r"\bklageschrift\b|mémoire en demande"), (2, r"lokalkammer|juridiction unifiée du brevet"), (1, r"three months|one month|rule 2[3-5]|r\. ?2[3-5]"), (-3, r"provisional measures|preserv(?:e|ing) evidence|einstweilige[nr]? maßnahmen|beweissicherung")),
    "de-injunction": ((2, r"im wege der einstweiligen verfügung|einstweiligen? verfügung(?:ssache|sverfahren)"), (1, r"vollziehung|ausfertigung|widerspruch")),
    "de-abmahnung": (
        (2, r"\bwarning letter\b[^.]{0,40}abmahnung|abmahnung\b[^.]{0,60}\b(?:wegen|marke|design|patent|urheber)"), (1, r"mandantin|mandant\b|anwaltlich vertreten"), (1, r"wiederholungsgefahr|vertragsstrafe|gegenstandswert|streitwert"),
        (-3, r"einstweilige[nr]? verfügung (?:angeordnet|erlassen)|beschluss\W+in (?:dem|der)|im namen des volkes|\bklageschrift\b"),
    ),
    "eu-customs-suspension": (
        (2, r"(?:suspension de la )?mainlevée|retenue (?:en douane|de(?:s)? marchandises)|marchandises soupçonnées"), (2, r"sospensione dello svincolo|blocco delle merci|agenzia delle dogane"), (2, r"suspensión del levante|retención de (?:las )?mercancías|autoridad(?:es)? aduaner"),
        (2, r"opschorting van de vrijgave|vasthouding van|douane nederland"), (2, r"zatrzymani\w+ towarów|zawieszeni\w+ zwolnienia|urząd celn\w+"), (2, r"verdacht der verletzung|rechte des geistigen eigentums"), (1, r"declarant|holder of the goods|anmelder oder besitzer|déclarant|detentor|declarante|dichiarante"),
    ),
    "jp-customs": ((3, r"认定手[续続]开始通知"), (2, r"关税法(?:施行令)?第6[0-9]条|関税法"), (1, r"疑[义義](?:货物|貨物|物品)"), (1, r"争う|证[拠据]")),
    "fr-saisie": ((2, r"procès-verbal|ordonnance (?:sur requête|autorisant)"), (1, r"l\. ?(?:615|716|521|332)-"), (1, r"autoris(?:e|ant|ons)")),
    "demand-letter": (
        (3, r"berechtigungsanfrage|schutzrechtshinweis"), (2, r"(?:aus welchen gründen|weshalb) sie sich[^.]{0,40}berechtigt|ihrer (?:stellungnahme|rückäußerung)"),
        (3, r"\bdiffida\b|messa in mora"), (2, r"(?:la|il) nostr[oa] (?:assistit[oa]|cliente)|in nome e per conto"), (1, r"contraffazione|cessare"),
        (3, r"requerimiento (?:de cese|extrajudicial|previo)|burofax|carta de cese"), (2, r"nuestr[oa] (?:cliente|representad[oa]|mandante)"), (1, r"infracción|cese inmediato|cesar"),
        (3, r"notificação extrajudicial|carta de cessação"), (2, r"noss[oa] (?:cliente|constituinte)"), (1, r"contrafa[cç][aã]o|violação|abster-se"),
        (3, r"(?:досудебная )?претензи[яи]"), (2, r"исключительн\w+ прав|нарушени\w+ прав"), (1, r"прекратить|компенсаци\w+|доверител\w+"),
        (3, r"th[ưu]'? (?:c[ảàa]?nh b[áa]o|khuy[ếe]?n c[áa]o|y[êe]u c[ầa]?u ch[ấa]?m d[ứu]?t)"), (2, r"x[âa]m ph[ạa]?m"), (1, r"th[âa]n ch[ủùu]|thay m[ặa]?t|ch[ấa]?m d[ứu]?t"),
        (3, r"경고장|내용증명"), (2, r"의뢰인|대리하여|대리인"), (1, r"침해|중지"),
        (3, r"警告[书書]|侵害警告|催告[书書]"), (2, r"通知人|当职|代理人弁|弁护士|弁理士"), (1, r"贵社|侵害|中止"),
        (3, r"律师函|警告函|侵权(?:警告|告知)函|(?:停止|终止)侵权(?:通知|行为)"), (2, r"受[^。]{2,40}(?:的)?委托"), (1, r"贵司|贵公司|立即停止|律师事务所"),
        (3, r"\bsommatie(?:brief)?\b|ingebrekestelling|wezwanie do (?:zaprzestania|zaniechania)|ihtarname"), (2, r"namens (?:onze )?cliënte?|w imieniu|müvekkil"),
        (2, r"i am the [^.]{0,30}(?:owner|inventor|author|creator)"), (2, r"stop selling|my (?:lawyer|attorney) will|we will (?:take|initiate|commence) legal action|will sue you"), (2, r"letter of claim|pre-action|notice of infringement|infringement notice"), (1, r"delivery up|written undertaking|signed undertaking|confirm in writing"), (2, r"we act (?:for|on behalf of)|we are (?:the )?(?:attorneys|counsel|solicitors|patent attorneys) (?:for|of|to)|this (?:firm|office) represents"),
        (-3, r"summons in a civil action|notice of (?:seizure|detention)|\babmahnung\b|einstweilige|statement of claim|trademark trial and appeal board|608/2013"), (-3, r"take a licen[cs]e|licens(?:e|ing) (?:offer|program|proposal)|patent portfolio"),
        (-3, r"this agreement (?:is )?(?:made|entered)|甲方"), (-3, r"listings? (?:has|have|was|were) (?:been )?(?:removed|deactivated)"),
    ),
    "npe-letter": ((2, r"licens(?:e|ing)[^.]{0,40}(?:discussion|opportunity|terms|rate|program|portfolio)|non-?exclusive licen[cs]e"), (1, r"patents?[^.]{0,40}portfolio|fully[- ]paid"), (1, r"lump[- ]sum|per (?:unit|year)"), (2, r"licens(?:e|ing) (?:agent|arm|entity|company)|ip (?:holdings?|licensing)|patent(?:s)? (?:holdings?|licensing|innovations)|technologies llc")),
    "cn-customs": ((3, r"海关[^。]{0,40}(?:扣留|确认|调查)[^。]{0,30}(?:通知书|决定书)|知识产权状况的通知"), (1, r"知识产权海关保护|海关保护条例"), (2, r"[关關]知(?:扣|确|通)?字?|关缉?(?:知)?[扣罚]字")),
    "cn-court": (
        (3, r"(?:人民|知识产权|互联网|海事)法院[^。]{0,24}(?:传票|应诉通知书|参加诉讼通知书|裁定书|判决书|举证通知书)"), (2, r"[(（〔]20\d{2}[)）〕][一-龥]{1,3}\d{0,4}(?:民|知民|行|刑)[一-龥]?"), (1, r"原告|被告|被传唤人"), (1, r"审判长|审判员|书记员"),
    ),
    "jpo-office-action": ((3, r"拒[絶绝]理由通知"), (1, r"意见书[^。]{0,20}提出")),
}  # fmt: skip

NEEDS: dict[str, str] = {
    "us-schedule-a": r"schedule ['\"“‘]?a\b|partnerships and unincorporated|seller alias",
    "us-complaint": r"\bcomplaint\b",
    "us-default": r"\bdefault\b",
    "us-subpoena": r"subpoena",
    "us-pi": r"preliminary injunction",
    "us-tro": r"restrain|\btro\b|frozen|freeze|on hold",
    "apex": r"\bapex\b|patent evaluation",
    "upc-claim": r"statement of claim|klageschrift|statement of defence|mémoire|klageerwiderung|infringement action|verletzungsklage|action en contrefaçon",
    "cn-customs": r"海关",
    "cn-court": r"法院",
    "npe-letter": r"licen[cs]|royalt",
    "epo-communication": r"\bepo\b|european patent|europäisch|brevets? européen|office européen",
}
