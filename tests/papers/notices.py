"""Notices written after the recogniser, to judge it by: fictitious parties, layouts it was not made on."""

# kind, text, days read for certain.
NOTICES = (
("us-tro","""Case: 1:26-cv-11873 Document #: 21 Filed: 11/10/26 Page 1 of 9 PageID #:512
IN THE UNITED STATES DISTRICT COURT
FOR THE NORTHERN DISTRICT OF ILLINOIS
Pinecrest Toys, Inc.,  )
   Plaintiff,  )  Case No. 26 C 11873
v.  )  Hon. Judge R. Alvarado
The Individuals, Corporations and Unincorporated Associations on Schedule A,  )
   Defendants.  )
SEALED TEMPORARY RESTRAINING ORDER
Plaintiff filed a Motion for Entry of a Temporary Restraining Order, including a temporary injunction and asset restraint. After reviewing the Motion, the Court grants it.
9. Plaintiff shall deposit with the Court Fifteen Thousand Dollars ($15,000.00).
This Temporary Restraining Order is entered at 2:00 P.M. on this 10th day of November 2026 and shall remain in effect for fourteen (14) calendar days. Any Defendant may appear and move to dissolve on two days' notice.
""",[("issued","2026-11-10")]),
("us-summons","""NOTICE OF A LAWSUIT AND REQUEST TO WAIVE SERVICE OF A SUMMONS
United States District Court for the Eastern District of Texas
Zephyr Charge LLC v. Shenzhen Kailida Technology Co., Ltd.   Civil Action No. 2:26-cv-00457-JRG
To: Shenzhen Kailida Technology Co., Ltd.
Why are you getting this?
A lawsuit has been filed against you in this court under the number shown above. A copy of the complaint is attached.
To avoid expenses, you must return the signed waiver within 90 days from the date shown below, which is the date this notice was sent, since you are outside any judicial district of the United States.
Date: November 3, 2026
/s/ Marla Quist, attorney for plaintiff""",[("issued","2026-11-03")]),
("us-complaint","""Greta Lindholm (SBN 221133)
Attorneys for Plaintiff Orbit Fitness, Inc.
UNITED STATES DISTRICT COURT
NORTHERN DISTRICT OF CALIFORNIA
ORBIT FITNESS, INC., a California corporation, Plaintiff, vs. YIWU SANLE SPORTS CO., LTD., Defendant.
Case No. 5:26-cv-08123
COMPLAINT FOR TRADE DRESS INFRINGEMENT AND UNFAIR COMPETITION
DEMAND FOR JURY TRIAL
Plaintiff brings this Complaint and alleges: THE PARTIES ... FIRST CLAIM FOR RELIEF (Lanham Act § 43(a))
Dated: October 30, 2026""",[("issued","2026-10-30")]),
("us-337-notice","""Federal Register / Vol. 91, No. 214 / Thursday, November 5, 2026 / Notices
INTERNATIONAL TRADE COMMISSION
[Investigation No. 337-TA-1471]
Certain Wireless Earbuds and Charging Cases; Institution of Investigation
AGENCY: U.S. International Trade Commission.
SUMMARY: Notice is hereby given that a complaint was filed with the U.S. International Trade Commission on October 2, 2026, under section 337 of the Tariff Act of 1930, on behalf of Tonal Ridge, Inc. of Denver, Colorado.
(b) The respondents are the following entities: Huizhou Bosheng Acoustics Co., Ltd., Huizhou, China.
Responses ... in accordance with section 210.13 ... will be considered by the Commission if received not later than 20 days after the date of service.
Issued: November 2, 2026.""",[("issued","2026-11-02"),("filed","2026-10-02")]),
("uspto-office-action","""To: Ningbo Haotai Tools Co., Ltd. (trademarks@haotai.example)
Subject: U.S. Trademark Application Serial No. 98765432 - HAOTAI
Sent: November 17, 2026 10:14:23 AM EST
Sent As: tmng.notices@uspto.gov
United States Patent and Trademark Office (USPTO)
FINAL OFFICE ACTION
The USPTO must receive applicant's response to this letter within three months of the issue date below or the application will be abandoned.
Issue date: November 17, 2026
INTRODUCTION This Office action is in response to applicant's communication filed on October 1, 2026.""",[("issued","2026-11-17"),("filed","2026-10-01")]),
("platform-complaint","""TikTok Shop
Notice of Intellectual Property Violation
Dear Seller,
Your product "Portable blender 400ml" has been removed because we received a report from a rights holder that it infringes their intellectual property rights.
Violation points: 4   Report ID: IPR-20261120-7781
You may appeal via Seller Center by 2026-12-20. You can also submit a counter-notification.""",[("due","2026-12-20")]),
("platform-complaint","""发件人：Temu 平台知识产权团队
尊敬的卖家，您好：
我们收到权利人的知识产权投诉，称您店铺的商品（商品ID 601099512345）涉嫌侵犯其外观设计专利。该商品已被下架，相关货款暂时冻结。
投诉编号：TM-IP-88213
如您认为投诉不成立，请于2026年12月5日前在卖家中心提交申诉材料。""",[("due","2026-12-05")]),
("platform-complaint","""Guten Tag,
wir haben einige Ihrer Angebote entfernt, weil uns ein Rechteinhaber gemeldet hat, dass diese das folgende eingetragene Design verletzen: DE 40 2024 555 666.
ASIN: B0ABCD1234
Beschwerde-ID: 99120045
Freundliche Grüße
Amazon.de Verkäuferleistung""",[]),
("us-customs-detention","""U.S. DEPARTMENT OF HOMELAND SECURITY
Bureau of Customs and Border Protection
DETENTION NOTICE
19 U.S.C. 1499(c), 19 CFR 151.16
Date merchandise presented for examination: 11/02/2026
Date of this notice: 11/06/2026
Entry No. 316-1234567-8   Importer: Foshan Meike Furniture Co., Ltd.
Reason for detention: Possible trademark violation. Anticipated length of detention: 30 days.""",[("issued","2026-11-06")]),
("us-customs-seizure","""CERTIFIED MAIL – RETURN RECEIPT REQUESTED
Seizure No. 2026-1401-000345-01
November 9, 2026
Zhongshan Huimei Lighting Co., Ltd.
Dear Importer:
This is to officially notify you that on October 28, 2026 U.S. Customs and Border Protection seized 480 lamps under the authority of 19 U.S.C. § 1595a(c) for violating a limited exclusion order of the U.S. International Trade Commission. The domestic value is $14,400.
Your options: 1. Petition: you may file a petition within 30 days of the date of this letter... election of proceedings form.
Fines, Penalties & Forfeitures Officer, Port of Savannah""",[("issued","2026-11-09")]),
("eu-customs-suspension","""DIRECTION GÉNÉRALE DES DOUANES ET DROITS INDIRECTS
Bureau du Havre Port
Le Havre, le 16/11/2026
Réf : 26-HAV-00981
Société Xiamen Tianqi Import Export Co., Ltd.
Objet : Retenue de marchandises soupçonnées de porter atteinte à un droit de propriété intellectuelle (règlement (UE) n° 608/2013)
Madame, Monsieur,
Je vous informe de la mise en retenue le 13/11/2026 de 2 400 paires de lunettes. Vous disposez d'un délai de dix jours ouvrables à compter de la présente notification pour vous opposer à la destruction.""",[("issued","2026-11-16")]),
("eu-customs-suspension","""Agenzia delle Dogane e dei Monopoli
Ufficio delle Dogane di Genova
Prot. 44512/RU del 20/11/2026
Oggetto: sospensione dello svincolo di merci sospettate di violare un diritto di proprietà intellettuale – art. 17 Reg. (UE) n. 608/2013
Si comunica al dichiarante che l'ufficio ha disposto la sospensione dello svincolo. Il destinatario Hangzhou Lvye Textile Co., Ltd. può opporsi entro 10 giorni lavorativi dalla notifica.""",[("issued","2026-11-20")]),
("de-abmahnung","""WIRTH & PARTNER | Patentanwälte Rechtsanwälte
Vorab per E-Mail: info@example.cn
Stuttgart, 18.11.2026
Unverzügliche Unterlassung – Patentverletzung EP 3 456 789 B1
Sehr geehrter Herr Li,
namens und in Vollmacht der Kraftmann Werkzeuge GmbH & Co. KG mahnen wir Sie hiermit ab. Ihr Akkuschrauber macht von Anspruch 1 wortsinngemäß Gebrauch.
Zur Ausräumung der Wiederholungsgefahr ist die Abgabe einer strafbewehrten Unterlassungs- und Verpflichtungserklärung erforderlich. Wir erwarten diese bis Freitag, 4. Dezember 2026, 18 Uhr.
Außerdem haben Sie die Kosten dieser Abmahnung in Höhe von EUR 3.509,19 zu tragen.""",[("issued","2026-11-18"),("due","2026-12-04")]),
("de-injunction","""Ausfertigung
Landgericht Hamburg
Az.: 327 O 214/26
Beschluss
vom 20.11.2026
In der Sache
Nordmeer Audio GmbH, Hafenstraße 1, 20457 Hamburg - Antragstellerin -
gegen
Guangzhou Soundwave Electronics Co., Ltd., Guangzhou, VR China - Antragsgegnerin -
beschließt das Landgericht Hamburg - Zivilkammer 27 -:
Im Wege der einstweiligen Verfügung wird der Antragsgegnerin bei Vermeidung eines Ordnungsgeldes untersagt, Kopfhörer anzubieten. Der Streitwert wird auf 100.000,00 € festgesetzt.""",[("issued","2026-11-20")]),
("euipo-notification","""AMT DER EUROPÄISCHEN UNION FÜR GEISTIGES EIGENTUM
Hauptabteilung Kerngeschäft
Alicante, den 12/11/2026
Mitteilung über einen Widerspruch
Widerspruch Nr.: B 003 245 678
Angefochtene Marke: Unionsmarke 018 912 345
Anmelder: Qingdao Bluewave Outdoor Co., Ltd.
Die Cooling-off-Frist endet am 14/01/2027. Ihre Stellungnahme ist bis zum 14/03/2027 einzureichen.""",[("issued","2026-11-12"),("due","2027-03-14")]),
("wipo-notification","""WORLD INTELLECTUAL PROPERTY ORGANIZATION
Madrid Protocol – Rule 17(1)
NOTIFICATION OF PROVISIONAL REFUSAL OF PROTECTION
I. Office making the notification: Korean Intellectual Property Office
II. Number of the international registration: 1789456
III. Name of the holder: Wenzhou Aolai Shoes Co., Ltd.
VIII. Time limit for requesting review or appeal: two months from the date of receipt
Date of notification: November 4, 2026""",[("issued","2026-11-04")]),
("udrp-complaint","""Asian Domain Name Dispute Resolution Centre – Hong Kong Office
Case No. HK-2601234
NOTIFICATION OF COMPLAINT (UDRP)
November 12, 2026
Respondent: Guangzhou Yuetu Trading
Disputed Domain Name: <lumora-shop.com>
In accordance with the Uniform Domain Name Dispute Resolution Policy, we forward the Complaint of Lumora SA. The Response must be submitted within 20 calendar days, i.e. on or before December 2, 2026.""",[("due","2026-12-02"),("issued","2026-11-12")]),
("demand-letter","""VIA EMAIL AND FEDEX
November 16, 2026
Foshan Meike Furniture Co., Ltd.
Re: Infringement of U.S. Design Patent No. D1,012,345
Dear Mr. Chen:
This firm represents Alder & Oak Home, Inc. It has come to our client's attention that you sell folding stools that infringe the above patent. Our client demands that you immediately cease and desist from all sales and account for all units sold. Please confirm in writing by December 1, 2026 that you will comply.
Very truly yours, Pell & Dray LLP""",[("issued","2026-11-16"),("due","2026-12-01")]),
("demand-letter","""通知書
令和８年１１月１０日
深圳市創新科技有限公司 御中
東京都千代田区丸の内1-2-3 あおば法律事務所
通知人 株式会社ミライ文具 代理人弁護士 佐藤一郎
当職は、株式会社ミライ文具の代理人として、以下のとおり警告いたします。
貴社がアマゾンで販売するボールペンは通知人の意匠権（意匠登録第1765432号）を侵害するものです。
つきましては、直ちに販売を中止し、令和８年１１月３０日までに書面にてご回答ください。""",[("issued","2026-11-10"),("due","2026-11-30")]),
("demand-letter","""NOTIFICAÇÃO EXTRAJUDICIAL
São Paulo, 9 de novembro de 2026
Notificada: Guangzhou Hengda Auto Parts Co., Ltd.
Prezados Senhores,
Em nome de nossa cliente, Autopeças Serrana Ltda., titular da marca registrada nº 912345678, notificamos V.Sas. para cessar imediatamente a comercialização de filtros com a marca SERRANA.
Aguardamos resposta até o dia 24 de novembro de 2026.""",[("issued","2026-11-09"),("due","2026-11-24")]),
("npe-letter","""Meridian IP Holdings
November 10, 2026
Attention: General Counsel
We write regarding your smart plugs. Meridian owns a patent portfolio covering Wi-Fi provisioning, including U.S. Patent Nos. 9,111,222 and 9,333,444. Other companies have taken a license. We invite you to discuss license terms. Our standard royalty is $0.85 per unit; a lump sum of $95,000 is available until December 10, 2026. Claim charts are attached.""",[("issued","2026-11-10")]),
("cn-court","""广东省深圳市中级人民法院
应诉通知书
（2026）粤03民初4567号
深圳市锐达科技有限公司：
本院受理原告某某集团股份有限公司诉你公司侵害商标权纠纷一案，现发送起诉状副本一份，并将有关应诉事项通知如下：
在收到起诉状副本之日起十五日内提交答辩状。
二〇二六年十一月十二日""",[("issued","2026-11-12")]),
("cn-customs","""中华人民共和国宁波海关
确认进出境货物知识产权状况通知书
甬关知确字[2026]0088号
宁波市鄞州宏图进出口有限公司：
我关发现你单位申报出口的玩具一批可能涉嫌侵权。请在收到本通知之日起3个工作日内答复。
2026年11月18日""",[("issued","2026-11-18")]),
("fr-saisie","""SCP Lambert & Roche, commissaires de justice associés
PROCÈS-VERBAL DE SAISIE-CONTREFAÇON
L'AN DEUX MILLE VINGT-SIX ET LE DIX-NEUF NOVEMBRE
A LA REQUÊTE DE : la société Atelier Brunel SAS
En vertu d'une ordonnance rendue le 17 novembre 2026 par le président du tribunal judiciaire de Lyon
Nous nous sommes transporté sur le stand de la société Dongguan Fengye Co., Ltd.""",[("issued","2026-11-17")]),
("upc-measures","""Einheitliches Patentgericht
Lokalkammer München
UPC_CFI_512/2026
Anordnung
des Gerichts erster Instanz des Einheitlichen Patentgerichts
erlassen am 23. November 2026
betreffend einstweilige Maßnahmen
ANTRAGSTELLERIN: Solartec Innovation GmbH
ANTRAGSGEGNERIN: Suzhou Hengtai New Energy Co., Ltd.
Die Antragsgegnerin kann binnen eines Monats nach Zustellung eine Überprüfung beantragen""",[("issued","2026-11-23")]),
("ptab-notice","""UNITED STATES PATENT AND TRADEMARK OFFICE
BEFORE THE PATENT TRIAL AND APPEAL BOARD
VANTEK INC., Petitioner, v. HANGZHOU RUIBO ROBOT CO., LTD., Patent Owner.
IPR2026-01022
DECISION Granting Institution of Inter Partes Review 35 U.S.C. § 314
Entered: November 12, 2026""",[("issued","2026-11-12")]),
("contract","""专利实施许可合同
甲方（许可方）：某某大学
乙方（被许可方）：广州市恒通机械有限公司
甲乙双方经友好协商，就专利ZL202010123456.7达成如下协议：
第一条 许可方式：普通许可。第二条 许可费用：人民币50万元。 第七条 违约责任 第八条 争议解决
本合同自双方签字之日起生效，有效期至2029年12月31日。
签订日期：2026年11月1日""",[]),
("other","""Invoice No. 20261101
Shenzhen Logistics Co.
Date: 11/05/2026
Freight charges USD 1,250.00. Please pay by 11/30/2026.""",[]),
("other","""IN THE HIGH COURT OF JUSTICE
BUSINESS AND PROPERTY COURTS OF ENGLAND AND WALES
INTELLECTUAL PROPERTY LIST (ChD)
Claim No. IL-2026-000123
CLAIM FORM
Claimant: Penrose Bottles Limited   Defendant: Yongkang Ruian Cup Co., Ltd.
Issue date: 12 November 2026
You must respond to the particulars of claim. A response pack is enclosed.""",[("issued","2026-11-12")]),
("us-default","""UNITED STATES DISTRICT COURT SOUTHERN DISTRICT OF NEW YORK
Halcyon Games LLC, Plaintiff, -against- Shantou Wanle Toys Co., Ltd., Defendant.
26 Civ. 04411 (KPF)
CLERK'S CERTIFICATE OF DEFAULT
I hereby certify that this action was commenced on June 3, 2026, that a copy of the summons and complaint was served on defendant on July 15, 2026, and proof of service was filed. I further certify that the defendant has not filed an answer. The default of defendant is hereby noted.
Dated: New York, New York  November 5, 2026""",[("issued","2026-11-05"),("served","2026-07-15")]),
("de-abmahnung","""Kanzlei Dr. Brandt
Rechtsanwältin Dr. Eva Brandt - Fachanwältin für gewerblichen Rechtsschutz
Kiel, am 9. November 2026
Az. 77/26 eb
Betreff: Wettbewerbsrechtliche Abmahnung – irreführende Werbung
Sehr geehrte Damen und Herren,
in der vorbezeichneten Angelegenheit zeige ich die Vertretung der Firma Küstenlicht e.K. an.
Ich fordere Sie auf, bis spätestens zum 19.11.2026 (Eingang in meiner Kanzlei) die anliegende Unterlassungserklärung zu unterzeichnen.
Anwaltsgebühren 1,3 aus 20.000 Euro: 1.134,55 €""",[("issued","2026-11-09"),("due","2026-11-19")]),
("us-subpoena","""AO 88B (Rev. 02/14) Subpoena to Produce Documents, Information, or Objects
UNITED STATES DISTRICT COURT
for the District of New Jersey
Halcyon Games LLC  Plaintiff  v.  Playmore Inc.  Defendant
Civil Action No. 3:26-cv-04410
SUBPOENA TO PRODUCE DOCUMENTS
To: Shantou Wanle Toys Co., Ltd.
YOU ARE COMMANDED to produce at the time, date, and place set forth below the following documents
Place: 100 Main Street, Newark, NJ
Date and Time: 12/15/2026 10:00 am
Date: 11/16/2026""",[("issued","2026-11-16"),("due","2026-12-15")]),
("us-pi","""UNITED STATES DISTRICT COURT
SOUTHERN DISTRICT OF NEW YORK
Halcyon Games LLC, Plaintiff, -v- WWW.EXAMPLETOYS.CN, et al., Defendants.
26 Civ. 9912 (LGS)
PRELIMINARY INJUNCTION ORDER
WHEREAS, the Court entered a temporary restraining order on October 29, 2026; WHEREAS a show cause hearing was held on November 12, 2026;
IT IS HEREBY ORDERED that Defendants are enjoined pending the final determination of this action.
SO ORDERED. Dated: November 13, 2026""",[("issued","2026-11-13")]),
("us-337-complaint","""UNITED STATES INTERNATIONAL TRADE COMMISSION WASHINGTON, D.C.
In the Matter of CERTAIN ELECTRIC SCOOTERS    Investigation No. 337-TA-____
VERIFIED COMPLAINT UNDER SECTION 337 OF THE TARIFF ACT OF 1930, AS AMENDED
COMPLAINANT: Rideon Mobility Inc.
PROPOSED RESPONDENTS: Shenzhen Kuaixing Technology Co., Ltd., Shenzhen, China
Counsel for Complainant
Dated: November 2, 2026
Complainant requests that the Commission institute an investigation and issue a permanent general exclusion order.""",[("issued","2026-11-02")]),
("ttab-institution","""United States Patent and Trademark Office
Trademark Trial and Appeal Board
NOTICE OF INSTITUTION
Cancellation No. 92089123
Registration No. 6543210
Brightwater Robotics Corp. v. Ningbo Haotai Tools Co., Ltd.
November 10, 2026
The petition to cancel has been filed. Answer is due: 12/20/2026
Discovery Opens 1/19/2027""",[("issued","2026-11-10"),("due","2026-12-20")]),
("us-dmca","""Shopify Legal
Subject: [#8812] Takedown notice received against your store
We have received a notice of copyright infringement under the DMCA regarding content on your store. We have removed the following material. If you believe the notice was made in error, you may submit a counter notice. Repeat infringement may lead to termination.
Copyright owner: Bellweather Prints LLC
Date: 2026-11-19""",[("issued","2026-11-19")]),
("apex","""Dear Seller,
We received a request for an APEX evaluation (Amazon Patent Evaluation Express) from Orbit Fitness, Inc. concerning U.S. Patent No. 9,888,777 and your ASINs B0AAAA1111.
You have three weeks to opt in. Unless we receive the executed evaluation agreement by December 8, 2026, the ASINs will be removed.
Patent Neutral Evaluation Team""",[("due","2026-12-08")]),
("eu-customs-suspension","""AGENCIA TRIBUTARIA – Aduana de Valencia
Valencia, 13 de noviembre de 2026
Asunto: Suspensión del levante de mercancías. Reglamento (UE) 608/2013
Destinatario: Yiwu Sanle Sports Co., Ltd.
Le comunicamos que se ha suspendido el levante de 3.000 camisetas por sospecha de vulneración de derechos de propiedad intelectual. Dispone de 10 días hábiles desde la notificación.""",[("issued","2026-11-13")]),
("jp-customs","""大阪税関知的財産調査官
令和８年１１月１８日
認定手続開始通知書
あなたが輸入しようとする貨物について、著作権を侵害する物品に該当するか否かを認定するための手続を開始します。
提出期限　令和８年１２月２日
輸入者　佛山市明美玩具有限公司""",[("issued","2026-11-18"),("due","2026-12-02")]),
("upc-claim","""Juridiction unifiée du brevet – Division locale de Paris
UPC_CFI_601/2026
Signification du mémoire en demande
Demanderesse : Solartec SAS
Défenderesse : Hangzhou Ruibo Robot Co., Ltd.
Date : 12/11/2026
Le mémoire en défense doit être déposé dans un délai de trois mois à compter de la signification.""",[("issued","2026-11-12")]),
("epo-communication","""Europäisches Patentamt
Anmeldung Nr. 21 765 432.1
Datum 10.11.2026
Bescheid gemäß Artikel 94(3) EPÜ
Die Prüfung hat ergeben, dass die Anmeldung den Erfordernissen nicht genügt. Sie werden aufgefordert, innerhalb von vier Monaten Stellung zu nehmen.""",[("issued","2026-11-10")]),
("wipo-notification","""世界知识产权组织 国际局
马德里体系 临时驳回通知
国际注册号：1801234
注册人：温州奥莱鞋业有限公司
通知日期：2026年11月5日
收到本通知之日起三个月内可以请求复审。""",[("issued","2026-11-05")]),
("udrp-complaint","""Czech Arbitration Court – CAC-UDRP-107654
Commencement of proceedings
Complainant: Lumora SA    Respondent: Li Wei
Domain name: lumora-vip.com
Time of filing: 2026-11-03
Time of commencement: 2026-11-12
The Respondent shall file a Response to the complaint under the UDRP within 20 days, by 2026-12-02.""",[("due","2026-12-02")]),
("demand-letter","""내용증명
수신인: 심천시광원과기유한공사
발신인: 주식회사 다온, 대리인 변호사 박서준
제목: 상표권 침해 중지 요청의 건
2026년 11월 12일
귀사의 판매행위는 발신인의 등록상표 제40-1234567호의 상표권을 침해합니다. 본 서면을 받은 날부터 14일 이내에 판매를 중지하고 회신하시기 바랍니다.""",[("issued","2026-11-12")]),
("demand-letter","""HOLLIS & GRAY, Patent and Trade Mark Attorneys, Sydney NSW, Australia
18 November 2026
BY EMAIL
Dear Sir/Madam
Notice of infringement – Australian registered design 202612345
We act for Coastline Surf Pty Ltd. We require that within 7 days of the date of this letter you cease importing the surfboard fins and provide a written undertaking.""",[("issued","2026-11-18")]),
("demand-letter","""MERKER | Avvocati
Torino, 11/11/2026
Raccomandata A/R – Atto di diffida e messa in mora
Egregi Signori,
per conto della Dolcevita S.p.A. Vi invito a cessare la vendita delle borse entro e non oltre il 25/11/2026.""",[("issued","2026-11-11"),("due","2026-11-25")]),
("cn-court","""上海知识产权法院
民事裁定书
（2026）沪73行保1号
申请人：某科技公司。 被申请人：宁波海泰工具有限公司。
申请人于2026年11月2日向本院申请诉前行为保全。
裁定如下：被申请人立即停止销售。
审判长 王明
2026年11月6日""",[("issued","2026-11-06"),("filed","2026-11-02")]),
("contract","""SETTLEMENT AND RELEASE AGREEMENT
This Settlement Agreement is entered into by and between Northlake Optics LLC and Guangzhou Hengyue Electronics Co., Ltd., effective as of November 20, 2026.
WHEREAS Northlake filed a lawsuit captioned 1:26-cv-01111 in the Northern District of Illinois;
1. Payment. Hengyue shall pay $12,500 within ten (10) days. 2. Dismissal. 3. Confidentiality.""",[]),
("other","""서울세관
통관보류 통지서
수입자: 광저우 헝위에 전자
2026년 11월 16일
귀하가 수입신고한 물품은 상표권을 침해할 우려가 있어 관세법 제235조에 따라 통관을 보류합니다.""",[("issued","2026-11-16")]),
("us-tro","""From: Amazon Payments <noreply@amazon.example>
Subject: Funds restrained pursuant to court order
Hello, We have received a temporary restraining order (TRO) issued by the United States District Court for the Northern District of Illinois in Case No. 26-cv-10101. Pursuant to the order the funds in your account have been frozen. The TRO expires on December 9, 2026. Please contact plaintiff's counsel.""",[("expires","2026-12-09")]),
("us-complaint","""Complaint for Copyright Infringement
United States District Court, Western District of Washington at Seattle
PIXELMILL STUDIO LLC v. GUANGZHOU TOYLAND CO., LTD.  No. 2:26-cv-1666
Plaintiff Pixelmill Studio LLC alleges: I. INTRODUCTION
JURY DEMAND
DATED this 4th day of November, 2026.""",[("issued","2026-11-04")]),
("platform-complaint","""Subject: MC011 eBay Listing(s) Removed – VeRO
Dear lumi-store,
We had to remove your listing because a rights owner, Penrose Bottles, notified us that it infringes their trademark rights. Item 3344556677. You may contact the rights owner at vero@penrose.example.
eBay Trust & Safety""",[]),
("npe-letter","""Strictly confidential. Date: 12 November 2026
Wavelink Licensing GmbH
Subject: Licence offer under Wavelink's standard essential patent portfolio
Dear Sirs, we offer a FRAND licence to our portfolio covering Wi-Fi 6. The royalty is EUR 0.50 per device. Claim charts are available under NDA.""",[("issued","2026-11-12")]),
("us-tro","""UNITED STATES DISTRICT COURT MIDDLE DISTRICT OF FLORIDA TAMPA DIVISION
BELLE AQUA, LLC, Plaintiff, v. DOES 1-80, Defendants.   Case No. 8:26-cv-02765-ABC-TGW
ORDER
This matter is before the Court on Plaintiff's Ex Parte Application for Entry of Temporary Restraining Order (Doc. 9). The application is GRANTED. The financial institutions shall freeze the accounts.
A hearing on whether a preliminary injunction should issue is set for December 8, 2026, at 1:30 p.m. Any response shall be filed by December 4, 2026.
DONE AND ORDERED in Tampa, Florida, this 24th day of November, 2026, at 11:05 a.m.""",[("hearing","2026-12-08"),("due","2026-12-04"),("issued","2026-11-24")]),
("us-summons","""In the United States District Court for the Northern District of Georgia
KESTREL HOME INC v. ZHEJIANG YONGKANG HAOYU INDUSTRY CO., LTD.
Civil Action No. 1:26-CV-04555-MLB
Summons in a civil action. You have been sued. Proof of service: I served the summons on 11/12/2026.
You must answer within 21 days after service.""",[("served","2026-11-12")]),
("uspto-office-action","""NOTICE OF ABANDONMENT WARNING – Office Action
U.S. Patent and Trademark Office, Commissioner for Patents
Application No. 18/123,456  Applicant: Shenzhen Lumintek Technology Co., Ltd.
Office Action Summary: Non-Final. Claims 1-20 are rejected under 35 U.S.C. 103.
A SHORTENED STATUTORY PERIOD FOR REPLY IS SET TO EXPIRE 3 MONTHS FROM THE MAILING DATE OF THIS COMMUNICATION.
Mail date 11/09/2026""",[("issued","2026-11-09")]),
("euipo-notification","""Oficina de Propiedad Intelectual de la Unión Europea (EUIPO)
Alicante, 20/11/2026
Notificación de una solicitud de nulidad
Nulidad nº: 000 067 890 C
Marca impugnada: MUE 018 777 666
Titular: Dongguan Yifeng Leather Goods Co., Ltd.
Solicitante: Sombra Moda S.L.
Debe presentar sus observaciones a más tardar el 25/01/2027.""",[("issued","2026-11-20"),("due","2027-01-25")]),
("de-injunction","""Oberlandesgericht Köln  6 W 98/26   33 O 411/26 LG Köln
BESCHLUSS In dem einstweiligen Verfügungsverfahren der Küchenhelden GmbH, Antragstellerin, gegen die Ningbo Haotai Tools Co., Ltd., Antragsgegnerin
wird auf die sofortige Beschwerde der Antragstellerin der Beschluss des Landgerichts Köln vom 02.11.2026 abgeändert und der Antragsgegnerin bei Meidung von Ordnungsgeld bis 250.000 € untersagt, ...
Köln, den 17.11.2026""",[("issued","2026-11-17")]),
("demand-letter","""Dear Seller,
I am the inventor and owner of US Patent 10,555,666. I found your item on Walmart.com. Stop selling it right away or my lawyer will sue you. Send me $2,000 by PayPal.me/ownerjoe until 12/01/2026.
Joe, joe.inventor@yahoo.com
11/20/2026""",[]),
("platform-complaint","""SHEIN Marketplace – IP Complaint Notification
Store: Lumi Home  Complaint No.: 20261118-33211
The following SKUs have been taken down due to an intellectual property complaint filed by Maison Corvane SAS on November 17, 2026.
Please submit your counter-notice with supporting documents no later than November 27, 2026 23:59 (UTC+8).""",[("filed","2026-11-17"),("due","2026-11-27")]),
("us-customs-seizure","""DEPARTMENT OF HOMELAND SECURITY
U.S. CUSTOMS AND BORDER PROTECTION
Notice of Seizure
FP&F Case No. 2026-5301-100222-01
Date of notice: NOV 13 2026
Foshan Meike Furniture Co., Ltd.
CBP seized the merchandise on 10/30/2026 at the Port of Houston for violation of 19 USC 1526. You may file a petition within 30 days from the date of this letter.""",[("issued","2026-11-13")]),
("fr-saisie","""COUR D'APPEL DE PARIS – TRIBUNAL JUDICIAIRE DE PARIS
Requête et ordonnance aux fins de saisie-contrefaçon (articles L. 716-4-7 et suivants du CPI)
Vu la requête présentée le 10 novembre 2026 par Maison Corvane SAS
Disons que la saisie devra être effectuée avant le 10 décembre 2026.
Fait en notre cabinet à Paris, le 13 novembre 2026""",[("issued","2026-11-13")]),
("ptab-notice","""Paper No. 3  Date: November 10, 2026
UNITED STATES PATENT AND TRADEMARK OFFICE  BEFORE THE PATENT TRIAL AND APPEAL BOARD
PGR2026-00031  Notice of Filing Date Accorded to Petition for Post-Grant Review""",[("issued","2026-11-10")]),
("cn-customs","""中华人民共和国深圳海关 扣留决定书 深关知扣决〔2026〕0456号
当事人：深圳市某某贸易有限公司
经查，你公司于2026年10月28日申报出口的充电器涉嫌侵犯“VELTRIX”商标专用权。现决定扣留。
二〇二六年十一月九日""",[("issued","2026-11-09")]),
("jp-customs","""名古屋税関長 御中／通知 令和8年11月20日付け 名税知第55号
認定手続開始通知書（輸入者用）
輸入者：東莞市某某皮具有限公司
意見・証拠の提出期限：令和8年12月7日（月）""",[("issued","2026-11-20"),("due","2026-12-07")]),
)  # fmt: skip
