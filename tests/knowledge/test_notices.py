"""Pasted foreign notices, composed for these tests."""

from datetime import date

import pytest

from knowledge.notices import LEAST_WEIGHT, is_foreign, named, recognise
from knowledge.paper_kinds import KINDS

TEXTS = {
    "tro": "IN THE UNITED STATES DISTRICT COURT FOR THE NORTHERN DISTRICT OF ILLINOIS EASTERN DIVISION. Case No. 1:26-cv-09876. SEALED TEMPORARY RESTRAINING ORDER. This action having been commenced by Plaintiff against the Defendants identified on Schedule A. The Court hereby grants Plaintiff's ex parte motion ... any third party providers, including Amazon, shall restrain any money, funds. Entered October 6, 2026.",
    "amazon": "Hello, We removed some of your listings because we received a report from a rights owner that they infringe design patent. ASIN: B0CXYZ1234. Complaint ID: 17654321098. The listings affected are below. If you think that the rights owner has made an error, please contact them for a retraction. Sincerely, Seller Performance Team, Amazon.com",
    "cbp": "U.S. Customs and Border Protection. NOTICE OF SEIZURE AND INFORMATION TO CLAIMANTS. Dear Sir or Madam: This is to officially notify you that CBP seized the property described below at the Port of Los Angeles on September 28, 2026. The property was seized under 19 U.S.C. 1526(e) for bearing counterfeit trademarks. You may file a petition within thirty (30) days.",
    "cd": "Dear Sir or Madam, We represent Lumen Holdings LLC. It has come to our client's attention that you are offering for sale lamps which infringe U.S. Design Patent No. D912,345. We demand that you immediately cease and desist from any further sale and pay damages within fourteen (14) days. We reserve all rights.",
    "euipo": "EUIPO - European Union Intellectual Property Office. Communication to the applicant: notification of the notice of opposition. Opposition No B 3 210 987. EUTM application 018765432. The cooling-off period starts. The opponent relies on an earlier mark registered in Spain. Alicante, 12/10/2026",
    "udrp": "Notification of Complaint and Commencement of Administrative Proceeding. WIPO Arbitration and Mediation Center. Case No. D2026-3456. Under the Uniform Domain-Name Dispute-Resolution Policy, a complaint was submitted by the Complainant concerning the disputed domain name starlight-led.com. Response due: November 12, 2026.",
    "abm": "Abmahnung wegen Verletzung des eingetragenen Geschmacksmusters. Sehr geehrte Damen und Herren, wir zeigen an, dass wir die Müller GmbH anwaltlich vertreten. Wir fordern Sie auf, die beigefügte strafbewehrte Unterlassungserklärung bis zum 20. Oktober 2026 unterzeichnet zurückzusenden. Rechtsanwalt Dr. Schmidt",
    "ev": "Landgericht Düsseldorf Beschluss vom 3. November 2026, Az. 4a O 123/26. In dem einstweiligen Verfügungsverfahren der Antragstellerin gegen die Antragsgegnerin wird im Wege der einstweiligen Verfügung angeordnet: Der Antragsgegnerin wird es bei Meidung eines Ordnungsgeldes bis zu 250.000 EUR untersagt, die Lampen anzubieten.",
    "337": "NOTICE OF INSTITUTION OF INVESTIGATION. U.S. International Trade Commission. Inv. No. 337-TA-1456. Notice is hereby given that a complaint was filed under section 337 of the Tariff Act of 1930. Responses must be submitted in accordance with 19 CFR 210.13 within 20 days of service.",
    "upc": "Unified Patent Court, Munich Local Division. UPC_CFI_123/2026. Service of the Statement of claim. The defendant is informed that the statement of defence shall be lodged within three months of service and a preliminary objection within one month.",
    "complaint": "UNITED STATES DISTRICT COURT for the District of Delaware. SUMMONS IN A CIVIL ACTION. A lawsuit has been filed against you. Within 21 days after service of this summons on you you must serve on the plaintiff an answer to the attached complaint for patent infringement. If you fail to respond, judgment by default will be entered. Civil Action No. 1:26-cv-00321",
    "eu-customs": "Notification under Regulation (EU) No 608/2013. Customs authorities have decided the detention of the goods suspected of infringing an intellectual property right. You may confirm your agreement to the destruction of the goods within 10 working days. Port of Rotterdam, 5 October 2026.",
    "fr": "Lettre recommandée avec accusé de réception. Mise en demeure. Nous sommes les avocats de la société Lumière SAS. Vos produits constituent une contrefaçon de notre marque française. Nous vous mettons en demeure de cesser toute commercialisation sous huitaine et de nous indemniser.",
    "ebay": "Dear seller, your listing has been removed from eBay because a rights owner reported it through our VeRO program for copyright infringement. You may submit a counter-notice under the Digital Millennium Copyright Act if you believe this was an error. MC999 eBay listing removal.",
    "ttab": "UNITED STATES PATENT AND TRADEMARK OFFICE. Trademark Trial and Appeal Board. Notice of opposition. Opposition No. 91301234. An answer is due within forty days of the mailing date of this order. The opposer alleges likelihood of confusion with its mark. Mailed: October 2, 2026",
}
EXPECTED = {
    # kind, country, procedure, right
    "tro": ("us-tro", "US", "tro", None),
    "amazon": ("platform-complaint", None, "platform", "design"),
    "cbp": ("us-customs-seizure", "US", "customs", "trademark"),
    "cd": ("demand-letter", "US", "warning-letter", "design"),
    "euipo": ("euipo-notification", "EU", "opposition", "trademark"),
    "udrp": ("udrp-complaint", None, "domain-name", "domain"),
    "abm": ("de-abmahnung", "DE", "warning-letter", "design"),
    "ev": ("de-injunction", "DE", "pi", None),
    "337": ("us-337-notice", "US", "section-337", None),
    "upc": ("upc-claim", "UPC", "court", "patent"),
    "complaint": ("us-summons", "US", "court", "patent"),
    "eu-customs": ("eu-customs-suspension", "EU", "customs", None),
    "fr": ("demand-letter", "FR", "warning-letter", "trademark"),
    "ebay": ("platform-complaint", None, "platform", "copyright"),
    "ttab": ("ttab-institution", "US", "opposition", "trademark"),
}


