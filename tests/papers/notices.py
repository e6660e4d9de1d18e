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
)  # fmt: skip