@pytest.mark.parametrize("name", EXPECTED)
def test_a_notice_is_recognised_and_quoted_from_its_own_words(name):
    notice = recognise(TEXTS[name])
    assert notice is not None
    found = (notice.kind.id, notice.country, notice.kind.procedure, notice.right)
    assert found == EXPECTED[name]
    assert notice.quotes
    for quote in notice.quotes:
        assert quote in TEXTS[name]
        assert len(quote) <= 120


def test_what_else_a_notice_names_is_kept():
    tro = recognise(TEXTS["tro"])
    assert (tro.forum, tro.numbers, tro.dates) == (
        "NORTHERN DISTRICT OF ILLINOIS", ("1:26-cv-09876",), ("October 6, 2026",),
    )  # fmt: skip
    order = recognise(TEXTS["ev"])
    assert (order.forum, order.numbers, order.dates) == (
        "Landgericht Düsseldorf", ("Az. 4a O 123/26",), ("3. November 2026",),
    )  # fmt: skip
    assert recognise(TEXTS["amazon"]).numbers == ("Complaint ID: 17654321098",)
    assert recognise(TEXTS["euipo"]).numbers == ("Opposition No B 3 210 987",)


@pytest.mark.parametrize(
    "text",
    [
        "", "TRO", "Amazon listing removed", "亚马逊发邮件说我们被TRO冻结了，Schedule A，伊利诺伊北区法院，怎么办啊，钱都取不出来了",
        "Dear customer, thank you for your order. Your parcel has been shipped and will arrive in three to five days."
        " You can track your parcel with the link below. Happy holidays to your family and friends.",
    ],
)  # fmt: skip
def test_what_is_no_notice_is_none(text):
    assert recognise(text) is None


def test_a_chinese_story_with_latin_names_is_not_foreign():
    assert not is_foreign(
        "我们收到Amazon的邮件，说listing被removed，Complaint ID是17654321098，不知道怎么办才好" * 3
    )
    assert is_foreign(TEXTS["cd"])


def test_a_letter_in_the_first_person_is_foreign():
    assert is_foreign(
        "I am writing on behalf of my client, Acme GmbH. You are required to stop the sale of the lamps and"
        " to sign the enclosed undertaking by December 4."
    )


def test_every_kind_says_what_it_is_in_chinese_and_has_signs_enough():
    assert len({kind.id for kind in KINDS}) == len(KINDS)
    for kind in KINDS:
        assert any("一" <= char <= "龥" for char in kind.title)
        assert len(kind.signs) >= 3
        weights = sorted((weight for weight, _ in kind.signs), reverse=True)
        assert sum(weights[:2]) >= LEAST_WEIGHT
        assert set(weights) <= {-9, -6, -4, -3, -2, 1, 2, 3, 4}


TODAY = date(2026, 11, 28)
# Pasted in a conversation: the text, its kind, its country, what is printed in it.
PASTED = {
    "337": (
        "INTERNATIONAL TRADE COMMISSION Investigation No. 337-TA-1499 Notice of Institution of Investigation under section 337. Responses must be submitted within 20 days after service by the Commission.",
        "us-337-notice", "US", [],
    ),
    "abmahnung": (
        "Rechtsanwälte Muster. Abmahnung wegen Markenverletzung. Wir fordern Sie auf, bis zum 04.12.2026, 12:00 Uhr, eine strafbewehrte Unterlassungserklärung abzugeben und die Kosten zu erstatten.",
        "de-abmahnung", "DE", ["2026-12-04 12:00 due"],
    ),
    "ttab": (
        "UNITED STATES PATENT AND TRADEMARK OFFICE Trademark Trial and Appeal Board. Mailed: November 9, 2026. Opposition No. 91300001. A notice of opposition to the registration sought has been filed. Time to Answer: 12/19/2026.",
        "ttab-institution", "US", ["2026-11-09 issued", "2026-12-19 due"],
    ),
    "cn-customs": (
        "中华人民共和国黄埔海关扣留（暂扣）侵权嫌疑货物通知书：我关对你单位申报出口的耳机1200个予以扣留",
        "cn-customs", "CN", [],
    ),
    "office action": (
        "UNITED STATES PATENT AND TRADEMARK OFFICE. NONFINAL OFFICE ACTION. Serial No. 99123456. Mark: SAMPLEX. Issue date: November 5, 2026. A response must be received within three (3) months of the issue date or the application will be abandoned. Registration is refused under Section 2(d) because of a likelihood of confusion.",
        "uspto-office-action", "US", ["2026-11-05 issued"],
    ),
    "tro": (
        "我们收到这封邮件帮看看：Case No. 26-cv-12345 (N.D. Ill.) Plaintiff v. The Partnerships and Unincorporated Associations Identified on Schedule A. TRO entered 11/9/2026, expires 11/23/2026, PI hearing 12/1/2026 at 9:30am",
        "us-tro", "US", ["2026-11-09 issued", "2026-11-23 expires", "2026-12-01 09:30 hearing"],
    ),
    "platform's mail about a tro": (
        "Hello SampleStore, your payouts are on hold and the offers below are no longer active. A US federal court issued a Temporary Restraining Order in which your account is named. Rights holder: Sample Brand LLC. Counsel: Sample Law PC. Case: 26-cv-13579. Please settle the matter with the rights holder.",
        "us-tro", "US", [],
    ),
    "uk letter": (
        "From: Sample Solicitors LLP, London. Date: 18 November 2026. LETTER BEFORE ACTION. Our client is the registered proprietor of UK trade mark no. UK00003123456. Your sale of toys via amazon.co.uk infringes our client's rights. Unless we receive the signed undertakings by 4 pm on 2 December 2026, our client will issue proceedings.",
        "demand-letter", "GB", ["2026-11-18 issued", "2026-12-02 16:00 due"],
    ),
    "us detention": (
        "U.S. Customs and Border Protection. NOTICE OF DETENTION. The merchandise described below has been detained on November 12, 2026 because it is suspected of bearing a counterfeit mark. You have seven business days under 19 CFR 133.21 to provide information.",
        "us-customs-detention", "US", ["2026-11-12 other"],
    ),
    "summons": (
        "United States District Court for the Northern District of Illinois. Summons in a Civil Action. A lawsuit has been filed against you. Within 21 days after service of this summons on you you must serve on the plaintiff an answer.",
        "us-summons", "US", [],
    ),
    "epo": (
        "European Patent Office. Communication pursuant to Article 94(3) EPC. European patent application 20123456.7. The Examining Division. You are requested to reply within 4 months. Failure to reply: the application will be deemed to be withdrawn. Date: 05.11.2026",
        "epo-communication", "EU", ["2026-11-05 issued"],
    ),
    "jpo": (
        "拒絶理由通知書 特許庁審査官 起案日 令和8年11月2日 発送日 令和8年11月5日 この出願は、次の理由によって拒絶をすべきものです。これについて意見がありましたら、この通知書の発送の日から60日以内に意見書を提出してください。",
        "jpo-office-action", "JP", ["2026-11-02 issued", "2026-11-05 issued"],
    ),
    "kipo": (
        "특허청 의견제출통지서 출원번호 40-2026-0123456 발송일자 2026. 11. 05. 제출기일 2027. 01. 05. 이 출원에 대한 심사 결과 아래와 같은 거절이유가 있어 통지하오니 의견이 있으면 의견서를 제출하시기 바랍니다. 심사관",
        "kipo-office-action", "KR", ["2026-11-05 issued", "2027-01-05 due"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", PASTED)
def test_a_pasted_paper_is_known_by_its_form_with_the_dates_it_prints(name):
    text, kind, country, dates = PASTED[name]
    notice = recognise(text, today=TODAY)
    assert notice is not None
    printed = [
        " ".join(filter(None, (
            item.date.isoformat(), item.time and item.time.isoformat("minutes"), item.meaning.value,
        )))
        for item in notice.printed
    ]  # fmt: skip
    assert (notice.kind.id, notice.country, printed) == (kind, country, dates)


NAMED = {
    "日本特许厅拒绝理由通知书，11月5日发的，最晚哪天答复": "jpo-office-action",
    "欧专局审查意见通知书11月5日，最晚哪天答复": "epo-communication",
    "韩国意见提出通知书收到了": "kipo-office-action",
    "美国商标局的审查意见，三个月内答复": "uspto-office-action",
    "收到德国律师Abmahnung，信上写12月4日12点前签承诺函": "de-abmahnung",
    "337立案通知是11月18号或者19号送达的": "us-337-notice",
    "收到美国法院传票，11月13日送达": "us-summons",
    "我们的店铺被TRO冻结了，美国": "us-tro",
    "货在汉堡海关被扣": None,
    "德国海关扣留了我们的货": "eu-customs-suspension",
    "德国法院送来传票": None,
    "美国海关发了扣押通知": "us-customs-seizure",
    "美国海关发了扣留通知": "us-customs-detention",
    "欧盟商标异议期多久": None,
    "": None,
}


@pytest.mark.parametrize(("text", "kind"), NAMED.items())
def test_a_paper_only_spoken_of_is_named_and_not_taken_for_pasted(text, kind):
    assert named(text) == kind
    assert not is_foreign(text)
    assert recognise(text, today=TODAY) is None


@pytest.mark.parametrize(
    "text",
    [
        "收到德国律师Abmahnung，信上写12月4日12点前签承诺函",
        "Amazon 的 listing 被 removed，seller support 说是 rights owner 投诉 trademark infringement，case id 17654321098，"
        "account health 掉了，funds 也 on hold，我们 appeal 过一次 rejected，counter notice 怎么写",
        "Hello, our Amazon store was frozen because of a TRO from the Northern District of Illinois, what should we do now and how many days do we have to answer",
        "海关予以扣留的货物多久能拿回来",
        "Jakarta: a stranger applied for our label and it is in the gazette now, how many months remain to object?",
        "I would rather have nothing of this kept in your records. Please wipe all that I wrote to you today",
    ],
)  # fmt: skip
def test_a_sentence_of_the_persons_own_is_no_pasted_paper(text):
    assert not is_foreign(text)
    assert recognise(text) is None


def test_a_question_among_own_sentences_is_no_paper_but_one_in_a_letter_leaves_it_one():
    assert not is_foreign("Can they really ask for proof that we used it? Our mark is from 2015.")
    letter = (
        "It has come to our attention that your company offers copies of the lamps that we designed. "
        "Why was no licence requested? Unless sales stop within ten days and all remaining stock is "
        "delivered up, proceedings will be brought before the competent court and damages claimed."
    )
    assert is_foreign(letter)
